//! Refusals with several possible causes, where the facts exclude all but one.

use super::package_after::PackageAfter;
use super::record::Record;
use super::{Cause, words};
use crate::facts::Prompt;
use crate::finding::Help;
use crate::registry::documents::{Right, Scope};
use crate::registry::kinds;

/// The only cause that the facts leave.
pub(super) fn only_one_left(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    if !kinds::traits(package.facts.kind).npmjs_rules {
        return None;
    }
    one_time_password(package, record).or_else(|| {
        // No endpoint tells what a publish with an exchanged OIDC token may do.
        if package.facts.package.credential.oidc_possible {
            return None;
        }
        read_only(package, record).or_else(|| uncovered(package, record))
    })
}

/// npm asks only on a terminal; without one, no one-time password was typed.
fn one_time_password(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    let facts = package.facts;
    let without_terminal = facts.prompt == Prompt::Impossible;
    if record.error.code.as_deref() != Some("EOTP") || !without_terminal || facts.package.otp {
        return None;
    }
    let why = "the registry requires a one-time password for this publish (because of the \
        account or the package, and the token does not bypass it), and without a terminal npm \
        cannot ask for one"
        .to_owned();
    words::proven("auth-otp-impossible", why, record)
}

/// npmjs's message for a credential without write access, when the account has it.
fn read_only(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    let words = "may not perform that action with these credentials";
    if record.error.status != Some(403) || !record.error.text.contains(words) {
        return None;
    }
    let writer = writer(package)?;
    let why = format!("{writer}, but npmjs refuses this token: it is read-only");
    token("auth-read-only", why, record)
}

/// A 404 on the PUT at npmjs has one of four causes: the credential is not accepted, the scope
/// does not exist, the account has no part in the scope, or the token does not cover the
/// package. If the facts exclude the first three, the fourth is left.
fn uncovered(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    if record.error.status != Some(404) || record.error.method.as_deref() != Some("PUT") {
        return None;
    }
    let (writer, name) = (writer(package)?, package.name()?);
    let why =
        format!("{writer}, but npmjs answers 404 to the publish: the token does not cover {name}");
    token("auth-package-not-covered", why, record)
}

/// A cause in the token, with a way to check it.
fn token(id: &'static str, why: String, record: &Record) -> Option<Cause> {
    let mut cause = words::proven(id, why, record)?;
    let find = "safe-publish config shows which line holds the token that npm sends";
    cause.help.push(Help::text(find));
    Some(cause)
}

/// Proof that the registry accepts the credential and that its account may write the package,
/// as a sentence.
fn writer(package: &PackageAfter<'_>) -> Option<String> {
    let facts = package.facts;
    let (account, whoami) = facts.account().ok()?;
    let name = package.name()?;
    let exists = facts.packument().ok()?.value.is_some();
    let right = match name.strip_prefix('@').and_then(|name| name.split_once('/')) {
        _ if exists => {
            let rights = &facts.collaborators().ok()?.value;
            (rights.get(account) == Some(&Right::Write)).then(|| format!("who may write {name}"))?
        }
        None => "and the name is new".to_owned(),
        Some((scope, _)) if scope == account => format!("whose scope @{scope} is"),
        Some((scope, _)) => {
            let there = facts.scope().ok()?.value == Scope::Exists;
            let belongs = facts.org_members().ok()?.value.contains_key(account);
            (there && belongs).then(|| format!("who belongs to @{scope}"))?
        }
    };
    Some(format!(
        "the registry accepts the token as {account}, {right} ({}: {})",
        whoami.request, whoami.status
    ))
}
