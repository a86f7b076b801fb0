//! Other programs that publish or deploy: their failures appear in the same job's log, in
//! similar words, but are not npm's.

use super::codes;
use super::tool::Tool;
use crate::explain::log::{Line, Log, LogLevel};

/// Programs whose failures are not npm's, by the start of their command line.
const PROGRAMS: &str = "
    gh glab git goreleaser helm docker podman buildah kubectl nuget nuget.exe dotnet twine poetry
    uv hatch pip pip3 python python3 gem bundle cargo mvn mvnw gradle gradlew sbt curl wget ssh
    scp rsync aws gcloud gsutil az terraform ansible-playbook composer dart flutter mix deno jsr
    vsce ovsx wrangler vercel firebase
";

/// Programs that start one of them from a package, and say nothing about a publish.
const STARTERS: [&str; 8] = ["npx", "bunx", "pnpx", "dlx", "exec", "pnpm", "yarn", "sudo"];

/// Phrases that only such a program prints, in lower case, separated by `|`.
const WORDS: [&str; 6] = [
    // GitHub's command line and API, and tools that use it.
    "api.github.com/|uploads.github.com/|[httperror]|resource not accessible by integration|\
     github actions is not permitted to|plugin \"@semantic-release/git|enoghtoken|\
     einvalidghtoken|eghnopermission|enogltoken|einvalidgltoken|emissingrepo|\
     failed to createartifact",
    // git.
    "failed to push some refs|remote: permission to|remote: error: gh|[remote rejected]|\
     fatal: unable to access 'http|fatal: could not read username|\
     fatal: authentication failed for|command failed with exit code 1: git |\
     command failed with exit code 128: git |command failed: git push|\
     command failed: git commit|command failed: git fetch|egitnopermission|\
     git.io/release-it-github|git.io/release-it-gitlab",
    // Containers and charts.
    "failed to authorize: |response status code |unexpected status from |\
     error response from daemon|denied: requested access|denied: permission_denied|\
     failed to solve: |installation failed: |oci://|docker push|logged in to the server",
    // .NET, Python, Ruby, Rust, Java, PHP, Dart, Elixir.
    "nuget|.nupkg|pypi|twine|poetry publish|rubygems|gem push|crates.io|cargo publish|gradle|\
     maven|execution failed for task|packagist|composer\\|pub.dev|(mix)|hex.publish",
    // Deno, and editors' extensions.
    "x-deno-ray|api.jsr.io|deno publish|jsr publish|.vsix|vsce publish",
    // Transfers and clouds.
    "curl: (|the requested url returned error|http request sent, awaiting response|\
     an error occurred (|(gcloud.|\" in resource \"|terraform",
];

/// Whether another program reports a failure, and neither npm nor a tool with its own client
/// does.
pub(super) fn other_program_failed(log: &Log, tool: Option<Tool>) -> bool {
    if log.lines.iter().any(is_of_npm) {
        return false;
    }
    let is_program = |program: &str| codes::is_listed(PROGRAMS, program);
    // pnpm names the command that it ran for the user; git, it runs for itself.
    let mut last = log.lines.iter().rev();
    let last = last.find(|line| line.level == LogLevel::Error);
    let failed = last.and_then(|line| program(failed_command(&line.text)?));
    if tool == Some(Tool::Pnpm) && failed.is_some_and(|it| it != "git" && is_program(it)) {
        return true;
    }
    // Lerna prints npm's words.
    if tool.is_some_and(|tool| tool.is_a_client() && !matches!(tool, Tool::Lerna(_))) {
        return false;
    }
    let theirs = |line: &Line| {
        let text = line.raw.to_lowercase();
        let mut words = WORDS.iter().flat_map(|words| words.split('|'));
        let mut is_theirs = || words.any(|word| text.contains(word));
        line.level != LogLevel::Info
            && (is_theirs() || is_of_failed_tests(&line.text.to_lowercase()))
    };
    log.lines.iter().any(theirs) || last_program(log).is_some_and(is_program)
}

/// `vsce publish` of `Command failed with exit code 1: vsce publish`.
fn failed_command(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("Command failed with exit code ")?;
    rest.split_once(": ").map(|(_, command)| command)
}

/// Whether a line, in lower case, reports failed tests: tests expect refusals of all kinds, and
/// print them.
fn is_of_failed_tests(text: &str) -> bool {
    const COUNTS: [&str; 4] = ["tests:", "test suites:", "test files ", "tests "];
    const BEGINS: [&str; 2] = ["--- fail: ", "test result: failed"];
    const ENDS: [&str; 3] = [" failing", " test failed", " tests failed"];
    let text = text.trim();
    let begins = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let number = text.trim_matches('=').trim().split(" failed").next();
    let is_number = number.is_some_and(|word| word.parse::<u32>().is_ok());
    let is_count = is_number && (text.ends_with(" failed") || text.contains(" passed"));
    is_count
        || (begins(&COUNTS) && text.contains(" failed"))
        || begins(&BEGINS)
        || ENDS.iter().any(|end| text.ends_with(end))
        || text.contains("assertionerror")
}

/// npm's prefix, one of its sentences, or the request that was refused.
fn is_of_npm(line: &Line) -> bool {
    let request = [" - PUT http", " - GET http"];
    line.prefix.is_some()
        || codes::code_of_sentence(&line.text).is_some()
        || codes::begins_with_npms_own(&line.text)
        || request.iter().any(|form| line.text.contains(form))
}

/// The program that a job's last command started, if the log shows commands: `$ gh release
/// create`, `##[group]Run helm push`, `[command]/usr/bin/mvn`.
fn last_program(log: &Log) -> Option<&str> {
    program(log.lines.iter().rev().find_map(|line| command(&line.raw))?)
}

/// The program of a command line.
fn program(command: &str) -> Option<&str> {
    let mut words = command
        .split_whitespace()
        .map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word))
        .filter(|word| !word.contains('=') && !STARTERS.contains(word));
    words.next()
}

/// The command in a line.
fn command(raw: &str) -> Option<&str> {
    const MARKS: [&str; 3] = ["##[group]Run ", "[command]", "$ "];
    MARKS.iter().find_map(|mark| {
        let (before, command) = raw.split_once(mark)?;
        // A prompt is at the start of a line, or after a time.
        let at_begin = !before.contains(|c: char| c.is_ascii_lowercase());
        at_begin.then_some(command)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others_speak(text: &str) -> bool {
        let log = Log::of_text(text);
        other_program_failed(&log, Tool::of(&log))
    }

    #[test]
    fn another_programs_failure_is_not_npms_although_npm_ran_before() {
        for text in [
            "$ npm ci\nadded 9 packages in 1s\n$ gh release create v1.0.0\nHTTP 403: no (https://api.github.com/repos/a/b/releases)",
            "##[group]Run helm push web.tgz oci://h/charts\nError: 401 Unauthorized",
            "[command]/usr/bin/mvn deploy\nstatus code: 401 Unauthorized",
            "$ npx deno publish\nerror: Failed to publish @acme/cat@1.0.0",
            "TF400813: The user is not authorized.\n[ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL] Command failed with exit code 1: vsce publish",
            "2026-01-02T03:04:05.1Z $ git push\n2026-01-02T03:04:06.1Z error: failed: 403 Forbidden",
        ] {
            assert!(others_speak(text), "{text}");
        }
    }

    #[test]
    fn where_npm_or_a_client_of_its_own_speaks_the_failure_is_theirs() {
        for text in [
            "$ docker build .\nnpm error code E403\nnpm error 403 Forbidden - PUT https://h/cat - no",
            "$ gh workflow run\n403 Forbidden - PUT https://npm.pkg.github.com/cat - Resource not accessible by integration",
            "$ git push\nbun publish v1.4.5\n403 Forbidden: https://h/cat\n - no",
            "$ npm publish\nsomething failed",
        ] {
            assert!(!others_speak(text), "{text}");
        }
    }
}
