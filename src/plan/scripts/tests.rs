//! What scripts may change in package.json.

use std::fs;

use serde_json::{Value, json};

use super::*;
use crate::facts::fake::fake_of;

/// What `prepack` may change, given the other scripts.
fn extent_in(folder: &Path, prepack: &str, others: &Value) -> Extent {
    let mut scripts = others.clone();
    scripts["prepack"] = json!(prepack);
    let manifest = json!({ "name": "cat", "version": "1.0.0", "scripts": scripts });
    let path = folder.join("package.json");
    let manifest = Manifest::parse(&path, manifest.to_string().as_bytes()).unwrap();
    let rewrites = Rewrite::of(&manifest, &["prepack".to_owned()]);
    rewrites
        .into_iter()
        .next()
        .map_or(Extent::Nothing, |rewrite| rewrite.extent)
}

fn extent(prepack: &str) -> Extent {
    extent_in(Path::new("/nowhere"), prepack, &json!({}))
}

fn paths(paths: &[&str]) -> Extent {
    Extent::Paths(paths.iter().map(|&path| path.to_owned()).collect())
}

#[test]
fn what_builds_tests_and_cleans_writes_nothing() {
    for script in [
        "tsc",
        "tsc -p tsconfig.build.json && eslint . --max-warnings 0",
        "NODE_ENV=production cross-env CI=1 rollup -c rollup.config.js",
        "rimraf dist && mkdir -p dist && cp -r assets dist/ && cp package.json dist/",
        "npx --yes tsup src/index.ts --format cjs,esm",
        "husky install || true",
        "is-ci || husky",
        "./node_modules/.bin/tsc",
        "node node_modules/typescript/bin/tsc",
        "node --test",
        "npm ci && npm pack --dry-run",
        "npm pkg get version",
        "npm version",
        "cd docs && vite build",
        "if [ -d dist ]; then rm -rf dist; fi",
        "echo done > dist/stamp",
        "git diff --exit-code && git push --tags",
        "yarn tsc",
        "pnpm exec eslint .",
        "npm pkg delete publishConfig.registry",
        "",
    ] {
        assert_eq!(extent(script), Extent::Nothing, "{script}");
    }
}

#[test]
fn fields_that_npm_pkg_and_npm_version_write() {
    let access = paths(&["publishConfig.access"]);
    assert_eq!(extent("npm pkg set publishConfig.access=public"), access);
    assert_eq!(
        extent("tsc && npm pkg set 'publishConfig[access]=public' --json"),
        access
    );
    assert_eq!(
        extent("npm pkg delete private && npm pkg set name=@acme/cat"),
        paths(&["private", "name"])
    );
    assert_eq!(
        extent("npm version patch --no-git-tag-version"),
        paths(&["version"])
    );
}

#[test]
fn every_doubt_is_a_change() {
    for script in [
        "node fix.js",
        "tsx scripts/prepare.ts",
        "bash scripts/publish.sh",
        "./prepare.sh",
        "make dist",
        "gulp release",
        "jq 'del(.private)' package.json > tmp && mv tmp package.json",
        "jq . a.json > package.json",
        "sed -i s/a/b/ package.json",
        "sed -i s/a/b/ *.json",
        "clean-publish",
        "lerna version",
        "semantic-release",
        "npm pkg set version=$(git describe)",
        "npm pkg set private=false --workspaces",
        "npm --prefix ../x run build",
        "cd dist && npm pkg set private=false",
        "cd dist && node ../fix.js",
        "npm pkg fix",
        "npm audit fix",
        "npm publish",
        "git checkout package.json",
        "cat <<EOF",
    ] {
        assert_eq!(extent(script), Extent::Anything, "{script}");
    }
}

#[test]
fn scripts_that_call_scripts_are_followed() {
    let others = json!({
        "build": "run-s clean build:*",
        "clean": "rimraf dist",
        "build:js": "tsc",
        "build:css": "concurrently \"npm:css\" 'sass x'",
        "css": "postcss a.css",
        "postbuild": "npm run build",
        "all": "npm run build && npm test",
        "test": "vitest run",
        "release": "npm version patch",
        "preversion": "npm test",
        "fix": "npm run all && node fix.js",
    });
    let folder = Path::new("/nowhere");
    let extent = |script: &str| extent_in(folder, script, &others);
    for script in [
        "npm run all",
        "yarn build",
        "pnpm run build --silent",
        "npm t",
    ] {
        assert_eq!(extent(script), Extent::Nothing, "{script}");
    }
    assert_eq!(extent("npm run release"), paths(&["version"]));
    assert_eq!(extent("npm run fix"), Extent::Anything);
}

#[test]
fn scripts_that_call_each_other_without_end_are_given_up() {
    let mut others = json!({});
    for at in 0..30 {
        let next = format!("npm run s{}", at + 1);
        others[format!("s{at}")] = json!([next.as_str(); 3].join("; "));
    }
    let folder = Path::new("/nowhere");
    assert_eq!(extent_in(folder, "npm run s0", &others), Extent::Anything);
    assert_eq!(extent(&"env ".repeat(50_000)), Extent::Anything);
}

#[test]
fn files_of_scripts_are_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "build.js",
        "require('esbuild').buildSync({ outdir: 'dist' })",
    );
    write(
        "fix.mjs",
        "import fs from 'node:fs'\nfs.writeFileSync('package.json', '{}')",
    );
    write(
        "build.sh",
        "#!/bin/sh\nset -e\n# compiles\ntsc\nnode build.js\n",
    );
    write("fix.sh", "npm pkg delete private\n");
    let extent = |script: &str| extent_in(folder.path(), script, &json!({}));
    for script in [
        "node build.js",
        "node ./build",
        "sh build.sh",
        "./build.sh",
        "node -e '1'",
    ] {
        assert_eq!(extent(script), Extent::Nothing, "{script}");
    }
    for script in [
        "node fix.mjs",
        "sh fix.sh",
        "node build.js package.json",
        "node -e \"require('fs').writeFileSync('package.json', '{}')\"",
    ] {
        assert_eq!(extent(script), Extent::Anything, "{script}");
    }
}

#[test]
fn a_statement_rests_on_what_npm_reads_after_the_script() {
    let package = |extent: Extent, script: &str| {
        let mut package = fake_of(json!({ "name": "cat", "version": "1.0.0" })).package;
        let script = script.to_owned();
        package.rewrites = vec![Rewrite { script, extent }];
        package
    };
    let access = package(paths(&["publishConfig.access"]), "prepack");
    assert!(Field::Access.rewritten_by(&access).is_some());
    assert!(Field::Registry.rewritten_by(&access).is_none());
    assert!(Field::Private.rewritten_by(&access).is_none());
    let scope = package(paths(&["publishConfig.@acme:registry"]), "prepack");
    assert!(Field::Registry.rewritten_by(&scope).is_some());
    assert!(
        Field::Credential.rewritten_by(&scope).is_none(),
        "there is no credential for another registry"
    );
    let late = package(Extent::Anything, "postpack");
    assert!(Field::Version.rewritten_by(&late).is_some());
    assert!(Field::Tree.rewritten_by(&late).is_none());
}
