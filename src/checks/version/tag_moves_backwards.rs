use super::version;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::version::Version;

check! {
    /// The tag points to a higher version, and this publish would move it to a lower one.
    ///
    /// Everybody who installs by that tag would get the lower version. npm 11 refuses that for an
    /// implicit `latest`; it says nothing for an explicit tag, and npm up to 10 never does.
    ///
    /// npm says: nothing.
    id: "tag-moves-backwards",
    level: Warning,
    summary: "the tag points to a higher version",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        help "give a maintenance release its own tag" => Publish "--tag {line}";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(version) = version(facts).filter(|_| !facts.package.dry_run) else {
        return Ok(Vec::new());
    };
    let tag = &facts.package.tag.sent;
    let answer = facts.packument()?;
    let today = answer
        .value
        .as_ref()
        .and_then(|packument| packument.dist_tags.get(&tag.value));
    let Some(today) = today
        .and_then(|text| Version::parse(text, true))
        .filter(|today| today > version)
    else {
        return Ok(Vec::new());
    };
    // Where npm refuses, only that is reported.
    if !super::version_behind_latest::CHECK
        .on(facts)
        .unwrap_or_default()
        .is_empty()
    {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "the tag {} points to {today} and would move down to {version}",
        tag.value
    ))
    .set_by(&tag.origin)
    .because(answer.evidence(format!("dist-tags: {} is {today}", tag.value)))
    .run(NpmCommand::publish_with_tag(&format!(
        "release-{}.x",
        version.0.major
    )));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};

    #[test]
    fn fires_where_the_tag_would_move_down() {
        let finding = only(run(&fake().published(&["2.0.0"]).tagged("latest")));
        assert_eq!(
            finding.message,
            "the tag latest points to 2.0.0 and would move down to 1.0.0"
        );
        assert!(
            !run(&fake().published(&["2.0.0"]).npm_is(10, 9, 9))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn stays_quiet_on_other_tags_and_where_npm_refuses() {
        assert!(quiet(&run(&fake().published(&["2.0.0"]).tagged("old"))));
        assert!(quiet(&run(&fake().published(&["0.9.0"]).tagged("latest"))));
        assert!(quiet(&run(&fake().published(&["2.0.0"]))));
    }

    #[test]
    fn undecided_in_silence() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
