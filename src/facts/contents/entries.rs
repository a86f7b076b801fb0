//! The entry points of a package.json, and the file of each.

use serde_json::{Map, Value};

use super::targets::{Finder, Target};
use crate::manifest::{Manifest, escape_pointer};

/// An entry point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its kind.
    pub kind: EntryKind,
    /// The path as written.
    pub written: String,
    /// Its JSON pointer in package.json.
    pub pointer: String,
    /// The file that it leads to, or why there is none.
    pub target: Target,
}

/// The kind of an entry point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// `main`, which Node reads.
    Main,
    /// `main` next to `exports`, or next to an index.js: Node does not read it.
    DeadMain,
    /// A command.
    Bin,
    /// A target of `exports` under conditions of Node.
    Export,
    /// A target of `exports` under conditions of other tools.
    OtherExport,
    /// A target of `exports` with a `*`, which matches many files.
    ExportPattern,
    /// `types`, or a target of `exports` under `types`.
    Types,
    /// `module`, `browser`: read by bundlers.
    Bundler,
    /// A file that an install script runs.
    InstallScript,
}

/// The conditions that Node itself sets.
const NODE: [&str; 7] = [
    "import",
    "require",
    "node",
    "default",
    "node-addons",
    "module-sync",
    "production",
];
const INSTALL_SCRIPTS: [&str; 3] = ["preinstall", "install", "postinstall"];

/// All entry points of a package.
pub(super) fn of(manifest: &Manifest, finder: &Finder<'_>) -> Vec<Entry> {
    let object = &manifest.object;
    let mut entries = Vec::new();
    entries.extend(main(object, finder));
    bins(object, finder, &mut entries);
    if let Some(exports) = object.get("exports") {
        let walk = Exports { finder };
        walk.visit(exports, "/exports", EntryKind::Export, &mut entries);
    }
    let fields = [
        ("types", EntryKind::Types),
        ("typings", EntryKind::Types),
        ("module", EntryKind::Bundler),
        ("browser", EntryKind::Bundler),
    ];
    for (key, kind) in fields {
        let written = object.get(key).and_then(Value::as_str);
        entries.extend(written.filter(|it| !it.is_empty()).map(|written| Entry {
            kind,
            written: written.to_owned(),
            pointer: format!("/{key}"),
            target: if kind == EntryKind::Types {
                declarations(written, finder)
            } else {
                loose(written, finder)
            },
        }));
    }
    install_scripts(object, finder, &mut entries);
    entries
}

/// The path below the package, without dots; `None` if it leads out of the package.
pub(super) fn normal(written: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

fn main(object: &Map<String, Value>, finder: &Finder<'_>) -> Option<Entry> {
    let written = object.get("main")?.as_str().filter(|it| !it.is_empty())?;
    let has_index = ["index.js", "index.json", "index.node"]
        .iter()
        .any(|index| finder.has(index));
    let name = object.get("name").and_then(Value::as_str);
    if name.is_some_and(|name| name.starts_with("@types/")) || holds_only_types(finder) {
        return None;
    }
    let dead = object.contains_key("exports") || has_index;
    Some(Entry {
        kind: if dead {
            EntryKind::DeadMain
        } else {
            EntryKind::Main
        },
        written: written.to_owned(),
        pointer: "/main".to_owned(),
        target: loose(written, finder),
    })
}

/// Whether the files only declare types and run nothing: such a package needs no `main`.
fn holds_only_types(finder: &Finder<'_>) -> bool {
    let is_types = |path: &str| {
        let ends = [".d.ts", ".d.mts", ".d.cts"];
        ends.iter().any(|end| path.ends_with(end))
    };
    let is_code = |path: &str| {
        let extension = path.rsplit('.').next().unwrap_or_default();
        let code = [
            "js", "cjs", "mjs", "jsx", "ts", "cts", "mts", "tsx", "node", "wasm",
        ];
        code.contains(&extension) && !is_types(path)
    };
    finder.paths().any(is_types) && !finder.paths().any(is_code)
}

/// A path resolved as `require` does: with the usual extensions, or as a folder's index.
fn loose(written: &str, finder: &Finder<'_>) -> Target {
    let Some(path) = normal(written) else {
        return finder.exact(written);
    };
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    let files = ["", ".js", ".json", ".node"].map(|end| format!("{path}{end}"));
    let indices = ["js", "json", "node"].map(|end| format!("{prefix}index.{end}"));
    let candidates: Vec<String> = files.into_iter().chain(indices).collect();
    finder.first_of(&candidates)
}

/// A path resolved as TypeScript resolves types: with its extensions, next to a JavaScript
/// file, or as a folder's index.
fn declarations(written: &str, finder: &Finder<'_>) -> Target {
    let Some(path) = normal(written) else {
        return finder.exact(written);
    };
    let stem = ["js", "mjs", "cjs"]
        .iter()
        .find_map(|end| path.strip_suffix(end)?.strip_suffix('.'));
    let stem = stem.unwrap_or(&path);
    let ends = [".d.ts", ".d.mts", ".d.cts", ".ts", ".tsx"];
    let beside = ends.map(|end| format!("{stem}{end}"));
    let index = format!("{path}/index.d.ts");
    let all = std::iter::once(path.clone()).chain(beside);
    let candidates: Vec<String> = all.chain([index]).collect();
    finder.first_of(&candidates)
}

fn bins(object: &Map<String, Value>, finder: &Finder<'_>, entries: &mut Vec<Entry>) {
    let mut add = |written: &str, pointer: String| {
        let Some(path) = normal(&format!("/{written}")).filter(|path| !path.is_empty()) else {
            return;
        };
        entries.push(Entry {
            kind: EntryKind::Bin,
            written: written.to_owned(),
            pointer,
            target: finder.exact(&path),
        });
    };
    match object.get("bin") {
        Some(Value::String(written)) => add(written, "/bin".to_owned()),
        Some(Value::Object(bins)) => {
            for (name, written) in bins {
                if let Some(written) = written.as_str() {
                    add(written, format!("/bin/{}", escape_pointer(name)));
                }
            }
        }
        _ => {}
    }
}

struct Exports<'a, 'b> {
    finder: &'a Finder<'b>,
}

impl Exports<'_, '_> {
    /// Visits `exports`. Fallback arrays are skipped: one of their elements is
    /// enough.
    fn visit(&self, value: &Value, pointer: &str, kind: EntryKind, entries: &mut Vec<Entry>) {
        match value {
            Value::String(written) => entries.extend(self.entry(written, pointer, kind)),
            Value::Object(object) => {
                for (key, value) in object {
                    let kind = match key.as_str() {
                        path if path.starts_with('.') => kind,
                        condition if condition.starts_with("types") => EntryKind::Types,
                        condition if NODE.contains(&condition) => kind,
                        _ => EntryKind::OtherExport,
                    };
                    let pointer = format!("{pointer}/{}", escape_pointer(key));
                    self.visit(value, &pointer, kind, entries);
                }
            }
            _ => {}
        }
    }

    fn entry(&self, written: &str, pointer: &str, kind: EntryKind) -> Option<Entry> {
        // A folder (`./lib/`) is a form of Node 16 and earlier.
        let path = written
            .strip_prefix("./")
            .filter(|_| !written.ends_with('/'))?;
        let path = normal(path)?;
        let (kind, target) = match path.split_once('*') {
            Some(parts) => (EntryKind::ExportPattern, self.finder.pattern(parts)),
            None => (kind, self.finder.exact(&path)),
        };
        Some(Entry {
            kind,
            written: written.to_owned(),
            pointer: pointer.to_owned(),
            target,
        })
    }
}

/// `node scripts/install.js`, `sh ./install.sh`: the file that is run.
fn install_scripts(object: &Map<String, Value>, finder: &Finder<'_>, entries: &mut Vec<Entry>) {
    let scripts = object.get("scripts").and_then(Value::as_object);
    for name in INSTALL_SCRIPTS {
        let script = scripts.and_then(|scripts| scripts.get(name)?.as_str());
        let Some(path) = script.and_then(script_file) else {
            continue;
        };
        let target = if finder.has_folder(&path) {
            Target::Packed(path.clone())
        } else {
            loose(&path, finder)
        };
        entries.push(Entry {
            kind: EntryKind::InstallScript,
            written: path,
            pointer: format!("/scripts/{name}"),
            target,
        });
    }
}

/// The file of a script that is only one plain command.
fn script_file(script: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./@ ".contains(c);
    let mut words = script.split_whitespace();
    let program = words.next().filter(|_| script.chars().all(plain))?;
    let file = words.next()?;
    let runs_files = matches!(program, "node" | "sh" | "bash");
    // A dependency's file is elsewhere once the package is installed.
    let is_file = !file.starts_with('-')
        && file.contains(['.', '/'])
        && !file.split('/').any(|part| part == "node_modules");
    (runs_files && is_file).then(|| normal(file)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_install_scripts_name_a_file() {
        let file = |script: &str| script_file(script);
        assert_eq!(
            file("node ./scripts/install.js --x"),
            Some("scripts/install.js".to_owned())
        );
        assert_eq!(file("sh install.sh"), Some("install.sh".to_owned()));
        for other in [
            "node -e 1",
            "node-gyp rebuild",
            "node a.js || true",
            "node $X.js",
            "cd x && node y.js",
            "node ../outside.js",
            "node ./node_modules/x/install.js",
        ] {
            assert_eq!(file(other), None, "{other}");
        }
    }
}
