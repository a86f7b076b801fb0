use super::new_scope;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level};

check! {
    /// A new scoped package is restricted unless `access` is `public`, and restricted packages
    /// need a paid plan.
    ///
    /// This concerns only the first publish: later ones keep the package's access. The refusal
    /// is about payment, not about your token. A scope that already has restricted packages has
    /// a paid plan, so there is no finding. It is an error if the registry lists the scope's
    /// packages and shows your account the same ones as everybody: then none is restricted, and
    /// there is no paid plan. If that cannot be read, it is a warning. If the package is meant
    /// to be private, `--access restricted` says so, and there is no finding either.
    ///
    /// npm says: `E402 You must sign up for private packages`.
    id: "access-restricted-by-default",
    level: Error,
    summary: "a new scoped package would be restricted, a paid feature",
    basis: CommandLine,
    silence: LeavesOpen,
    rests_on: [Name, Registry, Access],
    remedy: {
        why "a new package with a scope is restricted by default, and restricted packages cost money; this is about access, not about the token";
        help "if everybody should be able to read it" => PkgSet "publishConfig.access=public";
        help "if only members should be able to read it, get a paid plan, then" => Publish "--access restricted";
        asks "is it meant to be public?" => Config "get access", PkgGet "publishConfig";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(scope) = new_scope(facts)?.filter(|_| facts.package.access.is_none()) else {
        return Ok(Vec::new());
    };
    // Without an accepted credential the registry hides a restricted package.
    let unseen = facts.account().is_err();
    if unseen && facts.package.credential.oidc_possible {
        return Err(Gap::Unknown(
            "without a credential that the registry accepts, an existing restricted package looks like a new one".to_owned(),
        ));
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = Finding::new(format!(
        "{name} is new and scoped, and `access` is not set: npm would make it restricted, which needs a paid plan"
    ))
    .at("/name")
    .because(facts.packument()?.evidence("no package of that name"));
    let finding = match facts.has_paid_plan() {
        Ok(pays) if pays.value => return Ok(Vec::new()),
        Ok(lists) if !unseen => finding
            .predicts("E402", "You must sign up for private packages")
            .because(lists.evidence(format!(
                "your account sees the same packages of @{scope} as \
                everybody"
            ))),
        _ => finding.level(Level::Warning),
    };
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, refused, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn scoped() -> Facts {
        fake_of(json!({ "name": "@alice/cat", "version": "1.0.0" }))
    }

    #[test]
    fn fires_on_a_new_package_of_a_scope_that_does_not_pay() {
        let finding = only(run(&scoped()));
        assert_eq!(finding.level, None);
        assert_eq!(finding.evidence.len(), 2);
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E402");
    }

    #[test]
    fn warns_where_the_scopes_plan_is_unknown() {
        let unknown = scoped().with(|facts| facts.answers.has_paid_plan = Err(refused()));
        let finding = only(run(&unknown));
        assert_eq!(finding.level, Some(Level::Warning));
        assert!(finding.predicts.is_none());
    }

    #[test]
    fn no_command_lacks_its_explanation() {
        let helps = only(CHECK.on(&scoped())).helps();
        assert!(
            helps.iter().all(|help| help.starts_with("if ")),
            "{helps:?}"
        );
        assert!(helps[0].contains("public") && helps[1].contains("--access restricted"));
    }

    #[test]
    fn a_restricted_package_looks_missing_without_a_login() {
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
