//! `release`: a whole repository. Plans it, asks the registries, and says what would
//! be sent.

use super::print_report::detail;
use super::{announce_variables, code, interrupts};
use crate::cli::{Format, Invocation};
use crate::environment::Environment;
use crate::error::Error;
use crate::output::Output;
use crate::preflight;
use crate::release::{ReleasePlan, Request};
use crate::report::release::{self as writer, Release};

/// Runs the command; gives the process's exit code.
pub(super) async fn release(
    request: Request,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let mut plan = ReleasePlan::of(&invocation.npm, request, environment)?;
    for package in &mut plan.prepared.plan.packages {
        package.staged = invocation.staged;
    }
    output.add_secrets(&plan.prepared.scrubber);
    if !plan.prepared.config.flag("dry-run") {
        return Err(Error::new(
            "releasing the repository",
            "this version plans a release, and sends nothing yet",
        )
        .next("safe-publish release --dry-run"));
    }
    announce_variables(&plan.prepared, environment, output);
    let options = &invocation.options;
    let preflight = Box::pin(preflight::run(&plan.prepared, options, environment));
    let preflight = match interrupts::before_npm(preflight, output).await? {
        Ok(preflight) => preflight,
        Err(code) => return Ok(code),
    };
    let report = plan.decide(preflight, options.strict);
    print(&report, invocation, output);
    Ok(i32::from(code(report.preflight.verdict, options)))
}

/// The document alone goes to standard output, or else the text for people.
fn print(report: &Release, invocation: &Invocation, output: &Output) {
    let options = &invocation.options;
    if options.format == Some(Format::Json) {
        output.err(&writer::human(report, output.stderr, detail(options)));
        output.json(&writer::json(report));
    } else {
        output.say(&writer::human(report, output.stdout, detail(options)));
    }
}
