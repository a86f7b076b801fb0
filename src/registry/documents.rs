//! The documents that registries serve, reduced to what checks need. The parser skips the rest
//! without storing it: a packument of 10 MB takes some tens of kilobytes of memory.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::Timestamp;
use serde::Deserialize;

use super::table::Table;

/// `GET /<name>` in its full form (the abbreviated form has neither `time` nor `maintainers`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packument {
    /// Tag to version.
    pub dist_tags: BTreeMap<String, String>,
    /// The versions that can be installed. A fully unpublished package has none.
    pub versions: Table<Installable>,
    /// When each version was published, unpublished ones included; `None` if the time cannot be
    /// read. Without `created`, `modified` and `unpublished`.
    pub published: Table<Option<UnixSecond>>,
    /// When the package was created, as served.
    pub created: Option<String>,
    /// Set when the whole package was unpublished.
    pub unpublished: Option<Unpublished>,
    /// Account names. Informational only: a team can also grant the right.
    pub maintainers: Vec<String>,
    /// The package's description.
    pub description: Option<String>,
    /// `repository`, or its URL: where the package says its source is.
    pub repository: Option<String>,
}

/// The version that npmjs shows for a new name whose first version is staged (npm's
/// documentation, October 2026). It is not a release.
pub const PLACEHOLDER: &str = "0.0.0-stage";

impl Packument {
    /// Whether any version was released.
    pub fn has_releases(&self) -> bool {
        self.versions.keys().any(|version| version != PLACEHOLDER)
    }

    /// Roughly how many bytes it takes.
    pub fn size(&self) -> usize {
        let tags = entries_size(self.dist_tags.iter().map(|(tag, on)| tag.len() + on.len()));
        let people = entries_size(self.maintainers.iter().map(String::len));
        let gone = self.unpublished.iter().flat_map(|gone| &gone.versions);
        let gone = entries_size(gone.map(String::len));
        self.versions.size_beside(&self.published) + self.published.size() + tags + people + gone
    }
}

/// Roughly how many bytes strings of these lengths take in a tree or list, with their own
/// fields, their place in it, and the allocator's overhead.
pub fn entries_size(lengths: impl Iterator<Item = usize>) -> usize {
    lengths.map(|length| length + 150).sum()
}

/// A time from 1970 to 2106, to the second. It takes four bytes even when optional: there may
/// be hundreds of thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnixSecond(NonZeroU32);

impl UnixSecond {
    /// The second of a time; `None` outside those years.
    pub fn of(time: Timestamp) -> Option<Self> {
        let second = u32::try_from(time.as_second()).ok()?;
        NonZeroU32::new(second).map(Self)
    }

    /// When the second begins.
    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.0.get().into()).unwrap_or_default()
    }
}

impl std::str::FromStr for UnixSecond {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        let outside = || jiff::Error::from_args(format_args!("not from 1970 to 2106"));
        Self::of(text.parse()?).ok_or_else(outside)
    }
}

/// One entry of a packument's `versions`. There may be thousands, so only what checks read is
/// kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Installable {
    /// Whether it has a deprecation message.
    pub deprecated: bool,
}

/// `GET /<name>/<version>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishedVersion {
    /// `dist.shasum` of its tarball (SHA-1, hexadecimal), where the registry has one.
    pub shasum: Option<String>,
    /// `dist.unpackedSize`: the total bytes of its files, where the registry states it.
    pub unpacked_size: Option<u64>,
}

/// `time.unpublished` of a packument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpublished {
    /// When, in RFC 3339 as served.
    pub time: Option<String>,
    /// The versions that were unpublished and can never be used again.
    pub versions: Vec<String>,
}

/// What `GET /-/whoami` answers about the credential that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whoami {
    /// The registry knows the account.
    Account(String),
    /// The registry refuses the credential (401).
    Rejected,
    /// The registry answers without an account: Verdaccio's `{}`, Nexus's `anonymous`. It does
    /// not recognise the credential.
    Nobody,
}

/// What a repository's own API states, on registries with many repositories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// Artifactory's `rclass`: `local`, `remote`, `virtual`, `federated`.
    pub class: Option<String>,
    /// Nexus's `type`: `hosted`, `proxy`, `group`.
    pub kind: Option<String>,
    /// Artifactory's `defaultDeploymentRepo`.
    pub deploys_to: Option<String>,
}

/// A right on a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Right {
    #[serde(rename = "read", alias = "read-only")]
    Read,
    #[serde(rename = "write", alias = "read-write")]
    Write,
}

/// What `GET /-/org/<scope>/package` answers about a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An organisation or user with that name exists.
    Exists,
    /// `404 {"error":"Scope not found"}`.
    NotFound,
}

/// What a registry states about one token, as far as it decides a publish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnToken {
    /// It cannot write.
    pub read_only: bool,
    /// It can stage versions, but not publish them.
    pub stage_only: bool,
    /// It publishes without a one-time password; `None` if not stated.
    pub bypasses_two_factor: Option<bool>,
    /// The packages and scopes that it covers; empty if it is not limited.
    pub covers: Vec<String>,
    /// The IP addresses that may use it, in CIDR notation; empty for any.
    pub addresses: Vec<String>,
    /// When it expires, as served.
    pub expiry: Option<String>,
}

/// The state of a version, as npmjs reports it to accounts that may publish it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionStatus {
    /// Everybody can install it.
    Published,
    /// npm is scanning it.
    Validating,
    /// It waits for a maintainer's approval.
    Staged,
    /// It failed the scan.
    Blocked,
    /// It was published, then removed.
    Deleted,
}

/// The stage area of a registry, for one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StageArea {
    /// The registry has no staging.
    Missing,
    /// The staged versions.
    Holds(Vec<StagedVersion>),
}

/// A version that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedVersion {
    /// Its number.
    pub version: String,
    /// The tag that it gets with the approval.
    pub tag: String,
}

/// What a registry answers about a dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DependencyState {
    /// One of its versions fits.
    Found,
    /// It exists, but none of its versions fits.
    NoVersionFits {
        /// The version that `latest` points at.
        latest: Option<String>,
    },
    /// 404: it does not exist, or is hidden.
    Missing,
    /// No public version fits, but a staged one does.
    Staged {
        /// Its number.
        version: String,
    },
}

/// An account's two-factor authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TwoFactor {
    /// There is none, or it is not yet confirmed.
    Off,
    /// For logins, and for whatever else the registry asks it.
    Logins,
    /// For every write, too (`auth-and-writes`): a publish asks for a one-time password.
    Writes,
}

/// `GET /-/npm/v1/user`, as far as it decides a publish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Whether it has two-factor authentication; `None` if not stated.
    pub two_factor: Option<TwoFactor>,
    /// Whether the account's email address is confirmed; `None` if not stated.
    pub email_verified: Option<bool>,
}
