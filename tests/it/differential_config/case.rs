//! A case: folders with files, variables, arguments and a package.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use safe_publish::environment::Environment;
use safe_publish::manifest::Manifest;
use safe_publish::manifest::workspaces::Workspaces;
use safe_publish::npm::Npm;
use safe_publish::npmrc::{CommandLine, Config};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::generate::{Bias, Generator};
use super::ours;
use crate::support::npm_oracle;

/// The keys whose values are compared after validation. npm itself rewrites `scope` and
/// `auth-type`; their effect is compared in the requests.
#[rustfmt::skip]
pub(super) const KEYS: &[&str] = &[
    "registry", "@s:registry", "tag", "access", "provenance", "otp", "force", "dry-run", "json", "ignore-scripts",
    "workspaces", "workspace", "include-workspace-root", "strict-ssl", "fetch-retries", "loglevel", "location",
    "proxy", "https-proxy", "noproxy", "lockfile-version", "cache", "unknown",
];

/// Every folder of a case.
const FOLDERS: [&str; 7] = [
    "home",
    "proj/sub",
    "proj/packages/a/lib",
    "other",
    "prefix/etc",
    "npm",
    "bin",
];

/// Where a command runs. The project is named several times: it is usual.
const WORKING_FOLDERS: &[&str] = &[
    "proj",
    "proj",
    "proj",
    "proj/sub",
    "proj/packages/a",
    "proj/packages/a/lib",
    "home",
    "other",
];

/// A file in .npmrc format, which one case in so many has.
const NPMRC_FILES: [(&str, usize); 8] = [
    ("proj/.npmrc", 2),
    ("home/.npmrc", 2),
    ("prefix/etc/npmrc", 3),
    ("npm/npmrc", 8),
    ("proj/packages/a/.npmrc", 4),
    ("other/rc", 3),
    ("proj/sub/.npmrc", 6),
    ("proj/rc", 6),
];

pub(super) struct Case {
    folder: TempDir,
    root: PathBuf,
    cwd: PathBuf,
    variables: BTreeMap<String, String>,
    args: Vec<String>,
    name: &'static str,
    publish_config: Option<Value>,
    files: Vec<(String, String)>,
}

impl Case {
    pub(super) fn make(make: &mut Generator, bias: Bias) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in FOLDERS {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let mut case = Self {
            cwd: root.join(make.random.pick(WORKING_FOLDERS)),
            variables: BTreeMap::new(),
            args: make.usual_args(bias),
            name: make.random.pick(&["p1", "@s/p1", "@s/p1", "@o/p1"]),
            publish_config: None,
            files: Vec::new(),
            folder,
            root,
        };
        case.add_manifests(make);
        case.add_npmrc_files(make, bias);
        case.set_variables(make, bias);
        case.set_publish_config(make, bias);
        case
    }

    fn add_npmrc_files(&mut self, make: &mut Generator, bias: Bias) {
        for (name, of) in NPMRC_FILES {
            if make.random.chance(of) {
                let text = make.npmrc(bias);
                self.add(name, text);
            }
        }
        if make.random.chance(40) && !self.files.iter().any(|(name, _)| name == "proj/.npmrc") {
            fs::create_dir(self.root.join("proj/.npmrc")).unwrap();
        }
    }

    fn add(&mut self, name: &str, text: String) {
        fs::write(self.root.join(name), &text).unwrap();
        self.files.push((name.to_owned(), text));
    }

    fn add_manifests(&mut self, make: &mut Generator) {
        match make.random.below(4) {
            0 => self.add("proj/package.json", json!({"name": "root"}).to_string()),
            1 => fs::create_dir(self.root.join("proj/node_modules")).unwrap(),
            _ => {
                let patterns = make.random.pick(&[
                    "packages/*",
                    "packages/a",
                    "./packages/**",
                    "x/*",
                    "packages/b",
                    "sub",
                ]);
                self.add(
                    "proj/package.json",
                    json!({"name": "root", "workspaces": [patterns]}).to_string(),
                );
            }
        }
        if make.random.chance(2) {
            self.add(
                "proj/packages/a/package.json",
                json!({"name": "a"}).to_string(),
            );
        }
        if make.random.chance(4) {
            self.add("proj/sub/package.json", json!({"name": "sub"}).to_string());
        }
    }

    fn set_variables(&mut self, make: &mut Generator, bias: Bias) {
        let root = self.root.display().to_string();
        let mut set = |name: String, value: String| self.variables.insert(name, value);
        set("HOME".into(), format!("{root}/home"));
        if make.random.chance(4) {
            // The prefix is then derived from Node's own location.
            fs::write(format!("{root}/bin/node"), "").unwrap();
            set_executable(Path::new(&format!("{root}/bin/node")));
            set("PATH".into(), format!("{root}/bin"));
            if make.random.chance(3) {
                set("DESTDIR".into(), format!("{root}/other"));
            }
        } else {
            set("PREFIX".into(), format!("{root}/prefix"));
        }
        for (name, value) in [
            ("URL", "http://h/"),
            ("TOKEN", "tok"),
            ("EMPTY", ""),
            ("WORD", "s"),
            ("HOST", "h"),
            ("NULL", "null"),
            ("SPACED", " tok "),
        ] {
            set(name.into(), value.into());
        }
        for _ in 0..make.random.below(3) {
            let (key, value) = make.setting(bias);
            let prefix = make
                .random
                .pick(&["npm_config_", "NPM_CONFIG_", "npm_Config_"]);
            let key = key.trim_end_matches("[]").to_owned();
            let key = if key.starts_with("//") || key.starts_with('@') {
                key
            } else if make.random.chance(2) {
                key.replace('-', "_").to_uppercase()
            } else {
                key.replace('-', "_")
            };
            set(format!("{prefix}{key}"), value);
        }
        if bias == Bias::Layers && make.random.chance(8) {
            let rc =
                make.random
                    .pick(&["other/rc", "proj/.npmrc", "prefix/etc/npmrc", "home/.npmrc"]);
            set("npm_config_userconfig".into(), format!("{root}/{rc}"));
        }
    }

    fn set_publish_config(&mut self, make: &mut Generator, bias: Bias) {
        if make.random.chance(2) {
            return;
        }
        let mut object = Map::new();
        for _ in 0..make.random.below(3) {
            let (key, value) = make.setting(bias);
            let network = ["proxy", "https-proxy", "noproxy", "ca", "strict-ssl"];
            // On these, npm's own flattening fails with a TypeError.
            let fatal = [
                "workspace",
                "workspaces",
                "cache",
                "min-release-age-exclude",
            ];
            let passed_over = network.contains(&key.as_str()) || fatal.contains(&key.as_str());
            if key.ends_with("[]") || passed_over {
                continue;
            }
            let value = match make.random.below(8) {
                0 => json!(true),
                1 => json!(null),
                2 => json!(5),
                _ => json!(value),
            };
            if key != "scope" || value.is_string() {
                object.insert(key, value);
            }
        }
        self.publish_config = Some(Value::Object(object));
    }

    pub(super) fn question(&self) -> Value {
        let args: Vec<_> = std::iter::once("publish")
            .chain(self.args.iter().map(String::as_str))
            .collect();
        json!({
            "ask": "config",
            "args": args,
            "cwd": self.cwd,
            "env": self.variables,
            "npm": self.root.join("npm"),
            "node": self.root.join("bin/node"),
            "name": self.name,
            "publishConfig": self.publish_config,
            "keys": KEYS,
        })
    }

    /// The content of the case, for the report of a difference.
    pub(super) fn describe(&self) -> String {
        let all = json!({
            "args": self.args, "cwd": self.cwd, "name": self.name,
            "variables": self.variables, "publishConfig": self.publish_config, "files": self.files,
        });
        all.to_string()
            .replace(&self.root.display().to_string(), "")
    }

    /// Our reading of it.
    pub(super) fn seen(&self, answer: &Value) -> Value {
        let mut environment = Environment::bare(&self.cwd);
        environment.variables = self.variables.clone();
        environment.home = Some(self.root.join("home"));
        let npm = Npm {
            root: self.root.join("npm"),
            ..npm_oracle::npm()
        };
        let command_line = CommandLine::parse(&self.args, Some(&npm.version));
        let is_member = |root: &Path, folder: &Path| {
            let manifest = Manifest::read(&root.join("package.json"));
            manifest.is_ok_and(|manifest| Workspaces::is_member(root, &manifest, folder))
        };
        let config = Config::load(command_line, &environment, Some(&npm), &is_member);
        let mut object = json!({"name": self.name, "version": "1.0.0"});
        if let Some(publish_config) = &self.publish_config {
            object["publishConfig"] = publish_config.clone();
        }
        let manifest = Manifest::from_json(object);
        ours::seen(
            &config,
            &manifest,
            &environment,
            (self.name, &npm.version),
            answer,
        )
    }

    #[allow(dead_code, reason = "the folder lives as long as the case")]
    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

#[cfg(unix)]
fn set_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn set_executable(_path: &Path) {}
