use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::version::VersionProblem;

check! {
    /// A package without a version cannot be published; npm 11 crashes.
    ///
    /// npm says: `Cannot read properties of null (reading 'prerelease')`, after every script
    /// has run; up to npm 10 `EBADSEMVER invalid semver:`.
    ///
    /// If a script may set the version before npm reads it, this is a warning.
    id: "version-missing",
    level: Error,
    summary: "package.json has no version",
    basis: Registry,
    silence: LeavesOpen,
    rests_on: [Version],
    remedy: {
        help "" => PkgSet "version=1.0.0";
    },
}

fn run(facts: &Facts) -> Verdict {
    if facts.package.version != Err(VersionProblem::Missing) || super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let crashes = facts
        .npm
        .as_ref()
        .is_ok_and(crate::npm::NpmVersion::wants_a_tag_for_prereleases);
    let finding = Finding::new("package.json has no version")
        .at("")
        .run(NpmCommand::pkg_set("version", "1.0.0"));
    let finding = if crashes {
        finding.predicts("", "Cannot read properties of null (reading 'prerelease')")
    } else {
        finding.predicts("EBADSEMVER", "invalid semver: ")
    };
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};
    use crate::finding::Level;

    #[test]
    fn fires_without_a_version() {
        let finding = only(run(&fake_of(json!({ "name": "cat" }))));
        assert_eq!(
            (finding.level, finding.predicts.unwrap().code),
            (None, None)
        );
    }

    #[test]
    fn stays_quiet_with_a_version() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&fake_of(
            json!({ "name": "cat", "version": "1.0" })
        ))));
    }

    #[test]
    fn a_script_that_may_set_the_version_makes_it_a_warning() {
        let facts = fake_of(json!({ "name": "cat" })).rewritten();
        assert_eq!(only(CHECK.on(&facts)).level, Some(Level::Warning));
    }
}
