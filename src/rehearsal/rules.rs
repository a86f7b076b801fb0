//! What npmjs refuses, in the order in which it seems to decide, with its messages. Sources:
//! public threads and npm's documentation; a comment marks where the order or a wording is not
//! certain.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::rights::{Caller, scope_of};
use super::state::{State, StoredPackage, TokenKind, TwoFactor};
use crate::manifest::Manifest;
use crate::manifest::name::Name;
use crate::npm::NpmVersion;

/// What a client sends to publish.
#[derive(Clone, Debug)]
pub(super) struct Publish {
    /// The name in the URL.
    pub(super) name: String,
    /// The version in the body.
    pub(super) version: String,
    /// The dist-tag in the body.
    pub(super) tag: String,
    /// `public`, `restricted`, or nothing.
    pub(super) access: Option<String>,
    /// The version's manifest.
    pub(super) manifest: Value,
    /// The decoded tarball.
    pub(super) tarball: Vec<u8>,
    /// The one-time password.
    pub(super) otp: Option<String>,
}

/// A refusal: status, text, and the header that some carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rejection {
    pub(super) status: u16,
    pub(super) text: String,
    pub(super) authenticate: Option<&'static str>,
}

pub(super) fn refuse<T>(status: u16, text: impl Into<String>) -> Result<T, Rejection> {
    Err(Rejection {
        status,
        text: text.into(),
        authenticate: None,
    })
}

/// npmjs answers a bad or missing token as if the package did not exist.
pub(super) fn no_valid_credential() -> Rejection {
    Rejection {
        status: 404,
        text: "Not found".to_owned(),
        authenticate: None,
    }
}

/// How long a name is blocked after its package was unpublished.
const COOL_DOWN: SignedDuration = SignedDuration::from_hours(24);

/// Whether the registry accepts a publish.
pub(super) fn judge(
    state: &State,
    publish: &Publish,
    caller: Option<&Caller<'_>>,
    now: Timestamp,
) -> Result<(), Rejection> {
    let Some(caller) = caller else {
        return Err(no_valid_credential());
    };
    may_publish(caller)?;
    credential(state, publish, caller)?;
    let existing = state.packages.get(&publish.name);
    name(publish, existing)?;
    scope(state, publish, caller, existing)?;
    ownership(state, publish, caller, existing)?;
    two_factor(state, publish, caller, existing)?;
    if let Some(package) = existing {
        history(package, publish, now)?;
    }
    if existing.is_none() {
        new_name(state, publish, caller)?;
    }
    plan(state, publish, existing)?;
    size(state, publish)
}

/// Whether the registry stages a version, as far as its package and the credential decide. No
/// second factor is asked for.
pub(super) fn judge_staging(
    state: &State,
    publish: &Publish,
    caller: Option<&Caller<'_>>,
    now: Timestamp,
) -> Result<(), Rejection> {
    let Some(caller) = caller else {
        return refuse(401, "Unauthorized");
    };
    credential(state, publish, caller)?;
    let existing = state.packages.get(&publish.name);
    name(publish, existing)?;
    scope(state, publish, caller, existing)?;
    ownership(state, publish, caller, existing)?;
    if let Some(gone) = existing.and_then(|package| package.unpublished.as_ref())
        && now.duration_since(gone.time.resolve(now)) < COOL_DOWN
    {
        let text = format!(
            "{} cannot be republished until 24 hours have passed.",
            publish.name
        );
        return refuse(403, text);
    }
    if existing.is_none() {
        new_name(state, publish, caller)?;
    }
    plan(state, publish, existing)?;
    size(state, publish)
}

/// Tokens that can only stage. The status and the place of npm's code are not documented.
fn may_publish(caller: &Caller<'_>) -> Result<(), Rejection> {
    match caller.token.map(|token| token.kind) {
        Some(TokenKind::OidcStageOnly) => refuse(403, "OIDC permission denied for this action"),
        Some(TokenKind::StageOnly) => refuse(
            403,
            "E_STAGE_REQUIRED: this token may stage packages only. Run npm stage publish, and approve it.",
        ),
        _ => Ok(()),
    }
}

fn credential(state: &State, publish: &Publish, caller: &Caller<'_>) -> Result<(), Rejection> {
    if caller.token.is_some_and(|token| token.address_refused) {
        return Err(Rejection {
            status: 401,
            text: "Login is not allowed from your IP address".to_owned(),
            authenticate: Some("ipaddress"),
        });
    }
    if caller
        .token
        .is_some_and(|token| token.kind == TokenKind::ReadOnly)
    {
        return refuse(
            403,
            "You may not perform that action with these credentials.",
        );
    }
    if !caller.covers(&publish.name) {
        return refuse(404, "Not found");
    }
    let verified = state
        .users
        .get(caller.user)
        .is_none_or(|user| user.email_verified);
    if !verified && !state.packages.contains_key(&publish.name) {
        return refuse(
            403,
            "you must verify your email before publishing a new package: https://www.npmjs.com/email-edit",
        );
    }
    Ok(())
}

fn name(publish: &Publish, existing: Option<&StoredPackage>) -> Result<(), Rejection> {
    let manifest = Manifest::from_json(serde_json::json!({ "name": publish.name }));
    match manifest.name(&NpmVersion::new(11, 19, 1)) {
        Name::Usable {
            only_for_old_packages,
            ..
        } if existing.is_none() && !only_for_old_packages.is_empty() => refuse(
            400,
            format!("\"{}\" is invalid for new packages", publish.name),
        ),
        Name::Usable { .. } => Ok(()),
        Name::Missing | Name::Invalid { .. } => {
            refuse(400, format!("name invalid: {}", publish.name))
        }
    }?;
    if publish.access.as_deref() == Some("restricted") && scope_of(&publish.name).is_none() {
        return refuse(400, "unscoped packages cannot be private");
    }
    match publish.access.as_deref() {
        None | Some("public" | "restricted") => Ok(()),
        Some(other) => refuse(400, format!("invalid access: {other}")),
    }
}

fn scope(
    state: &State,
    publish: &Publish,
    caller: &Caller<'_>,
    existing: Option<&StoredPackage>,
) -> Result<(), Rejection> {
    let Some(scope) = scope_of(&publish.name) else {
        return Ok(());
    };
    if !state.scope_exists(scope) {
        return refuse(404, "Scope not found");
    }
    let named = existing.is_some_and(|package| {
        state
            .rights(&publish.name, package)
            .contains_key(caller.user)
    });
    if !state.is_member(&publish.name, caller.user) && !named {
        return refuse(404, "Not found");
    }
    Ok(())
}

fn ownership(
    state: &State,
    publish: &Publish,
    caller: &Caller<'_>,
    existing: Option<&StoredPackage>,
) -> Result<(), Rejection> {
    let Some(package) = existing.filter(|package| package.unpublished.is_none()) else {
        return Ok(());
    };
    let right = state.rights(&publish.name, package).remove(caller.user);
    if right.as_deref() == Some("write") {
        return Ok(());
    }
    if package.restricted && right.is_none() {
        return refuse(404, "Not found");
    }
    if scope_of(&publish.name).is_some() {
        return refuse(403, "Forbidden");
    }
    refuse(
        403,
        format!(
            "You do not have permission to publish \"{}\". Are you logged in as the correct user?",
            publish.name
        ),
    )
}

fn two_factor(
    state: &State,
    publish: &Publish,
    caller: &Caller<'_>,
    existing: Option<&StoredPackage>,
) -> Result<(), Rejection> {
    let Some(user) = state.users.get(caller.user) else {
        return Ok(());
    };
    let demanded = existing.is_some_and(|package| package.requires_two_factor);
    if user.two_factor != TwoFactor::AuthAndWrites && !demanded {
        return Ok(());
    }
    let bypasses = caller
        .token
        .is_some_and(|token| token.bypass_two_factor || token.kind == TokenKind::Automation);
    if bypasses && !demanded {
        return Ok(());
    }
    if user.accepts(publish.otp.as_deref()) {
        return Ok(());
    }
    let asks = caller.is_session()
        || caller
            .token
            .is_some_and(|token| token.kind == TokenKind::Publish);
    if !demanded && !asks {
        return refuse(
            403,
            "Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages.",
        );
    }
    Err(Rejection {
        status: 401,
        text: "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA.".to_owned(),
        authenticate: Some("OTP"),
    })
}

fn history(package: &StoredPackage, publish: &Publish, now: Timestamp) -> Result<(), Rejection> {
    let version = publish.version.as_str();
    if package.versions.contains_key(version) {
        return refuse(
            403,
            format!("You cannot publish over the previously published versions: {version}."),
        );
    }
    if let Some(gone) = &package.unpublished {
        if now.duration_since(gone.time.resolve(now)) < COOL_DOWN {
            return refuse(
                403,
                format!(
                    "{} cannot be republished until 24 hours have passed.",
                    publish.name
                ),
            );
        }
        if gone.versions.iter().any(|burnt| burnt == version) {
            return refuse(
                400,
                format!("Cannot publish over previously published version \"{version}\"."),
            );
        }
    }
    if package.unpublished_versions.contains_key(version) {
        return refuse(
            400,
            format!("Cannot publish over previously published version \"{version}\"."),
        );
    }
    if package.staged.iter().any(|staged| staged == version) {
        return refuse(
            409,
            format!("Cannot publish over previously staged version \"{version}\"."),
        );
    }
    Ok(())
}

/// New names: npm's moniker rule of 2017, and the word filter.
fn new_name(state: &State, publish: &Publish, caller: &Caller<'_>) -> Result<(), Rejection> {
    let name = publish.name.as_str();
    if let Some(word) = state
        .blocked_words
        .iter()
        .find(|word| name.contains(word.as_str()))
    {
        debug_assert!(!word.is_empty(), "an empty word would block every name");
        return refuse(400, "Bad Request");
    }
    if scope_of(name).is_some() {
        return Ok(());
    }
    let bare = |name: &str| name.replace(['.', '-', '_'], "");
    let similar: Vec<&str> = state
        .packages
        .keys()
        .map(String::as_str)
        .filter(|known| !known.starts_with('@') && bare(known) == bare(name))
        .collect();
    if similar.is_empty() {
        return Ok(());
    }
    refuse(
        403,
        format!(
            "Package name too similar to existing package{} {}; try renaming your package to '@{}/{name}' and publishing with 'npm publish --access=public' instead",
            if similar.len() == 1 { "" } else { "s" },
            similar.join(","),
            caller.user,
        ),
    )
}

fn plan(
    state: &State,
    publish: &Publish,
    existing: Option<&StoredPackage>,
) -> Result<(), Rejection> {
    let Some(scope) = scope_of(&publish.name) else {
        return Ok(());
    };
    let stays_public = existing.is_some_and(|package| !package.restricted);
    let wants = publish.access.as_deref();
    let restricted = match wants {
        Some("public") => false,
        Some(_) => true,
        None => !stays_public,
    };
    if restricted && !state.has_paid_plan(scope) {
        return refuse(402, "You must sign up for private packages");
    }
    Ok(())
}

fn size(state: &State, publish: &Publish) -> Result<(), Rejection> {
    match state.largest_tarball {
        Some(largest) if publish.tarball.len() as u64 > largest => refuse(413, "Payload Too Large"),
        _ => Ok(()),
    }
}
