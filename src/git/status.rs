//! Parses `git status --porcelain=v2 --branch -z`.

use std::collections::BTreeSet;

use super::program::printable;

/// The state of a work tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkTree {
    /// Tracked files that differ from HEAD, relative to the root.
    pub changed: Vec<String>,
    /// The changed files that a release tool is about to commit: they differ only in a version,
    /// or the tool is running.
    pub bumped: BTreeSet<String>,
    /// What is checked out.
    pub head: Head,
    /// The commit that is checked out; `None` before the first one.
    pub commit: Option<String>,
    /// The branch that it follows, if that exists.
    pub upstream: Option<Upstream>,
}

/// What is checked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Head {
    /// A branch.
    Branch(String),
    /// A detached commit.
    #[default]
    Detached,
}

/// The followed branch, in the state of the last fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// Such as `origin/main`.
    pub name: String,
    /// Commits that it does not have.
    pub ahead: u64,
    /// Commits that only it has.
    pub behind: u64,
}

/// git's arguments.
pub(super) const ARGS: [&str; 7] = [
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--untracked-files=no",
    "--no-renames",
    // A commit in a submodule counts, its work tree does not.
    "--ignore-submodules=dirty",
];

/// Reads git's output. Lines of later versions are skipped, as its documentation asks.
pub(super) fn read(said: &[u8]) -> WorkTree {
    let text = String::from_utf8_lossy(said);
    let mut tree = WorkTree::default();
    let mut upstream = None;
    let mut lines = text.split('\0');
    while let Some(line) = lines.next() {
        let mut words = line.splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some("#"), Some("branch.head"), Some(name)) if name != "(detached)" => {
                tree.head = Head::Branch(printable(name));
            }
            (Some("#"), Some("branch.oid"), Some(commit)) if commit != "(initial)" => {
                tree.commit = Some(printable(commit));
            }
            (Some("#"), Some("branch.upstream"), Some(name)) => upstream = Some(printable(name)),
            (Some("#"), Some("branch.ab"), Some(counts)) => {
                tree.upstream = upstream.take().and_then(|name| followed(name, counts));
            }
            // Fields before the path: 8 for a change, 9 for a rename (its old path is a
            // separate line), 10 for a conflict.
            (Some("1"), ..) => tree.changed.extend(path(line, 8)),
            (Some("2"), ..) => {
                tree.changed.extend(path(line, 9));
                lines.next();
            }
            (Some("u"), ..) => tree.changed.extend(path(line, 10)),
            _ => {}
        }
    }
    tree
}

fn path(line: &str, fields: usize) -> Option<String> {
    line.splitn(fields + 1, ' ').nth(fields).map(printable)
}

/// `+2 -1`.
fn followed(name: String, counts: &str) -> Option<Upstream> {
    let (ahead, behind) = counts.split_once(' ')?;
    Some(Upstream {
        name,
        ahead: ahead.strip_prefix('+')?.parse().ok()?,
        behind: behind.strip_prefix('-')?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_with_changes_is_read() {
        let said = "# branch.oid 1234\0# branch.head main\0# branch.upstream origin/main\0\
            # branch.ab +2 -3\0\
            1 .M N... 100644 100644 100644 aa bb a file\0\
            2 R. N... 100644 100644 100644 aa bb R100 new\0old\0\
            u UU N... 100644 100644 100644 100644 aa bb cc both\x1b\0? untracked\0";
        let tree = read(said.as_bytes());
        assert_eq!(tree.head, Head::Branch("main".to_owned()));
        assert_eq!(tree.commit.as_deref(), Some("1234"));
        assert_eq!(tree.changed, ["a file", "new", "both?"]);
        let upstream = tree.upstream.unwrap();
        assert_eq!(
            (upstream.name.as_str(), upstream.ahead, upstream.behind),
            ("origin/main", 2, 3)
        );
    }

    #[test]
    fn a_commit_on_its_own_and_an_upstream_that_is_gone() {
        let tree = read(b"# branch.oid 1234\0# branch.head (detached)\0");
        assert_eq!((tree.head, tree.upstream), (Head::Detached, None));
        assert_eq!(read(b"# branch.oid (initial)\0").commit, None);
        let gone = read(b"# branch.head a\0# branch.upstream origin/a\0");
        assert_eq!(gone.upstream, None);
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read_without_a_crash(said in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = read(&said);
        }
    }
}
