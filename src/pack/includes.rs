//! The rules that a package.json makes: those of `files`, and the strict ones that
//! no ignore file overrides.

use std::path::Path;

use super::error::PackError;
use super::folder::Tree;
use super::package::PackFields;
use super::rules::{RuleSource, Rules};
use super::{Edition, expand, paths};

/// What npm always packs from a package's root.
const ALWAYS: [&str; 5] = [
    "/package.json",
    "/readme{,.*[^~$]}",
    "/copying{,.*[^~$]}",
    "/license{,.*[^~$]}",
    "/licence{,.*[^~$]}",
];
/// What npm never packs from a package's root.
const NEVER: [&str; 3] = ["/.git", "/node_modules", ".npmrc"];

/// The rules of one package.json.
#[derive(Debug, Default)]
pub(super) struct Includes {
    /// Those of `files`, where there is one.
    pub(super) files: Option<Rules>,
    pub(super) strict: Rules,
    /// npm 10 and 11: the files that `files` names exactly.
    pub(super) required: Vec<String>,
}

/// An element of `files` that names one file: its rule precedes the strict rules.
struct Required {
    rule: String,
    index: usize,
}

impl Includes {
    /// Makes the rules of a package in a folder. `root`: it is the published
    /// package, not a bundled one.
    pub(super) fn of(
        package: &PackFields,
        folder: &Path,
        (edition, root): (Edition, bool),
        tree: &mut Tree,
    ) -> Result<Self, PackError> {
        let mut includes = Self::default();
        let mut first = Vec::new();
        if let Some(files) = &package.files {
            let mut rules = Rules::default();
            rules.add("*", |_| RuleSource::NotInFiles)?;
            for (index, entry) in files.iter().enumerate() {
                if edition.expands_files() {
                    for rule in expand::rules(entry, folder, tree)? {
                        rules.add(&rule, |_| RuleSource::Files(index))?;
                    }
                } else {
                    includes.match_entry(entry, index, folder, (&mut rules, &mut first))?;
                }
            }
            includes.files = Some(rules);
        }
        includes.add_strict(package, &first, (edition, root))?;
        Ok(includes)
    }

    /// An element of `files` by the rules of npm 10 and 11: a file becomes a strict
    /// rule, a folder becomes rules for itself and everything below, anything else
    /// is a pattern.
    fn match_entry(
        &mut self,
        entry: &str,
        index: usize,
        folder: &Path,
        (rules, first): (&mut Rules, &mut Vec<Required>),
    ) -> Result<(), PackError> {
        let mut entry = entry
            .strip_prefix('.')
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(entry)
            .to_owned();
        if entry.ends_with("/*") {
            entry.push('*');
        }
        let inverse = format!("!{entry}");
        let bare = entry.trim_start_matches('!');
        let path = paths::normalize(&format!("{}/{bare}", folder.display())).replace('\\', "/");
        let mut add = |rule: &str| rules.add(rule, |_| RuleSource::Files(index));
        match std::fs::symlink_metadata(path) {
            Ok(found) if found.is_file() => {
                first.push(Required {
                    rule: inverse,
                    index,
                });
                self.required
                    .push(entry.strip_prefix('/').unwrap_or(&entry).to_owned());
                Ok(())
            }
            Ok(found) if found.is_dir() => {
                add(&inverse)?;
                add(&format!("{inverse}/**"))
            }
            Ok(_) => Ok(()),
            Err(_) => add(&inverse),
        }
    }

    fn add_strict(
        &mut self,
        package: &PackFields,
        first: &[Required],
        (edition, root): (Edition, bool),
    ) -> Result<(), PackError> {
        let strict = &mut self.strict;
        // npm prepends each one, which reverses their order.
        for required in first.iter().rev() {
            strict.add(&required.rule, |_| RuleSource::Files(required.index))?;
        }
        strict.add("/.git", |_| RuleSource::Never)?;
        for rule in ALWAYS {
            strict.add(&format!("!{rule}"), |_| RuleSource::Always)?;
        }
        for rule in NEVER.iter().chain(edition.never_in_root()) {
            strict.add(rule, |_| RuleSource::Never)?;
        }
        if let Some(browser) = &package.browser {
            strict.add(&format!("!/{browser}"), |_| RuleSource::Browser)?;
        }
        if let Some(main) = &package.main {
            strict.add(&format!("!/{main}"), |_| RuleSource::Main)?;
        }
        for bin in &package.bins.packed {
            strict.add(&format!("!/{bin}"), |_| RuleSource::Bin)?;
        }
        if root && edition.expands_files() {
            for patch in &package.patches {
                strict.add(&format!("/{patch}"), |_| RuleSource::Patch)?;
            }
        }
        Ok(())
    }
}

/// The files that `files` names exactly and that are directly in a folder, as paths
/// relative to that folder.
pub(super) fn required_below(required: &[String], folder: &str) -> Vec<String> {
    required
        .iter()
        .filter(|file| paths::relative(file, folder) == "..")
        .map(|file| paths::relative(folder, file))
        .collect()
}
