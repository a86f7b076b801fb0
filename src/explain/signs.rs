//! What else a log tells, besides the error itself: who published, where it
//! ran, what had happened before.

use super::NpmError;
use super::canonical::Canonical;
use super::log::{Era, Log};
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;

/// A circumstance that shifts which cause is likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Trusted publishing was meant: an identity token is spoken of.
    Oidc,
    /// A provenance statement was signed, so the job may mint identity tokens.
    Signed,
    /// setup-node's placeholder token is in use.
    Placeholder,
    /// npm's notice of an expired token.
    Expired,
    /// A try before was cut off: timeout, reset, 5xx.
    Trouble,
    /// A web page came instead of JSON.
    Page,
    /// It happened while installing.
    Install,
    /// It happened while publishing.
    Publish,
    /// It ran in a CI service.
    Ci,
    /// A pull request from a fork.
    Fork,
    /// The registry took the package before something else failed.
    Accepted,
    /// A script failed.
    Script,
    /// `--force` was used.
    Force,
    /// A cached or stored copy of an upstream package is spoken of.
    Proxied,
    /// A version is said to be higher than itself.
    SameTwice,
    /// npm was told to publish the very word that it asked the registry for.
    ByName,
}

/// Phrases that give a sign. Looked for in the whole log, notices included.
const PHRASES: &[(Sign, &str)] = &[
    (Sign::Oidc, "trusted publish"),
    (Sign::Oidc, "oidc"),
    (Sign::Oidc, "id-token: write"),
    (Sign::Oidc, "ACTIONS_ID_TOKEN_REQUEST"),
    (Sign::Oidc, "NPM_ID_TOKEN"),
    (Sign::Oidc, "Signed provenance statement"),
    (Sign::Signed, "Signed provenance statement"),
    (Sign::Signed, "Provenance statement published"),
    (Sign::Placeholder, "XXXXX-XXXXX-XXXXX-XXXXX"),
    (Sign::Expired, "Access token expired or revoked"),
    (Sign::Trouble, "ETIMEDOUT"),
    (Sign::Trouble, "ECONNRESET"),
    (Sign::Trouble, "socket hang up"),
    (Sign::Trouble, "network timeout"),
    (Sign::Trouble, "first byte timeout"),
    (Sign::Trouble, "gateway timeout"),
    (Sign::Trouble, "fetch PUT 50"),
    (Sign::Trouble, "attempt #"),
    (Sign::Trouble, "retrying"),
    (Sign::Page, "<!doctype html"),
    (Sign::Page, "<html"),
    (Sign::Page, "unexpected token <"),
    (Sign::Page, "error parsing json"),
    (Sign::Install, "npm ci"),
    (Sign::Install, "npm install"),
    (Sign::Install, "npm i -g"),
    (Sign::Install, "npm i @"),
    (Sign::Install, "npm update"),
    (Sign::Install, "yarn install"),
    (Sign::Install, "yarn add"),
    (Sign::Install, "pnpm install"),
    (Sign::Install, "pnpm add"),
    (Sign::Install, "bun install"),
    (Sign::Install, "fetchPackageMetaData"),
    (Sign::Install, "reify:"),
    (Sign::Publish, "npm publish"),
    (Sign::Publish, "npm\" \"publish"),
    (Sign::Publish, "npm stage publish"),
    (Sign::Publish, "publish Failed"),
    (Sign::Publish, "publish fail"),
    (Sign::Publish, "Publishing to"),
    (Sign::Publish, "pnpm publish"),
    (Sign::Publish, "yarn publish"),
    (Sign::Publish, "yarn npm publish"),
    (Sign::Publish, "bun publish"),
    (Sign::Publish, "lerna publish"),
    (Sign::Publish, "lerna ERR! publish"),
    (Sign::Publish, "changeset publish"),
    (Sign::Publish, "occurred while publishing"),
    (Sign::Ci, "GITHUB_"),
    (Sign::Ci, "/home/runner/"),
    (Sign::Ci, "##["),
    (Sign::Ci, "::error"),
    (Sign::Ci, "Process completed with exit code"),
    (Sign::Ci, "GitHub Actions"),
    (Sign::Ci, "GitLab CI"),
    (Sign::Ci, "semantic-release"),
    (Sign::Fork, "pull_request"),
    (Sign::Fork, "from a fork"),
    (Sign::Accepted, "fetch PUT 200"),
    (Sign::Accepted, "fetch PUT 201"),
    (Sign::Script, "ELIFECYCLE"),
    (Sign::Script, "command failed * command sh -c"),
    (Sign::Script, "command failed * command cmd"),
    (Sign::Force, "using --force"),
    (Sign::Force, "publish --force"),
    (Sign::Force, "publish -f"),
    (Sign::Proxied, "-remote"),
    (Sign::Proxied, "upstream"),
];

/// Phrases that tell who answered, where no address does.
const VOICES: &[(RegistryKind, &str)] = &[
    (RegistryKind::GitHub, "GitHub Package Registry"),
    (RegistryKind::GitHub, "npm.pkg.github.com"),
    (RegistryKind::GitHub, "Permission permission_denied:"),
    (
        RegistryKind::GitHub,
        "permission_denied: The requested installation",
    ),
    (RegistryKind::GitHub, "Permission installation not allowed"),
    (
        RegistryKind::GitHub,
        "Permission not_found: owner not found",
    ),
    (RegistryKind::GitHub, "organization package"),
    (
        RegistryKind::GitHub,
        "User cannot be authenticated with the token provided",
    ),
    (RegistryKind::Nexus, "Sonatype Nexus"),
    (RegistryKind::Nexus, "Nexus Repository"),
    (RegistryKind::Nexus, "does not allow updating a"),
    (RegistryKind::Nexus, "Repository with ID="),
    (RegistryKind::Artifactory, "Artifactory Realm"),
    (RegistryKind::Artifactory, "/artifactory/"),
    (RegistryKind::Artifactory, "jfrog"),
    (RegistryKind::Artifactory, "|/api/npm/"),
    (RegistryKind::Azure, "pkgs.dev.azure.com"),
    (RegistryKind::Azure, "pkgs.visualstudio.com"),
    (RegistryKind::Azure, "already contains file"),
    (RegistryKind::CodeArtifact, ".codeartifact."),
    (RegistryKind::Google, "-npm.pkg.dev"),
    (RegistryKind::Verdaccio, "localhost:4873"),
    (RegistryKind::Verdaccio, "verdaccio"),
    (RegistryKind::Verdaccio, "sinopia"),
    (RegistryKind::Verdaccio, "uplinks is down"),
    (RegistryKind::Verdaccio, "this package is already present"),
    (RegistryKind::Gitea, "/api/packages/"),
    (RegistryKind::GitLab, "/api/v4/projects/"),
    (RegistryKind::GitLab, "/api/v4/groups/"),
    (RegistryKind::Cnpm, "npm.taobao.org"),
    (RegistryKind::Cnpm, "npmmirror.com"),
    (RegistryKind::Cnpm, "cnpmjs.org"),
    (RegistryKind::Cnpm, "only admin can publish this module"),
    (RegistryKind::Npmjs, "registry.npmjs.org"),
    (RegistryKind::Npmjs, "npmjs.com/"),
];

/// The signs in a whole log.
pub(super) fn signs(everything: &Canonical) -> Vec<Sign> {
    let mut found = Vec::new();
    for (sign, phrase) in PHRASES {
        if !found.contains(sign) && everything.says(phrase) {
            found.push(*sign);
        }
    }
    found
}

/// Commands that npm recommends to everybody; nobody ran them.
const RECOMMENDED: [&str; 3] = [
    "npm install -g npm",
    "npm i -g npm",
    "version of node.js and npm installed",
];

/// The text without the commands that npm recommends.
pub(super) fn without_advice(everything: &Canonical) -> Canonical {
    let mut text = everything.clone();
    for phrase in RECOMMENDED {
        text.cut(phrase);
    }
    text
}

/// npm 11.0 said `version X is higher than the new version X`.
pub(super) fn same_twice(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let Some((before, after)) = line.text.split_once(" is higher than the new version ") else {
            return false;
        };
        let word = |text: &str| text.trim_matches(['.', ',', '"']).to_owned();
        let higher = before.rsplit(' ').next().map(word);
        higher.is_some() && higher == after.split(' ').next().map(word)
    })
}

/// Whether npm was told to publish what it then looked for at the registry:
/// a bare word is a package's name to it, never a folder's.
pub(super) fn asked_by_name(log: &Log, error: &NpmError) -> bool {
    let Some(name) = error.package.as_deref() else {
        return false;
    };
    let asked = |text: &str| {
        ["npm publish ", "\"publish\" \"", "publish [ '"]
            .iter()
            .any(|before| {
                let behind = text.split(before).skip(1);
                let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', '"', '\'', '@']);
                let mut words = behind.filter_map(|rest| rest.strip_prefix(name));
                words.any(ends)
            })
    };
    matches!(error.method.as_deref(), Some("GET" | "HEAD"))
        && log.lines.iter().any(|line| asked(&line.text))
}

/// Who answered: by the address of the request, else by the words.
pub(super) fn kind(url: Option<&str>, everything: &Canonical) -> Option<RegistryKind> {
    let by_url = url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| kinds::by_url(&url, &[]));
    let by_voice = || {
        let voice = VOICES.iter().find(|(_, phrase)| everything.says(phrase));
        voice.map(|(kind, _)| *kind)
    };
    let is_strangers = || {
        let host = url.and_then(|url| url.split("://").nth(1));
        host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    by_url.or_else(|| match by_voice() {
        // npm's own hints name npmjs, whoever answered.
        None | Some(RegistryKind::Npmjs) if is_strangers() => Some(RegistryKind::Other),
        voice => voice,
    })
}

/// Which npm it was (major, minor), as far as the log names it.
pub(super) fn npm_version(log: &Log) -> Option<(u64, u64)> {
    const BEFORE: [&str; 6] = [
        "using npm@",
        "npm  v",
        "npm v",
        "\"npm\": \"",
        "npm/",
        "npm version ",
    ];
    log.lines.iter().find_map(|line| {
        BEFORE.iter().find_map(|before| {
            let (_, rest) = line.text.split_once(before)?;
            let mut numbers = rest.split(|c: char| !c.is_ascii_digit());
            let major = numbers.next()?.parse().ok()?;
            let minor = numbers.next()?.parse().ok()?;
            (1..100).contains(&major).then_some((major, minor))
        })
    })
}

/// The prefix of npm's errors.
pub(super) fn era(log: &Log) -> Option<Era> {
    log.lines.iter().find_map(|line| line.era)
}
