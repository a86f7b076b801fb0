//! A check: a constant, its documentation, and a plain function from facts to findings.

use super::provisional::provisional;
use crate::checks::remedy::{self, Remedy};
use crate::facts::{Facts, ProjectFacts};
use crate::finding::{Finding, Gap, Level};
use crate::plan::Field;
use crate::registry::kind::RegistryKind;

/// One check of the catalogue.
#[derive(Debug)]
pub struct Check {
    /// `topic-state`: names the problem, never the fix. An id never changes.
    pub id: &'static str,
    /// The level of its findings, unless a finding says otherwise.
    pub level: Level,
    /// One line.
    pub summary: &'static str,
    /// Markdown: the doc comment above the check.
    pub description: &'static str,
    /// What its findings are about.
    pub basis: Basis,
    /// What it means for `explain` that the check found nothing.
    pub silence: Silence,
    /// The ids whose findings this one makes moot: the report puts them below it.
    pub moots: &'static [&'static str],
    /// What its findings depend on in package.json and npm's scripts may still change.
    pub rests_on: &'static [Field],
    /// What to do, in general and at certain kinds of registries: the only place for this text.
    pub remedies: &'static [Remedy],
    /// The check itself. No I/O, no clock, no environment.
    pub run: Run,
}

impl Check {
    /// Markdown: the description, and what to do.
    pub fn documentation(&self) -> String {
        remedy::documentation(self.description, self.remedies)
    }

    /// Its verdict on one package; no findings if it is about the project.
    pub fn on(&self, facts: &Facts) -> Verdict {
        let Run::Package(run) = self.run else {
            return Ok(Vec::new());
        };
        let blank = |name: &str| remedy::of_facts(facts, name);
        let lower = |finding| self.lowered(facts, finding);
        let findings = run(facts)?.into_iter().map(lower).collect();
        Ok(self.helped(findings, Some(facts.kind), &blank))
    }

    /// Its verdict on the project; no findings if it is about packages.
    pub fn on_project(&self, facts: &ProjectFacts) -> Verdict {
        let Run::Project(run) = self.run else {
            return Ok(Vec::new());
        };
        Ok(self.helped(run(facts)?, None, &|_| None))
    }

    /// Adds the check's remedy to findings without their own help.
    fn helped(
        &self,
        mut findings: Vec<Finding>,
        kind: Option<RegistryKind>,
        blank: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<Finding> {
        let remedy = Remedy::of(self.remedies, kind);
        for finding in findings
            .iter_mut()
            .filter(|finding| finding.help.is_empty())
        {
            let steps = remedy.map_or(&[][..], |remedy| remedy.steps);
            finding
                .help
                .extend(steps.iter().map(|step| step.filled(blank)));
        }
        findings
    }

    /// A finding is not proven if a script may change what it depends on.
    fn lowered(&self, facts: &Facts, finding: Finding) -> Finding {
        if finding.level.unwrap_or(self.level) < Level::Warning {
            return finding;
        }
        provisional(&facts.package, finding, self.rests_on)
    }
}

/// A check's function, by what it judges.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// It runs for each package that would be published.
    Package(fn(&Facts) -> Verdict),
    /// It runs once, on what npm reads before it reads any package.
    Project(fn(&ProjectFacts) -> Verdict),
}

/// What a check's findings are about. A finding about this machine proves nothing about a
/// pipeline that publishes the same commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The commit only.
    Commit,
    /// The commit, and what the registry answered about the package.
    Registry,
    /// The choice of the registry, and the connection to it.
    Destination,
    /// The command line, npm's version, or the tool that publishes.
    CommandLine,
    /// The account and its credential.
    Account,
    /// The CI job that this runs in.
    Job,
    /// The work tree and its branch.
    WorkTree,
    /// The files that would be packed.
    Contents,
}

/// What it means that a check decided and found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The cause is ruled out: the check examines it completely.
    RulesOut,
    /// The cause is still possible: the check examines only part of it.
    LeavesOpen,
}

/// Findings, or the gap that keeps the check from deciding.
pub type Verdict = Result<Vec<Finding>, Gap>;

/// Declares a file's check:
///
/// ```text
/// check! {
///     /// The first paragraph says what is wrong and why it matters.
///     ///
///     /// npm says: …
///     id: "version-taken",
///     level: Error,
///     summary: "the version is already on the registry",
///     basis: Registry,
///     silence: RulesOut,
///     // Optional: ids whose findings do not matter before this is solved.
///     moots: ["version-behind-latest"],
///     // Optional: what the findings depend on in package.json, after npm's scripts.
///     rests_on: [Name, Version],
///     // Optional, for checks of the whole project.
///     about: Project,
///     // As `remedy!` takes it.
///     remedy: {
///         help "raise the version" => Version "patch";
///     },
///     // Optional, for a kind of registry that needs another text.
///     on Verdaccio: { … },
/// }
/// ```
///
/// It makes the constant `CHECK`, which runs the file's `fn run(&Facts) -> Verdict`; with
/// `about: Project`, `fn run(&ProjectFacts) -> Verdict`.
macro_rules! check {
    (@run) => { crate::checks::check::Run::Package(run) };
    (@run $about:ident) => { crate::checks::check::Run::$about(run) };
    (
        $(#[doc = $line:literal])+
        id: $id:literal,
        level: $level:ident,
        summary: $summary:literal,
        basis: $basis:ident,
        silence: $silence:ident,
        $(moots: [$($moot:literal),+ $(,)?],)?
        $(rests_on: [$($field:ident),+ $(,)?],)?
        $(about: $about:ident,)?
        remedy: { $($remedy:tt)+ },
        $(on $kind:ident: { $($own:tt)+ },)*
    ) => {
        $(#[doc = $line])+
        pub(in crate::checks) const CHECK: crate::checks::check::Check = crate::checks::check::Check {
            id: $id,
            level: crate::finding::Level::$level,
            summary: $summary,
            description: concat!($($line, "\n"),+),
            basis: crate::checks::check::Basis::$basis,
            silence: crate::checks::check::Silence::$silence,
            moots: &[$($($moot),+)?],
            rests_on: &[$($(crate::plan::Field::$field),+)?],
            remedies: &[
                crate::checks::remedy::remedy! { on (); $($remedy)+ },
                $(crate::checks::remedy::remedy! { on ($kind); $($own)+ }),*
            ],
            run: crate::checks::check::check!(@run $($about)?),
        };
    };
}
pub(crate) use check;
