//! The one sentence that states the reason, without npm's standard text, wherever a tool puts
//! it: after the URL, on the next lines, in a JSON body, in a page's title.

use super::boilerplate::is_uninformative;
use super::codes;
use super::relevance::failure_line;
use super::request::{self, Request};
use crate::explain::NpmError;
use crate::explain::log::{Line, Log, LogLevel};
use crate::explain::text::Text;
use crate::secret::mask;

/// The longest sentence that is shown, in characters.
const MAX_TEXT: usize = 400;
/// At most this many lines are searched for a sentence.
const MAX_LINES: usize = 400;
/// Lines after a sentence that may continue it.
const MAX_CONTINUATIONS: usize = 4;

/// The one informative sentence.
pub(super) fn sentence(log: &Log) -> String {
    let lines = &log.lines;
    let text = stated_sentence(lines, |line| line.prefix.is_some() && !line.stack)
        .or_else(|| stated_sentence(lines, |line| line.level == LogLevel::Error && !line.stack))
        .or_else(|| stated_sentence(lines, |line| line.level == LogLevel::Error))
        .or_else(|| unmarked_sentence(log))
        .or_else(|| informative_notice(lines))
        .or_else(|| lines.first().map(|line| line.text.clone()))
        .unwrap_or_default();
    let text = without_outcome(&text);
    let page = is_page(text).then(|| title(lines)).flatten();
    let text = page
        .or_else(|| of_body(text))
        .unwrap_or_else(|| text.to_owned());
    shorten(codes::untitled(&text))
}

/// What pnpm 12 says of the answer: `Failed to publish package cat@1.0.0 (status 403 Forbidden):
/// no way`.
fn without_outcome(text: &str) -> &str {
    let outcome = text.strip_prefix("Failed to publish package ");
    let Some((status, rest)) = outcome.and_then(|it| it.split_once("(status ")?.1.split_once(')'))
    else {
        return text;
    };
    let rest = rest.trim_start_matches([':', ' ']);
    let rest = rest.strip_prefix("Details:").unwrap_or(rest).trim_start();
    if rest.is_empty() { status } else { rest }
}

/// Whether a text is, or complains of, a web page.
fn is_page(text: &str) -> bool {
    text.starts_with("Unexpected token") || text.starts_with('<')
}

/// The title of a page that came instead of JSON, or the message of an XML document: it says
/// what is wrong.
fn title(lines: &[Line]) -> Option<String> {
    let of_line = |line: &Line| {
        let text = line.text.to_ascii_lowercase();
        let mut places = ["<title>", "<message>", "<h1>", "<h2>"].iter();
        let begin = places.find_map(|tag| Some(text.find(tag)? + tag.len()))?;
        let title = line.text[begin..].split("</").next()?.trim();
        (!title.is_empty()).then(|| title.to_owned())
    };
    lines.iter().find_map(of_line)
}

/// The first sentence of the lines that count; a request without the server's text only if
/// there is no sentence.
fn stated_sentence(lines: &[Line], counts: impl Fn(&Line) -> bool) -> Option<String> {
    let mut bare = None;
    let counting = lines.iter().enumerate().filter(|(_, line)| counts(line));
    for (at, line) in counting.take(MAX_LINES) {
        if is_uninformative(&line.text) || is_a_code(&line.text) {
            continue;
        }
        let request = request::read(&line.text);
        let Some(request) = request.filter(Request::has_address_or_method) else {
            return Some(continued(lines, at, &line.text));
        };
        if !request.words.is_empty() && !is_uninformative(&request.words) {
            return Some(continued(lines, at, &request.words));
        }
        // The server's text may be on the next lines.
        if let Some(words) = behind(lines, at) {
            return Some(words);
        }
        bare.get_or_insert_with(|| line.text.clone());
    }
    bare
}

/// `ERR_PNPM_FAILED_TO_PUBLISH` alone: the sentence follows.
fn is_a_code(text: &str) -> bool {
    codes::is_code(text.trim_matches(['[', ']', ':', ' ']))
}

/// The sentence in a text without an error mark: the first line, or a later one with a code or
/// a status, or one that reports a failed publish.
fn unmarked_sentence(log: &Log) -> Option<String> {
    let lines = &log.lines;
    let worth = |line: &Line| line.level != LogLevel::Info && !is_uninformative(&line.text);
    let said = lines.iter().enumerate().filter(|(_, line)| worth(line));
    let mut said = said.take(MAX_LINES).map(|(at, line)| {
        let own = line.text.clone();
        match request::read(&line.text) {
            None => (codes::words(&line.text).any(codes::is_code), own),
            Some(request) if !request.words.is_empty() => {
                (true, continued(lines, at, &request.words))
            }
            Some(Request { status, .. }) if own.ends_with(':') => {
                (status.is_some(), continued(lines, at, &own))
            }
            Some(Request { status: None, .. }) => (false, own),
            Some(_) => (true, behind(lines, at).unwrap_or(own)),
        }
    });
    let first = said.next()?;
    if first.0 {
        return Some(first.1);
    }
    let informative = said.find(|(informative, _)| *informative);
    let found = informative.map(|(_, text)| text);
    found
        .or_else(|| failure_line(log).map(str::to_owned))
        .or(Some(first.1))
}

/// What npm printed at a lower level if it printed no error: about a token exchange, or a
/// refused request.
fn informative_notice(lines: &[Line]) -> Option<String> {
    let find = |wanted: &dyn Fn(&str) -> bool| lines.iter().find(|line| wanted(&line.text));
    let of_exchange = find(&|text| text.starts_with("oidc ") && text.contains("error"));
    let line = of_exchange.or_else(|| find(&|text| request::status(text).is_some()));
    Some(line?.text.clone())
}

/// The sentence on the lines behind one.
fn behind(lines: &[Line], at: usize) -> Option<String> {
    Some(continued(lines, at, "")).filter(|text| !text.is_empty())
}

/// A sentence, joined with the unmarked lines into which a terminal or the tool wrapped it.
fn continued(lines: &[Line], at: usize, text: &str) -> String {
    let mut whole = text.to_owned();
    for line in lines.iter().skip(at + 1).take(MAX_CONTINUATIONS) {
        let ends = whole.ends_with(['.', '!', '?'])
            || whole.ends_with("\"}")
            || request::is_reason_phrase(&whole);
        let is_open = whole.ends_with(':') || ends_within_a_sentence(&whole);
        let goes_on = line.level == LogLevel::Error && is_open;
        let is_rest = (line.level == LogLevel::Unknown || goes_on)
            && !is_uninformative(&line.text)
            && !line.text.starts_with("Error")
            && !line.text.starts_with("help: ")
            && request::read(&line.text).is_none();
        if ends || !is_rest {
            break;
        }
        // A hyphen at the end of a line is where pnpm broke a word.
        if !whole.ends_with('-') && !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(line.text.trim_start_matches("- "));
    }
    shorten(whole.trim())
}

/// Whether the last word needs another behind it: npm breaks its own texts into lines.
fn ends_within_a_sentence(text: &str) -> bool {
    const WORDS: &str = "a an and by due for from in is of on or that the this to with your";
    let last = text.rsplit_once(' ').map(|(_, last)| last);
    last.is_some_and(|last| WORDS.split(' ').any(|word| word == last))
}

/// The reason in a JSON body within a sentence, which may be cut off.
fn of_body(text: &str) -> Option<String> {
    const FIELDS: &str = "error_description error message Message detail reason";
    let body = &text[text.find('{')?..];
    FIELDS.split(' ').find_map(|field| {
        let (_, value) = body.split_once(&format!("\"{field}\""))?;
        let value = value.trim_start_matches([':', ' ']).strip_prefix('"')?;
        let is_end = |(at, _): &(usize, char)| !value[..*at].ends_with('\\');
        let mut quotes = value.char_indices().filter(|(_, c)| *c == '"');
        let end = quotes.find(is_end).map_or(value.len(), |(at, _)| at);
        let said = value[..end].replace("\\\"", "\"");
        // `403 Forbidden - no way`: GitLab.
        let own = said.split_once(" - ").filter(|(status, _)| {
            request::is_reason_phrase(status.trim_start_matches(|c: char| !c.is_alphabetic()))
        });
        let said = own.map_or(said.as_str(), |(_, own)| own);
        (!said.is_empty()).then(|| said.to_owned())
    })
}

/// The most informative line of the log, unchanged; `None` if the sentence is that line.
pub(super) fn decisive(log: &Log, error: &NpmError) -> Option<String> {
    const MIN_LENGTH: usize = 24;
    let begin: String = error.text.chars().take(MIN_LENGTH).collect();
    let tells = |line: &&Line| !begin.is_empty() && mask(&line.text).contains(&begin);
    let asks = |line: &&Line| {
        let url = error.url.as_deref().filter(|_| error.status.is_some());
        url.is_some_and(|url| line.text.contains(url))
    };
    let mut loud = log.lines.iter();
    let is_loud = |line: &&Line| line.level != LogLevel::Info && !line.stack;
    let line = loud.find(|line| is_loud(line) && tells(line));
    let line = line
        .or_else(|| log.lines.iter().find(tells))
        .or_else(|| log.lines.iter().find(asks))?;
    let (said, reason) = (Text::of(&mask(&line.text)), Text::of(&error.text));
    let is_the_sentence = said.contains(&reason) || reason.contains(&said);
    (!is_the_sentence).then(|| shorten(line.raw.trim()))
}

/// Bounded, on one line, and without anything that looks like a token.
pub(in crate::explain) fn shorten(text: &str) -> String {
    let text = mask(text.trim());
    if text.chars().count() <= MAX_TEXT {
        return text;
    }
    text.chars().take(MAX_TEXT - 1).chain(['…']).collect()
}

/// The first line that is not an aside, for a failure of unknown form.
pub(in crate::explain) fn first_line(log: &Log) -> String {
    if log.has(LogLevel::Error) {
        return sentence(log);
    }
    let find = |wanted: &dyn Fn(&Line) -> bool| log.lines.iter().find(|line| wanted(line));
    let fails = |text: &str| {
        ["error", "fatal", "fail"]
            .iter()
            .any(|it| text.contains(it))
    };
    let line = find(&|line| fails(&line.text.to_lowercase()))
        .or_else(|| find(&|line| line.level != LogLevel::Info))
        .or_else(|| log.lines.first());
    line.map(|line| shorten(&line.text)).unwrap_or_default()
}
