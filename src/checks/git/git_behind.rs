use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding};

check! {
    /// The upstream branch has commits that are missing here, so the release would not contain
    /// them.
    ///
    /// Nothing is fetched; the state is that of the last `git fetch`. Commits that exist only
    /// here are not a finding.
    ///
    /// npm says: nothing; np and pnpm refuse.
    id: "git-behind",
    level: Warning,
    summary: "the upstream branch has commits that are missing here",
    basis: WorkTree,
    silence: LeavesOpen,
    remedy: {
        why "the branch is behind its upstream";
        help "run git pull, and check again";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(upstream) = &facts.work_tree()?.upstream else {
        return Ok(Vec::new());
    };
    let behind = upstream.behind;
    if behind == 0 {
        return Ok(Vec::new());
    }
    let commits = if behind == 1 {
        "a commit".to_owned()
    } else {
        format!("{behind} commits")
    };
    let also = match upstream.ahead {
        0 => String::new(),
        ahead => format!(", {ahead} ahead"),
    };
    let evidence = Evidence {
        request: "git status".to_owned(),
        answer: format!("{behind} behind{also}, as of the last fetch"),
    };
    let help = if upstream.ahead == 0 {
        "git pull --ff-only"
    } else {
        "git pull --rebase"
    };
    let finding = Finding::new(format!("{} has {commits} missing here", upstream.name))
        .because(evidence)
        .help(help);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};
    use crate::git::Upstream;

    fn following(ahead: u64, behind: u64) -> Facts {
        fake().work_tree_is(|tree| {
            tree.upstream = Some(Upstream {
                name: "origin/main".to_owned(),
                ahead,
                behind,
            });
        })
    }

    #[test]
    fn fires_on_commits_that_are_only_there() {
        let finding = only(run(&following(0, 2)));
        assert_eq!(finding.message, "origin/main has 2 commits missing here");
        assert_eq!(finding.helps(), ["git pull --ff-only"]);
        let parted = only(run(&following(3, 1)));
        assert_eq!(parted.message, "origin/main has a commit missing here");
        assert!(parted.evidence[0].answer.contains("3 ahead"));
    }

    #[test]
    fn stays_quiet_where_nothing_is_missing() {
        assert!(quiet(&run(&following(4, 0))));
        assert!(quiet(&run(&fake().work_tree_is(|_| ()))), "no upstream");
    }

    #[test]
    fn undecided_without_gits_answer() {
        assert!(undecided(&run(&fake())));
    }
}
