//! What in the packed files looks like a secret: by the file's name, or by the form of a token
//! in its text. The value itself is never kept.

mod folder;
mod recognize;

pub(super) use folder::in_folder;

use std::collections::HashSet;

use self::recognize::{
    KEYS, assigns, base, credentials, is_environment, is_example, is_random, private_key,
};
use crate::pack::{MAX_HEAD, Packed, PackedFile};
use crate::secret::shapes;

/// The result of a search for secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// What looks like a secret.
    pub found: Vec<FoundSecret>,
    /// Files that were not searched to their end because they are too large.
    pub unread: Vec<String>,
}

/// Something that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSecret {
    /// The file.
    pub path: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What it is.
    pub kind: SecretKind,
    /// It is in a test, an example or documentation, where most tokens are made up.
    pub in_examples: bool,
}

impl FoundSecret {
    /// Whether it is a credential in an .npmrc.
    pub fn is_npmrc(&self) -> bool {
        self.kind == SecretKind::Credentials && base(&self.path) == ".npmrc"
    }
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

/// Issuers whose token format is proof enough, although they document no checksum.
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

/// A search through files.
#[derive(Default)]
pub(super) struct Search {
    found: Vec<FoundSecret>,
    /// Files whose start is text.
    texts: HashSet<String>,
}

impl Search {
    /// Searches a file, given all of its bytes or the first ones.
    pub(super) fn look(&mut self, path: &str, bytes: &[u8]) {
        self.look_at_name(path);
        let is_long = bytes.len() as u64 >= MAX_HEAD;
        if self.look_at_text(path, bytes, 1) && is_long {
            self.texts.insert(path.to_owned());
        }
    }

    fn look_at_name(&mut self, path: &str) {
        let name = base(path);
        if is_environment(name) {
            self.add(path, 0, SecretKind::Environment);
        } else if KEYS.contains(&name) {
            self.add(path, 0, SecretKind::PrivateKey);
        }
    }

    /// Searches a piece of a file that starts in line `first`. Returns whether it is text.
    fn look_at_text(&mut self, path: &str, bytes: &[u8], first: usize) -> bool {
        let Some(text) = text_of(bytes) else {
            return false;
        };
        let name = base(path);
        if first == 1 && is_environment(name) && !assigns(text) {
            self.found.pop_if(|found| found.path == path);
        }
        let line = |at: usize| first + text[..at].matches('\n').count();
        if let Some(at) = private_key(text).filter(|_| !KEYS.contains(&name)) {
            self.add(path, line(at), SecretKind::PrivateKey);
        }
        if let Some(line) = credentials(name, text) {
            self.add(path, first - 1 + line, SecretKind::Credentials);
        }
        for token in shapes::find(text) {
            let verified = token.checksum == Some(true);
            let certain = token.checksum.is_none() && CERTAIN.contains(&token.issuer);
            let body = &text[token.range.start + token.prefix..token.range.end];
            if (verified || certain) && is_random(body) {
                let issuer = token.issuer;
                let kind = SecretKind::Token { issuer, verified };
                self.add(path, line(token.range.start), kind);
            }
        }
        true
    }

    fn add(&mut self, path: &str, line: usize, kind: SecretKind) {
        let new = FoundSecret {
            path: path.to_owned(),
            line,
            kind,
            in_examples: is_example(path),
        };
        // Pieces of a file overlap.
        let mut same_file = self.found.iter().rev().take_while(|it| it.path == path);
        if !same_file.any(|known| *known == new) {
            self.found.push(new);
        }
    }

    pub(super) fn found(self) -> Vec<FoundSecret> {
        self.found
    }

    /// What was found in a tarball, of whose files only the starts were read.
    pub(super) fn of_tarball(self, packed: &Packed) -> Searched {
        let is_long = |file: &&PackedFile| file.size > MAX_HEAD && self.texts.contains(&file.path);
        let long = packed.files.iter().filter(is_long);
        Searched {
            unread: long.map(|file| file.path.clone()).collect(),
            found: self.found,
        }
    }
}

/// The text of a piece of a file, whose first and last character may be cut.
fn text_of(bytes: &[u8]) -> Option<&str> {
    if memchr::memchr(0, bytes).is_some() {
        return None;
    }
    let is_inner = |byte: &&u8| **byte & 0xc0 == 0x80;
    let cut = bytes.iter().take(3).take_while(is_inner).count();
    let bytes = &bytes[cut..];
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
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
        for text in ["", "# TOKEN=abc\n", "TOKEN=\nOTHER=\"\"\n"] {
            assert!(look(".env", text).is_empty(), "{text}");
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
