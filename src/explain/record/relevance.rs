//! Decides whether a text is a failure of npm. A code, a status or a prefix that npm prints is
//! proof; Node's own codes and other servers' statuses count only if the text is about
//! publishing or packages.

use super::{Record, Script, Tool, codes, package};
use crate::explain::log::{Line, Log, LogLevel};

/// Words of publishing and packages.
const PUBLISH_WORDS: &str = "\
    npm|yarn|yn00|lerna|changeset|semantic-release|release-it|bun |publish|registry|package|\
    artifactory|verdaccio|sonatype|nexus|pkgs.dev|packages/|.tgz";

/// A line with one of these reports a failure, if it is about publishing.
const FAILURE_WORDS: &str = "\
    fail|error|denied|refus|forbidden|reject|cannot|can't|couldn't|could not|unable|not allowed|\
    not permitted|unauthorized|timed out|aborted";

/// A line with one of these reports no failure.
const SUCCESS_WORDS: &str = "\
    0 error|no error|0 fail|without error|errors: 0|failed: 0|if it fails|on failure";

/// A log with more lines than this is machine output, which has its own words for a failure.
const MAX_LINES_OF_PROSE: usize = 40;

/// npm's notice of an expired token, often all that is left of a failure.
const EXPIRY_WORDS: &str = "access token expired or revoked";

/// Whether an error without a code or a status counts: npm's own prefix, its notice of an
/// expired token, or a sentence about a failed publish.
pub(super) fn says_so(log: &Log) -> bool {
    log.is_of_npm() || failure_line(log).is_some()
}

/// Whether npm's last words are that it succeeded, and nothing reports an error. A 404 before
/// that was not a failure.
pub(super) fn ended_well(log: &Log) -> bool {
    let says_exit_0 = |line: &Line| line.level == LogLevel::Info && line.text == "exit 0";
    log.lines.iter().any(says_exit_0) && !log.has(LogLevel::Error)
}

/// The line that reports the failure, if npm's prefix does not.
pub(super) fn failure_line(log: &Log) -> Option<&str> {
    let is_short = log.lines.len() <= MAX_LINES_OF_PROSE;
    log.lines
        .iter()
        .map(|line| (line, line.text.to_lowercase()))
        .find_map(|(line, text)| {
            let complains = line.level == LogLevel::Error
                || FAILURE_WORDS.split('|').any(|word| text.contains(word));
            let of_prose = is_short
                && line.level != LogLevel::Info
                && text.contains("publish")
                && complains
                && !SUCCESS_WORDS.split('|').any(|word| says_word(&text, word));
            (of_prose || text.contains(EXPIRY_WORDS)).then_some(line.text.as_str())
        })
}

/// Whether a word begins there: in `1.0.0 failed` there is no `0 fail`.
fn says_word(text: &str, word: &str) -> bool {
    let begins = |at: usize| !text[..at].ends_with(|c: char| c == '.' || c.is_alphanumeric());
    text.match_indices(word).any(|(at, _)| begins(at))
}

/// Whether a log is about publishing, packages or their tools.
pub(in crate::explain) fn speaks_of_packages(log: &Log) -> bool {
    // Whoever pastes a line or two has chosen them.
    let chosen = log.lines.len() <= 2 && log.lines.iter().any(|line| is_a_key_line(&line.text));
    chosen
        || log.lines.iter().any(|line| {
            let text = line.raw.to_lowercase();
            PUBLISH_WORDS.split('|').any(|word| text.contains(word))
        })
}

/// Texts that are pasted alone, and nearly always come from a fetch.
fn is_a_key_line(text: &str) -> bool {
    const WORDS: &str = "certificate|_CERT|LEAF_SIGNATURE|Unexpected token|tunneling socket";
    WORDS.split('|').any(|word| text.contains(word))
}

/// Whether a cause is one that any network program can have.
pub(in crate::explain) fn is_of_any_program(id: &str) -> bool {
    const IDS: &str = "
        registry-outage registry-unreachable registry-proxy registry-rate-limited
        registry-url-invalid registry-untrusted-certificate registry-permission
        local-file-unwritable script-failed auth-missing auth-rejected
    ";
    id.starts_with("network-") || codes::is_listed(IDS, id)
}

/// Whether what failed succeeded later in the log: the package was published
/// behind the last of npm's errors, or any package where only a look-up had
/// failed, or nothing that is called an error. A failure that names no package
/// is that of the only package that the log shows, in an earlier run. What a script does behind its
/// publish is another matter.
pub(in crate::explain) fn succeeded_later(log: &Log, record: &Record) -> bool {
    // A script looks its version up before the publish, or too early after it.
    let is_look_up = record.error.text.contains("No match found for version");
    if is_look_up && record.is_read() && log.says("packages published successfully") {
        return true;
    }
    let mut last = log.lines.iter().rev();
    // pnpm does not name the script.
    let ends = |line: &Line| line.prefix.is_some() || line.text.contains("ELIFECYCLE");
    let found = last.find(|line| ends(line) || published(line).is_some());
    let is_behind = record.script.as_ref().is_some_and(Script::runs_behind);
    found.and_then(published).is_some_and(|name| {
        let package = record.error.package.as_deref();
        let is_it = package.map_or_else(|| is_another_run(log), |package| package == name);
        !is_behind && (is_it || record.is_read() || !log.has(LogLevel::Error))
    })
}

/// Whether npm itself was started again behind its last error, for the only package that the
/// log shows as published: what publishes several goes on with the next one.
fn is_another_run(log: &Log) -> bool {
    let mut names: Vec<&str> = log.lines.iter().filter_map(published).collect();
    names.dedup();
    let ended = log.lines.iter().rposition(|line| line.prefix.is_some());
    let starts = |line: &Line| {
        let text = line.text.trim_start_matches(['$', '>', '%', '#', ' ']);
        text.starts_with("npm publish") || line.text.starts_with("Publishing to ")
    };
    let mut behind = log.lines.iter().skip(ended.unwrap_or(log.lines.len()));
    names.len() == 1 && Tool::of(log).is_none() && behind.any(starts)
}

/// The package that a line reports as published: `+ cat@1.0.0`.
fn published(line: &Line) -> Option<&str> {
    const BEFORE: [&str; 2] = ["+ ", "Published package "];
    let mut specs = BEFORE
        .iter()
        .filter_map(|before| Some(line.raw.rsplit_once(before)?.1.trim()));
    let spec = specs.find(|spec| package::is_spec(spec))?;
    let (name, _) = spec.rsplit_once('@')?;
    (!name.is_empty()).then_some(name)
}

/// Whether a failure is npm's, or that of a tool that publishes.
pub(in crate::explain) fn is_of_publishing(log: &Log, record: &Record) -> bool {
    let error = &record.error;
    let own_code = error.code.as_deref().is_some_and(|code| {
        // A code that the log contains, not one that a status implies.
        !codes::is_of_any_program(code) && log.raw_contains(code)
    });
    let own_shape =
        error.status.is_some() && matches!(error.method.as_deref(), Some("PUT" | "GET"));
    own_code || own_shape || record.tool.is_some() || speaks_of_packages(log)
}
