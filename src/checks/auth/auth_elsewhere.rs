//! A credential or a registry is set where npm does not use it.

use super::{missing_credential, registry, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::checks::credential_key::{base, difference, service};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::npmrc::Unread;
use crate::origin::{Layer, Origin};
use crate::plan::{OtherCredential, OtherRegistry, Tool, Unused};

check! {
    /// A credential exists, but not where npm looks for one.
    ///
    /// The key must match the registry exactly: the host in lower case, the port, and the path
    /// including its trailing slash. `//host:_authToken` is not `//host/:_authToken`, and for
    /// `https://host/npm/` the key is `//host/npm/`, not `//host/`. Often the key is right and
    /// the registry is wrong: `@acme:registry` wins over `--registry`, `"--registry URL"` as
    /// one argument is not an option, a variable or flag names another .npmrc, or the setting
    /// is in the file of yarn, pnpm or bun, which npm does not read.
    ///
    /// npm says: `ENEEDAUTH This command requires you to be logged in to …`
    id: "auth-elsewhere",
    level: Error,
    summary: "the credential is where npm does not look for it",
    basis: Account,
    silence: RulesOut,
    moots: ["auth-missing", "auth-variable-unset", "auth-placeholder", "oidc-permission-missing"],
    rests_on: [Credential],
    remedy: {
        why "there may be a credential, but for another host, path or trailing slash than \
            {registry}; npm does not send it there";
        help "decide which registry is meant, and set it where npm reads it: registry, @scope:registry or publishConfig.registry";
        help "or rename the key of your token to {key}_authToken";
        help "on an install where \"resolved\" in the lock file names a host that is not yours, \
            delete that file and install again";
        asks "for which URLs are there credentials?" => "safe-publish config";
    },
    on GitHub: {
        why "GitHub Packages answered; the token may be for npmjs, or the package may be meant \
            for npmjs";
        help "if it is meant for npmjs, remove the @scope:registry or publishConfig.registry line for npm.pkg.github.com";
        help "otherwise set a GitHub token under //npm.pkg.github.com/:_authToken";
        asks "which setting chose the registry?" => "safe-publish config";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(finding) = find(facts) else {
        return Ok(Vec::new());
    };
    unless_oidc(facts)?;
    Ok(vec![finding])
}

/// The most specific reason why npm does not find it.
fn find(facts: &Facts) -> Option<Finding> {
    let key = missing_credential(facts)?;
    let found = &facts.package.credential.elsewhere;
    same_service(facts, key)
        .or_else(|| {
            found
                .registries
                .iter()
                .find_map(|other| passed_over(facts, other))
        })
        .or_else(|| {
            found
                .credentials
                .iter()
                .find_map(|other| unread(other, key))
        })
        .or_else(|| {
            found
                .credentials
                .iter()
                .find_map(|other| of_tool(facts, other))
        })
        .or_else(|| only_for_others(facts))
}

/// Whether anything suggests another registry than the one npm uses, so that logging in there
/// is not the remedy.
pub(super) fn registry_is_in_doubt(facts: &Facts) -> bool {
    let Some(key) = missing_credential(facts) else {
        return false;
    };
    let found = &facts.package.credential.elsewhere;
    let is_passed_over = |other: &OtherRegistry| passed_over(facts, other).is_some();
    let is_the_projects = |other: &OtherCredential| match &other.origin {
        Origin::File(position) => position.layer == Layer::Project,
        Origin::CommandLine { .. } | Origin::Variable { .. } => true,
        _ => false,
    };
    found.registries.iter().any(is_passed_over)
        || same_service(facts, key).is_some()
        || found
            .credentials
            .iter()
            .any(|other| other.why == Unused::OtherKey && is_the_projects(other))
}

/// A key for the same service in another spelling.
fn same_service(facts: &Facts, key: &str) -> Option<Finding> {
    let mut others = facts.package.credential.elsewhere.credentials.iter();
    let found = others
        .find(|other| other.why == Unused::OtherKey && service(&other.key) == service(key))?;
    let field = found.key.rsplit(':').next().unwrap_or_default();
    let finding = Finding::new(format!(
        "npm reads `{key}:{field}`, but the credential is under `{}`: {}",
        found.key,
        difference(&found.key, key)
    ));
    Some(
        finding
            .set_by(&found.origin)
            .help(format!("rename it to {key}:{field}")),
    )
}

/// A registry that is set, but that npm does not use.
fn passed_over(facts: &Facts, other: &OtherRegistry) -> Option<Finding> {
    let OtherRegistry { key, url, .. } = other;
    let goes_to = registry(facts);
    if url.trim_end_matches('/') == goes_to.trim_end_matches('/') {
        return None;
    }
    let (message, help) = match &other.why {
        Unused::OneArgument => (
            format!(
                "`--{key} {url}` is a single argument, so npm does not see the option and \
                 publishes to {goes_to}"
            ),
            format!("pass it as two arguments, or as --{key}={url}"),
        ),
        Unused::BeatenByScope => {
            let scope = facts.package.name.scope().unwrap_or_default();
            let decided = facts.package.registry.as_ref().ok()?;
            (
                format!(
                    "`--registry {url}` has no effect: `@{scope}:registry` in {} wins, and names {goes_to}",
                    decided.origin
                ),
                format!("pass --@{scope}:registry={url}"),
            )
        }
        Unused::Unread(why) if why.is_by_setting() => (
            format!(
                "`{key}={url}` is in a file that npm does not read, because {why}, so this goes \
                 to {goes_to}"
            ),
            match why {
                Unread::OtherUserFile { by } => {
                    format!("write the lines into the file that {by} names")
                }
                _ => "pass the setting on the command line".to_owned(),
            },
        ),
        Unused::OfTool(tool) if may_be_of_another_tool(facts) => (
            format!(
                "{tool} publishes to {url} (`{key}`), but npm does not read that file, so this \
                 goes to {goes_to}"
            ),
            format!("set it for npm: npm pkg set publishConfig.registry={url}"),
        ),
        _ => return None,
    };
    Some(Finding::new(message).set_by(&other.origin).help(help))
}

/// Nothing that npm reads chose the registry, so another tool's setting may be intended.
fn may_be_of_another_tool(facts: &Facts) -> bool {
    let registry = facts.package.registry.as_ref();
    registry.is_ok_and(|registry| registry.origin == Origin::Default)
}

/// The right key, in a file that npm does not read because of a variable or flag.
fn unread(other: &OtherCredential, key: &str) -> Option<Finding> {
    let Unused::Unread(why) = &other.why else {
        return None;
    };
    if !why.is_by_setting() || !other.key.starts_with(key) {
        return None;
    }
    let finding = Finding::new(format!(
        "`{}` is in a file that npm does not read, because {why}",
        other.key
    ));
    let help = match why {
        Unread::OtherUserFile { by } => format!("write the line into the file that {by} names"),
        _ => "write the line into the .npmrc that npm reads".to_owned(),
    };
    Some(finding.set_by(&other.origin).help(help))
}

/// A credential in another tool's file.
fn of_tool(facts: &Facts, other: &OtherCredential) -> Option<Finding> {
    let Unused::OfTool(tool) = other.why else {
        return None;
    };
    let finding = Finding::new(format!(
        "`{}` is a setting of {tool}, whose file npm does not read",
        other.key
    ));
    let help = match tool {
        Tool::Yarn => "or publish with yarn: yarn npm publish",
        Tool::Pnpm => "or publish with pnpm: pnpm publish",
        Tool::Bun => "or publish with bun: bun publish",
    };
    let finding = finding.set_by(&other.origin);
    let steps = super::login(facts).into_iter();
    Some(steps.fold(finding, Finding::help).help(help))
}

/// npm reads credentials, but none of them is for this registry.
fn only_for_others(facts: &Facts) -> Option<Finding> {
    let others = &facts.package.credential.elsewhere.credentials;
    let mut read = others.iter().filter(|other| other.why == Unused::OtherKey);
    let first = read.next()?;
    let hosts: Vec<&str> = std::iter::once(first)
        .chain(read)
        .map(|other| base(&other.key))
        .collect();
    let decided = facts.package.registry.as_ref().ok()?;
    let goes_to = match &decided.origin {
        Origin::Default => format!("{}, npm's default", decided.value),
        origin => format!("{}, set by {origin}", decided.value),
    };
    let mut shown: Vec<&str> = Vec::new();
    for host in hosts {
        if !shown.contains(&host) {
            shown.push(host);
        }
    }
    let finding = Finding::new(format!(
        "npm has a credential only for {}, but this goes to {goes_to}: the registry may be the \
         wrong one",
        shown.join(" and ")
    ));
    let scope = facts.package.name.scope();
    let key = scope.map_or("registry".to_owned(), |scope| format!("@{scope}:registry"));
    Some(finding.set_by(&first.origin).help(format!(
        "if it is, set the registry in package.json: npm pkg set publishConfig.{key}=https:{}",
        shown[0]
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, fake_of, npmrc_line, only, quiet, undecided};
    use crate::registry::kind::RegistryKind;
    use serde_json::json;

    fn with_credential(key: &str, why: Unused) -> Facts {
        fake().without_credential().with(|facts| {
            facts.package.credential.elsewhere.credentials = vec![OtherCredential {
                key: key.to_owned(),
                origin: npmrc_line(2),
                why,
                value: crate::secret::Secret::new("s"),
            }];
        })
    }

    fn elsewhere(key: &str) -> Facts {
        with_credential(key, Unused::OtherKey)
    }

    fn with_registry(key: &str, why: Unused) -> Facts {
        let manifest = json!({ "name": "@acme/cat", "version": "1.0.0" });
        fake_of(manifest).without_credential().with(|facts| {
            facts.package.credential.elsewhere.registries = vec![OtherRegistry {
                key: key.to_owned(),
                url: "https://npm.acme.example/".to_owned(),
                origin: npmrc_line(1),
                why,
            }];
        })
    }

    #[test]
    fn fires_on_a_key_that_nearly_fits_and_says_what_differs() {
        let table = [
            ("//registry.npmjs.org:_authToken", "slash"),
            ("//Registry.npmjs.org/:_authToken", "lower case"),
            ("//registry.npmjs.org/npm/:_authToken", "path"),
            ("//registry.npmjs.org:443/:_authToken", "port"),
            ("//registry.npmjs.com/:_authToken", "host"),
        ];
        for (key, difference) in table {
            let finding = only(run(&elsewhere(key)));
            assert!(finding.message.contains(difference), "{key}");
            let help = finding.help[0].to_string();
            assert_eq!(help, "rename it to //registry.npmjs.org/:_authToken");
        }
    }

    #[test]
    fn fires_on_a_local_registry_on_another_port() {
        let facts = elsewhere("//localhost:4173/:_authToken")
            .registry("http://127.0.0.1:4873/", RegistryKind::Verdaccio)
            .without_credential();
        let finding = only(run(&facts));
        assert!(
            finding.message.contains("//localhost:4173/"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn fires_where_the_only_credential_is_for_another_registry_and_doubts_it() {
        let finding = only(run(&elsewhere("//npm.pkg.github.com/:_authToken")));
        assert!(
            finding
                .message
                .contains("npm has a credential only for //npm.pkg.github.com/")
        );
        assert!(finding.message.contains("npm's default"));
    }

    #[test]
    fn fires_on_registries_that_npm_skips_and_says_how_to_set_them() {
        let by = Origin::Variable {
            name: "NPM_CONFIG_USERCONFIG".to_owned(),
        };
        let unread = Unused::Unread(Unread::OtherUserFile { by });
        let table = vec![
            (
                with_registry("registry", Unused::OneArgument),
                "is a single argument",
            ),
            (
                with_registry("registry", Unused::BeatenByScope),
                "has no effect",
            ),
            (
                with_registry("@acme:registry", unread),
                "NPM_CONFIG_USERCONFIG",
            ),
            (
                with_registry("npmPublishRegistry", Unused::OfTool(Tool::Yarn)),
                "yarn publishes to",
            ),
        ];
        for (facts, words) in table {
            let finding = only(run(&facts));
            assert!(finding.message.contains(words), "{}", finding.message);
            assert!(registry_is_in_doubt(&facts), "{words}");
        }
    }

    #[test]
    fn fires_on_another_tools_credential() {
        let finding = only(run(&with_credential(
            "npmAuthToken",
            Unused::OfTool(Tool::Yarn),
        )));
        assert!(finding.message.contains("a setting of yarn"));
        assert!(
            finding
                .help
                .iter()
                .any(|help| help.to_string().contains("yarn npm publish"))
        );
    }

    #[test]
    fn stays_quiet_with_a_credential_and_without_one_elsewhere() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&fake().without_credential())));
        let unread = Unused::Unread(Unread::OfMember);
        assert!(
            quiet(&run(&with_credential(
                "//registry.npmjs.org/:_authToken",
                unread
            ))),
            "auth-npmrc-not-read says it"
        );
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        let facts = elsewhere("//registry.npmjs.org:_authToken").with_oidc();
        assert!(undecided(&run(&facts)));
    }
}
