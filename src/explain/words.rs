//! Gives the causes their words, filled in from the error.

use super::rank::Ranked;
use super::record::Record;
use super::remedies::{self, Help, Remedy};
use super::{Cause, Fork, Likelihood, NpmError, Question, questions};
use crate::registry::kind::RegistryKind;

/// Gives the causes their words; `unknown` where there is none.
pub(super) fn name(ranked: &[Ranked], record: &Record) -> Vec<Cause> {
    let alone = ranked.len() == 1;
    let mut causes: Vec<Cause> = ranked
        .iter()
        .filter_map(|ranked| cause(ranked.id, ranked.likelihood, record))
        .collect();
    if causes.is_empty() {
        causes.extend(cause("unknown", Likelihood::Possible, record));
    }
    for cause in &mut causes {
        if alone && cause.likelihood == Likelihood::Certain {
            cause.separates = None;
        }
    }
    causes
}

/// A cause with its words.
pub(super) fn cause(id: &'static str, likelihood: Likelihood, record: &Record) -> Option<Cause> {
    let Remedy {
        why,
        help,
        asks,
        asks_presence,
        ..
    } = remedies::remedy(id, record.error.kind)?;
    let error = &record.error;
    let asks = asks.or(asks_presence.filter(|_| !record.is_absent));
    Some(Cause {
        id,
        likelihood,
        why: sentence(&of_record(why, record), error),
        help: help
            .iter()
            .map(|help| match help {
                Help::Do(help) => command(&of_record(help, record), error),
                Help::LookFirst(then) if record.is_absent => format!("it is not there: {then}"),
                Help::LookFirst(then) => command(
                    &format!("look first whether it is there: npm view {{spec}}; if not, {then}"),
                    error,
                ),
            })
            .collect(),
        separates: asks.map(|(question, ask)| Question {
            question: sentence(question, error),
            command: command(ask, error),
        }),
    })
}

/// The question that separates them, with those answers that leave one.
pub(super) fn fork(fork: &questions::Fork, causes: &[Cause], error: &NpmError) -> Option<Fork> {
    let answers = fork.answers.iter();
    let asked = Fork {
        question: Question {
            question: sentence(fork.question, error),
            command: command(fork.command, error),
        },
        answers: answers
            .map(|(answer, ids)| (*answer, ids.to_vec()))
            .collect(),
    };
    left(asked, causes)
}

/// A question with those answers that leave one of these causes; none where a
/// cause is certain, or no more than one answer is left.
pub(super) fn left(mut fork: Fork, causes: &[Cause]) -> Option<Fork> {
    for (_, ids) in &mut fork.answers {
        ids.retain(|id| causes.iter().any(|cause| cause.id == *id));
    }
    fork.answers.retain(|(_, ids)| !ids.is_empty());
    let decided = matches!(causes.first(), Some(first) if first.likelihood == Likelihood::Certain);
    (!decided && fork.answers.len() > 1).then_some(fork)
}

/// Fills what the record knows beyond the error: the script, npm's version, the
/// repository that was expected, the release line and the prerelease's name.
fn of_record(text: &str, record: &Record) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let error = &record.error;
    let script = record.script.as_ref();
    let called = script.map_or("of the package".to_owned(), super::record::Script::called);
    let sent = match script {
        Some(script) if !script.sent => ", before anything was sent",
        _ => "",
    };
    let npm = record.npm.shown();
    let npm = npm.map_or(" (npm --version tells)".to_owned(), |npm| {
        format!(", and this is {npm}")
    });
    let tool = record
        .tool
        .map_or("the tool that publishes", super::record::Tool::name);
    let repository = expected_repository(&error.text)
        .unwrap_or_else(|| "git+https://github.com/OWNER/REPOSITORY.git".to_owned());
    let line = new_version(&error.text).map_or("release-1.x".to_owned(), |version| {
        format!("release-{}.x", version.major)
    });
    text.replace("{script}", &called)
        .replace("{sent}", sent)
        .replace("{npm}", &npm)
        .replace("{tool}", tool)
        .replace("{repository}", &repository)
        .replace("{line}", &line)
        .replace("{prerelease}", &prerelease(error.version.as_deref()))
}

/// `… expected to match "https://github.com/o/r" from provenance`.
fn expected_repository(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("expected to match ")?;
    let url = rest.trim_start_matches(['"', '\\']);
    let url = url.split(['"', '\\', ' ']).next()?;
    (url.starts_with("https://") && is_harmless(url)).then(|| format!("git+{url}.git"))
}

/// `… is higher than the new version 6.51.1.`
fn new_version(text: &str) -> Option<semver::Version> {
    let (_, rest) = text.split_once("than the new version ")?;
    let version = rest.split(' ').next()?.trim_end_matches('.');
    semver::Version::parse(version).ok()
}

/// `beta` of `1.0.0-beta.1`.
fn prerelease(version: Option<&str>) -> String {
    let version = version.and_then(|version| semver::Version::parse(version).ok());
    let name = version.and_then(|version| {
        let name = version.pre.as_str().split('.').next()?.to_owned();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
        (is_name && is_harmless(&name)).then_some(name)
    });
    name.unwrap_or_else(|| "beta".to_owned())
}

/// Fills the braces of a sentence. What the log does not tell is called by its
/// kind.
fn sentence(text: &str, error: &NpmError) -> String {
    let registry = registry(error).filter(|_| error.url.is_some());
    let package = error.package.as_deref();
    let scope = package.and_then(|name| Some(name.split_once('/')?.0));
    let host = registry.as_deref().map(host);
    let key = registry.as_deref().map(key);
    let what = "the package".to_owned();
    text.replace("{spec}", &spec(error).unwrap_or(what.clone()))
        .replace("{package}", package.unwrap_or(&what))
        .replace("{scope}", scope.unwrap_or("the scope"))
        .replace("{registry}", registry.as_deref().unwrap_or("the registry"))
        .replace("{host}", host.unwrap_or("the registry"))
        .replace("{key}", key.as_deref().unwrap_or("//HOST/:"))
        .replace("{text}", &error.text)
}

/// Fills the braces of a help that may be a command: people copy it, so nothing
/// of a log stands in it that a shell would act on.
fn command(text: &str, error: &NpmError) -> String {
    let registry = registry(error).filter(|url| is_harmless(url));
    let package = error.package.as_deref().filter(|name| is_harmless(name));
    let scope = package.and_then(|name| Some(name.split_once('/')?.0));
    let hostname = registry.as_deref().map(host);
    let host = hostname.filter(|_| error.url.is_some());
    let key = registry.as_deref().map(key);
    let spec = spec(error).filter(|spec| is_harmless(spec));
    at_registry(text, registry.as_deref())
        .replace("{spec}", spec.as_deref().unwrap_or("PACKAGE@VERSION"))
        .replace("{package}", package.unwrap_or("PACKAGE"))
        .replace("{scope}", scope.unwrap_or("@SCOPE"))
        .replace("{registry}", registry.as_deref().unwrap_or("REGISTRY"))
        .replace("{host}", host.unwrap_or("the registry"))
        .replace("{hostname}", hostname.unwrap_or("HOST"))
        .replace("{key}", key.as_deref().unwrap_or("//HOST/:"))
}

/// Without `--registry` a command asks the registry of whoever types it, which
/// need not be the log's.
fn at_registry(text: &str, registry: Option<&str>) -> String {
    const ASKS: [&str; 5] = [
        "npm view",
        "npm whoami",
        "npm profile get",
        "npm org ls",
        "npm stage list",
    ];
    let is_npmjs = |url: &str| url.starts_with("https://registry.npmjs.org/");
    if text.contains("--registry") || registry.is_none_or(is_npmjs) {
        return text.to_owned();
    }
    ASKS.iter().fold(text.to_owned(), |text, ask| {
        text.replace(ask, &format!("{ask} --registry {{registry}}"))
    })
}

fn is_harmless(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"@/._-~:%+".contains(&b))
        && !text.starts_with('-')
}

fn spec(error: &NpmError) -> Option<String> {
    let version = error.version.as_deref().unwrap_or("VERSION");
    Some(format!("{}@{version}", error.package.as_ref()?))
}

fn host(registry: &str) -> &str {
    let rest = registry.split("://").nth(1);
    rest.and_then(|rest| rest.split('/').next())
        .unwrap_or("the registry")
}

fn key(registry: &str) -> String {
    let below = registry.split_once(':').map_or("//HOST/", |(_, rest)| rest);
    format!("{below}:")
}

/// The registry in an address: less the package at its end. Where there is no
/// address it is npm's own, unless something else answered.
fn registry(error: &NpmError) -> Option<String> {
    let Some(url) = &error.url else {
        let npms = matches!(error.kind, None | Some(RegistryKind::Npmjs));
        return npms.then(|| "https://registry.npmjs.org/".to_owned());
    };
    let url = url.split(['?', '#']).next().unwrap_or_default();
    if error.method.is_none() && url.ends_with('/') {
        return Some(url.to_owned());
    }
    let url = url.split("/-/").next().unwrap_or_default();
    let escaped = error.package.as_ref().map(|name| {
        let escaped = crate::registry::url::escaped_name(name);
        [
            escaped.to_uppercase(),
            escaped.clone(),
            name.clone(),
            escaped.replace("%2f", "%2F"),
        ]
    });
    let base = escaped
        .iter()
        .flatten()
        .find_map(|name| url.strip_suffix(name.as_str()))
        .unwrap_or(url);
    // An address without a host is a server's own, in its log.
    base.contains("://")
        .then(|| format!("{}/", base.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: Option<&str>, kind: Option<RegistryKind>) -> NpmError {
        NpmError {
            url: url.map(str::to_owned),
            method: Some("PUT".to_owned()),
            package: Some("@acme/cat".to_owned()),
            kind,
            ..NpmError::default()
        }
    }

    #[test]
    fn the_registry_is_what_stands_before_the_package() {
        let registry = |url| registry(&error(Some(url), None)).unwrap();
        for url in [
            "https://h/@acme%2fcat",
            "https://h/@acme%2Fcat",
            "https://h/@acme/cat",
        ] {
            assert_eq!(registry(url), "https://h/");
        }
        assert_eq!(registry("https://h/npm/a/-/x?y"), "https://h/npm/a/");
    }

    #[test]
    fn what_is_not_known_has_no_invented_name() {
        let cnpm = error(None, Some(RegistryKind::Cnpm));
        assert_eq!(sentence("{registry}!", &cnpm), "the registry!");
        assert_eq!(command("npm ping {registry}", &cnpm), "npm ping REGISTRY");
        assert_eq!(sentence("{host}", &error(None, None)), "the registry");
        assert_eq!(
            command("{host}: {hostname}", &error(None, None)),
            "the registry: registry.npmjs.org"
        );
    }

    #[test]
    fn nothing_of_a_log_stands_in_a_command_that_a_shell_would_act_on() {
        let hostile = error(Some("https://h/$(touch${IFS}x);x/@acme%2fcat"), None);
        assert_eq!(
            command("npm ping --registry {registry} {hostname}", &hostile),
            "npm ping --registry REGISTRY HOST"
        );
    }
}
