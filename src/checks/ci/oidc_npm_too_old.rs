use super::{has_no_credential, oidc_is_available, without_oidc};
use crate::checks::check::{Verdict, check};
use crate::ci::Provider;
use crate::facts::Facts;
use crate::finding::{Evidence, NpmCommand, Verb};

check! {
    /// The job has an identity token, but this npm does not support trusted publishing.
    ///
    /// npm supports it since 11.5.1, on CircleCI since 11.11.0. Node 22 comes with npm 10,
    /// which ignores the identity token silently. It is an error only if no other credential is
    /// configured.
    ///
    /// npm says: `ENEEDAUTH`, or `E404 Not found` on the PUT if the token is a placeholder.
    id: "oidc-npm-too-old",
    level: Error,
    summary: "this npm does not support trusted publishing",
    basis: Job,
    silence: RulesOut,
    moots: ["auth-missing"],
    rests_on: [Credential],
    remedy: {
        why "trusted publishing needs npm 11.5.1 or later{npm}; Node 22 comes with npm 10";
        help "before publishing, or use Node 24" => Install "-g npm@latest";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !oidc_is_available(facts) || !has_no_credential(facts) {
        return Ok(Vec::new());
    }
    let npm = facts.npm()?;
    if facts.ci.is_exchanged_by(npm) {
        return Ok(Vec::new());
    }
    let since = match facts.ci.provider {
        Some(Provider::CircleCi) => "11.11.0",
        _ => "11.5.1",
    };
    let finding = without_oidc(
        facts,
        format!(
            "npm {npm} does not support trusted publishing, and no other credential is configured"
        ),
    )
    .because(Evidence {
        request: "npm's package.json".to_owned(),
        answer: format!("{npm}; trusted publishing needs {since} or later"),
    })
    .step(
        "before the publish",
        NpmCommand::new(Verb::Install, "-g npm@latest"),
    )
    .help("or Node 24 or later, which comes with a newer npm");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{in_job, trusted};
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};
    use crate::finding::Gap;

    #[test]
    fn fires_where_npm_10_meets_an_identity_token() {
        let finding = only(run(&in_job(trusted()).npm_is(10, 9, 9)));
        assert!(finding.message.contains("10.9.9"));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "ENEEDAUTH");
    }

    #[test]
    fn stays_quiet_with_a_new_npm_or_another_credential() {
        assert!(quiet(&run(&in_job(trusted()))));
        assert!(quiet(&run(&fake().in_ci(trusted()).npm_is(10, 9, 9))));
    }

    #[test]
    fn undecided_without_an_npm() {
        let facts =
            in_job(trusted()).with(|facts| facts.npm = Err(Gap::NotAsked("npm is not on PATH")));
        assert!(undecided(&run(&facts)));
    }
}
