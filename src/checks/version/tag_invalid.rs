use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::manifest::spec::{SpecKind, classify};
use crate::npm::NpmVersion;

check! {
    /// A tag may contain only characters that need no encoding in a URL.
    ///
    /// npm parses `name@tag` as it parses the argument of an install, and refuses a tag with a
    /// space, for example. It reads a tag with a slash as a URL and does not validate it.
    ///
    /// npm says: `EINVALIDTAGNAME Invalid tag name "a b" of package "cat@a b": Tags may not
    /// have any characters that encodeURIComponent encodes.`
    id: "tag-invalid",
    level: Error,
    summary: "the tag has characters that npm does not accept",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        help "use letters, digits, hyphens and periods" => Publish "--tag next";
    },
}

fn run(facts: &Facts) -> Verdict {
    let tag = &facts.package.tag.configured;
    let known = facts
        .npm
        .as_ref()
        .map_or(true, NpmVersion::validates_tag_names);
    let Some(name) = facts.package.name.as_str().filter(|_| known) else {
        return Ok(Vec::new());
    };
    let SpecKind::Invalid {
        code: "EINVALIDTAGNAME",
        text,
    } = classify(&format!("{name}@{}", tag.value))
    else {
        return Ok(Vec::new());
    };
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') {
            c
        } else {
            '-'
        }
    };
    let proposal: String = tag.value.trim().chars().map(kept).collect();
    let finding = Finding::new(format!(
        "the tag `{}` contains characters that npm does not accept",
        tag.value.trim()
    ))
    .set_by(&tag.origin)
    .predicts("EINVALIDTAGNAME", text)
    .run(NpmCommand::publish_with_tag(&proposal));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};

    #[test]
    fn fires_on_a_blank() {
        let finding = only(run(&fake().tagged("a b")));
        assert_eq!(finding.helps(), ["npm publish --tag a-b"]);
        assert!(finding.predicts.unwrap().text.contains("Invalid tag name"));
    }

    #[test]
    fn stays_quiet_on_words_and_on_what_npm_does_not_judge() {
        for tag in ["next", "release-1.x", "feature/x", "a_b"] {
            assert!(quiet(&run(&fake().tagged(tag))), "{tag}");
        }
    }

    #[test]
    fn stays_quiet_with_an_npm_that_does_not_look() {
        assert!(quiet(&run(&fake().tagged("a b").npm_is(10, 7, 0))));
    }
}
