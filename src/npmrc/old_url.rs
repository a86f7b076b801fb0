//! Node's old `url.parse`, with which npm 11 and earlier validate and rewrite URLs on the
//! command line. It accepts more than the URL standard does.

use std::fmt::Write as _;

use super::value::is_blank;

/// Schemes that are followed by `//`.
const SLASHED: [&str; 7] = ["http:", "https:", "ftp:", "gopher:", "file:", "ws:", "wss:"];

/// The `href` of a text with a host; `None` without one.
pub(super) fn href(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c <= ' ' || c == '\u{a0}' || c == '\u{feff}');
    let text = with_slashes(text);
    let scheme_end = scheme_end(&text);
    let (scheme, rest) = text.split_at(scheme_end);
    let lower = scheme.to_ascii_lowercase();
    if scheme.is_empty() && is_simple_path(rest) {
        return None;
    }
    let slashes = rest.starts_with("//") && (!scheme.is_empty() || has_userinfo(rest));
    let without_slashes = !scheme.is_empty() && !SLASHED.contains(&scheme);
    if lower == "javascript:" || !(slashes || without_slashes) {
        return None;
    }
    let rest = if slashes { &rest[2..] } else { rest };
    let (authority, rest) = authority(rest);
    let (userinfo, host) = match authority.rsplit_once('@') {
        Some((userinfo, host)) => (Some(decoded(userinfo)?), host),
        None => (None, authority.as_str()),
    };
    let (host, misplaced) = host_and_port(host)?;
    if host.is_empty() {
        return None;
    }
    let is_ipv6 = host.starts_with('[');
    let rest = escaped(&format!("{misplaced}{rest}"));
    let is_slashed = SLASHED.contains(&lower.as_str());
    let needs_slash = (is_ipv6 || slashes || is_slashed)
        && !rest.is_empty()
        && !rest.starts_with(['/', '?', '#']);
    let has_name = !host.starts_with(':');
    let is_bare = has_name && (rest.is_empty() || rest.starts_with(['?', '#']));
    let slash = if needs_slash || (is_bare && (is_ipv6 || is_slashed)) {
        "/"
    } else {
        ""
    };
    let dashes = if slashes || is_slashed { "//" } else { "" };
    let userinfo = userinfo.map_or(String::new(), |userinfo| {
        if userinfo.is_empty() {
            String::new()
        } else {
            format!("{}@", encoded(&userinfo))
        }
    });
    Some(format!("{lower}{dashes}{userinfo}{host}{slash}{rest}"))
}

/// Whether a text starts with `//user@host`.
fn has_userinfo(text: &str) -> bool {
    text.strip_prefix("//").is_some_and(|rest| {
        let authority = rest.split('/').next().unwrap_or_default();
        let mut parts = authority.split('@');
        parts.next().is_some_and(|user| !user.is_empty())
            && parts.next().is_some_and(|host| !host.is_empty())
    })
}

/// A path that Node does not parse further: no blanks, no `#`, and no `@` before the query.
fn is_simple_path(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    !text.contains(|c| c == '#' || is_blank(c)) && !path.contains('@') && !text.starts_with("///")
}

/// Converts backslashes before the first `?` and `#` into slashes.
fn with_slashes(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    format!("{}{}", text[..end].replace('\\', "/"), &text[end..])
}

fn scheme_end(text: &str) -> usize {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-');
    match text.find(|c| !is_scheme(c)) {
        Some(end) if end > 0 && text[end..].starts_with(':') => end + 1,
        _ => 0,
    }
}

/// Splits after the host. Tabs and line ends are removed up to there.
fn authority(text: &str) -> (String, String) {
    const NEVER_IN_HOSTS: &str = " \"%';<>\\^`{|}";
    let mut authority = String::new();
    let mut end = None;
    let mut rest = text.char_indices();
    let mut tail = "";
    for (at, c) in rest.by_ref() {
        match c {
            '\t' | '\n' | '\r' => continue,
            '#' | '/' | '?' => {
                end = end.or(Some(authority.len()));
                tail = &text[at..];
                break;
            }
            '@' => end = None,
            c if NEVER_IN_HOSTS.contains(c) => end = end.or(Some(authority.len())),
            _ => {}
        }
        authority.push(c);
    }
    let behind = authority.split_off(end.unwrap_or(authority.len()));
    (authority, format!("{behind}{tail}"))
}

/// The lower-case host with its port, and any stray text between host and path. `None` if Node
/// throws.
fn host_and_port(text: &str) -> Option<(String, String)> {
    const FORBIDDEN: &str = "\0\t\n\r #%/:<>?@[\\]^|";
    let digits = text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (host, port) = match text[..text.len() - digits].strip_suffix(':') {
        Some(host) => (host, &text[text.len() - digits..]),
        None => (text, ""),
    };
    let port = if port.is_empty() {
        String::new()
    } else {
        format!(":{port}")
    };
    let is_ipv6 = host.starts_with('[') && host.ends_with(']');
    let (host, misplaced) = match host.find(':').filter(|_| !is_ipv6) {
        Some(at) => (&host[..at], format!("/{}", &host[at..])),
        None => (host, String::new()),
    };
    if host.is_empty() || host.len() > 255 {
        return Some((port, misplaced));
    }
    let host = if is_ipv6 || host.is_ascii() {
        host.to_ascii_lowercase()
    } else {
        // The extra label keeps numbers from being read as an IP address.
        let url = url::Url::parse(&format!("http://{host}.x/")).ok()?;
        url.host_str()?.strip_suffix(".x")?.to_owned()
    };
    let forbidden = |c: char| FORBIDDEN.contains(c) && !(is_ipv6 && "[]:".contains(c));
    (!host.contains(forbidden)).then(|| (format!("{host}{port}"), misplaced))
}

/// Escapes RFC 2396's delimiters and "unwise" characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\t\n\r \"'<>\\^`{|}".contains(c) {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// `decodeURIComponent`; `None` if it throws.
fn decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let pair = std::str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
            out.push(u8::from_str_radix(pair, 16).ok()?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// `encodeURIComponent`, except for the colon.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"!-._~'()*:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::href;

    #[test]
    fn a_url_gets_its_slash_and_a_lower_case_host() {
        let same =
            |text: &str, wanted: &str| assert_eq!(href(text).as_deref(), Some(wanted), "{text}");
        same("http://H.Example", "http://h.example/");
        same(" https://h/npm ", "https://h/npm");
        same("http://h:80", "http://h:80/");
        same("HTTP://h?x", "http://h/?x");
        same("http://[::1]:4873", "http://[::1]:4873/");
        same("http://u:p@h", "http://u:p@h/");
        same("localhost:4873", "localhost:4873");
        same(r"http:\\h\a", "http://h/a");
    }

    #[test]
    fn what_has_no_host_is_refused() {
        for text in [
            "",
            "foo",
            "foo.example",
            "/x",
            "//h/x",
            "http:",
            "http:h",
            "http:/h",
            "file:///x",
            "http://",
            "http://[::1",
            "//h?u@h",
        ] {
            assert_eq!(href(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_judged(text in "(http|foo)?:?/{0,2}[\\[\\]:@/?#%\\\\a-c1é \t]{0,12}") {
            let _ = href(&text);
        }
    }
}
