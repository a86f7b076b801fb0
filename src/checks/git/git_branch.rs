use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Gap};
use crate::git::Head;
use crate::manifest::glob::{Glob, MatchOptions};

check! {
    /// Your settings list the branches to release from, and this branch is not among them.
    ///
    /// `branches` in the settings is a list of names; `*` matches any characters except a
    /// slash: `["main", "release/*"]`. Without the setting every branch passes. A detached
    /// HEAD, as in a pipeline for a tag, has no branch: it passes if a tag points at HEAD,
    /// otherwise it is undecided.
    ///
    /// npm says: nothing; np and pnpm refuse.
    id: "git-branch",
    level: Warning,
    summary: "this is not a branch that releases are made from",
    basis: WorkTree,
    silence: LeavesOpen,
    remedy: {
        why "the publishing tool requires its release branch, but the checkout is on another one \
            or on none (CI checks out a commit)";
        help "publish from a release branch, or add this one to `branches`";
        help "pnpm: --publish-branch main, or --no-git-checks in CI";
        asks "which branch is checked out?" => "git branch --show-current";
    },
}

fn run(facts: &Facts) -> Verdict {
    let branches = &facts.settings.branches;
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let branch = match &facts.work_tree()?.head {
        Head::Branch(branch) => branch,
        Head::Detached if facts.tags()?.is_empty() => {
            return Err(Gap::Unknown("HEAD is on no branch".to_owned()));
        }
        Head::Detached => return Ok(Vec::new()),
    };
    let fits = |pattern: &String| {
        Glob::plain(pattern).matches(
            branch,
            MatchOptions {
                dot: true,
                partial: false,
            },
        )
    };
    if branches.iter().any(fits) {
        return Ok(Vec::new());
    }
    let evidence = Evidence {
        request: "git status".to_owned(),
        answer: format!("on {branch}"),
    };
    let finding = Finding::new(format!(
        "the branch is {branch}, but your settings release from {}",
        branches.join(", ")
    ))
    .because(evidence)
    .help(format!("git switch {}", first_name(branches)));
    Ok(vec![finding])
}

/// The first entry that is a name, not a pattern.
fn first_name(branches: &[String]) -> &str {
    let plain = branches.iter().find(|name| !name.contains('*'));
    plain.map_or("to one of them", String::as_str)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};
    use crate::settings::Settings;

    fn on(head: Head, branches: &[&str]) -> Facts {
        let branches = branches.iter().map(|name| (*name).to_owned()).collect();
        fake().work_tree_is(|tree| tree.head = head).with(|facts| {
            facts.settings = Arc::new(Settings {
                branches,
                ..Settings::default()
            });
        })
    }

    fn branch(name: &str) -> Head {
        Head::Branch(name.to_owned())
    }

    #[test]
    fn fires_on_another_branch() {
        let finding = only(run(&on(branch("feature/x"), &["main", "release/*"])));
        assert!(
            finding.message.contains(
                "the branch is feature/x, but your settings release from main, release/*"
            )
        );
        assert_eq!(finding.helps(), ["git switch main"]);
        assert_eq!(
            run(&on(branch("release/1/x"), &["release/*"]))
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn stays_quiet_on_these_and_without_the_setting() {
        for (name, branches) in [
            ("main", &["main"][..]),
            ("release/1.x", &["main", "release/*"]),
            ("anything", &[]),
        ] {
            assert!(quiet(&run(&on(branch(name), branches))), "{name}");
        }
        let tagged = on(Head::Detached, &["main"]).at_head(&["v1.0.0"]);
        assert!(quiet(&run(&tagged)), "a pipeline on a tag");
        assert!(
            quiet(&run(&fake())),
            "without the setting git is not needed"
        );
    }

    #[test]
    fn undecided_on_no_branch_and_without_gits_answer() {
        assert!(undecided(&run(&on(Head::Detached, &["main"]))));
        let silent = on(branch("x"), &["main"]).with(|facts| {
            facts.git.work_tree = Err(Gap::NotAsked("no git"));
        });
        assert!(undecided(&run(&silent)));
    }
}
