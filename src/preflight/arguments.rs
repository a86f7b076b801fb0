//! Mistyped arguments: flags and values that npm would drop, complete or refuse, and words that
//! name nothing. npm 10 and 11 publish anyway, so `--dryrun` really publishes.

use std::fmt::Write as _;

use crate::cli::{self, NpmArgs};
use crate::environment::Environment;
use crate::error::Error;
use crate::manifest::spec::{self, SpecKind};
use crate::npm::{Npm, find};
use crate::npmrc::CommandLine;
use crate::npmrc::arguments::ArgumentProblem;
use crate::npmrc::definitions::{self, SHORTHANDS, Type};
use crate::npmrc::value::Value;

const ACTIVITY: &str = "reading the command line";
/// After `--` nothing is checked.
const PASS_ON_HINT: &str = "to pass it to npm anyway, write it after `--`";
/// Flags that make npm print something instead of publishing.
const PRINTING: [&str; 3] = ["usage", "version", "versions"];
/// npm commands that people type out of habit.
const NPM_COMMANDS: [&str; 27] = [
    "access",
    "adduser",
    "audit",
    "ci",
    "config",
    "deprecate",
    "dist-tag",
    "exec",
    "init",
    "install",
    "link",
    "login",
    "logout",
    "ls",
    "outdated",
    "owner",
    "pack",
    "ping",
    "profile",
    "run",
    "team",
    "test",
    "token",
    "unpublish",
    "version",
    "view",
    "whoami",
];

/// The npm that gets the arguments immediately, if a flag makes it print something instead of
/// publishing (`-v`, `--versions`, `--usage`).
pub fn prints_only(
    args: &NpmArgs,
    environment: &Environment,
) -> Option<(&'static str, Option<Npm>)> {
    // Every npm has these flags, and most runs have none, so npm is not looked for.
    let line = CommandLine::parse(&args.text(), None);
    let is_on = |key: &str| {
        line.get(key)
            .is_some_and(|flag| flag.value == Value::Bool(true))
    };
    let flag = PRINTING.into_iter().find(|key| is_on(key))?;
    Some((flag, find::find(environment)))
}

/// Flags that npm would drop, complete or refuse.
///
/// # Errors
/// If there is one; the error names the intended flag.
pub fn check_flags(line: &CommandLine, npm: Option<&Npm>) -> Result<(), Error> {
    if line.problems.is_empty() {
        return Ok(());
    }
    let judge = Judge::new(npm);
    match line
        .problems
        .iter()
        .find_map(|problem| judge.error(problem))
    {
        Some(error) => Err(error.wrong_usage()),
        None => Ok(()),
    }
}

/// A first word that is not a file, a folder or a spec that can be published.
///
/// # Errors
/// If there is one; the error names the nearest command.
pub(super) fn check_positional(line: &CommandLine, environment: &Environment) -> Result<(), Error> {
    let Some(word) = line.positionals.first() else {
        return Ok(());
    };
    let is_bare = !word.contains(['@', '/', ':']) && spec::classify(word) == SpecKind::Registry;
    if !is_bare || environment.cwd.join(word).exists() {
        return Ok(());
    }
    let cause = format!("`{word}` is not a command, a file or a folder");
    let flag = line.problems.iter().find_map(|problem| match problem {
        ArgumentProblem::Loose {
            written,
            word: loose,
        } if loose == word => Some(written),
        _ => None,
    });
    let help = match flag {
        Some(flag) => format!(
            "npm does not know `{flag}`, and reads `{word}` as the thing to publish: remove both"
        ),
        None => word_help(word),
    };
    Err(Error::new(ACTIVITY, cause).next(help).wrong_usage())
}

fn word_help(word: &str) -> String {
    let commands = cli::command_names();
    let known = commands.iter().map(String::as_str);
    let nearest = nearest(word, known.chain(["publish"]));
    if ["npm", "pnpm", "yarn", "bun"].contains(&word) {
        "`safe-publish` replaces `npm publish`: omit that word".to_owned()
    } else if nearest == Some("publish") {
        format!("`safe-publish` alone publishes; a folder with that name is `./{word}`")
    } else if commands.iter().any(|command| command == word) {
        format!("the command comes first: safe-publish {word}")
    } else if NPM_COMMANDS.contains(&word) {
        format!("that is an npm command: npm {word}")
    } else if let Some(command) = nearest {
        format!("did you mean `safe-publish {command}`?")
    } else {
        "a folder is written `./dist`, a published package NAME@VERSION; `safe-publish --help` lists the commands".to_owned()
    }
}

/// Judges the arguments for one npm.
struct Judge<'a> {
    npm: Option<&'a Npm>,
    major: u64,
    own: Vec<cli::OwnOption>,
}

impl<'a> Judge<'a> {
    fn new(npm: Option<&'a Npm>) -> Self {
        Self {
            npm,
            major: npm.map_or(12, |npm| npm.version.major()),
            own: cli::own_options(),
        }
    }

    /// The npm, if it fails on unknown flags.
    fn strict_npm(&self) -> Option<&Npm> {
        self.npm.filter(|npm| npm.version.refuses_unknown_flags())
    }

    fn error(&self, problem: &ArgumentProblem) -> Option<Error> {
        match problem {
            ArgumentProblem::Unknown { written } => self.unknown(written),
            ArgumentProblem::Abbreviated { written, key } => {
                let whole = format!("--{}{key}", no_prefix(written));
                let cause = format!("`{written}` is abbreviated, which npm 12 refuses");
                let keys = definitions::all(self.major).map(|definition| definition.key);
                let other = within(1, bare_name(written), keys).filter(|other| other != key);
                let other = other.map_or(String::new(), |other| format!(" or `--{other}`"));
                Some(
                    Error::new(ACTIVITY, cause)
                        .next(format!("write `{whole}`{other}; {PASS_ON_HINT}")),
                )
            }
            ArgumentProblem::SingleHyphen { written } => self.strict_npm().map(|npm| {
                let cause = format!(
                    "npm {} accepts `{written}` only with two hyphens",
                    npm.version
                );
                Error::new(ACTIVITY, cause).next(format!("write `-{written}`"))
            }),
            ArgumentProblem::Glued { written } => {
                let meant = self.meant(written, bare_name(written))?;
                let cause = format!("npm reads each letter of `{written}` as a separate flag");
                Some(
                    Error::new(ACTIVITY, cause)
                        .next(format!("did you mean `{meant}`? {PASS_ON_HINT}")),
                )
            }
            ArgumentProblem::NotASwitch { written, value } => {
                let cause = format!("`{written}` is either true or false, not `{value}`");
                let word = nearest(value, ["true", "false"].into_iter());
                let word = word.map_or(String::new(), |word| format!("={word}"));
                Some(Error::new(ACTIVITY, cause).next(format!("write `{written}{word}`")))
            }
            ArgumentProblem::Invalid {
                written,
                key,
                value,
            } => Some(self.invalid(written, key, value)),
            ArgumentProblem::Loose { .. } => None,
        }
    }

    /// A flag that npm does not know: mistyped, or another tool's.
    fn unknown(&self, written: &str) -> Option<Error> {
        let name = bare_name(written);
        let cause = match self.npm {
            Some(npm) => format!("npm {} does not know `{written}`", npm.version),
            None => format!("npm does not know `{written}`"),
        };
        let error = |help: String| Some(Error::new(ACTIVITY, cause.clone()).next(help));
        if cli::command_names().iter().any(|command| command == name) {
            return error(format!("`{name}` is a command: safe-publish {name}"));
        }
        let long = format!("--{name}");
        if let Some(own) = self.own.iter().find(|own| own.name == long) {
            return error(match own.commands.first() {
                Some(command) => format!("`{long}` is an option of `safe-publish {command}`"),
                None => {
                    format!("`{long}` is an option of `safe-publish`, written with two hyphens")
                }
            });
        }
        if let Some(meant) = self.meant(written, name) {
            return error(format!("did you mean `{meant}`? {PASS_ON_HINT}"));
        }
        self.strict_npm()?;
        error(if name.contains(char::is_whitespace) {
            "a flag and its value are two arguments: remove the quotes".to_owned()
        } else {
            "remove it, or pass it to npm anyway with `--`; `npm help config` lists npm's flags"
                .to_owned()
        })
    }

    /// The flag that was probably meant, as it would be written.
    fn meant(&self, written: &str, name: &str) -> Option<String> {
        let known_to_another_npm = (10..=12).any(|major| definitions::find(name, major).is_some());
        if known_to_another_npm || name.contains(char::is_whitespace) {
            return None;
        }
        let own = self.own.iter().map(|own| own.name.trim_start_matches('-'));
        // Some of our options start with `no-`.
        let whole = format!("{}{name}", no_prefix(written));
        let known = nearest(&whole, own.clone()).or_else(|| beginning(&whole, own));
        if let Some(own) = known {
            let options = self.own.iter();
            let of = options.filter(|option| option.name.trim_start_matches('-') == own);
            let command = of.flat_map(|option| &option.commands).next();
            let command =
                command.map_or(String::new(), |command| format!("safe-publish {command} "));
            return Some(format!("{command}--{own}"));
        }
        let keys = || definitions::all(self.major).map(|definition| definition.key);
        let long_shorthands = SHORTHANDS.iter().map(|(short, _)| *short);
        let long_shorthands = long_shorthands.filter(|short| short.len() > 2);
        // npm completes an abbreviation that only one key has, and ignores any other.
        let begun = keys().filter(|key| name.len() >= 3 && key.starts_with(name));
        let known = || keys().chain(long_shorthands.clone());
        let key = within(1, name, known())
            .or_else(|| begun.min_by_key(|key| key.len()))
            .or_else(|| nearest(name, known()))?;
        Some(format!("--{}{key}", no_prefix(written)))
    }

    /// A value that npm would drop together with its flag.
    fn invalid(&self, written: &str, key: &str, value: &str) -> Error {
        let cause =
            format!("npm drops `{written}`, because it does not accept the value `{value}`");
        let definition = definitions::find(key, self.major);
        let words = definition.iter().flat_map(|definition| definition.types);
        let words = words.filter_map(|kind| match kind {
            Type::Word(word) => Some(*word),
            _ => None,
        });
        let mut help = String::new();
        if let Some(word) = nearest(value, words) {
            let _ = write!(help, "did you mean `{written}={word}`? ");
        }
        let takes = definition.map_or(String::new(), definitions::Definition::describe);
        let _ = write!(help, "`--{key}` accepts {takes}");
        Error::new(ACTIVITY, cause).next(help)
    }
}

/// Without hyphens, `no-` and a value.
fn bare_name(written: &str) -> &str {
    let name = written.split('=').next().unwrap_or(written);
    let name = name.trim_start_matches('-');
    name.strip_prefix("no-").unwrap_or(name)
}

fn no_prefix(written: &str) -> &'static str {
    if written.trim_start_matches('-').starts_with("no-") {
        "no-"
    } else {
        ""
    }
}

/// The only known name that starts with it.
fn beginning<'a>(start: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut all = known.filter(|name| start.len() >= 3 && name.starts_with(start));
    all.next().filter(|_| all.next().is_none())
}

/// The nearest known word: one letter away, or two where the word is long.
fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = if word.chars().count() > 4 { 2 } else { 1 };
    within(limit, word, known)
}

/// The nearest known word, at most this many letters away.
fn within<'a>(limit: usize, word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.filter_map(|name| {
        let distance = strsim::damerau_levenshtein(name, word);
        (distance <= limit && name.len() > 2).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
