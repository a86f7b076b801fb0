//! Which lines of a log are kept. A log may be endless; what is kept is not:
//! its beginning, the lines that look like a failure with what follows them,
//! and its end.

use std::collections::VecDeque;

/// Bytes of raw lines kept from the beginning.
const HEAD: usize = 64 << 10;
/// Bytes kept of the first marked lines, and again of the last ones.
const MARKED: usize = 64 << 10;
/// Bytes kept from the end.
const TAIL: usize = 48 << 10;
/// Unmarked lines kept behind a marked one: sentences that a terminal broke.
const FOLLOWERS: u8 = 4;

/// Keeps the lines that matter.
#[derive(Default)]
pub(super) struct LineFilter {
    head: Vec<Box<[u8]>>,
    head_bytes: usize,
    first: Vec<(u64, Box<[u8]>)>,
    first_bytes: usize,
    last: Ring,
    tail: Ring,
    seen: u64,
    followers: u8,
}

#[derive(Default)]
struct Ring {
    lines: VecDeque<(u64, Box<[u8]>)>,
    bytes: usize,
}

impl Ring {
    fn push(&mut self, at: u64, line: &[u8], limit: usize) {
        self.bytes += line.len() + 1;
        self.lines.push_back((at, line.into()));
        while self.bytes > limit
            && let Some((_, dropped)) = self.lines.pop_front()
        {
            self.bytes -= dropped.len() + 1;
        }
    }
}

impl LineFilter {
    /// Takes the next line.
    pub(super) fn line(&mut self, line: &[u8]) {
        let at = self.seen;
        self.seen += 1;
        if self.head_bytes + line.len() < HEAD && self.head.len() as u64 == at {
            self.head_bytes += line.len() + 1;
            self.head.push(line.into());
            return;
        }
        self.tail.push(at, line, TAIL);
        if is_marked(line) {
            self.followers = FOLLOWERS;
        } else if self.followers == 0 {
            return;
        } else {
            self.followers -= 1;
        }
        if self.first_bytes + line.len() < MARKED {
            self.first_bytes += line.len() + 1;
            self.first.push((at, line.into()));
        } else {
            self.last.push(at, line, MARKED);
        }
    }

    /// What was kept, in the order of the log, each line once.
    pub(super) fn kept(self) -> Vec<Box<[u8]>> {
        let mut rest: Vec<(u64, Box<[u8]>)> = self.first;
        rest.extend(self.last.lines);
        rest.extend(self.tail.lines);
        rest.sort_by_key(|(at, _)| *at);
        rest.dedup_by_key(|(at, _)| *at);
        let mut lines = self.head;
        lines.extend(rest.into_iter().map(|(_, line)| line));
        lines
    }
}

/// Whether a line may tell of a failure. One pass without a table: it sees
/// every byte of the log.
fn is_marked(line: &[u8]) -> bool {
    line.windows(4).any(|four| match four[0] {
        b'e' => four == b"erro",
        b'E' => {
            four == b"ERR!"
                || four == b"ERR_"
                || four == b"Erro"
                || four == b"ERRO"
                || four == b"ENEE"
                || (four[1].is_ascii_digit()
                    && four[2].is_ascii_digit()
                    && four[3].is_ascii_digit())
        }
        b'P' => four == b"PUT ",
        b'o' => four == b"oidc",
        b'O' => four == b"OIDC",
        b'Y' => four == b"YN00",
        b'F' => four == b"Forb" || four == b"Fail",
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut keeper = LineFilter::default();
        for line in lines {
            keeper.line(line.as_bytes());
        }
        let text = |line: Box<[u8]>| String::from_utf8(line.into_vec()).unwrap();
        keeper.kept().into_iter().map(text).collect()
    }

    #[test]
    fn a_small_log_is_kept_whole() {
        let lines = ["a", "", "npm error code E403", "b"];
        assert_eq!(keep(lines.into_iter()), lines);
    }

    #[test]
    fn a_failure_in_the_midst_of_a_huge_log_is_kept_with_what_follows() {
        let noise = "1234 silly fetch manifest something@1.0.0 from the cache";
        let lines = std::iter::repeat_n(noise, 100_000)
            .chain(["npm error code E403", "a broken", "sentence"])
            .chain(std::iter::repeat_n(noise, 100_000))
            .chain(["the end"]);
        let kept = keep(lines);
        let at = kept.iter().position(|line| line == "npm error code E403");
        let at = at.unwrap();
        assert_eq!(kept[at + 1..at + 3], ["a broken", "sentence"]);
        assert_eq!(kept.last().unwrap(), "the end");
        assert!(kept.iter().map(String::len).sum::<usize>() < HEAD + 2 * MARKED + TAIL);
    }

    #[test]
    fn an_endless_failure_keeps_its_beginning_and_its_end() {
        let numbered: Vec<String> = (0..100_000).map(|n| format!("npm error {n}")).collect();
        let kept = keep(numbered.iter().map(String::as_str));
        assert_eq!(kept[0], "npm error 0");
        assert_eq!(kept.last().unwrap(), "npm error 99999");
        assert!(kept.len() < 30_000);
    }
}
