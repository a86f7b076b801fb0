use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::range::is_valid_range;

check! {
    /// A tag may not be a version or a range, because `cat@1` would be ambiguous.
    ///
    /// `v1`, `1.x`, `5`, `2024`, `x`, `*` and the empty string are ranges; `next`, `v-next` and
    /// `release-1.x` are not. npm validates the tag of its configuration (flag, variable,
    /// .npmrc), not that of publishConfig. An empty tag comes from `--tag=` or a `--tag`
    /// without a value.
    ///
    /// npm says: `Tag name must not be a valid SemVer range: v1`.
    id: "tag-looks-like-version",
    level: Error,
    summary: "the tag looks like a version",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        why "a tag may not look like a version or a range: v1, 1.x, 5";
        help "add a word to the tag" => Publish "--tag release-1.x";
        help "the version itself belongs in package.json, not in --tag";
    },
}

fn run(facts: &Facts) -> Verdict {
    let tag = &facts.package.tag.configured;
    let word = tag.value.trim();
    if !is_valid_range(word, false) {
        return Ok(Vec::new());
    }
    let message = if word.is_empty() {
        "the tag is empty, which npm reads as a version range".to_owned()
    } else {
        format!("the tag `{word}` looks like a version, which npm does not accept")
    };
    let finding = Finding::new(message).set_by(&tag.origin).predicts(
        "",
        format!("Tag name must not be a valid SemVer range: {word}"),
    );
    let finding = if word.is_empty() {
        finding.step("set a tag", NpmCommand::publish_with_tag("next"))
    } else {
        let plain = word.trim_start_matches(['v', '=', '^', '~', '>', '<', ' ']);
        finding
            .run(NpmCommand::publish_with_tag(&format!("release-{plain}")))
            .step(
                "the version to publish belongs in package.json",
                NpmCommand::version("VERSION"),
            )
    };
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};

    #[test]
    fn fires_on_ranges_and_on_the_empty_tag() {
        for tag in ["v1", "1", "1.x", "x", "*", "2024", "1.0.0-beta", "", " "] {
            assert!(!run(&fake().tagged(tag)).unwrap().is_empty(), "{tag}");
        }
        assert_eq!(
            only(run(&fake().tagged("v5"))).helps()[0],
            "npm publish --tag release-5"
        );
    }

    #[test]
    fn stays_quiet_on_words() {
        for tag in [
            "latest",
            "next",
            "v-next",
            "beta1",
            "latest-1",
            "release-1.x",
        ] {
            assert!(quiet(&run(&fake().tagged(tag))), "{tag}");
        }
    }

    #[test]
    fn stays_quiet_on_what_publish_config_sends() {
        let facts = fake().with(|facts| facts.package.tag.sent.value = "v1".to_owned());
        assert!(quiet(&run(&facts)));
    }
}
