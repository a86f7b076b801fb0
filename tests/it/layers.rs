//! The layers of `docs/architecture.md`: no module imports one above it, and no
//! imports form a cycle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules by floor, the lowest first. A module may import its own floor
/// and the floors below.
const FLOORS: [&[&str]; 10] = [
    &[
        "environment",
        "error",
        "escape",
        "file",
        "finding",
        "origin",
        "private",
        "process",
        "secret",
        "threads",
        "yaml",
    ],
    &["ci", "git", "manifest", "npm"],
    &["registry"],
    &["cli", "npmrc", "settings"],
    &["pack", "plan"],
    &["facts"],
    &["checks", "explain", "rehearsal", "verify"],
    &["config_report", "output", "progress", "report"],
    &["hook", "preflight", "release"],
    &["commands", "main"],
];

/// One import, with its line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    /// The importing file, relative to `src`.
    file: PathBuf,
    line: usize,
    text: String,
    /// The imported path below the crate's root, as `facts::gather::gather`.
    path: Vec<String>,
}

impl Import {
    fn from(&self) -> String {
        module_of(&self.file)[0].clone()
    }

    fn shown(&self) -> String {
        format!("src/{}:{}: {}", self.file.display(), self.line, self.text)
    }
}

/// The module path of a file: `facts/gather/mod.rs` is `facts::gather`.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Files that are compiled only for tests: those declared as `#[cfg(test)] mod x;`.
fn is_for_tests(file: &Path, sources: &BTreeMap<PathBuf, String>) -> bool {
    let module = module_of(file);
    (1..=module.len()).any(|depth| {
        let (name, parent) = module[..depth].split_last().expect("not empty");
        let parent: PathBuf = parent.iter().collect();
        let of_parent = sources
            .get(&parent.join("mod.rs"))
            .or_else(|| sources.get(&parent.with_extension("rs")))
            .or_else(|| sources.get(Path::new("lib.rs")).filter(|_| depth == 1));
        let lines: Vec<&str> = of_parent
            .map(|text| text.lines().collect())
            .unwrap_or_default();
        let is_declaration = |line: &str| {
            line.ends_with(&format!("mod {name};")) && !line.trim_start().starts_with("//")
        };
        lines
            .iter()
            .position(|line| is_declaration(line))
            .is_some_and(|at| at > 0 && lines[at - 1].trim() == "#[cfg(test)]")
    })
}

/// The code of a file with comments blanked and without its inline test modules, which are at
/// its end. Line numbers stay the same.
fn code(text: &str) -> String {
    let tests = text
        .match_indices("#[cfg(test)]")
        .find(|(at, marker)| {
            let rest = text[at + marker.len()..].trim_start();
            rest.starts_with("mod ")
                && rest[..rest.find(['{', ';']).unwrap_or(0)].trim() != ""
                && rest
                    .find('{')
                    .is_some_and(|brace| rest.find(';').is_none_or(|end| brace < end))
        })
        .map_or(text.len(), |(at, _)| at);
    text[..tests]
        .lines()
        .map(|line| line.find("//").map_or(line, |at| &line[..at]))
        .collect::<Vec<_>>()
        .join("\n")
}

/// `a::{b, c::d}` as `a::b` and `a::c::d`.
fn expand(tree: &str) -> Vec<String> {
    let Some(open) = tree.find('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let (head, rest) = (&tree[..open], &tree[open + 1..]);
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => {
                parts.push(&rest[start..at]);
                break;
            }
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(&rest[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    let parts = parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .flat_map(expand)
        .map(|part| format!("{head}{part}"))
        .collect()
}

/// The modules that a file's code declares.
fn children(code: &str) -> BTreeSet<&str> {
    let declared = code.lines().filter_map(|line| {
        let (_, name) = line.trim().strip_suffix(';')?.rsplit_once("mod ")?;
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        name.chars().all(is_name).then_some(name)
    });
    declared.collect()
}

/// Every path below `crate`, `self`, `super` or one of its own modules that a file's code
/// names, in a `use` or inline.
fn imports(file: &Path, text: &str) -> Vec<Import> {
    let code = code(text);
    let module = module_of(file);
    let children = children(&code);
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let before = &code[..at];
        let word_start = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
            .map_or(0, |at| at + 1);
        let word = &before[word_start..];
        let is_head = !before[..word_start].ends_with("::");
        let is_ours = ["crate", "self", "super", "safe_publish"].contains(&word);
        if !is_head || !(is_ours || children.contains(word)) {
            continue;
        }
        let tree = tree(&before[..word_start], &code[at + 2..]);
        let line = before.matches('\n').count() + 1;
        for path in expand(&tree) {
            found.push(Import {
                file: file.to_owned(),
                line,
                text: format!("{word}::{path}"),
                path: absolute(&module, word, &path),
            });
        }
    }
    found
}

/// What stands behind `word::`: a whole tree in a `use`, else one path.
fn tree(before: &str, rest: &str) -> String {
    let in_use = before
        .rsplit(['\n', ';'])
        .next()
        .is_some_and(|line| line.trim_start().starts_with("use ") || line.contains(" use "));
    let end = if in_use {
        rest.find(';')
    } else {
        rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
    };
    let words = rest[..end.unwrap_or(rest.len())].split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

/// A path in a module, from the crate's root.
fn absolute(module: &[String], word: &str, path: &str) -> Vec<String> {
    let mut base = match word {
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        "crate" | "safe_publish" => Vec::new(),
        "self" => module.to_vec(),
        child => [module, &[child.to_owned()]].concat(),
    };
    for part in path.split("::").filter(|part| !part.is_empty()) {
        if part == "super" {
            base.pop();
        } else {
            base.push(part.to_owned());
        }
    }
    base
}

pub(crate) fn sources() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("src is readable");
        (
            path.strip_prefix(&root).expect("below src").to_owned(),
            text,
        )
    };
    files.into_iter().map(read).collect()
}

fn all_imports() -> Vec<Import> {
    let sources = sources();
    sources
        .iter()
        .filter(|(file, _)| *file != Path::new("lib.rs") && !is_for_tests(file, &sources))
        .flat_map(|(file, text)| imports(file, text))
        .collect()
}

pub(crate) fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

pub(crate) fn modules() -> BTreeSet<String> {
    let modules = sources()
        .into_keys()
        .map(|file| module_of(&file)[0].clone());
    modules.filter(|module| module != "lib").collect()
}

#[test]
fn every_module_has_a_floor() {
    let homeless: Vec<String> = modules()
        .into_iter()
        .filter(|module| floor(module).is_none())
        .collect();
    assert!(
        homeless.is_empty(),
        "give these modules a floor: {homeless:?}"
    );
}

#[test]
fn no_import_climbs() {
    let climbing: Vec<String> = all_imports()
        .iter()
        .filter(|import| {
            let target = import.path.first().and_then(|module| floor(module));
            target.is_some_and(|target| Some(target) > floor(&import.from()))
        })
        .map(Import::shown)
        .collect();
    assert!(
        climbing.is_empty(),
        "imports of a higher floor:\n{}",
        climbing.join("\n")
    );
}

/// The file that an imported path leads to: the longest prefix that is a file.
fn target<'a>(path: &[String], files: &'a BTreeMap<Vec<String>, PathBuf>) -> Option<&'a PathBuf> {
    (1..=path.len())
        .rev()
        .find_map(|length| files.get(&path[..length]))
}

#[test]
fn no_imports_form_a_cycle() {
    let sources = sources();
    let files: BTreeMap<Vec<String>, PathBuf> = sources
        .keys()
        .map(|file| (module_of(file), file.clone()))
        .collect();
    let mut edges: BTreeMap<PathBuf, BTreeMap<PathBuf, String>> = BTreeMap::new();
    for import in all_imports() {
        let Some(to) = target(&import.path, &files) else {
            continue;
        };
        // A folder's own file contains what its files share, and lists them.
        let is_parent = to.file_name().is_some_and(|name| name == "mod.rs")
            && import
                .file
                .starts_with(to.parent().unwrap_or(Path::new("")));
        if *to != import.file && !is_parent {
            let from = edges.entry(import.file.clone()).or_default();
            from.entry(to.clone()).or_insert_with(|| import.shown());
        }
    }
    let mut cycles = Vec::new();
    for (from, targets) in &edges {
        for (to, line) in targets {
            if reaches(to, from, &edges) {
                cycles.push(line.clone());
            }
        }
    }
    assert!(
        cycles.is_empty(),
        "imports that close a cycle:\n{}",
        cycles.join("\n")
    );
}

fn reaches(
    from: &PathBuf,
    to: &PathBuf,
    edges: &BTreeMap<PathBuf, BTreeMap<PathBuf, String>>,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        if file == to {
            return true;
        }
        if seen.insert(file) {
            open.extend(edges.get(file).into_iter().flat_map(BTreeMap::keys));
        }
    }
    false
}
