//! The prefixes that CI services, containers and task runners put before every line.

/// A line of `gh run view --log`, `job<TAB>step<TAB>2026-01-31T…`, without its first two parts.
pub(super) fn without_job(line: &str) -> &str {
    let mut fields = line.splitn(3, '\t');
    let last = fields
        .nth(2)
        .map(|last| last.trim_start_matches('\u{feff}'));
    last.filter(|last| time(last) > 0).unwrap_or(line)
}

/// A line without the mark of the stream (GitLab), the container (docker compose, BuildKit) or
/// the task (turbo) that wrote it. A time stays, because it dates the log.
pub(super) fn without_mark(line: String) -> String {
    let time = time(&line);
    let rest = &line[time..];
    let marks = [of_stream, of_container, of_build_step, of_task];
    let Some(behind) = marks.iter().find_map(|mark| mark(rest)) else {
        return line;
    };
    format!("{}{}", &line[..time], behind.trim_start())
}

/// The length in bytes of a time at the start, with the space after it:
/// `2026-01-31T10:00:00.123Z `.
fn time(line: &str) -> usize {
    let Some((word, _)) = line.split_once(' ') else {
        return 0;
    };
    let is_time = word.len() >= 19 && word.as_bytes()[10] == b'T' && is_stamp(word);
    if is_time { word.len() + 1 } else { 0 }
}

/// Whether a word consists of digits.
pub(crate) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// `01E `, `00O+`: GitLab.
fn of_stream(text: &str) -> Option<&str> {
    let digits = text.get(..2).filter(|digits| is_number(digits))?;
    let rest = text[digits.len()..].strip_prefix(['O', 'E'])?;
    rest.strip_prefix([' ', '+'])
}

/// `publish-1  | `: docker compose.
fn of_container(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(" | ")?;
    let (_, number) = name.trim_end().rsplit_once(['-', '_'])?;
    (is_number(number) && !name.trim_end().contains(' ')).then_some(rest)
}

/// `#12 3.456 `: BuildKit.
fn of_build_step(text: &str) -> Option<&str> {
    let (step, rest) = text.strip_prefix('#')?.split_once(' ')?;
    let (seconds, rest) = rest.split_once(' ')?;
    (is_number(step) && seconds.contains('.') && seconds.parse::<f64>().is_ok()).then_some(rest)
}

/// `@acme/cat:publish: `: turbo.
fn of_task(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once(": ")?;
    let (name, task) = word.rsplit_once(':')?;
    let is_name = |word: &str, others: &[u8]| {
        word.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || others.contains(&b))
    };
    let begins = task.starts_with(|c: char| c.is_ascii_lowercase());
    (begins && !name.is_empty() && is_name(task, b"-_") && is_name(name, b"@/.:_-"))
        .then_some(rest)
        .filter(|_| !name.contains("//"))
}

/// `[ERR_PNPM_FAILED_TO_PUBLISH]`, `[ENEEDAUTH]`, `[WARN]`: pnpm's prefix.
fn is_bracketed_code(inside: &str) -> bool {
    inside.len() > 3
        && (inside.starts_with(['E', 'W']) || inside.matches('_').count() > 1)
        && inside
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// Removes a timestamp, a line number (`515 | `) or a bracketed tag.
pub(super) fn without_time(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('[')
        && let Some((inside, rest)) = rest.split_once(']')
        && inside.len() <= 40
        && (!rest.trim().is_empty() || is_stamp(inside))
        && !is_bracketed_code(inside)
    {
        return rest.trim_start();
    }
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let behind = rest.trim_start();
    match behind.strip_prefix('|') {
        _ if is_stamp(first) => rest,
        Some(behind) if is_number(first) => behind.trim_start_matches('|'),
        _ => text,
    }
}

/// `10:11:12`, `2026-01-31T10:00:00.123Z`, `2026-01-31`.
fn is_stamp(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4
        && word
            .bytes()
            .all(|b| b.is_ascii_digit() || b"-:.TZ+,/".contains(&b))
        && (word.contains(':') || word.matches('-').count() == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_and_times_stay() {
        let table = [
            (
                "2026-03-01T10:00:00.123456Z 01E npm error code E403",
                "2026-03-01T10:00:00.123456Z npm error code E403",
            ),
            (
                "2026-03-01T10:00:00.123456Z 00O+> tsc",
                "2026-03-01T10:00:00.123456Z > tsc",
            ),
            ("publish_1  | > cat@1.0.0 prepack", "> cat@1.0.0 prepack"),
            ("#12 3.456 > cat@1.0.0 prepack", "> cat@1.0.0 prepack"),
            (
                "@acme/cat:publish: > cat@1.0.0 prepack",
                "> cat@1.0.0 prepack",
            ),
        ];
        for (line, bare) in table {
            assert_eq!(without_mark(line.to_owned()), bare);
        }
        let gh = "publish\tRun npm publish\t\u{feff}2026-03-01T10:00:00.1Z npm error code E403";
        assert_eq!(
            without_job(gh),
            "2026-03-01T10:00:00.1Z npm error code E403"
        );
    }

    #[test]
    fn a_time_is_no_text_even_where_it_stands_alone() {
        let table = [
            ("[2026-03-01T10:00:00.123Z]", ""),
            ("2026-03-01T10:00:00.1234567Z", ""),
            ("[10:11:12 AM] done", "done"),
            ("12 | npm error", " npm error"),
            ("[ENEEDAUTH]", "[ENEEDAUTH]"),
            ("[...]", "[...]"),
            ("1.0.0", "1.0.0"),
        ];
        for (line, bare) in table {
            assert_eq!(without_time(line), bare);
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for line in [
            "src/a.ts:3:5: error TS2322: no",
            "https://h:8081: connect ECONNREFUSED",
            "npm error code: E403",
            "a | b",
            "01Elephants",
            "✖ 1 problem",
            "a\tb\tc",
        ] {
            assert_eq!(without_mark(line.to_owned()), line);
            assert_eq!(without_job(line), line);
        }
    }
}
