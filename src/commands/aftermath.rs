//! After npm failed: the registry is asked again, and with its answers, the
//! debug log of this very run and what was known before, npm's error is
//! explained on standard error. npm's exit code stays npm's.

use std::ffi::OsString;
use std::time::{Duration, SystemTime};

use crate::checks::{self, Judged, Rules};
use crate::cli::{Format, Options};
use crate::environment::Environment;
use crate::explain::Log;
use crate::explain::evidence::{After, Fate, explain_with};
use crate::facts::Facts;
use crate::npm::debug_log;
use crate::npm::story::{Story, log_of_run};
use crate::output::Output;
use crate::preflight::{self, Prepared};
use crate::registry::client::Client;
use crate::report::explanation as writer;
use crate::settings::CheckLevel;

/// How long the second round of questions may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// From here on npm's exit code tells of a signal: whoever interrupts npm
/// waits for no explanation.
const SIGNALS: i32 = 128;

/// A run of npm that failed.
pub(super) struct Failed<'a> {
    pub(super) prepared: &'a Prepared,
    /// What was known before, in the plan's order.
    pub(super) before: &'a [Facts],
    pub(super) since: SystemTime,
    pub(super) code: i32,
    /// npm's words.
    pub(super) words: &'a [OsString],
}

/// Explains it. Says nothing where nothing is known beyond npm's own words.
pub(super) async fn explain(
    failed: &Failed<'_>,
    options: &Options,
    environment: &Environment,
    output: &Output,
) {
    if failed.code > SIGNALS {
        return;
    }
    let prepared = failed.prepared;
    let folder = prepared.config.logs_folder(environment);
    let run = folder.and_then(|folder| log_of_run(&folder, failed.since, &environment.cwd));
    let text = run.map_or(String::new(), |(_, text)| text);
    let story = Story::of_text(&text);
    let shasums = debug_log::shasums_in(&text);
    let client = Client::new(prepared.config.network(environment), PATIENCE);
    let now = preflight::ask(prepared, environment, &client)
        .await
        .unwrap_or_default();
    let judged: Vec<Judged> = now.iter().map(judge).collect();
    let packages: Vec<After<'_>> = now
        .iter()
        .zip(&judged)
        .zip(failed.before)
        .map(|((facts, judged), before)| After {
            facts,
            judged,
            stood_before: before.version().ok().map(|answer| answer.value.is_some()),
            shasum: shasum(facts, &shasums),
        })
        .collect();
    let log = Log::of_text(&without_reads(&text));
    let explanation = explain_with(&log, &story, &packages);
    if options.format == Some(Format::Json) {
        output.out(&writer::json(&explanation));
    }
    let tells = explanation
        .causes
        .first()
        .is_some_and(|cause| cause.id != "unknown");
    if tells {
        output.err(&format!("\n{}", writer::human(&explanation, output.stderr)));
    } else if let Some(script) = &story.failed_script {
        let sent = if story.puts.is_empty() {
            "; nothing was sent to the registry"
        } else {
            ""
        };
        output.err(&format!(
            "\nthe script `{}` failed (code {}){sent}\n",
            script.command, script.code
        ));
    }
    output.err(&went_out(&packages, failed.words));
}

/// The log without the questions that npm asked on the way: their 404s are not
/// what failed.
fn without_reads(text: &str) -> String {
    let is_read = |line: &&str| line.contains(" http fetch GET ") || line.contains(" http cache ");
    let kept: Vec<&str> = text.lines().filter(|line| !is_read(line)).collect();
    kept.join("\n")
}

/// What the checks make of it, the user's own levels aside.
fn judge(facts: &Facts) -> Judged {
    let rules = Rules {
        levels: &std::collections::BTreeMap::<String, CheckLevel>::new(),
        allow: &[],
        strict: false,
    };
    checks::judge(facts, &rules)
}

fn shasum<'a>(
    facts: &Facts,
    shasums: &'a std::collections::BTreeMap<(String, String), String>,
) -> Option<&'a str> {
    let name = facts.package.name.as_str()?.to_owned();
    let version = facts.package.version.as_ref().ok()?.to_string();
    shasums.get(&(name, version)).map(String::as_str)
}

/// Which of several packages are out although npm failed: half a release.
fn went_out(packages: &[After<'_>], words: &[OsString]) -> String {
    if packages.len() < 2 {
        return String::new();
    }
    let (out, left): (Vec<_>, Vec<_>) = packages
        .iter()
        .partition(|package| package.fate() != Fate::NotPublished);
    if out.is_empty() {
        return format!("none of the {} packages was published\n", packages.len());
    }
    let specs = |packages: &[&After<'_>]| {
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
        flags.extend(kept(words));
        text.push_str(&format!(
            "not published: {}\n  = help: once the cause is mended, publish the rest alone: safe-publish {}\n",
            specs(&left),
            flags.join(" ")
        ));
    }
    text
}

/// What holds for the rest of a release, too: everything but the choice of
/// packages, and a one-time password, which serves once.
fn kept(words: &[OsString]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut words = words.iter().map(|word| word.to_string_lossy()).peekable();
    while let Some(word) = words.next() {
        let name = word.split('=').next().unwrap_or_default();
        match name {
            "-w" | "--workspace" | "--otp" => {
                if name.len() == word.len() {
                    words.next();
                }
            }
            "-ws" | "--workspaces" | "-iwr" | "--include-workspace-root" => {
                words.next_if(|next| next == "true");
            }
            _ => kept.push(quoted(&word)),
        }
    }
    kept
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"@/._-~:%+=,".contains(&b);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_release_keeps_what_was_asked_for() {
        let words = [
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
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        assert_eq!(
            kept(&words).join(" "),
            "--registry http://h/ --tag=next --x 'it'\\''s me'"
        );
    }
}
