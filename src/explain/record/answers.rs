//! The verbose lines of npm 1 to 6, which name a request and its answer separately:
//! `http request PUT URL` and `http 500 URL`. A log that was cut before npm's own message has
//! only these.

use std::collections::HashMap;

use super::request::{Request, tidy_address};
use crate::explain::log::{Log, is_number};

/// The last answer to a PUT, if it is a refusal. npm 1 also sends some that the registry is
/// expected to refuse, and goes on.
pub(super) fn refused_write(log: &Log) -> Option<Request> {
    // The method of the last request to an address.
    let mut sent: HashMap<&str, &str> = HashMap::new();
    let mut last = None;
    for line in &log.lines {
        let mut words = line.raw.split_whitespace().rev();
        let end = words.next().zip(words.next());
        let is_of_http = words.any(|word| word == "http");
        let end = end.filter(|(url, _)| is_of_http && url.starts_with("http"));
        let Some((url, word)) = end else { continue };
        match status(word) {
            Some(status) if sent.get(url) == Some(&"PUT") => last = Some((status, url)),
            Some(_) => {}
            None => drop(sent.insert(url, word)),
        }
    }
    let (status, url) = last.filter(|(status, _)| (400..600).contains(status))?;
    Some(Request {
        status: Some(status),
        method: Some("PUT"),
        url: Some(tidy_address(url)),
        words: String::new(),
    })
}

fn status(word: &str) -> Option<u16> {
    word.parse()
        .ok()
        .filter(|_| word.len() == 3 && is_number(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(log: &str) -> Option<u16> {
        refused_write(&Log::of_text(log)).and_then(|request| request.status)
    }

    #[test]
    fn a_refused_put_is_found_in_the_verbose_lines_of_old_npm() {
        let printed = "npm http PUT http://h/cat\nnpm http 409 http://h/cat\n";
        assert_eq!(refused(printed), Some(409));
        let logged = "41 http request PUT https://h/@s%2fcat\n42 http 500 https://h/@s%2fcat\n43 verbose headers { date: 'x' }\n";
        assert_eq!(refused(logged), Some(500));
        let read_behind =
            format!("{printed}npm http GET http://h/cat\nnpm http 200 http://h/cat\n");
        assert_eq!(refused(&read_behind), Some(409));
    }

    #[test]
    fn an_answer_to_another_request_and_one_that_npm_recovers_from_are_no_refusal() {
        let read = "npm http GET http://h/cat\nnpm http 404 http://h/cat\n";
        assert_eq!(refused(read), None);
        let again = "npm http PUT http://h/cat\nnpm http 409 http://h/cat\nnpm http GET http://h/cat\nnpm http 200 http://h/cat\nnpm http PUT http://h/cat/-rev/2\nnpm http 201 http://h/cat/-rev/2\n";
        assert_eq!(refused(again), None);
    }
}
