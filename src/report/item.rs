//! A finding for machine-readable formats: with its package, and with a place inside the
//! repository.

use std::path::{Path, PathBuf};

use super::locate::{locate, shown};
use super::{PackageReport, Report};
use crate::environment::Environment;
use crate::escape;
use crate::finding::{Outcome, Reported};

/// A finding and where it is.
#[derive(Debug)]
pub(super) struct Item<'a> {
    /// The package; `None` if it belongs to no single one.
    pub(super) package: Option<&'a PackageReport>,
    /// The finding.
    pub(super) reported: &'a Reported,
    /// Where it is, if in a file of the repository.
    pub(super) place: Option<FileLocation>,
}

/// A place below the repository's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileLocation {
    /// Relative to the root, with `/`.
    pub(super) file: String,
    /// From 1.
    pub(super) line: usize,
    /// From 1, in characters.
    pub(super) column: usize,
}

impl Item<'_> {
    /// The message and its remedies, one paragraph each.
    pub(super) fn text(&self) -> String {
        let finding = &self.reported.finding;
        let mut text = finding.message.clone();
        if let Some(predicts) = &finding.predicts {
            let code = predicts.code.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "\nnpm would say: {}",
                format!("{code} {}", predicts.text).trim()
            ));
        }
        for help in &finding.help {
            text.push_str(&format!("\nhelp: {help}"));
        }
        text
    }

    /// `name@version`, or the folder if there is no name.
    pub(super) fn spec(&self) -> String {
        self.package.map_or_else(|| "all packages".to_owned(), spec)
    }

    /// The place, or the package's package.json if the finding is not in a file of the
    /// repository.
    pub(super) fn place_or_manifest(&self, report: &Report, root: &Path) -> Option<FileLocation> {
        let package = self.package;
        self.place
            .clone()
            .or_else(|| Some(manifest_place(package?, report, root)))
    }

    /// The part that stays the same from run to run, even if the line moves.
    pub(super) fn fingerprint(&self) -> String {
        let place = self.place.as_ref().map_or("", |place| place.file.as_str());
        let name = self.package.and_then(|package| package.name.as_deref());
        let text = [
            self.reported.check,
            name.unwrap_or_default(),
            place,
            &self.reported.finding.message,
        ]
        .join("\n");
        sha256(&text)
    }
}

impl FileLocation {
    /// The place to use if none is known.
    pub(super) fn somewhere() -> Self {
        Self {
            file: "package.json".to_owned(),
            line: 1,
            column: 1,
        }
    }
}

/// The start of a package's package.json.
pub(super) fn manifest_place(
    package: &PackageReport,
    report: &Report,
    root: &Path,
) -> FileLocation {
    let path = &package.manifest.path;
    let somewhere = FileLocation::somewhere();
    match below(&shown(path, &report.cwd), &report.cwd, root) {
        Some(file) => FileLocation { file, ..somewhere },
        None => somewhere,
    }
}

/// The undecided packages, each with the first reason.
pub(super) fn silent(report: &Report) -> impl Iterator<Item = (&PackageReport, String)> {
    let undecided = report
        .packages
        .iter()
        .filter(|package| package.verdict == Outcome::Undecided);
    undecided.filter_map(|package| {
        let first = package.undecided.iter().find(|open| open.decisive)?;
        Some((package, first.gap.to_string()))
    })
}

/// `name@version` of a package.
pub(super) fn spec(package: &PackageReport) -> String {
    match (&package.name, &package.version) {
        (Some(name), Some(version)) => format!("{name}@{version}"),
        (Some(name), None) => name.clone(),
        (None, _) => package.directory.clone(),
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    escape::hex(digest.as_ref())
}

/// Every finding, with its place below a root.
pub(super) fn items<'a>(report: &'a Report, root: &Path) -> Vec<Item<'a>> {
    let item = |package: Option<&'a PackageReport>, reported: &'a Reported| {
        let manifest = package.map(|package| &package.manifest);
        let place = locate(&reported.finding, manifest, &report.cwd).and_then(|found| {
            Some(FileLocation {
                file: below(&found.file, &report.cwd, root)?,
                line: found.line,
                column: found.column,
            })
        });
        Item {
            package,
            reported,
            place,
        }
    };
    let own = report.findings.iter().map(|found| item(None, found));
    let of_packages = report.packages.iter().flat_map(|package| {
        let findings = package.findings.iter();
        findings.map(move |found| item(Some(package), found))
    });
    own.chain(of_packages).collect()
}

/// A file's path relative to a root; `None` if it is elsewhere, or inside a tarball.
fn below(file: &str, cwd: &Path, root: &Path) -> Option<String> {
    let path = cwd.join(file);
    let relative = path.strip_prefix(root).ok()?;
    let is_plain = relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    is_plain.then(|| relative.display().to_string().replace('\\', "/"))
}

/// The root of the repository: from the CI, otherwise the folder with `.git`, otherwise the
/// working folder.
pub fn root(environment: &Environment) -> PathBuf {
    let named = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"]
        .into_iter()
        .filter_map(|name| environment.filled(name))
        .map(PathBuf::from)
        .find(|root| environment.cwd.starts_with(root));
    named
        .or_else(|| {
            let mut above = environment.cwd.ancestors();
            above
                .find(|folder| folder.join(".git").exists())
                .map(Path::to_path_buf)
        })
        .unwrap_or_else(|| environment.cwd.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_ci_s_or_the_repository_s() {
        let folder = tempfile::tempdir().unwrap();
        let cwd = folder.path().join("repo/packages/a");
        std::fs::create_dir_all(&cwd).unwrap();
        let environment = Environment::bare(&cwd);
        assert_eq!(root(&environment), cwd);
        std::fs::create_dir(folder.path().join("repo/.git")).unwrap();
        assert_eq!(root(&environment), folder.path().join("repo"));
        let named = environment.with("GITHUB_WORKSPACE", &folder.path().display().to_string());
        assert_eq!(root(&named), folder.path());
        let elsewhere = named.with("GITHUB_WORKSPACE", "/elsewhere");
        assert_eq!(root(&elsewhere), folder.path().join("repo"));
    }

    #[test]
    fn a_file_outside_the_root_has_no_place_in_it() {
        let (cwd, root) = (Path::new("/r/p"), Path::new("/r"));
        assert_eq!(
            below("package.json", cwd, root).as_deref(),
            Some("p/package.json")
        );
        assert_eq!(below("/home/a/.npmrc", cwd, root), None);
        assert_eq!(below("../../x", cwd, root), None);
    }
}
