//! What failed: code, status, request, package, version and the one sentence
//! that says something.

use super::NpmError;
use super::boilerplate::is_empty_talk;
use super::codes::{self, code_of_sentence, is_code, is_local};
use super::failing;
use super::log::{Line, Log, Loudness};
use super::mask::mask;
use super::package;
use super::request::{self, Request};

/// The longest sentence that is shown, in characters.
const LONGEST_TEXT: usize = 400;
/// No more lines than this are looked at for a sentence.
const MOST_LOOKS: usize = 400;
/// Lines behind a sentence that may be its rest.
const MOST_CONTINUATIONS: usize = 3;

/// Everything a log says about what failed; `None` where it holds no failure
/// of npm's, as far as its shape tells.
pub(super) fn error(log: &Log) -> Option<NpmError> {
    let requests: Vec<(usize, Request)> = log
        .lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| request::read(&line.text).map(|request| (at, request)))
        .collect();
    let code = code(log);
    // What npm found by itself has no request; another one failed aside.
    let is_local = code.as_deref().is_some_and(is_local);
    let exchange = requests
        .iter()
        .find_map(|(_, request)| request.url.clone().filter(|url| url.contains("/oidc/")));
    let requests = if is_local { Vec::new() } else { requests };
    let refused = refused(&requests, code.as_deref().and_then(status_of_code));
    let status = code
        .as_deref()
        .and_then(status_of_code)
        .or_else(|| refused.and_then(|request| request.status));
    if code.is_none() && status.is_none() && !failing::says_so(log) {
        return None;
    }
    let of_it = |request: &&Request| request.status == status || request.status.is_none();
    // Without an answer it was the last thing that npm sends: the PUT.
    let puts = requests.iter().filter(|(_, request)| {
        status.is_none() && request.method == Some("PUT") && request.url.is_some()
    });
    let answered: Vec<&Request> = refused
        .into_iter()
        .chain(puts.chain(&requests).map(|(_, request)| request))
        .filter(of_it)
        .collect();
    let method = answered.iter().find_map(|request| request.method);
    let url = answered
        .iter()
        .find_map(|request| request.url.clone())
        .or_else(|| registry(log));
    let address = url.as_deref().filter(|_| method.is_some());
    let (package, version) = package::package(log, address.or(exchange.as_deref()));
    let kind = url
        .as_deref()
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| crate::registry::kinds::by_url(&url, &[]));
    Some(NpmError {
        kind,
        code: code.or_else(|| status.map(|status| format!("E{status}"))),
        status,
        method: method.map(str::to_owned),
        url,
        package,
        version,
        text: sentence(log),
    })
}

/// The request that was refused: with npm's own status where it has one, a
/// PUT before all others, and the exchange of an OIDC token last.
fn refused(requests: &[(usize, Request)], status: Option<u16>) -> Option<&Request> {
    let is_exchange = |request: &Request| {
        let url = request.url.as_deref();
        url.is_some_and(|url| url.contains("/oidc/"))
    };
    let place = |request: &Request| match request.method {
        _ if is_exchange(request) => 3,
        Some("PUT") => 0,
        Some("POST") => 1,
        _ => 2,
    };
    requests
        .iter()
        .map(|(_, request)| request)
        .filter(|request| request.status.is_some())
        .filter(|request| status.is_none() || request.status == status)
        .min_by_key(|request| place(request))
}

fn status_of_code(code: &str) -> Option<u16> {
    code.strip_prefix('E')
        .filter(|digits| digits.len() == 3)?
        .parse()
        .ok()
}

/// `code E403` of npm's errors, else the first known code in any line that is
/// not an aside.
fn code(log: &Log) -> Option<String> {
    let told = log.lines.iter().find_map(|line| {
        let code = line
            .text
            .strip_prefix("code ")?
            .trim_matches(['"', ' ', '\'']);
        (line.loudness == Loudness::Error && !code.is_empty() && is_word(code))
            .then(|| code.to_owned())
    });
    told.or_else(|| {
        log.lines
            .iter()
            .filter(|line| line.loudness != Loudness::Aside)
            .flat_map(|line| {
                line.text
                    .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            })
            .find(|word| is_code(word))
            .map(str::to_owned)
    })
    .or_else(|| {
        let mut codes = log
            .lines
            .iter()
            .filter_map(|line| code_of_sentence(&line.text));
        codes.next().map(str::to_owned)
    })
}

fn is_word(text: &str) -> bool {
    text.len() <= 60 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The registry that npm named, without a request.
pub(super) fn registry(log: &Log) -> Option<String> {
    const BEFORE: [&str; 7] = [
        "logged in to ",
        "Publishing to ",
        "authentication configured for ",
        "request to ",
        "\"--registry\" \"",
        "--registry=",
        "--registry ",
    ];
    log.lines.iter().find_map(|line| {
        BEFORE.iter().find_map(|before| {
            let (_, rest) = line.text.split_once(before)?;
            let url = rest.split([' ', ',', '"']).next()?.trim_end_matches('.');
            url.starts_with("http").then(|| mask(url))
        })
    })
}

/// The one informative sentence.
fn sentence(log: &Log) -> String {
    let lines = &log.lines;
    let text = loudest(lines, |line| line.era.is_some())
        .or_else(|| {
            loudest(lines, |line| {
                line.loudness == Loudness::Error && !line.stack
            })
        })
        .or_else(|| loudest(lines, |line| line.loudness == Loudness::Error))
        .or_else(|| plainest(lines))
        .or_else(|| telling_aside(lines))
        .or_else(|| lines.first().map(|line| line.text.clone()))
        .unwrap_or_default();
    let is_page = text.starts_with("Unexpected token") || text.starts_with('<');
    let title = is_page.then(|| title(lines)).flatten();
    shorten(codes::untitled(title.as_deref().unwrap_or(&text)))
}

/// The title of a page that came instead of JSON: there stands what is wrong.
fn title(lines: &[Line]) -> Option<String> {
    lines.iter().find_map(|line| {
        let (_, title) = line.text.split_once("<title>")?;
        let title = title.split("</title>").next()?.trim();
        (!title.is_empty()).then(|| title.to_owned())
    })
}

/// The first sentence of the lines that count; a request without the server's
/// words only where there is none.
fn loudest(lines: &[Line], counts: impl Fn(&Line) -> bool) -> Option<String> {
    let mut bare = None;
    let counting = lines.iter().enumerate().filter(|(_, line)| counts(line));
    for (at, line) in counting.take(MOST_LOOKS) {
        if is_empty_talk(&line.text) {
            continue;
        }
        let Some(request) = request::read(&line.text).filter(|request| request.method.is_some())
        else {
            return Some(continued(lines, at, &line.text));
        };
        if !request.words.is_empty() && !is_empty_talk(&request.words) {
            return Some(continued(lines, at, &request.words));
        }
        // A terminal may have broken the line before the server's words.
        if line.text.ends_with(" -") {
            let words = continued(lines, at, "");
            if !words.is_empty() {
                return Some(words);
            }
        }
        bare.get_or_insert_with(|| line.text.clone());
    }
    bare
}

/// The sentence of a text that nobody marked as an error: the first line, or a
/// later one with a code or a status.
fn plainest(lines: &[Line]) -> Option<String> {
    let worth = |line: &Line| line.loudness != Loudness::Aside && !is_empty_talk(&line.text);
    let said = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| worth(line))
        .take(MOST_LOOKS);
    let mut said = said.map(|(at, line)| match request::read(&line.text) {
        Some(request) if !request.words.is_empty() => (true, continued(lines, at, &request.words)),
        Some(request) if line.text.ends_with(':') => {
            (request.status.is_some(), continued(lines, at, &line.text))
        }
        Some(request) => (request.status.is_some(), line.text.clone()),
        None => (code_in(&line.text), line.text.clone()),
    });
    let first = said.next()?;
    let informative = said
        .find(|(informative, _)| *informative)
        .filter(|_| !first.0);
    Some(informative.unwrap_or(first).1)
}

/// What npm said aside where it said nothing aloud: of a token exchange, or of
/// a request that was refused.
fn telling_aside(lines: &[Line]) -> Option<String> {
    let of_exchange = lines
        .iter()
        .find(|line| line.text.starts_with("oidc ") && line.text.contains("error"));
    let refused = || {
        let mut lines = lines.iter();
        lines.find(|line| request::status(&line.text).is_some())
    };
    Some(of_exchange.or_else(refused)?.text.clone())
}

fn code_in(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .any(is_code)
}

/// A sentence together with the unmarked lines that a terminal made of its rest.
fn continued(lines: &[Line], at: usize, text: &str) -> String {
    let mut whole = text.to_owned();
    for line in lines.iter().skip(at + 1).take(MOST_CONTINUATIONS) {
        let ends = whole.ends_with(['.', '!', '?']);
        let goes_on = line.loudness == Loudness::Error && whole.ends_with(':');
        let is_rest = (line.loudness == Loudness::Plain || goes_on)
            && !is_empty_talk(&line.text)
            && !line.text.starts_with("Error")
            && request::read(&line.text).is_none();
        if ends || !is_rest {
            break;
        }
        whole.push(' ');
        whole.push_str(&line.text);
    }
    shorten(whole.trim())
}

/// Bounded, on one line, without anything shaped like a token.
pub(super) fn shorten(text: &str) -> String {
    let text = mask(text.trim());
    if text.chars().count() <= LONGEST_TEXT {
        return text;
    }
    text.chars().take(LONGEST_TEXT - 1).chain(['…']).collect()
}

/// The first line that is not an aside, for a failure without any shape.
pub(super) fn first_line(log: &Log) -> String {
    let find = |wanted: &dyn Fn(&Line) -> bool| log.lines.iter().find(|line| wanted(line));
    let fails = |line: &Line| {
        let text = line.text.to_lowercase();
        ["error", "fatal", "fail"]
            .iter()
            .any(|word| text.contains(word))
    };
    if find(&|line| line.loudness == Loudness::Error).is_some() {
        return sentence(log);
    }
    let line = find(&fails)
        .or_else(|| find(&|line| line.loudness != Loudness::Aside))
        .or_else(|| log.lines.first());
    line.map(|line| shorten(&line.text)).unwrap_or_default()
}
