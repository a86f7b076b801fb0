//! Splits a log with several failures: of several packages, or of a lookup that failed before
//! the publish did.

use crate::explain::log::{Line, Log, LogLevel};

/// At most this many failures are separated.
const MAX_FAILURES: usize = 12;

/// Words with which tools start to report a package's failure, separated by `|`.
const FAILURE_STARTS: &str = "\
    an error occurred while publishing |Package failed to publish: |npm publish error:|\
    Failed to publish package ";

/// The parts of a log, one failure each; the first one also has what came before. One part if
/// there is one failure.
pub(super) fn split(log: &Log) -> Vec<Log> {
    let mut starts: Vec<usize> = Vec::new();
    let mut seen_code: Option<&str> = None;
    for (at, line) in log.lines.iter().enumerate() {
        if FAILURE_STARTS
            .split('|')
            .any(|words| line.text.contains(words))
        {
            starts.push(at);
            seen_code = None;
            continue;
        }
        let Some(code) = code_line(line) else {
            continue;
        };
        // The same error occurs twice if a console's and a debug log were joined.
        let begins = match seen_code {
            None => starts.is_empty(),
            Some(seen) => seen != code || ends_before(&log.lines[..at]),
        };
        if begins {
            starts.push(at);
        }
        seen_code = Some(code);
    }
    if starts.len() < 2 {
        return vec![log.clone()];
    }
    starts.truncate(MAX_FAILURES);
    let ends = starts[1..].iter().copied().chain([log.lines.len()]);
    let begins = [0].into_iter().chain(starts[1..].iter().copied());
    begins
        .zip(ends)
        .map(|(from, to)| log.part(from, to))
        .collect()
}

/// `code E403`, npm's first line.
fn code_line(line: &Line) -> Option<&str> {
    let code = line.text.strip_prefix("code ")?;
    (line.level == LogLevel::Error && !code.contains(' ')).then_some(code)
}

/// Whether npm had finished reporting the previous failure.
fn ends_before(lines: &[Line]) -> bool {
    lines
        .iter()
        .rev()
        .take_while(|line| code_line(line).is_none())
        .any(|line| line.text.contains("A complete log of this run"))
}
