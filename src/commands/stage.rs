//! `stage publish`: runs the real `npm stage publish`, then shows where each version waits and
//! who can approve it.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use super::{cannot_start, explain_failure, verify};
use crate::cli::{Format, Invocation};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
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
    let mut failure = None;
    if code != 0 && !npm::run::is_signal(code) {
        let failed = explain_failure::FailedRun {
            prepared,
            before: &preflight.facts,
            since: begin,
            code,
            args: &invocation.npm.args,
        };
        failure = explain_failure::explain(&failed, &invocation.options, environment, output).await;
    }
    let logs = prepared.config.logs_folder(environment);
    let ended = NpmExit {
        well: code == 0,
        printed: staged::read(&stdout),
        logged: logs.map_or_else(BTreeSet::new, |folder| debug_log::staged(&folder, begin)),
    };
    let kinds: Vec<_> = preflight.facts.iter().map(|facts| facts.kind).collect();
    let expected = verify::expected(prepared, &kinds, environment, begin);
    let client = Client::new(prepared.config.network(environment), TIMEOUT);
    let packages = staged_packages(&client, &expected, &preflight.facts, &ended).await;
    if !packages.is_empty() {
        output.err(&writer::human(&packages, output.stderr));
    }
    if wants_json {
        output.json(&writer::json(&packages, failure.as_ref()));
    }
    Ok(if code == 0 {
        i32::from(exit_code::READY)
    } else {
        code
    })
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

/// What npm printed about a package. An id that it did not print is looked up, for example if a
/// script failed after npm had staged the version.
async fn found<'e>(
    client: &Client,
    expected: &'e Expected,
    ended: &NpmExit,
    stood_before: bool,
) -> Staged<'e> {
    let key = (expected.name.clone(), expected.version.clone());
    let printed = ended.printed.get(&key);
    let is_new = ended.well || printed.is_some() || ended.logged.contains(&expected.name);
    let id = match printed.cloned().flatten() {
        Some(id) => Some(id),
        None if stood_before && !is_new => None,
        None => stage_id(client, expected).await,
    };
    Staged {
        is_staged: is_new || id.is_some(),
        is_new,
        expected,
        id,
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
