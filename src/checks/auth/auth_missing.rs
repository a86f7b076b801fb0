use super::{closed, login, need_auth, registry_is_in_doubt, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Help};

check! {
    /// npm finds no credential under the only key that it reads.
    ///
    /// Before the PUT npm reads exactly one key, made of the registry's host and path: for example
    /// `//registry.npmjs.org/:_authToken`. A key for another host, another path, or without the
    /// final slash does not count; neither does one in publishConfig. An empty value overrides a
    /// good one of lower precedence. A dry run needs no credential, and neither does trusted
    /// publishing.
    ///
    /// npm says: `ENEEDAUTH This command requires you to be logged in to …`, after every script has run.
    id: "auth-missing",
    level: Error,
    summary: "there is no credential under the key that npm reads",
    basis: Account,
    silence: RulesOut,
    rests_on: [Credential],
    remedy: {
        why "npm has no credential for {registry}: there is nothing under {key}_authToken";
        help "log in" => Login "";
        help "or write {key}_authToken=${NPM_TOKEN} into ~/.npmrc, and set the variable";
        help "in GitHub Actions: actions/setup-node with registry-url, and NODE_AUTH_TOKEN in env of the publishing step";
        asks "which registry, and which credential does npm find?" => "safe-publish config";
    },
    on GitHub: {
        why "GitHub Packages requires a token for everything, even reading, and none was sent";
        help "write //npm.pkg.github.com/:_authToken=${GITHUB_TOKEN} into .npmrc, with GITHUB_TOKEN or a classic token in the environment";
        asks "which registry, and which credential does npm find?" => "safe-publish config";
    },
    on Google: {
        why "Artifact Registry got no credential, or an expired one (they last an hour)";
        help "log in with gcloud auth application-default login, then run npx google-artifactregistry-auth";
    },
}

const CHECK_THE_REGISTRY: &str = "check the registry first: another finding says that it may be \
    the wrong one, and then logging in there does not help";

fn run(facts: &Facts) -> Verdict {
    let Some((key, empty)) = closed(facts) else {
        return Ok(Vec::new());
    };
    if empty.is_some_and(|empty| !empty.variables.is_empty()) {
        return Ok(Vec::new());
    }
    unless_oidc(facts)?;
    let files: Vec<String> = facts
        .package
        .credential
        .files
        .iter()
        .map(|(path, read)| {
            format!(
                "{}{}",
                path.display(),
                if *read { "" } else { " (missing)" }
            )
        })
        .collect();
    let finding = match empty {
        Some(empty) => Finding::new(format!(
            "`{}` is empty here, which overrides settings of lower precedence",
            empty.key
        ))
        .set_by(&empty.origin),
        None => Finding::new(format!(
            "there is no credential under `{key}`, the only key that npm reads"
        )),
    };
    let finding = finding
        .predicts("ENEEDAUTH", need_auth(facts))
        .because(Evidence {
            request: format!("{key}:_authToken, :_auth, :username and :_password"),
            answer: format!("in none of {}", files.join(", ")),
        });
    let steps = if registry_is_in_doubt(facts) {
        vec![Help::text(CHECK_THE_REGISTRY)]
    } else {
        login(facts)
    };
    let finding = steps.into_iter().fold(finding, Finding::help);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet, undecided};
    use crate::npmrc::credentials::{AuthCheck, EmptyCredential};

    fn empty(variables: &[&str]) -> Facts {
        fake().without_credential().with(|facts| {
            facts.package.credential.auth_check = AuthCheck::Fails {
                key: "//registry.npmjs.org/".to_owned(),
                empty: Some(EmptyCredential {
                    key: "//registry.npmjs.org/:_authToken".to_owned(),
                    origin: npmrc_line(3),
                    variables: variables.iter().map(|name| (*name).to_owned()).collect(),
                }),
            };
        })
    }

    #[test]
    fn fires_without_a_credential_and_names_the_key_and_the_files() {
        let finding = only(run(&fake().without_credential()));
        assert!(finding.message.contains("//registry.npmjs.org/"));
        assert!(finding.evidence[0].answer.contains("/home/alice/.npmrc"));
    }

    #[test]
    fn fires_on_an_empty_value_at_its_line() {
        assert!(only(run(&empty(&[]))).place.is_some());
    }

    #[test]
    fn stays_quiet_with_a_credential_in_a_dry_run_and_where_a_variable_is_to_blame() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&fake()
            .without_credential()
            .with(|facts| facts.package.dry_run = true))));
        assert!(quiet(&run(&empty(&["NPM_TOKEN"]))));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        let facts = fake().without_credential().with_oidc();
        assert!(undecided(&run(&facts)));
    }
}
