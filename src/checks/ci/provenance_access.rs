use super::{of_request, signs_on_request};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::NpmCommand;

check! {
    /// Provenance is requested, but npm treats the package as private.
    ///
    /// Provenance is public. Unless `access` is set to `public`, npm asks the registry whether
    /// everybody can read the package, and treats a 404 as "no": for a new package, even an
    /// unscoped one, and at registries without that endpoint.
    ///
    /// npm says: ``EUSAGE Can't generate provenance for new or private package, you must set
    /// `access` to public.``
    id: "provenance-access",
    level: Error,
    summary: "provenance of a new or private package needs access=public",
    basis: Job,
    silence: LeavesOpen,
    rests_on: [Name, Access, Provenance],
    remedy: {
        why "provenance is requested for a package that is new or private, without access set to public; that applies to names without a scope, too";
        help "if everybody may read the package" => NpmPublish "--provenance --access public";
        help "for every release" => PkgSet "publishConfig.access=public";
    },
}

fn run(facts: &Facts) -> Verdict {
    let access = facts.package.access.as_ref().map(|it| it.value.as_str());
    if !signs_on_request(facts) || access == Some("public") {
        return Ok(Vec::new());
    }
    let visibility = facts.visibility()?;
    if visibility.value {
        return Ok(Vec::new());
    }
    let finding = of_request(
        facts,
        "provenance is requested, but the registry does not confirm that everybody can read this \
         package",
    )
    .because(visibility.evidence("not public, as npm reads it"))
    .predicts(
        "EUSAGE",
        "Can't generate provenance for new or private package, you must set `access` to public.",
    )
    .step(
        "if the package is public",
        NpmCommand::pkg_set("publishConfig.access", "public"),
    )
    .help("if not: remove `provenance`");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{github, trusted};
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, refused, undecided};

    fn private() -> Facts {
        fake()
            .in_ci(trusted())
            .provenance()
            .with(|facts| facts.answers.visibility = known(false))
    }

    #[test]
    fn fires_on_a_package_that_is_not_shown_as_public() {
        let finding = only(run(&private()));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EUSAGE");
    }

    #[test]
    fn stays_quiet_on_a_public_one_with_the_flag_and_where_npm_does_not_get_so_far() {
        let public = private().with(|facts| facts.answers.visibility = known(true));
        assert!(quiet(&run(&public)));
        assert!(quiet(&run(&private().access("public"))));
        assert!(quiet(&run(&private().in_ci(github()))));
    }

    #[test]
    fn undecided_where_the_registry_refuses_to_answer() {
        let facts = private().with(|facts| facts.answers.visibility = Err(refused()));
        assert!(undecided(&run(&facts)));
    }
}
