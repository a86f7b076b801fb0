//! What each command does, in order.

mod check;
mod explain;
mod explain_failure;
mod files;
mod hook;
mod interrupts;
mod print_report;
mod publish;
mod rehearse;
mod rehearse_release;
mod rehearsed_contents;
mod release;
mod release_run;
mod stage;
mod verify;
mod watchdog;

use std::collections::BTreeSet;

use crate::cli::{self, Command, Completions, Format, Invocation, Options};
use crate::config_report::{self, ConfigReport};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::contents::Stage;
use crate::finding::Outcome;
use crate::npm;
use crate::origin::Origin;
use crate::output::Output;
use crate::plan::Launch;
use crate::plan::variables::{is_for_registries, sent_variables};
use crate::preflight::{self, Prepared};

/// Runs a command; returns the process's exit code.
///
/// # Errors
/// When the job could not be done at all.
pub async fn run(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    known_format(invocation)?;
    if let Some((flag, npm)) = preflight::prints_only(&invocation.npm, environment) {
        return print_by_npm(invocation, flag, npm.as_ref()).await;
    }
    match &invocation.command {
        Command::Check { .. } => check::check(invocation, environment, output).await,
        // In a script of `npm publish`, another publish would start itself again and again.
        Command::Publish | Command::Rehearse { serve: false, .. }
            if npm::run::inside_a_publish(environment) =>
        {
            output.err(
                "note: npm is already publishing (this runs in one of its scripts), so \
                this only checks\n",
            );
            check::check(invocation, environment, output).await
        }
        Command::Publish => publish::publish(invocation, environment, output).await,
        Command::Stage => {
            let npm = npm::find::find(environment).ok_or_else(no_npm)?;
            stage::run_npm(&npm, invocation).await
        }
        Command::Completions(what) => Ok(print_completions(*what, output)),
        Command::Rehearse { .. } => rehearse(invocation, environment, output).await,
        Command::Config { schema: true } => Ok(print_schema(output)),
        Command::Config { schema: false } => config(invocation, environment, output),
        Command::Files { why } => files::files(why.as_deref(), invocation, environment, output),
        Command::Explain(what) => {
            explain::explain(what.as_deref(), invocation, environment, output)
        }
        Command::Release { packer, fail_fast } => {
            let request = crate::release::Request {
                packer: *packer,
                fail_fast: *fail_fast,
                launch: Launch::Here,
            };
            Box::pin(release::release(request, invocation, environment, output)).await
        }
        Command::Verify => verify::verify(invocation, environment, output).await,
        Command::Hook(what) => hook::hook(what, invocation, environment, output).await,
    }
}

/// The three forms of `rehearse`: a registry to use by hand, a repository, and a package.
async fn rehearse(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    match &invocation.command {
        Command::Rehearse {
            serve: true, state, ..
        } => rehearse::serve(state.as_deref(), environment, output).await,
        Command::Rehearse { release: true, .. } => {
            Box::pin(rehearse_release::rehearse(invocation, environment, output)).await
        }
        _ => Box::pin(rehearse::rehearse(invocation, environment, output)).await,
    }
}

fn print_completions(what: Completions, output: &mut Output) -> i32 {
    let script = cli::completions(what, &explain::ids());
    output.out(&String::from_utf8_lossy(&script));
    i32::from(exit_code::READY)
}

fn print_schema(output: &mut Output) -> i32 {
    output.json(&crate::settings::schema(&crate::checks::entries()));
    i32::from(exit_code::READY)
}

/// Flags that make npm print something instead of publishing are passed to npm immediately.
async fn print_by_npm(
    invocation: &Invocation,
    flag: &str,
    npm: Option<&npm::Npm>,
) -> Result<i32, Error> {
    if invocation.command != Command::Publish {
        let cause = format!("with `--{flag}` npm prints something and publishes nothing");
        return Err(Error::new("reading the command line", cause)
            .next(format!("omit it, or run: npm publish --{flag}"))
            .wrong_usage());
    }
    let npm = npm.ok_or_else(no_npm)?;
    let run = npm::run::publish(npm, &invocation.npm.args).await;
    run.map_err(|error| cannot_start(npm, &error))
}

/// The other formats are only for the report of a preflight.
fn known_format(invocation: &Invocation) -> Result<(), Error> {
    let known = match invocation.command {
        Command::Check { .. } | Command::Publish | Command::Hook(_) => return Ok(()),
        Command::Release { .. } => "human, json and github",
        _ => "human and json",
    };
    match invocation.options.format {
        None | Some(Format::Human | Format::Json) => Ok(()),
        Some(Format::Github) if matches!(invocation.command, Command::Release { .. }) => Ok(()),
        Some(_) => Err(Error::new(
            "reading --format",
            format!("this command has only the formats {known}"),
        )
        .next("the others are for `check`, and for the preflight of a publish")
        .wrong_usage()),
    }
}

/// Prepares a publish or a staged publish.
fn prepare(invocation: &Invocation, environment: &Environment) -> Result<Prepared, Error> {
    let launch = launch(invocation, environment);
    let mut prepared = preflight::prepare(&invocation.npm, environment, launch)?;
    fit(&mut prepared, invocation, environment);
    Ok(prepared)
}

/// Adapts the preparation to the command's options.
fn fit(prepared: &mut Prepared, invocation: &Invocation, environment: &Environment) {
    for package in &mut prepared.plan.packages {
        package.staged = invocation.staged;
        package.by_release = matches!(invocation.command, Command::Release { .. });
    }
    prepared.stage = match invocation.command {
        Command::Publish => Stage::Publishing,
        Command::Check { built: true, .. } => Stage::Built,
        _ => Stage::Before,
    };
    prepared.compares = match invocation.command {
        Command::Check { compare, .. } => compare,
        Command::Publish => publish::is_confirmed_here(invocation, prepared, environment),
        _ => false,
    };
}

/// Only the wrapper starts npm itself.
fn launch(invocation: &Invocation, environment: &Environment) -> Launch {
    let is_wrapper = invocation.command == Command::Publish;
    if is_wrapper && !npm::run::inside_a_publish(environment) {
        Launch::Here
    } else {
        Launch::Elsewhere
    }
}

/// Announces, before any request, which variables a file of the project sends although their
/// names are not those of registry tokens.
fn announce_variables(prepared: &Prepared, environment: &Environment, output: &Output) {
    let packages = prepared.plan.packages.iter();
    let all = packages.flat_map(|package| sent_variables(&prepared.config, package));
    let foreign: BTreeSet<String> = all
        .filter(|variable| !is_for_registries(&variable.name))
        .map(|variable| {
            let place = match &variable.origin {
                Origin::File(at) => {
                    let path = at.path.strip_prefix(&environment.cwd).unwrap_or(&at.path);
                    format!("{}:{}", path.display(), at.line)
                }
                other => other.to_string(),
            };
            let to = variable
                .host
                .as_deref()
                .unwrap_or("the registry of that line");
            format!("{place} sends the value of {} to {to}", variable.name)
        })
        .collect();
    for line in foreign {
        output.err(&format!("{} {line}\n", output.stderr.warning("warning:")));
    }
}

/// Shows npm's configuration as it applies to each package. Sends no request.
fn config(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let prepared = preflight::prepare(&invocation.npm, environment, Launch::Here)?;
    output.add_secrets(&prepared.scrubber);
    let report = ConfigReport::of(
        &prepared.config,
        &prepared.plan,
        prepared.npm.as_ref(),
        environment,
    );
    match invocation.options.format {
        Some(Format::Json) => output.json(&config_report::json::write(&report)),
        _ => output.say(&config_report::human::write(&report, output.stdout)),
    }
    Ok(i32::from(exit_code::READY))
}

/// How long the registries may take to answer.
fn timeout(options: &Options) -> std::time::Duration {
    options.timeout.unwrap_or(preflight::DEFAULT_TIMEOUT)
}

fn code(verdict: Outcome, options: &Options) -> u8 {
    match verdict {
        Outcome::Ready => exit_code::READY,
        Outcome::Undecided if options.allow_undecided => exit_code::READY,
        Outcome::Undecided => exit_code::UNDECIDED,
        Outcome::Blocked => exit_code::BLOCKED,
    }
}

fn no_npm() -> Error {
    Error::new(
        "looking for npm on PATH",
        "it is not there, except for shims of this program",
    )
    .next("install Node.js, which includes npm; `safe-publish check` works without it")
}

fn cannot_start(npm: &npm::Npm, error: &std::io::Error) -> Error {
    Error::new(format!("starting {}", npm.path.display()), error)
        .next("check that it runs: npm --version")
}
