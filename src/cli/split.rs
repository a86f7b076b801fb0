//! Parts our own words from npm's before anything is understood.

use std::ffi::{OsStr, OsString};

/// The two halves of a command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// For clap: the program's name, the command, our options.
    pub own: Vec<OsString>,
    /// npm's words, in their order.
    pub npm: Vec<OsString>,
}

/// A command line that cannot be parted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SplitError {
    /// An option of ours that wants a value stands last.
    #[error(
        "error: reading the command line: {0} wants a value\n\nFor more information, try '--help'."
    )]
    ValueMissing(&'static str),
}

/// Our options that want a value.
const WITH_VALUE: [&str; 4] = ["--format", "--allow", "--timeout", "--color"];
/// Our switches. `--quiet` and `--verbose` are shorthands of npm's for its log
/// level; here they are ours (npm's `--loglevel` still reaches npm).
const SWITCHES: [&str; 7] = [
    "--strict",
    "--allow-undecided",
    "--no-verify",
    "--quiet",
    "--verbose",
    "--help",
    "--version",
];

/// A command and what it takes beside the common options. `npm` says whether
/// its remaining words are npm's.
struct Grammar {
    name: &'static str,
    npm: bool,
    with_value: &'static [&'static str],
    switches: &'static [&'static str],
}

const COMMANDS: &[Grammar] = &[
    Grammar {
        name: "check",
        npm: true,
        with_value: &[],
        switches: &[],
    },
    Grammar {
        name: "explain",
        npm: false,
        with_value: &[],
        switches: &[],
    },
    Grammar {
        name: "config",
        npm: true,
        with_value: &[],
        switches: &["--schema"],
    },
    Grammar {
        name: "rehearse",
        npm: true,
        with_value: &["--state"],
        switches: &["--serve"],
    },
    Grammar {
        name: "verify",
        npm: true,
        with_value: &[],
        switches: &[],
    },
    Grammar {
        name: "hook",
        npm: false,
        with_value: &[],
        switches: &[],
    },
    Grammar {
        name: "completions",
        npm: false,
        with_value: &[],
        switches: &[],
    },
    Grammar {
        name: "help",
        npm: false,
        with_value: &[],
        switches: &[],
    },
];

const PUBLISH: Grammar = Grammar {
    name: "",
    npm: true,
    with_value: &[],
    switches: &[],
};

/// Parts the words behind the program's name.
pub(super) fn split(words: impl IntoIterator<Item = OsString>) -> Result<Split, SplitError> {
    let mut words = words.into_iter();
    let mut own = vec![OsString::from("safe-publish")];
    let mut npm = Vec::new();
    let mut grammar = None;
    while let Some(word) = words.next() {
        if word == "--" {
            // Before any word of npm's it is ours and says "all of this is
            // npm's"; later it is npm's own.
            if !npm.is_empty() {
                npm.push(word);
            }
            npm.extend(words.by_ref());
            break;
        }
        if let Some(option) = wanting_value(&word, grammar) {
            let value = words.next().ok_or(SplitError::ValueMissing(option))?;
            own.extend([word, value]);
        } else if is_ours(&word, grammar) {
            own.push(word);
        } else if let Some(found) = grammar.is_none().then(|| command(&word)).flatten() {
            grammar = Some(found);
            own.push(word);
        } else if grammar.unwrap_or(&PUBLISH).npm {
            grammar.get_or_insert(&PUBLISH);
            npm.push(word);
        } else {
            own.push(word);
        }
    }
    Ok(Split { own, npm })
}

fn command(word: &OsStr) -> Option<&'static Grammar> {
    COMMANDS.iter().find(|command| word == command.name)
}

/// The option, where the word is one of ours whose value is the next word.
fn wanting_value(word: &OsStr, grammar: Option<&Grammar>) -> Option<&'static str> {
    let more = grammar.map_or(&[][..], |grammar| grammar.with_value);
    WITH_VALUE
        .iter()
        .chain(more)
        .find(|option| word == **option)
        .copied()
}

fn is_ours(word: &OsStr, grammar: Option<&Grammar>) -> bool {
    let more = grammar.unwrap_or(&PUBLISH);
    let Some(text) = word.to_str() else {
        return false;
    };
    if text == "-h" || SWITCHES.contains(&text) || more.switches.contains(&text) {
        return true;
    }
    text.split_once('=').is_some_and(|(option, _)| {
        WITH_VALUE.contains(&option) || more.with_value.contains(&option)
    })
}
