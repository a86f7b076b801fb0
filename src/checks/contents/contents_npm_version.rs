use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// npm 12 and earlier npms would pack this package differently.
    ///
    /// npm 12 reads `files` differently: entries are looked up on disk, later ones override
    /// earlier ones, and lock files are never packed. A publish with the other npm, for example
    /// in a CI job, sends other files.
    id: "contents-npm-version",
    level: Note,
    summary: "another npm would pack different files",
    basis: CommandLine,
    silence: RulesOut,
    remedy: {
        help "publish with one version of npm everywhere; safe-publish files shows both lists";
    },
}

/// At most this many files are named.
const MAX_SHOWN: usize = 4;

fn run(facts: &Facts) -> Verdict {
    let other = facts
        .contents()
        .and_then(|contents| contents.other_npm.as_ref());
    let Some(other) = other else {
        return Ok(Vec::new());
    };
    let some = |paths: &[String]| {
        let shown: Vec<String> = paths
            .iter()
            .take(MAX_SHOWN)
            .map(|path| format!("`{path}`"))
            .collect();
        let rest = paths.len().saturating_sub(MAX_SHOWN);
        match rest {
            0 => shown.join(", "),
            rest => format!("{} and {rest} more", shown.join(", ")),
        }
    };
    let mut parts = Vec::new();
    if !other.more.is_empty() {
        parts.push(format!("also packs {}", some(&other.more)));
    }
    if !other.fewer.is_empty() {
        parts.push(format!("does not pack {}", some(&other.fewer)));
    }
    let message = format!("{} {}", other.edition.name(), parts.join(", and "));
    Ok(vec![Finding::new(message)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::contents::Difference;
    use crate::facts::fake::{only, packed, quiet};
    use crate::pack::Edition;

    #[test]
    fn fires_with_the_names_of_the_files() {
        let facts = packed(&["a.js"], |contents| {
            contents.other_npm = Some(Difference {
                edition: Edition::Npm12,
                more: (0..6).map(|n| format!("{n}.js")).collect(),
                fewer: vec!["bun.lock".to_owned()],
            });
        });
        let message = only(run(&facts)).message;
        assert!(
            message.contains("`3.js` and 2 more, and does not pack `bun.lock`"),
            "{message}"
        );
    }

    #[test]
    fn stays_quiet_where_all_agree() {
        assert!(quiet(&run(&packed(&["a.js"], |_| {}))));
    }
}
