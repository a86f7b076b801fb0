//! Texts in place of a secret: templates that nothing expanded, and words from examples.

/// A text that is not a secret, so it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// The text as npm would send it.
    pub text: String,
    /// What wrote it.
    pub kind: PlaceholderKind,
}

/// What kind of placeholder it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderKind {
    /// The value that actions/setup-node exports if no token is given.
    SetupNode,
    /// `$NPM_TOKEN`, `%NPM_TOKEN%`, `$(NPM_TOKEN)`, `{{ … }}`, `<…>`: npm expands only
    /// `${NPM_TOKEN}`, so this is sent as written.
    Template,
    /// `YOUR_TOKEN_HERE` and the like, copied from an example.
    Example,
}

/// What actions/setup-node sets `NODE_AUTH_TOKEN` to if it is not set (actions/setup-node,
/// `src/authutil.ts`).
const SETUP_NODE: &str = "XXXXX-XXXXX-XXXXX-XXXXX";
/// Longer texts may be secrets, and are not shown.
const MAX_LENGTH: usize = 80;

impl Placeholder {
    /// Reads the text of a token or password.
    pub fn of(text: &str) -> Option<Self> {
        let kind = if text == SETUP_NODE {
            PlaceholderKind::SetupNode
        } else if text.chars().count() > MAX_LENGTH {
            return None;
        } else if is_template(text) {
            PlaceholderKind::Template
        } else if is_example(text) {
            PlaceholderKind::Example
        } else {
            return None;
        };
        let text = text.to_owned();
        Some(Self { text, kind })
    }

    /// The variable that the template refers to.
    pub fn variable(&self) -> Option<&str> {
        let inner = self
            .text
            .trim_matches(|c: char| "$#@%(){}<>[] ".contains(c));
        let name = inner.rsplit(['.', ':']).next()?.trim();
        (self.kind == PlaceholderKind::Template && is_name(name)).then_some(name)
    }
}

/// A whole text that some tool's syntax marks as a variable. A part of the text is not enough:
/// passwords contain such characters.
fn is_template(text: &str) -> bool {
    let text = text.trim();
    let within = |open: &str, close: &str| {
        text.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .map(str::trim)
    };
    let is_path = |inner: &str| inner.split(['.', ':']).all(|part| is_name(part.trim()));
    let words = |inner: &str| {
        let mut words = inner.split([' ', '-', '_']);
        !inner.is_empty() && words.all(|word| word.chars().all(char::is_alphanumeric))
    };
    within("${{", "}}").is_some_and(is_path)
        || within("{{", "}}").is_some_and(|inner| is_path(inner.trim_start_matches('.')))
        || within("$(", ")").is_some_and(is_path)
        || within("$[", "]").is_some_and(is_path)
        || within("%", "%").is_some_and(is_name)
        || within("#{", "}").is_some_and(is_path)
        || within("@@", "@@").is_some_and(is_name)
        || within("<", ">").is_some_and(words)
        || text.strip_prefix("$env:").is_some_and(is_name)
        || text.strip_prefix('$').is_some_and(is_name)
}

/// A variable's name: a letter or underscore first.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// Words that ask the reader to fill something in.
const FILL_IN_WORDS: [&str; 7] = [
    "your",
    "here",
    "replace",
    "insert",
    "changeme",
    "placeholder",
    "redacted",
];
/// Words that name what belongs there.
const VALUE_WORDS: [&str; 7] = ["token", "auth", "npm", "secret", "password", "key", "pat"];

fn is_example(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let body = lower.strip_prefix("npm_").unwrap_or(&lower);
    let is_filler = |c: char| body.len() >= 4 && body.chars().all(|other| other == c);
    if is_filler('x') || is_filler('*') {
        return true;
    }
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let known = |word: &&str| {
        FILL_IN_WORDS.contains(word) || VALUE_WORDS.contains(word) || is_filler_word(word)
    };
    let asks = words.iter().any(|word| FILL_IN_WORDS.contains(word));
    asks && words.iter().all(known)
}

/// Small words between the others.
fn is_filler_word(word: &str) -> bool {
    [
        "me", "with", "my", "the", "a", "in", "this", "access", "personal", "github", "value",
        "real",
    ]
    .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_all_tools_are_seen_with_the_variable_they_mean() {
        for text in [
            "$NPM_TOKEN",
            "$(NPM_TOKEN)",
            "%NPM_TOKEN%",
            "{{NPM_TOKEN}}",
            "{{ secrets.NPM_TOKEN }}",
            "${{ secrets.NPM_TOKEN }}",
            "$env:NPM_TOKEN",
            "#{NPM_TOKEN}",
            "{{ .Values.NPM_TOKEN }}",
        ] {
            let found = Placeholder::of(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.kind, PlaceholderKind::Template, "{text}");
            assert_eq!(found.variable(), Some("NPM_TOKEN"), "{text}");
        }
        assert_eq!(
            Placeholder::of("<your token>").unwrap().kind,
            PlaceholderKind::Template
        );
    }

    #[test]
    fn words_of_examples_are_seen() {
        for text in [
            "YOUR_NPM_TOKEN_HERE",
            "your-token",
            "TOKEN_HERE",
            "npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "xxxxxxxx",
            "****",
            "REPLACE_ME_WITH_TOKEN",
            "YOUR_AUTH_TOKEN",
            "changeme",
            "[REDACTED]",
        ] {
            let found = Placeholder::of(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.kind, PlaceholderKind::Example, "{text}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_a_placeholder() {
        for text in [
            "npm_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
            "nightly-verdaccio",
            "faketoken",
            "token",
            "dummy",
            "pa$$word",
            "p%40ss%",
            "$2y$10$abcdefghijklmnopqrstuv",
            "hereford-9",
            "OTI3MDM3NzMxMDFiMzNh",
            "<a&b>",
            "",
        ] {
            assert_eq!(Placeholder::of(text), None, "{text}");
        }
    }

    #[test]
    fn the_text_of_setup_node_is_known() {
        assert_eq!(
            Placeholder::of("XXXXX-XXXXX-XXXXX-XXXXX").unwrap().kind,
            PlaceholderKind::SetupNode
        );
    }
}
