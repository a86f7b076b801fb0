//! The paragraphs and lists of a check's documentation.

/// The blocks of a text: each paragraph on one line, and each list with a line per item.
pub fn blocks(text: &str) -> Vec<Vec<String>> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let block = |paragraph: &str| {
        if paragraph.starts_with("- ") {
            paragraph.lines().map(one_line).collect()
        } else {
            vec![one_line(paragraph)]
        }
    };
    text.trim().split("\n\n").map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_lines_and_lists_keep_theirs() {
        let text = "one\ntwo\n\nWhat to do:\n\n- this\n- that\n";
        let expected = [
            vec!["one two"],
            vec!["What to do:"],
            vec!["- this", "- that"],
        ];
        assert_eq!(blocks(text), expected);
    }
}
