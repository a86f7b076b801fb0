//! Judges one script by its commands.

use std::path::Path;

use serde_json::Value;

use super::shell::{self, Command};
use super::{Extent, Scripts, harmless, package_manager, source};
use crate::file;
use crate::manifest::Manifest;

/// How deeply scripts may call each other, and programs start programs.
const MAX_DEPTH: usize = 24;
/// At most this many commands of one script are judged.
const MAX_COMMANDS: usize = 1000;
/// Longer shell scripts are not read.
const MAX_BYTES: u64 = 64 << 10;

/// Programs that run the program in their arguments, after variables and options.
const PREFIXES: [&str; 11] = [
    "bunx",
    "command",
    "cross-env",
    "cross-env-shell",
    "dotenv",
    "env",
    "exec",
    "nice",
    "npx",
    "pnpx",
    "time",
];
/// Programs that run a source file of JavaScript or TypeScript.
const RUNTIMES: [&str; 11] = [
    "babel-node",
    "esno",
    "esr",
    "jiti",
    "node",
    "nodejs",
    "swc-node",
    "ts-node",
    "ts-node-esm",
    "tsx",
    "vite-node",
];
/// Options of runtimes that take the next argument.
const WITH_VALUE: [&str; 10] = [
    "--conditions",
    "--experimental-loader",
    "--import",
    "--loader",
    "--project",
    "--require",
    "--tsconfig",
    "-C",
    "-P",
    "-r",
];

/// Judges scripts of one package.
pub(super) struct Judge<'a> {
    manifest: &'a Manifest,
    folder: &'a Path,
    /// The scripts that call the one being judged.
    calls: Vec<String>,
    /// An earlier command changed the working folder.
    elsewhere: bool,
    /// The nesting of programs around the one being judged.
    depth: usize,
    /// The number of commands judged so far.
    commands: usize,
}

impl<'a> Judge<'a> {
    pub(super) fn new(manifest: &'a Manifest, folder: &'a Path) -> Self {
        Self {
            manifest,
            folder,
            calls: Vec::new(),
            elsewhere: false,
            depth: 0,
            commands: 0,
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.manifest.object.get("scripts")?.get(name)?.as_str()
    }

    fn command(&mut self, command: &Command) -> Extent {
        let is_overwritten = |file: &String| harmless::may_name_the_manifest(file);
        if command.outputs.iter().any(is_overwritten) {
            return Extent::Anything;
        }
        self.words(&command.words)
    }

    fn program(&mut self, words: &[String]) -> Extent {
        let is_variable = |word: &&String| {
            let name = word.split_once('=').map_or("", |(name, _)| name);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !name.is_empty() && name.chars().all(is_name)
        };
        let start = words.iter().take_while(is_variable).count();
        let Some((program, arguments)) = words[start..].split_first() else {
            return Extent::Nothing;
        };
        let name = program_name(program);
        if name == "cd" {
            self.elsewhere = true;
        }
        if PREFIXES.contains(&name) {
            return self.words(after_options(arguments));
        }
        if let Some(extent) = package_manager::judge(self, name, arguments) {
            return if self.elsewhere && extent != Extent::Nothing {
                Extent::Anything
            } else {
                extent
            };
        }
        let is_harmless = harmless::is_harmless(name)
            || harmless::leaves_manifest_alone(name, arguments)
            || (RUNTIMES.contains(&name) && !self.runtime_may_write(name, arguments))
            || (is_shell(name) && self.shell_file(arguments.first()) == Extent::Nothing)
            || (has_end(program, "sh") && self.shell_file(Some(program)) == Extent::Nothing);
        if is_harmless {
            Extent::Nothing
        } else {
            Extent::Anything
        }
    }

    /// What `node` and similar programs run.
    fn runtime_may_write(&mut self, name: &str, arguments: &[String]) -> bool {
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "-e" | "--eval" | "-p" | "--print" | "-pe" => {
                    let code = words.next().map_or("", String::as_str);
                    return self.elsewhere || source::code_may_write(code, self.folder);
                }
                "--run" if name == "node" => {
                    let script = words.next().cloned().unwrap_or_default();
                    return self.script(&script) != Extent::Nothing;
                }
                "--test" | "--check" | "-c" | "--version" | "-v" => return false,
                option if WITH_VALUE.contains(&option) => {
                    words.next();
                }
                option if option.starts_with('-') => {}
                // A subcommand of tsx: the file follows.
                "watch" if name == "tsx" => {}
                path => return self.source_may_write(path, words.as_slice()),
            }
        }
        true
    }

    fn source_may_write(&self, path: &str, arguments: &[String]) -> bool {
        if let Some((_, installed)) = path.rsplit_once("node_modules/") {
            return !harmless::is_harmless(program_name(installed))
                && !harmless::is_harmless(installed.split('/').next().unwrap_or_default());
        }
        let is_told = arguments
            .iter()
            .any(|word| harmless::may_name_the_manifest(word));
        is_told || self.elsewhere || source::file_may_write(&self.folder.join(path))
    }

    /// A file of shell commands.
    fn shell_file(&mut self, path: Option<&String>) -> Extent {
        let path = path.filter(|path| !path.starts_with('-') && !self.elsewhere);
        let text = path.map(|path| file::read_text(&self.folder.join(path), MAX_BYTES));
        match text {
            Some(Ok(text)) => self.shell(&text),
            _ => Extent::Anything,
        }
    }
}

impl Scripts for Judge<'_> {
    fn has_script(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    fn script_names(&self) -> Vec<String> {
        let scripts = self.manifest.object.get("scripts");
        let names = scripts.and_then(Value::as_object).into_iter().flatten();
        names.map(|(name, _)| name.clone()).collect()
    }

    fn script(&mut self, name: &str) -> Extent {
        let Some(text) = self.text(name) else {
            return Extent::Nothing;
        };
        if self.calls.iter().any(|call| call == name) {
            return Extent::Nothing;
        }
        self.calls.push(name.to_owned());
        let outside = std::mem::take(&mut self.elsewhere);
        let extent = self.shell(text);
        self.elsewhere = outside;
        self.calls.pop();
        extent
    }

    fn shell(&mut self, text: &str) -> Extent {
        let Some(commands) = shell::commands(text) else {
            return Extent::Anything;
        };
        let extents = commands.iter().map(|command| self.command(command));
        extents.fold(Extent::Nothing, Extent::and)
    }

    fn words(&mut self, words: &[String]) -> Extent {
        self.commands += 1;
        if self.depth == MAX_DEPTH || self.commands > MAX_COMMANDS {
            return Extent::Anything;
        }
        self.depth += 1;
        let extent = self.program(words);
        self.depth -= 1;
        extent
    }
}

fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "dash" | "zsh")
}

/// Whether a path has an extension.
fn has_end(path: &str, extension: &str) -> bool {
    let path = Path::new(path);
    path.extension().is_some_and(|end| end == extension)
}

/// The name of a program: `node_modules/.bin/tsc` and `typescript/bin/tsc` are
/// `tsc`.
fn program_name(word: &str) -> &str {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    ["js", "cjs", "mjs", "cmd"]
        .iter()
        .find_map(|end| name.strip_suffix(end)?.strip_suffix('.'))
        .unwrap_or(name)
}

/// The arguments after the options of a program that runs another one.
fn after_options(words: &[String]) -> &[String] {
    if let Some(at) = words.iter().position(|word| word == "--") {
        return &words[at + 1..];
    }
    let mut rest = words;
    while let Some((word, after)) = rest.split_first() {
        if !word.starts_with('-') {
            break;
        }
        let takes_next = matches!(word.as_str(), "-p" | "--package" | "-e" | "-f" | "-n");
        rest = after.get(usize::from(takes_next)..).unwrap_or_default();
    }
    rest
}
