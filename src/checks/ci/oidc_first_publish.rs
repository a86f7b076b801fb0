use super::{has_no_credential, may_be_restricted, oidc_is_available, without_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Level;

check! {
    /// Trusted publishing cannot create a package, and this one does not exist yet.
    ///
    /// The trusted publisher is a setting of an existing package, so the first version needs a
    /// token or a manual publish (npm/cli#8544). A scoped package that answers 404 may be a
    /// restricted one, so this is a warning; it is an error if this publish asks for public
    /// access, since the registry would show a public package. Only runs without any other
    /// credential are checked.
    ///
    /// npm says: `ENEEDAUTH`, or `E404 Not found` on the PUT; the reason only with `--loglevel
    /// verbose`.
    id: "oidc-first-publish",
    level: Error,
    summary: "trusted publishing cannot create a package",
    basis: Job,
    silence: RulesOut,
    moots: ["auth-missing"],
    rests_on: [Name, Credential],
    remedy: {
        why "trusted publishing cannot create a package: it fails like this if {package} does \
            not exist yet";
        help "publish the first version manually or with a token, then add the trusted publisher \
            on npmjs.com";
        asks "does the package exist?" => View "{package} name";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !oidc_is_available(facts)
        || !has_no_credential(facts)
        || facts.npm().is_ok_and(|npm| !facts.ci.is_exchanged_by(npm))
    {
        return Ok(Vec::new());
    }
    let packument = facts.packument()?;
    if packument.value.is_some() {
        return Ok(Vec::new());
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = without_oidc(
        facts,
        format!("{name} does not exist yet, and trusted publishing cannot create a package"),
    )
    .because(packument.evidence("does not exist"))
    .help("publish the first version manually, logged in, or with a token")
    .help(format!(
        "then add the trusted publisher: https://www.npmjs.com/package/{name}/access"
    ));
    Ok(vec![if may_be_restricted(facts) {
        finding.level(Level::Warning)
    } else {
        finding
    }])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::{in_job, trusted};
    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, silence, undecided};

    fn new() -> Facts {
        in_job(trusted()).with(|facts| facts.answers.packument = known(None))
    }

    #[test]
    fn fires_on_a_new_package_and_warns_where_it_may_be_restricted() {
        let finding = only(run(&new()));
        assert_eq!(
            (finding.level, finding.predicts.unwrap().code),
            (None, Some("ENEEDAUTH".to_owned()))
        );
        let scoped = fake_of(json!({ "name": "@acme/cat", "version": "1.0.0" }))
            .without_credential()
            .in_ci(trusted());
        let public = scoped.clone().access("public");
        assert_eq!(only(run(&scoped)).level, Some(Level::Warning));
        assert_eq!(only(run(&public)).level, None, "the registry would show it");
    }

    #[test]
    fn stays_quiet_on_a_package_that_is_there_and_with_a_token() {
        assert!(quiet(&run(&in_job(trusted()))));
        assert!(quiet(&run(&fake().in_ci(trusted()))));
    }

    #[test]
    fn undecided_in_silence() {
        let facts = new().with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&facts)));
    }
}
