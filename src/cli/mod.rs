//! Our own command line: which words are ours, and which are npm's and are
//! handed on untouched.

pub mod push;
mod split;

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
pub use split::SplitError;

use push::NewTag;

/// Know why `npm publish` would fail before it does.
///
/// Without a command: check, then run the real `npm publish` with exactly the
/// arguments given here, then wait until the version is visible with the bytes
/// that were sent. A first word that is none of the commands is npm's, and so
/// is everything behind `--`.
#[derive(Parser, Debug)]
#[command(name = "safe-publish", version, max_term_width = 100)]
#[command(
    override_usage = "safe-publish [npm publish's arguments]\n       safe-publish <COMMAND> [...]"
)]
#[command(
    after_help = "Exit codes: 0 ready or published, 2 wrong command line, 100 blocked, 101 undecided,\n\
102 could not work, 103 published but not seen; anything else is npm's own."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Sub>,
    #[command(flatten)]
    options: Options,
}

/// Options of ours that every command takes. npm never sees them.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[command(next_help_heading = "Options of safe-publish (npm never sees them)")]
pub struct Options {
    /// How to say it: chosen by itself where not given. `explain`, `verify`, `config` and `rehearse` know human and json.
    #[arg(long, value_enum, global = true)]
    pub format: Option<Format>,
    /// Warnings block, too.
    #[arg(long, global = true)]
    pub strict: bool,
    /// Do not block because of this check; its findings are shown as allowed. Repeatable.
    #[arg(long, value_name = "ID", global = true)]
    pub allow: Vec<String>,
    /// Go on although a deciding fact could not be had.
    #[arg(long, global = true)]
    pub allow_undecided: bool,
    /// Do not wait until the published version is visible.
    #[arg(long, global = true)]
    pub no_verify: bool,
    /// Time for the whole preflight (default 30), or for `verify` (default 300).
    #[arg(long, value_name = "SECONDS", global = true, value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// Say nothing when nothing is wrong.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// List every request with its status and time.
    #[arg(long, global = true)]
    pub verbose: bool,
    /// When to use colours.
    #[arg(long, value_enum, global = true, default_value_t = Color::Auto)]
    pub color: Color,
}

/// The formats of a report.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One document, `safe-publish/report@1`; the human text on standard error.
    Json,
    /// Annotations and a step summary for GitHub Actions; chosen there by itself.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A JUnit report: a suite per package, a case per check.
    Junit,
}

/// When to use colours.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Color {
    Auto,
    #[value(alias = "true")]
    Always,
    #[value(alias = "false")]
    Never,
}

#[derive(Subcommand, Debug)]
enum Sub {
    /// Preflight only: writes nothing to any registry, runs no script, starts no npm.
    #[command(override_usage = "safe-publish check [npm publish's arguments]")]
    Check,
    /// Say what an id, an npm error code or a log means.
    Explain {
        /// An id, a code such as E404, a file, `-` for standard input, or `ids` for a list of all ids; npm's newest debug log when left out.
        what: Option<String>,
    },
    /// Show where it would publish, as whom, and which line decided that.
    #[command(
        override_usage = "safe-publish config [npm publish's arguments]\n       safe-publish config --schema"
    )]
    Config {
        /// Print the JSON schema of the settings instead.
        #[arg(long)]
        schema: bool,
    },
    /// The whole publish, with the real npm and every script, into a registry that lives in this process.
    #[command(
        override_usage = "safe-publish rehearse [npm publish's arguments]\n       safe-publish rehearse --serve [--state FILE]"
    )]
    Rehearse {
        /// Keep the registry running and print its address, for testing release scripts.
        #[arg(long)]
        serve: bool,
        /// What the registry knows at the start: a JSON document.
        #[arg(long, value_name = "FILE")]
        state: Option<OsString>,
    },
    /// Wait until a published version is visible, with the right bytes and dist-tag.
    #[command(override_usage = "safe-publish verify NAME@VERSION [npm's options]")]
    Verify,
    /// Check the tagged commit before a version tag is pushed: git's pre-push hook.
    #[command(arg_required_else_help = true)]
    Hook {
        #[command(subcommand)]
        what: HookCommand,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// What to do with the hook.
#[derive(Subcommand, Clone, Debug, PartialEq, Eq)]
pub enum HookCommand {
    /// Write it where git looks for it; a hook that is there is kept and called first.
    Install,
    /// Take it out again, and leave what was there before.
    Uninstall,
    /// What git starts: reads from standard input what is pushed. Undecided lets the push go on, unless --strict.
    Run {
        /// The remote's name and address, as git hands them over.
        #[arg(hide = true)]
        remote: Vec<OsString>,
    },
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Check, hand over to npm, follow up.
    Publish,
    /// Check only.
    Check,
    /// Explain an id, a code, a file, `-`, or the newest log.
    Explain(Option<String>),
    /// Show the configuration.
    Config {
        /// Print the settings' JSON schema instead.
        schema: bool,
    },
    /// Publish into the embedded registry.
    Rehearse {
        /// Keep it running.
        serve: bool,
        /// Its state at the start.
        state: Option<OsString>,
    },
    /// Wait for a version.
    Verify,
    /// The git hook.
    Hook(HookCommand),
    /// Print shell completions.
    Completions(clap_complete::Shell),
}

/// A command line, taken apart.
#[derive(Debug)]
pub struct Invocation {
    /// The command.
    pub command: Command,
    /// Our options.
    pub options: Options,
    /// npm's words, in their order, untouched.
    pub npm_words: Vec<OsString>,
    /// For `hook run`: the new version tags that git pushes.
    pub pushed: Vec<NewTag>,
}

/// Why a command line leads nowhere: help was asked for, or it is wrong.
#[derive(Debug)]
pub enum Stop {
    /// Print this on standard output and end well.
    Print(String),
    /// Print this on standard error and end with code 2.
    Wrong(String),
}

impl Invocation {
    /// Takes apart the words behind the program's name.
    ///
    /// # Errors
    /// When help was asked for, or the words of ours make no sense.
    pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Self, Stop> {
        let split = split::split(words).map_err(|error| Stop::Wrong(error.to_string()))?;
        let cli = Cli::try_parse_from(&split.own).map_err(|error| {
            let text = error.render().to_string();
            if error.use_stderr() {
                Stop::Wrong(text)
            } else {
                Stop::Print(text)
            }
        })?;
        let command = match cli.command {
            None => Command::Publish,
            Some(Sub::Check) => Command::Check,
            Some(Sub::Explain { what }) => Command::Explain(what),
            Some(Sub::Config { schema }) => Command::Config { schema },
            Some(Sub::Rehearse { serve, state }) => Command::Rehearse { serve, state },
            Some(Sub::Verify) => Command::Verify,
            Some(Sub::Hook { what }) => Command::Hook(what),
            Some(Sub::Completions { shell }) => Command::Completions(shell),
        };
        Ok(Self {
            command,
            options: cli.options,
            npm_words: split.npm,
            pushed: Vec::new(),
        })
    }

    /// npm's words as text, for reading them the way npm does.
    pub fn npm_text(&self) -> Vec<String> {
        self.npm_words
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect()
    }
}

/// The completion script for a shell.
pub fn completions(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "safe-publish", &mut script);
    if shell == clap_complete::Shell::Bash {
        // clap_complete 4.6 takes the hyphen of our name for a subcommand in half
        // of the places, and then finds none.
        let text = String::from_utf8_lossy(&script);
        return text
            .replace("safe__subcmd__publish", "safe__publish")
            .into_bytes();
    }
    script
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    if !(seconds > 0.0 && seconds <= 86_400.0) {
        return Err("must be more than 0 and at most 86400 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Invocation {
        Invocation::parse(line.split_whitespace().map(OsString::from)).unwrap()
    }

    #[test]
    fn our_options_are_taken_out_wherever_they_stand() {
        let run = parse("check --tag next --format json ./dir --allow=version-taken --strict");
        assert_eq!(run.command, Command::Check);
        assert_eq!(run.npm_text(), ["--tag", "next", "./dir"]);
        assert_eq!(run.options.format, Some(Format::Json));
        assert_eq!(run.options.allow, ["version-taken"]);
        assert!(run.options.strict);
    }

    #[test]
    fn a_first_word_that_is_no_command_is_npms() {
        let run = parse("./check --access public");
        assert_eq!(run.command, Command::Publish);
        assert_eq!(run.npm_text(), ["./check", "--access", "public"]);
        assert_eq!(parse("--tag check").npm_text(), ["--tag", "check"]);
        assert_eq!(parse("--strict check").command, Command::Check);
        assert_eq!(parse("./hook").npm_text(), ["./hook"]);
        let hook = parse("hook --strict install").command;
        assert_eq!(hook, Command::Hook(HookCommand::Install));
    }

    #[test]
    fn behind_two_dashes_everything_is_npms() {
        let run = parse("-- check --format json");
        assert_eq!(run.command, Command::Publish);
        assert_eq!(run.npm_text(), ["check", "--format", "json"]);
        let run = parse("check ./a -- --strict");
        assert_eq!(run.npm_text(), ["./a", "--", "--strict"]);
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
            let words = line.split_whitespace().map(OsString::from);
            assert!(
                matches!(Invocation::parse(words), Err(Stop::Wrong(_))),
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
            let words = line.split_whitespace().map(OsString::from);
            assert!(
                matches!(Invocation::parse(words), Err(Stop::Print(_))),
                "{line}"
            );
        }
    }

    #[test]
    fn the_command_line_is_declared_soundly() {
        Cli::command().debug_assert();
    }
}
