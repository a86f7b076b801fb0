//! `release`: a whole repository. Plans it, asks the registries, and leaves the rest to
//! `release_run`.

use super::interrupts::{Interrupts, NOTHING_SENT};
use super::print_report;
use super::publish::{self, Answer, is_confirmed_here};
use super::release_run::{self, Context};
use super::watchdog::Watchdog;
use super::{announce_variables, code, fit, no_npm, timeout};
use crate::cli::Invocation;
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::manifest::packer::ChosenPacker;
use crate::npm::Npm;
use crate::origin::Origin;
use crate::output::Output;
use crate::preflight::{self, Preflight};
use crate::release::pack::tool::Tool;
use crate::release::{ReleasePlan, Request};
use crate::report::human::count;
use crate::report::release::Release;

/// Runs the command; returns the process's exit code.
pub(super) async fn release(
    request: Request,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let watchdog = Watchdog::start(Some(timeout(&invocation.options)))?;
    // One listener up to the end: between two of them a signal would be lost.
    let mut interrupts = Interrupts::listen()?;
    let mut plan = ReleasePlan::of(&invocation.npm, request, environment)?;
    fit(&mut plan.prepared, invocation, environment);
    output.add_secrets(&plan.prepared.scrubber);
    let is_planned_only = plan.prepared.config.flag("dry-run");
    let mut session = if is_planned_only {
        release_run::read_only(&plan)
    } else {
        release_run::begin(&plan, output)?
    };
    announce_variables(&plan.prepared, environment, output);
    let options = &invocation.options;
    let preflight = Box::pin(preflight::run(&plan.prepared, options, environment));
    let Preflight { report, facts, .. } = match interrupts.race(preflight).await {
        Ok(preflight) => preflight?,
        Err(code) => {
            output.err(NOTHING_SENT);
            return Ok(code);
        }
    };
    let mut report = plan.decide(report, &facts, options, &session.journal);
    let verdict = code(report.preflight.verdict, options);
    note_root(&plan, invocation, output);
    watchdog.lift_deadline();
    let is_ready = verdict == exit_code::READY && !report.order.is_empty();
    let packer = match interrupts
        .race(find_packer(&plan, is_ready, environment))
        .await
    {
        Ok(packer) => packer,
        Err(code) => {
            output.err(NOTHING_SENT);
            return Ok(code);
        }
    };
    if is_planned_only || !is_ready {
        session.clean(output);
        print_report::release(&report, invocation, (environment, output));
        if is_planned_only {
            note_dry_run(&plan, invocation, output);
        }
        if let Err(error) = packer {
            warn_of_packer(error, output);
        }
        return Ok(i32::from(verdict));
    }
    print_report::release_plan(&report, invocation, output);
    let Some((npm, tool)) = packer? else {
        return Ok(i32::from(verdict));
    };
    report.packer.version = Some(tool.version.clone());
    drop(watchdog);
    if let Err(code) = confirmed(&plan, &report, invocation, (environment, output)).await? {
        return Ok(code);
    }
    let context = Context {
        plan: &plan,
        npm,
        tool: &tool,
        invocation,
        environment,
        output,
        fail_fast: request.fail_fast,
    };
    let run = release_run::run(context, (session, &mut report), &facts, &mut interrupts);
    Box::pin(run).await
}

/// npm and the tool that packs, if anything is to be packed.
async fn find_packer<'a>(
    plan: &'a ReleasePlan,
    is_wanted: bool,
    environment: &Environment,
) -> Result<Option<(&'a Npm, Tool)>, Error> {
    if !is_wanted {
        return Ok(None);
    }
    let npm = plan.prepared.npm.as_ref().ok_or_else(no_npm)?;
    let ChosenPacker { packer, wanted, .. } = &plan.packer;
    let tool = Tool::find(*packer, wanted.as_deref(), &plan.root, (npm, environment)).await?;
    Ok(Some((npm, tool)))
}

/// Says why the release itself would fail on this machine. The plan stays right: another machine
/// may make the release.
fn warn_of_packer(error: Error, output: &Output) {
    output.err(&format!(
        "{} the release itself would end here:\n",
        output.stderr.warning("warning:")
    ));
    output.error(error);
}

/// Says that the root package is left out, which `npm publish` in its folder would send.
fn note_root(plan: &ReleasePlan, invocation: &Invocation, output: &Output) {
    let Some(name) = plan
        .root_left_out
        .as_ref()
        .filter(|_| !invocation.options.quiet)
    else {
        return;
    };
    output.err(&format!(
        "note: the root package {name} is not a member of its own workspace and is left out; --include-workspace-root adds it\n"
    ));
}

/// Says that nothing was sent, and what set that.
fn note_dry_run(plan: &ReleasePlan, invocation: &Invocation, output: &Output) {
    let Some((entry, _)) = plan.prepared.config.valid("dry-run") else {
        return;
    };
    let is_flag = matches!(entry.origin, Origin::CommandLine { .. });
    if !(is_flag && invocation.options.quiet) {
        output.err(&format!(
            "nothing was sent: dry-run is set by {}\n",
            entry.origin
        ));
    }
}

/// Asks a person whether to continue, if requested; returns the exit code if not.
async fn confirmed(
    plan: &ReleasePlan,
    report: &Release,
    invocation: &Invocation,
    (environment, output): (&Environment, &Output),
) -> Result<Result<(), i32>, Error> {
    if !is_confirmed_here(invocation, &plan.prepared, environment) {
        return Ok(Ok(()));
    }
    let what = count(report.order.len(), "package");
    Ok(match publish::confirm(&what, output).await? {
        Answer::Yes => Ok(()),
        Answer::No => {
            output.err("nothing was sent: you did not confirm\n");
            Err(i32::from(exit_code::BLOCKED))
        }
        Answer::Interrupted(code) => {
            output.err(NOTHING_SENT);
            Err(code)
        }
    })
}
