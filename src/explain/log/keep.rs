//! Chooses the lines of a log to keep. A log may be endless, but what is kept is bounded: its
//! start, the lines that look like a failure with the lines that follow them, and its end.

use std::collections::VecDeque;

use memchr::memmem::Finder;
use memchr::{memchr2_iter, memchr3_iter};

/// Bytes of raw lines kept from the start.
const HEAD: usize = 64 << 10;
/// Bytes kept of the first marked lines, and again of the last ones.
const MARKED: usize = 64 << 10;
/// Bytes kept from the end.
const TAIL: usize = 48 << 10;
/// What a line costs besides its bytes: a log of one letter a line has millions.
const COST_OF_LINE: usize = 16;
/// Unmarked lines kept after a marked one: sentences that a terminal wrapped.
const FOLLOWERS: u8 = 4;

/// Keeps the lines that matter.
#[derive(Default)]
pub(super) struct LineFilter {
    head: Kept,
    first: Kept,
    last: Kept,
    tail: Kept,
    seen: u64,
    followers: u8,
    marks: Marks,
}

/// Lines behind each other in one piece of memory: a log may have millions of them.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// Each line's number in the log, and where it ends in `bytes`.
    lines: VecDeque<(u64, usize)>,
    /// Where the first line begins.
    begin: usize,
}

impl Kept {
    /// How many bytes the lines take, with what each costs.
    fn size(&self) -> usize {
        self.bytes.len() - self.begin + COST_OF_LINE * self.lines.len()
    }

    fn push(&mut self, at: u64, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.lines.push_back((at, self.bytes.len()));
    }

    /// Adds a line, and drops the oldest ones beyond the limit.
    fn push_within(&mut self, at: u64, line: &[u8], limit: usize) {
        self.push(at, line);
        while self.size() > limit
            && let Some((_, end)) = self.lines.pop_front()
        {
            self.begin = end;
        }
        if self.begin > limit {
            self.bytes.drain(..self.begin);
            for (_, end) in &mut self.lines {
                *end -= self.begin;
            }
            self.begin = 0;
        }
    }

    fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut begin = self.begin;
        self.lines.iter().map(move |(at, end)| {
            let line = &self.bytes[begin..*end];
            begin = *end;
            (*at, line)
        })
    }
}

impl LineFilter {
    /// Takes the next line; blank ones say nothing.
    pub(super) fn line(&mut self, line: &[u8]) {
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let at = self.seen;
        self.seen += 1;
        let is_head = self.head.lines.len() as u64 == at;
        if is_head && self.head.size() + line.len() < HEAD {
            self.head.push(at, line);
            return;
        }
        self.tail.push_within(at, line, TAIL);
        if self.marks.are_in(line) {
            self.followers = FOLLOWERS;
        } else if self.followers == 0 {
            return;
        } else {
            self.followers -= 1;
        }
        if self.first.size() + line.len() < MARKED {
            self.first.push(at, line);
        } else {
            self.last.push_within(at, line, MARKED);
        }
    }

    /// What was kept, in the order of the log, each line once.
    pub(super) fn kept(&self) -> impl Iterator<Item = &[u8]> {
        let parts = [&self.head, &self.first, &self.last, &self.tail];
        let mut lines: Vec<(u64, &[u8])> = parts.into_iter().flat_map(Kept::lines).collect();
        lines.sort_by_key(|(at, _)| *at);
        lines.dedup_by_key(|(at, _)| *at);
        lines.into_iter().map(|(_, line)| line)
    }
}

/// Finds the lines that may report a failure. It reads every byte of the log, so it asks for
/// the few words in small letters, and for capitals, which are rare.
struct Marks {
    small: [Finder<'static>; 2],
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            small: ["erro", "oidc"].map(Finder::new),
        }
    }
}

impl Marks {
    fn are_in(&self, line: &[u8]) -> bool {
        self.small.iter().any(|word| word.find(line).is_some())
            || memchr3_iter(b'E', b'F', b'P', line)
                .chain(memchr2_iter(b'O', b'Y', line))
                .any(|at| begins_with_mark(&line[at..]))
    }
}

/// Whether this is a code of an error, or a word that failures begin with.
fn begins_with_mark(text: &[u8]) -> bool {
    let Some((four, _)) = text.split_first_chunk::<4>() else {
        return false;
    };
    match four {
        b"ERR!" | b"ERR_" | b"Erro" | b"ERRO" | b"ENEE" | b"PUT " | b"OIDC" | b"YN00" | b"Forb"
        | b"Fail" => true,
        [b'E', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_marked_by_a_whole_word_of_a_failure() {
        let marks = Marks::default();
        for line in [
            "an error",
            "npm ERR! x",
            "ERR_PNPM",
            "Error: x",
            "ERROR",
            "ENEEDAUTH",
            "code E403",
            "PUT https://h",
            "no oidc",
            "OIDC",
            "YN0033",
            "Forbidden",
            "Failed",
            "E E403",
        ] {
            assert!(marks.are_in(line.as_bytes()), "{line}");
        }
        for line in [
            "",
            "E40",
            "ERR",
            "PUTs",
            "the errand",
            "E40x",
            "OIDc",
            "Fair",
            "id oid",
        ] {
            assert!(!marks.are_in(line.as_bytes()), "{line}");
        }
    }

    fn keep<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut keeper = LineFilter::default();
        for line in lines {
            keeper.line(line.as_bytes());
        }
        let text = |line: &[u8]| String::from_utf8(line.to_vec()).unwrap();
        keeper.kept().map(text).collect()
    }

    #[test]
    fn a_small_log_is_kept_whole_but_for_its_blank_lines() {
        let lines = ["a", "", "npm error code E403", " \t", "b"];
        assert_eq!(keep(lines.into_iter()), ["a", "npm error code E403", "b"]);
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
