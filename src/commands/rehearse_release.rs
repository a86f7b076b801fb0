//! `rehearse --release`: a whole release to the embedded registry, and an installation of each
//! of its packages from there, dependencies first.

use super::interrupts::Interrupts;
use super::rehearse::{RehearsedPublish, describe_fence, finish, refuse_what_is_elsewhere, set_up};
use super::rehearsed_contents::Before;
use super::watchdog::Watchdog;
use super::{announce_variables, no_npm};
use crate::cli::{Invocation, Options};
use crate::environment::Environment;
use crate::error::Error;
use crate::output::Output;
use crate::plan::Launch;
use crate::release::{ReleasePlan, Request};

/// Runs it; returns the process's exit code.
pub(super) async fn rehearse(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let request = Request {
        packer: None,
        fail_fast: false,
        launch: Launch::Here,
    };
    let watchdog = Watchdog::of_rehearsal()?;
    let plan = ReleasePlan::of(&invocation.npm, request, environment)?;
    let prepared = plan.prepared;
    output.add_secrets(&prepared.scrubber);
    let Some(npm) = prepared.npm.clone() else {
        return Err(no_npm());
    };
    announce_variables(&prepared, environment, output);
    refuse_what_is_elsewhere(&prepared)?;
    let (rehearsal, previous) = set_up(environment, output, &prepared).await?;
    output.err(&format!(
        "rehearsal: an embedded registry at {} stands in for npm's; no other is written to\n",
        rehearsal.registry.url()
    ));
    output.err(&describe_fence(&rehearsal.fence));
    let mut interrupts = Interrupts::listen()?;
    // The release receives signals itself, and ends first.
    drop(watchdog);
    let ended = rehearsal.release(&own_args(&invocation.options)).await;
    let ended = ended.map_err(|error| {
        Error::new("starting the release inside the fence", error)
            .next("SAFE_PUBLISH_FENCE=off runs it without the fence")
    })?;
    let ran = RehearsedPublish {
        publisher: "the release",
        planned: rehearsal.registry.arrived().len(),
        rehearsal,
        npm,
        before: Before {
            // The release has judged each tarball itself.
            facts: Vec::new(),
            previous,
            settings: prepared.settings,
        },
        ended,
    };
    finish(invocation, output, &mut interrupts, &ran).await
}

/// Our own options that affect a release.
fn own_args(options: &Options) -> Vec<String> {
    let switches = [
        (options.strict, "--strict"),
        (options.allow_undecided, "--allow-undecided"),
        (options.quiet, "--quiet"),
        (options.verbose, "--verbose"),
    ];
    let given = switches.iter().filter(|(is_given, _)| *is_given);
    // Annotations and a summary would announce what was only rehearsed.
    let format = std::iter::once("--format=human".to_owned());
    let switches = given.map(|(_, word)| (*word).to_owned());
    let allowed = options.allow.iter().map(|id| format!("--allow={id}"));
    let timeout = options.timeout.iter();
    let timeout = timeout.map(|time| format!("--timeout={}", time.as_secs()));
    let all = format.chain(switches).chain(allowed);
    all.chain(timeout).collect()
}
