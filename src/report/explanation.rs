//! What a log means, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::Style;
use crate::explain::{self, Explanation, Fork, Likelihood, NpmError};

/// For people.
pub fn human(explanation: &Explanation, style: Style) -> String {
    let mut text = String::new();
    let Some(error) = &explanation.error else {
        return "there is no failure of npm's in this log\n".to_owned();
    };
    let _ = writeln!(
        text,
        "{} {}\n",
        style.strong("npm said:"),
        style.wrap_indented(&headline(error), 10)
    );
    if let Some(fork) = &explanation.first {
        text.push_str(&question(fork, explanation, style));
    }
    let asked = explanation
        .first
        .as_ref()
        .map(|fork| &fork.question.command);
    for cause in &explanation.causes {
        text.push_str(&self::cause(cause, asked, style));
        text.push('\n');
    }
    text
}

/// What to ask first, and what each answer leaves.
fn question(fork: &Fork, explanation: &Explanation, style: Style) -> String {
    let mut text = String::new();
    let asked = format!("one question first: {}", clean(&fork.question.question));
    let _ = writeln!(text, "{}", style.wrap_indented(&asked, 4));
    let _ = writeln!(text, "    {}", style.strong(&clean(&fork.question.command)));
    let named = |id: &&str| explanation.causes.iter().any(|cause| cause.id == *id);
    for (answer, ids) in &fork.answers {
        let ids: Vec<&str> = ids.iter().copied().filter(named).collect();
        if !ids.is_empty() {
            let line = format!("{answer}: {}", ids.join(", "));
            let _ = writeln!(text, "      {}", style.wrap_indented(&line, 8));
        }
    }
    text.push('\n');
    text
}

/// One cause. Where a question was asked already, those that are only possible
/// say the most important thing and no more: there may be five of them.
fn cause(cause: &explain::Cause, asked: Option<&String>, style: Style) -> String {
    let mut text = String::new();
    let likelihood = match cause.likelihood {
        Likelihood::Certain => style.error(cause.likelihood.name()),
        Likelihood::Likely => style.warning(cause.likelihood.name()),
        Likelihood::Possible => style.note(cause.likelihood.name()),
    };
    // Wrapped without the colour, which takes no room.
    let (plain, likelihood) = match cause.id {
        "unknown" if !cause.why.starts_with("nothing known") => {
            ("what happened", style.note("what happened"))
        }
        "unknown" => (cause.id, style.note(cause.id)),
        _ => (cause.likelihood.name(), likelihood),
    };
    let line = match cause.id {
        "unknown" => format!("{plain}: {}", clean(&cause.why)),
        id => format!("{plain}[{id}]: {}", clean(&cause.why)),
    };
    let line = style.wrap_indented(&line, 4);
    let _ = writeln!(text, "{likelihood}{}", &line[plain.len()..]);
    let short = asked.is_some() && cause.likelihood == Likelihood::Possible;
    let most = if short { 1 } else { usize::MAX };
    for help in cause.help.iter().take(most) {
        let _ = writeln!(text, "  = help: {}", style.wrap_indented(&clean(help), 10));
    }
    let separates = cause.separates.as_ref();
    if let Some(question) = separates.filter(|own| !short && Some(&own.command) != asked) {
        let line = format!("{} {}", question.question, question.command);
        let _ = writeln!(
            text,
            "  = to tell: {}",
            style.wrap_indented(&clean(&line), 13)
        );
    }
    text
}

/// What failed, said once.
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
        parts.insert(0, code.to_owned());
    }
    if told_again {
        parts.push("(no reason given)".to_owned());
    } else if !error.text.is_empty() {
        parts.push(error.text.clone());
    }
    clean(&parts.join(" "))
}

/// A log is somebody else's text: no control character and no secret of it
/// reaches the terminal.
fn clean(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    crate::secret::mask_known_shapes(&text)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    error: Option<Error>,
    causes: Vec<Cause<'a>>,
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
    let shown = |text: &Option<String>| text.as_deref().map(clean);
    let document = Document {
        schema: "safe-publish/explanation@1",
        error: explanation.error.as_ref().map(|error| Error {
            code: shown(&error.code),
            status: error.status,
            method: shown(&error.method),
            url: shown(&error.url),
            package: shown(&error.package),
            text: clean(&error.text),
        }),
        causes: explanation
            .causes
            .iter()
            .map(|cause| Cause {
                id: cause.id,
                likelihood: cause.likelihood.name(),
                why: clean(&cause.why),
                help: cause.help.iter().map(|help| clean(help)).collect(),
            })
            .collect(),
    };
    super::json::pretty(&document)
}

/// The ids of the catalogue, for programs.
pub mod catalogue {
    use serde::Serialize;

    use crate::checks;
    use crate::explain;
    use crate::report::json::pretty;

    /// An id: `safe-publish/check@1`.
    #[derive(Debug, Serialize)]
    pub struct Entry {
        schema: &'static str,
        id: &'static str,
        /// `null` for a cause that only npm's own run brings to light.
        level: Option<&'static str>,
        summary: &'static str,
        documentation: String,
    }

    impl Entry {
        fn new(
            id: &'static str,
            level: Option<&'static str>,
            summary: &'static str,
            documentation: &'static str,
        ) -> Self {
            let lines: Vec<&str> = documentation.trim().lines().map(str::trim_start).collect();
            Self {
                schema: "safe-publish/check@1",
                id,
                level,
                summary,
                documentation: lines.join("\n"),
            }
        }
    }

    fn entries() -> impl Iterator<Item = Entry> {
        let checks = checks::ALL.iter().map(|check| {
            let level = Some(check.level.name());
            Entry::new(check.id, level, check.summary, check.documentation)
        });
        let after = explain::after_causes()
            .map(|cause| Entry::new(cause.id, None, cause.summary, cause.documentation));
        checks.chain(after)
    }

    /// What is known of an id.
    pub fn entry(id: &str) -> Option<Entry> {
        entries().find(|entry| entry.id == id)
    }

    /// One id.
    pub fn one(entry: &Entry) -> String {
        pretty(entry)
    }

    /// All of them, as a list.
    pub fn all() -> String {
        pretty(&entries().collect::<Vec<_>>())
    }
}
