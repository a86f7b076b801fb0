//! The rewriting steps of node-semver's `classes/range.js`, each named after the function that
//! it ports.

use super::grammar::{self, XRange, operator, trimmed_version};

/// One alternative as comparator texts; `""` matches any version.
pub(super) fn to_comparators(text: &str, loose: bool) -> Vec<String> {
    let text = without_build(text);
    let text = hyphen_range(&text, loose).unwrap_or(text);
    let text = trim_operators(&text);
    let text = text.replace("~> ", "~").replace("~ ", "~");
    let text = text.replace("^ ", "^");
    let words: Vec<String> = text
        .split(' ')
        .map(|word| comparator(word, loose))
        .collect();
    split_at_spaces(&words.join(" "))
        .into_iter()
        .map(|word| if word == ">=0.0.0" { "" } else { word }.to_owned())
        .collect()
}

/// `text.split(/\s+/)`: no empty parts between spaces, but perhaps one before the first and
/// after the last.
fn split_at_spaces(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text.split(' ').collect();
    let last = words.len() - 1;
    let mut kept: Vec<&str> = Vec::new();
    for (index, word) in words.into_iter().enumerate() {
        let at_end = index == 0 || index == last;
        if !word.is_empty() || at_end {
            kept.push(word);
        }
    }
    kept
}

/// Removes every `+build`.
fn without_build(text: &str) -> String {
    let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::new();
    let mut rest = text;
    while let Some(plus) = rest.find('+') {
        out.push_str(&rest[..plus]);
        let mut tail = &rest[plus + 1..];
        if !tail.starts_with(is_id) {
            out.push('+');
            rest = tail;
            continue;
        }
        tail = tail.trim_start_matches(is_id);
        while let Some(next) = tail
            .strip_prefix('.')
            .filter(|next| next.starts_with(is_id))
        {
            tail = next.trim_start_matches(is_id);
        }
        rest = tail;
    }
    out + rest
}

/// `hyphenReplace`: `1.2 - 3` becomes `>=1.2.0 <4.0.0-0`.
fn hyphen_range(text: &str, loose: bool) -> Option<String> {
    text.match_indices(" - ").find_map(|(at, _)| {
        let (from, to) = (&text[..at], &text[at + 3..]);
        let low = grammar::xrange(from.strip_prefix(' ').unwrap_or(from), loose)?;
        let high = grammar::xrange(to.strip_suffix(' ').unwrap_or(to), loose)?;
        let low = match low.ids {
            ids if is_x(ids[0]) => String::new(),
            [major, minor, _] if is_x(minor) => format!(">={}.0.0", id(major)),
            [major, minor, patch] if is_x(patch) => format!(">={}.{}.0", id(major), id(minor)),
            _ => format!(">={from}"),
        };
        let high = match (high.ids, high.pre) {
            (ids, _) if is_x(ids[0]) => String::new(),
            ([major, minor, _], _) if is_x(minor) => format!("<{}.0.0-0", next(major)),
            ([major, minor, patch], _) if is_x(patch) => {
                format!("<{}.{}.0-0", id(major), next(minor))
            }
            ([major, minor, patch], Some(pre)) => {
                format!("<={}.{}.{}-{pre}", id(major), id(minor), id(patch))
            }
            _ => format!("<={to}"),
        };
        Some(format!("{low} {high}").trim_matches(' ').to_owned())
    })
}

/// `COMPARATORTRIM`: removes the space between an operator and its version.
fn trim_operators(text: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    'text: while at < text.len() {
        let spaced = text[at..].starts_with(' ');
        // A backtracking matcher gives up the leading space last.
        for start in [at + usize::from(spaced), at] {
            let (sign, _) = operator(&text[start..]);
            for length in operator_lengths(sign) {
                let after = start + length;
                let gap = usize::from(text[after..].starts_with(' '));
                for version in [after + gap, after] {
                    if let Some(end) = trimmed_version(text, version) {
                        out.push_str(&text[at..after]);
                        out.push_str(&text[version..end]);
                        at = end;
                        continue 'text;
                    }
                }
            }
        }
        let next = text[at..].chars().next().map_or(1, char::len_utf8);
        out.push_str(&text[at..at + next]);
        at += next;
    }
    out
}

/// The lengths of an operator in the order in which they are tried: all of it, without its `=`,
/// none of it.
fn operator_lengths(sign: &str) -> Vec<usize> {
    (0..=sign.len()).rev().collect()
}

/// `parseComparator`: carets, tildes, x-ranges, stars.
fn comparator(word: &str, loose: bool) -> String {
    let each = |words: &str, rule: fn(&str, bool) -> Option<String>| {
        let words: Vec<String> = words
            .split(' ')
            .map(|word| rule(word, loose).unwrap_or_else(|| word.to_owned()))
            .collect();
        words.join(" ")
    };
    let words = each(word, caret);
    let words = each(words.trim_matches(' '), tilde);
    let words = each(&words, x_range);
    star(words.trim_matches(' '))
}

fn caret(word: &str, loose: bool) -> Option<String> {
    let found = grammar::xrange(word.strip_prefix('^')?, loose)?;
    let [major, minor, patch] = found.ids;
    if is_x(major) {
        return Some(String::new());
    }
    let zero = major == Some("0");
    let next_major = || format!("<{}.0.0-0", next(major));
    let next_minor = || format!("<{}.{}.0-0", id(major), next(minor));
    let next_patch = || format!("<{}.{}.{}-0", id(major), id(minor), next(patch));
    let end = if !zero || is_x(minor) {
        next_major()
    } else if is_x(patch) || minor != Some("0") {
        next_minor()
    } else {
        next_patch()
    };
    Some(format!("{} {end}", low_end(&found)))
}

fn tilde(word: &str, loose: bool) -> Option<String> {
    let rest = word.strip_prefix('~')?;
    let rest = rest.strip_prefix('>').unwrap_or(rest);
    let found = grammar::xrange(rest, loose)?;
    let [major, minor, _] = found.ids;
    if is_x(major) {
        return Some(String::new());
    }
    let end = if is_x(minor) {
        format!("<{}.0.0-0", next(major))
    } else {
        format!("<{}.{}.0-0", id(major), next(minor))
    };
    Some(format!("{} {end}", low_end(&found)))
}

/// `>=` and the smallest version that a caret or tilde allows.
fn low_end(found: &XRange<'_>) -> String {
    match (found.ids, found.pre) {
        ([major, minor, _], _) if is_x(minor) => format!(">={}.0.0", id(major)),
        ([major, minor, patch], _) if is_x(patch) => format!(">={}.{}.0", id(major), id(minor)),
        ([major, minor, patch], None) => format!(">={}.{}.{}", id(major), id(minor), id(patch)),
        ([major, minor, patch], Some(pre)) => {
            format!(">={}.{}.{}-{pre}", id(major), id(minor), id(patch))
        }
    }
}

/// `replaceXRange`: `>1.x` becomes `>=2.0.0`.
fn x_range(word: &str, loose: bool) -> Option<String> {
    let (sign, rest) = operator(word);
    let [major, minor, patch] = grammar::xrange(rest, loose)?.ids;
    let out_of_order =
        (is_x(major) && !is_x(minor)) || (is_x(minor) && patch.is_some() && !is_x(patch));
    let x_minor = is_x(major) || is_x(minor);
    let x_patch = x_minor || is_x(patch);
    if out_of_order || !x_patch {
        return None;
    }
    let sign = if sign == "=" { "" } else { sign };
    Some(match sign {
        "<" | ">" if is_x(major) => "<0.0.0-0".to_owned(),
        _ if is_x(major) => "*".to_owned(),
        ">" if x_minor => format!(">={}.0.0", next(major)),
        ">" => format!(">={}.{}.0", id(major), next(minor)),
        "<=" if x_minor => format!("<{}.0.0-0", next(major)),
        "<=" => format!("<{}.{}.0-0", id(major), next(minor)),
        "" if x_minor => format!(">={}.0.0 <{}.0.0-0", id(major), next(major)),
        "" => format!(
            ">={0}.{1}.0 <{0}.{2}.0-0",
            id(major),
            id(minor),
            next(minor)
        ),
        _ => {
            let minor = if x_minor { "0" } else { id(minor) };
            let pre = if sign == "<" { "-0" } else { "" };
            format!("{sign}{}.{minor}.0{pre}", id(major))
        }
    })
}

/// `replaceStars`: removes the first star with the operator before it.
fn star(words: &str) -> String {
    let Some(star) = words.find('*') else {
        return words.to_owned();
    };
    let before = &words[..star];
    let before = before.strip_suffix(' ').unwrap_or(before);
    let before = before.strip_suffix('=').unwrap_or(before);
    let before = before.strip_suffix(['<', '>']).unwrap_or(before);
    format!("{before}{}", &words[star + 1..])
}

fn is_x(id: Option<&str>) -> bool {
    id.is_none_or(|id| matches!(id, "x" | "X" | "*"))
}

fn id(id: Option<&str>) -> &str {
    id.unwrap_or_default()
}

/// The number after this one, as JavaScript writes it.
fn next(id: Option<&str>) -> String {
    let number: f64 = id.and_then(|id| id.parse().ok()).unwrap_or_default();
    let next = number + 1.0;
    if next >= 1e21 {
        // No version has such a number, whatever its digits.
        return format!("{next:e}");
    }
    format!("{next:.0}")
}
