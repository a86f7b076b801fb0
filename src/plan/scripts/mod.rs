//! What the scripts of a package may do to its package.json before npm sends it.
//!
//! npm reads package.json before its scripts and again after the last of them, and sends what
//! it read the second time. Most scripts compile something and leave it alone. Their text is
//! examined; in doubt, a script counts as changing it.

mod field;
mod harmless;
mod package_manager;
mod program;
mod shell;
mod source;

use std::path::Path;

pub use field::Field;

use crate::manifest::Manifest;
use crate::manifest::js;
use crate::npm::NpmVersion;
use crate::npmrc::Config;

/// A script that may write package.json before the second reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The script that npm runs: `prepack`.
    pub script: String,
    /// What it may write.
    pub extent: Extent,
}

/// What a script may change in package.json.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Nothing that matters to a publish.
    #[default]
    Nothing,
    /// These fields: `private`, `publishConfig.access`.
    Paths(Vec<String>),
    /// Any of it.
    Anything,
}

impl Extent {
    fn of_paths(paths: Vec<String>) -> Self {
        if paths.is_empty() {
            Self::Nothing
        } else {
            Self::Paths(paths)
        }
    }

    /// What two commands together may change.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Anything, _) | (_, Self::Anything) => Self::Anything,
            (Self::Nothing, extent) | (extent, Self::Nothing) => extent,
            (Self::Paths(mut paths), Self::Paths(more)) => {
                paths.extend(more);
                Self::Paths(paths)
            }
        }
    }
}

/// The scripts of a package, and what they may change.
trait Scripts {
    /// Whether package.json has a script of that name.
    fn has_script(&self, name: &str) -> bool;
    /// The names of its scripts.
    fn script_names(&self) -> Vec<String>;
    /// What a script may change; nothing if there is no such script.
    fn script(&mut self, name: &str) -> Extent;
    /// A line as the shell reads it.
    fn shell(&mut self, text: &str) -> Extent;
    /// A program and its arguments.
    fn words(&mut self, words: &[String]) -> Extent;

    /// A script, with those that `npm run` runs before and after it.
    fn run(&mut self, name: &str) -> Extent {
        let before = self.script(&format!("pre{name}"));
        let itself = self.script(name);
        let after = self.script(&format!("post{name}"));
        before.and(itself).and(after)
    }
}

impl Rewrite {
    /// What each of the scripts that npm would run may change, without those that change
    /// nothing.
    pub(super) fn of(manifest: &Manifest, scripts: &[String]) -> Vec<Self> {
        let folder = manifest.path.parent().unwrap_or(Path::new(""));
        let rewrites = scripts.iter().map(|script| Self {
            script: script.clone(),
            extent: program::Judge::new(manifest, folder).script(script),
        });
        rewrites
            .filter(|rewrite| rewrite.extent != Extent::Nothing)
            .collect()
    }
}

/// The scripts that npm would run before the PUT, in its order.
pub(super) fn before_put(config: &Config, manifest: &Manifest, npm: &NpmVersion) -> Vec<String> {
    let ignores_all = config.flag("ignore-scripts");
    // publishConfig is read too late for `prepublishOnly`, and a flag beats it.
    let ignores_packing = ignores_all
        || (config.command_line().get("ignore-scripts").is_none()
            && manifest
                .publish_config()
                .is_some_and(|settings| js::truthy(settings, "ignore-scripts").is_some()));
    let runs = |name: &&str| match *name {
        "prepublishOnly" => !ignores_all,
        "prepare" => !ignores_packing || !npm.ignores_prepare(),
        _ => !ignores_packing,
    };
    let scripts = manifest.scripts_before_put().into_iter().filter(runs);
    scripts.map(str::to_owned).collect()
}

/// The scripts that npm would run after the registry's answer. npm reads this `ignore-scripts`
/// before publishConfig.
pub(super) fn after_put(config: &Config, manifest: &Manifest) -> Vec<String> {
    if config.flag("ignore-scripts") {
        return Vec::new();
    }
    let scripts = manifest.scripts_after_put().into_iter();
    scripts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
