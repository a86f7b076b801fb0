use super::is_allowed;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{FoundSecret, SecretKind};
use crate::finding::{Finding, Level};

check! {
    /// A file that would be packed looks like a secret, or holds one.
    ///
    /// `.env` and similar files (not `.env.example`), private keys, .npmrc, .yarnrc.yml and .netrc
    /// with a literal credential, and tokens by their shape: those whose issuer documents a checksum
    /// count only where that holds. In tests, examples and Markdown it is a warning. The value is never
    /// shown. What is published stays public: the registry keeps it, and mirrors copy it.
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
        help "where it is meant to be public, list it in the setting `contents.allow`";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let secrets = contents.secrets.iter();
    let findings = secrets
        // A credential in an .npmrc is auth-exposed's.
        .filter(|secret| !secret.is_npmrc() && !is_allowed(facts, &secret.path))
        .map(finding);
    Ok(findings.collect())
}

fn finding(secret: &FoundSecret) -> Finding {
    let place = match secret.line {
        0 => format!("`{}`", secret.path),
        line => format!("`{}` line {line}", secret.path),
    };
    let what = match secret.kind {
        SecretKind::Environment => {
            format!("{place} would be packed: such files hold secrets of one machine")
        }
        SecretKind::PrivateKey => format!("{place} is a private key, and would be packed"),
        SecretKind::Credentials => format!("{place} holds a credential, and would be packed"),
        SecretKind::Token {
            issuer,
            verified: true,
        } => {
            format!("{place} holds a token of {issuer}, whose checksum holds, and would be packed")
        }
        SecretKind::Token {
            issuer,
            verified: false,
        } => {
            format!("{place} holds what looks like a token of {issuer}, and would be packed")
        }
    };
    let finding = Finding::new(what);
    if secret.in_examples {
        finding.level(Level::Warning)
    } else {
        finding
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{only, packed, quiet};

    fn with(in_examples: bool) -> Facts {
        packed(&[".env"], |contents| {
            contents.secrets = vec![FoundSecret {
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
}
