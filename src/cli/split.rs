//! Separates our own arguments from npm's before either are read. Only clap's definition says
//! which ones are ours.

use std::ffi::OsString;

use clap::{Arg, Command};

use super::NpmArgs;
use super::definition::NPM_ARGUMENTS;

/// The two halves of a command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// For clap: the program's name, the command, our options.
    pub(super) own: Vec<OsString>,
    /// npm's arguments.
    pub(super) npm: NpmArgs,
}

/// Separates the arguments that follow the program's name. npm has the shorthands `--quiet` and
/// `--verbose` for its log level; here they are ours (npm's `--loglevel` still reaches npm).
pub(super) fn split(args: impl IntoIterator<Item = OsString>, root: &Command) -> Split {
    let mut args = args.into_iter();
    let mut own = vec![OsString::from(root.get_name())];
    let mut npm = NpmArgs::default();
    let mut command = root;
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        let is_npms = takes_npm_arguments(command);
        if text == "--" && is_npms {
            // Before any of npm's arguments it is ours and means "everything after this is
            // npm's"; later it is npm's own.
            if npm.args.is_empty() {
                npm.unchecked = true;
            } else {
                npm.args.push(arg);
            }
            npm.args.extend(args.by_ref());
        } else if let Some(option) = option(command, &text) {
            let value_follows = option.get_action().takes_values() && !text.contains('=');
            own.push(arg);
            own.extend(args.by_ref().take(usize::from(value_follows)));
        } else if let Some(next) = subcommand(command, &text).filter(|_| npm.args.is_empty()) {
            command = next;
            own.push(arg);
        } else if is_npms {
            npm.args.push(arg);
        } else {
            own.push(arg);
        }
    }
    Split { own, npm }
}

fn subcommand<'a>(command: &'a Command, arg: &str) -> Option<&'a Command> {
    command.find_subcommand(arg)
}

/// Whether the arguments that are not ours are npm's.
fn takes_npm_arguments(command: &Command) -> bool {
    command
        .get_arguments()
        .any(|arg| arg.get_id() == NPM_ARGUMENTS)
}

/// The option of a command that an argument names, with or without a value.
fn option<'a>(command: &'a Command, arg: &str) -> Option<&'a Arg> {
    let (name, value) = match arg.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (arg, None),
    };
    let is_named = |known: &&Arg| match name.strip_prefix("--") {
        Some(long) => known.get_long() == Some(long),
        None => known
            .get_short()
            .is_some_and(|short| name.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4]))),
    };
    command
        .get_arguments()
        .find(is_named)
        .filter(|arg| value.is_none() || arg.get_action().takes_values())
}
