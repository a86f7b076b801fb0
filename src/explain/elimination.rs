//! Refusals that hide several causes, where the facts deny all but one.

use super::package_after::PackageAfter;
use super::record::Record;
use super::{Cause, words};
use crate::facts::Prompt;
use crate::finding::Help;
use crate::registry::documents::{Right, Scope};
use crate::registry::kinds;

/// The one cause that the facts leave.
pub(super) fn only_one_left(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    if !kinds::traits(package.facts.kind).npmjs_rules {
        return None;
    }
    one_time_password(package, record).or_else(|| {
        // No endpoint says what a publish with an exchanged OIDC token may do.
        if package.facts.package.credential.oidc_possible {
            return None;
        }
        read_only(package, record).or_else(|| uncovered(package, record))
    })
}

/// npm asks on a terminal only; what comes back without one was never typed.
fn one_time_password(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    let facts = package.facts;
    let without_terminal = facts.prompt == Prompt::Impossible;
    if record.error.code.as_deref() != Some("EOTP") || !without_terminal || facts.package.otp {
        return None;
    }
    let why = "the registry wants a one-time password for this publish (the account or the package asks for it, and the token does not bypass it), and without a terminal npm cannot ask for one".to_owned();
    words::proven("auth-otp-impossible", why, record)
}

/// npmjs's words for a credential without the right to write, said of an
/// account that has it.
fn read_only(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    let words = "may not perform that action with these credentials";
    if record.error.status != Some(403) || !record.error.text.contains(words) {
        return None;
    }
    let writer = writer(package)?;
    let why = format!("{writer}, and npmjs refuses this token: it may read only");
    token("auth-read-only", why, record)
}

/// A 404 on the PUT of npmjs hides one of four things: a credential that is
/// not accepted, a scope that does not exist, an account without a part in the
/// scope, or a token that does not cover the package. Where the first three
/// are answered, the fourth is left.
fn uncovered(package: &PackageAfter<'_>, record: &Record) -> Option<Cause> {
    if record.error.status != Some(404) || record.error.method.as_deref() != Some("PUT") {
        return None;
    }
    let (writer, name) = (writer(package)?, package.name()?);
    let why = format!(
        "{writer}, and npmjs answers 404 to the publish all the same: the token does not cover {name}"
    );
    token("auth-package-not-covered", why, record)
}

/// A cause in the token, and how to check it.
fn token(id: &'static str, why: String, record: &Record) -> Option<Cause> {
    let mut cause = words::proven(id, why, record)?;
    let find = "safe-publish config shows which line holds the token that npm sends";
    cause.help.push(Help::text(find));
    Some(cause)
}

/// That the registry accepts the credential, and that its account may write
/// the package: as a sentence with its proof.
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
