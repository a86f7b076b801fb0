//! Finds a request and its answer in a line: `403 Forbidden - PUT https://… - text`, and the
//! other forms in which npm and its wrappers report one.

use std::sync::LazyLock;

/// A request, as far as a line describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) status: Option<u16>,
    pub(super) method: Option<&'static str>,
    pub(super) url: Option<String>,
    /// The server's text about it, after the URL.
    pub(super) words: String,
}

const METHODS: [&str; 6] = ["PUT", "GET", "POST", "DELETE", "HEAD", "PATCH"];

/// Phrases before a status.
const STATUS_BEFORE: &str = "\
    status code |status code: |Response Code: |Response code |statusCode |status: |(status |\
    Failed PUT |returned a |fails with |failed with |HTTP |HTTP/1.1 |HTTP error ";

/// Phrases before a URL and the registry's text in yarn 1.
const YARN_ERRORS: [&str; 2] = ["Couldn't publish package", "unexpected error occurred"];

/// What servers write for a status besides HTTP's own phrase.
const OTHER_REASONS: [(u16, &str); 5] = [
    (413, "Request Entity Too Large"),
    (413, "Content Too Large"),
    (422, "Unprocessable Content"),
    (408, "Request Time-out"),
    (504, "Gateway Time-out"),
];

/// What Node's clients write for a status without a name.
const UNKNOWN: &str = "unknown";

/// Shorter reason phrases, such as `Gone`, are common words.
const MIN_REASON: usize = 8;

/// The reason phrases of the statuses of refusals.
fn reasons() -> impl Iterator<Item = (u16, &'static str)> {
    static ALL: LazyLock<Vec<(u16, &str)>> = LazyLock::new(|| {
        let of_http = (400..600).filter_map(|status| {
            let known = reqwest::StatusCode::from_u16(status).ok()?;
            known.canonical_reason().map(|reason| (status, reason))
        });
        of_http.chain(OTHER_REASONS).collect()
    });
    ALL.iter().copied()
}

/// Whether a sentence is only the name of a status.
pub(super) fn is_reason_phrase(words: &str) -> bool {
    words == UNKNOWN || reasons().any(|(_, reason)| reason.eq_ignore_ascii_case(words))
}

impl Request {
    /// Whether it is more than a status.
    pub(super) fn has_address_or_method(&self) -> bool {
        self.method.is_some() || self.url.is_some()
    }
}

/// Reads a request from a line; `None` if there is no trace of one.
pub(super) fn read(line: &str) -> Option<Request> {
    let odd = of_field(line).or_else(|| of_access_log(line));
    if let Some(request) = odd.or_else(|| of_old_fetch(line)) {
        return Some(request);
    }
    let mut request = with_method(line).unwrap_or_default();
    request.status = request.status.or_else(|| status(line));
    if request.url.is_none() {
        read_address(line, &mut request);
    }
    (request.status.is_some() || request.url.is_some() || request.method.is_some())
        .then_some(request)
}

/// A method or a URL on a line of its own: `method: 'PUT',` of the object that Node prints after a
/// stack trace, `Request Method: PUT` of yarn berry.
fn of_field(line: &str) -> Option<Request> {
    let (field, value) = line.rsplit_once(": ")?;
    let value = value.trim_matches(['\'', ',', ' ']);
    let mut request = Request::default();
    if field == "method" || field.ends_with("Request Method") {
        request.method = Some(method(value)?);
    } else if field == "uri" || field.ends_with("Request URL") {
        request.url = Some(tidy_address(value));
    } else {
        return None;
    }
    Some(request)
}

/// A line of Artifactory's own request log:
/// `time|trace|address|user|PUT|/api/npm/repository/name|403|…`.
fn of_access_log(line: &str) -> Option<Request> {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let at = fields
        .windows(2)
        .position(|two| method(two[0]).is_some() && two[1].contains("/api/npm/"))?;
    let status = fields.get(at + 2).and_then(|field| number(field))?;
    Some(Request {
        status: Some(status),
        method: method(fields[at]),
        url: Some(tidy_address(fields[at + 1])),
        words: String::new(),
    })
}

/// `403 Forbidden: name@range`: npm 6, reading a package.
fn of_old_fetch(line: &str) -> Option<Request> {
    let (status, rest) = line.split_once(' ')?;
    let (reason, spec) = rest.split_once(": ")?;
    let known = reasons().any(|(_, known)| known == reason);
    let ranged = !spec.contains([' ', ':']) && spec.get(1..)?.contains('@');
    (known && ranged).then_some(Request {
        status: Some(number(status)?),
        method: Some("GET"),
        ..Request::default()
    })
}

/// The URL in a line without a method, and the text after it: `403 Forbidden: https://h/p -
/// no`, `Couldn't publish: "https://h/p: Not found"`.
fn read_address(line: &str, request: &mut Request) {
    let Some(url) = any_url(line) else { return };
    let behind = line
        .split_once(": http")
        .or_else(|| line.split_once(": \"http"))
        .and_then(|(_, rest)| rest.split_once(": ").or_else(|| rest.split_once(" - ")))
        .map_or("", |(_, rest)| rest.trim_end_matches(['"', '.']));
    let is_yarns = YARN_ERRORS.iter().any(|says| line.contains(says));
    if request.status.is_none() && is_yarns {
        let named = reasons().find(|(_, reason)| behind.eq_ignore_ascii_case(reason));
        request.status = named.map(|(known, _)| known).or_else(|| status(behind));
    }
    if request.status.is_some() || (is_yarns && !behind.is_empty()) {
        request.url = Some(url);
        behind.clone_into(&mut request.words);
    }
}

fn with_method(line: &str) -> Option<Request> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| method(word).is_some())?;
    let mut request = Request {
        method: method(words[at]),
        ..Request::default()
    };
    // `503 first byte timeout - PUT https://…`: a reason that is not one of HTTP's.
    if at > 1 && words[at - 1] == "-" {
        request.status = number(words[0]);
    }
    let mut rest = &words[at + 1..];
    if let Some(code) = rest.first().and_then(|word| number(word)) {
        request.status = Some(code);
        rest = &rest[1..];
    }
    let filler = ["request", "to", "on"];
    while rest.first().is_some_and(|word| filler.contains(word)) {
        rest = &rest[1..];
    }
    if let Some(url) = rest.first().filter(|word| looks_like_address(word)) {
        request.url = Some(tidy_address(url));
        rest = &rest[1..];
        let glued = rest.first() == Some(&"-");
        request.words = rest[usize::from(glued)..].join(" ");
        // What npm prints for a body that it cannot read.
        if request.words.is_empty() || request.words == "[object Object]" {
            request.words = own_words(&words[..at.saturating_sub(1)]);
        }
    }
    (request.status.is_some() || request.url.is_some()).then_some(request)
}

/// What some servers write in place of HTTP's reason phrase, between status and method.
fn own_words(before: &[&str]) -> String {
    let is_status = |word: &&&str| number(word).is_some();
    let behind = before.iter().skip_while(|word| !is_status(word));
    let words: Vec<&str> = behind.skip_while(is_status).copied().collect();
    let words = words.join(" ");
    if is_reason_phrase(&words) {
        return String::new();
    }
    words
}

/// A method as a separate word, with or without quotes.
fn method(word: &str) -> Option<&'static str> {
    let word = word.trim_matches(['"', '\'', '`', ':', '(', '[']);
    METHODS.into_iter().find(|method| *method == word)
}

/// An error status as a separate word.
fn number(word: &str) -> Option<u16> {
    let word = word.trim_matches(['(', ')', ',', '.', ':', '"', '\\']);
    let digits = word.strip_prefix('E').unwrap_or(word);
    (digits.len() == 3)
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|status| (400..600).contains(status))
}

/// The status in a line: a code `E403`, a phrase before it, or a reason after it.
pub(super) fn status(line: &str) -> Option<u16> {
    for phrase in STATUS_BEFORE.split('|') {
        if let Some((_, rest)) = line.split_once(phrase)
            && let Some(found) = rest.split_whitespace().next().and_then(number)
        {
            return Some(found);
        }
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let Some(found) = number(word) else { continue };
        let next = words.get(at + 1).copied().unwrap_or_default();
        let next_bare = next.trim_matches([':', '.', ',', ')', '"', '\\']);
        let follows = |reason: &str| reason.split(' ').next() == Some(next_bare);
        let is_named = || reasons().any(|(status, reason)| status == found && follows(reason));
        let is_code = word.trim_start_matches(['(', '"']).starts_with('E');
        if is_code || number(next) == Some(found) || follows(UNKNOWN) || is_named() {
            return Some(found);
        }
    }
    // A reason phrase alone, at the start: `403` may be lost, its name rarely is.
    let begins = |reason: &str| {
        let rest = line.strip_prefix(reason).unwrap_or_default();
        [" - ", ":", " : "]
            .iter()
            .any(|mark| rest.starts_with(mark))
    };
    let mut long = reasons().filter(|(_, reason)| reason.len() >= MIN_REASON);
    let named = long.find(|(_, reason)| reason.eq_ignore_ascii_case(line) || begins(reason));
    named.map(|(status, _)| status)
}

fn looks_like_address(word: &str) -> bool {
    let word = word.trim_start_matches(['"', '\'', '`', '<', '(']);
    word.starts_with("http://")
        || word.starts_with("https://")
        || word.starts_with(".../")
        || (word.contains('/') && word.contains('.') && !word.starts_with('-'))
}

pub(super) fn tidy_address(word: &str) -> String {
    let word = word
        .trim_matches(['"', '\'', '`', '<', '>', '(', ')'])
        .trim_end_matches([':', ',', '.', ';', '"', '\'']);
    crate::secret::mask(&word.chars().take(1000).collect::<String>())
}

/// The first http(s) URL in a line that is a registry's, not a hint's.
fn any_url(line: &str) -> Option<String> {
    line.split_whitespace()
        .map(|word| word.trim_start_matches(['"', '\'', '`', '<', '(']))
        .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
        .map(tidy_address)
        .find(|url| !url.contains("npmjs.com/") && !url.contains("docs."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(line: &str) -> (Option<u16>, Option<&'static str>, Option<String>, String) {
        let request = read(line).unwrap_or_default();
        (request.status, request.method, request.url, request.words)
    }

    /// A line, and its status, method, URL and further words.
    type Row = (
        &'static str,
        Option<u16>,
        Option<&'static str>,
        Option<&'static str>,
        &'static str,
    );

    const SHAPES: [Row; 10] = [
        (
            "403 403 Forbidden - PUT https://h/@s%2fp - no way",
            Some(403),
            Some("PUT"),
            Some("https://h/@s%2fp"),
            "no way",
        ),
        (
            "409 Conflict - PUT https://h/p",
            Some(409),
            Some("PUT"),
            Some("https://h/p"),
            "",
        ),
        (
            "Error: 403 Forbidden - PUT https://h/p - no",
            Some(403),
            Some("PUT"),
            Some("https://h/p"),
            "no",
        ),
        (
            "fetch PUT 503 https://h/p 12ms attempt #2",
            Some(503),
            Some("PUT"),
            Some("https://h/p"),
            "12ms attempt #2",
        ),
        ("publish Failed PUT 413", Some(413), Some("PUT"), None, ""),
        (
            "Performing \"PUT\" request to \"https://h/p\".",
            None,
            Some("PUT"),
            Some("https://h/p"),
            "",
        ),
        (
            "Request \"https://h/p\" finished with status code 401.",
            Some(401),
            None,
            Some("https://h/p"),
            "",
        ),
        (
            "E404 on PUT h.example/p",
            Some(404),
            Some("PUT"),
            Some("h.example/p"),
            "",
        ),
        ("Response Code: 404 (Not Found)", Some(404), None, None, ""),
        ("429 Too Many Requests", Some(429), None, None, ""),
    ];

    #[test]
    fn every_shape_of_a_request_is_read() {
        for (line, status, method, url, words) in SHAPES {
            let url = url.map(str::to_owned);
            assert_eq!(
                seen(line),
                (status, method, url, words.to_owned()),
                "{line}"
            );
        }
    }

    #[test]
    fn numbers_that_are_not_a_status_are_ignored() {
        for line in [
            "took 403 ms",
            "npm notice 404B index.js",
            "GET it done",
            "line 500: x",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_masked() {
        let (_, _, url, _) = seen("403 Forbidden - PUT https://u:secret@h/p - no");
        assert_eq!(url.unwrap(), "https://****@h/p");
    }
}
