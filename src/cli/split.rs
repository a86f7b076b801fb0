//! Parts our own words from npm's before anything is understood. What is ours
//! stands in clap's definition alone.

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

/// Parts the words behind the program's name. `--quiet` and `--verbose` are
/// shorthands of npm's for its log level; here they are ours (npm's `--loglevel`
/// still reaches npm).
pub(super) fn split(words: impl IntoIterator<Item = OsString>, root: &Command) -> Split {
    let mut words = words.into_iter();
    let mut own = vec![OsString::from(root.get_name())];
    let mut npm = NpmArgs::default();
    let mut command = root;
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        let is_npms = takes_npm_arguments(command);
        if text == "--" && is_npms {
            // Before any word of npm's it is ours and says "all of this is
            // npm's"; later it is npm's own.
            if npm.words.is_empty() {
                npm.unchecked = true;
            } else {
                npm.words.push(word);
            }
            npm.words.extend(words.by_ref());
        } else if let Some(option) = option(command, &text) {
            let value_follows = option.get_action().takes_values() && !text.contains('=');
            own.push(word);
            own.extend(words.by_ref().take(usize::from(value_follows)));
        } else if let Some(next) = subcommand(command, &text).filter(|_| npm.words.is_empty()) {
            command = next;
            own.push(word);
        } else if is_npms {
            npm.words.push(word);
        } else {
            own.push(word);
        }
    }
    Split { own, npm }
}

fn subcommand<'a>(command: &'a Command, word: &str) -> Option<&'a Command> {
    command.find_subcommand(word)
}

/// Whether the words that are not ours are npm's.
fn takes_npm_arguments(command: &Command) -> bool {
    command
        .get_arguments()
        .any(|arg| arg.get_id() == NPM_ARGUMENTS)
}

/// The option of a command that a word is, with or without a value.
fn option<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    let is_named = |arg: &&Arg| match name.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg
            .get_short()
            .is_some_and(|short| name.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4]))),
    };
    command
        .get_arguments()
        .find(is_named)
        .filter(|arg| value.is_none() || arg.get_action().takes_values())
}
