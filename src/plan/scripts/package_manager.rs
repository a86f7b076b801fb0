//! What npm, pnpm, Yarn and Bun change in package.json when a script calls them, and the tools
//! that run several scripts.

use super::{Extent, Scripts};

/// Subcommands of package managers that read, test or install, but change no file that matters.
const READING: [&str; 16] = [
    "audit", "ci", "config", "dedupe", "doctor", "help", "list", "ls", "outdated", "pack", "ping",
    "prune", "root", "view", "whoami", "why",
];
/// Scripts that have their own subcommand.
const NAMED_SCRIPTS: [&str; 4] = ["restart", "start", "stop", "test"];
/// Options that choose another package.
const OTHER_PACKAGE: [&str; 12] = [
    "--cwd",
    "--dir",
    "--filter",
    "--prefix",
    "--recursive",
    "--workspace",
    "--workspaces",
    "-C",
    "-F",
    "-r",
    "-w",
    "-ws",
];

/// What a call of a package manager, or of a tool that runs several scripts, may change. `None`
/// for other programs.
pub(super) fn judge(judge: &mut impl Scripts, program: &str, args: &[String]) -> Option<Extent> {
    match program {
        "npm" | "pnpm" | "yarn" | "bun" => Some(call(judge, program, args)),
        "npm-run-all" | "npm-run-all2" | "run-s" | "run-p" => Some(patterns(judge, args)),
        "concurrently" => Some(concurrently(judge, args)),
        _ => None,
    }
}

fn call(judge: &mut impl Scripts, program: &str, args: &[String]) -> Extent {
    let is_other = |arg: &String| {
        let name = arg.split('=').next().unwrap_or(arg);
        OTHER_PACKAGE.contains(&name)
    };
    let own = args.iter().take_while(|arg| *arg != "--");
    if own.clone().any(is_other) {
        return Extent::Anything;
    }
    let mut plain = own.filter(|arg| !arg.starts_with('-'));
    let Some(command) = plain.next().map(String::as_str) else {
        // `yarn` without arguments installs.
        return Extent::Nothing;
    };
    let rest: Vec<String> = plain.cloned().collect();
    match command {
        "run" | "run-script" | "rum" => run(judge, program, &rest, args),
        "t" | "tst" => judge.run("test"),
        command if NAMED_SCRIPTS.contains(&command) => judge.run(command),
        "exec" | "x" | "dlx" => judge.words(after(args, command)),
        "pkg" => pkg(&rest),
        "version" | "install" | "i" if rest.is_empty() => Extent::Nothing,
        "version" => {
            let scripts = ["preversion", "version", "postversion"];
            let scripts = scripts.map(|name| judge.script(name));
            let version = Extent::Paths(vec!["version".to_owned()]);
            scripts.into_iter().fold(version, Extent::and)
        }
        "audit" if rest.iter().any(|arg| arg == "fix") => Extent::Anything,
        command if READING.contains(&command) => Extent::Nothing,
        name if program != "npm" && judge.has_script(name) => judge.run(name),
        // `yarn tsc` and `pnpm tsc` run the program.
        _ if program != "npm" => judge.words(args),
        _ => Extent::Anything,
    }
}

/// A script, or a file that Bun runs.
fn run(judge: &mut impl Scripts, program: &str, rest: &[String], args: &[String]) -> Extent {
    match rest.first() {
        None => Extent::Nothing,
        Some(name) if program == "bun" && !judge.has_script(name) => {
            let mut node = vec!["node".to_owned()];
            node.extend_from_slice(after(args, "run"));
            judge.words(&node)
        }
        Some(name) => judge.run(name),
    }
}

/// The arguments after a command, without options in front.
fn after<'a>(args: &'a [String], command: &str) -> &'a [String] {
    let at = args.iter().position(|arg| arg == command);
    let rest = at.map_or(args, |at| &args[at + 1..]);
    let options = rest.iter().take_while(|arg| arg.starts_with('-')).count();
    &rest[options..]
}

/// `npm pkg set private=false publishConfig.access=public`. Deleting a part of publishConfig
/// has no effect, because npm has read it before the scripts.
fn pkg(args: &[String]) -> Extent {
    let Some((command, fields)) = args.split_first() else {
        return Extent::Nothing;
    };
    let path = |arg: &String| {
        let key = arg.split('=').next().unwrap_or(arg);
        key.replace('[', ".").replace(['"', '\'', ']'], "")
    };
    let paths = fields.iter().map(path);
    match command.as_str() {
        "get" => Extent::Nothing,
        "set" => Extent::of_paths(paths.collect()),
        "delete" | "rm" => {
            let is_in_force = |path: &String| path.starts_with("publishConfig");
            Extent::of_paths(paths.filter(|path| !is_in_force(path)).collect())
        }
        _ => Extent::Anything,
    }
}

/// `run-s clean build:*`: scripts by name or pattern.
fn patterns(judge: &mut impl Scripts, args: &[String]) -> Extent {
    let args = args.iter().filter(|arg| !arg.starts_with('-'));
    args.fold(Extent::Nothing, |extent, arg| {
        // Words in one argument are a script and its arguments.
        let name = arg.split(' ').next().unwrap_or(arg);
        let next = match name.find(['*', '?', '{', '!', '(']) {
            None => judge.run(name),
            Some(at) => {
                let names = judge.script_names();
                let fitting = names.iter().filter(|it| it.starts_with(&name[..at]));
                fitting.fold(Extent::Nothing, |all, it| all.and(judge.run(it)))
            }
        };
        extent.and(next)
    })
}

/// `concurrently "npm:build" "tsc -w"`: commands, each in one argument.
fn concurrently(judge: &mut impl Scripts, args: &[String]) -> Extent {
    let args = args.iter().filter(|arg| !arg.starts_with('-'));
    args.fold(Extent::Nothing, |extent, arg| {
        let next = match arg.strip_prefix("npm:") {
            Some(pattern) => patterns(judge, &[pattern.to_owned()]),
            None => judge.shell(arg),
        };
        extent.and(next)
    })
}
