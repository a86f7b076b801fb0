//! The command line as clap knows it. All other code that needs our commands and options asks
//! [`command`].

use std::ffi::OsString;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::finding::Packer;

/// Text with the URL of the page that says more.
macro_rules! pages {
    ($text:literal, $page:literal) => {
        concat!(
            $text,
            "\n\nMore: ",
            env!("CARGO_PKG_REPOSITORY"),
            "/blob/main/docs/",
            $page
        )
    };
}

/// Know why `npm publish` would fail before it does.
///
/// Without a command: check, then run the real `npm publish` with exactly the
/// arguments given here, then wait until the version is visible with the bytes
/// that were sent. Everything after `--` is handed to npm unread.
#[derive(Parser, Debug)]
// An option given twice counts once, as with npm: the last value.
#[command(
    name = "safe-publish",
    version,
    max_term_width = 100,
    args_override_self = true
)]
#[command(
    override_usage = "safe-publish [npm publish's arguments]\n       safe-publish <COMMAND> [...]"
)]
#[command(after_help = pages!("\
Examples:
  safe-publish                   check, publish, wait until it is visible
  safe-publish check             check only: sends nothing, starts no npm
  safe-publish --tag next ./pkg  npm's own arguments reach npm as they are

Exit codes: 0 ready or published, 2 wrong command line, 100 blocked,
101 undecided, 102 could not work, 103 published but not seen,
104 a release is incomplete; anything else is npm's own.", "commands.md"))]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Sub>,
    #[command(flatten)]
    npm: NpmArguments,
    #[command(flatten)]
    pub(super) options: Options,
    /// Ask once before npm starts, on a terminal and outside CI; "no" ends with 100.
    #[arg(long)]
    pub(super) confirm: bool,
}

/// Marks a command whose other words are npm's. They are removed before clap sees the command
/// line.
#[derive(Args, Debug)]
pub(super) struct NpmArguments {
    #[arg(id = NPM_ARGUMENTS, hide = true)]
    npm_arguments: Vec<OsString>,
}

/// The id of the positional argument that marks a command as taking npm's arguments.
pub(super) const NPM_ARGUMENTS: &str = "npm_arguments";

/// Our own options, which every command takes. npm never sees them.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a separate switch")]
#[command(next_help_heading = "Options of safe-publish (npm never sees them)")]
pub struct Options {
    /// The output format. The check of a publish has all of them, `release` human, json and
    /// github, every other command human and json alone.
    #[arg(long, value_enum, global = true)]
    pub format: Option<Format>,
    /// Warnings block, too.
    #[arg(long, global = true)]
    pub strict: bool,
    /// Do not block because of this check; its findings are shown as allowed. Repeatable.
    #[arg(long, value_name = "ID", global = true)]
    pub allow: Vec<String>,
    /// Continue although the registry did not answer a deciding question.
    #[arg(long, global = true)]
    pub allow_undecided: bool,
    /// Do not wait until the published version is visible.
    #[arg(long, global = true)]
    pub no_verify: bool,
    /// Time for all checks (default 30), or for `verify` (default 300).
    #[arg(long, value_name = "SECONDS", global = true, value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// Print nothing when nothing is wrong.
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Show the evidence of each finding, and every request with its status and time.
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
    /// Annotations and a step summary; the default in GitHub Actions.
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
pub(super) enum Sub {
    /// Check only: send nothing to a registry, run no script, start no npm.
    #[command(override_usage = "safe-publish check [npm publish's arguments]")]
    #[command(after_help = pages!("\
Examples:
  safe-publish check                      the package in this folder
  safe-publish check --workspaces         every member of a workspace
  safe-publish check ./pkg --format json  another folder, as JSON", "checks.md"))]
    Check {
        /// The package is built: a missing entry point is an error.
        #[arg(long)]
        built: bool,
        /// Show what differs from the version on the registry.
        #[arg(long)]
        compare: bool,
        /// Judge the tarball that this tool would make, and that `release` would send.
        #[arg(long, value_name = "NAME", value_parser = packer())]
        packer: Option<Packer>,
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// Explain an id, an npm error code or a log.
    #[command(after_help = pages!("\
Examples:
  safe-publish explain               npm's newest debug log
  safe-publish explain E403          what the code can mean
  npm publish 2>&1 | safe-publish explain -", "troubleshooting.md"))]
    Explain {
        /// An id, a code such as E404, a file, `-` for standard input, or `ids` for a list of
        /// all ids; npm's newest debug log if omitted.
        what: Option<String>,
    },
    /// List the files that npm would pack, without starting npm or sending a request.
    #[command(override_usage = "safe-publish files [npm publish's arguments]")]
    #[command(after_help = pages!("\
Examples:
  safe-publish files                 the files, and what may change them
  safe-publish files --why dist/a.js whether it is packed, and why
  safe-publish files --format json   the list as one JSON document", "packing.md"))]
    Files {
        /// Tell whether this path is packed, and which rule decides that.
        #[arg(long, value_name = "PATH")]
        why: Option<String>,
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// Show where a publish would go, as whom, and which line decided that.
    #[command(
        override_usage = "safe-publish config [npm publish's arguments]\n       safe-publish config --schema"
    )]
    #[command(after_help = pages!("\
Examples:
  safe-publish config                registry, account, tag, access, origins
  safe-publish config --format json  the same as one JSON document
  safe-publish config --schema       the JSON schema of the settings", "settings.md"))]
    Config {
        /// Print the JSON schema of the settings instead.
        #[arg(long)]
        schema: bool,
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// Publish with the real npm and every script into a registry inside this process.
    #[command(
        override_usage = "safe-publish rehearse [npm publish's arguments]\n       safe-publish rehearse --serve [--state FILE]"
    )]
    #[command(after_help = pages!("\
Examples:
  safe-publish rehearse                    publish here, then install from here
  safe-publish rehearse --workspaces       every member of a workspace
  safe-publish rehearse --serve            a registry for testing release scripts", "rehearsal.md"))]
    Rehearse {
        /// Keep the registry running and print its address, for testing release scripts.
        #[arg(long)]
        serve: bool,
        /// The registry's initial state: a JSON document.
        #[arg(long, value_name = "FILE")]
        state: Option<OsString>,
        /// Rehearse a `release` of the whole repository.
        #[arg(long)]
        release: bool,
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// Check, run the real `npm stage publish`, and say how to approve the version.
    #[command(
        override_usage = "safe-publish stage publish [npm publish's arguments]\n       safe-publish stage list|view|approve|reject|download [npm's arguments]"
    )]
    #[command(after_help = pages!("\
Examples:
  safe-publish stage publish               stage the package in this folder
  safe-publish check stage publish         its preflight alone
  safe-publish stage list my-utils         handed to npm as it is", "commands.md"))]
    Stage {
        /// Ask once before npm starts, on a terminal and outside CI; "no" ends with 100.
        #[arg(long)]
        confirm: bool,
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// A whole repository: every public package whose version is not published yet, in
    /// dependency order.
    #[command(override_usage = "safe-publish release [NAME...] [npm publish's arguments]")]
    #[command(after_help = pages!("\
Examples:
  safe-publish release --dry-run  what would be sent, and in which order
  safe-publish release            pack, check every tarball, upload in order
  safe-publish release -w NAME    one package of the repository", "monorepos.md"))]
    Release {
        /// The tool that packs, instead of the one that the repository names.
        #[arg(long, value_name = "NAME", value_parser = packer())]
        packer: Option<Packer>,
        /// Send nothing more after the first failure, not even packages that do not depend on
        /// it.
        #[arg(long)]
        fail_fast: bool,
        /// Stage the versions instead of publishing them.
        #[arg(long)]
        stage: bool,
        /// Ask once before anything is sent, on a terminal and outside CI; "no" ends with 100.
        #[arg(long)]
        confirm: bool,
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// Wait until a published version is visible, with the right bytes and dist-tag.
    #[command(override_usage = "safe-publish verify NAME@VERSION [npm's options]")]
    #[command(after_help = pages!("\
Examples:
  safe-publish verify my-utils@1.0.2
  safe-publish verify my-utils@2.0.0-rc.1 --tag next
  safe-publish verify @acme/core@1.4.0 --timeout 60", "commands.md"))]
    Verify {
        #[command(flatten)]
        npm: NpmArguments,
    },
    /// Check the tagged commit before its version tag is pushed, as git's pre-push hook.
    #[command(arg_required_else_help = true)]
    #[command(after_help = pages!("\
Examples:
  safe-publish hook install
  safe-publish hook install --strict
  safe-publish hook uninstall", "hook.md"))]
    Hook {
        #[command(subcommand)]
        what: HookCommand,
    },
    /// Print a completion script for a shell, or the man page.
    #[command(after_help = pages!("\
Examples:
  safe-publish completions bash > ~/.bash_completion.d/safe-publish
  safe-publish completions zsh > ~/.zfunc/_safe-publish
  safe-publish completions man > ~/.local/share/man/man1/safe-publish.1", "commands.md"))]
    Completions {
        /// The shell; `man` for the man page.
        #[arg(value_name = "SHELL", value_enum)]
        what: Completions,
    },
}

/// What `completions` prints.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Completions {
    Bash,
    Elvish,
    Fish,
    #[value(name = "powershell")]
    PowerShell,
    Zsh,
    /// The man page, in roff.
    Man,
}

/// What to do with the hook.
#[derive(Subcommand, Clone, Debug, PartialEq, Eq)]
pub enum HookCommand {
    /// Write it where git looks for it; an existing hook is kept and called first.
    Install,
    /// Remove it, and restore the previous hook.
    Uninstall,
    /// What git starts: reads from standard input what is pushed. Undecided lets the push
    /// continue, unless --strict.
    Run {
        /// The remote's name and URL, as git passes them.
        #[arg(hide = true)]
        remote: Vec<OsString>,
    },
}

/// The declared command line.
pub(super) fn bare_command() -> clap::Command {
    Cli::command()
}

/// The whole command line, with the common options on each command.
pub(super) fn command() -> clap::Command {
    let mut command = bare_command();
    command.build();
    command
}

/// The tools that can pack a repository.
fn packer() -> impl TypedValueParser<Value = Packer> {
    PossibleValuesParser::new(Packer::NAMES)
        .map(|name| Packer::from_name(&name).unwrap_or(Packer::Npm))
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

    #[test]
    fn the_command_line_is_declared_soundly() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_option_given_twice_has_its_last_value_and_lists_grow() {
        let line = "safe-publish check --quiet --quiet --timeout 5 --timeout 6 \
                    --allow license-missing --allow auth-missing";
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        assert_eq!(cli.options.timeout, Some(Duration::from_secs(6)));
        assert_eq!(cli.options.allow.len(), 2);
    }
}
