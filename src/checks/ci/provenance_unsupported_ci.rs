use super::{is_asked, of_request};
use crate::checks::check::{Verdict, check};
use crate::ci::Provider;
use crate::facts::Facts;
use crate::finding::Evidence;

check! {
    /// Provenance is requested where npm cannot create it.
    ///
    /// npm signs provenance only on GitHub Actions and GitLab CI, not on a developer's machine
    /// or in other CIs. `provenance: true` in publishConfig applies everywhere.
    ///
    /// npm says: `EUSAGE Automatic provenance generation not supported for provider: null`.
    id: "provenance-unsupported-ci",
    level: Error,
    summary: "npm signs provenance only on GitHub Actions and GitLab CI",
    basis: Job,
    silence: LeavesOpen,
    rests_on: [Provenance],
    remedy: {
        why "provenance can only be generated in GitHub Actions and GitLab CI";
        help "publish from GitHub Actions or GitLab CI";
        help "or without provenance, and without `provenance` in publishConfig or .npmrc" => NpmPublish "--provenance=false";
    },
}

fn run(facts: &Facts) -> Verdict {
    let able = matches!(facts.ci.provider, Some(Provider::GitHub | Provider::GitLab));
    if !is_asked(facts) || able {
        return Ok(Vec::new());
    }
    let place = facts
        .ci
        .name
        .map_or_else(|| "outside any CI".to_owned(), |name| format!("on {name}"));
    let finding = of_request(
        facts,
        format!("provenance is requested {place}, where npm cannot create it"),
    )
    .because(Evidence {
        request: "the variables of CI services".to_owned(),
        answer: format!(
            "neither GitHub Actions nor GitLab CI, but {}",
            facts.ci.name.unwrap_or("none")
        ),
    })
    .predicts(
        "EUSAGE",
        format!(
            "Automatic provenance generation not supported for provider: {}",
            facts.ci.name.unwrap_or("null")
        ),
    );
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::github;
    use super::*;
    use crate::ci::Ci;
    use crate::facts::fake::{fake, only, quiet};
    use crate::finding::Gap;

    #[test]
    fn fires_on_ones_own_machine_and_in_other_cis() {
        let finding = only(run(&fake().provenance()));
        assert!(finding.predicts.unwrap().text.ends_with("provider: null"));
        let travis = Ci {
            name: Some("Travis CI"),
            ..Ci::default()
        };
        let finding = only(run(&fake().in_ci(travis).provenance()));
        assert!(finding.predicts.unwrap().text.ends_with("Travis CI"));
        let no_npm = fake()
            .provenance()
            .with(|facts| facts.npm = Err(Gap::NotAsked("npm is not on PATH")));
        assert_eq!(run(&no_npm).unwrap().len(), 1);
    }

    #[test]
    fn stays_quiet_on_github_and_without_provenance() {
        assert!(quiet(&run(&fake().in_ci(github()).provenance())));
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&fake().provenance().npm_is(9, 4, 2))));
    }

    #[test]
    fn stays_quiet_in_a_dry_run_which_signs_nothing() {
        let dry = fake()
            .provenance()
            .with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
    }
}
