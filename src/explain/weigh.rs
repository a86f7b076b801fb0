//! Adds up what the rules say and puts the causes in order.

use super::boilerplate;
use super::canonical::Canonical;
use super::causes;
use super::extract;
use super::failing;
use super::log::{Log, Loudness};
use super::package;
use super::plain;
use super::rule::{LIKELY, Scene, Weight};
use super::signs::{self, Sign};
use super::words;
use super::{Explanation, Likelihood, NpmError};
use crate::registry::kind::RegistryKind;

/// How many causes are named.
pub(super) const MOST_CAUSES: usize = 5;
/// How much text the rules look at, in bytes.
const MOST_TEXT: usize = 96 << 10;
/// A log with fewer lines is all about the failure.
const SHORT_LOG: usize = 300;
/// Lines behind an error that belong to it.
const FOLLOWERS: usize = 8;

/// Explains a log by its text.
pub(super) fn weigh(log: &Log) -> Explanation {
    weigh_at(log, None, MOST_CAUSES)
}

/// [`weigh`], for a registry whose kind is known, with at most so many causes.
pub(super) fn weigh_at(log: &Log, known: Option<RegistryKind>, most: usize) -> Explanation {
    let mut error = extract::error(log);
    let mut scene = scene(log, error.as_ref());
    scene.kind = known.or(scene.kind);
    let ranked = rank(&scene, most);
    let is_npms = error
        .as_ref()
        .is_some_and(|error| failing::is_npms(log, error, &scene.signs));
    if !is_npms && !speaks_for_itself(&scene, failing::speaks_of_packages(log)) {
        return Explanation {
            error: None,
            causes: Vec::new(),
            first: None,
        };
    }
    let kind = scene.kind;
    let fork = causes::FORKS.iter().find(|fork| scene.holds_all(fork.when));
    let mut error = error.take().unwrap_or_else(|| NpmError {
        text: extract::first_line(log),
        ..NpmError::default()
    });
    error.kind = kind;
    let mut causes = words::name(ranked, &error);
    plain::tell(log, &mut error, &mut causes);
    Explanation {
        first: fork
            .filter(|_| {
                let first = causes.first().map(|cause| cause.likelihood);
                first != Some(Likelihood::Certain)
            })
            .and_then(|fork| words::fork(fork, &causes, &error)),
        error: Some(error),
        causes,
    }
}

/// Whether a rule knows the very words, whoever said them. What any program on
/// the network may say counts only where packages are spoken of.
fn speaks_for_itself(scene: &Scene<'_>, of_packages: bool) -> bool {
    causes::rules()
        .filter(|rule| of_packages || !failing::is_anybodys(rule.id))
        .filter(|rule| !rule.says.is_empty() && scene.fits(rule))
        .any(|rule| match rule.weight {
            Weight::Sure => true,
            Weight::Points(points) => points >= LIKELY,
        })
}

/// What the rules look at.
pub(super) fn scene<'a>(log: &Log, error: Option<&'a NpmError>) -> Scene<'a> {
    let mut everything = Canonical::default();
    for line in &log.lines {
        everything.push(&line.text);
        if everything.len() > 4 * MOST_TEXT {
            break;
        }
    }
    let mut said = said(log);
    boilerplate::cut(&mut said);
    let advised = signs::without_advice(&everything);
    let mut signs = signs::signs(&advised);
    if signs::same_twice(log) {
        signs.push(Sign::SameTwice);
    }
    if error.is_some_and(|error| signs::asked_by_name(log, error)) {
        signs.push(Sign::ByName);
    }
    let kind = signs::kind(error.and_then(|error| error.url.as_deref()), &everything);
    Scene {
        bare: error.is_some_and(is_bare),
        silent: matches!(kind, None | Some(RegistryKind::Npmjs)) && error.is_some_and(is_silent),
        signs,
        era: signs::era(log),
        npm: signs::npm_version(log),
        said,
        everything,
        error,
        kind,
    }
}

/// The text about the failure: all of a short log, else the errors and what
/// follows them. Asides are left out.
fn said(log: &Log) -> Canonical {
    let mut said = Canonical::default();
    let has = |loudness| log.lines.iter().any(|line| line.loudness == loudness);
    let errors = has(Loudness::Error);
    let asides_alone = !errors && !has(Loudness::Plain);
    let mut near = 0;
    for line in &log.lines {
        near = match line.loudness {
            Loudness::Error => FOLLOWERS,
            // npm tells of a failed token exchange, and of an old token, aside.
            Loudness::Aside if asides_alone || line.text.starts_with("oidc ") => {
                said.push(&line.text);
                continue;
            }
            Loudness::Aside => continue,
            Loudness::Plain if !errors || log.lines.len() < SHORT_LOG => 1,
            Loudness::Plain => usize::saturating_sub(near, 1),
        };
        if near > 0 {
            said.push(&line.text);
        }
        if said.len() > MOST_TEXT {
            break;
        }
    }
    said
}

/// Whether a server refused without a reason: what it said is the status's name.
fn is_bare(error: &NpmError) -> bool {
    const REASONS: [&str; 7] = [
        "forbidden",
        "bad request",
        "conflict",
        "not found",
        "unauthorized",
        "too many requests",
        "method not allowed",
    ];
    // npm 6 and before wrote `Forbidden : name` and `403 Forbidden: name@range`.
    let text = error.text.to_lowercase();
    let text = text
        .trim_start_matches("error:")
        .trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let words = text
        .rsplit_once(": ")
        .filter(|(_, name)| package::is_spec(name))
        .map_or(text, |(words, _)| words.trim_end());
    error.status.is_some()
        && (words.is_empty()
            || REASONS.contains(&words.trim_end_matches('.'))
            || super::request::read(&error.text).is_some_and(|request| request.words.is_empty()))
}

/// Whether nothing is known but that it was a 403: neither who was asked for
/// what, nor what was answered.
fn is_silent(error: &NpmError) -> bool {
    let is_code = |word: &str| Some(word) == error.code.as_deref();
    error.url.is_none()
        && error.package.is_none()
        && error.status == Some(403)
        && (is_bare(error) || error.text.split_whitespace().any(is_code) || error.text.len() < 40)
}

/// The causes that some rule speaks for, best first.
fn rank(scene: &Scene<'_>, most: usize) -> Vec<(&'static str, Likelihood)> {
    let mut sums: Vec<(&'static str, i32, bool)> = Vec::new();
    for rule in causes::rules().filter(|rule| scene.fits(rule)) {
        let at = sums.iter().position(|(id, ..)| *id == rule.id);
        let entry = if let Some(at) = at {
            &mut sums[at]
        } else {
            sums.push((rule.id, 0, false));
            sums.last_mut().expect("an entry was just added")
        };
        match rule.weight {
            Weight::Sure => {
                entry.1 += 1000;
                entry.2 = true;
            }
            Weight::Points(points) => entry.1 += points,
        }
    }
    // A script that failed explains nothing where a registry has answered.
    if scene.error.is_some_and(|error| error.status.is_some()) {
        sums.retain(|(id, ..)| *id != "unknown");
    }
    sums.sort_by_key(|(_, points, _)| std::cmp::Reverse(*points));
    let sure = sums.iter().filter(|(.., sure)| *sure).count();
    if sure == 1 {
        sums.retain(|(.., sure)| *sure);
    }
    let likelihood = |points: i32, is_sure: bool| match points {
        _ if is_sure && sure == 1 => Likelihood::Certain,
        points if points >= LIKELY => Likelihood::Likely,
        _ => Likelihood::Possible,
    };
    sums.into_iter()
        .take(most)
        .map(|(id, points, is_sure)| (id, likelihood(points, is_sure)))
        .collect()
}
