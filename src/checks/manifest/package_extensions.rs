use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};

check! {
    /// npm 12 refuses to publish a package whose package.json contains `packageExtensions`.
    ///
    /// The field corrects the manifests of dependencies, and works only in the root of a
    /// project. A private package may have it; npm up to 11 ignores it.
    ///
    /// npm says: `EPACKAGEEXTENSIONS packageExtensions is only honored at the project root and
    /// must not be published.`
    id: "package-extensions",
    level: Error,
    summary: "package.json contains packageExtensions, which npm 12 does not publish",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        why "npm 12 and later refuse `packageExtensions` in a published package";
        help "remove the field, or move it to the workspace's private root" => PkgDelete "packageExtensions";
    },
}

/// The first major version of npm that refuses the field.
const SINCE: u64 = 12;

fn run(facts: &Facts) -> Verdict {
    let manifest = &facts.package.manifest;
    if !manifest.object.contains_key("packageExtensions")
        || manifest.is_private()
        || super::is_remote(facts)
    {
        return Ok(Vec::new());
    }
    if facts.npm()?.major() < SINCE {
        return Ok(Vec::new());
    }
    let finding = Finding::new("packageExtensions must not be published")
        .at("/packageExtensions")
        .predicts(
            "EPACKAGEEXTENSIONS",
            "packageExtensions is only honored at the project root and must not be published.",
        )
        .run(NpmCommand::new(Verb::PkgDelete, "packageExtensions"));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, undecided};

    fn extending() -> Facts {
        fake_of(json!({ "name": "cat", "version": "1.0.0", "packageExtensions": { "dog@1": {} } }))
    }

    #[test]
    fn fires_with_npm_12() {
        let finding = only(run(&extending().npm_is(12, 0, 0)));
        assert_eq!(
            finding.predicts.unwrap().code.unwrap(),
            "EPACKAGEEXTENSIONS"
        );
    }

    #[test]
    fn stays_quiet_with_npm_11_and_without_the_field() {
        assert!(quiet(&run(&extending().npm_is(11, 19, 1))));
        assert!(quiet(&run(&fake().npm_is(12, 2, 0))));
    }

    #[test]
    fn undecided_without_npm() {
        let facts =
            extending().with(|facts| facts.npm = Err(crate::finding::Gap::NotAsked("no npm")));
        assert!(undecided(&run(&facts)));
    }
}
