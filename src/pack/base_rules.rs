//! The rules that a walk starts with: npm's defaults, and those that a workspace and npm 12's
//! global ignore file add.

use std::path::Path;
use std::rc::Rc;

use super::Request;
use super::error::PackError;
use super::rules::{self, RuleSource, Rules};
use crate::file;

/// Larger ignore files are not read, in bytes.
const MAX_IGNORE_FILE: u64 = 1 << 20;

/// The default rules of every folder, which a package may override.
const DEFAULTS: &str = "\
.npmignore
.gitignore
**/.git
**/.svn
**/.hg
**/CVS
**/.git/**
**/.svn/**
**/.hg/**
**/CVS/**
/.lock-wscript
/.wafpickle-*
/build/config.gypi
npm-debug.log
**/.npmrc
.*.swp
.DS_Store
**/.DS_Store/**
._*
**/._*/**
*.orig
/archived-packages/**
";
pub(super) const IGNORE_FILES: [&str; 2] = [".npmignore", ".gitignore"];

/// The rules that apply whatever the package says, and the files that add to them.
pub(super) struct BaseRules {
    /// In the package's own folder.
    pub(super) top_defaults: Rc<Rules>,
    pub(super) top_has_defaults: bool,
    pub(super) top_reads_ignore_files: bool,
    /// npm 12's `global-ignore-file`.
    pub(super) global: Rc<Rules>,
    /// In folders below: the package.json of a folder is read as an ignore file.
    pub(super) manifests_ignore: bool,
    pub(super) defaults: Rc<Rules>,
    pub(super) never: Rc<Rules>,
}

impl BaseRules {
    pub(super) fn root(request: &Request) -> Result<Self, PackError> {
        let mut base = Self::bundled(true)?;
        base.manifests_ignore = request.has_members;
        base.top_defaults = Rc::new(defaults_of_root(request)?);
        if let Some(path) = request
            .global_ignore_file
            .as_ref()
            .filter(|_| request.edition.expands_files())
            && let Some(text) = optional(path)?
        {
            base.global = Rc::new(rules::of_file(path, &text)?);
        }
        Ok(base)
    }

    pub(super) fn bundled(is_link: bool) -> Result<Self, PackError> {
        let mut defaults = Rules::default();
        defaults.add(DEFAULTS, |_| RuleSource::Default)?;
        let mut never = Rules::default();
        never.add("/.git", |_| RuleSource::Never)?;
        let defaults = Rc::new(defaults);
        Ok(Self {
            top_defaults: Rc::clone(&defaults),
            top_has_defaults: is_link,
            top_reads_ignore_files: is_link,
            global: Rc::default(),
            manifests_ignore: false,
            defaults,
            never: Rc::new(never),
        })
    }
}

/// The default rules, and those that a workspace adds: for a member the ignore files above it,
/// for the root its members.
fn defaults_of_root(request: &Request) -> Result<Rules, PackError> {
    let mut rules = Rules::default();
    rules.add(DEFAULTS, |_| RuleSource::Default)?;
    let (folder, prefix) = (&request.folder, &request.prefix);
    if folder == prefix {
        for member in request.workspaces.iter() {
            if let Ok(path) = member.strip_prefix(prefix) {
                let path = path.to_string_lossy().replace('\\', "/");
                rules.add(&path, |_| RuleSource::Member)?;
            }
        }
    } else if request.workspaces.contains(folder)
        && let Some(between) = folder.parent().and_then(|it| it.strip_prefix(prefix).ok())
    {
        let mut above = prefix.clone();
        add_first_ignore_file(&mut rules, &above)?;
        for part in between.components() {
            above.push(part);
            add_first_ignore_file(&mut rules, &above)?;
        }
    }
    Ok(rules)
}

fn add_first_ignore_file(rules: &mut Rules, folder: &Path) -> Result<(), PackError> {
    for name in IGNORE_FILES {
        let path = folder.join(name);
        if let Some(text) = optional(&path)? {
            return rules::add_file(rules, &path, &text);
        }
    }
    Ok(())
}

/// The text of a file that may be absent.
fn optional(path: &Path) -> Result<Option<String>, PackError> {
    match read_text(path) {
        Err(PackError::Unreadable { code: "ENOENT", .. }) => Ok(None),
        other => other.map(Some),
    }
}

/// The text of an ignore file. npm would wait on a pipe for ever.
pub(super) fn read_text(path: &Path) -> Result<String, PackError> {
    file::read_text(path, MAX_IGNORE_FILE).map_err(|error| PackError::of_file(path, &error))
}
