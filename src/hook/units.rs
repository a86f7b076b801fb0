//! The runs of npm that publish what tags are about, and the environment that
//! they are foretold in.

use std::path::Path;

use super::about::Target;
use crate::environment::Environment;
use crate::git::{Pushed, program};

/// One run of npm.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Where it starts.
    pub folder: &'a Path,
    /// With which words.
    pub words: Vec<String>,
    /// The tags, and the packages that they are about.
    pub pushed: Vec<Pushed>,
}

/// npm takes the members of a workspace in one go; packages without one are
/// published from their own folders.
pub fn units<'a>(root: &'a Path, targets: &'a [(String, Target)]) -> Vec<Unit<'a>> {
    let mut units: Vec<Unit<'a>> = Vec::new();
    for (tag, target) in targets {
        let folder = if target.is_member {
            root
        } else {
            &target.folder
        };
        let is_same =
            |unit: &Unit<'_>| unit.folder == folder && unit.words.is_empty() != target.is_member;
        let at = units.iter().position(is_same).unwrap_or_else(|| {
            units.push(Unit {
                folder,
                words: Vec::new(),
                pushed: Vec::new(),
            });
            units.len() - 1
        });
        let unit = &mut units[at];
        let word = format!("--workspace={}", target.folder.display());
        if target.is_member && !unit.words.contains(&word) {
            unit.words.push(word);
        }
        let pushed = Pushed {
            tag: program::printable(tag),
            version: target.version.clone(),
            folder: target.folder.clone(),
        };
        // Of two tags for one package the wrong one is told.
        if target.differs {
            unit.pushed.insert(0, pushed);
        } else {
            unit.pushed.push(pushed);
        }
    }
    units
}

/// Words for npm that an outer `npm run` or `npm version` exports, and that
/// are about its own run. Its files and its network stay.
const OF_ANOTHER_RUN: [&str; 14] = [
    "access",
    "dry_run",
    "force",
    "global",
    "ignore_scripts",
    "include_workspace_root",
    "local_prefix",
    "location",
    "otp",
    "registry",
    "tag",
    "workspace",
    "workspaces",
    "workspaces_update",
];

/// The environment as it is, in another folder, without what ties it to this
/// repository or to an outer npm.
pub fn environment_for(environment: &Environment, folder: &Path) -> Environment {
    let mut own = environment.clone();
    own.cwd = folder.to_path_buf();
    let inside_npm = environment.filled("npm_lifecycle_event").is_some();
    own.variables.retain(|name, _| {
        let lower = name.to_ascii_lowercase();
        let of_npm = lower.strip_prefix("npm_config_");
        let of_outer = match of_npm {
            Some(key) => inside_npm && OF_ANOTHER_RUN.contains(&key),
            None => lower == "npm_lifecycle_event" || lower == "npm_command",
        };
        !of_outer && !program::OF_A_REPOSITORY.contains(&name.as_str())
    });
    own
}
