//! What in the packed files looks like a secret: by the file's name, or by the
//! shape of a token in its text. The value itself is never kept.

use std::num::NonZero;
use std::path::Path;

use crate::file;
use crate::pack::{FileKind, Packed};
use crate::plan::literals;
use crate::secret::shapes;

/// How much of one file is searched.
const MAX_FILE: u64 = 512 << 10;
/// How much of all files together.
const MAX_ALL: u64 = 16 << 20;
/// Fewer files than these are read faster than a thread starts.
const MIN_SHARE: usize = 64;
/// More threads wait for one another in the file system.
const MAX_THREADS: usize = 4;

/// Something that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSecret {
    /// The file.
    pub path: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What it is.
    pub kind: SecretKind,
    /// It is in a test, an example or a document, where most are made up.
    pub in_examples: bool,
}

impl FoundSecret {
    /// Whether it is a credential in an .npmrc.
    pub fn is_npmrc(&self) -> bool {
        self.kind == SecretKind::Credentials && base(&self.path) == ".npmrc"
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A file of settings for one machine: `.env`.
    Environment,
    /// A private key.
    PrivateKey,
    /// A file of npm, Yarn or netrc with a credential.
    Credentials,
    /// A token of this issuer.
    Token {
        /// Who issues such tokens.
        issuer: &'static str,
        /// Its checksum is right, so it is not made up.
        verified: bool,
    },
}

/// Forms of `.env` that are made to be published.
const HARMLESS: [&str; 8] = [
    "example", "sample", "template", "dist", "defaults", "schema", "vault", "test",
];
const KEYS: [&str; 4] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];
/// Issuers whose shape alone is proof enough, though they document no checksum.
const CERTAIN: [&str; 8] = [
    "GitLab",
    "Slack",
    "Stripe",
    "SendGrid",
    "Anthropic",
    "PyPI",
    "DigitalOcean",
    "Shopify",
];

/// Searches the packed files of a folder, on as many threads as are useful.
pub(super) fn in_folder(folder: &Path, packed: &Packed) -> Vec<FoundSecret> {
    let files = to_search(packed);
    let share = files.len().div_ceil(threads_for(files.len()));
    if share == files.len() {
        return search(folder, &files);
    }
    std::thread::scope(|scope| {
        let shares = files.chunks(share);
        let running: Vec<_> = shares
            .map(|files| scope.spawn(|| search(folder, files)))
            .collect();
        let found = running.into_iter().flat_map(super::joined);
        found.collect()
    })
}

/// How many threads are worth starting.
fn threads_for(files: usize) -> usize {
    if files < MIN_SHARE {
        return 1;
    }
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(MAX_THREADS).min(files / MIN_SHARE)
}

/// The files of a folder whose names and bytes are searched, and how many bytes of
/// each are read.
fn to_search(packed: &Packed) -> Vec<(&str, u64)> {
    let mut rest = MAX_ALL;
    let files = packed.files.iter();
    files
        .filter(|file| file.kind == FileKind::File)
        .map(|file| {
            let is_read = file.size <= MAX_FILE.min(rest) && !is_media(&file.path);
            let size = if is_read { file.size } else { 0 };
            rest -= size;
            (file.path.as_str(), size)
        })
        .collect()
}

fn search(folder: &Path, files: &[(&str, u64)]) -> Vec<FoundSecret> {
    let mut search = Search::default();
    let mut bytes = Vec::new();
    for &(path, size) in files {
        bytes.clear();
        let is_read = size > 0 && file::read_listed(&folder.join(path), size, &mut bytes).is_ok();
        search.look(path, if is_read { &bytes } else { &[] });
    }
    search.found()
}

/// A search through files.
#[derive(Default)]
pub(super) struct Search {
    found: Vec<FoundSecret>,
}

impl Search {
    pub(super) fn look(&mut self, path: &str, bytes: &[u8]) {
        let in_examples = is_example(path);
        let mut add = |line, kind| {
            self.found.push(FoundSecret {
                path: path.to_owned(),
                line,
                kind,
                in_examples,
            });
        };
        let name = base(path);
        if is_environment(name) {
            add(0, SecretKind::Environment);
        } else if KEYS.contains(&name) {
            add(0, SecretKind::PrivateKey);
        }
        if memchr::memchr(0, bytes).is_some() {
            return;
        }
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        if let Some(at) = private_key(text).filter(|_| !KEYS.contains(&name)) {
            add(line(at), SecretKind::PrivateKey);
        }
        if let Some(line) = credentials(name, text) {
            add(line, SecretKind::Credentials);
        }
        for token in shapes::find(text) {
            let verified = token.checksum == Some(true);
            let certain = token.checksum.is_none() && CERTAIN.contains(&token.issuer);
            let body = &text[token.range.start + token.prefix..token.range.end];
            if (verified || certain) && is_random(body) {
                let issuer = token.issuer;
                add(
                    line(token.range.start),
                    SecretKind::Token { issuer, verified },
                );
            }
        }
    }

    pub(super) fn found(mut self) -> Vec<FoundSecret> {
        self.found.dedup();
        self.found
    }
}

fn is_environment(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(".env") else {
        return false;
    };
    let is_form = rest.is_empty() || rest.starts_with('.');
    let parts = rest.split(['.', '-', '_']);
    is_form && !parts.into_iter().any(|part| HARMLESS.contains(&part))
}

/// A private key between its marks, with something that may be a key.
fn private_key(text: &str) -> Option<usize> {
    let at = memchr::memmem::find(text.as_bytes(), b"-----BEGIN ")?;
    let rest = &text[at..];
    let (label, body) = rest["-----BEGIN ".len()..].split_once("-----")?;
    let (body, _) = body.split_once("-----END ")?;
    let base64 = body.bytes().filter(u8::is_ascii_alphanumeric).count();
    let plain = body
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"+/=\r\n \t:,-".contains(&b));
    (label.ends_with("PRIVATE KEY") && plain && base64 >= 100).then_some(at)
}

/// The line of a literal credential in a file that holds such things.
fn credentials(name: &str, text: &str) -> Option<usize> {
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
fn is_random(body: &str) -> bool {
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

fn is_example(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let folders = [
        "test",
        "tests",
        "__tests__",
        "fixtures",
        "fixture",
        "example",
        "examples",
        "docs",
        "spec",
        "mocks",
    ];
    let extension = lower.rsplit('.').next().unwrap_or_default();
    matches!(extension, "md" | "markdown")
        || lower.split('/').any(|part| {
            folders.contains(&part) || part.contains(".test.") || part.contains(".spec.")
        })
}

/// Files that hold no text, by their names.
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

    fn look(path: &str, text: &str) -> Vec<SecretKind> {
        let mut search = Search::default();
        search.look(path, text.as_bytes());
        search.found().into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn environments_are_known_by_their_names() {
        for name in [".env", ".env.local", "config/.env.production"] {
            assert_eq!(look(name, "A=1"), [SecretKind::Environment], "{name}");
        }
        for name in [
            ".env.example",
            ".env.sample",
            ".env.test",
            ".environment",
            "env",
            ".env-cmdrc",
            ".env.vault",
        ] {
            assert!(look(name, "A=1").is_empty(), "{name}");
        }
    }

    #[test]
    fn a_private_key_has_marks_and_a_body() {
        let key = |body: &str| {
            format!("x\n-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n")
        };
        assert_eq!(
            look("a.js", &key(&"Ab9+".repeat(40))),
            [SecretKind::PrivateKey]
        );
        assert!(look("a.js", &key("...")).is_empty());
        assert!(look("a.js", "const begin = '-----BEGIN PRIVATE KEY-----'").is_empty());
        assert_eq!(look("keys/id_ed25519", ""), [SecretKind::PrivateKey]);
    }

    #[test]
    fn a_reference_to_a_variable_is_not_a_credential() {
        assert_eq!(
            look(".npmrc", "//h/:_authToken=abc\n"),
            [SecretKind::Credentials]
        );
        for text in [
            "//h/:_authToken=${TOKEN}\n",
            "//h/:_authToken=\n",
            "registry=https://h/",
        ] {
            assert!(look(".npmrc", text).is_empty(), "{text}");
        }
        assert_eq!(
            look(".yarnrc.yml", "npmAuthToken: \"abc\"\n"),
            [SecretKind::Credentials]
        );
        assert!(look(".yarnrc.yml", "npmAuthToken: \"${T}\"\n").is_empty());
    }

    #[test]
    fn made_up_tokens_are_skipped() {
        for text in [
            "glpat-xxxxxxxxxxxxxxxxxxxx",
            "npm_000000000000000000000000000000000000",
            "AKIAIOSFODNN7EXAMPLE",
            "sk_live_your_token_goes_here_now",
        ] {
            assert!(look("a.js", text).is_empty(), "{text}");
        }
        let token = ["glp", "at-", "Zk3mQ9vT7wLb2xRc8yHd"].concat();
        let found = look("a.js", &format!("const t = '{token}'"));
        assert!(matches!(
            found.as_slice(),
            [SecretKind::Token {
                issuer: "GitLab",
                ..
            }]
        ));
    }
}
