use super::{exchanges_identity_tokens, has_no_credential, needs_none, variable, without_oidc};
use crate::checks::check::{Verdict, check};
use crate::ci::Provider;
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// The job has no token, and it cannot get an identity token.
    ///
    /// Trusted publishing needs an identity token from the CI: on GitHub the job must have
    /// `permissions: id-token: write`, on GitLab and CircleCI the variable NPM_ID_TOKEN must be
    /// set. Without it npm skips the exchange silently. It is an error only if no other
    /// credential is configured.
    ///
    /// npm says: `ENEEDAUTH`, or `E404 Not found` on the PUT if the token is a placeholder.
    id: "oidc-permission-missing",
    level: Error,
    summary: "the job has no credential and no identity token",
    basis: Job,
    silence: RulesOut,
    moots: ["auth-missing"],
    rests_on: [Credential],
    remedy: {
        why "the job is not allowed to request an identity token";
        help super::GITHUB_PERMISSION;
        help "GitLab and CircleCI: provide NPM_ID_TOKEN with the audience npm:{hostname}";
        help super::STORED_TOKEN;
        asks "does the job have the permission?" => "test -n \"$ACTIONS_ID_TOKEN_REQUEST_URL\" && echo yes";
    },
}

fn run(facts: &Facts) -> Verdict {
    if facts.ci.has_id_token
        || needs_none(facts)
        || !exchanges_identity_tokens(facts)
        || !has_no_credential(facts)
    {
        return Ok(Vec::new());
    }
    let Some(provider) = facts.ci.provider else {
        return Ok(Vec::new());
    };
    if provider == Provider::CircleCi && !facts.ci.is_exchanged_by(facts.npm()?) {
        return Ok(Vec::new());
    }
    let finding = without_oidc(
        facts,
        "trusted publishing cannot replace the missing token: the job has no identity token",
    );
    Ok(vec![remedied(finding, provider)])
}

fn remedied(finding: Finding, provider: Provider) -> Finding {
    match provider {
        Provider::GitHub => finding
            .because(variable("ACTIONS_ID_TOKEN_REQUEST_URL", "not set"))
            .help(super::GITHUB_PERMISSION)
            .help(super::STORED_TOKEN),
        Provider::GitLab => finding
            .because(variable("NPM_ID_TOKEN", "not set"))
            .help("`id_tokens: { NPM_ID_TOKEN: { aud: \"npm:registry.npmjs.org\" } }` on the publishing job")
            .help(super::STORED_TOKEN),
        Provider::CircleCi => finding
            .because(variable("NPM_ID_TOKEN", "not set"))
            .help("export NPM_ID_TOKEN=$(circleci run oidc get --claims '{\"aud\": \"npm:registry.npmjs.org\"}')")
            .help(super::STORED_TOKEN),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{github, in_job, trusted};
    use super::*;
    use crate::ci::Ci;
    use crate::facts::fake::{fake, known, only, quiet, token, undecided};
    use crate::finding::Gap;
    use crate::registry::documents::Whoami;

    fn circle() -> Ci {
        Ci {
            provider: Some(Provider::CircleCi),
            ..Ci::default()
        }
    }

    #[test]
    fn fires_without_credential_and_without_identity_token() {
        let finding = only(run(&in_job(github())));
        assert_eq!(finding.predicts.clone().unwrap().code.unwrap(), "ENEEDAUTH");
        assert!(finding.helps()[0].contains("id-token: write"));
        assert!(only(run(&in_job(circle()))).helps()[0].contains("circleci"));
    }

    #[test]
    fn fires_on_a_placeholder_with_what_npm_says_then() {
        let facts = fake().published(&["0.9.0"]).in_ci(github()).with(|facts| {
            facts.package.credential.request = Some(token("XXXXX-XXXXX-XXXXX-XXXXX"));
            facts.answers.whoami = known(Whoami::Rejected);
        });
        assert_eq!(only(run(&facts)).predicts.unwrap().code.unwrap(), "E404");
    }

    #[test]
    fn stays_quiet_with_a_token_of_either_sort_outside_ci_and_in_a_dry_run() {
        assert!(quiet(&run(&in_job(trusted()))));
        assert!(quiet(&run(&fake().in_ci(github()))));
        assert!(quiet(&run(&fake().without_credential())));
        let dry = in_job(github()).with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
        assert!(quiet(&run(&in_job(circle()).npm_is(11, 10, 0))));
    }

    #[test]
    fn undecided_on_circle_ci_without_knowing_the_npm() {
        let facts =
            in_job(circle()).with(|facts| facts.npm = Err(Gap::NotAsked("npm is not on PATH")));
        assert!(undecided(&run(&facts)));
    }
}
