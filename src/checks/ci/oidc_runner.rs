//! See the check.

use super::{at_hand, elsewhere, has_no_credential, variable, without_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;

check! {
    /// npmjs trusts jobs on the CI's own runners only.
    ///
    /// An identity token of a self-hosted runner is not exchanged, and neither is one of a GitLab
    /// server of one's own. Services that rent out faster runners count as self-hosted, too. It is an
    /// error only where no other credential is configured.
    ///
    /// npm says: `ENEEDAUTH`, or `E404 Not found` on the PUT; why, only with `--loglevel verbose`.
    ///
    /// What to do: run the publishing job on the service's own runner, such as `ubuntu-latest`.
    id: "oidc-runner",
    level: Error,
    summary: "trusted publishing needs a hosted runner",
    basis: Job,
    silence: RulesOut,
    moots: ["auth-missing"],
}

fn run(facts: &Facts) -> Verdict {
    if !at_hand(facts)
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
        "npmjs exchanges identity tokens of the services' own runners only, and this is none",
    )
    .because(variable(source, answer))
    .help("run the publishing job on the service's own runner, such as runs-on: ubuntu-latest")
    .help("or hand the job a token");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{in_job, told, trusted};
    use super::*;
    use crate::ci::{Ci, Runner};
    use crate::facts::fake::{fake, only, quiet};

    fn self_hosted() -> Ci {
        Ci {
            runner: told(Runner::SelfHosted),
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
    fn stays_quiet_where_nobody_tells_whose_runner_it_is() {
        let untold = Ci {
            runner: None,
            ..trusted()
        };
        assert!(quiet(&run(&in_job(untold))));
    }
}
