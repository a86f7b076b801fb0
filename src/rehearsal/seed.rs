//! The state of the embedded registry when a rehearsal starts.

use std::collections::{BTreeMap, BTreeSet};

use super::state::{Org, State, StoredPackage, Token, Unpublished, User, Version};
use super::when::When;
use crate::escape;
use crate::manifest::version;
use crate::registry::documents::Packument;

/// The account that publishes in a rehearsal.
pub const ACCOUNT: &str = "rehearsal";

/// A package to rehearse, with what the real registry has of it.
#[derive(Clone, Copy, Debug)]
pub struct RehearsedPackage<'a> {
    /// Its name.
    pub name: &'a str,
    /// The version to be published, if known.
    pub version: Option<&'a str>,
    /// The real packument, if there is one.
    pub known: Option<&'a Packument>,
}

/// At most this many versions are copied, of all packages together: a packument contains each
/// as JSON every time it is served.
const MAX_VERSIONS: usize = 5_000;

/// A registry that has only these packages, and lets the account publish them. Of a very long
/// history it has the highest versions, those of the dist-tags, and the one to be published.
pub fn seed<'a>(packages: impl Iterator<Item = RehearsedPackage<'a>>, token: &str) -> State {
    let mut state = State::default();
    state.users.insert(ACCOUNT.to_owned(), User::default());
    state
        .tokens
        .insert(token.to_owned(), Token::session(ACCOUNT.to_owned()));
    let mut left = MAX_VERSIONS;
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
            let package = mirrored(known, &history(known, subject.version, left));
            left = left.saturating_sub(package.versions.len());
            state.packages.insert(subject.name.to_owned(), package);
        }
    }
    state
}

/// Which versions are copied: all, up to this many.
fn history<'a>(
    known: &'a Packument,
    own: Option<&'a str>,
    most: usize,
) -> impl Fn(&str) -> bool + 'a {
    let numbers = || known.versions.keys().chain(known.published.keys());
    let all: BTreeSet<&str> = numbers().collect();
    let lowest = all.len().checked_sub(most + 1).map(|above| {
        let parsed = all.iter().map(|text| version::Version::parse(text, true));
        let mut parsed: Vec<_> = parsed.collect();
        parsed.sort_unstable();
        parsed.swap_remove(above)
    });
    move |number| {
        lowest
            .as_ref()
            .is_none_or(|lowest| version::Version::parse(number, true) > *lowest)
            || own == Some(number)
            || known.dist_tags.values().any(|tagged| tagged == number)
    }
}

/// The real package's history, owned by the account.
fn mirrored(known: &Packument, is_kept: &impl Fn(&str) -> bool) -> StoredPackage {
    let time = |version: &str| {
        let time = *known.published.get(version)?;
        time.map(|second| When::at(second.start()))
    };
    StoredPackage {
        versions: known
            .versions
            .iter()
            .filter(|(number, _)| is_kept(number))
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
            .filter(|number| !known.versions.contains_key(number) && is_kept(number))
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
    escape::hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::documents::Installable;

    #[test]
    fn of_a_long_history_the_highest_the_tagged_and_the_own_versions_are_kept() {
        let numbers = (0..20).map(|minor| format!("1.{minor}.0"));
        let mut known = Packument {
            versions: numbers
                .map(|number| (number, Installable::default()))
                .collect(),
            ..Packument::default()
        };
        known.dist_tags.insert("old".to_owned(), "1.2.0".to_owned());
        let kept = |most: usize, own: Option<&str>| -> Vec<String> {
            let package = mirrored(&known, &history(&known, own, most));
            package.versions.into_keys().collect()
        };
        assert_eq!(kept(20, None).len(), 20);
        assert_eq!(kept(19, None).len(), 19);
        assert_eq!(
            kept(2, Some("1.0.0")),
            ["1.0.0", "1.18.0", "1.19.0", "1.2.0"]
        );
        assert_eq!(kept(0, None), ["1.2.0"]);
    }
}
