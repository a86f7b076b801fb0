//! Turns an error of the HTTP library into words that say what to look at.

use std::error::Error;
use std::io;

use crate::finding::RequestFailure;

/// Nothing listens there.
pub(super) const REFUSED: &str = "connection refused";

/// What kind of failure an error is, and its words.
pub(super) fn of(error: &reqwest::Error) -> (RequestFailure, String) {
    let chain: Vec<&(dyn Error + 'static)> = causes(error).collect();
    if let Some(tls) = chain.iter().find_map(|error| tls_error(*error)) {
        return (RequestFailure::Tls, tls);
    }
    if let Some(reason) = dns_error(&chain) {
        return (RequestFailure::Dns, reason);
    }
    if error.is_timeout() {
        return (RequestFailure::Timeout, "no connection in time".to_owned());
    }
    if let Some(reason) = connection_error(&chain) {
        return (RequestFailure::Connection, reason.to_owned());
    }
    if error.is_decode() || mentions(&chain, "gzip") {
        let reason = "the answer is damaged (its compression is invalid or ends early)";
        return (RequestFailure::Garbage, reason.to_owned());
    }
    let reason = last(&chain);
    let closed_early = ["end of file", "closed before", "incomplete"];
    if closed_early.iter().any(|words| reason.contains(words)) {
        let reason = "the connection was closed before the answer was complete";
        return (RequestFailure::Connection, reason.to_owned());
    }
    (RequestFailure::Connection, reason)
}

/// `failed to lookup address information: Name or service not known`.
fn dns_error(chain: &[&(dyn Error + 'static)]) -> Option<String> {
    if !mentions(chain, "dns error") {
        return None;
    }
    // EAI_AGAIN: the name server did not answer, so the name may exist.
    let passes = if last(chain).contains("Temporary failure") {
        " at the moment"
    } else {
        ""
    };
    Some(format!("the host's name does not resolve{passes}"))
}

/// What the operating system says of a connection.
fn connection_error(chain: &[&(dyn Error + 'static)]) -> Option<&'static str> {
    let io = chain
        .iter()
        .find_map(|error| error.downcast_ref::<io::Error>())?;
    match io.kind() {
        io::ErrorKind::ConnectionRefused => Some(REFUSED),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionAborted => Some("connection reset"),
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            Some("the host cannot be reached")
        }
        _ => None,
    }
}

/// The libraries have no type for these errors.
fn mentions(chain: &[&(dyn Error + 'static)], words: &str) -> bool {
    chain.iter().any(|error| error.to_string().contains(words))
}

/// The error at the bottom, in one line.
fn last(chain: &[&(dyn Error + 'static)]) -> String {
    chain
        .last()
        .map_or(String::new(), |error| one_line(&error.to_string()))
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next: Option<&'a (dyn Error + 'static)> = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

fn tls_error(error: &(dyn Error + 'static)) -> Option<String> {
    let error = rustls_error(error)?;
    let reason = match error {
        rustls::Error::InvalidCertificate(problem) => certificate(problem),
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS on this port".to_owned(),
        other => one_line(&other.to_string()),
    };
    Some(format!("the TLS handshake failed: {reason}"))
}

/// The handshake's own error, inside any number of I/O errors.
fn rustls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref::<rustls::Error>() {
        return Some(found);
    }
    let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
    rustls_error(inner)
}

fn certificate(problem: &rustls::CertificateError) -> String {
    use rustls::CertificateError as Problem;
    match problem {
        Problem::UnknownIssuer => "the certificate is not signed by an authority that this \
            machine trusts (self-signed, or a company's own authority)"
            .to_owned(),
        Problem::Expired | Problem::ExpiredContext { .. } => {
            "the certificate has expired".to_owned()
        }
        Problem::NotValidYet | Problem::NotValidYetContext { .. } => {
            "the certificate is not valid yet; check the clock".to_owned()
        }
        Problem::NotValidForName | Problem::NotValidForNameContext { .. } => {
            "the certificate is for another host".to_owned()
        }
        Problem::Revoked => "the certificate was revoked".to_owned(),
        other => one_line(&other.to_string()),
    }
}

/// At most 80 characters of one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = line.split_whitespace().collect();
    crate::secret::mask_known_shapes(&words.join(" "))
        .chars()
        .take(80)
        .collect()
}

/// The title of a web page.
pub(crate) fn title(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&body[..body.len().min(16 << 10)]);
    let lower = head.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = one_line(&head[start..end]);
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_clean_line() {
        let page = b"<html><head><TITLE lang=en>Access\n denied\x1b[31m</TITLE>";
        assert_eq!(title(page).unwrap(), "Access denied [31m");
        assert!(title(b"<html>").is_none());
    }
}
