//! Credentials in npm's configuration: which one npm's check before the PUT sees, which
//! one a request sends, and which keys it refuses.

use std::path::PathBuf;

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine as _};

use super::placeholder::Placeholder;
use crate::origin::Origin;
use crate::secret::Secret;

/// A credential for one registry. It cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `_authToken`: sent as `Bearer`.
    Token(Secret),
    /// `_auth`: base64 of `user:password`, sent as `Basic`.
    Basic(Secret),
    /// `username` and `_password` (base64), sent as `Basic`.
    UserPassword {
        /// The account's name.
        user: String,
        /// The password as written in the file: base64.
        password: Secret,
    },
    /// Only `certfile` and `keyfile`: presented in the TLS handshake.
    Certificate {
        /// The certificate's file (PEM).
        certificate: PathBuf,
        /// The key's file (PEM).
        key: PathBuf,
    },
}

/// A credential, where it is and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCredential {
    /// The key that npm found it under, e.g. `//host/path/:_authToken`.
    pub key: String,
    /// The credential.
    pub credential: Credential,
    /// Where it is.
    pub origin: Origin,
    /// Variables in it that are not set: npm sends their names literally.
    pub unset_variables: Vec<String>,
    /// Variables in it that are empty, while other parts of it are not.
    pub empty_variables: Vec<String>,
    /// Certificate and key files (PEM) under the same key, presented in the TLS handshake in
    /// addition to everything else.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl RequestCredential {
    /// The `authorization` header that npm would send; a client certificate
    /// alone has none.
    pub fn header(&self) -> Option<Secret> {
        match &self.credential {
            Credential::Token(token) => Some(Secret::new(format!("Bearer {}", token.expose()))),
            Credential::Basic(auth) => Some(Secret::new(format!("Basic {}", auth.expose()))),
            Credential::UserPassword { user, password } => {
                let pair = format!("{user}:{}", decode(password.expose()));
                Some(Secret::new(format!("Basic {}", STANDARD.encode(pair))))
            }
            Credential::Certificate { .. } => None,
        }
    }

    /// Whether npm would send it to a URL: its key is a prefix of the URL.
    pub fn covers(&self, url: &str) -> bool {
        let base = self.key.rsplit_once(':').map_or("", |(base, _)| base);
        let rest = url.split_once(':').map_or("", |(_, rest)| rest);
        rest.strip_prefix(base)
            .is_some_and(|rest| base.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether it is the token of a GitHub job (or of another installation of a GitHub app),
    /// judging by its prefix.
    pub fn is_github_installation_token(&self) -> bool {
        matches!(&self.credential, Credential::Token(token) if token.expose().starts_with("ghs_"))
    }

    /// The placeholder text, if it is not a real secret.
    pub fn placeholder(&self) -> Option<Placeholder> {
        let text = match &self.credential {
            Credential::Token(text) | Credential::Basic(text) => text.expose(),
            Credential::UserPassword { password, .. } => password.expose(),
            Credential::Certificate { .. } => return None,
        };
        Placeholder::of(text)
    }

    /// Whether it can be a credential at all: no placeholder, and no unset variable.
    pub fn is_usable(&self) -> bool {
        self.placeholder().is_none() && self.unset_variables.is_empty()
    }
}

/// Base64 as Node reads it: both alphabets, padding optional, other characters
/// ignored, invalid UTF-8 replaced.
pub fn decode(text: &str) -> String {
    let digits: String = text
        .chars()
        .take_while(|&c| c != '=')
        .filter_map(|c| match c {
            '-' => Some('+'),
            '_' => Some('/'),
            c if c.is_ascii_alphanumeric() || matches!(c, '+' | '/') => Some(c),
            _ => None,
        })
        .collect();
    // A single digit at the end holds less than a byte; Node drops it.
    let whole = if digits.len() % 4 == 1 {
        &digits[..digits.len() - 1]
    } else {
        &digits
    };
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    let bytes = engine.decode(whole).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What npm finds when it looks for a credential before the PUT: only one key counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthCheck {
    /// There is a credential under the key.
    Passes {
        /// The key without its last part, e.g. `//host/path/`.
        key: String,
    },
    /// ENEEDAUTH.
    Fails {
        /// The key that npm looks up, e.g. `//host/path/`.
        key: String,
        /// An empty entry under the same key, which hides every weaker layer.
        empty: Option<EmptyCredential>,
    },
}

/// An empty entry, which hides a valid one in a weaker layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyCredential {
    /// The whole key.
    pub key: String,
    /// Where it is.
    pub origin: Origin,
    /// The variables that made it empty: set but empty, or `${VAR?}` and not set.
    pub variables: Vec<String>,
}

/// A key such as `_authToken` without a registry before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnscopedKey {
    /// The key.
    pub key: String,
    /// Where it is: npm checks only the project, user and global files.
    pub origin: Origin,
    /// The new name that npm proposes, if any.
    pub rename_to: Option<String>,
}
