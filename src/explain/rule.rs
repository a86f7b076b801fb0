//! A rule: what a log says, under which circumstances, and which cause that
//! speaks for. The rules themselves are tables, one file per topic.

use super::NpmError;
use super::canonical::Canonical;
use super::log::Era;
use super::signs::Sign;
use crate::registry::kind::RegistryKind;

/// One line of a table.
#[derive(Debug)]
pub(super) struct Rule {
    /// The cause.
    pub(super) id: &'static str,
    /// How much it speaks for the cause.
    pub(super) weight: Weight,
    /// The text, with `*` for a gap; case, spaces and quotes do not matter.
    /// Empty: any text.
    pub(super) says: &'static str,
    /// What else must hold, all of it.
    pub(super) when: &'static [When],
}

/// How much a rule speaks for its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// The text leaves no other cause.
    Sure,
    /// Points; those of several rules add up. From [`LIKELY`] on it is likely.
    Points(i32),
}

/// From this sum on a cause is likely, below it is possible.
pub(super) const LIKELY: i32 = 50;

/// A circumstance.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// The answer's status.
    Status(u16),
    /// npm's code.
    Code(&'static str),
    /// It was about publishing, as far as one can tell.
    Put,
    /// It was about reading or installing.
    Get,
    /// The registry is of this kind; npm's own is supposed where nothing tells.
    On(RegistryKind),
    /// Nothing tells which registry it was.
    OnNobody,
    /// The registry is of another kind.
    NotOn(RegistryKind),
    /// The address or a setting names this host.
    Host(&'static str),
    /// The package's name has a scope.
    Scoped,
    /// The package's name is known and has none.
    Unscoped,
    /// The package's name is one of these words.
    Named(&'static [&'static str]),
    /// The server gave no reason.
    Bare,
    /// Nothing is told but that it was a 403.
    Silent,
    /// A sign is there.
    Is(Sign),
    /// A sign is not there.
    Not(Sign),
    /// npm 10.5 and before, by its prefix or version.
    OldNpm,
    /// npm 10.6 and later, or unknown.
    NewNpm,
}

impl Rule {
    /// A rule whose text leaves no other cause.
    pub(super) const fn sure(id: &'static str, says: &'static str, when: &'static [When]) -> Self {
        let weight = Weight::Sure;
        Self {
            id,
            weight,
            says,
            when,
        }
    }

    /// A rule that gives points.
    pub(super) const fn points(
        points: i32,
        id: &'static str,
        says: &'static str,
        when: &'static [When],
    ) -> Self {
        let weight = Weight::Points(points);
        Self {
            id,
            weight,
            says,
            when,
        }
    }
}

/// A log as rules see it.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// What was said about the failure, without boilerplate.
    pub(super) said: Canonical,
    /// The whole log.
    pub(super) everything: Canonical,
    pub(super) error: Option<&'a NpmError>,
    pub(super) kind: Option<RegistryKind>,
    pub(super) signs: Vec<Sign>,
    pub(super) era: Option<Era>,
    pub(super) npm: Option<(u64, u64)>,
    /// Whether the server gave no reason.
    pub(super) bare: bool,
    /// Whether nothing is told but that it was a 403.
    pub(super) silent: bool,
}

impl Scene<'_> {
    /// Whether a rule fits.
    pub(super) fn fits(&self, rule: &Rule) -> bool {
        self.holds_all(rule.when) && self.said.says(rule.says)
    }

    /// Whether circumstances hold, all of them.
    pub(super) fn holds_all(&self, when: &[When]) -> bool {
        when.iter().all(|when| self.holds(when))
    }

    fn method(&self) -> Option<&str> {
        self.error.and_then(|error| error.method.as_deref())
    }

    fn is_read(&self) -> bool {
        match self.method() {
            Some("GET" | "HEAD") => true,
            Some(_) => false,
            None => self.signs.contains(&Sign::Install) && !self.signs.contains(&Sign::Publish),
        }
    }

    fn holds(&self, when: &When) -> bool {
        let package = self.error.and_then(|error| error.package.as_deref());
        match when {
            When::Status(status) => self.error.and_then(|error| error.status) == Some(*status),
            When::Code(code) => self.error.and_then(|error| error.code.as_deref()) == Some(*code),
            When::Put => !self.is_read(),
            When::Get => self.is_read(),
            When::On(RegistryKind::Npmjs) => {
                matches!(self.kind, None | Some(RegistryKind::Npmjs))
            }
            When::OnNobody => self.kind.is_none(),
            When::On(kind) => self.kind == Some(*kind),
            When::NotOn(kind) => self.kind.unwrap_or(RegistryKind::Npmjs) != *kind,
            When::Host(host) => self.everything.says(host),
            When::Scoped => package.is_some_and(|name| name.starts_with('@')),
            When::Unscoped => package.is_some_and(|name| !name.starts_with('@')),
            When::Named(names) => package.is_some_and(|name| names.contains(&name)),
            When::Bare => self.bare && !self.silent,
            When::Silent => self.silent,
            When::Is(sign) => self.signs.contains(sign),
            When::Not(sign) => !self.signs.contains(sign),
            When::OldNpm => self.is_old(),
            When::NewNpm => !self.is_old(),
        }
    }

    fn is_old(&self) -> bool {
        self.era == Some(Era::Old) || self.npm.is_some_and(|version| version < (10, 6))
    }
}
