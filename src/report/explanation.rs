//! What a log means, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::style::Style;
use crate::explain::{Explanation, Likelihood, NpmError};

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
    for cause in &explanation.causes {
        let likelihood = match cause.likelihood {
            Likelihood::Certain => style.error(cause.likelihood.name()),
            Likelihood::Likely => style.warning(cause.likelihood.name()),
            Likelihood::Possible => style.note(cause.likelihood.name()),
        };
        let indent = cause.likelihood.name().len() + cause.id.len() + 4;
        let _ = writeln!(
            text,
            "{likelihood}[{}]: {}",
            cause.id,
            style.wrap_indented(&clean(&cause.why), indent.min(30))
        );
        for help in &cause.help {
            let _ = writeln!(text, "  = help: {}", style.wrap_indented(&clean(help), 10));
        }
        if let Some(question) = &cause.separates {
            let line = format!("{} {}", question.question, question.command);
            let _ = writeln!(
                text,
                "  = to tell: {}",
                style.wrap_indented(&clean(&line), 13)
            );
        }
        text.push('\n');
    }
    text
}

fn headline(error: &NpmError) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(error.code.clone());
    if let (Some(method), Some(url)) = (&error.method, &error.url) {
        parts.push(format!("{method} {url}"));
    }
    if !error.text.is_empty() {
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
