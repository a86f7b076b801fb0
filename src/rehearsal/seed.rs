//! The state of the embedded registry at the beginning of a rehearsal.

use std::collections::BTreeMap;

use super::state::{Org, State, StoredPackage, Token, TokenKind, Unpublished, User, Version};
use super::when::When;
use crate::registry::documents::Packument;

/// The account that publishes in a rehearsal.
pub const ACCOUNT: &str = "rehearsal";

/// A package to rehearse, with what the real registry knows of it.
#[derive(Clone, Copy, Debug)]
pub struct RehearsedPackage<'a> {
    /// Its name.
    pub name: &'a str,
    /// The real packument, where one was answered.
    pub known: Option<&'a Packument>,
}

/// A registry that holds these packages only, and lets the account publish
/// them.
pub fn seed<'a>(packages: impl Iterator<Item = RehearsedPackage<'a>>, token: &str) -> State {
    let mut state = State::default();
    state.users.insert(ACCOUNT.to_owned(), User::default());
    state.tokens.insert(
        token.to_owned(),
        Token {
            user: ACCOUNT.to_owned(),
            kind: TokenKind::Session,
            packages: Vec::new(),
            scopes: Vec::new(),
            bypass_two_factor: false,
            expires: None,
            revoked: false,
            address_refused: false,
        },
    );
    for subject in packages {
        if let Some(scope) = super::rights::scope_of(subject.name).filter(|scope| *scope != ACCOUNT)
        {
            let members = BTreeMap::from([(ACCOUNT.to_owned(), "owner".to_owned())]);
            state.orgs.insert(
                scope.to_owned(),
                Org {
                    members,
                    ..Org::default()
                },
            );
        }
        if let Some(known) = subject.known {
            state
                .packages
                .insert(subject.name.to_owned(), mirrored(known));
        }
    }
    state
}

/// The real package's history, owned by the account.
fn mirrored(known: &Packument) -> StoredPackage {
    let time = |version: &str| {
        let time = *known.published.get(version)?;
        time.map(When::at)
    };
    StoredPackage {
        versions: known
            .versions
            .iter()
            .map(|(number, version)| {
                let deprecated = version.deprecated.then(|| "deprecated".to_owned());
                (
                    number.to_owned(),
                    Version {
                        time: time(number),
                        deprecated,
                        ..Version::default()
                    },
                )
            })
            .collect(),
        dist_tags: Some(known.dist_tags.clone()),
        maintainers: vec![ACCOUNT.to_owned()],
        unpublished_versions: known
            .published
            .keys()
            .filter(|number| !known.versions.contains_key(number))
            .filter_map(|number| Some((number.to_owned(), time(number)?)))
            .collect(),
        unpublished: known.unpublished.as_ref().and_then(|gone| {
            Some(Unpublished {
                time: When::at(gone.time.as_deref()?.parse().ok()?),
                versions: gone.versions.clone(),
            })
        }),
        description: known.description.clone(),
        repository: known.repository.clone(),
        ..StoredPackage::default()
    }
}

/// A token for the account of a rehearsal.
pub fn new_token() -> String {
    format!("rehearsal-{}", random_text())
}

/// 128 random bits as hexadecimal digits, which cannot be guessed.
///
/// # Panics
/// When the operating system has no random numbers.
pub(super) fn random_text() -> String {
    use ring::rand::SecureRandom as _;
    let mut bytes = [0; 16];
    ring::rand::SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system gives random numbers");
    hexadecimal(&bytes)
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
