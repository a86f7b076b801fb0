use super::{for_same_name, highest, version};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::npm::NpmVersion;

check! {
    /// npm 11 does not move `latest` to a lower version without an explicit tag.
    ///
    /// It compares with the highest version that is neither a prerelease nor deprecated, of any
    /// major. An explicit tag disables the rule (`--tag`, `tag=` in an .npmrc, a variable,
    /// `publishConfig.tag`), and so does `--force`. npm up to 10 moves `latest` backwards
    /// silently.
    ///
    /// npm says: `Cannot implicitly apply the "latest" tag because previously published version
    /// 2.0.0 is higher than the new version 1.0.1. You must specify a tag using --tag.`
    id: "version-behind-latest",
    level: Error,
    summary: "a higher version exists, and npm refuses to move latest backwards",
    basis: CommandLine,
    silence: LeavesOpen,
    rests_on: [Name, Version, Registry, Tag],
    remedy: {
        why "a higher version was published before, and npm 11 and later do not move `latest` \
            backwards unless told to";
        help "use a separate tag for an old line" => Publish "--tag {line}";
        help "to move `latest` backwards anyway" => Publish "--tag latest";
    },
}

fn run(facts: &Facts) -> Verdict {
    if facts.package.tag.explicit || facts.package.force {
        return Ok(Vec::new());
    }
    let Some(version) = version(facts) else {
        return Ok(Vec::new());
    };
    if !facts.npm()?.compares_with_published_versions() || version.is_prerelease() {
        return Ok(Vec::new());
    }
    let answer = facts.compared_packument()?;
    let Some(packument) = &answer.value else {
        return Ok(Vec::new());
    };
    let Some(highest) = highest(packument).filter(|highest| highest >= version) else {
        return Ok(Vec::new());
    };
    // npm refuses an existing version first.
    let exists = packument.versions.contains_key(&version.to_string());
    if exists
        && facts
            .npm
            .as_ref()
            .is_ok_and(NpmVersion::refuses_published_versions_itself)
    {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!("{version} is lower than the published {highest}, and no \
        tag is set"))
        .at("/version")
        .predicts(
            "",
            format!("Cannot implicitly apply the \"latest\" tag because previously published version {highest} is higher than the new version {version}. You must specify a tag using --tag."),
        )
        .because(answer.evidence(format!("versions holds {highest}")))
        .step(
            "for a maintenance release",
            NpmCommand::publish_with_tag(&format!("release-{}.x", version.0.major)),
        )
        .step(
            "to move latest anyway",
            NpmCommand::publish_with_tag("latest"),
        );
    Ok(vec![for_same_name(facts, finding)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};
    use crate::finding::Gap;
    use crate::registry::documents::Installable;

    #[test]
    fn fires_where_a_higher_stable_version_exists() {
        let finding = only(run(&fake().published(&["0.9.0", "2.1.0"])));
        assert!(finding.message.contains("lower than the published 2.1.0"));
        assert!(finding.helps()[0].contains("--tag release-1.x"));
    }

    #[test]
    fn stays_quiet_with_a_tag_with_force_and_with_npm_10() {
        let behind = || fake().published(&["2.0.0"]);
        assert!(quiet(&run(&behind().tagged("latest"))));
        assert!(quiet(&run(
            &behind().with(|facts| facts.package.force = true)
        )));
        assert!(quiet(&run(&behind().npm_is(10, 9, 9))));
    }

    #[test]
    fn stays_quiet_where_only_prereleases_or_deprecated_versions_are_higher() {
        assert!(quiet(&run(&fake().published(&["0.9.0", "2.0.0-rc.1"]))));
        let deprecated = fake()
            .published(&["0.9.0", "2.0.0"])
            .packument_with(|packument| {
                let deprecated = Installable { deprecated: true };
                packument.versions.insert("2.0.0", deprecated);
            });
        assert!(quiet(&run(&deprecated)));
        assert!(quiet(&run(&fake().published(&["2.0.0", "not-semver"]))));
    }

    #[test]
    fn stays_quiet_where_the_version_itself_is_there() {
        assert!(quiet(&run(&fake().published(&["1.0.0", "2.0.0"]))));
    }

    #[test]
    fn undecided_without_an_answer_and_without_an_npm() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
        let without = fake()
            .published(&["2.0.0"])
            .with(|facts| facts.npm = Err(Gap::NotAsked("no npm")));
        assert!(undecided(&run(&without)));
    }
}
