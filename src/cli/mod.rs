//! Our own command line: which arguments are ours, and which are npm's and are passed on
//! untouched.

mod completions;
mod definition;
mod man;
pub mod push;
mod split;
mod stage;
mod vocabulary;

use std::ffi::OsString;

use clap::Parser as _;
pub use definition::{Color, Completions, Format, HookCommand, Options};

use crate::finding::Packer;

pub use completions::completions;
use definition::{Cli, Sub};
use push::NewTag;
pub use vocabulary::{OwnOption, command_names, own_options};

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Check, hand over to npm, follow up.
    Publish,
    /// Check only.
    Check {
        /// Everything is built, and no script will change the files.
        built: bool,
        /// Compare with the published version.
        compare: bool,
        /// The tool that packs, if one is named.
        packer: Option<Packer>,
    },
    /// Explain an id, a code, a file, `-`, or the newest log.
    Explain(Option<String>),
    /// List the files that npm would pack.
    Files {
        /// The path to explain.
        why: Option<String>,
    },
    /// Show the configuration.
    Config {
        /// Print the settings' JSON schema instead.
        schema: bool,
    },
    /// Publish into the embedded registry.
    Rehearse {
        /// Keep it running.
        serve: bool,
        /// Its initial state.
        state: Option<OsString>,
        /// Rehearse a release of the whole repository.
        release: bool,
    },
    /// Publish every package of a repository whose version is not published yet.
    Release {
        /// The tool that packs, if one is named.
        packer: Option<Packer>,
        /// Send nothing more after the first failure.
        fail_fast: bool,
    },
    /// A subcommand of `npm stage` other than `publish`, passed on to npm.
    Stage,
    /// Wait for a version.
    Verify,
    /// The git hook.
    Hook(HookCommand),
    /// Print shell completions.
    Completions(Completions),
}

/// A parsed command line.
#[derive(Debug)]
pub struct Invocation {
    /// The command.
    pub command: Command,
    /// Our options.
    pub options: Options,
    /// Ask before npm starts.
    pub confirm: bool,
    /// npm's arguments.
    pub npm: NpmArgs,
    /// Whether `npm stage publish` is meant instead of `npm publish`.
    pub staged: bool,
    /// For `hook run`: the new version tags that git pushes.
    pub pushed: Vec<NewTag>,
}

/// npm's arguments, in order, untouched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NpmArgs {
    /// The arguments.
    pub args: Vec<OsString>,
    /// They are passed on unread: they follow our own `--`, or we made them.
    pub unchecked: bool,
}

impl NpmArgs {
    /// Arguments that we made.
    pub fn made(args: &[String]) -> Self {
        Self {
            args: args.iter().map(OsString::from).collect(),
            unchecked: true,
        }
    }

    /// The arguments as text, for reading them the way npm does.
    pub fn text(&self) -> Vec<String> {
        let lossy = |arg: &OsString| arg.to_string_lossy().into_owned();
        self.args.iter().map(lossy).collect()
    }
}

/// Why no command runs: help was requested, or the command line is wrong.
#[derive(Debug)]
pub enum Stop {
    /// Print this on standard output and end with code 0.
    Print(String),
    /// Print this on standard error and end with code 2.
    Wrong(String),
}

impl Invocation {
    /// Parses the arguments that follow the program's name.
    ///
    /// # Errors
    /// When help was requested, or our own arguments are wrong.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Self, Stop> {
        let split = split::split(args, &definition::command());
        let cli = Cli::try_parse_from(&split.own).map_err(|error| {
            let text = error.render().to_string();
            if error.use_stderr() {
                Stop::Wrong(text)
            } else {
                Stop::Print(text)
            }
        })?;
        let mut npm = split.npm;
        let staged = match &cli.command {
            Some(Sub::Check { .. }) => stage::take(&mut npm),
            Some(Sub::Stage { .. }) => stage::is_publish(&mut npm).map_err(Stop::Wrong)?,
            Some(Sub::Release { stage, .. }) => *stage,
            _ => false,
        };
        let confirm = match &cli.command {
            Some(Sub::Stage { confirm, .. } | Sub::Release { confirm, .. }) => *confirm,
            _ => cli.confirm,
        };
        Ok(Self {
            command: command(cli.command, staged),
            options: cli.options,
            confirm,
            npm,
            staged,
            pushed: Vec::new(),
        })
    }
}

fn command(sub: Option<Sub>, staged: bool) -> Command {
    match sub {
        None => Command::Publish,
        Some(Sub::Check {
            built,
            compare,
            packer,
            ..
        }) => Command::Check {
            built,
            compare,
            packer,
        },
        Some(Sub::Stage { .. }) if staged => Command::Publish,
        Some(Sub::Stage { .. }) => Command::Stage,
        Some(Sub::Explain { what }) => Command::Explain(what),
        Some(Sub::Files { why, .. }) => Command::Files { why },
        Some(Sub::Config { schema, .. }) => Command::Config { schema },
        Some(Sub::Rehearse {
            serve,
            state,
            release,
            ..
        }) => Command::Rehearse {
            serve,
            state,
            release,
        },
        Some(Sub::Release {
            packer, fail_fast, ..
        }) => Command::Release { packer, fail_fast },
        Some(Sub::Verify { .. }) => Command::Verify,
        Some(Sub::Hook { what }) => Command::Hook(what),
        Some(Sub::Completions { what }) => Command::Completions(what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECK: Command = Command::Check {
        built: false,
        compare: false,
        packer: None,
    };

    fn parse(line: &str) -> Invocation {
        Invocation::parse(line.split_whitespace().map(OsString::from)).unwrap()
    }

    #[test]
    fn our_options_are_taken_out_at_any_place() {
        let run = parse("check --tag next --format json ./dir --allow=version-taken --strict");
        assert_eq!(run.command, CHECK);
        assert_eq!(run.npm.text(), ["--tag", "next", "./dir"]);
        assert_eq!(run.options.format, Some(Format::Json));
        assert_eq!(run.options.allow, ["version-taken"]);
        assert!(run.options.strict);
    }

    #[test]
    fn a_first_word_that_is_not_a_command_is_npms() {
        let run = parse("./check --access public");
        assert_eq!(run.command, Command::Publish);
        assert_eq!(run.npm.text(), ["./check", "--access", "public"]);
        assert_eq!(parse("--tag check").npm.text(), ["--tag", "check"]);
        assert_eq!(parse("--strict check").command, CHECK);
        assert_eq!(parse("./hook").npm.text(), ["./hook"]);
        let hook = parse("hook --strict install").command;
        assert_eq!(hook, Command::Hook(HookCommand::Install));
    }

    #[test]
    fn everything_after_two_dashes_is_npms() {
        let run = parse("-- check --format json");
        assert_eq!(run.command, Command::Publish);
        assert_eq!(run.npm.text(), ["check", "--format", "json"]);
        let run = parse("check ./a -- --strict");
        assert_eq!(run.npm.text(), ["./a", "--", "--strict"]);
        assert!(!run.options.strict);
    }

    #[test]
    fn a_wrong_value_of_ours_is_a_wrong_command_line() {
        for line in [
            "check --format xml",
            "check --timeout soon",
            "check --allow",
            "explain a b",
            "hook",
            "hook remove",
        ] {
            let args = line.split_whitespace().map(OsString::from);
            assert!(
                matches!(Invocation::parse(args), Err(Stop::Wrong(_))),
                "{line}"
            );
        }
    }

    #[test]
    fn help_and_version_are_ours() {
        for line in [
            "hook --help",
            "hook run --help",
            "--help",
            "-h",
            "--version",
            "check --help",
        ] {
            let args = line.split_whitespace().map(OsString::from);
            assert!(
                matches!(Invocation::parse(args), Err(Stop::Print(_))),
                "{line}"
            );
        }
    }
}
