use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Level, NpmCommand};
use crate::manifest::version::Version;
use crate::manifest::version_tag::{is_a_date, is_placeholder, readings};

check! {
    /// The tag and package.json name different versions.
    ///
    /// The hook compares the pushed tag with the package.json of the tagged commit, and a
    /// mismatch is an error: a pipeline that starts on the tag would publish another version.
    /// Elsewhere the check compares the tags at HEAD, and a mismatch is a warning. `v1.2.3` and
    /// `1.2.3` count if the repository has one package, `name@1.2.3` only for that package;
    /// `hook.tags` in the settings adds other forms. `v1`, dates such as `2026.11.27`, and
    /// `0.0.0` in package.json (a pipeline writes the version) are not a mismatch, and neither
    /// is a package.json with uncommitted changes.
    ///
    /// npm says: nothing.
    id: "git-tag-mismatch",
    level: Warning,
    summary: "the tag names another version than package.json",
    basis: Commit,
    silence: LeavesOpen,
    rests_on: [Version],
    remedy: {
        why "the git tag and package.json's version differ";
        help "npm writes the version, commits and tags" => Version "1.2.3";
        help "remove a wrong tag: git tag -d v1.2.3";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Ok(version) = &facts.package.version else {
        // version-missing and version-invalid report this.
        return Ok(Vec::new());
    };
    let differs = |tagged: &Version| {
        tagged != version && !is_a_date(tagged, version) && !is_placeholder(version)
    };
    if let Some(pushed) = &facts.git.pushed {
        return Ok(if differs(&pushed.version) {
            vec![of_push(&pushed.tag, version)]
        } else {
            Vec::new()
        });
    }
    let tags = facts.tags()?;
    if facts.git.manifest_changed {
        return Ok(Vec::new());
    }
    let own = facts.package.name.as_str();
    let about: Vec<(&String, Version)> = tags
        .iter()
        .flat_map(|tag| {
            readings(tag, &facts.settings.hook.tags)
                .into_iter()
                .map(move |read| (tag, read))
        })
        .filter(|(_, read)| match &read.name {
            Some(name) => Some(name.as_str()) == own,
            None => facts.git.plain_tags,
        })
        .map(|(tag, read)| (tag, read.version))
        .collect();
    if about.iter().any(|(_, tagged)| tagged == version) {
        return Ok(Vec::new());
    }
    let wrong = about.iter().find(|(_, tagged)| differs(tagged));
    Ok(wrong
        .map(|(tag, _)| at_head(tag, version))
        .into_iter()
        .collect())
}

fn of_push(tag: &str, version: &Version) -> Finding {
    Finding::new(format!(
        "the tag {tag} is pushed, but package.json of that commit has {version}"
    ))
    .at("/version")
    .level(Level::Error)
    .help(format!(
        "git tag -d {tag}, then tag the commit that has the version"
    ))
    .step(
        "or let npm write the version, commit and tag",
        NpmCommand::version("VERSION"),
    )
}

fn at_head(tag: &str, version: &Version) -> Finding {
    let evidence = Evidence {
        request: "git for-each-ref --points-at=HEAD refs/tags/".to_owned(),
        answer: format!("{tag}, and none for {version}"),
    };
    Finding::new(format!(
        "this commit is tagged {tag}, but package.json has {version}"
    ))
    .at("/version")
    .because(evidence)
    .help("check out the commit that you mean to publish, or tag this one")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, undecided};
    use crate::git::{Git, Pushed};

    fn pushed(tag: &str, version: &str) -> Facts {
        fake().with(|facts| {
            facts.git = Git::of_push(Pushed {
                tag: tag.to_owned(),
                version: Version::parse(version, false).unwrap(),
                folder: ".".into(),
            });
        })
    }

    #[test]
    fn fires_on_a_tag_at_head_as_a_warning() {
        let finding = only(run(&fake().at_head(&["v1", "v1.2.3"])));
        assert_eq!(
            finding.message,
            "this commit is tagged v1.2.3, but package.json has 1.0.0"
        );
        assert_eq!(finding.level, None);
        assert_eq!(run(&fake().at_head(&["cat@2.0.0"])).unwrap().len(), 1);
    }

    #[test]
    fn fires_on_a_pushed_tag_as_an_error() {
        let finding = only(run(&pushed("v1.2.3", "1.2.3")));
        assert_eq!(finding.level, Some(Level::Error));
        let bumped = pushed("v1.2.3", "1.2.3").rewritten();
        assert_eq!(only(CHECK.on(&bumped)).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_on_tags_of_other_checks() {
        for tags in [
            &["v1.0.0"][..],
            &["v1.0.0", "v0.9.0"],
            &["1.0.0+build"],
            &["v1", "v1.0", "nightly", "2026.11.27"],
            &["dog@2.0.0", "@acme/cat@2.0.0"],
            &["cat@1.0.0", "dog@2.0.0"],
            &[],
        ] {
            assert!(quiet(&run(&fake().at_head(tags))), "{tags:?}");
        }
        assert!(quiet(&run(&pushed("v1.0.0", "1.0.0"))));
    }

    #[test]
    fn stays_quiet_where_the_tag_is_not_about_this_version() {
        let of_many = fake()
            .at_head(&["v2.0.0"])
            .with(|facts| facts.git.plain_tags = false);
        assert!(quiet(&run(&of_many)), "a repository of several packages");
        let bumped = fake()
            .at_head(&["v0.9.0"])
            .with(|facts| facts.git.manifest_changed = true);
        assert!(quiet(&run(&bumped)), "a bump that is not committed");
        let written_later = fake_of(json!({ "name": "cat", "version": "0.0.0-development" }));
        assert!(quiet(&run(&written_later.at_head(&["v2.0.0"]))));
    }

    #[test]
    fn undecided_without_gits_answer() {
        assert!(undecided(&run(&fake())));
    }
}
