//! Whether the files that a manifest names as entry points are in the package.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::manifest::{EntryKind, Manifest};

/// An entry point of a package, and whether its file exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    /// `main`, `bin`, `require("x")`, `import "x/y"`, …
    pub what: String,
    /// The file that it resolves to, relative to the package.
    pub target: String,
    /// What is wrong, if it does not resolve.
    pub problem: Option<String>,
}

/// Conditions of `exports` that users of a package set. Others (`source`, `development`, custom
/// ones) may name files that are not packed.
const CONDITIONS: [&str; 9] = [
    "import",
    "require",
    "node",
    "default",
    "types",
    "browser",
    "module",
    "module-sync",
    "node-addons",
];

/// The entry points of an installed package, from its manifest; `None` if it has none.
pub(super) fn entry_points(
    manifest: Option<&Manifest>,
    files: &BTreeSet<String>,
) -> Vec<EntryPoint> {
    match manifest {
        Some(manifest) => declared_entry_points(manifest, files),
        None => vec![EntryPoint {
            what: "package.json".to_owned(),
            target: "package.json".to_owned(),
            problem: Some("it is missing after the installation".to_owned()),
        }],
    }
}

/// Everything that `main`, `module`, `types`, `bin` and `exports` name.
fn declared_entry_points(manifest: &Manifest, files: &BTreeSet<String>) -> Vec<EntryPoint> {
    let mut entries = Vec::new();
    let mut add = |way: EntryPoint| {
        if !entries.contains(&way) {
            entries.push(way);
        }
    };
    for entry in manifest.entries() {
        if entry.kind == EntryKind::Export {
            continue;
        }
        let there = has(files, entry.target, entry.kind);
        add(EntryPoint {
            what: entry
                .pointer
                .trim_start_matches('/')
                .replace('/', ".")
                .replace("~1", "/"),
            target: entry.target.to_owned(),
            problem: (!there).then(|| "no such file is in the package".to_owned()),
        });
    }
    if let Some(exports) = manifest.object.get("exports") {
        exported(exports, "exports", files, &mut add);
    }
    entries
}

/// Walks through `exports`. Targets under conditions that users do not set, and all but the
/// first target of a list, may be missing.
fn exported(value: &Value, what: &str, files: &BTreeSet<String>, add: &mut impl FnMut(EntryPoint)) {
    match value {
        Value::String(target) if target.starts_with("./") => {
            let problem = match target.split_once('*') {
                None => (!has(files, target, EntryKind::Export))
                    .then(|| "no such file is in the package".to_owned()),
                Some((start, end)) => (!matches_any(files, start, end))
                    .then(|| "no file in the package matches".to_owned()),
            };
            add(EntryPoint {
                what: what.to_owned(),
                target: target.clone(),
                problem,
            });
        }
        // Node uses the first well-formed target, even if the file does not exist.
        Value::Array(targets) => {
            if let Some(first) = targets.first() {
                exported(first, what, files, add);
            }
        }
        Value::Object(branches) => {
            for (key, branch) in branches {
                let for_users = key.starts_with('.')
                    || key.starts_with("types@")
                    || CONDITIONS.contains(&key.as_str());
                if for_users {
                    exported(branch, &format!("{what} > {key}"), files, add);
                }
            }
        }
        _ => {}
    }
}

/// `main` may leave out its extension, or name a folder with an index.
fn has(files: &BTreeSet<String>, target: &str, kind: EntryKind) -> bool {
    let path = plain(target);
    let path = path.trim_end_matches('/');
    let with = |suffix: &str| {
        let path = format!("{path}{suffix}");
        files.contains(path.trim_start_matches('/'))
    };
    if with("") {
        return true;
    }
    let endings: &[&str] = match kind {
        EntryKind::Main => &[
            ".js",
            ".json",
            ".node",
            "/index.js",
            "/index.json",
            "/index.node",
        ],
        EntryKind::Types => &[".d.ts", ".ts", "/index.d.ts"],
        EntryKind::Module => &[".js", ".mjs", "/index.js", "/index.mjs"],
        EntryKind::Bin | EntryKind::Export => &[],
    };
    endings.iter().any(|ending| with(ending))
}

/// Whether a file matches a pattern of `exports`: the star matches one or more characters,
/// including slashes.
fn matches_any(files: &BTreeSet<String>, start: &str, end: &str) -> bool {
    let start = plain(start);
    let start = start.as_str();
    files.iter().any(|file| {
        let rest = file.strip_prefix(start);
        // A second star repeats what the first one matched.
        let end = end.rsplit('*').next().unwrap_or(end);
        rest.is_some_and(|rest| rest.len() > end.len() && rest.ends_with(end))
    })
}

/// A path as in a tarball: without `./` and double slashes. The start of a pattern keeps its
/// trailing slash.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    format!("{}{end}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn broken(manifest: Value, files: &[&str]) -> Vec<String> {
        let files = files.iter().map(|&file| file.to_owned()).collect();
        declared_entry_points(&Manifest::from_json(manifest), &files)
            .into_iter()
            .filter(|way| way.problem.is_some())
            .map(|way| way.what)
            .collect()
    }

    #[test]
    fn what_node_would_find_is_there() {
        for main in [
            "lib",
            "./lib/",
            "lib/index",
            "./lib/index.js",
            "lib//index.js",
            ".",
        ] {
            let files = ["lib/index.js", "index.js"];
            assert!(broken(json!({ "main": main }), &files).is_empty(), "{main}");
        }
        assert_eq!(broken(json!({ "main": "lib" }), &["lib.ts"]), ["main"]);
    }

    #[test]
    fn patterns_must_match_something() {
        let manifest = json!({ "exports": { "./a/*": "./lib/*.js", "./b/*": "./gone/*", "./c/*": null, "./d/*": { "types": "./lib/*/x.d.ts" } } });
        assert_eq!(
            broken(manifest, &["lib/a.js", "lib/a/x.d.ts"]),
            ["exports > ./b/*"]
        );
    }

    #[test]
    fn an_authors_own_conditions_may_name_what_is_not_packed() {
        let manifest =
            json!({ "exports": { ".": { "source": "./src/x.ts", "import": "./gone.mjs" } } });
        assert_eq!(broken(manifest, &[]), ["exports > . > import"]);
    }
}
