//! Builds the records of a log.

use super::codes::{self, code_of_sentence, is_code, is_local};
use super::request::{self, Request};
use super::tool::{NpmVersion, Tool};
use super::{
    Endpoint, Failed, Record, Script, answers, boilerplate, notices, others, package, reason,
    relevance, script,
};
use crate::explain::NpmError;
use crate::explain::log::{Line, Log, LogLevel};
use crate::explain::text::Text;
use crate::registry::kinds;
use crate::secret::mask;

/// At most this many bytes are made comparable.
const MAX_TEXT: usize = 96 << 10;
/// A log with fewer lines is entirely about the failure.
const SHORT_LOG: usize = 300;
/// npm up to 6 has the reason of a failed request only in this remark.
const RETRY: &str = "will retry, error on last attempt: ";
/// Lines after an error that belong to it.
const FOLLOWERS: usize = 8;

/// The failures in a log, the publish's own first. At least one record, which need not be a
/// failure.
pub(in crate::explain) fn records(log: &Log) -> Vec<Record> {
    let context = Context::of(log);
    let parts = super::split::split(log);
    let mut records: Vec<Record> = Vec::with_capacity(parts.len());
    for part in &parts {
        let record = record(part, &context);
        let known = |other: &Record| same_failure(&other.error, &record.error);
        if !records.iter().any(known) {
            records.push(record);
        }
    }
    // A lookup that failed earlier is not what ended the publish.
    records.sort_by_key(|record| record.failed != Failed::Npm || record.is_read());
    records
}

fn same_failure(one: &NpmError, other: &NpmError) -> bool {
    let same = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    one.code == other.code && same(&one.package, &other.package) && same(&one.url, &other.url)
}

/// What applies to the whole log.
struct Context {
    everything: Text,
    tool: Option<Tool>,
    npm: NpmVersion,
}

impl Context {
    fn of(log: &Log) -> Self {
        // As it stands, and without the prefixes that interrupt a sentence.
        let mut everything = Text::default();
        everything.push_some(log.lines.iter().map(|line| &*line.raw), 4 * MAX_TEXT);
        let digit = |c: char| c.is_ascii_digit();
        let texts = log
            .lines
            .iter()
            .map(|line| line.text.trim_start_matches(digit));
        everything.push_some(texts, 4 * MAX_TEXT);
        Self {
            tool: Tool::of(log),
            npm: NpmVersion::of(log, &everything),
            everything,
        }
    }
}

fn record(log: &Log, context: &Context) -> Record {
    let found = error(log);
    // A tool that publishes has reported an error in its own words.
    let complains =
        |line: &Line| line.level == LogLevel::Error && !boilerplate::is_uninformative(&line.text);
    let is_failure = found.is_some() || (context.tool.is_some() && log.lines.iter().any(complains));
    let mut error = found.unwrap_or_else(|| NpmError {
        text: reason::first_line(log),
        ..NpmError::default()
    });
    error.kind = notices::kind(error.url.as_deref(), &context.everything);
    let script = script::script(log, &error);
    if let Some(script) = &script
        && error.status.is_none()
        && let Some(command) = &script.command
    {
        error.text = format!("command failed: {command}");
    }
    if let Some(spec) = script.as_ref().and_then(|script| script.spec.as_deref())
        && error.status.is_none()
        && error.package.is_none()
        && let Some((name, version)) = package::split_spec(spec)
    {
        (error.package, error.version) = (Some(name), version);
    }
    let of_publish = script.as_ref().is_some_and(Script::is_of_a_publish);
    let failed = match is_failure || of_publish {
        _ if !of_publish && others::other_program_failed(log, context.tool) => Failed::Another,
        true => Failed::Npm,
        false => Failed::Nobody,
    };
    let mut said = said(log);
    boilerplate::cut(&mut said);
    let mut reason = Text::of(&error.text);
    boilerplate::cut(&mut reason);
    Record {
        failed,
        endpoint: Endpoint::of_error(&error),
        tool: context.tool,
        npm: context.npm,
        notices: notices::notices(log, &context.everything, context.npm, &error),
        script,
        flags: flags(log),
        folder: folder(log),
        is_bare: notices::is_bare(&error),
        reason,
        decisive: reason::decisive(log, &error),
        is_absent: false,
        said,
        error,
    }
}

/// Code, status, request, package and sentence; `None` if the form of the log shows no failure.
fn error(log: &Log) -> Option<NpmError> {
    if relevance::ended_well(log) {
        return None;
    }
    let code = code(log);
    let lines = log.lines.iter();
    let mut requests: Vec<Request> = lines.filter_map(|line| request::read(&line.text)).collect();
    if !requests.iter().any(|request| request.status.is_some()) {
        requests.extend(answers::refused_write(log));
    }
    let mut urls = requests.iter().filter_map(|request| request.url.clone());
    let exchange = urls.find(|url| url.contains("/oidc/"));
    // A local error has no request; the failed one is unrelated.
    if code.as_deref().is_some_and(is_local) {
        requests.clear();
    }
    // The likeliest first: a PUT that was answered, another answer, what was only sent.
    requests.sort_by_key(|request| match (request.status, request.method) {
        (Some(_), Some("PUT")) => 0,
        (Some(_), _) => 1,
        (None, _) => 2,
    });
    let refused = requests.first().filter(|request| request.status.is_some());
    // The script that ran the publish fails as well.
    let is_outer = refused.is_some_and(|request| request.method == Some("PUT"));
    let code = code.filter(|code| !(is_outer && code == "ELIFECYCLE"));
    let by_code = code.as_deref().and_then(status_of_code);
    let status = by_code.or_else(|| refused.and_then(|request| request.status));
    requests.retain(|request| request.status == status || request.status.is_none());
    if code.is_none() && status.is_none() && !relevance::says_so(log) {
        return None;
    }
    let looked_up = || log.says("No match found for version").then_some("GET");
    let method = requests.iter().find_map(|request| request.method);
    let method = method.or_else(looked_up);
    let asked = requests.iter().find_map(|request| request.url.clone());
    let (package, version) = package::package(log, asked.as_deref().or(exchange.as_deref()));
    Some(NpmError {
        kind: None,
        code: code.or_else(|| status.map(|status| format!("E{status}"))),
        status,
        method: method.map(str::to_owned),
        url: asked.or_else(|| registry(log)),
        package,
        version,
        text: reason::sentence(log),
    })
}

fn status_of_code(code: &str) -> Option<u16> {
    code.strip_prefix("ERR_PNPM_FETCH_")
        .or_else(|| code.strip_prefix('E'))
        .filter(|digits| digits.len() == 3)?
        .parse()
        .ok()
}

/// `code E403` in npm's errors, else the first known code in a line that is not an aside, else
/// the code that one of npm's sentences implies.
fn code(log: &Log) -> Option<String> {
    let stated = log.lines.iter().find_map(|line| {
        let code = line.text.strip_prefix("code ")?;
        let code = code.trim_matches(['"', ' ', '\'']);
        let is_word = code.len() <= 60 && codes::words(code).eq([code]) && !code.is_empty();
        (line.level == LogLevel::Error && is_word).then_some(code)
    });
    let loud = log.lines.iter().filter(|line| line.level != LogLevel::Info);
    let mut words = loud.clone().flat_map(|line| codes::words(&line.text));
    let mut implied = loud.clone().filter_map(|line| code_of_sentence(&line.text));
    let code = stated
        .or_else(|| words.find(|word| is_code(word)))
        .or_else(|| implied.next());
    code.map(str::to_owned)
}

/// `ls-remote ssh://git@github.com/dist/pkg.git`: npm reads `dist/pkg` as a repository there.
fn folder(log: &Log) -> Option<String> {
    log.lines.iter().find_map(|line| {
        let (_, rest) = line.text.split_once("ls-remote ")?;
        let (_, path) = rest.split_once("github.com/")?;
        let (path, _) = path.split_once(".git")?;
        Some(mask(path))
    })
}

/// `Unknown cli config "--registy"`: the flags, in the order of the log.
fn flags(log: &Log) -> Vec<String> {
    let mut flags: Vec<String> = Vec::new();
    for line in &log.lines {
        let rest = line.text.split_once("Unknown cli config \"");
        let flag = rest.and_then(|(_, rest)| rest.split('"').next()).map(mask);
        flags.extend(flag.filter(|flag| flag.starts_with("--") && !flags.contains(flag)));
    }
    flags
}

/// The registry that the tool named, without a request.
fn registry(log: &Log) -> Option<String> {
    const BEFORE: &str = "\
        logged in to |Publishing to |authentication configured for |request to |\
        \"--registry\" \"|--registry=|--registry |Registry: |authentication for registry | → ";
    log.lines.iter().find_map(|line| {
        BEFORE.split('|').find_map(|before| {
            let (_, rest) = line.text.split_once(before)?;
            let url = rest.split([' ', ',', '"']).next()?.trim_end_matches('.');
            // npm drops what is not a URL, but not one with another scheme.
            let is_named = url.starts_with("http") || before == "logged in to ";
            let is_url = is_named && url.contains("://") && url::Url::parse(url).is_ok();
            is_url.then(|| mask(url))
        })
    })
}

/// The text about the failure: all of a short log, else the errors and what
/// follows them. Asides are left out.
fn said(log: &Log) -> Text {
    let mut said = Text::default();
    let errors = log.has(LogLevel::Error);
    let asides_alone = !errors && !log.has(LogLevel::Unknown);
    let mut near = 0;
    for line in &log.lines {
        near = match line.level {
            LogLevel::Error => FOLLOWERS,
            LogLevel::Info if asides_alone || line.text.contains(RETRY) => 1,
            LogLevel::Info => continue,
            LogLevel::Unknown if !errors || log.lines.len() < SHORT_LOG => 1,
            LogLevel::Unknown => usize::saturating_sub(near, 1),
        };
        // A frame of a stack names functions and files, which are no statement.
        let is_frame = line.stack && line.text.starts_with("at ");
        if near > 0 && !is_frame && !boilerplate::is_piece(&line.text) {
            said.push(&line.text);
        }
        if said.len() > MAX_TEXT {
            break;
        }
    }
    said
}

impl Record {
    /// Whether only the status 403 is known: neither the request nor the answer.
    pub(in crate::explain) fn is_silent(&self) -> bool {
        let error = &self.error;
        let is_default = kinds::traits(self.kind()).default_url.is_some();
        let says_nothing = self.is_bare || error.text.len() < 40;
        let is_alone = error.url.is_none() && error.package.is_none();
        is_default && says_nothing && is_alone && error.status == Some(403)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::record::Notice;
    use crate::registry::kind::RegistryKind;

    fn one(log: &str) -> Record {
        let mut records = records(&Log::of_text(log));
        assert_eq!(records.len(), 1, "{log}");
        records.remove(0)
    }

    #[test]
    fn a_failure_is_read_into_its_fields() {
        let record = one(
            "##[group]Run npm publish\nnpm notice New minor version of npm available! 11.4.2 -> 11.16.0\nnpm notice Access token expired or revoked.\nnpm error code E404\nnpm error 404 Not Found - PUT https://registry.npmjs.org/@acme%2fcat - Not found\nnpm error 404  '@acme/cat@1.2.0' is not in this registry.",
        );
        let error = &record.error;
        assert_eq!(
            (error.status, error.method.as_deref()),
            (Some(404), Some("PUT"))
        );
        assert_eq!(error.package.as_deref(), Some("@acme/cat"));
        assert_eq!(error.version.as_deref(), Some("1.2.0"));
        assert_eq!(error.kind, Some(RegistryKind::Npmjs));
        assert_eq!(record.endpoint, Some(Endpoint::Package));
        assert_eq!(record.npm.shown().as_deref(), Some("11.4.2"));
        assert!(record.is_bare && record.cannot_exchange());
        for notice in [Notice::Ci, Notice::TokenExpired] {
            assert!(record.noticed(notice), "{notice:?}");
        }
    }

    #[test]
    fn reasons_are_found_wherever_a_tool_puts_them() {
        let table = [
            (
                "bun publish v1.4.5\n403 Forbidden: https://h/cat\n\n - no way\n",
                "no way",
            ),
            (
                "Error: ERR_PNPM_FAILED_TO_PUBLISH\n\n  × Failed to publish package cat@1.0.0 (status 403 Forbidden): {\"error\":\n  │ \"no way\"}\n",
                "no way",
            ),
            (
                "npm error 403 Forbidden - PUT https://h/cat\nno way, says the next line\n",
                "no way, says the next line",
            ),
            (
                "lerna ERR! E403 Forbidden\nlerna ERR!   method: 'PUT',\nlerna ERR!   uri: 'https://h/cat',\n",
                "E403 Forbidden",
            ),
        ];
        for (log, reason) in table {
            let record = one(log);
            assert_eq!(record.error.text, reason, "{log}");
            assert_eq!(record.error.status, Some(403), "{log}");
        }
    }

    #[test]
    fn a_warning_gives_no_code() {
        let record = one(
            "npm warn This command requires you to be logged in to https://h/ (dry-run)\nnpm error Cannot implicitly apply the \"latest\" tag because previously published version 2.0.0 is higher than the new version 1.0.0.",
        );
        assert_eq!(record.error.code, None);
    }
}
