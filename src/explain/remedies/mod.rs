//! What is said about a cause: why it fails then, what to do, and the question
//! that separates it from its neighbours. Placeholders in braces are filled from
//! the record.
//!
//! To add a cause that no check has: a line here, its documentation in
//! [`documentation`], and a rule that leads to it.

mod credentials;
mod documentation;
mod manifest;
mod network;
mod publishing;
mod registries;
mod signing;

pub use documentation::AfterCause;

use crate::registry::kind::RegistryKind;

/// What is said about a cause.
#[derive(Debug)]
pub(super) struct Remedy {
    /// The cause.
    pub(super) id: &'static str,
    /// Only for this kind of registry.
    pub(super) on: Option<RegistryKind>,
    /// Why it fails then.
    pub(super) why: &'static str,
    /// What to do, the best first.
    pub(super) help: &'static [Help],
    /// The question, and the command that answers it.
    pub(super) asks: Option<(&'static str, &'static str)>,
    /// The same, where it is whether the version is there.
    pub(super) asks_presence: Option<(&'static str, &'static str)>,
}

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Help {
    /// This.
    Do(&'static str),
    /// Look whether the version is there, and where it is not, this.
    LookFirst(&'static str),
}

/// A table of remedies:
/// `"id" on Kind: "why"; help "what to do"; asks "question" => "command";`
///
/// `look "what to do";` says to look first whether the version is there, and
/// `asks_presence` asks that; both vanish once it is known.
macro_rules! remedies_table {
    ($(
        $id:literal $(on $kind:ident)?: $why:literal;
        $(look $look:literal;)?
        $(help $help:literal;)*
        $(asks $question:literal => $command:literal;)?
        $(asks_presence $whether:literal => $view:literal;)?
    )*) => {
        pub(super) const REMEDIES: &[super::Remedy] = &[$(super::Remedy {
            id: $id,
            on: super::first!($($crate::registry::kind::RegistryKind::$kind)?),
            why: $why,
            help: &[$(super::Help::LookFirst($look),)? $(super::Help::Do($help)),*],
            asks: super::first!($(($question, $command))?),
            asks_presence: super::first!($(($whether, $view))?),
        }),*];
    };
}

/// What stands there, or nothing.
macro_rules! first {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}
use first;
use remedies_table as remedies;

fn all() -> impl Iterator<Item = &'static Remedy> {
    let tables = [
        manifest::REMEDIES,
        publishing::REMEDIES,
        credentials::REMEDIES,
        signing::REMEDIES,
        registries::REMEDIES,
        network::REMEDIES,
    ];
    tables.into_iter().flatten()
}

/// What is said about a cause at a kind of registry: the kind's own, else the
/// general one.
pub(super) fn remedy(id: &str, kind: Option<RegistryKind>) -> Option<&'static Remedy> {
    let of_id = || all().filter(|remedy| remedy.id == id);
    of_id()
        .find(|remedy| remedy.on.is_some() && remedy.on == kind)
        .or_else(|| of_id().find(|remedy| remedy.on.is_none()))
}

/// The documentation of every cause that no check has.
pub(super) fn after_causes() -> impl Iterator<Item = &'static AfterCause> + Clone {
    documentation::AFTER
        .iter()
        .filter(|cause| crate::checks::find(cause.id).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::rules;

    #[test]
    fn every_cause_that_a_rule_names_can_be_spoken_about() {
        for rule in rules::all() {
            assert!(remedy(rule.id, None).is_some(), "{}", rule.id);
        }
    }

    #[test]
    fn every_cause_has_documentation_a_checks_or_its_own_and_in_the_same_form() {
        for Remedy { id, .. } in all() {
            let check = crate::checks::find(id).is_some();
            let own = after_causes().filter(|cause| cause.id == *id).count();
            assert_eq!(usize::from(check) + own, 1, "{id}");
        }
        for cause in after_causes() {
            let text = cause.documentation;
            let says = text.find("\n\nnpm says: ").unwrap();
            let todo = text.find("\n\nWhat to do: ").unwrap();
            assert!(says < todo, "{}", cause.id);
            assert!(remedy(cause.id, None).is_some(), "{}", cause.id);
        }
    }

    #[test]
    fn a_kinds_own_remedy_goes_before_the_general_one() {
        let general = remedy("auth-elsewhere", None).unwrap();
        let github = remedy("auth-elsewhere", Some(RegistryKind::GitHub)).unwrap();
        assert_ne!(general.help, github.help);
        let jsr = remedy("auth-elsewhere", Some(RegistryKind::Jsr)).unwrap();
        assert_eq!(jsr.help, general.help);
    }
}
