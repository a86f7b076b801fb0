//! Names that differ from an existing one only in punctuation: npmjs refuses a new, unscoped
//! name if it equals an existing one without `.`, `-` and `_`.

/// At most this many spellings are asked about, one by one.
const MAX_SPELLINGS: usize = 3;
const PUNCTUATION: [char; 3] = ['.', '-', '_'];

/// A name without its punctuation.
pub(super) fn bare(name: &str) -> String {
    name.replace(PUNCTUATION, "")
}

/// Whether a name is another spelling of this one.
pub(super) fn is_similar(name: &str, other: &str) -> bool {
    name != other && !other.starts_with('@') && bare(name) == bare(other)
}

/// The most likely other spellings: without punctuation, and with another punctuation mark
/// throughout.
pub(super) fn spellings(name: &str) -> Vec<String> {
    let parts: Vec<&str> = name
        .split(PUNCTUATION)
        .filter(|part| !part.is_empty())
        .collect();
    let mut spellings: Vec<String> = Vec::new();
    for between in ["", "-", ".", "_"] {
        let spelling = parts.join(between);
        if spelling != name && !spelling.is_empty() && !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    spellings.truncate(MAX_SPELLINGS);
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_differ_in_punctuation_only() {
        assert_eq!(
            spellings("react-native"),
            ["reactnative", "react.native", "react_native"]
        );
        assert_eq!(spellings("a_b"), ["ab", "a-b", "a.b"]);
        assert!(spellings("plain").is_empty());
        assert!(
            spellings("react-native")
                .iter()
                .all(|spelling| is_similar("react-native", spelling))
        );
        assert!(!is_similar("ab", "ab") && !is_similar("ab", "@s/ab") && !is_similar("ab", "abc"));
    }
}
