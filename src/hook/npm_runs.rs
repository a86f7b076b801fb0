//! The runs of npm that would publish the packages that tags name, and the environment of their
//! preflight.

use std::path::Path;

use super::targets::Target;
use crate::environment::Environment;
use crate::git::{Pushed, program};

/// One run of npm.
#[derive(Debug)]
pub struct NpmRun<'a> {
    /// The folder that it starts in.
    pub folder: &'a Path,
    /// Its arguments.
    pub args: Vec<String>,
    /// The tags, and the packages that they name.
    pub pushed: Vec<Pushed>,
}

/// npm publishes the members of a workspace in one run; other packages are published from their
/// own folders.
pub fn npm_runs<'a>(root: &'a Path, targets: &'a [(String, Target)]) -> Vec<NpmRun<'a>> {
    let mut runs: Vec<NpmRun<'a>> = Vec::new();
    for (tag, target) in targets {
        let folder = if target.is_member {
            root
        } else {
            &target.folder
        };
        let is_same =
            |run: &NpmRun<'_>| run.folder == folder && run.args.is_empty() != target.is_member;
        let at = runs.iter().position(is_same).unwrap_or_else(|| {
            runs.push(NpmRun {
                folder,
                args: Vec::new(),
                pushed: Vec::new(),
            });
            runs.len() - 1
        });
        let run = &mut runs[at];
        let arg = format!("--workspace={}", target.folder.display());
        if target.is_member && !run.args.contains(&arg) {
            run.args.push(arg);
        }
        let pushed = Pushed {
            tag: program::printable(tag),
            version: target.version.clone(),
            folder: target.folder.clone(),
        };
        // If two tags name one package, the wrong one is reported.
        if target.differs {
            run.pushed.insert(0, pushed);
        } else {
            run.pushed.push(pushed);
        }
    }
    runs
}

/// Settings that an outer `npm run` or `npm version` exports for its own run only. Its files
/// and its network settings stay.
const OUTER_RUN_SETTINGS: [&str; 14] = [
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

/// The environment for another folder, without the variables that tie it to this repository or
/// to an outer npm.
pub fn environment_for(environment: &Environment, folder: &Path) -> Environment {
    let mut own = environment.clone();
    own.cwd = folder.to_path_buf();
    let inside_npm = environment.filled("npm_lifecycle_event").is_some();
    own.variables.retain(|name, _| {
        let lower = name.to_ascii_lowercase();
        let of_npm = lower.strip_prefix("npm_config_");
        let of_outer = match of_npm {
            Some(key) => inside_npm && OUTER_RUN_SETTINGS.contains(&key),
            None => lower == "npm_lifecycle_event" || lower == "npm_command",
        };
        !of_outer && !program::LOCAL_VARIABLES.contains(&name.as_str())
    });
    own
}
