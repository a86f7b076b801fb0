//! See the check.

use super::new_scope;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level, NpmCommand, Verb};

check! {
    /// A new scoped package is restricted unless somebody says `public`, and restricted packages cost money.
    ///
    /// It is the first publish only: later ones keep the access that the package has. The refusal
    /// speaks of payment; it is not about your token and not about the account's state. A scope that
    /// has packages which only its members see pays already, and this is quiet there; a package that
    /// is meant to be private wants `--access restricted`, which says so and silences this, too.
    ///
    /// npm says: `E402 You must sign up for private packages`.
    ///
    /// What to do: `npm publish --access public`, or put `"publishConfig": {"access": "public"}` into
    /// package.json, once and for all.
    id: "access-restricted-by-default",
    level: Error,
    summary: "a new scoped package would be restricted, which costs money",
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
    // A restricted package looks like none to whoever the registry does not know.
    let unseen = facts.account().is_err();
    if unseen && facts.package.credential.oidc_possible {
        return Err(Gap::Unknown(
            "without a credential that the registry accepts, a restricted package and none look the same".to_owned(),
        ));
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = Finding::new(format!(
        "{name} is new and scoped, and nobody says that it is public"
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
        "if it is meant to be private and paid for",
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
