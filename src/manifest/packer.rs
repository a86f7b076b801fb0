//! Which tool packs a repository, and what decides that.

use std::fmt;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use super::Manifest;
use super::workspaces::foreign_file;
use crate::file;
use crate::finding::Packer;

/// Lock files at the root of a repository. Below the root they belong to fixtures.
const LOCK_FILES: [(&str, Packer); 6] = [
    ("pnpm-lock.yaml", Packer::Pnpm),
    ("yarn.lock", Packer::Yarn),
    ("bun.lock", Packer::Bun),
    ("bun.lockb", Packer::Bun),
    ("package-lock.json", Packer::Npm),
    ("npm-shrinkwrap.json", Packer::Npm),
];

/// Configuration files that belong to one tool each.
const OTHER_FILES: [(&str, Packer); 3] = [
    ("pnpm-workspace.yaml", Packer::Pnpm),
    (".yarnrc.yml", Packer::Yarn),
    ("bunfig.toml", Packer::Bun),
];

/// How many bytes of a lock file are read to see which yarn wrote it.
const MAX_HEAD: u64 = 4096;

/// The tool that packs a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenPacker {
    /// The tool.
    pub packer: Packer,
    /// The version or range that the repository asks for, without a hash.
    pub wanted: Option<String>,
    /// What decided it.
    pub because: PackerReason,
}

/// What decided which tool packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackerReason {
    /// `--packer`.
    Flag,
    /// `release.packer` in our settings.
    Setting,
    /// `packageManager` in package.json.
    PackageManager,
    /// `devEngines.packageManager` in package.json.
    DevEngines,
    /// A lock or configuration file of the tool at the root.
    File(&'static str),
    /// yarn 1 is used, which packs as npm does.
    YarnClassic,
    /// Nothing names another tool.
    Default,
}

impl fmt::Display for PackerReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("--packer"),
            Self::Setting => f.write_str("release.packer in the settings"),
            Self::PackageManager => f.write_str("packageManager in package.json"),
            Self::DevEngines => f.write_str("devEngines.packageManager in package.json"),
            Self::File(name) => f.write_str(name),
            Self::YarnClassic => f.write_str(
                "yarn 1 does not support the workspace protocol, so \
                npm packs",
            ),
            Self::Default => f.write_str("nothing names another tool"),
        }
    }
}

impl ChosenPacker {
    /// The tool for the repository at `root`, whose package.json is `manifest`. `asked` is what
    /// a flag or a setting names.
    pub fn of(root: &Path, manifest: &Manifest, asked: Option<(Packer, PackerReason)>) -> Self {
        let found = Self::found(root, manifest);
        match asked {
            Some((packer, because)) => Self {
                wanted: found.wanted.filter(|_| found.packer == packer),
                packer,
                because,
            },
            None if found.packer == Packer::YarnClassic => Self {
                packer: Packer::Npm,
                wanted: None,
                because: PackerReason::YarnClassic,
            },
            None => found,
        }
    }

    /// Whether the tool may use another name or version than this package.json has: pnpm's
    /// `publishConfig.name` and `publishConfig.directory`.
    pub fn may_rename(&self, manifest: &Manifest) -> bool {
        let has = |key: &str| manifest.pointer(&format!("/publishConfig/{key}")).is_some();
        self.packer == Packer::Pnpm && (has("name") || has("directory"))
    }

    fn found(root: &Path, manifest: &Manifest) -> Self {
        let lock = lock_file(root);
        let of_file = |(name, packer)| Self {
            packer,
            wanted: None,
            because: PackerReason::File(name),
        };
        // npm sees none of the packages that pnpm's file names.
        let lock = lock
            .filter(|(_, packer)| *packer != Packer::Npm || foreign_file(root, manifest).is_none());
        let other = || {
            OTHER_FILES
                .into_iter()
                .find(|(name, _)| root.join(name).is_file())
        };
        package_manager(manifest)
            .or_else(|| dev_engines(manifest, lock.map(|(_, packer)| packer)))
            .or_else(|| lock.or_else(other).map(of_file))
            .unwrap_or(Self {
                packer: Packer::Npm,
                wanted: None,
                because: PackerReason::Default,
            })
    }
}

fn package_manager(manifest: &Manifest) -> Option<ChosenPacker> {
    let named = manifest.object.get("packageManager")?.as_str()?;
    let version = named.split_once('@').map(|(_, version)| version);
    let version = version.and_then(|version| version.split('+').next());
    Some(ChosenPacker {
        packer: Packer::of_package_manager(named)?,
        wanted: version.map(str::to_owned),
        because: PackerReason::PackageManager,
    })
}

/// Of several entries the one whose lock file exists, else the first.
fn dev_engines(manifest: &Manifest, lock: Option<Packer>) -> Option<ChosenPacker> {
    let named = manifest.pointer("/devEngines/packageManager")?;
    let entries = match named {
        Value::Array(entries) => entries.as_slice(),
        one => std::slice::from_ref(one),
    };
    let of_entry = |entry: &Value| {
        let name = entry.get("name")?.as_str()?;
        let version = entry.get("version").and_then(Value::as_str);
        let spec = format!("{name}@{}", version.unwrap_or_default());
        Some(ChosenPacker {
            packer: Packer::of_package_manager(&spec)?,
            wanted: version.map(str::to_owned),
            because: PackerReason::DevEngines,
        })
    };
    let known: Vec<ChosenPacker> = entries.iter().filter_map(of_entry).collect();
    let has_lock = known.iter().find(|one| Some(one.packer) == lock);
    has_lock.or(known.first()).cloned()
}

fn lock_file(root: &Path) -> Option<(&'static str, Packer)> {
    let (name, packer) = LOCK_FILES
        .into_iter()
        .find(|(name, _)| root.join(name).is_file())?;
    let is_classic = packer == Packer::Yarn && !root.join(".yarnrc.yml").is_file() && {
        head(&root.join(name)).is_some_and(|head| head.contains("# yarn lockfile v1"))
    };
    Some((
        name,
        if is_classic {
            Packer::YarnClassic
        } else {
            packer
        },
    ))
}

/// The start of a file that may be large.
fn head(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    let file = file::open(path).ok()?;
    file.take(MAX_HEAD).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chosen(manifest: Value, files: &[(&str, &str)]) -> (Packer, Option<String>, String) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let manifest = Manifest::from_json(manifest);
        let chosen = ChosenPacker::of(folder.path(), &manifest, None);
        (chosen.packer, chosen.wanted, chosen.because.to_string())
    }

    #[test]
    fn the_strongest_signal_decides() {
        let named = json!({ "packageManager": "pnpm@10.2.0+sha512.abc", "devEngines": { "packageManager": { "name": "npm" } } });
        let lock = ("yarn.lock", "__metadata:\n");
        assert_eq!(
            chosen(named, &[lock]),
            (
                Packer::Pnpm,
                Some("10.2.0".to_owned()),
                "packageManager in package.json".to_owned()
            )
        );
        let dev =
            json!({ "devEngines": { "packageManager": { "name": "bun", "version": "^1.2" } } });
        let (packer, wanted, because) = chosen(dev, &[lock]);
        assert_eq!((packer, wanted.as_deref()), (Packer::Bun, Some("^1.2")));
        assert!(because.contains("devEngines"));
        let several = json!({ "devEngines": { "packageManager": [{ "name": "npm" }, { "name": "yarn", "version": "4.1.0" }] } });
        assert_eq!(chosen(several.clone(), &[lock]).0, Packer::Yarn);
        assert_eq!(chosen(several, &[]).0, Packer::Npm);
    }

    #[test]
    fn files_at_the_root_decide_where_package_json_says_nothing() {
        for (name, text, packer, because) in [
            ("pnpm-lock.yaml", "", Packer::Pnpm, "pnpm-lock.yaml"),
            ("yarn.lock", "__metadata:\n", Packer::Yarn, "yarn.lock"),
            ("bun.lock", "{}", Packer::Bun, "bun.lock"),
            ("package-lock.json", "{}", Packer::Npm, "package-lock.json"),
            (
                "pnpm-workspace.yaml",
                "",
                Packer::Pnpm,
                "pnpm-workspace.yaml",
            ),
            (".yarnrc.yml", "", Packer::Yarn, ".yarnrc.yml"),
            ("bunfig.toml", "", Packer::Bun, "bunfig.toml"),
            ("deno.lock", "", Packer::Npm, "nothing names another tool"),
        ] {
            let found = chosen(json!({ "packageManager": "vlt@1.0.0" }), &[(name, text)]);
            assert_eq!(found, (packer, None, because.to_owned()), "{name}");
        }
    }

    #[test]
    fn npms_lock_file_says_nothing_where_npm_sees_no_packages() {
        let lock = ("package-lock.json", "{}");
        let pnpms = ("pnpm-workspace.yaml", "packages: ['packages/*']");
        assert_eq!(chosen(json!({}), &[lock, pnpms]).0, Packer::Pnpm);
        let own = json!({ "workspaces": ["packages/*"] });
        assert_eq!(chosen(own, &[lock, pnpms]).0, Packer::Npm);
    }

    #[test]
    fn npm_packs_in_place_of_yarn_1() {
        let v1 = (
            "yarn.lock",
            "# THIS IS AN AUTOGENERATED FILE.\n# yarn lockfile v1\n",
        );
        for found in [
            chosen(json!({}), &[v1]),
            chosen(json!({ "packageManager": "yarn@1.22.22" }), &[]),
        ] {
            assert_eq!(found.0, Packer::Npm);
            assert!(found.2.contains("yarn 1"), "{}", found.2);
        }
    }

    #[test]
    fn a_flag_beats_the_repository() {
        let manifest = Manifest::from_json(json!({ "packageManager": "pnpm@10.2.0" }));
        let asked = |packer| {
            let folder = Path::new("/nowhere");
            ChosenPacker::of(folder, &manifest, Some((packer, PackerReason::Flag)))
        };
        assert_eq!(asked(Packer::Npm).wanted, None);
        let same = asked(Packer::Pnpm);
        assert_eq!(same.wanted.as_deref(), Some("10.2.0"));
        assert_eq!(same.because, PackerReason::Flag);
    }
}
