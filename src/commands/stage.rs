//! `stage publish`: runs the real `npm stage publish`, then shows where each version waits and
//! who can approve it.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::interrupts::Interrupts;
use super::{cannot_start, explain_failure, verify};
use crate::cli::{Format, Invocation};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::explain::Explanation;
use crate::facts::Facts;
use crate::npm::{self, Npm, debug_log, staged};
use crate::output::Output;
use crate::preflight::{Preflight, Prepared};
use crate::registry::client::Client;
use crate::registry::documents::VersionStatus;
use crate::report::staging::{self as writer, Staged};
use crate::verify::{Expected, stage_id};

/// How long to ask the registry for ids that npm did not print.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Runs npm and reports. It does not wait: a staged version is not visible.
pub(super) async fn publish(
    (prepared, npm): (&Prepared, &Npm),
    preflight: &Preflight,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let begin = SystemTime::now();
    let wants_json = invocation.options.format == Some(Format::Json);
    let (code, stdout) = npm::run::stage_publish(npm, &invocation.npm.args, wants_json)
        .await
        .map_err(|error| cannot_start(npm, &error))?;
    let mut interrupts = Interrupts::listen()?;
    let logs = prepared.config.logs_folder(environment);
    let ended = NpmExit::of(code, &stdout, logs.as_deref(), begin);
    let kinds: Vec<_> = preflight.facts.iter().map(|facts| facts.kind).collect();
    let expected = verify::expected(prepared, &kinds, environment, begin);
    let failed = explain_failure::FailedRun {
        prepared,
        before: &preflight.facts,
        since: begin,
        code,
        args: &invocation.npm.args,
    };
    let asked = async {
        let options = &invocation.options;
        let failure = match code {
            0 => None,
            _ => explain_failure::explain(&failed, options, environment, output).await,
        };
        let client = Client::new(prepared.config.network(environment), TIMEOUT);
        let packages = staged_packages(&client, &expected, &preflight.facts, &ended).await;
        (failure, packages)
    };
    let (failure, packages, end) = match interrupts.race(Box::pin(asked)).await {
        Ok((failure, packages)) => (failure, packages, i32::from(exit_code::READY)),
        Err(signal) => {
            output.err("\ninterrupted: npm has ended; the registry was not asked further\n");
            let known = expected.iter().map(|package| known(package, &ended));
            let known = known.filter(|package| package.is_staged).collect();
            (None, known, signal)
        }
    };
    print(invocation, output, &packages, failure.as_ref());
    Ok(if code == 0 { end } else { code })
}

fn print(
    invocation: &Invocation,
    output: &mut Output,
    packages: &[Staged<'_>],
    failure: Option<&Explanation>,
) {
    if !packages.is_empty() {
        output.err(&writer::human(packages, output.stderr));
    }
    if invocation.options.format == Some(Format::Json) {
        output.json(&writer::json(packages, failure));
    }
}

/// What is in the stage now, package by package.
async fn staged_packages<'e>(
    client: &Client,
    expected: &'e [Expected],
    before: &[Facts],
    ended: &NpmExit,
) -> Vec<Staged<'e>> {
    let mut packages = Vec::new();
    for package in expected {
        let was_there = before.iter().any(|facts| was_staged(facts, package));
        packages.push(found(client, package, ended, was_there).await);
    }
    packages
}

/// How npm ended, and what it printed and logged about staged versions.
struct NpmExit {
    /// npm ended with 0: everything was staged.
    well: bool,
    /// What it printed.
    printed: staged::Staged,
    /// The packages that its debug log reports as staged.
    logged: BTreeSet<String>,
}

impl NpmExit {
    fn of(code: i32, stdout: &[u8], logs: Option<&Path>, begin: SystemTime) -> Self {
        Self {
            well: code == 0,
            printed: staged::read(stdout),
            logged: logs.map_or_else(BTreeSet::new, |folder| debug_log::staged(folder, begin)),
        }
    }
}

/// Whether a version was staged before npm was started.
fn was_staged(facts: &Facts, expected: &Expected) -> bool {
    let is_it = facts.package.name.as_str() == Some(&expected.name);
    let status = facts.status().ok().and_then(|answer| answer.value);
    is_it
        && matches!(
            status,
            Some(VersionStatus::Staged | VersionStatus::Validating)
        )
}

/// What npm said about a package.
fn known<'e>(expected: &'e Expected, ended: &NpmExit) -> Staged<'e> {
    let key = (expected.name.clone(), expected.version.clone());
    let printed = ended.printed.get(&key);
    let is_new = ended.well || printed.is_some() || ended.logged.contains(&expected.name);
    Staged {
        is_staged: is_new,
        is_new,
        expected,
        id: printed.cloned().flatten(),
    }
}

/// What npm printed about a package. An id that it did not print is looked up, for example if a
/// script failed after npm had staged the version.
async fn found<'e>(
    client: &Client,
    expected: &'e Expected,
    ended: &NpmExit,
    stood_before: bool,
) -> Staged<'e> {
    let known = known(expected, ended);
    if known.id.is_some() || (stood_before && !known.is_new) {
        return known;
    }
    let id = stage_id(client, expected).await;
    Staged {
        is_staged: known.is_new || id.is_some(),
        id,
        ..known
    }
}

/// Passes another `npm stage` command on unchanged.
///
/// # Errors
/// When this npm has none, or cannot be started.
pub(super) async fn run_npm(npm: &Npm, invocation: &Invocation) -> Result<i32, Error> {
    if !npm.version.knows_staging() {
        let problem = format!(
            "npm {} has no `npm stage`, which came with npm 11.15",
            npm.version
        );
        return Err(Error::new("running npm stage", problem).next("npm install -g npm@latest"));
    }
    let run = npm::run::command(npm, "stage", &invocation.npm.args).await;
    run.map_err(|error| cannot_start(npm, &error))
}
