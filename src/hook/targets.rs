//! Which packages of a commit a version tag names.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::git::tree::Tree;
use crate::manifest::Manifest;
use crate::manifest::version::Version;
use crate::manifest::version_tag::{VersionTag, is_a_date, is_placeholder, readings};
use crate::manifest::workspaces::{Workspaces, lerna_patterns, pnpm_patterns};

/// The packages of a commit that a tag may name.
#[derive(Debug)]
pub struct Commit<'t> {
    tree: &'t Tree,
    root: Option<Manifest>,
    members: Vec<Candidate>,
    /// Members by name, each the first with its name.
    members_by_name: HashMap<String, usize>,
    /// The folders of all packages by name, read when a tag first needs them.
    folders_by_name: OnceCell<HashMap<String, PathBuf>>,
}

/// A package that could be published.
#[derive(Clone, Debug)]
struct Candidate {
    folder: PathBuf,
    manifest: Manifest,
}

/// What a tag names.
#[derive(Clone, Debug)]
pub enum TagTarget {
    /// Nothing that is published.
    Nothing,
    /// A package whose version is written when it is published.
    WrittenLater(String),
    /// These packages.
    Packages(Vec<Target>),
    /// Packages, none of which has the version.
    NoneOfThem {
        /// Whether there are several with one shared version, so that the tag must mean them.
        in_step: bool,
        /// Some of them with their versions.
        some: Vec<String>,
    },
}

/// A package to check, and the version that the tag gives it.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its folder, absolute.
    pub folder: PathBuf,
    /// npm publishes it as a member of the root's workspaces.
    pub is_member: bool,
    /// The version in the tag.
    pub version: Version,
    /// package.json has another version.
    pub differs: bool,
}

impl<'t> Commit<'t> {
    /// Finds the packages of a commit.
    ///
    /// # Errors
    /// When npm could not read the root's package.json or its workspaces.
    pub fn of(tree: &'t Tree) -> Result<Self, Error> {
        let mut commit = Self {
            tree,
            root: None,
            members: Vec::new(),
            members_by_name: HashMap::new(),
            folders_by_name: OnceCell::new(),
        };
        if !tree.holds("package.json") {
            return Ok(commit);
        }
        declare_members(tree.root()).map_err(|error| {
            Error::new("writing the tagged commit to a temporary folder", error)
                .next("check the temporary folder")
        })?;
        let root = Manifest::read(&tree.root().join("package.json"))
            .map_err(|error| Error::new("reading package.json of the tagged commit", error))?;
        let members = Workspaces::read(tree.root(), &root)
            .map_err(|error| Error::new("finding the workspaces of the tagged commit", error))?;
        commit.members = members
            .into_iter()
            .filter(|member| member.directory != tree.root())
            .map(|member| Candidate {
                folder: member.directory,
                manifest: member.manifest,
            })
            .collect();
        for (at, member) in commit.members.iter().enumerate() {
            if let Some(name) = name_of(&member.manifest) {
                let by_name = &mut commit.members_by_name;
                by_name.entry(name.to_owned()).or_insert(at);
            }
        }
        commit.root = Some(root);
        Ok(commit)
    }

    /// The root's package.json.
    pub fn root(&self) -> Option<&Manifest> {
        self.root.as_ref()
    }

    /// What a tag names, read by these patterns.
    pub fn target_of(&self, tag: &str, patterns: &[String]) -> TagTarget {
        let readings = readings(tag, patterns);
        for reading in &readings {
            if let Some(name) = &reading.name
                && let Some(package) = self.by_name(name, !patterns.is_empty())
            {
                return self.one(&package, reading);
            }
        }
        match readings.iter().find(|reading| reading.name.is_none()) {
            Some(reading) => self.without_name(reading),
            None => TagTarget::Nothing,
        }
    }

    /// Members first, then the root, then any package.json, the shallowest first because
    /// fixtures are deep. In a pattern from the settings, `cat` also means `@acme/cat`, if only
    /// one member is called that.
    fn by_name(&self, name: &str, own_pattern: bool) -> Option<Candidate> {
        if let Some(&at) = self.members_by_name.get(name) {
            return self.members.get(at).cloned();
        }
        if let Some(folder) = self.folders_by_name().get(name) {
            return Some(Candidate {
                folder: folder.clone(),
                manifest: Manifest::read(&folder.join("package.json")).ok()?,
            });
        }
        let without_scope = |manifest: &Manifest| {
            let (_, last) = name_of(manifest)?.rsplit_once('/')?;
            Some(last == name)
        };
        let mut similar = self
            .members
            .iter()
            .filter(|member| own_pattern && without_scope(&member.manifest) == Some(true));
        similar.next().filter(|_| similar.next().is_none()).cloned()
    }

    fn folders_by_name(&self) -> &HashMap<String, PathBuf> {
        self.folders_by_name.get_or_init(|| {
            let mut folders = HashMap::new();
            for folder in self.tree.packages() {
                let folder = self.tree.root().join(folder);
                let manifest = Manifest::read(&folder.join("package.json"));
                if let Some(name) = manifest.ok().as_ref().and_then(name_of) {
                    folders.entry(name.to_owned()).or_insert(folder);
                }
            }
            folders
        })
    }

    fn one(&self, package: &Candidate, tag: &VersionTag) -> TagTarget {
        if package.manifest.is_private() {
            return TagTarget::Nothing;
        }
        match package.manifest.version() {
            Ok(version) if version == tag.version => {}
            Ok(version) if is_placeholder(&version) => {
                return TagTarget::WrittenLater(version.to_string());
            }
            Ok(version) if is_a_date(&tag.version, &version) => return TagTarget::Nothing,
            _ => {}
        }
        TagTarget::Packages(vec![self.target(package, tag)])
    }

    fn target(&self, package: &Candidate, tag: &VersionTag) -> Target {
        let mut members = self.members.iter();
        Target {
            is_member: members.any(|member| member.folder == package.folder),
            folder: package.folder.clone(),
            version: tag.version.clone(),
            differs: package.manifest.version().ok().as_ref() != Some(&tag.version),
        }
    }

    /// `v1.2.3`: the package at the root; with workspaces, those that have the
    /// version.
    fn without_name(&self, tag: &VersionTag) -> TagTarget {
        let Some(root) = &self.root else {
            return TagTarget::Nothing;
        };
        let root = Candidate {
            folder: self.tree.root().to_path_buf(),
            manifest: root.clone(),
        };
        let has_many = !self.members.is_empty();
        if !has_many {
            return if can_be_published(&root) {
                self.one(&root, tag)
            } else {
                TagTarget::Nothing
            };
        }
        let is_tagged =
            |package: &Candidate| package.manifest.version().ok().as_ref() == Some(&tag.version);
        let (candidates, others): (Vec<Candidate>, Vec<Candidate>) = std::iter::once(root)
            .chain(self.members.iter().cloned())
            .partition(can_be_published);
        let tagged: Vec<Target> = candidates
            .iter()
            .filter(|package| is_tagged(package))
            .map(|package| self.target(package, tag))
            .collect();
        if !tagged.is_empty() {
            return TagTarget::Packages(tagged);
        }
        // It is the version of a private root or of an app.
        if others.iter().any(is_tagged) {
            return TagTarget::Nothing;
        }
        match candidates.as_slice() {
            // If nothing else is published, a plain tag means the root.
            [only] if only.folder == self.tree.root() => self.one(only, tag),
            _ => none_of_them(&candidates, tag),
        }
    }
}

fn none_of_them(candidates: &[Candidate], tag: &VersionTag) -> TagTarget {
    let versions = candidates.iter().filter_map(|package| {
        Some((
            name_of(&package.manifest)?,
            package.manifest.version().ok()?,
        ))
    });
    let known: Vec<(&str, Version)> = versions
        .filter(|(_, version)| !is_placeholder(version) && !is_a_date(&tag.version, version))
        .collect();
    let Some((_, first)) = known.first() else {
        return TagTarget::Nothing;
    };
    TagTarget::NoneOfThem {
        // A single package shares its version with no other.
        in_step: known.len() > 1 && known.iter().all(|(_, version)| version == first),
        some: known
            .iter()
            .take(3)
            .map(|(name, version)| format!("{name} {version}"))
            .collect(),
    }
}

fn name_of(manifest: &Manifest) -> Option<&str> {
    manifest.object.get("name")?.as_str()
}

/// A root without a name or a version only holds workspaces or tools.
fn can_be_published(package: &Candidate) -> bool {
    let manifest = &package.manifest;
    let has = |key| {
        manifest
            .object
            .get(key)
            .is_some_and(serde_json::Value::is_string)
    };
    !manifest.is_private() && has("name") && has("version")
}

/// Lets npm's rules find the members of pnpm's and lerna's workspaces: the patterns in their
/// own files are added to the root's package.json, on its first line so that line numbers stay
/// the same. Like npm, these tools read the root's .npmrc for all members.
fn declare_members(root: &Path) -> std::io::Result<()> {
    let path = root.join("package.json");
    let text = crate::file::read_text(&path, crate::file::limit::SMALL).unwrap_or_default();
    let patterns = other_patterns(root);
    let is_declared = Manifest::parse(&path, text.as_bytes())
        .map_or(true, |manifest| manifest.object.contains_key("workspaces"));
    let Some((before, after)) = text.split_once('{').filter(|_| !is_declared) else {
        return Ok(());
    };
    if patterns.is_empty() {
        return Ok(());
    }
    let comma = if after.trim_start().starts_with('}') {
        ""
    } else {
        ","
    };
    let patterns = serde_json::Value::from(patterns);
    let text = format!("{before}{{\"workspaces\":{patterns}{comma}{after}");
    std::fs::write(path, text)
}

/// The patterns in pnpm's and lerna's own files, as far as they can be read.
fn other_patterns(root: &Path) -> Vec<String> {
    let of_pnpm = pnpm_patterns(root).ok().flatten().unwrap_or_default();
    if !of_pnpm.is_empty() {
        return of_pnpm;
    }
    lerna_patterns(root).ok().flatten().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_other_tools_are_declared_without_a_line_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.json");
        let declared = |text: &str| {
            std::fs::write(&path, text).unwrap();
            declare_members(folder.path()).unwrap();
            std::fs::read_to_string(&path).unwrap()
        };
        assert_eq!(declared("{}"), "{}", "nobody says anything");
        std::fs::write(folder.path().join("lerna.json"), r#"{"packages":["p/*"]}"#).unwrap();
        assert_eq!(declared("{}"), r#"{"workspaces":["p/*"]}"#);
        let text = "{\n  \"name\": \"a\"\n}";
        assert_eq!(
            declared(text),
            "{\"workspaces\":[\"p/*\"],\n  \"name\": \"a\"\n}"
        );
        assert_eq!(declared(r#"{"workspaces":[]}"#), r#"{"workspaces":[]}"#);
        assert_eq!(declared("{ broken"), "{ broken");
    }
}
