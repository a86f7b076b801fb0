use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};

check! {
    /// Only scoped packages can be restricted.
    ///
    /// The access may come from a flag, a variable, an .npmrc or publishConfig; tools such as
    /// changesets write it into their own settings, where `restricted` is the default.
    ///
    /// npm says: `EUNSCOPED Can't restrict access to unscoped packages.`
    id: "access-restricted-unscoped",
    level: Error,
    summary: "an unscoped package cannot be restricted",
    basis: CommandLine,
    silence: RulesOut,
    rests_on: [Name, Access],
    remedy: {
        why "only a package with a scope can be restricted";
        help "make it public" => Publish "--access public";
        help "or remove access=restricted from publishConfig, .npmrc or .changeset/config.json";
        help "or give the package a scope: @you/name";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(access) = facts
        .package
        .access
        .as_ref()
        .filter(|access| access.value == "restricted")
    else {
        return Ok(Vec::new());
    };
    let Some(name) = facts
        .package
        .name
        .as_str()
        .filter(|name| !name.starts_with('@') && !facts.package.dry_run)
    else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(format!(
        "{name} has no scope, but access=restricted is only for scoped packages"
    ))
    .set_by(&access.origin)
    .predicts("EUNSCOPED", "Can't restrict access to unscoped packages.")
    .run(NpmCommand::new(Verb::Publish, "--access public"))
    .step(
        "or give it a scope",
        NpmCommand::pkg_set("name", &format!("@your-scope/{name}")),
    );
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};

    #[test]
    fn fires_on_an_unscoped_restricted_package() {
        assert_eq!(
            only(run(&fake().access("restricted")))
                .predicts
                .unwrap()
                .code
                .unwrap(),
            "EUNSCOPED"
        );
    }

    #[test]
    fn stays_quiet_on_public_and_on_scoped_packages() {
        assert!(quiet(&run(&fake().access("public"))));
        assert!(quiet(&run(&fake())));
        let scoped =
            fake_of(json!({ "name": "@alice/cat", "version": "1.0.0" })).access("restricted");
        assert!(quiet(&run(&scoped)));
    }

    #[test]
    fn stays_quiet_in_a_dry_run_which_never_gets_there() {
        assert!(quiet(&run(&fake()
            .access("restricted")
            .with(|facts| facts.package.dry_run = true))));
    }
}
