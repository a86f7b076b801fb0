//! Waiting for a version: `verify`, and the wrapper after npm's success.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish};

use crate::cli::{Format, Invocation, Options};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::manifest::Manifest;
use crate::manifest::version::Version;
use crate::npm::debug_log;
use crate::output::Output;
use crate::plan::{PackagePlan, Spec};
use crate::preflight::{self, Prepared};
use crate::progress::Ticks;
use crate::registry::Network;
use crate::registry::client::Client;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;
use crate::report::verification as writer;
use crate::settings::Settings;
use crate::verify::{DEFAULT_TIMEOUT, Expected, VersionState, wait};

/// Time for the last request to be answered after the time is over: a tenth of it, but at most
/// ten seconds.
fn last_look(timeout: Duration) -> Duration {
    (timeout / 10).clamp(Duration::from_millis(500), Duration::from_secs(10))
}

/// `verify NAME@VERSION`.
pub(super) async fn verify(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let configured = preflight::configure(&invocation.npm, environment)?;
    output.add_secrets(&configured.scrubber);
    let config = &configured.config;
    let (name, version) = asked(&config.command_line().positionals)?;
    let manifest = Manifest::from_json(serde_json::json!({ "name": name }));
    let package = config.for_package(&manifest);
    let registry = package.registry(name).map_err(|problem| {
        Error::new(
            "finding the registry",
            format!("`{}` is not an absolute http(s) URL", problem.value),
        )
        .next(format!("correct it in {}", problem.origin))
    })?;
    let settings = settings(config.local_prefix(), environment)?;
    let overrides = preflight::kind_overrides(&settings, environment)?;
    let expected = Expected {
        kind: kinds::by_url(registry.value.url(), &overrides).unwrap_or(RegistryKind::Other),
        credential: package.request_credential(registry.value.url()),
        registry: registry.value,
        name: name.to_owned(),
        version: version.to_string(),
        tag: config.get("tag").map(|tag| tag.value.to_text()),
        accepted: false,
        shasum: None,
    };
    let network = config.network(environment);
    Ok(i32::from(
        follow(
            &[expected],
            network,
            &invocation.options,
            environment,
            output,
        )
        .await,
    ))
}

/// The settings of the project in a folder, which need not be one.
fn settings(root: &Path, environment: &Environment) -> Result<Settings, Error> {
    let manifest = Manifest::read(&root.join("package.json")).ok();
    preflight::settings_of(root, manifest.as_ref(), environment)
}

/// The name and the version in the arguments.
fn asked(positionals: &[String]) -> Result<(&str, Version), Error> {
    let usage = |problem: String| {
        Error::new("reading what to verify", problem)
            .next("write `safe-publish verify NAME@VERSION`")
            .wrong_usage()
    };
    let [spec] = positionals else {
        return Err(usage("exactly one NAME@VERSION is needed".to_owned()));
    };
    let at = spec.get(1..).and_then(|rest| rest.rfind('@'));
    let (name, version) = at.map_or((spec.as_str(), ""), |at| (&spec[..=at], &spec[at + 2..]));
    let version =
        Version::parse(version, true).ok_or_else(|| usage(format!("`{spec}` has no version")))?;
    Ok((name, version))
}

/// What the wrapper waits for after npm succeeded: each package in its present state, since a
/// script may have changed its version, with the SHA-1 in npm's debug log of this run.
pub(super) fn expected(
    prepared: &Prepared,
    kinds: &[RegistryKind],
    environment: &Environment,
    since: SystemTime,
) -> Vec<Expected> {
    let logs = prepared.config.logs_folder(environment);
    let shasums = logs
        .map(|folder| debug_log::shasums(&folder, since))
        .unwrap_or_default();
    let packages = prepared.plan.packages.iter().zip(kinds);
    packages
        .filter(|(package, _)| !package.dry_run)
        .filter_map(|(package, kind)| of(package, *kind, &shasums))
        .collect()
}

fn of(
    package: &PackagePlan,
    kind: RegistryKind,
    shasums: &std::collections::BTreeMap<(String, String), String>,
) -> Option<Expected> {
    let now = match package.spec {
        Spec::Folder => Manifest::read(&package.manifest.path).ok()?,
        Spec::Tarball => package.manifest.clone(),
        Spec::Remote { .. } => return None,
    };
    let name = package.name.as_str()?.to_owned();
    let version = now.version().ok()?.to_string();
    let registry = package.registry.as_ref().ok()?.value.clone();
    Some(Expected {
        shasum: shasums.get(&(name.clone(), version.clone())).cloned(),
        registry,
        kind,
        credential: package.credential.request.clone(),
        name,
        version,
        tag: Some(package.tag.sent.value.clone()),
        accepted: true,
    })
}

/// Waits, with a line on a terminal, and returns the state of each version.
pub(super) async fn follow(
    expected: &[Expected],
    network: Network,
    options: &Options,
    environment: &Environment,
    output: &Output,
) -> u8 {
    let timeout = options.timeout.unwrap_or(DEFAULT_TIMEOUT);
    let client = Client::new(
        Network {
            retries: 0,
            ..network
        },
        timeout + last_look(timeout),
    );
    let line = waiting_line(expected, environment, options);
    let in_log = line.is_hidden() && !options.quiet;
    let began = Instant::now();
    let mut log = ProgressLog::default();
    let outcomes = wait(&client, expected, timeout, async |pause, so_far| {
        if let Some(scanning) = writer::scanning_so_far(expected, so_far) {
            if in_log && log.is_due(began.elapsed()) {
                output.err(&format!("{scanning}\n"));
            }
            line.set_message(scanning);
        }
        tokio::time::sleep(pause).await;
    })
    .await;
    line.finish_and_clear();
    print_states(expected, &outcomes, options, output)
}

/// Prints the state of each version; returns the exit code.
fn print_states(
    expected: &[Expected],
    states: &[VersionState],
    options: &Options,
    output: &Output,
) -> u8 {
    let seen: Vec<_> = expected.iter().zip(states).collect();
    // npm accepted what is still being scanned: the wrapper did its job.
    let is_good = |(expected, outcome): &(&Expected, &VersionState)| {
        outcome.is_good() || (expected.accepted && **outcome == VersionState::Validating)
    };
    let all_is_well = seen.iter().all(is_good);
    let is_scanned = states.contains(&VersionState::Validating);
    if !(options.quiet && all_is_well && !is_scanned) {
        output.err(&writer::human(&seen, output.stderr));
    }
    if options.format == Some(Format::Json) {
        output.json(&writer::json(&seen));
    }
    if all_is_well {
        exit_code::READY
    } else {
        exit_code::NOT_SEEN
    }
}

/// When a log gets another line: immediately, and then once a minute, to show that this is
/// still running.
#[derive(Default)]
struct ProgressLog {
    /// The time of the last line, from the start of the wait.
    last: Option<Duration>,
}

impl ProgressLog {
    fn is_due(&mut self, now: Duration) -> bool {
        let minute = Duration::from_secs(60);
        let is_due = self.last.is_none_or(|last| now >= last + minute);
        if is_due {
            self.last = Some(now);
        }
        is_due
    }
}

/// After an interrupted upload: what to look for.
pub(super) fn may_have_arrived(expected: &[Expected], output: &Output) {
    for package in expected {
        let spec = format!("{}@{}", package.name, package.version);
        output.err(&format!(
            "\ninterrupted: the upload of {spec} was in progress, and may have arrived\n  = \
             help: safe-publish verify {spec} --registry {}\n",
            package.registry
        ));
    }
}

/// Reports that the wait was interrupted.
pub(super) fn not_waited_for(expected: &[Expected], output: &Output) {
    for package in expected {
        let spec = format!("{}@{}", package.name, package.version);
        output.err(&format!(
            "\nnpm reports that {spec} was accepted; the wait until it is visible was \
             interrupted\n  = help: safe-publish verify {spec} --registry {}\n",
            package.registry
        ));
    }
}

fn waiting_line(
    expected: &[Expected],
    environment: &Environment,
    options: &Options,
) -> ProgressBar {
    let Some(ticks) = Ticks::of(environment).filter(|_| !options.quiet) else {
        return ProgressBar::hidden();
    };
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        .with_finish(ProgressFinish::AndClear);
    bar.set_style(ticks.style("{spinner} {msg} ({elapsed})"));
    let names: Vec<String> = expected
        .iter()
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    bar.set_message(format!(
        "waiting until the registry shows {}",
        names.join(", ")
    ));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_at_once_and_then_one_a_minute() {
        let mut log = ProgressLog::default();
        let due: Vec<u64> = (0..=300)
            .step_by(30)
            .filter(|seconds| log.is_due(Duration::from_secs(*seconds)))
            .collect();
        assert_eq!(due, [0, 60, 120, 180, 240, 300]);
    }
}
