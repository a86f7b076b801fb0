use super::new_scope;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level, NpmCommand, Verb};

check! {
    /// A new scoped package is restricted unless `access` is `public`, and restricted packages
    /// need a paid plan.
    ///
    /// This concerns the first publish only: later ones keep the package's access. The refusal is
    /// about payment, not about your token. A scope that already has restricted packages has a
    /// paid plan, so there is no finding then. For a package that is meant to be private,
    /// `--access restricted` says so, and there is no finding either.
    ///
    /// npm says: `E402 You must sign up for private packages`.
    ///
    /// What to do: `npm publish --access public`, or set `"publishConfig": {"access": "public"}`
    /// in package.json.
    id: "access-restricted-by-default",
    level: Error,
    summary: "a new scoped package would be restricted, a paid feature",
    basis: CommandLine,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    if new_scope(facts)?.is_none() || facts.package.access.is_some() {
        return Ok(Vec::new());
    }
    if facts.has_paid_plan().is_ok_and(|pays| pays.value) {
        return Ok(Vec::new());
    }
    // Without an accepted credential the registry hides a restricted package.
    let unseen = facts.account().is_err();
    if unseen && facts.package.credential.oidc_possible {
        return Err(Gap::Unknown(
            "without a credential that the registry accepts, an existing restricted package looks like a new one".to_owned(),
        ));
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = Finding::new(format!(
        "{name} is new and scoped, and `access` is not set to public"
    ))
    .at("/name")
    .predicts("E402", "You must sign up for private packages")
    .because(facts.packument()?.evidence("no package of that name"))
    .run(NpmCommand::pkg_set("publishConfig.access", "public"))
    .step(
        "for this time only",
        NpmCommand::new(Verb::Publish, "--access public"),
    )
    .step(
        "if it is meant to be private, with a paid plan",
        NpmCommand::new(Verb::Publish, "--access restricted"),
    );
    Ok(vec![if unseen {
        finding.level(Level::Warning)
    } else {
        finding
    }])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn scoped() -> Facts {
        fake_of(json!({ "name": "@alice/cat", "version": "1.0.0" }))
    }

    #[test]
    fn fires_on_a_new_scoped_package_of_unsaid_access() {
        assert_eq!(only(run(&scoped())).predicts.unwrap().code.unwrap(), "E402");
    }

    #[test]
    fn a_restricted_package_looks_like_none_to_nobody() {
        let nobody = scoped().without_credential();
        assert_eq!(only(run(&nobody.clone())).level, Some(Level::Warning));
        let trusted = nobody.with(|facts| facts.package.credential.oidc_possible = true);
        assert!(undecided(&run(&trusted)));
    }

    #[test]
    fn stays_quiet_where_the_access_is_said_or_kept() {
        assert!(quiet(&run(&scoped().access("public"))));
        assert!(quiet(&run(&scoped().access("restricted"))));
        assert!(quiet(&run(&scoped().published(&["0.9.0"]))));
        assert!(quiet(&run(
            &scoped().with(|facts| facts.package.dry_run = true)
        )));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn stays_quiet_in_a_scope_that_pays() {
        assert!(quiet(&run(&scoped().with(|facts| {
            facts.answers.has_paid_plan = crate::facts::fake::known(true);
        }))));
    }

    #[test]
    fn undecided_in_silence_and_not_applicable_elsewhere() {
        assert!(undecided(&run(
            &scoped().with(|facts| facts.answers.packument = Err(silence()))
        )));
        let elsewhere = scoped().registry("http://localhost:4873/", RegistryKind::Verdaccio);
        assert_eq!(run(&elsewhere), Err(Gap::NotOffered));
    }
}
