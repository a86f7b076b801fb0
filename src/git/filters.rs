//! The filters in a repository's own configuration. `git status` would run them on changed
//! files, and they may be any program; those in the user's and the system's configuration are
//! trusted.

use std::collections::BTreeSet;
use std::path::Path;

use super::program::{Program, output};

/// The names of the filters that the repository (not the user) defines.
///
/// # Errors
/// When git fails, in one line.
pub(super) async fn of_repository(git: &Program, root: &Path) -> Result<BTreeSet<String>, String> {
    let mut command = git.at(root);
    command.args(["config", "--list", "--show-scope", "--name-only", "-z"]);
    Ok(names(&output(command, &[]).await?))
}

/// `<scope>\0filter.<name>.<field>\0`, repeated. Any scope except the user's and the system's
/// means the repository, or a file that it includes.
fn names(listing: &[u8]) -> BTreeSet<String> {
    let listing = String::from_utf8_lossy(listing);
    let mut words = listing.split('\0');
    let mut names = BTreeSet::new();
    while let (Some(scope), Some(key)) = (words.next(), words.next()) {
        let name = key
            .strip_prefix("filter.")
            .and_then(|rest| rest.rsplit_once('.'));
        if let Some((name, _)) = name
            && !matches!(scope, "system" | "global" | "command")
        {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Arguments that disable filters, to go before the subcommand. `None` if a name cannot be
/// used: git reads a key up to the first `=`.
pub(super) fn switched_off(names: &BTreeSet<String>) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    for name in names {
        if name.contains('=') {
            return None;
        }
        for setting in ["clean=", "process=", "required=false"] {
            arguments.push("-c".to_owned());
            arguments.push(format!("filter.{name}.{setting}"));
        }
    }
    Some(arguments)
}

/// The paths that one of the filters applies to: without it, whether they changed is unknown.
///
/// # Errors
/// When git fails, in one line.
pub(super) async fn filtered(
    git: &Program,
    root: &Path,
    paths: &[String],
    names: &BTreeSet<String>,
) -> Result<BTreeSet<String>, String> {
    let mut command = git.at(root);
    command.args(["check-attr", "-z", "--stdin", "filter"]);
    let input = paths.join("\0") + "\0";
    let listing = output(command, input.as_bytes()).await?;
    let listing = String::from_utf8_lossy(&listing);
    let words: Vec<&str> = listing.split('\0').collect();
    let filtered = words
        .chunks_exact(3)
        .filter(|entry| names.contains(entry[2]))
        .map(|entry| entry[0].to_owned());
    Ok(filtered.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repositorys_own_filters_are_known_by_their_scope() {
        let listing =
            b"system\0filter.lfs.clean\0global\0filter.mine.process\0local\0filter.a=b.c.clean\0\
            local\0core.bare\0worktree\0filter.w.smudge\0command\0filter.x.clean\0";
        let found: Vec<_> = names(listing).into_iter().collect();
        assert_eq!(found, ["a=b.c", "w"]);
        assert_eq!(switched_off(&found.into_iter().collect()), None);
        let off = switched_off(&["w".to_owned()].into()).unwrap();
        assert_eq!(off[..2], ["-c", "filter.w.clean="]);
    }
}
