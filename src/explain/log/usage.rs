//! npm's usage text, which follows every wrong command line. It lists options (`--otp`,
//! `--provenance`), but says nothing about the failure.

use super::line::Line;

/// No usage text is longer than this, in lines.
const MAX_LINES: usize = 300;

/// The lines without npm's usage texts.
pub(super) fn cut(lines: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    let mut within: Option<usize> = None;
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        within = match within {
            None => {
                let command = lines
                    .peek()
                    .is_some_and(|next| next.text.starts_with("npm ") && next.level == line.level);
                (line.text == "Usage:" && command).then_some(0)
            }
            Some(seen) if seen < MAX_LINES && !is_behind(&line.text) => Some(seen + 1),
            Some(_) => None,
        };
        let is_last = line.text.starts_with("Run \"npm help ");
        if within.is_none() && !is_last {
            kept.push(line);
        }
    }
    kept
}

/// Whether a line comes after a usage text.
fn is_behind(text: &str) -> bool {
    let code = |text: &str| text.strip_prefix("code ").map(|code| !code.contains(' '));
    text.starts_with("Run \"npm help ")
        || text.starts_with("A complete log of this run")
        || code(text) == Some(true)
}
