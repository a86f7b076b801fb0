//! The output of `files`: the list for people, and the contract `safe-publish/files@1`.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::contents::{Contents, contents};
use super::json::pretty;
use super::locate::in_manifest;
use super::size::size;
use super::style::Style;
use crate::facts::contents::Difference;
use crate::manifest::Manifest;
use crate::pack::{FileKind, PackError, Packed, Reason, RuleSource, Why};

/// The result of `files`.
#[derive(Debug)]
pub struct FilesReport {
    /// The packages, private ones included.
    pub packages: Vec<PackageFiles>,
    /// The working folder, to which paths are relative.
    pub cwd: std::path::PathBuf,
}

/// The files of one package.
#[derive(Debug)]
pub struct PackageFiles {
    /// Its name, if valid.
    pub name: Option<String>,
    /// Its version, if valid.
    pub version: Option<String>,
    /// Its folder, relative to the working folder.
    pub directory: String,
    /// Scripts that may still change the list.
    pub scripts: Vec<String>,
    /// The list, or why npm would fail.
    pub packed: Result<Packed, PackError>,
    /// Its package.json.
    pub manifest: Manifest,
    /// Whether one path is packed, if that was asked.
    pub why: Option<Why>,
    /// What another edition of npm would pack differently.
    pub other: Option<Difference>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    packages: Vec<PackageEntry<'a>>,
}

#[derive(Serialize)]
struct PackageEntry<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    directory: &'a str,
    contents: Option<Contents<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<AskedPath<'a>>,
}

#[derive(Serialize)]
struct AskedPath<'a> {
    path: &'a str,
    packed: bool,
    rule: String,
    location: Option<Location>,
}

#[derive(Serialize)]
struct Location {
    file: String,
    line: usize,
    column: usize,
}

/// The document.
pub fn json(report: &FilesReport) -> String {
    let packages = report.packages.iter().map(|package| PackageEntry {
        name: package.name.as_deref(),
        version: package.version.as_deref(),
        directory: &package.directory,
        contents: package
            .packed
            .as_ref()
            .ok()
            .map(|packed| contents(packed, &package.scripts)),
        error: package.packed.as_ref().err().map(ToString::to_string),
        why: package.why.as_ref().map(|why| AskedPath {
            path: &why.path,
            packed: why.packed,
            rule: rule(&why.reason, &report.cwd),
            location: location(why, &package.manifest, &report.cwd),
        }),
    });
    pretty(&Document {
        schema: "safe-publish/files@1",
        packages: packages.collect(),
    })
}

/// The line of the rule that decides.
fn location(why: &Why, manifest: &Manifest, cwd: &Path) -> Option<Location> {
    let pointer = match rule_of(&why.reason)? {
        RuleSource::Line { path, line } => {
            return Some(Location {
                file: shown(path, cwd),
                line: *line,
                column: 1,
            });
        }
        RuleSource::Files(index) => format!("/files/{index}"),
        RuleSource::NotInFiles => "/files".to_owned(),
        RuleSource::Main => "/main".to_owned(),
        RuleSource::Browser => "/browser".to_owned(),
        RuleSource::Bin => match manifest.pointer("/bin") {
            Some(_) => "/bin".to_owned(),
            None => "/directories/bin".to_owned(),
        },
        RuleSource::Patch => "/patchedDependencies".to_owned(),
        RuleSource::Default | RuleSource::Always | RuleSource::Never | RuleSource::Member => {
            return None;
        }
    };
    let found = in_manifest(manifest, &pointer, cwd)?;
    Some(Location {
        file: found.file,
        line: found.line,
        column: found.column,
    })
}

fn rule_of(reason: &Reason) -> Option<&RuleSource> {
    match reason {
        Reason::Rule(rule) | Reason::Folder { rule, .. } => Some(rule),
        _ => None,
    }
}

/// A reason in a few words: `.npmignore:3`, `always`, `never`, `main`.
fn rule(reason: &Reason, cwd: &Path) -> String {
    let source = |source: &RuleSource| match source {
        RuleSource::Default => "npm's defaults".to_owned(),
        RuleSource::Always => "always".to_owned(),
        RuleSource::Never => "never".to_owned(),
        RuleSource::Files(index) => format!("files[{index}]"),
        RuleSource::NotInFiles => "not in files".to_owned(),
        RuleSource::Main => "main".to_owned(),
        RuleSource::Browser => "browser".to_owned(),
        RuleSource::Bin => "bin".to_owned(),
        RuleSource::Patch => "patchedDependencies".to_owned(),
        RuleSource::Member => "workspace member".to_owned(),
        RuleSource::Line { path, line } => format!("{}:{line}", shown(path, cwd)),
    };
    match reason {
        Reason::NoRule => "no rule".to_owned(),
        Reason::Rule(rule) => source(rule),
        Reason::Folder { folder, rule } => format!("{} ({folder}/)", source(rule)),
        Reason::Bundled(name) => format!("bundled ({name})"),
        Reason::InTarball => "in the tarball".to_owned(),
        Reason::Absent => "does not exist".to_owned(),
        Reason::Outside => "outside the package".to_owned(),
        Reason::Link { path } => format!("symbolic link ({path})"),
        Reason::IsFolder => "a folder".to_owned(),
        Reason::IsSpecial => "not a regular file".to_owned(),
        Reason::Star => "a star in its name".to_owned(),
    }
}

fn shown(path: &Path, cwd: &Path) -> String {
    let path = path.strip_prefix(cwd).unwrap_or(path);
    path.display().to_string().replace('\\', "/")
}

/// The list for people.
pub fn human(report: &FilesReport, style: Style) -> String {
    let mut text = String::new();
    for package in &report.packages {
        header(&mut text, package, style);
        match (&package.packed, &package.why) {
            (Err(error), _) => {
                let _ = writeln!(
                    text,
                    "{} {}",
                    style.error("error:"),
                    printable(&error.to_string())
                );
            }
            (Ok(_), Some(why)) => answer(&mut text, why, &package.manifest, &report.cwd),
            (Ok(packed), None) => list(&mut text, packed, package, style),
        }
    }
    text
}

fn header(text: &mut String, package: &PackageFiles, style: Style) {
    let name = package.name.as_deref().unwrap_or("(no name)");
    let version = package.version.as_deref().unwrap_or("(no version)");
    let title = printable(&format!("{name} {version}"));
    let _ = write!(text, "{}", style.strong(&title));
    if package.directory != "." {
        let _ = write!(text, " in {}", printable(&package.directory));
    }
    text.push('\n');
}

fn answer(text: &mut String, why: &Why, manifest: &Manifest, cwd: &Path) {
    let verdict = if why.packed {
        "is packed"
    } else {
        "is not packed"
    };
    let mut line = format!("{} {verdict}: {}", why.path, rule(&why.reason, cwd));
    let is_named = matches!(rule_of(&why.reason), Some(RuleSource::Line { .. }));
    if let Some(place) = location(why, manifest, cwd).filter(|_| !is_named) {
        let _ = write!(line, " ({}:{})", place.file, place.line);
    }
    let _ = writeln!(text, "{}", printable(&line));
}

fn list(text: &mut String, packed: &Packed, package: &PackageFiles, style: Style) {
    for file in &packed.files {
        let size = match &file.kind {
            FileKind::File => size(file.size),
            FileKind::HardLink { .. } => "link".to_owned(),
        };
        let _ = write!(text, "{size:>9}  {}", printable(&file.path));
        if let FileKind::HardLink { to } = &file.kind {
            let _ = write!(text, " = {} (npm drops it when it installs)", printable(to));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}", summary(packed));
    let mut note = |words: &str| {
        let words = style.wrap_indented(&printable(words), 6);
        let _ = writeln!(text, "{} {words}", style.note("note:"));
    };
    if !package.scripts.is_empty() {
        note(&format!(
            "{} may still change this list",
            package.scripts.join(", ")
        ));
    }
    if let Some(other) = &package.other {
        note(&difference(other));
    }
}

/// `12 files, 34.5 kB`.
pub(super) fn summary(packed: &Packed) -> String {
    let count = packed.files.len();
    let files = if count == 1 { "file" } else { "files" };
    format!("{count} {files}, {}", size(packed.unpacked_size()))
}

fn difference(other: &Difference) -> String {
    let names = |paths: &[String]| {
        let shown: Vec<&str> = paths.iter().take(5).map(String::as_str).collect();
        match paths.len().checked_sub(5) {
            Some(more) if more > 0 => format!("{} and {more} more", shown.join(", ")),
            _ => shown.join(", "),
        }
    };
    let mut parts = Vec::new();
    if !other.more.is_empty() {
        parts.push(format!("also packs {}", names(&other.more)));
    }
    if !other.fewer.is_empty() {
        parts.push(format!("does not pack {}", names(&other.fewer)));
    }
    format!("{} {}", other.edition.name(), parts.join(", and "))
}

/// On one line, without control characters.
fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
