//! See the check.

use super::{at_hand, has_no_credential, variable, without_oidc};
use crate::check::{Verdict, check};
use crate::ci::{Provider, Runner};
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
    "oidc-runner", Error, "trusted publishing needs a hosted runner"
}

fn run(facts: &Facts) -> Verdict {
    if !at_hand(facts)
        || !has_no_credential(facts)
        || facts.ci.runner != Some(Runner::SelfHosted)
        || facts.npm().is_ok_and(|npm| !facts.ci.is_exchanged_by(npm))
    {
        return Ok(Vec::new());
    }
    let source = match facts.ci.provider {
        Some(Provider::GitHub) => "RUNNER_ENVIRONMENT",
        _ => "runner_environment in NPM_ID_TOKEN",
    };
    let finding = without_oidc(
        facts,
        "this is a self-hosted runner, and npmjs exchanges identity tokens of hosted ones only",
    )
    .because(variable(source, "self-hosted"))
    .help("run the publishing job on the service's own runner, such as runs-on: ubuntu-latest")
    .help("or hand the job a token");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{in_job, trusted};
    use super::*;
    use crate::ci::Ci;
    use crate::facts::fake::{fake, only, quiet};

    fn elsewhere() -> Ci {
        Ci {
            runner: Some(Runner::SelfHosted),
            ..trusted()
        }
    }

    #[test]
    fn fires_on_a_self_hosted_runner() {
        let finding = only(run(&in_job(elsewhere())));
        assert_eq!(finding.evidence[0].request, "RUNNER_ENVIRONMENT");
    }

    #[test]
    fn stays_quiet_on_a_hosted_one_and_with_a_token() {
        assert!(quiet(&run(&in_job(trusted()))));
        assert!(quiet(&run(&fake().in_ci(elsewhere()))));
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
