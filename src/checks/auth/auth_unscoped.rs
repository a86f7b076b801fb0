use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};

check! {
    /// npm 9 and later refuse to start when a credential has no registry in its key.
    ///
    /// `_authToken=…` without a registry used to apply to the default registry, whichever that
    /// was. The keys are `_auth`, `_authToken`, `username` and `_password`, in the project's,
    /// the user's or the global .npmrc; npm 12 adds `email`, `certfile` and `keyfile`. It does
    /// not matter whether the publish would use them.
    ///
    /// npm says: `ERR_INVALID_AUTH Invalid auth configuration found: …`
    id: "auth-unscoped",
    level: Error,
    summary: "a credential has no registry in its key",
    basis: CommandLine,
    silence: RulesOut,
    remedy: {
        why "a credential in .npmrc has no registry in its key, which npm 9 and later refuse";
        help "" => Config "fix";
        help "or write the registry before the key: {key}_authToken=…";
    },
}

fn run(facts: &Facts) -> Verdict {
    let findings = facts.package.credential.unscoped.iter().map(|key| {
        let said = match &key.rename_to {
            Some(to) => format!(
                "Invalid auth configuration found: `{}` must be renamed to `{to}`",
                key.key
            ),
            None => format!(
                "Invalid auth configuration found: `{}` is not allowed",
                key.key
            ),
        };
        let finding = Finding::new(format!(
            "`{}` has no registry in its key, and npm refuses to start",
            key.key
        ))
        .set_by(&key.origin)
        .predicts("ERR_INVALID_AUTH", said);
        match &key.rename_to {
            Some(to) => finding
                .help(format!("rename it to {to}"))
                .step("or let npm do it", NpmCommand::new(Verb::Config, "fix")),
            None => finding.help("remove the line"),
        }
    });
    Ok(findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet};
    use crate::npmrc::credentials::UnscopedKey;

    fn unscoped(rename_to: Option<&str>) -> Facts {
        fake().with(|facts| {
            facts.package.credential.unscoped = vec![UnscopedKey {
                key: "_authToken".to_owned(),
                origin: npmrc_line(3),
                rename_to: rename_to.map(str::to_owned),
            }];
        })
    }

    #[test]
    fn fires_and_names_the_right_key() {
        let finding = only(run(&unscoped(Some("//registry.npmjs.org/:_authToken"))));
        assert_eq!(
            finding.helps()[0],
            "rename it to //registry.npmjs.org/:_authToken"
        );
        assert!(
            finding
                .predicts
                .unwrap()
                .text
                .contains("must be renamed to")
        );
    }

    #[test]
    fn fires_on_keys_that_have_to_go() {
        assert_eq!(only(run(&unscoped(None))).helps(), ["remove the line"]);
    }

    #[test]
    fn stays_quiet_without_any() {
        assert!(quiet(&run(&fake())));
    }
}
