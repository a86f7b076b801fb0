//! Which package a log is about: its name, and its version if the log has it.

use super::endpoint::Endpoint;
use super::request;
use crate::explain::log::{Log, LogLevel};

/// Name and version: from the texts that quote them, otherwise from the URL.
pub(super) fn package(log: &Log, url: Option<&str>) -> (Option<String>, Option<String>) {
    const QUOTED: [(&str, &str); 10] = [
        ("'", "' is not in "),
        ("'", "' could not be found"),
        ("'", " is not in the npm registry"),
        ("permission to publish \"", "\""),
        ("permission to publish '", "'"),
        ("pkgid ", " "),
        ("Package failed to publish: ", " "),
        ("while publishing ", ":"),
        ("Failed to publish package ", " ("),
        ("not a collaborator for ", " "),
    ];
    let in_url = |url: &str| {
        let is_a_package = Endpoint::of(url).names_a_package();
        is_a_package.then(|| name_in_address(url)).flatten()
    };
    let of_url = url.and_then(in_url);
    let lines = || log.lines.iter();
    let quoted = lines().find_map(|line| {
        let mut words = QUOTED.iter();
        split_spec(words.find_map(|(before, after)| between(&line.text, before, after))?)
    });
    let noticed = lines().find_map(|line| {
        let mut marks = ["📦", "package:"].iter();
        split_spec(marks.find_map(|mark| line.text.strip_prefix(mark))?.trim())
    });
    let old = lines().find_map(|line| {
        let ranged = |(_, name): &(&str, &str)| halves(name).1.is_some();
        let at_the_end = line.text.rsplit_once(": ").filter(ranged);
        let (_, name) = line.text.rsplit_once(" : ").or(at_the_end)?;
        let fails = line.level == LogLevel::Error || request::status(&line.text).is_some();
        split_spec(name.trim()).filter(|_| fails)
    });
    let name = of_url.or_else(|| {
        let mut named = [&quoted, &old, &noticed].into_iter().flatten();
        named.next().map(|(name, _)| name.clone())
    });
    let name = name.or_else(|| unanswered(log).and_then(in_url));
    let version = [quoted, noticed]
        .into_iter()
        .flatten()
        .filter(|(of, _)| Some(of) == name.as_ref())
        .find_map(|(_, version)| version);
    (name, version)
}

/// The URL of a request without an answer: `request to https://h/cat failed, reason: …`. With a
/// slash at its end it is no package's.
fn unanswered(log: &Log) -> Option<&str> {
    log.lines.iter().find_map(|line| {
        let (_, rest) = line.text.split_once("request to ")?;
        let (url, _) = rest.split_once(" failed, reason: ")?;
        (!url.ends_with('/')).then_some(url)
    })
}

/// The word between two texts; a space also stands for the end of the line.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    let end = rest.find(after).or((after == " ").then_some(rest.len()))?;
    rest[..end].rsplit(before).next()?.split_whitespace().next()
}

/// `name@version` or `name`; `None` for an invalid name.
pub(super) fn split_spec(spec: &str) -> Option<(String, Option<String>)> {
    let spec = spec.trim_matches(['"', '\'', '`', ',', '.', ':', '*', '[', ']']);
    let (name, version) = halves(spec);
    let version = version.filter(|version| semver::Version::parse(version).is_ok());
    is_name(name).then(|| (name.to_owned(), version.map(str::to_owned)))
}

/// What is before the `@` of a spec, and behind it.
fn halves(spec: &str) -> (&str, Option<&str>) {
    let at = spec.char_indices().skip(1).find(|(_, c)| *c == '@');
    at.map_or((spec, None), |(at, _)| (&spec[..at], Some(&spec[at + 1..])))
}

/// Whether a word is a package's name, with or without a version or range.
pub(super) fn is_spec(word: &str) -> bool {
    !word.contains(' ') && is_name(halves(word).0)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 214
        && name.bytes().any(|b| b.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"@/._-~".contains(&b))
}

/// A path without what follows the name: `@scope/name/1.0.0/…`, `name/1.0.0`.
fn without_details(path: &str) -> &str {
    let is_scope = |(at, _): &(usize, &str)| *at == 0 || path[..*at].ends_with('/');
    if let Some((at, _)) = path.match_indices('@').find(is_scope) {
        let is_escaped = path[at..]
            .split('/')
            .next()
            .is_some_and(|it| it.contains('%'));
        let mut ends = path[at..].match_indices('/').skip(usize::from(!is_escaped));
        return ends.next().map_or(path, |(end, _)| &path[..at + end]);
    }
    match path.rsplit_once('/') {
        Some((before, version)) if semver::Version::parse(version).is_ok() => before,
        _ => path,
    }
}

/// The package in a request's URL: `…/@scope%2fname`, perhaps followed by more.
fn name_in_address(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let (_, path) = path.split_once('/')?;
    // `/-/stage/package/NAME`, `/-/npm/v1/oidc/token/exchange/package/NAME`.
    let path = match path.rsplit_once("/package/") {
        Some((before, name)) if before.contains("/-/") || before.starts_with("-/") => name,
        _ => path.split("/-/").next()?.split("/-rev/").next()?,
    };
    let path = without_details(path.trim_end_matches('/'));
    let last = path.rsplit('/').next()?;
    let decoded = last
        .replace("%2f", "/")
        .replace("%2F", "/")
        .replace("%40", "@");
    let before = path
        .strip_suffix(last)
        .map(|path| path.trim_end_matches('/'));
    let scope = before
        .and_then(|path| path.rsplit('/').next())
        .filter(|scope| scope.starts_with('@'));
    let name = match scope {
        Some(scope) if !decoded.starts_with('@') => format!("{scope}/{decoded}"),
        _ => decoded,
    };
    (is_name(&name) && name != "npm" && name != "registry").then_some(name)
}
