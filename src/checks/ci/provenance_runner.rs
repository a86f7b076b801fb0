use super::{elsewhere, exchanges_identity_tokens, of_request, signs_on_request, variable};
use crate::checks::check::{Verdict, check};
use crate::ci::Provider;
use crate::facts::Facts;

check! {
    /// Provenance is requested on a self-hosted runner, but npmjs refuses such statements.
    ///
    /// npm signs the statement, writes it to the public log, and only then does the registry
    /// refuse it. Rented third-party runners count as self-hosted.
    ///
    /// npm says: `E422 Unsupported GitHub Actions runner environment: "self-hosted"`.
    id: "provenance-runner",
    level: Error,
    summary: "npmjs accepts provenance only from hosted runners",
    basis: Job,
    silence: LeavesOpen,
    rests_on: [Provenance],
    remedy: {
        why "provenance is accepted only from hosted runners, and this one is self-hosted";
        help super::OWN_RUNNER;
        help "or publish without provenance, which NPM_CONFIG_PROVENANCE may also request" => NpmPublish "--provenance=false";
    },
}

fn run(facts: &Facts) -> Verdict {
    let on_github = facts.ci.provider == Some(Provider::GitHub);
    if !signs_on_request(facts) || !exchanges_identity_tokens(facts) || !on_github {
        return Ok(Vec::new());
    }
    let Some(source) = elsewhere(facts) else {
        return Ok(Vec::new());
    };
    let finding = of_request(
        facts,
        "provenance is requested on a self-hosted runner, which npmjs refuses",
    )
    .because(variable(source, "self-hosted"))
    .predicts(
        "E422",
        "Error verifying sigstore provenance bundle: Unsupported GitHub Actions runner environment: \"self-hosted\".",
    );
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{sourced, trusted};
    use super::*;
    use crate::ci::{Ci, Runner};
    use crate::facts::fake::{fake, only, quiet};
    use crate::registry::kind::RegistryKind;

    fn on(runner: Option<Runner>) -> Facts {
        fake()
            .in_ci(Ci {
                runner: runner.and_then(sourced),
                ..trusted()
            })
            .provenance()
    }

    #[test]
    fn fires_on_a_self_hosted_runner() {
        let finding = only(run(&on(Some(Runner::SelfHosted))));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E422");
    }

    #[test]
    fn stays_quiet_on_a_hosted_one_elsewhere_and_on_an_unknown_one() {
        assert!(quiet(&run(&on(Some(Runner::Hosted)))));
        assert!(quiet(&run(&on(None))));
        let elsewhere =
            on(Some(Runner::SelfHosted)).registry("https://npm.example/", RegistryKind::Verdaccio);
        assert!(quiet(&run(&elsewhere)));
    }

    #[test]
    fn stays_quiet_without_provenance() {
        let unasked =
            on(Some(Runner::SelfHosted)).with(|facts| facts.package.provenance.asked = None);
        assert!(quiet(&run(&unasked)));
    }
}
