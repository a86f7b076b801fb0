//! What a log means, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::Style;
use crate::explain::{self, Explanation, FirstQuestion, Likelihood, NpmError};

/// How many remedies of the first cause are shown when no question precedes them, unless
/// everything is requested.
const MAX_HELP: usize = 2;

/// A longer screen is shortened: see [`SHORTER`].
const MAX_LINES: usize = 20;

/// How much of a sentence of the log is shown on a short screen, in characters.
const MAX_SENTENCE: usize = 240;

/// How much is shown.
#[derive(Clone, Copy)]
struct Amount {
    verbose: bool,
    causes: usize,
    /// Remedies of each cause after the first.
    further_help: usize,
    /// Other failures of the log.
    others: usize,
    /// Characters of a sentence of the log.
    sentence: usize,
}

/// Everything.
const WHOLE: Amount = Amount {
    verbose: true,
    causes: usize::MAX,
    further_help: usize::MAX,
    others: usize::MAX,
    sentence: usize::MAX,
};

/// An amount that usually fits on the screen.
const SHORT: Amount = Amount {
    verbose: false,
    causes: 3,
    further_help: 1,
    others: 3,
    sentence: MAX_SENTENCE,
};

/// The amounts to try, in this order, until the screen is short.
const SHORTER: [Amount; 4] = [
    SHORT,
    Amount {
        further_help: 0,
        ..SHORT
    },
    Amount {
        further_help: 0,
        causes: 2,
        ..SHORT
    },
    Amount {
        further_help: 0,
        causes: 1,
        others: 1,
        sentence: MAX_SENTENCE / 2,
        ..SHORT
    },
];

/// For people: short, unless everything is requested.
pub fn human(explanation: &Explanation, verbose: bool, style: Style) -> String {
    let Some(error) = &explanation.error else {
        return "there is no failure of npm in this log\n".to_owned();
    };
    if verbose {
        return screen(explanation, error, WHOLE, style);
    }
    let mut text = String::new();
    for amount in SHORTER {
        text = screen(explanation, error, amount, style);
        if text.lines().count() <= MAX_LINES {
            break;
        }
    }
    text
}

fn screen(explanation: &Explanation, error: &NpmError, amount: Amount, style: Style) -> String {
    let verbose = amount.verbose;
    let mut text = String::new();
    let said = short(&headline(error), amount.sentence);
    let _ = writeln!(
        text,
        "{} {}",
        style.strong("npm said:"),
        style.wrap_indented(&said, 10)
    );
    if let Some(line) = explanation.decisive.as_deref() {
        let line = short(&clean(line), amount.sentence);
        let _ = writeln!(text, "  | {}", style.wrap_indented(&line, 4));
    }
    text.push('\n');
    if let Some(first) = &explanation.first {
        text.push_str(&question(first, explanation, style));
    }
    let asked = explanation.first.as_ref();
    let asked = asked.map(|first| &first.question.command);
    for (at, cause) in explanation.causes.iter().take(amount.causes).enumerate() {
        let detail = CauseDetail {
            asked,
            help: match at {
                _ if verbose => usize::MAX,
                0 if asked.is_none() => MAX_HELP,
                0 => 1,
                _ if asked.is_some() && cause.likelihood == Likelihood::Possible => 0,
                _ => amount.further_help,
            },
            question: verbose || (at == 0 && asked.is_none()),
        };
        text.push_str(&self::cause(cause, &detail, style));
    }
    text.push_str(&rest(explanation, amount, style));
    text
}

/// What was not shown: further causes, those that were ruled out, and the log's other failures.
fn rest(explanation: &Explanation, amount: Amount, style: Style) -> String {
    let mut text = String::new();
    let more: Vec<&str> = explanation
        .causes
        .iter()
        .skip(amount.causes)
        .map(|cause| cause.id)
        .collect();
    if !more.is_empty() {
        let line = format!("less likely (--verbose shows them): {}", more.join(", "));
        let _ = writeln!(text, "{}", style.wrap_indented(&line, 4));
    }
    for (id, because) in explanation.struck.iter().filter(|_| amount.verbose) {
        let line = format!("ruled out[{id}]: {because}");
        let _ = writeln!(text, "{}", style.wrap_indented(&line, 4));
    }
    for other in explanation.others.iter().take(amount.others) {
        let Some(error) = &other.error else { continue };
        let package = error.package.as_ref();
        let of = package.map_or(String::new(), |package| format!("{package}: "));
        let id = other.causes.first().map_or("unknown", |cause| cause.id);
        let said = short(&headline(error), amount.sentence);
        let line = format!("also failed: {of}{said} [{id}]");
        let _ = writeln!(text, "{}", style.wrap_indented(&clean(&line), 4));
    }
    let left = explanation.others.len().saturating_sub(amount.others);
    if left > 0 {
        let _ = writeln!(text, "and {left} more failures (--verbose shows them)");
    }
    text
}

/// What to ask first, and which causes each answer leaves.
fn question(first: &FirstQuestion, explanation: &Explanation, style: Style) -> String {
    let mut text = String::new();
    let asked = format!("one question first: {}", clean(&first.question.question));
    let _ = writeln!(text, "{}", style.wrap_indented(&asked, 4));
    let _ = writeln!(
        text,
        "    {}",
        style.strong(&clean(&first.question.command))
    );
    let named = |id: &&str| explanation.causes.iter().any(|cause| cause.id == *id);
    for (answer, ids) in &first.answers {
        let ids: Vec<&str> = ids.iter().copied().filter(named).collect();
        if !ids.is_empty() {
            let line = format!("{answer}: {}", ids.join(", "));
            let _ = writeln!(text, "      {}", style.wrap_indented(&line, 8));
        }
    }
    text.push('\n');
    text
}

/// How much of a cause is shown.
struct CauseDetail<'a> {
    /// The command of the question that is already shown.
    asked: Option<&'a String>,
    help: usize,
    question: bool,
}

/// One cause.
fn cause(cause: &explain::Cause, detail: &CauseDetail<'_>, style: Style) -> String {
    let mut text = String::new();
    let name = match cause.id {
        // npm itself has given the reason if it is likely.
        "unknown" if cause.likelihood == Likelihood::Possible => "unknown",
        _ => cause.likelihood.name(),
    };
    let coloured = match cause.likelihood {
        Likelihood::Certain => style.error(name),
        Likelihood::Likely => style.warning(name),
        Likelihood::Possible => style.note(name),
    };
    let line = match cause.id {
        "unknown" => format!("{name}: {}", clean(&cause.why)),
        id => format!("{name}[{id}]: {}", clean(&cause.why)),
    };
    // Wrapped without colour codes, which take no columns.
    let line = style.wrap_indented(&line, 4);
    let _ = writeln!(text, "{coloured}{}", &line[name.len()..]);
    for help in cause.help.iter().take(detail.help) {
        let _ = writeln!(
            text,
            "  = help: {}",
            style.wrap_indented(&clean(&help.to_string()), 10)
        );
    }
    let separates = cause.separates.as_ref().filter(|_| detail.question);
    if let Some(question) = separates.filter(|own| Some(&own.command) != detail.asked) {
        let line = format!("{} {}", question.question, question.command);
        let _ = writeln!(
            text,
            "  = to tell: {}",
            style.wrap_indented(&clean(&line), 13)
        );
    }
    text
}

/// What failed, in one line.
fn headline(error: &NpmError) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let (Some(method), Some(url)) = (&error.method, &error.url) {
        parts.push(format!("{method} {url}"));
    }
    let told_again = error
        .url
        .as_ref()
        .is_some_and(|url| error.text.contains(url.as_str()) && error.method.is_some());
    let code = error.code.as_deref().unwrap_or_default();
    if told_again || !error.text.starts_with(code) {
        // A script's exit code.
        let is_number = !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
        parts.insert(0, format!("{}{code}", if is_number { "code " } else { "" }));
    }
    if told_again {
        parts.push("(no reason given)".to_owned());
    } else if !error.text.is_empty() {
        parts.push(error.text.clone());
    }
    clean(&parts.join(" "))
}

/// At most `most` characters of a text.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A log comes from outside: no control character and no secret in it reaches the terminal.
fn clean(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    crate::secret::mask_known_shapes(&text)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    error: Option<Error>,
    causes: Vec<Cause<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Explained<'a>>,
}

/// One failure, as a part of a document.
#[derive(Serialize)]
pub(super) struct Explained<'a> {
    error: Option<Error>,
    causes: Vec<Cause<'a>>,
}

impl<'a> Explained<'a> {
    pub(super) fn of(explanation: &'a Explanation) -> Self {
        Self {
            error: explanation.error.as_ref().map(error),
            causes: causes(explanation),
        }
    }
}

#[derive(Serialize)]
struct Error {
    code: Option<String>,
    status: Option<u16>,
    method: Option<String>,
    url: Option<String>,
    package: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct Cause<'a> {
    id: &'a str,
    likelihood: &'static str,
    why: String,
    help: Vec<String>,
}

/// For programs: `safe-publish/explanation@1`.
pub fn json(explanation: &Explanation) -> String {
    let Explained { error, causes } = Explained::of(explanation);
    let document = Document {
        schema: "safe-publish/explanation@1",
        error,
        causes,
        others: explanation.others.iter().map(Explained::of).collect(),
    };
    super::json::pretty(&document)
}

fn error(error: &NpmError) -> Error {
    let shown = |text: &Option<String>| text.as_deref().map(clean);
    Error {
        code: shown(&error.code),
        status: error.status,
        method: shown(&error.method),
        url: shown(&error.url),
        package: shown(&error.package),
        text: clean(&error.text),
    }
}

fn causes(explanation: &Explanation) -> Vec<Cause<'_>> {
    let causes = explanation.causes.iter().map(|cause| Cause {
        id: cause.id,
        likelihood: cause.likelihood.name(),
        why: clean(&cause.why),
        help: cause
            .help
            .iter()
            .map(|help| clean(&help.to_string()))
            .collect(),
    });
    causes.collect()
}
