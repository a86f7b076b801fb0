//! The commits that new tags point at, also through annotated tags, and when they were made.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;

use crate::cli::push::NewTag;
use crate::git::{Program, program};

/// A commit with its new tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedCommit {
    /// The commit.
    pub commit: String,
    /// When it was made, by its committer's clock.
    pub time: Option<Timestamp>,
    /// The tags, by their short names.
    pub tags: Vec<String>,
}

/// Finds the commits, in the order in which their tags are pushed. An object that leads to no
/// commit of this repository is kept: reading it gives git's reason.
///
/// # Errors
/// When git fails, in one line.
pub async fn of(
    git: &Program,
    here: &Path,
    pushed: &[NewTag],
) -> Result<Vec<TaggedCommit>, String> {
    let mut command = git.here(here);
    command.args(["cat-file", "--batch-check=%(objectname)"]);
    let objects = pushed
        .iter()
        .map(|tag| format!("{}^{{commit}}", tag.object));
    let input = objects.collect::<Vec<_>>().join("\n") + "\n";
    let said = program::output(command, input.as_bytes()).await?;
    let said = String::from_utf8_lossy(&said);
    let mut found: Vec<TaggedCommit> = Vec::new();
    let mut positions: HashMap<&str, usize> = HashMap::new();
    for (tag, line) in pushed.iter().zip(said.lines()) {
        // `<object> missing`
        let is_here = !line.contains(' ');
        let commit = if is_here { line } else { &tag.object };
        let position = *positions.entry(commit).or_insert_with(|| {
            found.push(TaggedCommit {
                commit: commit.to_owned(),
                time: None,
                tags: Vec::new(),
            });
            found.len() - 1
        });
        found[position].tags.push(tag.name.clone());
    }
    let present = said.lines().filter(|line| !line.contains(' '));
    let times = times(git, here, &present.collect::<Vec<_>>()).await?;
    for one in &mut found {
        one.time = times.get(&one.commit).copied();
    }
    Ok(found)
}

async fn times(
    git: &Program,
    here: &Path,
    commits: &[&str],
) -> Result<BTreeMap<String, Timestamp>, String> {
    if commits.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut command = git.here(here);
    command.args(["rev-list", "--no-walk=unsorted", "--timestamp", "--stdin"]);
    let said = program::output(command, commits.join("\n").as_bytes()).await?;
    let said = String::from_utf8_lossy(&said);
    let line = |line: &str| {
        let (seconds, commit) = line.split_once(' ')?;
        let time = Timestamp::from_second(seconds.parse().ok()?).ok()?;
        Some((commit.to_owned(), time))
    };
    Ok(said.lines().filter_map(line).collect())
}
