//! Package trees made from what matters to npm's rules. The same seed makes the
//! same trees.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::tree::{Thing, Tree};
use crate::support::random::Random;

/// A tree, and what is packed from it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) things: BTreeMap<String, Thing>,
    /// The package's folder in the tree.
    pub(super) package: String,
    /// The workspace members that the run covers.
    pub(super) workspaces: Vec<String>,
}

pub(super) struct Generator {
    pub(super) random: Random,
}

#[rustfmt::skip]
const NAMES: &[&str] = &[
    "index.js", "main.js", "main.MJS", "cli.js", "util.spec.ts", "types.d.ts", "style.css", "data.json", "b.wasm",
    "index.js.map", ".env", ".env.production", ".prettierrc", "Makefile", "tsconfig.build.json", "f", "b", "c", "e.txt",
    "README", "README.md", "readme.MD", "Readme.de.md", "README.md~", "LICENSE", "licence.txt", "COPYING.LESSER", "LICENSE-APACHE",
    "CHANGELOG.md", ".npmrc", ".npmignore.orig", "x.orig", ".DS_Store", "._x", ".swp", ".a.swp", "npm-debug.log", "NPM-DEBUG.LOG",
    ".lock-wscript", ".wafpickle-1", "config.gypi", "package-lock.json", "yarn.lock", "npm-shrinkwrap.json", "pnpm-lock.yaml",
    "bun.lock", "bun.lockb", "deno.lock", "Package.json", ".yarnrc.yml", ".git", "CVS", "dist",
];
#[rustfmt::skip]
const ODD_NAMES: &[&str] = &[
    "a b.js", "[id].js", "{x}.js", "(group).js", "!bang.js", "#hash", "@scope.js", "ä.js", "Ä.js", "ß.js", "日本.js", "😀.js",
    "\u{130}.js", "\u{212a}.js", "e\u{301}.js", "star*.js", "q?.js", "back\\slash.js", "+(a).js", "$x.js", "~x", "x~", "-x",
    "..x", "x.", "trailing ", " leading", "10.js", "9.js", "a-b.js", "a_b.js", "AB.js", "co:lon", "new\nline.js",
];
#[rustfmt::skip]
const FOLDERS: &[&str] = &[
    "lib", "src", "dist", "dist-es", "build", "bin", "test", "docs", "Lib", "node_modules", "archived-packages", ".git", ".svn",
    "CVS", "._y", ".github", "deep", "readme", "license", "esm", "types", "a",
];
/// Packages in node_modules; one of them is missing.
const PACKAGES: [&str; 5] = ["one", "two", "@org/three", "deep", "gone"];
const ODD_FOLDERS: &[&str] = &["[slug]", "(app)", "{b}", "x y", "@org", "é"];

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
        }
    }

    pub(super) fn case(&mut self) -> Case {
        let odd = self.random.percent(25);
        let mut tree = Tree::default();
        self.fill(&mut tree, "", 2, odd);
        if self.random.percent(22) {
            return self.workspace(tree);
        }
        let mut manifest = self.manifest(&tree, "pkg");
        if self.random.percent(18) {
            self.dependencies(&mut tree, &mut manifest);
        }
        self.ignore_files(&mut tree, "");
        self.links(&mut tree);
        tree.manifest("", &self.written(&manifest));
        Case {
            things: tree.things,
            package: String::new(),
            workspaces: Vec::new(),
        }
    }

    fn fill(&mut self, tree: &mut Tree, at: &str, depth: usize, odd: bool) {
        for _ in 0..=self.random.below(5) {
            let names = if odd && self.random.percent(30) {
                ODD_NAMES
            } else {
                NAMES
            };
            let name = self.random.pick(names);
            let size = [0, 1, 20, 600][self.random.below(4)];
            let mode = [0o644, 0o644, 0o755, 0o600, 0o666, 0o4755, 0o444][self.random.below(7)];
            tree.file(&format!("{at}{name}"), &"x".repeat(size), mode);
        }
        if depth == 0 {
            return;
        }
        for _ in 0..self.random.below(4) {
            let folders = if odd && self.random.percent(30) {
                ODD_FOLDERS
            } else {
                FOLDERS
            };
            let folder = self.random.pick(folders);
            self.fill(tree, &format!("{at}{folder}/"), depth - 1, odd);
            if self.random.percent(8) {
                let text = self.random.pick(&[
                    "{}",
                    "*.js\n",
                    "{\"main\":\"x\"}\n",
                    "{\n\"name\": \"n\"\n}\n",
                ]);
                tree.file(&format!("{at}{folder}/package.json"), text, 0o644);
            }
        }
    }

    fn links(&mut self, tree: &mut Tree) {
        if self.random.percent(12) {
            let name =
                self.random
                    .pick(&["link", "lib/link.js", "README.md", "dist", ".gitignore"]);
            let to = self
                .random
                .pick(&["index.js", "lib", ".", "..", "nowhere", "dist/index.js"]);
            tree.put(name, Thing::Link { to: to.to_owned() });
        }
        let files = tree.files();
        if self.random.percent(6) && !files.is_empty() {
            let to = files[self.random.below(files.len())].clone();
            tree.put("hard.js", Thing::HardLink { to });
        }
    }

    fn files_field(&mut self, tree: &Tree) -> Value {
        if self.random.percent(6) {
            let odd = [
                json!([]),
                json!([""]),
                json!(false),
                json!(null),
                json!("lib"),
                json!({"a": 1}),
                json!([1]),
                json!(true),
                json!(["*"]),
            ];
            return odd[self.random.below(odd.len())].clone();
        }
        let entries: Vec<String> = (0..=self.random.below(5))
            .map(|_| {
                let mark = match self.random.below(12) {
                    0 | 1 => "!",
                    2 if self.random.percent(30) => "!!",
                    _ => "",
                };
                format!("{mark}{}", self.pattern(tree))
            })
            .collect();
        json!(entries)
    }

    fn target(&mut self, tree: &Tree) -> String {
        match self.random.below(4) {
            0 => self.pattern(tree),
            1 => format!("./{}", self.pattern(tree)),
            _ => {
                let files = tree.files();
                if files.is_empty() {
                    "index.js".to_owned()
                } else {
                    files[self.random.below(files.len())].clone()
                }
            }
        }
    }

    fn manifest(&mut self, tree: &Tree, name: &str) -> Map<String, Value> {
        let mut manifest = Map::new();
        manifest.insert("name".to_owned(), json!(name));
        manifest.insert("version".to_owned(), json!("1.0.0"));
        let mut add = |key: &str, value: Value| manifest.insert(key.to_owned(), value);
        if self.random.percent(60) {
            add("files", self.files_field(tree));
        }
        if self.random.percent(45) {
            add("main", json!(self.target(tree)));
        }
        if self.random.percent(12) {
            let odd = [
                json!(self.target(tree)),
                json!({"./a": "./b"}),
                json!(false),
                json!(["a", ["b"]]),
                json!(7),
            ];
            add("browser", odd[self.random.below(odd.len())].clone());
        }
        if self.random.percent(25) {
            let odd = [
                json!(self.target(tree)),
                json!({"x": self.target(tree), "y": self.target(tree)}),
                json!([self.target(tree)]),
                json!([self.target(tree), self.target(tree)]),
                json!({"x": 1}),
                json!(""),
            ];
            add("bin", odd[self.random.below(odd.len())].clone());
        }
        if self.random.percent(4) {
            add(
                "directories",
                json!({"bin": self.random.pick(&["bin", "./lib", ".", "nowhere", "../x"])}),
            );
        }
        if self.random.percent(4) {
            add("patchedDependencies", json!({"x": self.target(tree)}));
        }
        manifest
    }

    fn written(&mut self, manifest: &Map<String, Value>) -> String {
        let value = Value::Object(manifest.clone());
        match self.random.below(5) {
            0 => value.to_string(),
            1 => serde_json::to_string_pretty(&value)
                .unwrap()
                .replace('\n', "\r\n"),
            2 => format!("\u{feff}{value}\n"),
            _ => serde_json::to_string_pretty(&value).unwrap() + "\n",
        }
    }

    /// Packages in node_modules, some of them bundled.
    fn dependencies(&mut self, tree: &mut Tree, manifest: &mut Map<String, Value>) {
        for name in PACKAGES {
            if name != "gone" && !self.random.percent(25) {
                let inner = self.dependency(name);
                self.install(tree, name, inner);
            }
        }
        for name in PACKAGES {
            if self.random.percent(80) {
                let key = self.random.pick(&[
                    "dependencies",
                    "dependencies",
                    "optionalDependencies",
                    "devDependencies",
                    "peerDependencies",
                ]);
                let field = manifest.entry(key).or_insert_with(|| json!({}));
                field[name] = json!("*");
            }
        }
        self.bundle(manifest);
    }

    /// A dependency, which may have dependencies itself.
    fn dependency(&mut self, name: &str) -> Tree {
        let mut inner = Tree::default();
        let odd = self.random.percent(10);
        self.fill(&mut inner, "", 1, odd);
        let mut own = self.manifest(&inner, name);
        if self.random.percent(50) {
            let keys = ["dependencies", "optionalDependencies", "peerDependencies"];
            let key = self.random.pick(&keys);
            own.insert(key.to_owned(), json!({self.random.pick(&PACKAGES): "*"}));
        }
        self.ignore_files(&mut inner, "");
        inner.manifest("", &Value::Object(own).to_string());
        if self.random.percent(15) {
            inner.file(
                "node_modules/deep/package.json",
                "{\"name\":\"deep\",\"version\":\"9.0.0\"}",
                0o644,
            );
            inner.file("node_modules/deep/own.js", "", 0o644);
        }
        inner
    }

    /// Puts a package into node_modules, or a link to it.
    fn install(&mut self, tree: &mut Tree, name: &str, package: Tree) {
        let at = format!("node_modules/{name}");
        if !self.random.percent(15) {
            tree.add(&at, package);
            return;
        }
        tree.add(&format!("linked/{name}"), package);
        let up = if name.contains('/') { "../.." } else { ".." };
        let to = format!("{up}/linked/{name}");
        tree.put(&at, Thing::Link { to });
    }

    fn bundle(&mut self, manifest: &mut Map<String, Value>) {
        let names: Vec<&str> = PACKAGES
            .into_iter()
            .filter(|_| self.random.percent(50))
            .collect();
        let value = match self.random.below(6) {
            0 => json!(true),
            1 => json!({"one": "*"}),
            _ => json!(names),
        };
        let keys = ["bundleDependencies", "bundledDependencies"];
        manifest.insert(self.random.pick(&keys).to_owned(), value);
    }

    fn workspace(&mut self, mut tree: Tree) -> Case {
        const MEMBERS: [&str; 4] = ["packages/a", "packages/b", "apps/x/y", "solo"];
        let members: Vec<&str> = MEMBERS
            .into_iter()
            .filter(|_| self.random.percent(60))
            .collect();
        for member in &members {
            let mut inner = Tree::default();
            self.fill(&mut inner, "", 1, false);
            let manifest = self.manifest(&inner, &member.replace('/', "-"));
            self.ignore_files(&mut inner, "");
            inner.manifest("", &Value::Object(manifest).to_string());
            tree.replace(member, inner);
        }
        let mut manifest = self.manifest(&tree, "root");
        manifest.insert("workspaces".to_owned(), json!(members));
        self.ignore_files(&mut tree, "");
        for folder in ["packages", "apps", "apps/x"] {
            if self.random.percent(35) {
                let text = self.ignore_text(&tree);
                let name = self.random.pick(&[".npmignore", ".gitignore"]);
                tree.file(&format!("{folder}/{name}"), &text, 0o644);
            }
        }
        tree.manifest("", &Value::Object(manifest).to_string());
        let all: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
        let (package, workspaces) = match self.random.below(3) {
            0 if !members.is_empty() => {
                let one = all[self.random.below(all.len())].clone();
                (one.clone(), vec![one])
            }
            1 => (String::new(), all),
            _ => (String::new(), Vec::new()),
        };
        Case {
            things: tree.things,
            package,
            workspaces,
        }
    }
}
