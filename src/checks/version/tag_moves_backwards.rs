use super::version;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::version::Version;
use crate::registry::documents::StageArea;

check! {
    /// The tag points to a higher version, and this publish would move it to a lower one.
    ///
    /// Everybody who installs by that tag would get the lower version. npm 11 refuses this for
    /// an implicit `latest`, but not for an explicit tag; npm up to 10 never refuses it. A
    /// staged version gets its tag when it is approved, so the order of approvals counts.
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
    if let Some(finding) = behind_a_staged_one(facts, version) {
        return Ok(vec![finding]);
    }
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
    // If npm refuses, only that is reported.
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

/// A higher version that is staged for the same tag.
fn behind_a_staged_one(facts: &Facts, version: &Version) -> Option<Finding> {
    let tag = &facts.package.tag.sent;
    let answer = facts.stage_area().ok()?;
    let StageArea::Holds(staged) = &answer.value else {
        return None;
    };
    let of_tag = staged.iter().filter(|staged| staged.tag == tag.value);
    let others = of_tag.filter_map(|staged| Version::parse(&staged.version, true));
    let higher = others.max().filter(|other| other > version)?;
    let finding = Finding::new(format!(
        "{higher} is staged for the tag {}, which would move down to {version} if this version \
         is approved later",
        tag.value
    ));
    Some(
        finding
            .set_by(&tag.origin)
            .because(answer.evidence(format!("{higher} is staged")))
            .help(format!("approve {version} before {higher}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, silence, undecided};
    use crate::registry::documents::StagedVersion;

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
    fn fires_where_a_higher_version_waits_for_the_same_tag() {
        let waits = |tag: &str| {
            let staged = StagedVersion {
                version: "2.0.0".to_owned(),
                tag: tag.to_owned(),
            };
            let held = known(StageArea::Holds(vec![staged]));
            fake().with(|facts| facts.answers.stage_area = held)
        };
        let finding = only(run(&waits("latest")));
        assert!(finding.message.starts_with("2.0.0 is staged for the tag"));
        assert!(quiet(&run(&waits("next"))));
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
