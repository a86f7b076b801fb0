//! Which file of a repository lists its packages: `workspaces` for npm, yarn and bun, or pnpm's
//! and lerna's own files.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::files::{LERNA_FILE, PNPM_FILE, lerna_patterns, pnpm_patterns};
use super::{Manifest, Member, WorkspaceError, Workspaces};
use crate::finding::Packer;
use crate::manifest::glob::folders;

/// How deeply workspaces may be nested; only yarn follows them.
const MAX_NESTING: usize = 16;

/// What lists the packages of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutSource {
    /// `workspaces` in package.json.
    Workspaces,
    /// `packages` in pnpm-workspace.yaml.
    PnpmFile,
    /// `packages` in lerna.json.
    LernaFile,
    /// Nothing: the repository is one package.
    Single,
}

/// The packages of a repository as the tool that packs them sees them.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What lists them.
    pub source: LayoutSource,
    /// The file that does.
    path: PathBuf,
    patterns: Workspaces,
    packer: Packer,
}

impl Layout {
    /// Finds what lists the packages of a repository. `manifest` is the root's package.json.
    ///
    /// # Errors
    /// When the tool could not read that file.
    pub fn of(root: &Path, manifest: &Manifest, packer: Packer) -> Result<Self, WorkspaceError> {
        let (source, texts) = declared(root, manifest, packer)?;
        let path = root.join(match source {
            LayoutSource::PnpmFile => PNPM_FILE,
            LayoutSource::LernaFile => LERNA_FILE,
            LayoutSource::Workspaces | LayoutSource::Single => "package.json",
        });
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let patterns = Workspaces {
            // Only bun's stars match hidden folders.
            dots: packer == Packer::Bun && source == LayoutSource::Workspaces,
            ..Workspaces::of_patterns(&texts, &path)?
        };
        Ok(Self {
            source,
            path,
            patterns,
            packer,
        })
    }

    /// The packages, in the order of the tool that packs them. `manifest` is the root's: it is
    /// one of them if the tool counts it and it can be published.
    ///
    /// # Errors
    /// When a package.json cannot be read, or a pattern names no package.
    pub fn members(&self, root: &Path, manifest: &Manifest) -> Result<Vec<Member>, WorkspaceError> {
        let own = || Member::of(root.to_owned(), manifest.clone());
        if self.source == LayoutSource::Single {
            return Ok(vec![own()]);
        }
        self.every_pattern_matches(root)?;
        let mut members = self.patterns.members(root, &self.path)?;
        if self.packer == Packer::Yarn {
            add_nested(&mut members, root)?;
        }
        let has_root = members.iter().any(|member| member.directory == root);
        let takes_root = self.packer != Packer::Npm && self.source != LayoutSource::LernaFile;
        if takes_root && !has_root && is_publishable(manifest) {
            members.push(own());
        }
        if matches!(self.packer, Packer::Pnpm | Packer::Yarn) {
            members.sort_by(|a, b| a.directory.cmp(&b.directory));
        }
        Ok(members)
    }

    /// The root as a package, where it could be published and is not among `members`.
    pub fn left_out_root(root: &Path, manifest: &Manifest, members: &[Member]) -> Option<Member> {
        let is_member = members.iter().any(|member| member.directory == root);
        let is_left_out = !is_member && is_publishable(manifest);
        is_left_out.then(|| Member::of(root.to_owned(), manifest.clone()))
    }

    fn every_pattern_matches(&self, root: &Path) -> Result<(), WorkspaceError> {
        for (text, glob) in &self.patterns.patterns {
            let found = folders(root, [glob], self.patterns.options());
            let has_package = |path: &String| root.join(path).join("package.json").is_file();
            if !found.gave_up && !found.paths.iter().any(has_package) {
                return Err(WorkspaceError::NoMatch {
                    pattern: text.clone(),
                    path: self.path.clone(),
                });
            }
        }
        Ok(())
    }
}

impl Member {
    fn of(directory: PathBuf, manifest: Manifest) -> Self {
        Self {
            name: super::name_of(&manifest, &directory),
            directory,
            manifest,
        }
    }
}

/// A root that only holds the others has no name or no version, or is private.
fn is_publishable(manifest: &Manifest) -> bool {
    let has = |key: &str| manifest.object.get(key).is_some_and(Value::is_string);
    has("name") && has("version") && !manifest.is_private()
}

/// The patterns for a tool, and where they are. lerna's list is the one that it publishes; pnpm
/// does not read `workspaces`.
fn declared(
    root: &Path,
    manifest: &Manifest,
    packer: Packer,
) -> Result<(LayoutSource, Vec<String>), WorkspaceError> {
    if let Some(patterns) = lerna_patterns(root)? {
        return Ok((LayoutSource::LernaFile, patterns));
    }
    if packer != Packer::Pnpm && manifest.object.contains_key("workspaces") {
        return Ok((LayoutSource::Workspaces, own_patterns(manifest)?));
    }
    Ok(match pnpm_patterns(root)? {
        Some(patterns) => (LayoutSource::PnpmFile, patterns),
        None => (LayoutSource::Single, Vec::new()),
    })
}

/// yarn follows the workspaces of a workspace.
fn add_nested(members: &mut Vec<Member>, root: &Path) -> Result<(), WorkspaceError> {
    let mut seen: HashSet<PathBuf> = members.iter().map(|it| it.directory.clone()).collect();
    seen.insert(root.to_owned());
    let mut from = 0;
    for _ in 0..MAX_NESTING {
        let until = members.len();
        for at in from..until {
            let member = members[at].clone();
            if member.directory == root || !member.manifest.object.contains_key("workspaces") {
                continue;
            }
            let inner = Workspaces::of(&member.manifest)?;
            for nested in inner.members(&member.directory, &member.manifest.path)? {
                if seen.insert(nested.directory.clone()) {
                    members.push(nested);
                }
            }
        }
        from = until;
    }
    Ok(())
}

fn own_patterns(manifest: &Manifest) -> Result<Vec<String>, WorkspaceError> {
    let texts = manifest.workspace_patterns().map_err(|found| {
        let path = manifest.path.clone();
        WorkspaceError::BadDeclaration { path, found }
    })?;
    Ok(texts.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::super::files::tests::repository;
    use super::*;

    fn names(folder: &Path, packer: Packer) -> Result<Vec<String>, WorkspaceError> {
        let manifest = Manifest::read(&folder.join("package.json")).unwrap();
        let layout = Layout::of(folder, &manifest, packer)?;
        let members = layout.members(folder, &manifest)?;
        Ok(members.into_iter().map(|member| member.name).collect())
    }

    const B: (&str, &str) = ("packages/b/package.json", r#"{"name":"b"}"#);
    const A: (&str, &str) = ("packages/a/package.json", r#"{"name":"a"}"#);
    const WEB: (&str, &str) = ("apps/web/package.json", r#"{"name":"web"}"#);
    const BOTH: &str = r#"{"workspaces":["apps/*"]}"#;

    #[test]
    fn pnpm_reads_its_own_file_only_and_lists_by_path() {
        let folder = repository(&[
            ("package.json", BOTH),
            (
                "pnpm-workspace.yaml",
                "packages: ['packages/*', '!packages/x', 'apps/*']",
            ),
            ("packages/x/package.json", "{}"),
            B,
            A,
            WEB,
        ]);
        assert_eq!(
            names(folder.path(), Packer::Pnpm).unwrap(),
            ["web", "a", "b"]
        );
        assert_eq!(names(folder.path(), Packer::Npm).unwrap(), ["web"]);
        fs::write(folder.path().join("pnpm-workspace.yaml"), "catalog: {}").unwrap();
        assert!(names(folder.path(), Packer::Pnpm).unwrap().is_empty());
        for broken in ["packages: a/*", "packages: [1]", "a: ["] {
            fs::write(folder.path().join("pnpm-workspace.yaml"), broken).unwrap();
            assert!(names(folder.path(), Packer::Pnpm).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_public_root_is_a_package_of_its_own_except_for_npm() {
        let root = r#"{"name":"root","version":"1.0.0","workspaces":["packages/*"]}"#;
        let folder = repository(&[("package.json", root), A]);
        assert_eq!(names(folder.path(), Packer::Npm).unwrap(), ["a"]);
        assert_eq!(names(folder.path(), Packer::Bun).unwrap(), ["a", "root"]);
        assert_eq!(names(folder.path(), Packer::Yarn).unwrap(), ["root", "a"]);
    }

    #[test]
    fn each_tool_finds_what_it_publishes() {
        let root = r#"{"workspaces":{"packages":["packages/*"]}}"#;
        let nested = r#"{"name":"a","workspaces":["kids/*"]}"#;
        let folder = repository(&[
            ("package.json", root),
            ("packages/a/package.json", nested),
            ("packages/a/kids/k/package.json", r#"{"name":"k"}"#),
            ("packages/.hidden/package.json", r#"{"name":"hidden"}"#),
        ]);
        assert_eq!(names(folder.path(), Packer::Npm).unwrap(), ["a"]);
        assert_eq!(names(folder.path(), Packer::Yarn).unwrap(), ["a", "k"]);
        assert_eq!(names(folder.path(), Packer::Bun).unwrap(), ["hidden", "a"]);
    }

    #[test]
    fn lernas_list_and_a_single_package_are_read() {
        let lerna = json!({ "packages": ["packages/*"] }).to_string();
        let folder = repository(&[("package.json", BOTH), ("lerna.json", &lerna), A, WEB]);
        assert_eq!(names(folder.path(), Packer::Npm).unwrap(), ["a"]);
        fs::write(folder.path().join("lerna.json"), r#"{"version":"1.0.0"}"#).unwrap();
        assert_eq!(names(folder.path(), Packer::Npm).unwrap(), ["web"]);
        let single = repository(&[("package.json", r#"{"name":"cat"}"#)]);
        assert_eq!(names(single.path(), Packer::Npm).unwrap(), ["cat"]);
    }

    #[test]
    fn a_pattern_that_names_no_package_is_an_error() {
        let root = r#"{"workspaces":["packages/*","tools/*","!none/*"]}"#;
        let folder = repository(&[("package.json", root), ("tools/x/readme", ""), A]);
        let error = names(folder.path(), Packer::Npm).unwrap_err().to_string();
        assert!(error.contains("`tools/*`"), "{error}");
    }
}
