//! After npm failed: asks the registry again, and with its answers, the debug log of this run
//! and the facts from before explains npm's error on standard error. npm's exit code is kept.

use std::ffi::OsString;
use std::time::{Duration, SystemTime};

use crate::checks::{self, Judged, Rules};
use crate::cli::Options;
use crate::environment::Environment;
use crate::explain::evidence::{PackageAfter, PublishState, explain_with};
use crate::explain::{Explanation, Log};
use crate::facts::gather::Depth;
use crate::facts::{Facts, ProjectFacts};
use crate::npm::debug_log;
use crate::npm::publish_trace::{PublishTrace, log_of_run};
use crate::npm::run::is_signal;
use crate::output::Output;
use crate::preflight::{self, Prepared};
use crate::registry::client::Client;
use crate::report::explanation as writer;
use crate::settings::CheckLevel;

/// How long the second round of requests may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A failed run of npm.
pub(super) struct FailedRun<'a> {
    pub(super) prepared: &'a Prepared,
    /// The facts from before, in the plan's order.
    pub(super) before: &'a [Facts],
    pub(super) since: SystemTime,
    pub(super) code: i32,
    /// npm's arguments.
    pub(super) args: &'a [OsString],
}

/// Explains it. Prints nothing if nothing is known beyond npm's own messages. Returns the
/// explanation for the machine-readable formats; `None` after an interruption.
pub(super) async fn explain(
    failed: &FailedRun<'_>,
    options: &Options,
    environment: &Environment,
    output: &Output,
) -> Option<Explanation> {
    // Somebody who interrupts npm does not wait for an explanation.
    if is_signal(failed.code) {
        return None;
    }
    let folder = failed.prepared.config.logs_folder(environment);
    let log = folder.and_then(|folder| log_of_run(&folder, failed.since, &environment.cwd));
    let text = log.map_or_else(String::new, |(_, text)| text);
    let tell = |explanation: &Explanation, packages: &[PackageAfter<'_>]| {
        // Without a log, nothing is known beyond what npm has just printed.
        if explanation.error.is_some() {
            let text = writer::human(explanation, options.verbose, output.stderr);
            output.err(&format!("\n{text}"));
        }
        output.err(&published_so_far(
            packages,
            &kept_args(failed.args, options),
        ));
        explanation.clone()
    };
    let prepared = failed.prepared;
    Some(with_evidence(prepared, failed.before, &text, environment, tell).await)
}

/// Asks the registry again about each package, and explains what npm wrote.
/// `before` is what was known before, in the plan's order.
pub(super) async fn with_evidence<T>(
    prepared: &Prepared,
    before: &[Facts],
    text: &str,
    environment: &Environment,
    tell: impl FnOnce(&Explanation, &[PackageAfter<'_>]) -> T,
) -> T {
    let trace = PublishTrace::of_text(text);
    let shasums = debug_log::shasums_in(text);
    let client = Client::new(prepared.config.network(environment), TIMEOUT);
    let now = preflight::ask(prepared, environment, &client, Depth::Full)
        .await
        .unwrap_or_default();
    let project = preflight::project_facts(prepared, environment).await;
    let judged: Vec<Judged> = now.iter().map(|facts| judge(facts, &project)).collect();
    let packages: Vec<PackageAfter<'_>> = now
        .iter()
        .zip(&judged)
        .zip(before)
        .map(|((facts, judged), before)| PackageAfter {
            facts,
            judged,
            stood_before: was_published(before),
            shasum: shasum(facts, &shasums),
            trace: &trace,
        })
        .collect();
    let log = Log::of_text(&without_reads(text));
    tell(&explain_with(&log, &trace, &packages), &packages)
}

/// Whether the version existed; `None` if it was not asked.
fn was_published(before: &Facts) -> Option<bool> {
    let version = before.version().ok().map(|answer| answer.value.is_some());
    let packument = || {
        before
            .packument()
            .ok()
            .map(|_| checks::is_published(before))
    };
    version.or_else(packument)
}

/// The log without the requests that npm made on the way: their 404s are not the failure.
fn without_reads(text: &str) -> String {
    let is_read = |line: &&str| line.contains(" http fetch GET ") || line.contains(" http cache ");
    let kept: Vec<&str> = text.lines().filter(|line| !is_read(line)).collect();
    kept.join("\n")
}

/// The checks' verdict on a package and its project, ignoring the user's own levels.
fn judge(facts: &Facts, project: &ProjectFacts) -> Judged {
    let rules = Rules {
        levels: &std::collections::BTreeMap::<String, CheckLevel>::new(),
        allow: &[],
        strict: false,
    };
    let (mut judged, project) = (
        checks::judge(facts, &rules),
        checks::judge_project(project, &rules),
    );
    judged.findings.extend(project.findings);
    judged.undecided.extend(project.undecided);
    judged
}

fn shasum<'a>(
    facts: &Facts,
    shasums: &'a std::collections::BTreeMap<(String, String), String>,
) -> Option<&'a str> {
    let name = facts.package.name.as_str()?.to_owned();
    let version = facts.package.version.as_ref().ok()?.to_string();
    shasums.get(&(name, version)).map(String::as_str)
}

/// Which of several packages were published although npm failed: a partial release.
fn published_so_far(packages: &[PackageAfter<'_>], kept: &[String]) -> String {
    if packages.len() < 2 {
        return String::new();
    }
    let (out, left): (Vec<_>, Vec<_>) = packages
        .iter()
        .partition(|package| package.state() != PublishState::NotPublished);
    if out.is_empty() {
        return format!("none of the {} packages was published\n", packages.len());
    }
    let specs = |packages: &[&PackageAfter<'_>]| {
        let specs: Vec<String> = packages.iter().map(|package| package.spec()).collect();
        specs.join(", ")
    };
    let mut text = format!(
        "published before npm stopped: {} of {} packages: {}\n",
        out.len(),
        packages.len(),
        specs(&out)
    );
    if !left.is_empty() {
        let mut flags: Vec<String> = left
            .iter()
            .filter_map(|package| package.facts.package.name.as_str())
            .map(|name| format!("-w {name}"))
            .collect();
        flags.extend_from_slice(kept);
        text.push_str(&format!(
            "not published: {}\n  = help: after correcting the cause, publish only the rest: \
             safe-publish {}\n",
            specs(&left),
            flags.join(" ")
        ));
    }
    text
}

/// The arguments that also apply to the rest of a release: our own options, and npm's arguments
/// except the choice of packages and a one-time password, which works only once.
fn kept_args(args: &[OsString], options: &Options) -> Vec<String> {
    let mut kept = own_options(options);
    let mut args = args.iter().map(|arg| arg.to_string_lossy()).peekable();
    while let Some(arg) = args.next() {
        let name = arg.split('=').next().unwrap_or_default();
        match name {
            "-w" | "--workspace" | "--otp" => {
                if name.len() == arg.len() {
                    args.next();
                }
            }
            "-ws" | "--workspaces" | "-iwr" | "--include-workspace-root" => {
                args.next_if(|next| next == "true");
            }
            _ => kept.push(quoted(&arg)),
        }
    }
    kept
}

/// Our options that decide about a publish, as given.
fn own_options(options: &Options) -> Vec<String> {
    let switches = [
        (options.strict, "--strict"),
        (options.allow_undecided, "--allow-undecided"),
        (options.no_verify, "--no-verify"),
    ];
    let given = switches.iter().filter(|(given, _)| *given);
    let mut own: Vec<String> = given.map(|(_, switch)| (*switch).to_owned()).collect();
    let allowed = options.allow.iter();
    own.extend(allowed.map(|id| format!("--allow {}", quoted(id))));
    let timeout = options.timeout;
    own.extend(timeout.map(|time| format!("--timeout {}", time.as_secs())));
    own
}

/// An argument, quoted for a shell.
fn quoted(arg: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"@/._-~:%+=,".contains(&b);
    if !arg.is_empty() && arg.bytes().all(is_plain) {
        return arg.to_owned();
    }
    format!("'{}'", arg.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_release_keeps_what_was_asked_for() {
        let args = [
            "--workspaces",
            "--registry",
            "http://h/",
            "-w",
            "a",
            "--workspace=b",
            "--otp",
            "123456",
            "--tag=next",
            "--x",
            "it's me",
        ];
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let options = Options {
            strict: true,
            allow: vec!["git-dirty".to_owned()],
            timeout: Some(Duration::from_secs(60)),
            format: None,
            allow_undecided: false,
            no_verify: false,
            quiet: false,
            verbose: false,
            color: crate::cli::Color::Auto,
        };
        assert_eq!(
            kept_args(&args, &options).join(" "),
            "--strict --allow git-dirty --timeout 60 --registry http://h/ --tag=next --x 'it'\\''s me'"
        );
    }
}
