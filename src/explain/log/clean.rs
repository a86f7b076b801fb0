//! Turns bytes of unknown origin into lines of plain text, without escape sequences, control
//! characters and endless lines.

use super::wrapper;

/// The most that is kept of one line. Annotations put a whole log in a line.
pub(super) const MAX_LINE: usize = 16 << 10;

/// A raw line as text, split if it contains several lines in an encoded form.
pub(super) fn lines(raw: &[u8]) -> Vec<String> {
    let text = plain(wrapper::without_job(&String::from_utf8_lossy(raw)));
    let decoded = if text.contains("%0A") && text.contains("::") {
        text.replace("%0D", "")
            .replace("%0A", "\n")
            .replace("%25", "%")
    } else if is_dump(&text) {
        text.replace("\\n", "\n")
            .replace("\\'", "'")
            .replace("\\\"", "\"")
    } else {
        return vec![text];
    };
    decoded.lines().map(str::to_owned).collect()
}

/// A line of source or JSON that quotes npm: `'npm ERR! code E403\n' +`.
fn is_dump(text: &str) -> bool {
    text.contains("\\n")
        && ["npm ERR!", "npm error", "\"summary\"", "\"detail\"", "ERR_"]
            .iter()
            .any(|mark| text.contains(mark))
}

/// Text without escape sequences, control characters, and characters that change the writing
/// direction or have no width.
pub(super) fn plain(text: &str) -> String {
    // The one-character form of `ESC [`.
    let text = text.replace('\u{9b}', "\u{1b}[");
    let text = anstream::adapter::strip_str(&text).to_string();
    text.chars()
        .filter(|c| c.is_whitespace() || !(c.is_control() || is_invisible(*c)))
        // pnpm has a thin space behind its codes.
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_control_characters_never_survive() {
        let text = "\u{1b}[31mnpm\u{1b}[0m \u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\ a\u{8}b\u{9b}1mc\u{202e}d\u{1b}(B";
        assert_eq!(plain(text), "npm link abcd");
    }

    #[test]
    fn a_broken_escape_sequence_does_not_eat_the_line() {
        assert_eq!(plain("\u{1b}[31 npm error code E403"), "pm error code E403");
        assert_eq!(plain("code E403\u{1b}"), "code E403");
    }

    #[test]
    fn an_annotation_and_a_dump_are_several_lines() {
        assert_eq!(
            lines(b"::error::exit 1%0Anpm ERR! code E403%0Anpm ERR! 100%25"),
            ["::error::exit 1", "npm ERR! code E403", "npm ERR! 100%"]
        );
        assert_eq!(
            lines(b"  stderr: 'npm ERR! code E403\\nnpm ERR! can\\'t',"),
            ["  stderr: 'npm ERR! code E403", "npm ERR! can't',"]
        );
    }

    #[test]
    fn utf_16_and_broken_utf_8_are_read_as_far_as_they_go() {
        let wide: Vec<u8> = "npm error code E403"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(lines(&wide), ["npm error code E403"]);
        assert_eq!(lines(b"npm \xff\xfeerror"), ["npm error"]);
    }
}
