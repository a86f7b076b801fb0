//! What will be published: one package, in two or three lines.

use std::fmt::Write as _;

use semver::Version;

use super::super::size::size;
use super::super::style::Style;
use super::super::{PackageReport, Standing};
use super::{Page, count, printable};
use crate::facts::contents::Contents;
use crate::registry::kinds::traits;
use crate::registry::url::NPMJS;

/// The package, where it goes, and what is published there now.
pub(super) fn header(text: &mut String, package: &PackageReport, page: Page<'_>) {
    let style = page.style;
    let line = |style| {
        let mut line = title(package, style);
        if package.directory != "." {
            let _ = write!(line, " in {}", printable(&package.directory));
        }
        line
    };
    let _ = writeln!(text, "{}", fitted(&line, style, 0));
    let target = target(package).join(", ");
    let _ = writeln!(text, "  {}\n", style.wrap_indented(&printable(&target), 2));
}

/// A painted line; if it is too long for the width, wrapped and without colour.
pub(super) fn fitted(line: &dyn Fn(Style) -> String, style: Style, indent: usize) -> String {
    let plain = line(style.without_colours());
    if plain.chars().count() + indent <= style.width() {
        return line(style);
    }
    style.wrap_indented(&plain, indent + 2)
}

/// `cat-utils 1.5.0 → 1.6.0 (minor)`.
pub(super) fn title(package: &PackageReport, style: Style) -> String {
    let name = style.strong(&printable(&package.name_as_written()));
    let version = printable(&package.version_as_written());
    let bold = style.strong(&version);
    match &package.standing {
        Standing::Unknown => format!("{name} {bold}"),
        Standing::New => format!("{name} {bold} ({})", style.warning("NEW name")),
        Standing::Known {
            tagged: Some(before),
            ..
        } if *before == version => format!("{name} {bold}"),
        Standing::Known {
            tagged: Some(before),
            ..
        } => {
            let step = step(before, &version).map_or(String::new(), |step| {
                let words = if step.is_jump {
                    style.warning(&step.words)
                } else {
                    step.words
                };
                format!(" ({words})")
            });
            let before = printable(before);
            format!("{name} {before} {} {bold}{step}", style.arrow())
        }
        Standing::Known {
            tagged: None,
            latest,
        } => {
            let latest = latest.as_ref().map_or(String::new(), |latest| {
                format!("; latest is {}", printable(latest))
            });
            let tag = printable(&package.tag);
            format!("{name} {bold} (the tag {tag} is new{latest})")
        }
    }
}

/// How a version differs from the one before it.
struct Step {
    words: String,
    /// It is so large, or goes backwards, that it may be a typo.
    is_jump: bool,
}

fn step(before: &str, version: &str) -> Option<Step> {
    let (before, version) = (Version::parse(before).ok()?, Version::parse(version).ok()?);
    let of = |words: &str| {
        Some(Step {
            words: words.to_owned(),
            is_jump: false,
        })
    };
    if version < before {
        return Some(Step {
            words: "lower".to_owned(),
            is_jump: true,
        });
    }
    let parts = [
        (before.major, version.major, "major"),
        (before.minor, version.minor, "minor"),
        (before.patch, version.patch, "patch"),
    ];
    let (old, new, part) = parts.into_iter().find(|(old, new, _)| old != new)?;
    if is_jump(part, new - old) {
        return Some(Step {
            words: format!("a jump of {} {part} versions", new - old),
            is_jump: true,
        });
    }
    if version.pre.is_empty() {
        of(part)
    } else {
        of("prerelease")
    }
}

/// Major versions come one by one; a release may skip some of the others.
fn is_jump(part: &str, by: u64) -> bool {
    by > if part == "major" { 1 } else { 9 }
}

/// Access, registry, tag and account.
pub(super) fn target(package: &PackageReport) -> Vec<String> {
    let mut parts = Vec::new();
    match &package.registry {
        None => parts.push("no usable registry".to_owned()),
        Some(registry) if registry == NPMJS => {}
        Some(registry) => parts.push(format!("to {registry}")),
    }
    parts.extend(access(package));
    parts.push(format!("tag {}", package.tag));
    match &package.account {
        Some(account) => parts.push(format!("as {account}")),
        None if !package.has_credential => parts.push("not logged in".to_owned()),
        None => {}
    }
    parts.extend(package.contents.as_ref().map(files));
    if package.dry_run {
        parts.push("dry run: npm uploads nothing".to_owned());
    }
    parts
}

/// `12 files (34.5 kB)`, and the scripts that may still change them.
fn files(contents: &Contents) -> String {
    let count = count(contents.packed.files.len(), "file");
    let files = format!("{count} ({})", size(contents.packed.unpacked_size()));
    if contents.is_final() || contents.scripts.is_empty() {
        return files;
    }
    format!("{files} before {} runs", contents.scripts.join(" and "))
}

/// Who will be able to read it, if known.
fn access(package: &PackageReport) -> Option<String> {
    if let Some(access) = &package.access {
        return Some(match access.as_str() {
            "public" | "restricted" => access.clone(),
            other => format!("access {other}"),
        });
    }
    if !traits(package.kind).npmjs_rules {
        return None;
    }
    let is_scoped = package.name.as_deref()?.starts_with('@');
    match (is_scoped, &package.standing) {
        (false, _) => Some("public".to_owned()),
        // npm's default for new packages with a scope.
        (true, Standing::New) => Some("restricted".to_owned()),
        (true, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(before: &str, version: &str) -> String {
        step(before, version).map_or(String::new(), |step| step.words)
    }

    #[test]
    fn a_step_is_named_and_a_jump_is_marked() {
        assert_eq!(words("1.5.0", "1.6.0"), "minor");
        assert_eq!(words("1.5.0", "1.5.3"), "patch");
        assert_eq!(words("0.9.4", "1.0.0"), "major");
        assert_eq!(words("1.5.0", "2.0.0-rc.1"), "prerelease");
        assert_eq!(words("4.0.0", "40.0.0"), "a jump of 36 major versions");
        assert_eq!(words("1.6.0", "1.5.9"), "lower");
        assert!(step("4.0.0", "40.0.0").unwrap().is_jump);
        assert!(step("1.6.0", "1.5.9").unwrap().is_jump);
        assert!(!step("1.6.0", "1.8.0").unwrap().is_jump);
        assert!(step("1.6.0", "not a version").is_none());
    }
}
