use super::version;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};

check! {
    /// npm 11 publishes a prerelease only with an explicit tag.
    ///
    /// Otherwise `latest` would point to a prerelease, and everybody would install it. The tag may
    /// be set by `--tag`, `tag=` in an .npmrc, a variable or `publishConfig.tag`; `--force`
    /// disables the rule. A date with a hyphen, such as `2024.1.1-3`, is a prerelease, too.
    ///
    /// npm says: `You must specify a tag using --tag when publishing a prerelease version.`
    id: "tag-needed-for-prerelease",
    level: Error,
    summary: "a prerelease needs an explicit tag",
    basis: CommandLine,
    silence: LeavesOpen,
    rests_on: [Version, Tag],
    remedy: {
        why "the version is a prerelease (it contains a hyphen), and npm 11 and later require a tag for those";
        help "" => Publish "--tag {prerelease}";
        help "for every release" => PkgSet "publishConfig.tag={prerelease}";
        help "if everybody should get it" => Publish "--tag latest";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(version) = version(facts).filter(|version| version.is_prerelease()) else {
        return Ok(Vec::new());
    };
    if facts.package.tag.explicit
        || facts.package.force
        || !facts.npm()?.wants_a_tag_for_prereleases()
    {
        return Ok(Vec::new());
    }
    let word = version.0.pre.split('.').next().unwrap_or_default();
    let named = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && !crate::manifest::range::is_valid_range(word, true);
    let tag = if named { word } else { "next" };
    let finding = Finding::new(format!("{version} is a prerelease, but no tag is set"))
        .at("/version")
        .predicts(
            "",
            "You must specify a tag using --tag when publishing a prerelease version.",
        )
        .run(NpmCommand::publish_with_tag(tag));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, undecided};
    use crate::finding::Gap;

    fn prerelease(version: &str) -> Facts {
        fake_of(json!({ "name": "cat", "version": version }))
    }

    #[test]
    fn fires_and_proposes_the_prereleases_own_tag() {
        assert_eq!(
            only(run(&prerelease("1.0.0-beta.1"))).helps(),
            ["npm publish --tag beta"]
        );
        assert_eq!(
            only(run(&prerelease("2024.1.1-3"))).helps(),
            ["npm publish --tag next"]
        );
    }

    #[test]
    fn stays_quiet_with_a_tag_with_force_with_npm_10_and_on_releases() {
        assert!(quiet(&run(&prerelease("1.0.0-beta.1").tagged("beta"))));
        assert!(quiet(&run(
            &prerelease("1.0.0-beta.1").with(|facts| facts.package.force = true)
        )));
        assert!(quiet(&run(&prerelease("1.0.0-beta.1").npm_is(10, 9, 9))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_without_an_npm() {
        let facts =
            prerelease("1.0.0-beta.1").with(|facts| facts.npm = Err(Gap::NotAsked("no npm")));
        assert!(undecided(&run(&facts)));
    }
}
