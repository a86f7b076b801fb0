//! `check`: the preflight only.

use super::print_report::print_report;
use super::watchdog::Watchdog;
use super::{announce_variables, code, fit, interrupts, launch, prepare, release_run, timeout};
use crate::cli::{Command, Invocation};
use crate::environment::Environment;
use crate::error::Error;
use crate::output::Output;
use crate::preflight::{self, Preflight, Prepared};
use crate::release::{self, ReleasePlan, Request};
use crate::report::release::State;
use crate::report::{Report, human};

/// Judges what npm would publish, or what `release` would send; returns the process's
/// exit code.
pub(super) async fn check(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let watchdog = Watchdog::start(Some(timeout(&invocation.options)))?;
    let report = if let Some(request) = as_release(invocation, environment)? {
        of_release(request, invocation, environment, output).await?
    } else {
        let prepared = prepare(invocation, environment)?;
        let asked = ask(&prepared, invocation, environment, output).await?;
        asked.map(|preflight| preflight.report)
    };
    let report = match report {
        Ok(report) => report,
        Err(code) => return Ok(code),
    };
    watchdog.lift_deadline();
    print_report(&report, &invocation.options, environment, output);
    Ok(i32::from(code(report.verdict, &invocation.options)))
}

/// Asks and judges; returns the exit code if it was interrupted.
async fn ask(
    prepared: &Prepared,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<Result<Preflight, i32>, Error> {
    output.add_secrets(&prepared.scrubber);
    announce_variables(prepared, environment, output);
    let preflight = Box::pin(preflight::run(prepared, &invocation.options, environment));
    interrupts::before_npm(preflight, output).await
}

/// The request for `release`, if `--packer` names a tool, or if npm sees none of the workspaces
/// that the command line names.
fn as_release(
    invocation: &Invocation,
    environment: &Environment,
) -> Result<Option<Request>, Error> {
    let Command::Check { packer, .. } = invocation.command else {
        return Ok(None);
    };
    let is_meant = packer.is_some() || release::npm_sees_none(&invocation.npm, environment)?;
    Ok(is_meant.then(|| Request {
        packer,
        fail_fast: false,
        launch: launch(invocation, environment),
    }))
}

/// Judges what `release` would send.
async fn of_release(
    request: Request,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<Result<Report, i32>, Error> {
    let mut plan = ReleasePlan::of(&invocation.npm, request, environment)?;
    fit(&mut plan.prepared, invocation, environment);
    let preflight = match ask(&plan.prepared, invocation, environment, output).await? {
        Ok(preflight) => preflight,
        Err(code) => return Ok(Err(code)),
    };
    let Preflight { report, facts, .. } = preflight;
    let journal = release_run::read_only(&plan).journal;
    let release = plan.decide(report, &facts, &invocation.options, &journal);
    let packer = &release.packer;
    output.err(&format!(
        "note: this judges what `safe-publish release` would send, packed by {} ({})\n",
        packer.packer.name(),
        packer.because
    ));
    let out = release.packages.iter().filter(|it| it.state == State::Out);
    let names: Vec<String> = out
        .map(|it| format!("{} {}", it.name, it.version.as_deref().unwrap_or_default()))
        .collect();
    if !names.is_empty() {
        output.err(&format!(
            "note: already on the registry: {}\n",
            human::list(&names)
        ));
    }
    Ok(Ok(release.preflight))
}
