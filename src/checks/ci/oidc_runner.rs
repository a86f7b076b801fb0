use super::{elsewhere, has_no_credential, oidc_is_available, variable, without_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;

check! {
    /// npmjs accepts identity tokens only from jobs on the CI service's own runners.
    ///
    /// It accepts no token from a self-hosted runner or a self-hosted GitLab server. Rented
    /// third-party runners count as self-hosted. It is an error only if no other credential is
    /// configured.
    ///
    /// npm says: `ENEEDAUTH`, or `E404 Not found` on the PUT; the reason only with `--loglevel
    /// verbose`.
    id: "oidc-runner",
    level: Error,
    summary: "trusted publishing needs a hosted runner",
    basis: Job,
    silence: RulesOut,
    moots: ["auth-missing"],
    rests_on: [Credential],
    remedy: {
        why "trusted publishing works only on hosted runners";
        help super::OWN_RUNNER;
        help super::STORED_TOKEN;
    },
}

fn run(facts: &Facts) -> Verdict {
    if !oidc_is_available(facts)
        || !has_no_credential(facts)
        || facts.npm().is_ok_and(|npm| !facts.ci.is_exchanged_by(npm))
    {
        return Ok(Vec::new());
    }
    let Some(source) = elsewhere(facts) else {
        return Ok(Vec::new());
    };
    let answer = match source {
        "CI_SERVER_HOST" => "not gitlab.com",
        _ => "self-hosted",
    };
    let finding = without_oidc(
        facts,
        "npmjs exchanges identity tokens only from the CI services' own runners, and this runner \
         is not one",
    )
    .because(variable(source, answer));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{in_job, sourced, trusted};
    use super::*;
    use crate::ci::{Ci, Runner};
    use crate::facts::fake::{fake, only, quiet};

    fn self_hosted() -> Ci {
        Ci {
            runner: sourced(Runner::SelfHosted),
            ..trusted()
        }
    }

    #[test]
    fn fires_on_a_self_hosted_runner() {
        let finding = only(run(&in_job(self_hosted())));
        assert_eq!(finding.evidence[0].request, "RUNNER_ENVIRONMENT");
    }

    #[test]
    fn stays_quiet_on_a_hosted_one_and_with_a_token() {
        assert!(quiet(&run(&in_job(trusted()))));
        assert!(quiet(&run(&fake().in_ci(self_hosted()))));
    }

    #[test]
    fn stays_quiet_where_the_runner_is_unknown() {
        let untold = Ci {
            runner: None,
            ..trusted()
        };
        assert!(quiet(&run(&in_job(untold))));
    }
}
