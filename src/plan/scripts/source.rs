//! Searches the source code that a script runs with Node: whether it can write package.json.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::harmless;
use crate::file;

/// Larger files are generated, and are not searched.
const MAX_BYTES: u64 = 256 << 10;
/// At most this many files of one script are searched.
const MAX_FILES: usize = 24;

/// Words that code needs to write or move files.
const WRITING: [&str; 11] = [
    "write", "Write", "output", "copy", "cpSync", "rename", "move", "append", "replace", "save",
    "update",
];
/// Words in code that starts programs, or runs code that cannot be examined.
const STARTING: [&str; 15] = [
    "child_process",
    "exec",
    "spawn",
    "fork(",
    "shell",
    "zx",
    "$`",
    "Bun",
    "Deno",
    "eval",
    "Function(",
    "worker_threads",
    "vm'",
    "vm\"",
    "process.binding",
];
/// Packages that only do what their caller asks; the caller is examined.
const LIBRARIES: &[&str] = &[
    "@rollup/plugin-commonjs",
    "@rollup/plugin-json",
    "@rollup/plugin-node-resolve",
    "@rollup/plugin-typescript",
    "@swc/core",
    "ansi-colors",
    "chalk",
    "colors",
    "consola",
    "cross-env",
    "dotenv",
    "fast-glob",
    "fs-extra",
    "glob",
    "globby",
    "graceful-fs",
    "kleur",
    "magic-string",
    "mkdirp",
    "ora",
    "pathe",
    "picocolors",
    "postcss",
    "rimraf",
    "rollup-plugin-dts",
    "semver",
    "source-map-support",
    "tinyglobby",
    "ts-node",
    "typescript",
    "yargs",
];
/// Node's own modules that are harmless.
const BUILT_IN: &[&str] = &[
    "assert",
    "buffer",
    "console",
    "crypto",
    "events",
    "fs",
    "fs/promises",
    "http",
    "https",
    "os",
    "path",
    "perf_hooks",
    "process",
    "readline",
    "stream",
    "stream/promises",
    "string_decoder",
    "timers",
    "timers/promises",
    "url",
    "util",
    "zlib",
];

/// Whether the file of a script, or what it loads, can write package.json. A file that does not
/// exist is not searched.
pub(super) fn file_may_write(path: &Path) -> bool {
    let mut open = vec![path.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        let Some(path) = resolve(&path) else {
            return true;
        };
        if !seen.insert(path.clone()) {
            continue;
        }
        if seen.len() > MAX_FILES {
            return true;
        }
        let Ok(text) = file::read_text(&path, MAX_BYTES) else {
            return true;
        };
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            continue;
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        match loaded(&text, folder) {
            Some(files) if !text_may_write(&text) => open.extend(files),
            _ => return true,
        }
    }
    false
}

/// Whether code on a command line can write package.json.
pub(super) fn code_may_write(code: &str, folder: &Path) -> bool {
    match loaded(code, folder) {
        Some(files) if !text_may_write(code) => files.iter().any(|file| file_may_write(file)),
        _ => true,
    }
}

/// Whether a text mentions package.json and has a word for writing, or starts another program.
fn text_may_write(text: &str) -> bool {
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    holds(&STARTING) || (holds(&["package", "manifest"]) && holds(&WRITING))
}

/// The local files that code loads. `None` if it loads something that is not known to be
/// harmless, or computes what it loads.
fn loaded(text: &str, folder: &Path) -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    for word in ["require", "import", "from"] {
        for (at, _) in text.match_indices(word) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '-')) {
                continue;
            }
            let rest = text[at + word.len()..].trim_start();
            let (called, rest) = match rest.strip_prefix('(') {
                Some(inside) => (true, inside.trim_start()),
                None => (false, rest),
            };
            let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'));
            let Some(quote) = quote else {
                // `import(name)` and `require(name)` load something that cannot be examined.
                if called && word != "from" {
                    return None;
                }
                continue;
            };
            let name = rest[1..].split(quote).next()?;
            if name.starts_with('.') {
                files.push(folder.join(name));
            } else if !is_known(name) {
                return None;
            }
        }
    }
    Some(files)
}

/// Whether a package or one of Node's modules is known to be harmless.
fn is_known(name: &str) -> bool {
    let module = name.strip_prefix("node:").unwrap_or(name);
    BUILT_IN.contains(&module) || LIBRARIES.contains(&name) || harmless::is_harmless(name)
}

/// The file that Node would load for a path.
fn resolve(path: &Path) -> Option<PathBuf> {
    let with = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let ends = [
        "",
        ".js",
        ".cjs",
        ".mjs",
        ".ts",
        ".mts",
        ".cts",
        ".json",
        "/index.js",
        "/index.ts",
    ];
    let written_as_built = path.with_extension("ts");
    ends.into_iter()
        .map(with)
        .chain([written_as_built])
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn may_write(code: &str) -> bool {
        code_may_write(code, Path::new("."))
    }

    #[test]
    fn code_that_builds_cannot() {
        for code in [
            "require('esbuild').buildSync({ entryPoints: ['src/index.ts'], outdir: 'dist' })",
            "import { build } from 'vite';\nawait build()",
            "const fs = require('node:fs'); fs.writeFileSync('dist/a.js', 'x')",
        ] {
            assert!(!may_write(code), "{code}");
        }
    }

    #[test]
    fn code_that_writes_starts_or_loads_something_else_may() {
        for code in [
            "const p = require('./package.json'); fs.writeFileSync('package.json', '{}')",
            "require('child_process').execSync('npm version patch')",
            "require('@acme/release')()",
            "import(process.argv[2])",
            "const { $ } = await import('execa'); $`npm pkg delete private`",
            "require('./not-there')",
        ] {
            assert!(may_write(code), "{code}");
        }
    }

    #[test]
    fn files_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("package.json", "{}");
        write(
            "build.js",
            "require('./tools/a'); require('./package.json').version",
        );
        fs::create_dir(folder.path().join("tools")).unwrap();
        write("tools/a.js", "require('fs').mkdirSync('dist')");
        let build = folder.path().join("build.js");
        assert!(!file_may_write(&build));
        write(
            "tools/a.js",
            "require('fs').writeFileSync(process.env.npm_package_json, '')",
        );
        assert!(file_may_write(&build));
        assert!(file_may_write(&folder.path().join("gone.js")));
    }
}
