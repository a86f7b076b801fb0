//! The initial state of the rehearsal registry: a small JSON document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::trust_record::TrustRecord;
use super::when::When;

/// The whole document. Every field is optional.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct State {
    /// Accounts by name.
    pub users: BTreeMap<String, User>,
    /// Tokens, by their text.
    pub tokens: BTreeMap<String, Token>,
    /// Organisations by name, without `@`.
    pub orgs: BTreeMap<String, Org>,
    /// Packages by name.
    pub packages: BTreeMap<String, StoredPackage>,
    /// New names that contain one of these words are refused with a bare 400.
    pub blocked_words: Vec<String>,
    /// The delay of every answer, in milliseconds.
    pub latency_milliseconds: u64,
    /// How long npm scans a version before it is visible or can be approved.
    pub scan_milliseconds: u64,
    /// The scan finds something, so the version is blocked.
    pub scan_blocks: bool,
    /// The largest accepted tarball, in bytes.
    pub largest_tarball: Option<u64>,
    /// FaultKind, for tests; the first fault that fits a request wins.
    pub faults: Vec<Fault>,
}

/// An account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct User {
    /// Its email address.
    pub email: String,
    /// Whether the address is confirmed; if not, it cannot publish new packages.
    pub email_verified: bool,
    /// Two-factor authentication.
    pub two_factor: TwoFactor,
    /// The accepted one-time password.
    pub otp: Option<String>,
    /// A write is confirmed on a web page. This registry counts the page as confirmed at the
    /// second poll.
    pub web_login: bool,
    /// The tokens of confirmed pages; each works like a one-time password.
    #[serde(skip)]
    pub web_tokens: Vec<String>,
    /// For basic authentication.
    pub password: Option<String>,
    /// `free` accounts cannot have restricted packages.
    pub plan: AccountPlan,
}

impl Default for User {
    fn default() -> Self {
        Self {
            email: "somebody@example.com".to_owned(),
            email_verified: true,
            two_factor: TwoFactor::Off,
            otp: None,
            web_login: false,
            web_tokens: Vec::new(),
            password: None,
            plan: AccountPlan::Free,
        }
    }
}

impl State {
    /// When the scan of a version that arrives now ends, and whether it finds something.
    pub(super) fn scanned(&self, now: jiff::Timestamp) -> (jiff::Timestamp, bool) {
        let scan = std::time::Duration::from_millis(self.scan_milliseconds);
        (
            now.saturating_add(scan).unwrap_or(jiff::Timestamp::MAX),
            self.scan_blocks,
        )
    }
}

/// What requires two-factor authentication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "npm's own words")]
pub enum TwoFactor {
    #[default]
    Off,
    AuthOnly,
    AuthAndWrites,
}

/// The plan of an account or organisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "npm's own words")]
pub enum AccountPlan {
    #[default]
    Free,
    Paid,
}

/// A token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// The account that owns it.
    pub user: String,
    /// What it may do.
    #[serde(default)]
    pub kind: TokenKind,
    /// The packages that a granular token covers; if `scopes` is empty, too: all.
    #[serde(default)]
    pub packages: Vec<String>,
    /// The scopes (`@acme`) that a granular token covers.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether it publishes without a one-time password.
    #[serde(default)]
    pub bypass_two_factor: bool,
    /// When it expires.
    #[serde(default)]
    pub expires: Option<When>,
    /// Whether it was revoked.
    #[serde(default)]
    pub revoked: bool,
    /// Whether the caller's address is outside its list.
    #[serde(default)]
    pub address_refused: bool,
}

impl Token {
    /// The token of a login session.
    pub(super) fn session(user: String) -> Self {
        Self {
            user,
            kind: TokenKind::Session,
            packages: Vec::new(),
            scopes: Vec::new(),
            bypass_two_factor: false,
            expires: None,
            revoked: false,
            address_refused: false,
        }
    }
}

/// What a token may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "npm's own words")]
pub enum TokenKind {
    Session,
    #[default]
    Granular,
    Automation,
    Publish,
    ReadOnly,
    /// Granular, and can only stage.
    StageOnly,
    Oidc,
    OidcStageOnly,
}

/// An organisation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Org {
    /// Account to role: `owner`, `admin` or `developer`.
    pub members: BTreeMap<String, String>,
    /// Teams by name.
    pub teams: BTreeMap<String, Team>,
    /// `free` organisations cannot have restricted packages.
    pub plan: AccountPlan,
}

/// A team.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Team {
    /// Accounts.
    pub members: Vec<String>,
    /// Package to `read` or `write`.
    pub packages: BTreeMap<String, String>,
}

/// A package.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StoredPackage {
    /// Versions by number.
    pub versions: BTreeMap<String, Version>,
    /// Tag to version; by default `latest` points to the highest version.
    pub dist_tags: Option<BTreeMap<String, String>>,
    /// Accounts that may write.
    pub maintainers: Vec<String>,
    /// What the collaborators endpoint answers, if that differs from the maintainers and teams.
    pub collaborators: Option<BTreeMap<String, String>>,
    /// Only accounts with a right can read it.
    pub restricted: bool,
    /// The whole package was unpublished.
    pub unpublished: Option<Unpublished>,
    /// Single versions that were unpublished, with the time when they were published.
    pub unpublished_versions: BTreeMap<String, When>,
    /// Staged versions.
    pub staged: Vec<String>,
    /// Its description.
    pub description: Option<String>,
    /// The URL of its repository.
    pub repository: Option<String>,
    /// It requires a one-time password: no token bypasses it.
    pub requires_two_factor: bool,
    /// The job that can publish without a token.
    pub trusted_publisher: Option<TrustedPublisher>,
    /// The records of `npm trust`.
    pub trust: Vec<TrustRecord>,
}

/// A package's trusted publisher (GitHub Actions).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustedPublisher {
    /// `owner/repository`.
    pub repository: String,
    /// The workflow's file name.
    pub workflow: String,
    /// The environment, if one is required.
    #[serde(default)]
    pub environment: Option<String>,
    /// It can stage a version, but not publish one.
    #[serde(default)]
    pub stage_only: bool,
}

/// A version.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Version {
    /// When it was published; a month ago if omitted.
    pub time: Option<When>,
    /// The deprecation message.
    pub deprecated: Option<String>,
    /// The manifest that was sent for it, set when it is published.
    #[serde(skip)]
    pub manifest: Option<serde_json::Value>,
    /// The tarball that was sent for it.
    #[serde(skip)]
    pub tarball: Option<bytes::Bytes>,
}

/// A package that was unpublished as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unpublished {
    /// When it was unpublished.
    pub time: When,
    /// Its versions.
    pub versions: Vec<String>,
}

/// How the registry misbehaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Only requests with this method; any if omitted.
    #[serde(default)]
    pub method: Option<String>,
    /// Only paths that contain this text.
    #[serde(default)]
    pub path: String,
    /// How many times; unlimited by default.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens instead of an answer.
    pub with: FaultKind,
}

/// What happens instead of an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// This status with this body.
    Status {
        /// The status.
        status: u16,
        /// The body, as JSON.
        #[serde(default)]
        body: serde_json::Value,
        /// More headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    /// A web page with this title.
    Html(String),
    /// The connection is closed.
    Reset,
    /// No answer at all.
    Hang,
    /// A redirect.
    Redirect(String),
    /// gzip that ends early.
    TruncatedGzip,
    /// A body that never ends.
    Endless,
    /// The write is done, but this status claims that it was not.
    AfterWriting(u16),
}
