//! The causes, one file per topic: what each means, how it is mended, what
//! separates it from its neighbours, and which words and circumstances speak
//! for it. A new message of a registry is one line in one of these tables.

mod access;
mod auth;
mod client;
mod contents;
mod local;
mod manifest;
mod name;
mod network;
mod not_found;
mod oidc;
mod provenance;
mod questions;
mod registry;
mod registry_words;
mod scope;
mod unreasoned;
mod version;

pub(super) use questions::{FORKS, Fork};

use super::rule::Rule;
use crate::registry::kind::RegistryKind;

/// What is said about a cause. Placeholders in braces are filled from the log.
#[derive(Debug)]
pub(super) struct Remedy {
    /// The cause.
    pub(super) id: &'static str,
    /// Only for this kind of registry.
    pub(super) on: Option<RegistryKind>,
    /// Why it fails then.
    pub(super) why: &'static str,
    /// What to do, the best first.
    pub(super) help: &'static [&'static str],
    /// The question that separates it from its neighbours, and the command
    /// that answers it.
    pub(super) separates: Option<(&'static str, &'static str)>,
}

impl Remedy {
    const fn new(id: &'static str, why: &'static str, help: &'static [&'static str]) -> Self {
        Self {
            id,
            on: None,
            why,
            help,
            separates: None,
        }
    }

    const fn on(mut self, kind: RegistryKind) -> Self {
        self.on = Some(kind);
        self
    }

    const fn asks(mut self, question: &'static str, command: &'static str) -> Self {
        self.separates = Some((question, command));
        self
    }
}

/// A cause that nothing foretells, or no check does yet: its documentation, in
/// the same form as a check's.
#[derive(Debug)]
pub struct AfterCause {
    /// The id.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Markdown.
    pub documentation: &'static str,
}

const fn after(id: &'static str, summary: &'static str, documentation: &'static str) -> AfterCause {
    AfterCause {
        id,
        summary,
        documentation,
    }
}

/// A topic's tables.
struct Topic {
    rules: &'static [Rule],
    remedies: &'static [Remedy],
    after: &'static [AfterCause],
}

macro_rules! topics {
    ($($name:ident),+ $(,)?) => {
        &[$(Topic { rules: $name::RULES, remedies: $name::REMEDIES, after: $name::AFTER }),+]
    };
}

const TOPICS: &[Topic] = topics![
    manifest, version, name, scope, access, registry, auth, oidc, provenance, local, contents,
    network, client, not_found, unreasoned,
];

/// Every rule.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    TOPICS.iter().flat_map(|topic| topic.rules)
}

/// What is said about a cause at a kind of registry.
pub(super) fn remedy(id: &str, kind: Option<RegistryKind>) -> Option<&'static Remedy> {
    let mut of_id = TOPICS
        .iter()
        .flat_map(|topic| topic.remedies)
        .filter(|remedy| remedy.id == id && (remedy.on.is_none() || remedy.on == kind));
    let first = of_id.next()?;
    Some(
        of_id
            .find(|remedy| remedy.on.is_some())
            .filter(|_| first.on.is_none())
            .unwrap_or(first),
    )
}

/// The documentation of every cause that no check has, in the order of topics.
pub(super) fn after_causes() -> impl Iterator<Item = &'static AfterCause> {
    TOPICS.iter().flat_map(|topic| topic.after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::rule::Weight;

    #[test]
    fn every_cause_that_a_rule_names_can_be_spoken_about() {
        for rule in rules() {
            assert!(remedy(rule.id, None).is_some(), "{}", rule.id);
        }
    }

    #[test]
    fn a_kinds_own_remedy_goes_before_the_general_one() {
        let general = remedy("auth-elsewhere", None).unwrap();
        let github = remedy("auth-elsewhere", Some(RegistryKind::GitHub)).unwrap();
        assert_ne!(general.help, github.help);
        assert_eq!(
            remedy("auth-elsewhere", Some(RegistryKind::Jsr))
                .unwrap()
                .help,
            general.help
        );
    }

    #[test]
    fn what_is_sure_is_sure_by_its_text() {
        for rule in rules().filter(|rule| rule.weight == Weight::Sure) {
            assert!(rule.says.len() >= 12 || !rule.when.is_empty(), "{rule:?}");
        }
    }
}
