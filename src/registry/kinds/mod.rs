//! The kinds of registry, one file each: how each is recognised, what it can be asked, and what
//! its answers mean. Sources: the registries' own documentation and source code, as named in
//! each file.

mod artifactory;
mod azure;
mod cloudsmith;
mod cnpm;
mod codeartifact;
mod gitea;
mod github;
mod gitlab;
mod google;
mod jsr;
mod nexus;
pub(crate) mod npmjs;
mod other;
#[cfg(test)]
mod tests;
mod verdaccio;

use reqwest::header::HeaderMap;
use url::Url;

use super::client::Reply;
use super::documents::Whoami;
use super::kind::RegistryKind;
use super::url::RegistryUrl;
use crate::finding::{Help, NpmCommand, Verb};

/// The traits of a kind of registry.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a separate question")]
pub struct Traits {
    /// Its name.
    pub kind: RegistryKind,
    /// How to make a credential for it, the best way first.
    pub login: fn(&Destination<'_>) -> Vec<Help>,
    /// Whether a registry's URL is one of this kind.
    pub by_url: fn(&Url) -> bool,
    /// Phrases in its answers, and URLs in logs, that identify it.
    pub phrases: &'static [&'static str],
    /// Whether the headers of an answer identify it.
    pub by_headers: fn(&HeaderMap) -> bool,
    /// Its URL, if it is the registry that npm publishes to by default.
    pub default_url: Option<&'static str>,
    /// The host of its vendor's public service, if others run the software as well.
    pub public_host: Option<&'static str>,
    /// Hosts that people write by mistake, where no registry answers.
    pub mistaken_hosts: &'static [&'static str],
    /// Which endpoints it has besides the packument.
    pub offers: Offers,
    /// Whether packages can be published to one of its URLs.
    pub publishable: fn(&Url) -> Publishable,
    /// What the registry does with a version that is published again.
    pub overwriting: Overwriting,
    /// How large a tarball may be.
    pub tarball: TarballLimit,
    /// Whether versions can be staged there.
    pub staging: Staging,
    /// npmjs's rules for names and unpublished versions apply: similarity, cool-down, used-up
    /// versions, scopes that must exist, restricted access.
    pub npmjs_rules: bool,
    /// GitHub's rules apply: the scope is the owner's login, `repository` must be on the same
    /// server, and a job's GITHUB_TOKEN needs `packages: write`.
    pub github_rules: bool,
    /// It refuses new names that npm itself accepts: capital letters, names of Node's built-in
    /// modules.
    pub checks_new_names: bool,
    /// It exchanges a CI's identity token for one of its own.
    pub exchanges_identity_tokens: bool,
    /// It answers 404 to accounts that lack read access.
    pub hides_with_404: bool,
    /// `?write=true` on a packument bypasses its caches.
    pub has_uncached_packument: bool,
    /// Its whoami describes the token as well.
    pub whoami_describes_token: bool,
    /// A refused whoami proves that the credential is not accepted.
    pub whoami_is_conclusive: bool,
    /// npm's error when the credential of a publish is not accepted.
    pub bad_credential: (&'static str, &'static str),
    /// The prefixes of its tokens, if they have any.
    pub token_prefixes: &'static [&'static str],
    /// Whether a `_password` is the raw token, which npm would decode as base64.
    pub is_unencoded_password: fn(&str) -> bool,
    /// A 401 on the packument, asked with the credential, proves that the credential is not
    /// accepted.
    pub packument_proves_credential: bool,
    /// The API that tells the type of a repository, if there is one.
    pub repository: Option<RepositoryApi>,
    /// The web page of a version, from its name and number, if every registry of this kind has
    /// it at the same URL.
    pub page: Option<fn(&str, &str) -> String>,
}

impl Traits {
    /// What applies to most kinds, for `..Traits::USUAL`.
    const USUAL: Self = Self {
        kind: RegistryKind::Other,
        login: |to| vec![Help::run(to.npm_login())],
        by_url: |_| false,
        by_headers: |_| false,
        phrases: &[],
        default_url: None,
        public_host: None,
        mistaken_hosts: &[],
        offers: Offers::NOTHING,
        publishable: |_| Publishable::Yes,
        overwriting: Overwriting::Unknown,
        tarball: TarballLimit::Unknown,
        staging: Staging::No,
        npmjs_rules: false,
        github_rules: false,
        checks_new_names: false,
        exchanges_identity_tokens: false,
        hides_with_404: false,
        has_uncached_packument: false,
        whoami_describes_token: false,
        whoami_is_conclusive: true,
        bad_credential: ("E401", "Unable to authenticate"),
        token_prefixes: &[],
        is_unencoded_password: |_| false,
        packument_proves_credential: false,
        repository: None,
        page: None,
    };
}

/// A question about the repository itself, outside npm's protocol.
#[derive(Debug)]
pub struct RepositoryApi {
    /// Its URL, made from the URL of a registry and on the same host.
    pub url: fn(&Url) -> Option<Url>,
    /// Whether the repository accepts packages, from a 200; `None` if that does not tell.
    pub read: fn(&Url, &Reply) -> Option<Publishable>,
}

/// Where a credential is needed, for the instructions to make one.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// The registry.
    pub registry: &'a RegistryUrl,
    /// The key that npm looks up, without its last part: `//host/path/`.
    pub key: &'a str,
    /// This runs in a CI job.
    pub in_ci: bool,
}

impl Destination<'_> {
    /// Instructions to write the variable's token under the key.
    fn write_token(&self, variable: &str, first: &str) -> Help {
        let (key, file) = (
            self.key,
            if self.in_ci {
                "an .npmrc"
            } else {
                "your own .npmrc"
            },
        );
        Help::from(format!(
            "{first}, and write {key}:_authToken=${{{variable}}} into {file}"
        ))
    }

    fn npm_login(&self) -> NpmCommand {
        NpmCommand::new(Verb::Login, "").at(&self.registry.to_string())
    }
}

/// The endpoints besides the packument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "one per endpoint")]
pub struct Offers {
    /// `/-/whoami`.
    pub whoami: bool,
    /// `/<name>/<version>`.
    pub version: bool,
    /// `/-/package/<name>/collaborators`.
    pub collaborators: bool,
    /// `/-/org/<scope>/package` and `/-/org/<scope>/user`.
    pub scopes: bool,
    /// `/-/v1/search` and dist-tags, for similar names.
    pub similar: bool,
    /// `/-/npm/v1/user`.
    pub profile: bool,
    /// It exchanges a CI's identity token for one of its own, as npmjs does, or may do so. The
    /// exchange itself is never made.
    pub trusted_publishing: bool,
}

impl Offers {
    const NOTHING: Self = Self {
        whoami: false,
        version: false,
        collaborators: false,
        scopes: false,
        similar: false,
        profile: false,
        trusted_publishing: false,
    };
    const EVERYTHING: Self = Self {
        whoami: true,
        version: true,
        collaborators: true,
        scopes: true,
        similar: true,
        profile: true,
        trusted_publishing: true,
    };
}

/// Whether a URL accepts packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishable {
    /// As far as is known.
    Yes,
    /// It never does.
    No(Refusal),
    /// Its name or kind suggests that it does not.
    Doubtful(Refusal),
}

/// Why a URL accepts no packages, and what to use instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In one clause.
    pub reason: String,
    /// Where to publish, if known.
    pub instead: String,
    /// npm's error there: code and text.
    pub npm_says: (&'static str, &'static str),
}

/// A million bytes, the unit that registries use.
const MB: u64 = 1_000_000;

/// How large a tarball may be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TarballLimit {
    /// It refuses larger ones, by its documentation.
    Documented(u64),
    /// It documents no limit, but has refused some larger ones.
    Observed(u64),
    /// It depends on the server's settings.
    Unknown,
}

/// Whether versions can be staged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staging {
    /// Yes.
    Offered,
    /// It may be a mirror of npm's registry, or have staging enabled.
    Possible,
    /// No.
    No,
}

/// What the registry does with a version that is published again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwriting {
    /// It is always refused.
    Refused {
        /// The code npm shows.
        code: &'static str,
        /// The text, `{version}` for the version.
        text: &'static str,
    },
    /// A setting or a right decides; the version may be replaced without notice.
    Depends,
    /// It is not known.
    Unknown,
}

macro_rules! all_traits {
    ($($module:ident: $variant:ident = $name:literal),+ $(,)?) => {
        /// Every kind; the first that recognises a URL or an answer wins.
        static ALL: [&Traits; RegistryKind::ALL.len()] = [$(&$module::TRAITS),+];
    };
}
super::kind::each_kind!(all_traits);

/// The traits of a kind.
pub fn traits(kind: RegistryKind) -> &'static Traits {
    ALL.into_iter()
        .find(|traits| traits.kind == kind)
        .unwrap_or(&other::TRAITS)
}

/// The kind that npm publishes to by default.
pub fn default_kind() -> RegistryKind {
    let mut all = ALL.into_iter();
    all.find(|traits| traits.default_url.is_some())
        .unwrap_or(&other::TRAITS)
        .kind
}

/// The kind of a URL: by the user's setting for a prefix, otherwise by the URL itself.
pub fn by_url(url: &Url, overrides: &[(String, RegistryKind)]) -> Option<RegistryKind> {
    let text = url.as_str();
    let longest = overrides
        .iter()
        .filter(|(prefix, _)| lies_below(text, prefix))
        .max_by_key(|(prefix, _)| prefix.len());
    longest.map(|(_, kind)| *kind).or_else(|| {
        ALL.into_iter()
            .find(|traits| (traits.by_url)(url))
            .map(|traits| traits.kind)
    })
}

/// The kind that a text identifies. npm's own hints name its default registry, whichever
/// answered, so that one comes last.
pub fn by_phrase(says: impl Fn(&str) -> bool) -> Option<RegistryKind> {
    let is_default = |one: &&Traits| one.default_url.is_some();
    let (default, others): (Vec<_>, Vec<_>) = ALL.into_iter().partition(is_default);
    let mut all = others.into_iter().chain(default);
    all.find(|traits| traits.phrases.iter().any(|phrase| says(phrase)))
        .map(|traits| traits.kind)
}

/// The kind that the headers of an answer identify.
pub fn by_headers(headers: &HeaderMap) -> Option<RegistryKind> {
    ALL.into_iter()
        .find(|traits| (traits.by_headers)(headers))
        .map(|traits| traits.kind)
}

/// Whether a URL is below a prefix: `https://h/a` holds `https://h/a/b`, but not
/// `https://h/ab`. An empty prefix holds everything.
pub fn lies_below(url: &str, prefix: &str) -> bool {
    url.strip_prefix(prefix.trim_end_matches('/'))
        .is_some_and(|rest| {
            prefix.is_empty() || rest.is_empty() || rest.starts_with(['/', '?', '#'])
        })
}

/// The meaning of `{"username": …}`: some registries have a name for anonymous readers.
pub fn whoami(username: Option<&str>) -> Whoami {
    match username {
        None | Some("" | "anonymous") => Whoami::Nobody,
        Some(name) => Whoami::Account(name.to_owned()),
    }
}

fn host_is(url: &Url, hosts: &[&str]) -> bool {
    url.host_str().is_some_and(|host| hosts.contains(&host))
}

fn host_ends_with(url: &Url, suffix: &str) -> bool {
    url.host_str().is_some_and(|host| host.ends_with(suffix))
}

fn header_holds(headers: &HeaderMap, name: &str, needle: &str) -> bool {
    headers.get_all(name).iter().any(|value| {
        String::from_utf8_lossy(value.as_bytes())
            .to_ascii_lowercase()
            .contains(needle)
    })
}

/// A registry's URL with another path: what precedes the marker stays, the rest is replaced.
fn beside(url: &Url, marker: &str, path: &str) -> Option<Url> {
    let (before, _) = url.path().split_once(marker)?;
    let mut beside = url.clone();
    beside.set_path(&format!("{before}{path}"));
    beside.set_query(None);
    beside.set_fragment(None);
    Some(beside)
}

/// Where to publish instead: the same URL with one part of its path replaced. A name and
/// password in it are left out.
fn with_part(url: &Url, part: &str, other: &str) -> String {
    let mut changed = url.clone();
    let path = url
        .path()
        .replacen(&format!("/{part}"), &format!("/{other}"), 1);
    changed.set_path(&path);
    let _ = changed.set_username("");
    let _ = changed.set_password(None);
    changed.into()
}

/// The part of a path between a marker and the next slash.
fn behind<'a>(url: &'a Url, marker: &str) -> Option<&'a str> {
    let (_, rest) = url.path().split_once(marker)?;
    rest.split('/').next().filter(|part| !part.is_empty())
}
