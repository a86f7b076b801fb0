//! `{a,b}` and `{1..3}`, as `brace-expansion` does them.

/// How many patterns one may become. npm 11 and 12 stop at ten times as many.
const MAX_PATTERNS: usize = 10_000;
/// How many characters an expansion may read and write. A sensible pattern takes some hundreds;
/// `brace-expansion` stops after writing four times as many.
const MAX_STEPS: usize = 1_000_000;
/// How deep braces may be nested.
const MAX_DEPTH: usize = 100;

/// What a pattern with braces expands to.
pub(super) struct Expansion {
    /// In order, each once.
    pub(super) patterns: Vec<String>,
    /// Whether there are more, or some could not be expanded.
    pub(super) gave_up: bool,
}

/// Every pattern that the braces expand to. A backslash makes a brace or comma literal, and
/// stays in the pattern.
pub(super) fn expand(pattern: &str) -> Expansion {
    if !has_braces(pattern) {
        return Expansion {
            patterns: vec![pattern.to_owned()],
            gave_up: false,
        };
    }
    let mut tokens = tokens(pattern);
    // As in Bash, a leading `{}` is literal.
    if pattern.starts_with("{}") {
        tokens[0].live = false;
        tokens[1].live = false;
    }
    let mut work = Work {
        steps: 0,
        gave_up: false,
    };
    let texts = work.expand(tokens, 0);
    let mut seen = std::collections::HashSet::new();
    let mut patterns: Vec<String> = texts.iter().map(|text| to_string(text)).collect();
    patterns.retain(|pattern| !pattern.is_empty() && seen.insert(pattern.clone()));
    Expansion {
        patterns,
        gave_up: work.gave_up,
    }
}

/// `/\{(?:(?!\{).)*\}/`: a brace that is closed on the same line.
fn has_braces(pattern: &str) -> bool {
    let mut open = false;
    for c in pattern.chars() {
        match c {
            '{' => open = true,
            '}' if open => return true,
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => open = false,
            _ => {}
        }
    }
    false
}

/// A character, and whether it may be a brace, a comma or a part of a sequence.
#[derive(Clone, Copy)]
struct Token {
    c: char,
    live: bool,
    /// It follows a backslash.
    escaped: bool,
}

type Text = Vec<Token>;

/// A closing brace that closes nothing.
const CLOSING: Token = Token {
    c: '}',
    live: false,
    escaped: false,
};

fn tokens(pattern: &str) -> Text {
    let mut tokens = Text::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = c == '\\' && chars.peek().is_some();
        let c = if escaped {
            chars.next().unwrap_or(c)
        } else {
            c
        };
        tokens.push(Token {
            c,
            live: !escaped,
            escaped,
        });
    }
    tokens
}

fn to_string(text: &[Token]) -> String {
    let mut out = String::with_capacity(text.len());
    for token in text {
        // brace-expansion also makes one backslash of two.
        if token.escaped && !"\\{},.".contains(token.c) {
            out.push('\\');
        }
        out.push(token.c);
    }
    out
}

fn is(token: Option<&Token>, c: char) -> bool {
    token.is_some_and(|token| token.live && token.c == c)
}

/// One expansion, and what it has cost.
struct Work {
    steps: usize,
    gave_up: bool,
}

impl Work {
    /// Whether this many more characters may be read or written.
    fn may(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_add(steps);
        self.gave_up |= self.steps > MAX_STEPS;
        !self.gave_up
    }

    /// Expands the groups of a text from left to right. After giving up, it treats braces as
    /// text.
    fn expand(&mut self, mut text: Text, depth: usize) -> Vec<Text> {
        self.gave_up |= depth > MAX_DEPTH;
        let mut done = vec![Text::new()];
        loop {
            let pair = if self.may(text.len()) {
                pair(&text)
            } else {
                None
            };
            let Some((open, close)) = pair else {
                return self.combine(&done, &text, &[Text::new()]);
            };
            let after = text.split_off(close + 1);
            let body = text.split_off(open + 1);
            let body = &body[..body.len() - 1];
            let before = text[..open].to_vec();
            let values = if before.last().is_some_and(|token| token.c == '$') {
                vec![braced(body)]
            } else if let Some(values) = self.values(body, depth) {
                values
            } else {
                // `{a},b}`: the first closing brace is text. So is the rest, if nothing after
                // it could form a group.
                let may_go_on = closes_later(&after);
                text.extend_from_slice(body);
                text.push(CLOSING);
                text.extend(after);
                if may_go_on {
                    continue;
                }
                return self.combine(&done, &text, &[Text::new()]);
            };
            done = self.combine(&done, &before, &values);
            text = after;
            if text.is_empty() {
                return done;
            }
        }
    }

    /// What a group expands to; `None` where it is not a group.
    fn values(&mut self, body: &[Token], depth: usize) -> Option<Vec<Text>> {
        if let Some(values) = sequence(&to_string(body)) {
            self.gave_up |= values.len() > MAX_PATTERNS;
            self.may(values.iter().map(String::len).sum());
            let values = values.iter().take(MAX_PATTERNS);
            return Some(values.map(|value| tokens(value)).collect());
        }
        if !body.iter().any(|token| is(Some(token), ',')) {
            return None;
        }
        let mut parts = comma_parts(body);
        if let [only] = parts.as_slice() {
            // `{{a,b}}` is `{a}` and `{b}`.
            let inner = self.expand(only.clone(), depth + 1);
            parts = inner.iter().map(|inner| braced(inner)).collect();
            if parts.len() < 2 {
                return Some(parts);
            }
        }
        let mut values = Vec::new();
        for part in parts {
            values.extend(self.expand(part, depth + 1));
            if values.len() > MAX_PATTERNS {
                self.gave_up = true;
                break;
            }
        }
        Some(values)
    }

    /// Everything expanded so far, followed by `between` and each of the values.
    fn combine(&mut self, done: &[Text], between: &[Token], values: &[Text]) -> Vec<Text> {
        let mut all = Vec::new();
        for (before, value) in done
            .iter()
            .flat_map(|before| values.iter().map(move |value| (before, value)))
        {
            if all.len() == MAX_PATTERNS {
                self.gave_up = true;
                break;
            }
            let text = [before, between, value].concat();
            // At least one is always returned, so a text without groups stays itself.
            if !self.may(text.len()) && !all.is_empty() {
                break;
            }
            all.push(text);
        }
        all
    }
}

fn braced(body: &[Token]) -> Text {
    let plain = |c| Token {
        c,
        live: true,
        escaped: false,
    };
    let mut text = vec![plain('{')];
    text.extend_from_slice(body);
    text.push(plain('}'));
    text
}

/// The first brace that is closed, and where.
fn pair(text: &[Token]) -> Option<(usize, usize)> {
    let mut open = Vec::new();
    let mut first: Option<(usize, usize)> = None;
    for (at, token) in text.iter().enumerate() {
        if is(Some(token), '{') {
            open.push(at);
        } else if is(Some(token), '}')
            && let Some(begin) = open.pop()
        {
            if first.is_none_or(|(known, _)| begin < known) {
                first = Some((begin, at));
            }
            if open.is_empty() {
                break;
            }
        }
    }
    first
}

/// `/,(?!,).*\}/`: whether a comma and, on the same line, a closing brace follow.
fn closes_later(text: &[Token]) -> bool {
    let mut comma = false;
    for (at, token) in text.iter().enumerate() {
        match token.c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => comma = false,
            '}' if token.live && comma => return true,
            ',' if token.live => comma |= !is(text.get(at + 1), ','),
            _ => {}
        }
    }
    false
}

/// Splits at the commas outside inner braces.
fn comma_parts(body: &[Token]) -> Vec<Text> {
    let mut parts = vec![Text::new()];
    let mut inner_end = 0;
    for (at, token) in body.iter().enumerate() {
        if at >= inner_end && is(Some(token), '{') {
            inner_end = closing(&body[at..]).map_or(0, |length| at + length);
        }
        match parts.last_mut() {
            _ if is(Some(token), ',') && at >= inner_end => parts.push(Text::new()),
            Some(part) => part.push(*token),
            None => {}
        }
    }
    parts
}

/// The length of the group that starts a text.
fn closing(text: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in text.iter().enumerate() {
        if is(Some(token), '{') {
            depth += 1;
        } else if is(Some(token), '}') {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
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
    let range = range.take(MAX_STEPS / width.max(1) + 1);
    Some(range.map(|n| format!("{n:0width$}")).collect())
}

fn numbers(from: i64, to: i64, step: usize) -> Box<dyn Iterator<Item = i64>> {
    if from <= to {
        Box::new((from..=to).step_by(step).take(MAX_PATTERNS + 1))
    } else {
        Box::new((to..=from).rev().step_by(step).take(MAX_PATTERNS + 1))
    }
}
