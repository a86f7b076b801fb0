//! The package managers that people install with, in pinned versions from the
//! npm registry.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::git::script;
use super::npm_versions::{node_platform, npm};
use super::packages::installed;
#[cfg(windows)]
use super::sandbox::windows_variables;
use super::sandbox::{Run, search_path};

const PNPM_10: &str = "10.34.9";
const PNPM_12: &str = "12.21.0";
const YARN: &str = "4.18.1";
const BUN: &str = "1.4.5";

/// A package manager.
pub(crate) struct Manager {
    pub(crate) name: &'static str,
    /// The program and its first arguments.
    program: Vec<PathBuf>,
    /// A folder with `node` and `npm`, for PATH.
    path_dir: PathBuf,
    /// The arguments that add a development dependency to the project.
    pub(crate) add: &'static [&'static str],
    /// The arguments that run a package without installing it.
    pub(crate) once: &'static [&'static str],
    /// The arguments that start a dependency's command; empty if `node_modules/.bin` is used.
    pub(crate) start: &'static [&'static str],
    /// The project's `.yarnrc.yml`, with `{registry}` in it.
    yarnrc: &'static str,
}

impl Manager {
    /// Creates an empty project that installs packages from a registry.
    pub(crate) fn project(&self, folder: &Path, registry: &str) {
        fs::create_dir_all(folder).expect("a writable folder");
        let write = |name: &str, text: &str| {
            fs::write(folder.join(name), text).expect("a writable folder");
        };
        write("package.json", "{\"name\":\"project\",\"private\":true}\n");
        if self.yarnrc.is_empty() {
            write(".npmrc", &format!("registry={registry}\n"));
        } else {
            write("yarn.lock", "");
            write(".yarnrc.yml", &self.yarnrc.replace("{registry}", registry));
        }
    }

    /// A command of this manager in a project, hermetic except for its Node.
    pub(crate) fn command(&self, project: &Path, home: &Path, args: &[&str]) -> Command {
        let mut command = clean_command(&self.program[0], &self.path_dir, project, home);
        command.args(&self.program[1..]).args(args);
        command
    }

    /// Puts a program for it into a folder for PATH, under its own name.
    pub(crate) fn put_into(&self, bin: &Path, word: &str) {
        let quote = if cfg!(windows) { '"' } else { '\'' };
        let parts = self.program.iter();
        let program: Vec<String> = parts
            .map(|part| format!("{quote}{}{quote}", part.display()))
            .collect();
        let program = program.join(" ");
        if cfg!(windows) {
            let file = bin.join(word).with_extension("cmd");
            fs::write(file, format!("@{program} %*\r\n")).expect("a writable folder");
        } else {
            let text = format!("#!/bin/sh\nexec {program} \"$@\"\n");
            script(&bin.join(word), &text, 0o755);
        }
    }

    /// Runs the project's `safe-publish`.
    pub(crate) fn start(&self, project: &Path, home: &Path, args: &[&str]) -> Run {
        let mut command = if self.start.is_empty() {
            let bin = project.join("node_modules").join(".bin");
            let found = which::which_in("safe-publish", Some(bin), project);
            let command = found.expect("the manager has linked it");
            clean_command(&command, &self.path_dir, project, home)
        } else {
            self.command(project, home, self.start)
        };
        Run::of(command.args(args))
    }
}

/// A command that sees nothing of this machine except a Node and the system's tools.
pub(crate) fn clean_command(
    program: &Path,
    path_dir: &Path,
    folder: &Path,
    home: &Path,
) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", search_path(&[path_dir]))
        .env("HOME", home)
        .env("npm_config_update_notifier", "false")
        .env("YARN_ENABLE_TELEMETRY", "0")
        .env("YARN_ENABLE_GLOBAL_CACHE", "0")
        .current_dir(folder)
        .stdin(Stdio::null());
    #[cfg(windows)]
    command.envs(windows_variables(home));
    command
}

/// All of them: npm 10, 11 and 12, pnpm 10 and 12, yarn 4 with both of its
/// linkers, and bun.
pub(crate) fn managers() -> Vec<Manager> {
    let (system, machine) = node_platform();
    let pnpm = format!("@pnpm/exe.{system}-{machine}");
    let bun = format!(
        "@oven/bun-{}-{}",
        system.replace("win32", "windows"),
        machine.replace("arm64", "aarch64")
    );
    let manifest = json!({ "private": true, "dependencies": {
        "pnpm": PNPM_10, (&pnpm): PNPM_12, "@yarnpkg/cli-dist": YARN, (&bun): BUN,
    }});
    let name = format!("managers-{PNPM_10}-{PNPM_12}-{YARN}-{BUN}");
    let modules = installed(&npm(11), &name, &manifest).join("node_modules");
    let yarn = modules.join("@yarnpkg/cli-dist/bin/yarn.js");
    let mut all = vec![
        npm_manager("npm 10", 10),
        npm_manager("npm 11", 11),
        npm_manager("npm 12", 12),
    ];
    all.push(pnpm_manager(
        "pnpm 10",
        11,
        Some(modules.join("pnpm/bin/pnpm.cjs")),
    ));
    all.push(Manager {
        program: vec![executable(&modules.join(&pnpm).join("pnpm"))],
        ..pnpm_manager("pnpm 12", 12, None)
    });
    all.push(yarn_manager("yarn 4", &yarn, YARN_MODULES, &[]));
    all.push(yarn_manager(
        "yarn 4, Plug'n'Play",
        &yarn,
        YARN_PNP,
        &["run", "safe-publish"],
    ));
    all.push(Manager {
        name: "bun",
        program: vec![executable(&modules.join(&bun).join("bin/bun"))],
        path_dir: npm(11).path_dir,
        add: &["add", "--dev", "@safe-publish/cli"],
        once: &["x", "@safe-publish/cli"],
        start: &[],
        yarnrc: "",
    });
    all
}

/// A program's file, with the ending that it has on this system.
fn executable(path: &Path) -> PathBuf {
    path.with_extension(std::env::consts::EXE_EXTENSION)
}

const YARN_MODULES: &str = "npmRegistryServer: \"{registry}\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\nnpmMinimalAgeGate: 0\nnodeLinker: node-modules\n";
const YARN_PNP: &str = "npmRegistryServer: \"{registry}\"\nunsafeHttpWhitelist: [\"127.0.0.1\"]\nnpmMinimalAgeGate: 0\nnodeLinker: pnp\n";

fn npm_manager(name: &'static str, major: u32) -> Manager {
    let install = npm(major);
    Manager {
        name,
        program: vec![install.node, install.cli],
        path_dir: install.path_dir,
        add: &["install", "--save-dev", "@safe-publish/cli"],
        once: &["exec", "--yes", "--", "@safe-publish/cli"],
        start: &[],
        yarnrc: "",
    }
}

fn pnpm_manager(name: &'static str, node: u32, script: Option<PathBuf>) -> Manager {
    let install = npm(node);
    Manager {
        name,
        program: [Some(install.node), script].into_iter().flatten().collect(),
        path_dir: install.path_dir,
        add: &["add", "--save-dev", "@safe-publish/cli"],
        once: &["dlx", "@safe-publish/cli"],
        start: &[],
        yarnrc: "",
    }
}

fn yarn_manager(
    name: &'static str,
    script: &Path,
    yarnrc: &'static str,
    start: &'static [&'static str],
) -> Manager {
    let install = npm(11);
    Manager {
        name,
        program: vec![install.node, script.to_path_buf()],
        path_dir: install.path_dir,
        add: &["add", "--dev", "@safe-publish/cli"],
        once: &["dlx", "@safe-publish/cli"],
        start,
        yarnrc,
    }
}
