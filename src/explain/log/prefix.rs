//! What npm, its wrappers, CI services and terminals put before a line.

use std::sync::Arc;

use super::line::{Line, LogLevel, NpmPrefix};
use super::wrapper::{is_number, without_time};

/// npm's own error prefixes, wherever a wrapper put them.
const NPM_ERRORS: [(&str, NpmPrefix); 5] = [
    ("npm ERR!", NpmPrefix::Err),
    ("npm ERROR |", NpmPrefix::Err),
    ("npm ERROR", NpmPrefix::Err),
    ("npm error", NpmPrefix::Error),
    ("npm Error:", NpmPrefix::Err),
];

/// Words at the start of a line that mark an error, separated by `|`.
const ERROR_WORDS: &str = "\
    npm verb stack|npm verbose stack|lerna ERR!|lerna-lite ERR!|[ERROR]|🦋  error|🦋 error|\
    ::error::|##[error]|ERR!|Usage Error:|Unknown Syntax Error:|Internal Error:|Error:|ERROR|✖|\
    ✘|error:|error|verbose stack";

/// Words at the start of a line that mark an aside.
const INFO_WORDS: &str = "\
    npm WARN|npm warn|npm notice|npm http|npm verbose|npm verb|npm silly|npm sill|npm info|\
    npm timing|lerna WARN|lerna notice|lerna info|lerna http|lerna verb|🦋  warn|🦋  info|warning|\
    Warning|WARN|notice|info|lerna-lite";

/// Levels in npm's debug log, after the number.
const DEBUG_ERRORS: &str = "error|verbose stack";
const DEBUG_ASIDES: &str = "warn|notice|http|info|verbose|silly";

/// Removes the prefixes. A line that was pasted without its line breaks gives several.
pub(super) fn peel(line: &str) -> Vec<Line> {
    let mut lines = pieces(line);
    let raw: Arc<str> = line.into();
    for line in &mut lines {
        line.raw = Arc::clone(&raw);
    }
    lines
}

fn pieces(line: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut rest = line;
    let mut prefix = None;
    loop {
        let next = NPM_ERRORS
            .iter()
            .filter_map(|(mark, prefix)| find_mark(rest, mark).map(|at| (at, *mark, *prefix)))
            .min_by_key(|(at, mark, _)| (*at, std::cmp::Reverse(mark.len())));
        let before = next.map_or(rest, |(at, ..)| &rest[..at]);
        match prefix {
            Some(prefix) => lines.push(said(before, LogLevel::Error, Some(prefix))),
            // The text before the first mark is a wrapper's prefix, unless it is a sentence.
            None if next.is_none() || before.split_whitespace().count() > 4 => {
                let line = outer(before);
                if next.is_none() || line.text.contains(char::is_alphanumeric) {
                    lines.push(line);
                }
            }
            None => {}
        }
        let Some((at, mark, of)) = next else {
            return lines;
        };
        prefix = Some(of);
        rest = &rest[at + mark.len()..];
    }
}

/// A mark that is a separate word.
fn find_mark(text: &str, mark: &str) -> Option<usize> {
    text.match_indices(mark).map(|(at, _)| at).find(|&at| {
        let before = text[..at].chars().next_back();
        let after = text[at + mark.len()..].chars().next();
        before.is_none_or(|c| !c.is_alphanumeric())
            && after.is_none_or(|c| !c.is_alphanumeric())
            && !is_quoted_in_prose(text, at)
    })
}

/// Whether a sentence quotes a mark: `expected 'npm ERR! code E403' to equal 1`. A wrapper's
/// quotation ends with its quotation mark.
fn is_quoted_in_prose(text: &str, at: usize) -> bool {
    let quote = text[..at].chars().next_back();
    let quote = quote.filter(|c| matches!(c, '\'' | '"' | '`'));
    let behind = quote.and_then(|quote| text[at..].split_once(quote));
    behind.is_some_and(|(_, behind)| {
        let rest = behind.trim_start_matches([',', '.', ':', ';', ')']);
        let rest = rest.strip_prefix(' ');
        rest.is_some_and(|rest| rest.starts_with(char::is_alphabetic))
    })
}

fn said(text: &str, level: LogLevel, prefix: Option<NpmPrefix>) -> Line {
    let text = text.trim().trim_end_matches("' +").trim_end_matches(',');
    let text = without_half_a_quote(text).trim_end_matches(',').trim();
    // Changesets and semantic-release repeat one of npm's words before it.
    let text = text.strip_prefix("publish npm ERR!").unwrap_or(text).trim();
    Line {
        text: text.to_owned(),
        level,
        prefix,
        stack: false,
        raw: Arc::default(),
    }
}

/// Removes a closing quotation mark whose opening one is in a wrapper's line.
fn without_half_a_quote(text: &str) -> &str {
    ['\'', '"']
        .into_iter()
        .fold(text, |text, quote| match text.strip_suffix(quote) {
            Some(rest) if rest.matches(quote).count() % 2 == 0 => rest,
            _ => text,
        })
}

/// Decoration around a line.
const DECORATIONS: &str = "│┃➤›>|•×╰─▶";

/// yarn's messages while it resolves, fetches and links: they are not failures.
const YARN_REMARKS: [&str; 20] = [
    "0002", "0004", "0005", "0006", "0007", "0008", "0013", "0019", "0032", "0050", "0055", "0060",
    "0061", "0062", "0068", "0069", "0076", "0085", "0086", "0088",
];

/// A code at the start of a line: yarn's `YN0035: …`, pnpm's `[ERR_PNPM_X] …` and ` ERR_PNPM_X
/// …`, `[WARN] …`. pnpm's code stays in the text.
fn coded(text: &str) -> Option<(&str, LogLevel)> {
    if let Some(rest) = text.strip_prefix("YN")
        && let Some((number, rest)) = rest.split_once(':')
        && number.len() == 4
        && is_number(number)
    {
        let level = match number {
            "0000" => LogLevel::Unknown,
            number if YARN_REMARKS.contains(&number) => LogLevel::Info,
            _ => LogLevel::Error,
        };
        return Some((rest.trim_start(), level));
    }
    let mut warned = ["[WARN]", "[WARNING]"].iter();
    if let Some(rest) = warned.find_map(|mark| text.strip_prefix(mark)) {
        return Some((rest.trim_start(), LogLevel::Info));
    }
    let word = text.trim_start_matches('[').split([' ', ']']).next()?;
    let is_pnpm = word.starts_with("ERR_PNPM_") || word == "ELIFECYCLE";
    is_pnpm.then_some((text, LogLevel::Error))
}

/// A line without npm's error prefix: timestamps, tools, debug-log numbers.
fn outer(line: &str) -> Line {
    let mut text = line;
    let mut level = LogLevel::Unknown;
    let mut prefix = None;
    for _ in 0..8 {
        let before = text.len();
        text = without_marks(text, &mut level, &mut prefix);
        if text.len() == before {
            break;
        }
    }
    let mut stack = line.contains("verbose stack ") || line.contains("verb stack ");
    if stack || is_frame_of_npm(text) {
        (stack, level, prefix) = (true, LogLevel::Error, Some(NpmPrefix::Log));
    }
    Line {
        stack,
        ..said(text, level, prefix)
    }
}

/// A text without the marks at its start, which tell how severe it is and whether it is npm's.
fn without_marks<'a>(
    text: &'a str,
    level: &mut LogLevel,
    prefix: &mut Option<NpmPrefix>,
) -> &'a str {
    let decorated = text.trim_start_matches(|c: char| c.is_whitespace() || DECORATIONS.contains(c));
    // pnpm 12 starts its errors with `×`.
    if text[..text.len() - decorated.len()].contains('×') {
        *level = LogLevel::Error;
    }
    let mut text = without_time(decorated);
    if let Some((rest, found)) = coded(text) {
        text = rest;
        if *level == LogLevel::Unknown {
            *level = found;
        }
    }
    if let Some((rest, found)) = debug_line(text) {
        text = rest;
        *level = found;
        *prefix = (found == LogLevel::Error).then_some(NpmPrefix::Log);
    }
    for (marks, found) in [(ERROR_WORDS, LogLevel::Error), (INFO_WORDS, LogLevel::Info)] {
        if *level == LogLevel::Unknown
            && let Some(rest) = begun(text, marks)
        {
            text = rest;
            *level = found;
        }
    }
    if *level == LogLevel::Unknown && names_an_error(text) {
        *level = LogLevel::Error;
    }
    if let Some(rest) = json_field(text) {
        text = rest;
        *level = LogLevel::Error;
    }
    text
}

/// `at async Publish.exec (/usr/lib/node_modules/npm/lib/commands/publish.js:51:5)`.
fn is_frame_of_npm(text: &str) -> bool {
    const FOLDERS: [&str; 2] = ["/node_modules/npm/", "\\node_modules\\npm\\"];
    text.starts_with("at ") && FOLDERS.iter().any(|folder| text.contains(folder))
}

/// Takes npm's mark off lines that only look like those of its debug log: `1 error generated`.
/// npm's own has remarks, too.
pub(super) fn unmark(lines: &mut [Line]) {
    let is_remark =
        |line: &Line| line.stack || matches!(debug_line(&line.raw), Some((_, LogLevel::Info)));
    let of_log = |line: &&mut Line| line.prefix == Some(NpmPrefix::Log);
    if !lines.iter().any(is_remark) {
        lines
            .iter_mut()
            .filter(of_log)
            .for_each(|line| line.prefix = None);
    }
}

/// `SyntaxError: …`, `RequestError: …`: how Node starts an error message.
fn names_an_error(text: &str) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    let name = word.strip_suffix("Error:").unwrap_or_default();
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `src/a.ts(1,2): error TS2322: …`: a compiler's error, which may quote anything from its
/// source; or a test, which may be named after an error.
pub(super) fn is_of_another_program(line: &str) -> bool {
    const OF_TESTS: [&str; 5] = ["✓ ", "✕ ", "● ", "PASS ", "FAIL "];
    let text = without_time(line.trim_start()).trim_start();
    if OF_TESTS.iter().any(|mark| text.starts_with(mark)) || is_a_title(text) {
        return true;
    }
    line.split("error ").skip(1).any(|rest| {
        let code = rest.split([':', ' ']).next().unwrap_or_default();
        let number = code.trim_start_matches(|c: char| c.is_ascii_uppercase());
        let name = &code[..code.len() - number.len()];
        let is_number = number.len() >= 3 && is_number(number);
        let colon = rest[code.len()..].starts_with(':');
        name.len() >= 2 && name != "YN" && is_number && colon
    })
}

/// `✔ explains npm error code E403`, `1) shows npm error …`, `expected: npm error …`: a test that
/// is named after an error, or that prints one.
fn is_a_title(text: &str) -> bool {
    let errors = NPM_ERRORS.iter().filter_map(|(mark, _)| text.find(mark));
    let Some(before) = errors.min().map(|at| &text[..at]) else {
        return false;
    };
    let mut words = before.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_number = first
        .strip_suffix(')')
        .is_some_and(|number| number.parse::<u16>().is_ok());
    let has_words = words.any(|word| word.starts_with(char::is_lowercase));
    let is_test = is_number || matches!(first, "✔" | "√" | "ok" | "not");
    matches!(first, "expected:" | "actual:") || (is_test && has_words)
}

/// A field of `npm --json`'s error, one per line as npm prints it.
fn json_field(text: &str) -> Option<&str> {
    let mut fields = ["\"code\": ", "\"summary\": ", "\"detail\": "].iter();
    let rest = fields.find_map(|field| text.strip_prefix(field))?;
    Some(rest.trim_start_matches('"'))
}

/// The rest of a text after one of these words, which `|` separates.
fn begun<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    words.split('|').find_map(|mark| word(text, mark))
}

/// The rest of a text after a word that starts it.
fn word<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(mark)?;
    let ends = mark.ends_with([':', ']', '!', '✖', '✘'])
        || rest.is_empty()
        || rest.starts_with(|c: char| c.is_whitespace() || c == ':');
    ends.then(|| rest.trim_start_matches(':').trim_start())
}

/// `36 error code E403`: a line of npm's debug log. The word that npm puts after the level
/// stays.
fn debug_line(text: &str) -> Option<(&str, LogLevel)> {
    let (number, rest) = text.split_once(' ')?;
    if !is_number(number) {
        return None;
    }
    let error = begun(rest, DEBUG_ERRORS).map(|rest| (rest, LogLevel::Error));
    error.or_else(|| Some((begun(rest, DEBUG_ASIDES)?, LogLevel::Info)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Line {
        let mut lines = peel(line);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }

    #[test]
    fn whatever_wraps_npms_errors_is_taken_off() {
        for line in [
            "npm error code E403",
            "npm ERR! code E403",
            "🦋  error npm ERR! code E403",
            "lerna ERR! publish npm ERR! code E403",
            "npm: npm ERR! code E403",
            "2026-01-02T03:04:05.6789012Z npm error code E403",
            "515 | npm ERR! code E403",
            "  'npm ERR! code E403",
            "@acme/a:publish: npm ERR! code E403",
            "npm ERROR | code E403",
            "36 error code E403",
            "##[error]npm error code E403",
            "::error::npm error code E403",
            "[3:04:05 AM] [semantic-release] › ✘  npm error code E403",
            "npm verb stack Error: E403",
            "\"code\": \"E403\",",
        ] {
            let line = one(line);
            assert!(line.text.ends_with("E403"), "{line:?}");
            assert_eq!(line.level, LogLevel::Error, "{line:?}");
        }
    }

    #[test]
    fn a_test_that_is_named_after_an_error_is_another_programs_behind_a_time_too() {
        for line in [
            "✓ explains E404",
            "2026-01-02T03:04:05.6Z   ✓ explains E404",
        ] {
            assert!(is_of_another_program(line), "{line}");
        }
        assert!(!is_of_another_program(
            "2026-01-02T03:04:05.6Z npm error E404"
        ));
    }

    #[test]
    fn npms_prefix_dates_it() {
        assert_eq!(one("npm ERR! code E403").prefix, Some(NpmPrefix::Err));
        assert_eq!(one("npm error code E403").prefix, Some(NpmPrefix::Error));
        assert_eq!(one("code E403").prefix, None);
    }

    #[test]
    fn a_paste_without_breaks_is_several_lines() {
        let texts: Vec<String> = peel("npm error code EOTP npm error This operation requires")
            .into_iter()
            .map(|line| line.text)
            .collect();
        assert_eq!(texts, ["code EOTP", "This operation requires"]);
    }

    #[test]
    fn a_sentence_that_quotes_npm_is_not_npms() {
        for line in [
            "expected 'npm ERR! code E403' to equal 'ok'",
            "If you see `npm error code E403`, ask the owner",
        ] {
            assert_eq!(one(line).prefix, None, "{line}");
        }
        assert_eq!(
            one("stderr: 'npm ERR! code E403' +").prefix,
            Some(NpmPrefix::Err)
        );
    }

    #[test]
    fn notices_and_sentences_are_not_errors() {
        assert_eq!(one("npm notice Publishing to h").level, LogLevel::Info);
        assert_eq!(one("12 http fetch GET 200 u").level, LogLevel::Info);
        assert_eq!(one("12 errors were found").level, LogLevel::Unknown);
        assert_eq!(one("errors everywhere").level, LogLevel::Unknown);
        assert_eq!(one("an npm errorless day").level, LogLevel::Unknown);
    }
}
