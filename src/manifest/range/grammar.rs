//! The regular expressions of node-semver's `internal/re.js` as functions. They expect single
//! spaces as white space, and no build metadata.

/// What `XRANGEPLAIN` captures: up to three identifiers (digits, `x`, `X`,
/// `*`) and a prerelease part without its hyphen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct XRange<'a> {
    pub(super) ids: [Option<&'a str>; 3],
    pub(super) pre: Option<&'a str>,
    /// Where the match ends.
    pub(super) end: usize,
}

/// `^((?:<|>)?=?)`, and the rest after at most one space.
pub(super) fn operator(text: &str) -> (&str, &str) {
    let angle = usize::from(text.starts_with(['<', '>']));
    let end = angle + usize::from(text[angle..].starts_with('='));
    let (operator, rest) = text.split_at(end);
    (operator, rest.strip_prefix(' ').unwrap_or(rest))
}

/// `FULLPLAIN` or `LOOSEPLAIN` to the end: the shape of a version, whatever
/// the size of its numbers.
pub(super) fn is_full_version(text: &str, loose: bool) -> bool {
    let start = if loose {
        skip_prefix(text, 0)
    } else {
        usize::from(text.starts_with('v'))
    };
    matches(text, start, Kind::full(loose)).any(|found| found.end == text.len())
}

/// `XRANGEPLAIN` (or its loose form) to the end.
pub(super) fn xrange(text: &str, loose: bool) -> Option<XRange<'_>> {
    let start = skip_prefix(text, 0);
    matches(text, start, Kind::x(loose)).find(|found| found.end == text.len())
}

/// Where `LOOSEPLAIN|XRANGEPLAIN`, started at `start`, ends: the first way in which it matches.
pub(super) fn trimmed_version(text: &str, start: usize) -> Option<usize> {
    let start = skip_prefix(text, start);
    matches(text, start, Kind::full(true))
        .chain(matches(text, start, Kind::x(false)))
        .map(|found| found.end)
        .next()
}

/// `[v=\s]*`.
fn skip_prefix(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    start + rest.len() - rest.trim_start_matches(['v', '=', ' ']).len()
}

#[derive(Clone, Copy)]
struct Kind {
    /// Allows leading zeroes, and a prerelease without its hyphen.
    loose: bool,
    /// Allows `x`, and fewer than three identifiers.
    x: bool,
}

impl Kind {
    fn full(loose: bool) -> Self {
        Self { loose, x: false }
    }

    fn x(loose: bool) -> Self {
        Self { loose, x: true }
    }
}

/// Every way in which a version matches at `start`, in the order in which a
/// backtracking matcher tries them.
fn matches(text: &str, start: usize, kind: Kind) -> impl Iterator<Item = XRange<'_>> {
    let mut found = Vec::new();
    step(text, start, kind, &XRange::default(), &mut found);
    found.into_iter()
}

fn step<'a>(
    text: &'a str,
    at: usize,
    kind: Kind,
    so_far: &XRange<'a>,
    found: &mut Vec<XRange<'a>>,
) {
    let index = so_far.ids.iter().flatten().count();
    for end in id_ends(text, at, kind) {
        let mut here = so_far.clone();
        here.ids[index] = Some(&text[at..end]);
        here.end = end;
        if index == 2 {
            for (pre, end) in pre_ends(text, end, kind.loose) {
                found.push(XRange {
                    pre: Some(pre),
                    end,
                    ..here.clone()
                });
            }
            found.push(here);
            continue;
        }
        if text[end..].starts_with('.') {
            step(text, end + 1, kind, &here, found);
        }
        if kind.x {
            found.push(here);
        }
    }
}

/// The ends of `0|[1-9]\d*` (loose: `\d+`) `|x|X|\*` at `at`, greedy first.
fn id_ends(text: &str, at: usize, kind: Kind) -> Vec<usize> {
    let rest = &text[at..];
    if kind.x && rest.starts_with(['x', 'X', '*']) {
        return vec![at + 1];
    }
    let digits = digits(rest);
    if digits > 0 && rest.starts_with('0') && !kind.loose {
        return vec![at + 1];
    }
    (1..=digits).rev().map(|length| at + length).collect()
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len())
}

/// The prerelease parts that match at `at`: only the longest of each way, since nothing that
/// may follow can start inside one.
fn pre_ends(text: &str, at: usize, loose: bool) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut take = |start: usize| {
        if let Some(end) = pre_end(text, start, loose) {
            found.push((&text[start..end], end));
        }
    };
    if text[at..].starts_with('-') {
        take(at + 1);
    }
    if loose {
        take(at);
    }
    found
}

/// The end of dotted prerelease identifiers at `at`.
fn pre_end(text: &str, at: usize, loose: bool) -> Option<usize> {
    let mut end = identifier_end(text, at, loose)?;
    while text[end..].starts_with('.') {
        match identifier_end(text, end + 1, loose) {
            Some(next) => end = next,
            None => break,
        }
    }
    Some(end)
}

/// The end of one identifier. Unless `loose`, digits with a leading zero end after the zero.
fn identifier_end(text: &str, at: usize, loose: bool) -> Option<usize> {
    let rest = &text[at..];
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .unwrap_or(rest.len());
    let numeric = digits(rest) >= length;
    match length {
        0 => None,
        _ if numeric && !loose && rest.starts_with('0') => Some(at + 1),
        _ => Some(at + length),
    }
}
