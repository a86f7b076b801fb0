//! The causes that no check has: they show only when npm runs.
//!
//! To add one: an entry in a file of this folder, and a rule that leads to it.

mod credentials;
mod network;
mod publishing;
mod registries;

use crate::checks;
use crate::checks::remedy::{self, Remedy};

/// A cause that no check predicts.
#[derive(Debug)]
pub struct AfterCause {
    /// The id.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What is wrong and why, and npm's message.
    description: &'static str,
    /// What to do.
    remedies: &'static [Remedy],
}

impl AfterCause {
    /// Markdown: the description, and what to do.
    pub fn documentation(&self) -> String {
        remedy::documentation(self.description, self.remedies)
    }
}

/// Declares causes as `check!` declares checks.
macro_rules! causes_table {
    ($(
        $(#[doc = $line:literal])+
        id: $id:literal,
        summary: $summary:literal,
        remedy: { $($remedy:tt)+ },
        $(on $kind:ident: { $($own:tt)+ },)*
    )+) => {
        pub(super) const CAUSES: &[super::AfterCause] = &[$(super::AfterCause {
            id: $id,
            summary: $summary,
            description: concat!($($line, "\n"),+),
            remedies: &[
                crate::checks::remedy::remedy! { on (); $($remedy)+ },
                $(crate::checks::remedy::remedy! { on ($kind); $($own)+ }),*
            ],
        }),+];
    };
}
use causes_table as causes;

/// Every cause that no check has.
pub fn all() -> impl Iterator<Item = &'static AfterCause> + Clone {
    [
        publishing::CAUSES,
        credentials::CAUSES,
        registries::CAUSES,
        network::CAUSES,
    ]
    .into_iter()
    .flatten()
}

/// The summary and the remedies for an id, which a check or a cause has.
pub(super) fn said_of(id: &str) -> Option<(&'static str, &'static [Remedy])> {
    let of_check = checks::find(id).map(|check| (check.summary, check.remedies));
    of_check.or_else(|| {
        let cause = all().find(|cause| cause.id == id)?;
        Some((cause.summary, cause.remedies))
    })
}

#[cfg(test)]
mod tests;
