use super::{is_asked, of_request, variable};
use crate::checks::check::{Verdict, check};
use crate::ci::Provider;
use crate::facts::Facts;

check! {
    /// Provenance is requested, but the job cannot get the identity token that it needs.
    ///
    /// npm signs with an identity token from the CI: on GitHub the job must have `permissions:
    /// id-token: write`, on GitLab the variable SIGSTORE_ID_TOKEN must be set.
    ///
    /// npm says: `EUSAGE Provenance generation in GitHub Actions requires "write" access to the
    /// "id-token" permission`.
    id: "provenance-permission-missing",
    level: Error,
    summary: "provenance needs an identity token that the job does not have",
    basis: Job,
    silence: LeavesOpen,
    rests_on: [Provenance],
    remedy: {
        why "provenance is requested, but the job is not allowed to request an identity token";
        help super::GITHUB_PERMISSION;
        help GITLAB_TOKEN;
        help "or remove `provenance`";
    },
}

const GITLAB_TOKEN: &str = "GitLab: `id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }`";

fn run(facts: &Facts) -> Verdict {
    if !is_asked(facts) {
        return Ok(Vec::new());
    }
    let finding = match facts.ci.provider {
        Some(Provider::GitHub) if !facts.ci.may_request_tokens => of_request(
            facts,
            "provenance is requested, but this job cannot get an identity token",
        )
        .because(variable("ACTIONS_ID_TOKEN_REQUEST_URL", "not set"))
        .predicts(
            "EUSAGE",
            "Provenance generation in GitHub Actions requires \"write\" access to the \"id-token\" permission",
        )
        .help(super::GITHUB_PERMISSION),
        Some(Provider::GitLab) if !facts.ci.has_sigstore_token => of_request(
            facts,
            "provenance is requested, but SIGSTORE_ID_TOKEN is not set",
        )
        .because(variable("SIGSTORE_ID_TOKEN", "not set"))
        .predicts(
            "EUSAGE",
            "Provenance generation in GitLab CI requires \"SIGSTORE_ID_TOKEN\" with \"sigstore\" audience to be present in \"id_tokens\".",
        )
        .help(GITLAB_TOKEN),
        _ => return Ok(Vec::new()),
    };
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{github, trusted};
    use super::*;
    use crate::ci::Ci;
    use crate::facts::fake::{fake, only, quiet};

    fn gitlab(has_sigstore_token: bool) -> Facts {
        let ci = Ci {
            name: Some("GitLab CI"),
            provider: Some(Provider::GitLab),
            has_sigstore_token,
            ..Ci::default()
        };
        fake().in_ci(ci).provenance()
    }

    #[test]
    fn fires_without_the_permission() {
        let finding = only(run(&fake().in_ci(github()).provenance()));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EUSAGE");
        assert!(only(run(&gitlab(false))).helps()[0].contains("sigstore"));
    }

    #[test]
    fn stays_quiet_with_it_and_without_provenance() {
        assert!(quiet(&run(&fake().in_ci(trusted()).provenance())));
        assert!(quiet(&run(&fake().in_ci(github()))));
        assert!(quiet(&run(&gitlab(true))));
    }

    #[test]
    fn stays_quiet_in_a_dry_run_which_signs_nothing() {
        let dry = fake()
            .in_ci(github())
            .provenance()
            .with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
    }
}
