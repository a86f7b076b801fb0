//! The rules that lead from a record to its causes, in tables by topic.
//!
//! A rule reads: which words, which other conditions, and the causes that follow, the most
//! probable first. `given [...] { }` states conditions of several rules once; `any` stands for
//! no condition of its own. Precedence is explicit:
//! 1. A rule with `says` is a stated reason; if one fits that makes a cause at least likely,
//!    rules without `says` do not count.
//! 2. `Certain` goes before `Likely`, `Likely` before `Possible`.
//! 3. Words in the reason itself go before words elsewhere in the log.
//! 4. Otherwise the higher rule goes first, and in a rule the cause that is named first.
//! 5. The rules of `clients` and `vocabulary` count only if no other stated reason fits.
//!
//! [`ruled_out`] removes causes that the record contradicts.
//!
//! To add a message: add its words to the rule of its causes, and an example of it to
//! `fixtures/messages`. No rule is written from a log in `fixtures/held-out.json`: see
//! `docs/adding-a-message.md`.

mod circumstances;
mod clients;
mod credentials;
mod manifest;
mod network;
mod publishing;
mod registries;
pub(super) mod ruled_out;
mod signing;
mod vocabulary;

use super::Likelihood;
use super::record::{Endpoint, Notice, Record, Stage, Tool};
use super::text::Text;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::{self, Publishable};
use url::Url;

/// The names that the tables are written with.
mod prelude {
    pub(super) use super::super::record::{Endpoint::*, Notice::*, Stage::*, Tool::*};
    pub(super) use super::When::*;
    pub(super) use crate::registry::kind::RegistryKind::*;
}

/// One rule of a table.
#[derive(Debug)]
pub(super) struct Rule {
    /// The phrases of which one must occur, with `*` for a gap; case, spaces and quotes do not
    /// matter, words in capitals are codes. Empty if none are needed.
    pub(super) says: &'static [&'static str],
    /// The conditions that it shares with its neighbours.
    given: &'static [When],
    /// Its other conditions. All must hold.
    when: &'static [When],
    /// The causes that follow, the most probable first.
    causes: &'static [(Likelihood, &'static [&'static str])],
}

/// A condition.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// The answer's status.
    Status(u16),
    /// The answer's status is one of these.
    OneOf(&'static [u16]),
    /// The status is 5xx.
    ServerError,
    /// No server answered, as far as the log shows.
    NoStatus,
    /// A server answered.
    Answered,
    /// The code is one of these, which spaces separate.
    Code(&'static str),
    /// It was about publishing, as far as the log shows.
    Put,
    /// It was about reading or installing.
    Get,
    /// The request was about this.
    At(Endpoint),
    /// The request was not about a package: a login, an account, a tag.
    AtNoPackage,
    /// The registry is of this kind; npm's own if nothing tells.
    On(RegistryKind),
    /// The registry is of another kind.
    NotOn(RegistryKind),
    /// The registry is not known.
    OnNobody,
    /// The registry's URL has another scheme than http and https.
    NotHttp,
    /// The address that npm connected to is not the registry's.
    ConnectedElsewhere,
    /// The URL has this host.
    Host(&'static str),
    /// The URL is one that takes no packages: a group, a proxy, a mirror.
    AcceptsNone,
    /// The package's name has a capital letter.
    HasCapital,
    /// The package's name has a scope.
    Scoped,
    /// The package's name is known and has none.
    Unscoped,
    /// The package's name is one of these words.
    Named(&'static [&'static str]),
    /// The server gave no reason.
    Bare,
    /// Only the status 403 is known.
    Silent,
    /// Something was noticed.
    Noticed(Notice),
    /// Something was not noticed.
    Not(Notice),
    /// npm is older than this.
    NpmBelow(u64, u64, u64),
    /// npm is this or later.
    NpmFrom(u64, u64, u64),
    /// npm is not known to be older.
    NpmMaybeFrom(u64, u64, u64),
    /// npm is not known to be this or later.
    NpmMaybeBelow(u64, u64, u64),
    /// Neither npm nor the tool around it can exchange an identity token.
    CannotExchange,
    /// The tool has no trusted publishing.
    ToolKnowsNoExchange,
    /// A tool without trusted publishing published, without npm.
    ClientKnowsNoExchange,
    /// This tool published.
    By(Tool),
    /// lerna published.
    ByLerna,
    /// npm itself printed the error.
    NpmSpoke,
    /// npm itself published, or a tool that starts it.
    ByNpm,
    /// A tool published without npm.
    ByAClient,
    /// A script that a publish runs failed.
    ScriptOfPublish,
    /// A script failed.
    AnyScript,
    /// A script failed at this stage of a publish.
    ScriptIn(Stage),
}

impl When {
    /// Whether it holds.
    pub(super) fn holds(self, record: &Record) -> bool {
        let error = &record.error;
        let package = error.package.as_deref();
        match self {
            Self::Status(status) => error.status == Some(status),
            Self::OneOf(all) => error.status.is_some_and(|status| all.contains(&status)),
            Self::ServerError => error.status.is_some_and(|status| status >= 500),
            Self::NoStatus => error.status.is_none(),
            Self::Answered => record.is_answered(),
            Self::Code(codes) => {
                let code = error.code.as_deref();
                code.is_some_and(|code| codes.split(' ').any(|one| one == code))
            }
            Self::Put => !record.is_read() && record.endpoint != Some(Endpoint::Signing),
            Self::Get => record.is_read(),
            Self::At(endpoint) => record.endpoint == Some(endpoint),
            Self::AtNoPackage => record.endpoint.is_some_and(|it| !it.names_a_package()),
            Self::On(kind) => record.kind() == kind,
            Self::NotOn(kind) => record.kind() != kind,
            Self::OnNobody => error.kind.is_none(),
            Self::Host(host) => error.url.as_deref().is_some_and(|url| url.contains(host)),
            Self::NotHttp => {
                let scheme = error.url.as_deref().and_then(|url| url.split_once("://"));
                scheme.is_some_and(|(scheme, _)| !scheme.starts_with("http"))
            }
            Self::ConnectedElsewhere => record.connected_elsewhere(),
            Self::AcceptsNone => {
                let url = error.url.as_deref().and_then(|url| Url::parse(url).ok());
                let accepts = kinds::traits(record.kind()).publishable;
                url.is_some_and(|url| accepts(&url) != Publishable::Yes)
            }
            Self::HasCapital => package.is_some_and(|name| name.contains(char::is_uppercase)),
            Self::Scoped => package.is_some_and(|name| name.starts_with('@')),
            Self::Unscoped => package.is_some_and(|name| !name.starts_with('@')),
            Self::Named(names) => package.is_some_and(|name| names.contains(&name)),
            Self::Bare => record.is_bare && !record.is_silent(),
            Self::Silent => record.is_silent(),
            Self::Noticed(notice) => record.noticed(notice),
            Self::Not(notice) => !record.noticed(notice),
            Self::NpmBelow(a, b, c) => record.npm.is_below((a, b, c)),
            Self::NpmFrom(a, b, c) => record.npm.is_from((a, b, c)),
            Self::NpmMaybeFrom(a, b, c) => !record.npm.is_below((a, b, c)),
            Self::NpmMaybeBelow(a, b, c) => !record.npm.is_from((a, b, c)),
            Self::CannotExchange => record.cannot_exchange(),
            Self::ToolKnowsNoExchange => record.tool.is_some_and(Tool::knows_no_exchange),
            Self::ClientKnowsNoExchange => record
                .tool
                .is_some_and(|tool| tool.is_a_client() && tool.knows_no_exchange()),
            Self::By(tool) => record.tool == Some(tool),
            Self::ByLerna => matches!(record.tool, Some(Tool::Lerna(_))),
            Self::NpmSpoke => record.npm.has_prefix(),
            Self::ByNpm => !record.tool.is_some_and(Tool::is_a_client),
            Self::ByAClient => record.tool.is_some_and(Tool::is_a_client),
            Self::ScriptOfPublish => record.script_is_of_a_publish(),
            Self::AnyScript => record.script.is_some(),
            Self::ScriptIn(stage) => record.failed_in(stage),
        }
    }
}

/// How well a rule fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// By conditions alone.
    Circumstances,
    /// By words somewhere in the text about the failure.
    Said,
    /// By the stated reason.
    Reason,
}

impl Rule {
    /// Whether and how it fits.
    pub(super) fn fit(&self, record: &Record) -> Option<Fit> {
        let mut conditions = self.given.iter().chain(self.when);
        if !conditions.all(|when| when.holds(record)) {
            return None;
        }
        if self.says.is_empty() {
            return Some(Fit::Circumstances);
        }
        let is_in = |text: &Text| self.says.iter().any(|phrase| text.says(phrase));
        if is_in(&record.reason) {
            return Some(Fit::Reason);
        }
        is_in(&record.said).then_some(Fit::Said)
    }

    /// The causes that follow, and how certain each is.
    pub(super) fn causes(&self) -> impl Iterator<Item = (Likelihood, &'static str)> {
        let tiers = self.causes.iter();
        tiers.flat_map(|(tier, ids)| ids.iter().map(|id| (*tier, *id)))
    }
}

/// A table of rules: `says "words" | "others" when Status(403), Put => Certain "id";`
macro_rules! rules_table {
    ($(given $given:tt {$(
        $(any)? $(says $says:literal $(| $or:literal)*)? $(when $($when:expr),+)?
        => $($tier:ident $($id:literal)+),+;
    )*})*) => {
        pub(super) const RULES: &[super::Rule] = &[$($(super::Rule {
            says: &[$($says $(, $or)*)?],
            given: &$given,
            when: &[$($($when),+)?],
            causes: &[$(($crate::explain::Likelihood::$tier, &[$($id),+])),+],
        }),*),*];
    };
    ($($rules:tt)*) => {
        super::rules! { given [] { $($rules)* } }
    };
}
use rules_table as rules;

/// Every rule, in the order of precedence.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let tables = [
        manifest::RULES,
        publishing::RULES,
        signing::RULES,
        credentials::RULES,
        registries::RULES,
        network::RULES,
        circumstances::RULES,
    ];
    tables.into_iter().flatten()
}

/// The rules for a reason that no other rule knows.
pub(super) fn by_vocabulary() -> impl Iterator<Item = &'static Rule> {
    clients::RULES.iter().chain(vocabulary::RULES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_causes_follow_from_words_or_a_code() {
        let is_certain = |rule: &&Rule| rule.causes().any(|(tier, _)| tier == Likelihood::Certain);
        for rule in all().filter(is_certain) {
            let by_code = rule
                .when
                .iter()
                .any(|when| matches!(when, When::Code(_) | When::Status(413)));
            let by_words = !rule.says.is_empty() && rule.says.iter().all(|it| it.len() >= 12);
            assert!(by_words || by_code, "{rule:?}");
        }
    }

    /// The texts of the fixtures, a log each.
    fn fixtures() -> Vec<Text> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let folders = ["messages", "logs"].map(|folder| root.join(folder));
        let files = folders.iter().flat_map(|folder| {
            let entries = std::fs::read_dir(folder).expect("the folder is there");
            entries.map(|entry| entry.expect("readable").path())
        });
        let logs = files.flat_map(|path| {
            let text = std::fs::read_to_string(path).expect("readable");
            let logs: Vec<serde_json::Value> = serde_json::from_str(&text).expect("well-formed");
            logs
        });
        let text = |log: serde_json::Value| {
            let lines = log["log"].as_array().into_iter().flatten();
            let lines: Vec<&str> = lines.filter_map(serde_json::Value::as_str).collect();
            Text::of(&lines.join("\n"))
        };
        logs.map(text).collect()
    }

    #[test]
    fn every_phrase_has_a_fixture_that_says_it() {
        let fixtures = fixtures();
        for rule in all().chain(by_vocabulary()) {
            for phrase in rule.says {
                let said = fixtures.iter().any(|text| text.says(phrase));
                assert!(said, "no fixture says {phrase:?} ({:?})", rule.causes);
            }
        }
    }

    #[test]
    fn no_phrase_leads_twice_to_the_same_cause() {
        let mut seen: Vec<String> = Vec::new();
        for rule in all().chain(by_vocabulary()) {
            for (_, id) in rule.causes() {
                let phrases = rule.says.iter().copied();
                for phrase in phrases.chain(rule.says.is_empty().then_some("")) {
                    let line = format!("{id} {phrase} {:?} {:?}", rule.given, rule.when);
                    assert!(!seen.contains(&line), "{line}");
                    seen.push(line);
                }
            }
        }
    }
}
