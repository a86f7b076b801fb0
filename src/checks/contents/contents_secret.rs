use serde_json::Value;

use super::is_allowed;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{Contents, FoundSecret, SecretKind};
use crate::finding::{Finding, Level};

check! {
    /// A file that would be packed looks like a secret, or contains one.
    ///
    /// `.env` and similar files (not `.env.example`), private keys, .npmrc, .yarnrc.yml and
    /// .netrc with a literal credential, and tokens, recognised by their format: if the issuer
    /// documents a checksum, only tokens with a correct one count. In tests, examples,
    /// templates and Markdown it is a warning, and so is a `.env` that `files` names. The value
    /// is never shown. What is published stays public: the registry keeps it, and mirrors copy
    /// it. If there is more text than is searched, a note names the files that were not read to
    /// their end.
    ///
    /// npm says: nothing.
    id: "contents-secret",
    level: Error,
    summary: "a secret would be published",
    basis: Contents,
    silence: LeavesOpen,
    remedy: {
        help "leave the file out: list what is to be packed in `files` in package.json, which is safer than .npmignore";
        help "if it was ever published, revoke it: what is on a registry stays public";
        help "if it is meant to be public, list it in the setting `contents.allow`";
    },
}

/// At most this many files are named.
const MAX_SHOWN: usize = 4;

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let found = contents.secrets.found.iter();
    let findings = found
        // auth-exposed reports a credential in an .npmrc.
        .filter(|secret| !secret.is_npmrc() && !is_allowed(facts, &secret.path))
        .map(|secret| finding(secret, facts));
    Ok(findings.chain(unread(facts, contents)).collect())
}

/// Reports that some text was not searched.
fn unread(facts: &Facts, contents: &Contents) -> Option<Finding> {
    let unread = contents.secrets.unread.iter();
    let unread: Vec<&String> = unread.filter(|path| !is_allowed(facts, path)).collect();
    let shown: Vec<String> = unread
        .iter()
        .take(MAX_SHOWN)
        .map(|path| format!("`{path}`"))
        .collect();
    let more = match unread.len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let finding = Finding::new(format!(
        "there is more text than is searched for secrets: {}{more} were not read to the end",
        shown.join(", ")
    ))
    .help("search the rest with a dedicated program such as gitleaks or secretlint")
    .level(Level::Note);
    (!unread.is_empty()).then_some(finding)
}

fn finding(secret: &FoundSecret, facts: &Facts) -> Finding {
    let place = match secret.line {
        0 => format!("`{}`", secret.path),
        line => format!("`{}` line {line}", secret.path),
    };
    let what = match secret.kind {
        SecretKind::Environment => {
            format!("{place} would be packed: such files contain the secrets of one machine")
        }
        SecretKind::PrivateKey => format!("{place} is a private key, and would be packed"),
        SecretKind::Credentials => format!("{place} contains a credential, and would be packed"),
        SecretKind::Token {
            issuer,
            verified: true,
        } => {
            format!(
                "{place} contains a token of {issuer} with a correct checksum, and would be \
                packed"
            )
        }
        SecretKind::Token {
            issuer,
            verified: false,
        } => {
            format!("{place} contains what looks like a token of {issuer}, and would be packed")
        }
    };
    let finding = Finding::new(what);
    if secret.in_examples
        || (secret.kind == SecretKind::Environment && is_listed(facts, &secret.path))
    {
        finding.level(Level::Warning)
    } else {
        finding
    }
}

/// Whether `files` names exactly this file, so that it is packed on purpose.
fn is_listed(facts: &Facts, path: &str) -> bool {
    let files = facts.package.manifest.object.get("files");
    let mut files = files.and_then(Value::as_array).into_iter().flatten();
    files.any(|file| {
        let file = file.as_str().unwrap_or_default();
        file.trim_start_matches("./").trim_start_matches('/') == path
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::facts::fake::{only, packed, quiet};
    use crate::manifest::Manifest;

    fn with(in_examples: bool) -> Facts {
        packed(&[".env"], |contents| {
            contents.secrets.found = vec![FoundSecret {
                path: ".env".to_owned(),
                line: 0,
                kind: SecretKind::Environment,
                in_examples,
            }];
        })
    }

    #[test]
    fn fires_on_a_secret_and_warns_in_examples() {
        assert_eq!(only(run(&with(false))).level, None);
        assert_eq!(only(run(&with(true))).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_where_the_user_allows_it() {
        let allowed = with(false).with(|facts| {
            Arc::make_mut(&mut facts.settings).contents.allow = vec![".env".to_owned()];
        });
        assert!(quiet(&run(&allowed)));
        assert!(quiet(&run(&packed(&["a.js"], |_| {}))));
    }

    #[test]
    fn warns_of_an_environment_that_files_names() {
        let facts = with(false).with(|facts| {
            let listed = json!({ "name": "cat", "version": "1.0.0", "files": ["./.env"] });
            facts.package.manifest = Manifest::from_json(listed);
        });
        assert_eq!(only(run(&facts)).level, Some(Level::Warning));
    }

    #[test]
    fn a_note_names_what_was_not_searched() {
        let facts = packed(&["a.js"], |contents| {
            contents.secrets.unread = (0..6).map(|number| format!("{number}.js")).collect();
        });
        let finding = only(run(&facts));
        assert_eq!(finding.level, Some(Level::Note));
        assert!(
            finding.message.contains("`3.js` and 2 more"),
            "{}",
            finding.message
        );
    }
}
