//! The kinds of registry, one file each: how each is recognised, what it can
//! be asked, and what its answers mean. Sources: the registries' own documents
//! and source code, as named in each file.

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
mod verdaccio;

use reqwest::header::HeaderMap;
use url::Url;

use super::client::Reply;
use super::documents::Whoami;
use super::kind::RegistryKind;

/// What a kind of registry is like.
#[derive(Debug)]
pub struct Traits {
    /// Its name.
    pub kind: RegistryKind,
    /// Whether a registry's URL tells that it is of this kind.
    pub by_url: fn(&Url) -> bool,
    /// Whether the headers of an answer tell it.
    pub by_headers: fn(&HeaderMap) -> bool,
    /// Which questions it answers besides the packument.
    pub offers: Offers,
    /// Whether packages can be published to a URL of it.
    pub publishable: fn(&Url) -> Publishable,
    /// What becomes of a version that is published again.
    pub overwriting: Overwriting,
    /// npmjs's rules on names and unpublished versions hold here: similarity,
    /// cool-down, burnt versions, scopes that must exist, restricted access.
    pub npmjs_rules: bool,
    /// A 401 on the packument, asked with the credential, proves that the
    /// credential is not accepted.
    pub packument_proves_credential: bool,
    /// A redirect of the packument to npmjs means "not here".
    pub redirect_means_absent: bool,
    /// What tells of which sort a repository is, where there is such a question.
    pub repository: Option<RepositoryApi>,
}

/// A question about the repository itself, beside npm's own protocol.
#[derive(Debug)]
pub struct RepositoryApi {
    /// Its URL, on the same host, for the URL of a registry.
    pub url: fn(&Url) -> Option<Url>,
    /// Whether the repository takes packages, by a 200; `None` where that is
    /// not said.
    pub read: fn(&Url, &Reply) -> Option<Publishable>,
}

/// The questions besides the packument.
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
}

impl Offers {
    const NOTHING: Self = Self {
        whoami: false,
        version: false,
        collaborators: false,
        scopes: false,
        similar: false,
        profile: false,
    };
    const EVERYTHING: Self = Self {
        whoami: true,
        version: true,
        collaborators: true,
        scopes: true,
        similar: true,
        profile: true,
    };
}

/// Whether a URL takes packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publishable {
    /// Nothing speaks against it.
    Yes,
    /// It never does.
    No(Refusal),
    /// Its name or kind says that it probably does not.
    Doubtful(Refusal),
}

/// Why a URL takes no packages, and what to use instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In one clause.
    pub reason: String,
    /// Where to publish, as far as that can be told.
    pub instead: String,
    /// What npm says there, with its code.
    pub npm_says: (&'static str, &'static str),
}

/// What becomes of a version that is published again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwriting {
    /// Refused, always.
    Refused {
        /// The code npm shows.
        code: &'static str,
        /// The text, `{version}` for the version.
        text: &'static str,
    },
    /// A setting or a right decides; it may be replaced silently.
    Depends,
    /// Nobody knows.
    Unknown,
}

/// Every kind; the first that recognises a URL or an answer wins.
static ALL: [&Traits; 14] = [
    &npmjs::TRAITS,
    &jsr::TRAITS,
    &github::TRAITS,
    &azure::TRAITS,
    &codeartifact::TRAITS,
    &google::TRAITS,
    &cloudsmith::TRAITS,
    &gitlab::TRAITS,
    &artifactory::TRAITS,
    &gitea::TRAITS,
    &cnpm::TRAITS,
    &nexus::TRAITS,
    &verdaccio::TRAITS,
    &other::TRAITS,
];

/// What a kind is like.
pub fn traits(kind: RegistryKind) -> &'static Traits {
    ALL.into_iter()
        .find(|traits| traits.kind == kind)
        .unwrap_or(&other::TRAITS)
}

/// The kind that a URL tells: by the user's word for a prefix, else by itself.
pub fn by_url(url: &Url, told: &[(String, RegistryKind)]) -> Option<RegistryKind> {
    let text = url.as_str();
    let longest = told
        .iter()
        .filter(|(prefix, _)| starts_with(text, prefix))
        .max_by_key(|(prefix, _)| prefix.len());
    longest.map(|(_, kind)| *kind).or_else(|| {
        ALL.into_iter()
            .find(|traits| (traits.by_url)(url))
            .map(|traits| traits.kind)
    })
}

/// The kind that the headers of an answer tell.
pub fn by_headers(headers: &HeaderMap) -> Option<RegistryKind> {
    ALL.into_iter()
        .find(|traits| (traits.by_headers)(headers))
        .map(|traits| traits.kind)
}

/// Whether a URL lies below a prefix: `https://h/a` holds `https://h/a/b`, not
/// `https://h/ab`. An empty prefix holds everything.
fn starts_with(url: &str, prefix: &str) -> bool {
    url.strip_prefix(prefix.trim_end_matches('/'))
        .is_some_and(|rest| {
            prefix.is_empty() || rest.is_empty() || rest.starts_with(['/', '?', '#'])
        })
}

/// What `{"username": …}` means: some registries name a nobody.
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

/// A registry's URL with another path, and nothing else of its own: what
/// stands before a marker stays, what stands from there on is replaced.
fn beside(url: &Url, marker: &str, path: &str) -> Option<Url> {
    let (before, _) = url.path().split_once(marker)?;
    let mut beside = url.clone();
    beside.set_path(&format!("{before}{path}"));
    beside.set_query(None);
    beside.set_fragment(None);
    Some(beside)
}

/// Where to publish instead: the same URL with another part of its path. A
/// name and a password in it are nobody's business.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn each_kind_is_known_by_its_urls() {
        let table = [
            ("https://registry.npmjs.org/", RegistryKind::Npmjs),
            ("https://npm.pkg.github.com/", RegistryKind::GitHub),
            (
                "https://npm.github.example/_registry/npm/",
                RegistryKind::GitHub,
            ),
            (
                "https://gitlab.com/api/v4/projects/7/packages/npm/",
                RegistryKind::GitLab,
            ),
            (
                "https://code.example/gitlab/api/v4/packages/npm/",
                RegistryKind::GitLab,
            ),
            (
                "https://acme.jfrog.io/artifactory/api/npm/npm-local/",
                RegistryKind::Artifactory,
            ),
            (
                "https://nexus.example/repository/npm-hosted/",
                RegistryKind::Nexus,
            ),
            (
                "https://pkgs.dev.azure.com/o/p/_packaging/f/npm/registry/",
                RegistryKind::Azure,
            ),
            (
                "https://o.pkgs.visualstudio.com/_packaging/f/npm/registry/",
                RegistryKind::Azure,
            ),
            (
                "https://d-123456789012.d.codeartifact.eu-west-1.amazonaws.com/npm/r/",
                RegistryKind::CodeArtifact,
            ),
            ("https://europe-npm.pkg.dev/p/r/", RegistryKind::Google),
            (
                "https://git.example/api/packages/me/npm/",
                RegistryKind::Gitea,
            ),
            ("https://registry.npmmirror.com/", RegistryKind::Cnpm),
            ("https://npm.cloudsmith.io/o/r/", RegistryKind::Cloudsmith),
            ("https://npm.jsr.io/", RegistryKind::Jsr),
        ];
        for (text, kind) in table {
            assert_eq!(by_url(&url(text), &[]), Some(kind), "{text}");
        }
        for text in [
            "http://localhost:4873/",
            "https://npm.example/",
            "https://registry.npmjs.org.example/",
        ] {
            assert_eq!(by_url(&url(text), &[]), None, "{text}");
        }
    }

    #[test]
    fn each_kind_is_known_by_its_headers() {
        let table = [
            ("x-safe-publish-rehearsal", "npmjs", RegistryKind::Npmjs),
            ("server", "Artifactory/7.90", RegistryKind::Artifactory),
            (
                "x-jfrog-version",
                "Artifactory/7",
                RegistryKind::Artifactory,
            ),
            ("server", "Nexus/3.70.1 (OSS)", RegistryKind::Nexus),
            (
                "www-authenticate",
                "BASIC realm=\"Sonatype Nexus Repository Manager\"",
                RegistryKind::Nexus,
            ),
            ("x-powered-by", "hidden", RegistryKind::Verdaccio),
            ("x-powered-by", "verdaccio/6.2.0", RegistryKind::Verdaccio),
            (
                "www-authenticate",
                "Basic realm=\"GitHub Package Registry\"",
                RegistryKind::GitHub,
            ),
        ];
        for (name, value, kind) in table {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            assert_eq!(by_headers(&headers), Some(kind), "{name}: {value}");
        }
        assert_eq!(by_headers(&HeaderMap::new()), None);
    }

    #[test]
    fn a_users_own_domain_is_told_by_its_longest_prefix() {
        let told = [
            ("https://npm.acme.example".to_owned(), RegistryKind::Nexus),
            (
                "https://npm.acme.example/art/".to_owned(),
                RegistryKind::Artifactory,
            ),
        ];
        let kind = |text: &str| by_url(&url(text), &told);
        assert_eq!(
            kind("https://npm.acme.example/x/"),
            Some(RegistryKind::Nexus)
        );
        assert_eq!(
            kind("https://npm.acme.example/art/x/"),
            Some(RegistryKind::Artifactory)
        );
        assert_eq!(kind("https://npm.acme.example.evil/"), None);
        let everything = [(String::new(), RegistryKind::Verdaccio)];
        assert_eq!(
            by_url(&url("http://h/"), &everything),
            Some(RegistryKind::Verdaccio)
        );
    }

    #[test]
    fn urls_that_take_no_packages_are_told_from_those_that_do() {
        let publishable = |text: &str| {
            let kind = by_url(&url(text), &[]).unwrap_or(RegistryKind::Other);
            match (traits(kind).publishable)(&url(text)) {
                Publishable::Yes => "yes",
                Publishable::No(_) => "no",
                Publishable::Doubtful(_) => "doubtful",
            }
        };
        let table = [
            ("https://registry.npmjs.org/", "yes"),
            ("https://gitlab.com/api/v4/projects/7/packages/npm/", "yes"),
            ("https://gitlab.com/api/v4/groups/7/-/packages/npm/", "no"),
            ("https://gitlab.com/api/v4/packages/npm/", "no"),
            ("https://npm.jsr.io/", "no"),
            ("https://registry.npmmirror.com/", "no"),
            ("https://registry.npm.taobao.org/", "no"),
            ("https://unpkg.com/", "no"),
            ("https://cdn.jsdelivr.net/npm/", "no"),
            ("https://registry.yarnpkg.com/", "doubtful"),
            (
                "https://a.jfrog.io/artifactory/api/npm/npm-remote/",
                "doubtful",
            ),
            ("https://a.jfrog.io/artifactory/api/npm/npm-local/", "yes"),
            ("https://nexus.example/repository/npm-group/", "doubtful"),
            ("https://nexus.example/repository/npm-proxy/", "doubtful"),
            ("https://nexus.example/repository/npm-hosted/", "yes"),
            (
                "https://pkgs.dev.azure.com/o/_packaging/f@Release/npm/registry/",
                "doubtful",
            ),
            ("http://localhost:4873/", "yes"),
        ];
        for (text, wanted) in table {
            assert_eq!(publishable(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_whoami_that_names_nobody_is_nobody() {
        assert_eq!(whoami(None), Whoami::Nobody);
        assert_eq!(whoami(Some("anonymous")), Whoami::Nobody);
        assert_eq!(whoami(Some("bob")), Whoami::Account("bob".to_owned()));
    }

    #[test]
    fn every_kind_has_its_file() {
        for kind in RegistryKind::ALL {
            assert_eq!(traits(kind).kind, kind);
        }
    }
}
