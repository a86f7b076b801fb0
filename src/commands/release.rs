//! `release`: a whole repository. Plans it, asks the registries, and leaves the rest to
//! `release_run`.

use super::interrupts::{Interrupts, NOTHING_SENT};
use super::print_report;
use super::publish::{self, Answer, is_confirmed_here};
use super::release_run::{self, Context, Session};
use super::watchdog::Watchdog;
use super::{announce_variables, code, fit, no_npm, timeout};
use crate::cli::Invocation;
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::Facts;
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
    let options = &invocation.options;
    let watchdog = Watchdog::start(Some(timeout(options)))?;
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
    let preflight = Box::pin(preflight::run(&plan.prepared, options, environment));
    let Preflight { report, facts, .. } = match interrupts.race(preflight).await {
        Ok(preflight) => preflight?,
        Err(code) => {
            output.err(NOTHING_SENT);
            return Ok(code);
        }
    };
    let mut report = plan.decide(report, &facts, options, &session.journal);
    note_root(&plan, invocation, output);
    watchdog.lift_deadline();
    let planned = PlannedRelease {
        plan: &plan,
        request,
        invocation,
        environment,
        output,
    };
    let is_ready = code(report.preflight.verdict, options) == exit_code::READY;
    if is_planned_only || !is_ready || report.order.is_empty() {
        session.clean(output);
        return Ok(planned.print(&report, &mut interrupts).await);
    }
    print_report::release_plan(&report, invocation, output);
    drop(watchdog);
    let run = planned.send((session, &mut report), &facts, &mut interrupts);
    Box::pin(run).await
}

/// A release of which the registries were asked.
#[derive(Clone, Copy)]
struct PlannedRelease<'a> {
    plan: &'a ReleasePlan,
    request: Request,
    invocation: &'a Invocation,
    environment: &'a Environment,
    output: &'a Output,
}

impl PlannedRelease<'_> {
    /// Prints a plan that nothing follows; returns the exit code.
    async fn print(&self, report: &Release, interrupts: &mut Interrupts) -> i32 {
        let (plan, output) = (self.plan, self.output);
        print_report::release(report, self.invocation, (self.environment, output));
        let verdict = code(report.preflight.verdict, &self.invocation.options);
        if !plan.prepared.config.flag("dry-run") {
            return i32::from(verdict);
        }
        note_dry_run(plan, self.invocation, output);
        if verdict == exit_code::READY && !report.order.is_empty() {
            match interrupts.race(self.find_packer()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => warn_of_packer(error, output),
                Err(code) => return code,
            }
        }
        i32::from(verdict)
    }

    /// Packs, checks and uploads; returns the exit code.
    async fn send(
        &self,
        (session, report): (Session, &mut Release),
        facts: &[Facts],
        interrupts: &mut Interrupts,
    ) -> Result<i32, Error> {
        let (npm, tool) = match interrupts.race(self.find_packer()).await {
            Ok(found) => found?,
            Err(code) => {
                self.output.err(NOTHING_SENT);
                return Ok(code);
            }
        };
        report.packer.version = Some(tool.version.clone());
        if let Err(code) = self.confirmed(report).await? {
            return Ok(code);
        }
        let context = Context {
            plan: self.plan,
            npm,
            tool: &tool,
            invocation: self.invocation,
            environment: self.environment,
            output: self.output,
            fail_fast: self.request.fail_fast,
        };
        release_run::run(context, (session, report), facts, interrupts).await
    }

    /// npm and the tool that packs.
    async fn find_packer(&self) -> Result<(&Npm, Tool), Error> {
        let npm = self.plan.prepared.npm.as_ref().ok_or_else(no_npm)?;
        let ChosenPacker { packer, wanted, .. } = &self.plan.packer;
        let around = (npm, self.environment);
        let tool = Tool::find(*packer, wanted.as_deref(), &self.plan.root, around).await?;
        Ok((npm, tool))
    }

    /// Asks a person whether to continue, if requested; returns the exit code if not.
    async fn confirmed(&self, report: &Release) -> Result<Result<(), i32>, Error> {
        let output = self.output;
        if !is_confirmed_here(self.invocation, &self.plan.prepared, self.environment) {
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
