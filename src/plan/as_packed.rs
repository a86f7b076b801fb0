//! package.json as pnpm and yarn pack it. According to their source, and tested with pnpm 10 to
//! 12 and yarn 4.

use std::sync::Arc;

use crate::finding::Packer;
use crate::manifest::Manifest;
use crate::manifest::packer::ChosenPacker;

/// What pnpm moves from publishConfig to the top level.
const PNPM_FIELDS: [&str; 19] = [
    "bin",
    "browser",
    "cpu",
    "engines",
    "es2015",
    "esnext",
    "exports",
    "imports",
    "libc",
    "main",
    "module",
    "os",
    "type",
    "types",
    "typesVersions",
    "typings",
    "umd:main",
    "unpkg",
    "name",
];

/// What yarn copies to the top level.
const YARN_FIELDS: [&str; 7] = [
    "bin", "browser", "exports", "main", "module", "type", "types",
];

/// The manifest that a tool packs. npm and bun pack it unchanged. Scripts that may change it
/// later are kept, because they still run.
pub(super) fn as_packed(manifest: &Manifest, chosen: &ChosenPacker) -> Manifest {
    let fields: &[&str] = match chosen.packer {
        Packer::Pnpm => &PNPM_FIELDS,
        Packer::Yarn => &YARN_FIELDS,
        Packer::Npm | Packer::YarnClassic | Packer::Bun => return manifest.clone(),
    };
    if let Some(inner) = directory(manifest).filter(|_| chosen.packer == Packer::Pnpm) {
        return inner;
    }
    let mut object = (*manifest.object).clone();
    let Some(config) = object.get("publishConfig").and_then(|it| it.as_object()) else {
        return manifest.clone();
    };
    let mut config = config.clone();
    let is_moved = |field: &str| field != "name" || !is_pnpm_10(chosen);
    for field in fields.iter().filter(|field| is_moved(field)) {
        if let Some(value) = config.get(*field).cloned() {
            object.insert((*field).to_owned(), value);
            if chosen.packer == Packer::Pnpm {
                config.remove(*field);
            }
        }
    }
    if config.is_empty() {
        object.remove("publishConfig");
    } else {
        object.insert("publishConfig".to_owned(), config.into());
    }
    Manifest {
        object: Arc::new(object),
        ..manifest.clone()
    }
}

/// pnpm packs the folder that publishConfig.directory names. The package.json in it counts only
/// after the build, so there is none before.
fn directory(manifest: &Manifest) -> Option<Manifest> {
    let named = manifest.pointer("/publishConfig/directory")?.as_str()?;
    let folder = manifest.path.parent()?.join(named);
    Manifest::read(&folder.join("package.json")).ok()
}

/// pnpm 10 does not apply publishConfig.name.
fn is_pnpm_10(chosen: &ChosenPacker) -> bool {
    let wanted = chosen.wanted.as_deref().unwrap_or_default();
    let major = wanted.trim_start_matches(|c: char| !c.is_ascii_digit());
    major
        .split('.')
        .next()
        .and_then(|major| major.parse::<u64>().ok())
        .is_some_and(|major| major <= 10)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::manifest::packer::PackerReason;

    fn packed(manifest: &Value, packer: Packer, wanted: Option<&str>) -> Value {
        let chosen = ChosenPacker {
            packer,
            wanted: wanted.map(str::to_owned),
            because: PackerReason::Flag,
        };
        let manifest = Manifest::from_json(manifest.clone());
        Value::Object((*as_packed(&manifest, &chosen).object).clone())
    }

    #[test]
    fn each_tool_applies_publish_config_in_its_own_way() {
        let own = json!({
            "name": "cat", "main": "src/i.ts", "engines": { "node": "1" },
            "publishConfig": { "name": "dog", "main": "dist/i.js", "engines": { "node": "2" }, "tag": "next" },
        });
        let pnpm = packed(&own, Packer::Pnpm, Some("12.21.0"));
        assert_eq!(
            pnpm,
            json!({ "name": "dog", "main": "dist/i.js", "engines": { "node": "2" }, "publishConfig": { "tag": "next" } })
        );
        assert_eq!(packed(&own, Packer::Pnpm, None)["name"], "dog");
        assert_eq!(packed(&own, Packer::Pnpm, Some("^10.2"))["name"], "cat");
        let yarn = packed(&own, Packer::Yarn, Some("4.1.0"));
        assert_eq!(yarn["main"], "dist/i.js");
        assert_eq!(yarn["engines"], own["engines"]);
        assert_eq!(yarn["publishConfig"], own["publishConfig"]);
        for packer in [Packer::Npm, Packer::Bun] {
            assert_eq!(packed(&own, packer, None), own);
        }
        let emptied = json!({ "publishConfig": { "main": "a.js" } });
        assert_eq!(
            packed(&emptied, Packer::Pnpm, None),
            json!({ "main": "a.js" })
        );
    }

    #[test]
    fn pnpm_packs_another_folder_where_that_is_named_and_built() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.json");
        let text = r#"{"name":"cat","publishConfig":{"directory":"dist"}}"#;
        std::fs::write(&path, text).unwrap();
        let chosen = |packer| ChosenPacker {
            packer,
            wanted: None,
            because: PackerReason::Flag,
        };
        let name = |packer| {
            let manifest = Manifest::read(&path).unwrap();
            as_packed(&manifest, &chosen(packer)).object["name"].clone()
        };
        assert_eq!(name(Packer::Pnpm), "cat");
        std::fs::create_dir(folder.path().join("dist")).unwrap();
        std::fs::write(folder.path().join("dist/package.json"), r#"{"name":"dog"}"#).unwrap();
        assert_eq!(name(Packer::Pnpm), "dog");
        assert_eq!(name(Packer::Yarn), "cat");
    }
}
