//! `changeset publish` starts npm once per package and always passes a tag and an access level,
//! which it reads from `.changeset`. According to the source of @changesets/cli 2.31.1 and
//! 3.0.3.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::project::packer;
use super::{PackagePlan, Plan, Protocols, Spec};
use crate::file;
use crate::finding::Packer;
use crate::manifest::Manifest;
use crate::npmrc::Config;
use crate::origin::{Origin, Resolved};

/// Larger files of changesets are not read.
const MAX_BYTES: u64 = 1 << 20;

/// What `changeset publish` adds to npm's command line.
#[derive(Debug)]
pub struct Changesets {
    /// The tag of the pre mode, otherwise `latest`.
    tag: Resolved<String>,
    /// Whether there is a pre mode.
    is_pre: bool,
    /// The access level, used if publishConfig has none.
    access: Resolved<String>,
    protocols: Protocols,
}

impl Changesets {
    /// The configuration of the repository around a folder; `None` if it does not use
    /// changesets.
    pub fn of(folder: &Path) -> Option<Self> {
        let root = root_above(folder)?;
        let (config, settings) = read(root.join("config.json"))?;
        let pre = read(root.join("pre.json"));
        // The tag applies as long as the file is there, whatever its `mode`.
        let pre_tag = pre.as_ref().and_then(|(path, object)| {
            let tag = object.get("tag")?.as_str()?;
            Some(Resolved::new(tag.to_owned(), pointer(path, "/tag")))
        });
        let latest = || Resolved::new("latest".to_owned(), pointer(&config, ""));
        let access = settings.get("access").and_then(Value::as_str);
        let level = match access {
            Some("public") => "public",
            _ => "restricted",
        };
        Some(Self {
            is_pre: pre_tag.is_some(),
            tag: pre_tag.unwrap_or_else(latest),
            access: Resolved::new(level.to_owned(), pointer(&config, "/access")),
            protocols: protocols(root.parent()?),
        })
    }

    /// Changes a plan for npm into one for `changeset publish`. The command line still wins.
    pub fn apply(&self, plan: &mut Plan, config: &Config) {
        let is_named = |key: &str| config.command_line().get(key).is_some();
        let folders = plan
            .packages
            .iter_mut()
            .filter(|package| package.spec == Spec::Folder);
        for package in folders {
            package.protocols = self.protocols;
            if !is_named("tag") {
                self.set_tag(package);
            }
            if !is_named("access") && publish_config(package, "access").is_none() {
                package.access = self.access_of(package);
            }
        }
        for skipped in &mut plan.skipped {
            skipped.is_read = false;
        }
    }

    /// Changes the plan of a release into what `changeset publish` would send: the tag of the
    /// pre mode, and the access level. The command line still wins; without a pre mode npm's
    /// own tag stays.
    pub fn apply_to_release(&self, plan: &mut Plan, config: &Config) {
        let is_named = |key: &str| config.command_line().get(key).is_some();
        for package in &mut plan.packages {
            if self.is_pre && !is_named("tag") {
                self.set_tag(package);
            }
            if !is_named("access")
                && publish_config(package, "access").is_none()
                && let Some(access) = self.access_of(package)
            {
                package.access = Some(access);
            }
        }
    }

    /// npm lets a `tag` at the top of package.json win over everything.
    fn set_tag(&self, package: &mut PackagePlan) {
        let is_own = package.manifest.object.contains_key("tag");
        package.tag.configured = self.tag.clone();
        package.tag.explicit = true;
        if !is_own {
            package.tag.sent = self.tag.clone();
            package.pre_tag = self.is_pre.then(|| self.tag.value.clone());
        }
    }

    /// `changeset init` writes `restricted`, so for a scoped package it is the same as npm's
    /// own default.
    fn access_of(&self, package: &PackagePlan) -> Option<Resolved<String>> {
        let is_default = self.access.value == "restricted" && package.name.scope().is_some();
        (!is_default).then(|| self.access.clone())
    }
}

/// It publishes with pnpm if pnpm is used, with yarn only from version 3 on, and otherwise with
/// npm.
fn protocols(root: &Path) -> Protocols {
    let manifest = Manifest::read(&root.join("package.json")).ok();
    let named = manifest.as_ref().and_then(packer);
    let has = |name: &str| root.join(name).is_file();
    if named == Some(Packer::Pnpm) || has("pnpm-workspace.yaml") || has("pnpm-lock.yaml") {
        Protocols::Replaced
    } else if named == Some(Packer::Yarn) || has(".yarnrc.yml") {
        Protocols::Unknown
    } else {
        Protocols::Kept
    }
}

fn publish_config<'a>(package: &'a PackagePlan, key: &str) -> Option<&'a Value> {
    let config = package.manifest.object.get("publishConfig")?;
    config.get(key).filter(|value| !value.is_null())
}

/// The nearest `.changeset` with a config.json, not above the repository's root.
fn root_above(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let own = folder.join(".changeset");
        if own.join("config.json").is_file() {
            return Some(own);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}

fn read(path: PathBuf) -> Option<(PathBuf, Map<String, Value>)> {
    let text = file::read_text(&path, MAX_BYTES).ok()?;
    let object = serde_json::from_str(&text).ok()?;
    Some((path, object))
}

fn pointer(path: &Path, pointer: &str) -> Origin {
    Origin::Manifest {
        path: path.to_owned(),
        pointer: pointer.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;
    use crate::facts::fake::fake_of;

    /// How changesets is set up with these files in `.changeset`.
    fn set_up(files: &[(&str, Value)]) -> Option<Changesets> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".changeset")).unwrap();
        fs::create_dir_all(folder.path().join("packages/a")).unwrap();
        for (name, value) in files {
            fs::write(
                folder.path().join(".changeset").join(name),
                value.to_string(),
            )
            .unwrap();
        }
        Changesets::of(&folder.path().join("packages/a"))
    }

    #[test]
    fn tag_and_access_come_from_its_files() {
        let config = ("config.json", json!({ "access": "public" }));
        let usual = set_up(std::slice::from_ref(&config)).unwrap();
        assert_eq!(
            (usual.tag.value.as_str(), usual.access.value.as_str()),
            ("latest", "public")
        );
        for mode in ["pre", "exit"] {
            let pre = ("pre.json", json!({ "mode": mode, "tag": "next" }));
            let pre = set_up(&[config.clone(), pre]).unwrap();
            assert_eq!(pre.tag.value, "next");
            assert!(pre.tag.origin.to_string().contains("pre.json"));
        }
        let unsaid = set_up(&[("config.json", json!({}))]).unwrap();
        assert_eq!(unsaid.access.value, "restricted");
        assert!(set_up(&[("pre.json", json!({ "tag": "next" }))]).is_none());
    }

    #[test]
    fn the_tool_that_packs_follows_from_the_repositorys_files() {
        let of = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                fs::write(folder.path().join(name), text).unwrap();
            }
            protocols(folder.path())
        };
        assert_eq!(of(&[("package-lock.json", "{}")]), Protocols::Kept);
        assert_eq!(of(&[("pnpm-workspace.yaml", "")]), Protocols::Replaced);
        let named = r#"{"packageManager":"pnpm@10.2.0"}"#;
        assert_eq!(of(&[("package.json", named)]), Protocols::Replaced);
        assert_eq!(of(&[(".yarnrc.yml", "")]), Protocols::Unknown);
    }

    #[test]
    fn a_repository_inside_another_does_not_use_the_outer_ones() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".changeset")).unwrap();
        fs::write(folder.path().join(".changeset/config.json"), "{}").unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir_all(inner.join(".git")).unwrap();
        assert!(Changesets::of(&inner).is_none());
        assert!(Changesets::of(folder.path()).is_some());
    }

    #[test]
    fn access_is_the_manifests_then_the_configurations() {
        let access = |level: &str, manifest: Value| {
            let config = json!({ "access": level });
            let changesets = set_up(&[("config.json", config)]).unwrap();
            let package = fake_of(manifest).package;
            changesets.access_of(&package).map(|access| access.value)
        };
        let scoped = || json!({ "name": "@acme/cat", "version": "1.0.0" });
        let plain = || json!({ "name": "cat", "version": "1.0.0" });
        assert_eq!(access("public", scoped()).as_deref(), Some("public"));
        assert_eq!(access("restricted", scoped()), None);
        assert_eq!(access("restricted", plain()).as_deref(), Some("restricted"));
    }
}
