//! `user:password@` in URLs, even if the URL is malformed (`http//bob:pw@host`,
//! `bob:pw@proxy:8080`) or percent-encoded.

use std::ops::Range;

use super::window;

/// The texts that precede an authority, in lower case.
const AUTHORITY_STARTS: [&str; 6] = ["//", "%2f%2f", "http:/", "https:/", "http:", "https:"];

/// What clients take for a slash in a URL.
const SLASHES: [char; 2] = ['/', '\\'];

/// Users that need no hiding: the usual names on git hosts.
const PUBLIC_USERS: [&str; 3] = ["git", "hg", "svn"];

/// Words before a colon in npm's specs and in URLs that contain no password: `npm:cat@1.0.0`,
/// `mailto:bob@host.example`.
const NO_USERS: [&str; 16] = [
    "npm",
    "workspace",
    "file",
    "link",
    "portal",
    "patch",
    "git",
    "github",
    "gitlab",
    "bitbucket",
    "gist",
    "jsr",
    "catalog",
    "http",
    "https",
    "mailto",
];

/// How far the end of a userinfo is searched for. Longer ones are not credentials, and
/// searching many of them would take too long.
const MAX_USERINFO: usize = 2048;

/// Every userinfo in a text, without its `@`.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<')) {
        let begin = at;
        at = begin + word.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        if word.contains('@') || lower[begin..begin + word.len()].contains("%40") {
            in_word(&lower[begin..begin + word.len()], begin, &mut found);
        }
    }
    for (begin, word) in quoted(&lower) {
        in_word(word, begin, &mut found);
    }
    found
}

/// The URLs in double quotes that have a blank, with their positions: whoever typed one quoted it
/// for the shell, and npm shows it quoted.
fn quoted(lower: &str) -> impl Iterator<Item = (usize, &str)> {
    lower.match_indices("\"http").filter_map(|(at, _)| {
        let rest = window(&lower[at + 1..], MAX_USERINFO);
        let word = &rest[..rest.find(['"', '\n'])?];
        (word.contains(' ') && word.contains('@')).then_some((at + 1, word))
    })
}

/// The userinfo of a proxy's URL, however it is written: everything before its last `@`.
pub fn proxy_userinfo(address: &str) -> Option<&str> {
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.rsplit_once('@').map(|(userinfo, _)| userinfo)
}

/// `lower` is a word without blanks and quotes that starts at `offset`.
fn in_word(lower: &str, offset: usize, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    let mut has_lead = false;
    while let Some((lead, length)) = next_lead(&lower[at..]) {
        let begin = at + lead + length;
        has_lead = true;
        let before = lower[..begin].trim_end_matches(SLASHES);
        let is_absolute = before.ends_with(':') && begin - before.len() > 1;
        match userinfo(&lower[begin..], is_absolute) {
            Some(end) => {
                found.push(offset + begin..offset + begin + end);
                at = begin + end;
            }
            None => at = begin,
        }
    }
    if !has_lead {
        let begin = lower.rfind(['=', ',', '(']).map_or(0, |at| at + 1);
        if let Some(end) = without_scheme(&lower[begin..]) {
            found.push(offset + begin..offset + begin + end);
        }
    }
}

/// The position and length of the text that precedes the next authority.
fn next_lead(text: &str) -> Option<(usize, usize)> {
    let mut starts = text.match_indices(['/', '%', 'h']).map(|(at, _)| at);
    starts.find_map(|at| {
        let lead = AUTHORITY_STARTS
            .iter()
            .find(|lead| text[at..].starts_with(**lead))?;
        // `https:/` of `https://`, and whatever else people type: `https:///`, `https:\\\\`.
        let rest = &text[at + lead.len()..];
        let slashes = rest.len() - rest.trim_start_matches(SLASHES).len();
        Some((at, lead.len() + slashes))
    })
}

/// The length of the userinfo at the start of a text. Without a scheme it needs a password,
/// since `//host/x@1` has none.
fn userinfo(text: &str, is_absolute: bool) -> Option<usize> {
    let text = window(text, MAX_USERINFO);
    let stop = text.find(['/', '?', '#', '\\']).unwrap_or(text.len());
    let stop = text[..stop].find("%2f").unwrap_or(stop);
    let last = |text: &str| text.rfind('@').max(text.rfind("%40"));
    let colon = text.find(':').or_else(|| text.find("%3a"));
    if let Some(at) = last(&text[..stop]) {
        let has_password = colon.is_some_and(|colon| colon < at);
        let is_public = PUBLIC_USERS.contains(&&text[..at]);
        return (has_password || (is_absolute && !is_public)).then_some(at);
    }
    // `https://bob/:pa/ss@host`: what Node makes of `https://bob:pa/ss@host`.
    if is_absolute && text[stop..].starts_with("/:") && !text[stop..].starts_with("/:_") {
        return last(text);
    }
    // `https://bob:pa/ss@host`: a password that should have been encoded.
    let colon = colon.filter(|colon| *colon < stop)?;
    let is_port = text[colon + 1..stop]
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    (!is_port && is_absolute).then(|| last(text)).flatten()
}

/// The length of the userinfo of `user:password@host:port` or `…@host.example`.
fn without_scheme(word: &str) -> Option<usize> {
    let at = word.rfind('@')?;
    let (user, password) = word[..at].split_once(':')?;
    if NO_USERS.contains(&user) {
        let skipped = user.len() + 1;
        return without_scheme(&word[skipped..]).map(|end| skipped + end);
    }
    if user.is_empty() || password.is_empty() || user.contains('/') {
        return None;
    }
    let rest = &word[at + 1..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let authority = authority.trim_end_matches(['.', ',', ';', ')', ':']);
    let (host, port) = authority
        .split_once(':')
        .map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let top = host.rsplit_once('.').map_or("", |(_, top)| top);
    let is_domain = top.len() > 1 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_host && (port.map_or(is_domain || host == "localhost", is_port))).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn passwords_are_found_however_the_url_is_written() {
        for (text, userinfo) in [
            ("GET https://bob:pw@h.example/x 200", "bob:pw"),
            ("https://t0ken@h.example/x", "t0ken"),
            ("http//bob:pw@host/", "bob:pw"),
            ("http:/bob:pw@host/", "bob:pw"),
            ("http:bob:pw@127.0.0.1/", "bob:pw"),
            ("HTTPS:bob:pw@host:1", "bob:pw"),
            ("file:bob:pw@host.example/x", "file:bob:pw"),
            ("//bob:pw@host/cat", "bob:pw"),
            ("https%3A%2F%2Fbob%3Apw%40host%2Fcat", "bob%3Apw"),
            ("https%3a%2f%2fbob:pw@host", "bob:pw"),
            ("the proxy bob:pw@proxy:8080 is", "bob:pw"),
            ("HTTP_PROXY=bob:p@w@proxy.example/", "bob:p@w"),
            ("\"bob:pw@localhost\"", "bob:pw"),
            ("https://bob:pa/ss@host/x", "bob:pa/ss"),
            ("https://bob:p#?@host/x", "bob:p#?"),
            ("https:///bob:pw@127.0.0.1:9/", "bob:pw"),
            ("https:\\\\bob:pw@127.0.0.1:9/", "bob:pw"),
            ("https:\\bob:pw@127.0.0.1:9/", "bob:pw"),
            ("https://bob/:pa/ss@127.0.0.1:9/", "bob/:pa/ss"),
            ("\"--registry\" \"https://bob:p w@host/\"", "bob:p w"),
            ("a https://x/ b https://bob:pw@h/", "bob:pw"),
        ] {
            assert_eq!(found(text), [userinfo], "{text}");
        }
    }

    #[test]
    fn a_url_without_a_password_stays() {
        for text in [
            "https://h/@acme%2fcat //h/cat/-/cat@1.0.0.tgz file://x",
            "https%3A%2F%2Fh%2F%40acme%2fcat",
            "git@github.com:acme/cat.git ssh://git@github.com/acme/cat",
            "npm:cat@1.0.0 workspace:cat@^1.0.0 mailto:bob@host.example",
            "bob@host.example cat@1.0.0:latest tag:cat@next",
            "https://h:8080/@acme/cat",
            "https://h/:_authToken for https://h/@acme/cat file:///c:/x@1",
            "\"https://h/\" \"cat@1\" \"https://h:80/ x\" to cat@1",
            "http:host/cat@1.0.0 https:host:1/@acme/cat npm:npm:cat@1.0.0",
            "10:30:00 @acme/cat@1.0.0",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
