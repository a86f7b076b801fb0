//! The causes, one file per topic: what each means, how it is mended, what
//! separates it from its neighbours, and which words and circumstances speak
//! for it. A new message of a registry is one line in one of these tables.

mod access;
mod after;
mod auth;
mod client;
mod contents;
mod github;
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

/// A topic's tables.
struct Topic {
    rules: &'static [Rule],
    remedies: &'static [Remedy],
}

macro_rules! topics {
    ($($name:ident),+ $(,)?) => {
        &[$(Topic { rules: $name::RULES, remedies: $name::REMEDIES }),+]
    };
}

const TOPICS: &[Topic] = topics![
    manifest, version, name, scope, access, registry, github, auth, oidc, provenance, local,
    contents, network, client, not_found, unreasoned,
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
pub(super) fn after_causes() -> impl Iterator<Item = &'static AfterCause> + Clone {
    after::AFTER
        .iter()
        .filter(|cause| crate::checks::find(cause.id).is_none())
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
    fn every_cause_has_documentation_a_checks_or_its_own_and_in_the_same_form() {
        let all = TOPICS.iter().flat_map(|topic| topic.remedies);
        for Remedy { id, .. } in all {
            let check = crate::checks::find(id).is_some();
            let own = after_causes().filter(|cause| cause.id == *id).count();
            assert_eq!(usize::from(check) + own, 1, "{id}");
        }
        for cause in after_causes() {
            let text = cause.documentation;
            let says = text.find("\n\nnpm says: ").unwrap();
            assert!(
                says < text.find("\n\nWhat to do: ").unwrap(),
                "{}",
                cause.id
            );
            assert!(remedy(cause.id, None).is_some(), "{}", cause.id);
        }
    }

    #[test]
    fn every_question_leads_to_causes_that_can_be_spoken_about() {
        for (_, ids) in FORKS.iter().flat_map(|fork| fork.answers) {
            for id in *ids {
                assert!(remedy(id, None).is_some(), "{id}");
            }
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
