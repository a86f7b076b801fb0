//! What would be packed.

pub(super) mod contents_bin;
pub(super) mod contents_case;
pub(super) mod contents_empty;
pub(super) mod contents_entry_missing;
pub(super) mod contents_files_nothing;
pub(super) mod contents_link;
pub(super) mod contents_npm_version;
pub(super) mod contents_secret;
pub(super) mod contents_surprise;
pub(super) mod contents_too_large;
pub(super) mod contents_types;
pub(super) mod contents_unpackable;

use crate::facts::Facts;
use crate::facts::contents::{Absence, EntryKind};
use crate::manifest::glob::{Glob, MatchOptions};
use crate::pack::RuleSource;

/// Whether the user's settings say that a file may be packed.
fn is_allowed(facts: &Facts, path: &str) -> bool {
    let options = MatchOptions {
        partial: false,
        dot: true,
    };
    let mut globs = facts.settings.contents.allow.iter();
    globs.any(|glob| {
        let base = path.rsplit('/').next().unwrap_or(path);
        let glob_of = Glob::plain(glob.trim_start_matches("./"));
        glob_of.matches(path, options) || (!glob.contains('/') && glob_of.matches(base, options))
    })
}

/// package.json's name for an entry point.
fn field(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Main | EntryKind::DeadMain => "main",
        EntryKind::Bin => "bin",
        EntryKind::Export | EntryKind::OtherExport | EntryKind::ExportPattern => "exports",
        EntryKind::Types => "types",
        EntryKind::Bundler => "an entry for bundlers",
        EntryKind::InstallScript => "an install script",
    }
}

/// Why a file is not packed, as a clause after "is not packed".
fn why(absence: &Absence, facts: &Facts) -> String {
    match absence {
        Absence::Missing { .. } => "the file does not exist".to_owned(),
        Absence::OtherCase { packed, .. } => format!("the file is called `{packed}`"),
        Absence::Excluded(rule) => format!("{} excludes it", source(rule, facts)),
        Absence::Link(path) => format!("`{path}` is a symbolic link, which npm does not pack"),
        Absence::HardLink => {
            "it is packed as a hard link, which clients drop when they install".to_owned()
        }
        Absence::Special => "npm does not pack such files".to_owned(),
    }
}

/// A rule, described so that a person finds it.
fn source(rule: &RuleSource, facts: &Facts) -> String {
    match rule {
        RuleSource::Line { path, line } => {
            let folder = facts.package.packing.folder();
            let inside = folder.and_then(|folder| path.strip_prefix(folder).ok());
            let shown = inside.unwrap_or(path).display().to_string();
            format!("{}:{line}", shown.replace('\\', "/"))
        }
        RuleSource::Files(index) => format!("files[{index}]"),
        RuleSource::NotInFiles => "`files` in package.json".to_owned(),
        RuleSource::Member => "the workspace, which packs members by themselves,".to_owned(),
        RuleSource::Patch => "patchedDependencies".to_owned(),
        RuleSource::Default
        | RuleSource::Never
        | RuleSource::Always
        | RuleSource::Main
        | RuleSource::Browser
        | RuleSource::Bin => "a rule of npm's own".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::fake;

    #[test]
    fn globs_of_the_settings_count_for_paths_and_for_names() {
        let facts = fake().with(|facts| {
            std::sync::Arc::make_mut(&mut facts.settings).contents.allow =
                vec!["*.pem".to_owned(), "test/**".to_owned()];
        });
        for (path, expected) in [
            ("a.pem", true),
            ("deep/b.pem", true),
            ("test/.env", true),
            (".env", false),
        ] {
            assert_eq!(is_allowed(&facts, path), expected, "{path}");
        }
    }
}
