use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding};

check! {
    /// Tracked files differ from the commit, so no commit has the published contents.
    ///
    /// Every tracked file of the repository counts, even outside the package, because a build
    /// may read any of them. Untracked files and the work trees of submodules do not count. The
    /// check skips a repository that tracks neither the package's package.json nor one in a
    /// parent folder. A package.json or lock file in which only the version differs does not
    /// count: `npm version`, np and release-it write it just before they commit. In the script
    /// `version`, which `npm version` and lerna run between the two, no change counts. If a release
    /// changes files by design, turn the check off: `"checks": {"git-dirty": "off"}`.
    ///
    /// npm says: nothing; np, pnpm and cargo refuse.
    id: "git-dirty",
    level: Warning,
    summary: "tracked files differ from the commit",
    basis: WorkTree,
    silence: LeavesOpen,
    remedy: {
        why "the publishing tool requires a clean work tree, but files are changed; in CI it is \
            often the .npmrc that a step wrote";
        help COMMIT;
        help "if a release changes files by design, tell the tool that refuses; pnpm's switch is \
            --no-git-checks";
        asks "which files are changed?" => "git status --short";
    },
}

const COMMIT: &str = "commit the changes, or stash them with git stash";

/// At most this many files are named.
const MAX_NAMED: usize = 3;

fn run(facts: &Facts) -> Verdict {
    let tree = facts.work_tree()?;
    let is_bump = |path: &&String| tree.bumped.contains(*path);
    let changed: Vec<&String> = tree.changed.iter().filter(|path| !is_bump(path)).collect();
    let count = changed.len();
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut names: Vec<String> = changed.iter().take(MAX_NAMED).copied().cloned().collect();
    if count > MAX_NAMED {
        names.push(format!("{} more", count - MAX_NAMED));
    }
    let names = names.join(", ");
    let message = if count == 1 {
        format!("a tracked file of the repository is changed and not committed: {names}")
    } else {
        format!("{count} tracked files of the repository are changed and not committed: {names}")
    };
    let evidence = Evidence {
        request: "git status".to_owned(),
        answer: format!("{count} changed"),
    };
    Ok(vec![Finding::new(message).because(evidence).help(COMMIT)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};

    fn changed(names: &[&str]) -> Facts {
        fake().work_tree_is(|tree| {
            tree.changed = names.iter().map(|name| (*name).to_owned()).collect();
        })
    }

    #[test]
    fn fires_and_names_the_first_files() {
        let one = only(run(&changed(&["src/a.js"])));
        assert!(one.message.ends_with("not committed: src/a.js"));
        let many = only(run(&changed(&["a", "b", "c", "d", "e"])));
        assert!(
            many.message.starts_with("5 tracked files")
                && many.message.ends_with("a, b, c, 2 more")
        );
    }

    #[test]
    fn stays_quiet_on_a_clean_work_tree() {
        assert!(quiet(&run(&changed(&[]))));
    }

    #[test]
    fn stays_quiet_on_a_raised_version_and_names_what_else_is_changed() {
        let bump = |others: &[&str]| {
            let names = [&["package.json", "package-lock.json"], others].concat();
            changed(&names).work_tree_is(|tree| {
                tree.changed = names.iter().map(|name| (*name).to_owned()).collect();
                tree.bumped = ["package.json", "package-lock.json"]
                    .map(str::to_owned)
                    .into();
            })
        };
        assert!(quiet(&run(&bump(&[]))));
        let more = only(run(&bump(&["src/a.js"])));
        assert!(more.message.ends_with("not committed: src/a.js"));
    }

    #[test]
    fn undecided_without_gits_answer() {
        assert!(undecided(&run(&fake())));
    }
}
