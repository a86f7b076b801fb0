//! `{a,b}` and `{1..3}`, as `brace-expansion` does them.

/// How many patterns one may become; npm allows more than anybody needs.
const MOST: usize = 10_000;

/// Every pattern that the braces stand for. A backslash keeps a brace or comma
/// from meaning anything, and stays in the pattern.
pub(super) fn expand(pattern: &str) -> Vec<String> {
    if !pattern.contains('{') {
        return vec![pattern.to_owned()];
    }
    let chars: Vec<char> = pattern.chars().collect();
    let mut out = match chars.as_slice() {
        // As Bash does: a leading `{}` stands for itself.
        ['{', '}', rest @ ..] => expand_chars(rest)
            .into_iter()
            .map(|rest| format!("{{}}{rest}"))
            .collect(),
        all => expand_chars(all),
    };
    let mut seen = std::collections::HashSet::new();
    out.retain(|pattern| !pattern.is_empty() && seen.insert(pattern.clone()));
    out
}

fn expand_chars(chars: &[char]) -> Vec<String> {
    let text = |chars: &[char]| chars.iter().collect::<String>();
    let mut from = 0;
    while let Some((open, close)) = balanced(chars, from) {
        let (before, body, after) = (&chars[..open], &chars[open + 1..close], &chars[close + 1..]);
        if before.ends_with(&['$']) {
            from = close + 1;
            continue;
        }
        let values = match (sequence(&text(body)), comma_parts(body)) {
            (Some(values), _) => values,
            (None, parts) if parts.len() > 1 => {
                parts.iter().flat_map(|part| expand_chars(part)).collect()
            }
            // `{{a,b}}` is `{a}` and `{b}`; `{a}` is itself.
            (None, _) => {
                let inner = expand_chars(body);
                if inner.len() < 2 {
                    from = open + 1;
                    if balanced(chars, from).is_none_or(|(next, _)| next > close) {
                        from = close + 1;
                    }
                    continue;
                }
                inner.iter().map(|inner| format!("{{{inner}}}")).collect()
            }
        };
        let (before, tails) = (text(before), expand_chars(after));
        return values
            .iter()
            .flat_map(|value| tails.iter().map(move |tail| (value, tail)))
            .take(MOST)
            .map(|(value, tail)| format!("{before}{value}{tail}"))
            .collect();
    }
    vec![text(chars)]
}

/// The first brace at or after `from` that is closed again, and its end.
fn balanced(chars: &[char], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '{' => {
                if let Some(close) = closing(chars, at) {
                    return Some((at, close));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn closing(chars: &[char], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = open;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Splits at the commas that stand in no inner braces.
fn comma_parts(body: &[char]) -> Vec<&[char]> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut at) = (0, 0_usize, 0);
    while at < body.len() {
        match body[at] {
            '\\' => at += 1,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(&body[start..]);
    parts
}

/// `1..3`, `01..10..2`, `a..e`.
fn sequence(body: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = body.split("..").collect();
    let (from, to) = match parts.as_slice() {
        [from, to] | [from, to, _] => (*from, *to),
        _ => return None,
    };
    let step = parts
        .get(2)
        .map_or(Some(1), |step| step.parse::<i64>().ok())?;
    let step = usize::try_from(step.unsigned_abs().max(1)).ok()?;
    let letter = |text: &str| {
        let mut chars = text.chars();
        chars
            .next()
            .filter(|c| c.is_ascii_alphabetic() && chars.next().is_none())
    };
    if let (Some(from), Some(to)) = (letter(from), letter(to)) {
        let range = numbers(i64::from(from as u32), i64::from(to as u32), step);
        let letters = range.filter_map(|n| u8::try_from(n).ok().map(char::from));
        return Some(letters.filter(|&c| c != '\\').map(String::from).collect());
    }
    let number = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let padded = parts.iter().any(|part| {
        let digits = part.strip_prefix('-').unwrap_or(part);
        digits.len() > 1 && digits.starts_with('0')
    });
    let width = if padded { from.len().max(to.len()) } else { 0 };
    let range = numbers(number(from)?, number(to)?, step);
    Some(range.map(|n| format!("{n:0width$}")).collect())
}

fn numbers(from: i64, to: i64, step: usize) -> Box<dyn Iterator<Item = i64>> {
    if from <= to {
        Box::new((from..=to).step_by(step).take(MOST))
    } else {
        Box::new((to..=from).rev().step_by(step).take(MOST))
    }
}
