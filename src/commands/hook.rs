//! The git hook: installs it, removes it, and runs it for git.

use super::interrupts::Interrupts;
use super::watchdog::Watchdog;
use crate::cli::{Format, HookCommand, Invocation, Options};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::finding::Outcome;
use crate::git::Program;
use crate::hook::install::{self, InstallResult};
use crate::hook::place::{HOOK, HookFolder, Kind};
use crate::hook::run::{CheckedCommit, CommitResult, TIMEOUT, look, named};
use crate::hook::script::{BEFORE, Call};
use crate::output::Output;
use crate::report::Report;
use crate::report::human::{self, Verbosity};

pub(super) async fn hook(
    what: &HookCommand,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let options = &invocation.options;
    if options.format.is_some_and(|format| format != Format::Human) {
        return Err(
            Error::new("reading --format", "the hook's output is only for people")
                .next("use `safe-publish check --format json` in programs")
                .wrong_usage(),
        );
    }
    if let HookCommand::Run { .. } = what {
        return run(invocation, environment, output).await;
    }
    let git = Program::find(environment).ok_or_else(|| {
        Error::new("looking for git on PATH", "it is not there").next("install git")
    })?;
    let place = HookFolder::find(&git, &environment.cwd).await?;
    let done = if *what == HookCommand::Install {
        let program = std::env::current_exe().ok();
        let call = Call {
            // A path on this machine is useless to others.
            fallback: program.as_deref().filter(|_| place.kind == Kind::Clone),
            strict: options.strict,
        };
        install::install(&place, call)?
    } else {
        install::uninstall(&place)?
    };
    if !options.quiet {
        output.say(&said(done, *what == HookCommand::Install, &place));
    }
    Ok(i32::from(exit_code::READY))
}

/// Checks what is pushed, unless a signal ends that.
async fn run(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let options = &invocation.options;
    let timeout = options.timeout.unwrap_or(TIMEOUT);
    let watchdog = Watchdog::of_hook(timeout, options.strict)?;
    let mut interrupts = Interrupts::listen()?;
    let results = tokio::select! {
        biased;
        code = interrupts.next() => return Ok(code),
        results = look(&invocation.pushed, options, environment) => results,
    };
    watchdog.lift_deadline();
    Ok(i32::from(print_results(results, options, output)))
}

fn said(done: InstallResult, installs: bool, place: &HookFolder) -> String {
    let hook = place.hook();
    let hook = hook.display();
    let mut text = match done {
        InstallResult::Written => format!("installed: {hook}\n"),
        InstallResult::Around => {
            format!("installed: {hook}\n  the previous hook is kept as {BEFORE} and called first\n")
        }
        InstallResult::Inside => format!("installed: a block at the start of {hook}\n"),
        InstallResult::Renewed => format!("updated: {hook}\n"),
        InstallResult::Nothing if installs => format!("already installed: {hook}\n"),
        InstallResult::Nothing => format!("nothing to remove from {hook}\n"),
        InstallResult::Restored => format!("removed: {hook} is as it was before\n"),
        InstallResult::Kept => format!("removed: the other lines of {hook} are kept\n"),
        InstallResult::Removed => format!("removed: {hook}\n"),
    };
    let shared = matches!(place.kind, Kind::Project | Kind::Husky);
    if shared && !matches!(done, InstallResult::Nothing) {
        text +=
            &format!("  it belongs to the project: commit {HOOK}, so that others have it, too\n");
    }
    text
}

/// Reports what was found; returns the exit code. Only proof stops a push: what could not be
/// decided or read lets it continue, unless `--strict` is set.
fn print_results(results: Vec<CommitResult>, options: &Options, output: &mut Output) -> u8 {
    let mut worst = exit_code::READY;
    for (tags, found) in results {
        let code = match found {
            Ok(checked) => print_checked(&tags, &checked, options, output),
            Err(error) => {
                print_failure(&format!("{tags} is"), &error, output);
                code_of(&error, options)
            }
        };
        // A proven error takes precedence over a failure of ours.
        if worst != exit_code::BLOCKED && code != exit_code::READY {
            worst = code;
        }
    }
    if worst != exit_code::READY {
        let label = output.stderr.note("help:");
        output.err(&format!("{label} to push anyway: git push --no-verify\n"));
    }
    worst
}

/// Says what is pushed without a check, and why.
fn print_failure(what: &str, error: &Error, output: &Output) {
    let label = output.stderr.warning("warning:");
    output.err(&format!("{label} {what} pushed without a check\n{error}\n"));
}

/// A failure of ours stops a push only with `--strict`.
fn code_of(failure: &Error, options: &Options) -> u8 {
    if options.strict {
        failure.exit_code()
    } else {
        exit_code::READY
    }
}

fn verbosity(report: &Report, options: &Options) -> Verbosity {
    if options.verbose {
        Verbosity::Verbose
    } else if report.has_findings() && !options.quiet {
        Verbosity::Normal
    } else {
        Verbosity::Quiet
    }
}

fn print_checked(
    tags: &str,
    checked: &CheckedCommit,
    options: &Options,
    output: &mut Output,
) -> u8 {
    let style = output.stderr.without_links();
    for note in checked.notes.iter().filter(|_| !options.quiet) {
        output.err(&format!("{} {note}\n", style.note("note:")));
    }
    let stops = options.strict && !options.allow_undecided;
    if let Some(why) = &checked.unchecked {
        if stops || !options.quiet {
            output.err(&format!("{} {why}\n", style.note("note:")));
        }
        if stops {
            return exit_code::UNDECIDED;
        }
    }
    for failure in &checked.failures {
        print_failure(&format!("a package of {tags} is"), failure, output);
    }
    let failed = checked.failures.first();
    let failed = failed.map_or(exit_code::READY, |failure| code_of(failure, options));
    let worst = print_reports(tags, checked, options, output);
    let style = output.stderr.without_links();
    if worst == Outcome::Undecided && !stops {
        output.err(&format!(
            "{} the push continues although this could not be decided\n",
            style.note("note:")
        ));
    }
    match worst {
        Outcome::Blocked => exit_code::BLOCKED,
        Outcome::Undecided if stops => exit_code::UNDECIDED,
        Outcome::Ready | Outcome::Undecided => failed,
    }
}

/// Prints findings in full, and the names of packages without any; returns the worst outcome.
fn print_reports(
    tags: &str,
    checked: &CheckedCommit,
    options: &Options,
    output: &mut Output,
) -> Outcome {
    let style = output.stderr.without_links();
    let mut worst = Outcome::Ready;
    let mut ready = Vec::new();
    for report in &checked.reports {
        output.add_secrets(&report.secrets);
        let text = human::write(report, style, verbosity(report, options));
        if text.is_empty() {
            ready.extend(report.packages.iter().filter_map(named));
        } else {
            let title = style.strong(&format!("the commit of {tags}"));
            output.err(&format!("{title}\n{text}"));
        }
        worst = worst.max(report.verdict);
    }
    let lines = [("ready", &ready), ("published already", &checked.published)];
    for (word, names) in lines {
        if !names.is_empty() && !options.quiet {
            let word = style.good(word);
            output.err(&format!("{word}: {} ({tags})\n", names.join(", ")));
        }
    }
    worst
}
