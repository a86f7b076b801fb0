//! What a path or a text indicates: settings of one machine, a key, a credential, something
//! made up.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::pack::{FileKind, PackedFile};
use crate::plan::literals;

/// Kinds of `.env` that are meant to be published.
const HARMLESS: [&str; 8] = [
    "example", "sample", "template", "dist", "defaults", "schema", "vault", "test",
];
/// Words in the names of folders and files with made-up values, or with values that a
/// generator's users fill in.
const EXAMPLES: [&str; 15] = [
    "test",
    "e2e",
    "spec",
    "fixture",
    "mock",
    "example",
    "sample",
    "demo",
    "doc",
    "template",
    "scaffold",
    "skeleton",
    "starter",
    "boilerplate",
    "benchmark",
];
/// ssh's names for private keys.
pub(super) const KEYS: [&str; 4] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];

/// The file's name.
pub(super) fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the name is that of an `.env` with real values.
pub(super) fn is_environment(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(".env") else {
        return false;
    };
    let is_form = rest.is_empty() || rest.starts_with('.');
    let parts = rest.split(['.', '-', '_']);
    is_form && !parts.into_iter().any(|part| HARMLESS.contains(&part))
}

/// Whether a file of settings sets anything.
pub(super) fn assigns(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| {
        let value = line.split_once('=').map(|(_, value)| value.trim());
        let value = value.unwrap_or_default().trim_matches(['"', '\'']);
        !line.starts_with('#') && !value.is_empty()
    })
}

/// A private key between its marks, with content that may be a key.
pub(super) fn private_key(text: &str) -> Option<usize> {
    static BEGIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-----BEGIN "));
    let at = BEGIN.find(text.as_bytes())?;
    let rest = &text[at..];
    let (label, body) = rest["-----BEGIN ".len()..].split_once("-----")?;
    let (body, _) = body.split_once("-----END ")?;
    let base64 = body.bytes().filter(u8::is_ascii_alphanumeric).count();
    let plain = body
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=\r\n \t:,-".contains(&b));
    (label.ends_with("PRIVATE KEY") && plain && base64 >= 100).then_some(at)
}

/// The line of a literal credential in a file that usually contains credentials.
pub(super) fn credentials(name: &str, text: &str) -> Option<usize> {
    let keys: &[&str] = match name {
        ".npmrc" => return literals(text).first().map(|(_, line, _)| *line),
        ".yarnrc.yml" => &["npmAuthToken:", "npmAuthIdent:"],
        ".netrc" | "_netrc" => &["password "],
        _ => return None,
    };
    let is_literal = |line: &str| {
        keys.iter().any(|key| {
            let value = line.split_once(key).map(|(_, value)| value.trim());
            let value = value.unwrap_or_default().trim_matches(['"', '\'']);
            !value.is_empty() && !value.contains("${")
        })
    };
    text.lines().position(is_literal).map(|index| index + 1)
}

/// A made-up token repeats itself: `xxxx`, `1234567890`.
pub(super) fn is_random(body: &str) -> bool {
    let mut kinds: Vec<u8> = body.bytes().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let lower = body.to_ascii_lowercase();
    let made_up = [
        "example",
        "xxxx",
        "your",
        "123456789",
        "abcdef",
        "secret",
        "token",
    ];
    kinds.len() >= 10 && !made_up.iter().any(|word| lower.contains(word))
}

/// Whether a path belongs to a test, an example or documentation.
pub(super) fn is_example(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let extension = lower.rsplit('.').next().unwrap_or_default();
    let is_example = |part: &str| {
        // `__mocks__`, `test-data`, `template-react`, `a.spec.js`.
        let mut words = part.split(['_', '-', '.']);
        words.any(|word| EXAMPLES.contains(&word.strip_suffix('s').unwrap_or(word)))
    };
    matches!(extension, "md" | "markdown") || lower.split('/').any(is_example)
}

/// Whether a file may contain text, judging by its name.
pub(super) fn holds_text(file: &PackedFile) -> bool {
    file.kind == FileKind::File && !is_media(&file.path)
}

/// Files that contain no text, judging by their names.
fn is_media(path: &str) -> bool {
    let ends = [
        ".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".woff", ".woff2", ".ttf", ".wasm",
        ".node", ".gz", ".zip", ".pdf", ".mp4",
    ];
    let lower = path.to_ascii_lowercase();
    ends.iter().any(|end| lower.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_path_tell_that_something_is_made_up() {
        for path in [
            "README.md",
            "test/a.js",
            "lib/__mocks__/a.js",
            "template-react/.env",
            "src/a.spec.ts",
            "Examples/a.js",
            "lib/test-data/x.pem",
        ] {
            assert!(is_example(path), "{path}");
        }
        for path in ["lib/a.js", "latest/a.js", "lib/contest.js", "docker/a.js"] {
            assert!(!is_example(path), "{path}");
        }
    }
}
