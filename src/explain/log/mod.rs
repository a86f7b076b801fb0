//! Reads a log of any npm, in any wrapping and of any size, and keeps what concerns a failure.

mod clean;
mod keep;
mod line;
mod prefix;
mod usage;
mod wrapper;

use std::io::{self, Read};

pub(crate) use line::{Line, LogLevel, NpmPrefix};
pub(crate) use wrapper::is_number;

use crate::secret;
use keep::LineFilter;

/// The lines of a log that matter, without prefixes and terminal control. A few hundred
/// kilobytes at most.
#[derive(Clone, Debug, Default)]
pub struct Log {
    pub(crate) lines: Vec<Line>,
    /// It contains a NUL byte, so it is not text.
    has_nul: bool,
    /// It contains only white space.
    is_blank: bool,
}

impl Log {
    /// Reads a log to its end; memory use does not grow with it.
    ///
    /// # Errors
    /// When reading fails.
    pub fn read(mut input: impl Read) -> io::Result<Self> {
        let mut keeper = LineFilter::default();
        let mut line: Vec<u8> = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        let (mut begin, mut wide, mut has_nul) = (true, false, false);
        loop {
            let read = match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut rest = &buffer[..read];
            // Windows PowerShell writes UTF-16, where every other byte is NUL.
            let is_wide = begin && (rest.starts_with(b"\xff\xfe") || rest.starts_with(b"\xfe\xff"));
            wide |= is_wide;
            has_nul |= !wide && memchr::memchr(0, rest).is_some();
            begin = false;
            while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
                if !line.is_empty() {
                    append(&mut line, &rest[..end]);
                    keeper.line(&line);
                    line.clear();
                } else if end > 0 {
                    keeper.line(&rest[..end.min(clean::MAX_LINE)]);
                }
                rest = &rest[end + 1..];
            }
            append(&mut line, rest);
        }
        if !line.is_empty() {
            keeper.line(&line);
        }
        Ok(Self {
            has_nul,
            ..Self::of_lines(keeper.kept())
        })
    }

    /// A log that is already in memory.
    pub fn of_text(text: &str) -> Self {
        Self::read(text.as_bytes()).unwrap_or_default()
    }

    /// This log, followed by another one of the same run: what a terminal showed, then npm's
    /// debug log.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.lines.extend(other.lines);
        self
    }

    /// Whether nothing was kept of it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether it contains only white space.
    pub fn is_blank(&self) -> bool {
        self.is_blank
    }

    /// Whether a line has npm's prefix.
    pub(crate) fn is_of_npm(&self) -> bool {
        self.lines.iter().any(|line| line.prefix.is_some())
    }

    /// Whether a line is of this level.
    pub(crate) fn has(&self, level: LogLevel) -> bool {
        self.lines.iter().any(|line| line.level == level)
    }

    /// Whether a line contains these words, behind its prefixes.
    pub(crate) fn says(&self, words: &str) -> bool {
        self.lines.iter().any(|line| line.text.contains(words))
    }

    /// Whether it is a program or an image rather than a log: it has NUL bytes, and no line of
    /// npm's.
    pub fn is_binary(&self) -> bool {
        self.has_nul && !self.is_of_npm()
    }

    /// Whether one of its lines contains these words, prefixes included.
    pub(crate) fn raw_contains(&self, words: &str) -> bool {
        self.lines.iter().any(|line| line.raw.contains(words))
    }

    /// The lines in a range.
    pub(crate) fn part(&self, from: usize, to: usize) -> Self {
        Self {
            lines: self.lines[from..to].to_vec(),
            ..Self::default()
        }
    }

    /// How many bytes of text were kept of it.
    pub fn len(&self) -> usize {
        self.lines.iter().map(|line| line.text.len()).sum()
    }

    fn of_lines<'a>(kept: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut kept = kept.peekable();
        let is_blank = kept.peek().is_none();
        let mut lines: Vec<Line> = kept
            .flat_map(clean::lines)
            .map(wrapper::without_mark)
            .filter(|line| !prefix::is_of_another_program(line))
            .flat_map(|line| compact_json(&line).unwrap_or_else(|| vec![line]))
            .flat_map(|line| prefix::peel(&line))
            .filter(|line| !line.text.is_empty())
            .collect();
        prefix::unmark(&mut lines);
        hide_arguments(&mut lines);
        Self {
            lines: usage::cut(lines),
            has_nul: false,
            is_blank,
        }
    }
}

/// Hides the credentials of npm's command line wherever they occur: with a blank in the wrong
/// place npm takes one for a package's name.
fn hide_arguments(lines: &mut [Line]) {
    let is_command =
        |line: &&Line| line.raw.contains(" argv ") || line.raw.contains("npm publish ");
    let commands = lines.iter().filter(is_command);
    let mut secrets: Vec<String> = Vec::new();
    for found in commands.flat_map(|line| secret::values(&line.raw)) {
        // `user:password`, and each of the two alone.
        secrets.extend(found.split([':', ' ']).map(str::to_owned));
        secrets.push(found);
    }
    secrets.retain(|secret| secret.len() >= MIN_SECRET);
    secrets.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    secrets.dedup();
    for secret in secrets.iter().take(MAX_SECRETS) {
        for line in lines.iter_mut().filter(|line| line.raw.contains(secret)) {
            line.text = line.text.replace(secret, "****");
            line.raw = line.raw.replace(secret, "****").into();
        }
    }
}

/// A command line has a few; each is searched in every line.
const MAX_SECRETS: usize = 50;

/// Shorter values are hidden in the command line alone, since they may be a part of any word.
const MIN_SECRET: usize = 6;

/// Appends as much as a line may hold.
fn append(line: &mut Vec<u8>, more: &[u8]) {
    let room = clean::MAX_LINE.saturating_sub(line.len());
    line.extend_from_slice(&more[..more.len().min(room)]);
}

/// The error of `npm --json`, if it is on one line.
fn compact_json(line: &str) -> Option<Vec<String>> {
    let from = line.find("{\"error\":")?;
    let document = serde_json::Deserializer::from_str(&line[from..])
        .into_iter::<serde_json::Value>()
        .next()?
        .ok()?;
    let error = document.get("error")?;
    let field = |name: &str| error.get(name).and_then(serde_json::Value::as_str);
    let mut lines = Vec::new();
    if let Some(code) = field("code") {
        lines.push(format!("npm error code {code}"));
    }
    for text in [field("summary"), field("detail")].into_iter().flatten() {
        lines.extend(text.lines().map(|text| format!("npm error {text}")));
    }
    // A registry's body has its sentence in the place of npm's object.
    (!lines.is_empty()).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(log: &Log) -> Vec<&str> {
        log.lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn npms_json_errors_are_read_pretty_and_compact() {
        let pretty = "{\n  \"error\": {\n    \"code\": \"E403\",\n    \"summary\": \"403 Forbidden - PUT https://h/p - no\",\n    \"detail\": \"\"\n  }\n}\n";
        let compact = "{\"error\":{\"code\":\"E403\",\"summary\":\"403 Forbidden - PUT https://h/p - no\",\"detail\":\"\"}}";
        for text in [pretty, compact] {
            let log = Log::of_text(text);
            let said: Vec<&str> = log
                .lines
                .iter()
                .filter(|line| line.level == LogLevel::Error)
                .map(|line| line.text.trim_start_matches("code "))
                .collect();
            assert_eq!(said[..2], ["E403", "403 Forbidden - PUT https://h/p - no"]);
        }
    }

    #[test]
    fn a_registrys_body_is_not_npms_error() {
        let body = "{\"error\":\"cat cannot be republished until 24 hours have passed.\"}";
        assert_eq!(texts(&Log::of_text(body)), [body]);
    }

    #[test]
    fn a_line_without_end_is_cut_and_the_next_one_is_whole() {
        let text = format!("{}\nnpm error code E403", "x".repeat(1 << 20));
        let log = Log::of_text(&text);
        assert_eq!(log.lines[0].text.len(), clean::MAX_LINE);
        assert_eq!(texts(&log)[1], "code E403");
    }

    #[test]
    fn carriage_returns_of_a_progress_bar_are_line_breaks() {
        let log = Log::of_text("10%\r20%\rnpm error code E403\r\n");
        assert_eq!(texts(&log), ["10%", "20%", "code E403"]);
    }
}
