//! `release`: a whole repository. Plans it, asks the registries, and hands over to
//! `release_run` for the rest.

use super::print_report;
use super::publish::{self, Answer, is_confirmed_here};
use super::release_run::{self, Context, Item};
use super::{announce_variables, code, fit, interrupts, no_npm};
use crate::cli::Invocation;
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::output::Output;
use crate::preflight;
use crate::release::{ReleasePlan, Request};

/// Runs the command; gives the process's exit code.
pub(super) async fn release(
    request: Request,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let mut plan = ReleasePlan::of(&invocation.npm, request, environment)?;
    fit(&mut plan.prepared, invocation, environment);
    output.add_secrets(&plan.prepared.scrubber);
    let is_planned_only = plan.prepared.config.flag("dry-run");
    let session = if is_planned_only {
        None
    } else {
        Some(release_run::begin(&plan, output)?)
    };
    announce_variables(&plan.prepared, environment, output);
    let options = &invocation.options;
    let preflight = Box::pin(preflight::run(&plan.prepared, options, environment));
    let preflight = match interrupts::before_npm(preflight, output).await? {
        Ok(preflight) => preflight,
        Err(code) => return Ok(code),
    };
    let facts = preflight.facts.clone();
    let mut report = plan.decide(preflight, options.strict);
    let items = Item::all(&plan, &report, &facts);
    let verdict = code(report.preflight.verdict, options);
    let session = match session {
        Some(session) if verdict == exit_code::READY && !items.is_empty() => session,
        other => {
            if let Some(session) = other {
                session.clean(output);
            }
            print_report::release(&report, invocation, output);
            return Ok(i32::from(verdict));
        }
    };
    print_report::release_plan(&report, invocation, output);
    let Some(npm) = plan.prepared.npm.clone() else {
        return Err(no_npm());
    };
    let is_asked = is_confirmed_here(invocation, &plan.prepared, environment);
    if is_asked {
        let what = format!("{} packages", items.len());
        match publish::confirm(&what, output).await? {
            Answer::Yes => {}
            Answer::No => {
                output.err("nothing was sent: you did not confirm\n");
                return Ok(i32::from(exit_code::BLOCKED));
            }
            Answer::Interrupted(code) => {
                output.err("interrupted: nothing was sent\n");
                return Ok(code);
            }
        }
    }
    let context = Context {
        plan: &plan,
        npm: &npm,
        invocation,
        environment,
        output,
        fail_fast: request.fail_fast,
    };
    Box::pin(release_run::run(
        context,
        items,
        (session, &mut report),
        &facts,
    ))
    .await
}
