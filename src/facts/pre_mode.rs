//! The pre mode of changesets, applied once the registry has answered.

use crate::facts::Answers;
use crate::plan::PackagePlan;
use crate::registry::documents::Packument;

/// Sets the tag that changesets sends: `latest` if the registry has only prereleases with the
/// pre mode's tag, so that the package can be installed without naming a tag (`only-pre` in the
/// source of @changesets/cli 2.31.1).
pub(crate) fn set_tag(plan: &mut PackagePlan, answers: &Answers) {
    let Some(tag) = plan.pre_tag.take() else {
        return;
    };
    let packument = answers.packument.as_ref().ok();
    let packument = packument.and_then(|answer| answer.value.as_ref());
    if packument.is_some_and(|packument| has_only_prereleases(packument, &tag)) {
        for resolved in [&mut plan.tag.sent, &mut plan.tag.configured] {
            "latest".clone_into(&mut resolved.value);
        }
    }
}

fn has_only_prereleases(packument: &Packument, tag: &str) -> bool {
    let first = |version: &str| -> Option<String> {
        let (_, prerelease) = version.split('+').next()?.split_once('-')?;
        Some(prerelease.split('.').next()?.to_owned())
    };
    let mut versions = packument.versions.keys();
    !packument.versions.is_empty() && versions.all(|version| first(version).as_deref() == Some(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::fake;

    fn sent(published: &[&str]) -> String {
        let facts = fake().published(published);
        let mut plan = facts.package.clone();
        "next".clone_into(&mut plan.tag.sent.value);
        plan.pre_tag = Some("next".to_owned());
        set_tag(&mut plan, &facts.answers);
        plan.tag.sent.value
    }

    #[test]
    fn latest_is_sent_while_there_is_nothing_but_prereleases_of_the_tag() {
        assert_eq!(sent(&["1.0.0-next.0", "1.0.0-next.1"]), "latest");
        assert_eq!(sent(&["1.0.0-next.0", "0.9.0"]), "next");
        assert_eq!(sent(&["1.0.0-beta.0"]), "next");
        assert_eq!(sent(&["1.0.0-nextish.0"]), "next");
        assert_eq!(sent(&[]), "next", "a new name goes to the tag");
    }
}
