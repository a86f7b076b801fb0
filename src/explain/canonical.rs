//! Text as patterns see it: lower case, without white space, quotes and
//! backslashes, so that neither a terminal that broke a line inside a word nor
//! a wrapper that quoted it hides anything.

/// No pattern's gap (`*`) is longer than this, in bytes.
const LONGEST_GAP: usize = 400;

/// Text made comparable.
#[derive(Clone, Debug, Default)]
pub(super) struct Canonical(String);

impl Canonical {
    /// Makes text comparable.
    pub(super) fn of(text: &str) -> Self {
        let mut canonical = Self::default();
        canonical.push(text);
        canonical
    }

    /// Adds text.
    pub(super) fn push(&mut self, text: &str) {
        let keeps = |c: &char| {
            !c.is_whitespace()
                && !matches!(c, '\'' | '"' | '`' | '\\' | '“' | '”' | '‘' | '’' | '´')
        };
        self.0
            .extend(text.chars().filter(keeps).flat_map(char::to_lowercase));
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a pattern's pieces, parted by `*`, occur in their order and not
    /// far from each other.
    pub(super) fn says(&self, pattern: &str) -> bool {
        let pieces: Vec<String> = pattern
            .split('*')
            .map(|piece| Self::of(piece).0)
            .filter(|piece| !piece.is_empty())
            .collect();
        let Some((first, others)) = pieces.split_first() else {
            return true;
        };
        self.0
            .match_indices(first.as_str())
            .take(64)
            .any(|(at, _)| {
                let mut rest = &self.0[at + first.len()..];
                others.iter().all(|piece| {
                    let found = rest.find(piece.as_str()).filter(|gap| *gap <= LONGEST_GAP);
                    if let Some(found) = found {
                        rest = &rest[found + piece.len()..];
                    }
                    found.is_some()
                })
            })
    }

    /// Whether it begins with a phrase.
    pub(super) fn begins_with(&self, phrase: &str) -> bool {
        self.0.starts_with(&Self::of(phrase).0)
    }

    /// Cuts every occurrence of a phrase out.
    pub(super) fn cut(&mut self, phrase: &str) {
        let phrase = Self::of(phrase).0;
        if self.0.contains(&phrase) {
            self.0 = self.0.replace(&phrase, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_inside_words_and_quotes_do_not_matter() {
        let text = Canonical::of("You do not have permi\nssion to publish \\\"x\\\". Are you");
        assert!(text.says("you do not have permission to publish \"x\""));
        assert!(text.says("permission to publish * are you"));
        assert!(!text.says("are you * permission to publish"));
    }

    #[test]
    fn a_gap_does_not_reach_across_a_whole_log() {
        let text = Canonical::of(&format!("begin {} end", "x".repeat(LONGEST_GAP + 1)));
        assert!(!text.says("begin * end"));
        let text = Canonical::of(&format!("begin {} begin end", "x".repeat(LONGEST_GAP + 1)));
        assert!(text.says("begin * end"));
    }
}
