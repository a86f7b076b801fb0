//! What surrounds a failure: the job that it ran in, the requests before it, and the tool's
//! remarks.

use super::super::NpmError;
use super::super::log::{Line, Log};
use super::super::text::Text;
use super::endpoint::Endpoint;
use super::request;
use super::tool::NpmVersion;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;

/// Something that a log mentions besides the error itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum Notice {
    /// Trusted publishing was intended: the log mentions an identity token.
    Oidc,
    /// The exchange of an identity token was attempted.
    Exchange,
    /// The registry refused the exchange: the package has no such publisher.
    ExchangeRefused,
    /// There was no identity token to exchange.
    NoIdToken,
    /// A provenance statement was signed, so the job may mint identity tokens.
    Signed,
    /// The job gets a secret as its token, which CI services show masked.
    TokenGiven,
    /// npm dropped the registry of its command line, which is not a URL, and asked another one.
    RegistryDropped,
    /// A CI service shows that the job's token is empty. With trusted publishing people empty it
    /// on purpose.
    TokenEmpty,
    /// A setting names a variable that is not set.
    VariableUnset,
    /// setup-node's placeholder is used as the token.
    Placeholder,
    /// npm's notice of a token that expired, or that the registry withdrew.
    TokenExpired,
    /// npm sent a credential with the request.
    TokenSent,
    /// The tool found neither a token nor trusted publishing.
    NoToken,
    /// `/-/whoami` was answered with 401.
    WhoamiRefused,
    /// `/-/whoami` was answered.
    WhoamiAnswered,
    /// A one-time password was given.
    OtpGiven,
    /// An earlier try was cut off: timeout, reset, 5xx.
    Trouble,
    /// A web page came instead of JSON.
    Page,
    /// npm listed what it packs, so the log shows the whole run.
    Listed,
    /// It happened while installing.
    Install,
    /// It happened while publishing.
    Publish,
    /// It ran in a CI service.
    Ci,
    /// It ran in one of the services that offer identity tokens to npmjs.
    TrustedCi,
    /// It ran in a CI service that offers none.
    OtherCi,
    /// It ran after July 2025.
    Recent,
    /// It ran before trusted publishing was introduced.
    BeforeOidc,
    /// It ran on a self-hosted runner.
    SelfHosted,
    /// A pull request from a fork.
    Fork,
    /// The registry accepted a package before something else failed.
    Accepted,
    /// Another package was accepted in the same run.
    SiblingAccepted,
    /// `--force` was used.
    Force,
    /// The log mentions a cached or stored copy of an upstream package.
    Proxied,
    /// A version is said to be higher than itself.
    SameVersionTwice,
    /// The argument of npm publish is the name that npm asked the registry for.
    AskedByName,
    /// The failure is worded as in npm up to 5.
    WordedUpTo5,
}

/// The phrases that give a notice, wherever they occur.
macro_rules! phrases {
    ($($notice:ident: $first:literal $(| $more:literal)*;)*) => {
        const PHRASES: &[(Notice, &[&str])] = &[$((Notice::$notice, &[$first $(, $more)*])),*];
    };
}

phrases! {
    Oidc: "trusted publish" | "oidc" | "id-token: write" | "ACTIONS_ID_TOKEN_REQUEST"
        | "NPM_ID_TOKEN" | "signed provenance statement";
    Exchange: "/-/npm/v1/oidc/" | "token exchange" | "AUTH_TOKEN_EXCHANGE";
    ExchangeRefused: "oidc token exchange error" | "failed token exchange request"
        | "token exchange * failed: 404";
    NoIdToken: "no id_token available" | "incorrect permissions for id-token"
        | "incorrect permissions for idtoken" | "unable to get ACTIONS_ID_TOKEN_REQUEST_URL"
        | "does not match the selected registry audience";
    Signed: "signed provenance statement" | "provenance statement published";
    VariableUnset: "failed to replace env in config";
    Placeholder: "XXXXX-XXXXX-XXXXX-XXXXX";
    TokenExpired: "access token expired or revoked" | "tokens have been invalidated";
    TokenSent: "using bearer token for auth" | "using basic auth";
    WhoamiRefused: "401 unauthorized - get * /-/whoami" | "fetch GET 401 * /-/whoami";
    WhoamiAnswered: "fetch GET 200 * /-/whoami";
    OtpGiven: "a second time after one was already provided" | "otp was incorrect"
        | "the provided otp is incorrect or has expired" | "invalid otp token";
    Trouble: "ETIMEDOUT" | "ECONNRESET" | "socket hang up" | "network timeout"
        | "first byte timeout" | "gateway timeout" | "fetch PUT 50" | "attempt #" | "retrying";
    Page: "<!doctype html" | "<html" | "unexpected token <" | "error parsing json";
    Listed: "tarball details" | "publishing to http" | "running target";
    Install: "npm ci" | "npm install" | "npm i -g" | "npm i @" | "npm update" | "yarn install"
        | "yarn add" | "pnpm add" | "bun install" | "fetchPackageMetaData" | "reify:"
        | "commands/ci.js" | "commands/install.js";
    Publish: "🦋 error" | "commands/publish.js" | "npm publish" | "argv publish" | "npm stage publish"
        | "publish fail" | "publishing to" | "yarn publish" | "bun publish" | "lerna publish"
        | "lerna ERR! publish" | "publish publishing packages" | "failed to publish"
        | "changeset publish" | "while publishing" | "help publish" | "published files"
        | "nx-release-publish";
    TrustedCi: "/home/runner/" | "GITHUB_" | "github actions" | "/builds/";
    OtherCi: "[pipeline]" | "script returned exit code" | "##[section]" | "##vso["
        | "bash exited with code" | "failed with return code" | "teamcity" | "bitbucket" | "jenkins";
    Ci: "GITHUB_" | "/home/runner/" | "/hostedtoolcache/" | "##[" | "::error"
        | "process completed with exit code" | "github actions" | "gitlab ci" | "semantic-release"
        | "/builds/";
    SelfHosted: "self-hosted" | "selfhosted";
    Fork: "pull_request" | "from a fork";
    Accepted: "fetch PUT 200" | "fetch PUT 201";
    Force: "using --force" | "publish --force" | "publish -f";
    Proxied: "-remote" | "upstream";
    WordedUpTo5: "publish Failed PUT";
}

/// Commands that npm recommends in general and that were not run, and what was
/// looked for and is not there.
const RECOMMENDED: &str = "\
    NPM_TOKEN or OIDC available|OIDC is not available|\
    bun does not support npm OIDC trusted publishing|npm install -g npm|npm i -g npm|\
    version of node.js and npm installed|by passing --otp=";

/// The notices of a whole log.
pub(super) fn notices(
    log: &Log,
    everything: &Text,
    npm: NpmVersion,
    error: &NpmError,
) -> Vec<Notice> {
    let mut text = everything.clone();
    for phrase in RECOMMENDED.split('|') {
        text.cut(phrase);
    }
    let by_phrase = PHRASES
        .iter()
        .filter(|(_, phrases)| phrases.iter().any(|phrase| text.says(phrase)));
    let mut found: Vec<Notice> = by_phrase.map(|(notice, _)| *notice).collect();
    let before_oidc = is_before_oidc(log) && !speaks_of_oidc(&found, npm);
    let without_token = everything.says("no NPM_TOKEN or OIDC available");
    let mut note = |notice, is: bool| found.extend(is.then_some(notice));
    note(Notice::NoToken, without_token);
    note(Notice::RegistryDropped, registry_dropped(log, error));
    note(Notice::TokenEmpty, shows_an_empty_token(log));
    note(Notice::WordedUpTo5, names_at_the_end(log));
    note(Notice::SameVersionTwice, same_version_twice(log));
    note(Notice::SiblingAccepted, sibling_accepted(log, error));
    note(Notice::AskedByName, asked_by_name(log, error));
    note(Notice::Recent, is_recent(log));
    note(Notice::BeforeOidc, before_oidc);
    note(Notice::OtpGiven, otp_given(log));
    note(Notice::TokenGiven, log.raw_contains("TOKEN: ***"));
    found
}

/// `invalid config registry="npm.corp.example"`, unless this is the host that npm asked then.
fn registry_dropped(log: &Log, error: &NpmError) -> bool {
    let asked = error.url.as_deref().unwrap_or_default();
    log.lines.iter().any(|line| {
        let dropped = line.text.split_once("invalid config registry=");
        let address = dropped.map(|(_, rest)| rest.trim_matches('"').split(['"', '/']).next());
        address.is_some_and(|host| !host.is_some_and(|it| it.contains('.') && asked.contains(it)))
    })
}

/// `NODE_AUTH_TOKEN: ` in the environment that a CI service shows: the secret does not exist, or
/// this job may not read it.
fn shows_an_empty_token(log: &Log) -> bool {
    const NAMES: [&str; 4] = [
        "NODE_AUTH_TOKEN:",
        "NPM_TOKEN:",
        "NPM_AUTH_TOKEN:",
        "YARN_NPM_AUTH_TOKEN:",
    ];
    let is_environment = |line: &Line| line.text == "env:" || line.raw.contains("##[group]Run ");
    let mut lines = log.lines.iter().skip_while(|line| !is_environment(line));
    lines.any(|line| NAMES.contains(&line.text.trim()))
}

/// `404 Not found : cat`: the client of npm up to 5 put the name behind its words.
fn names_at_the_end(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let name = line.text.rsplit_once(" : ");
        line.prefix.is_some() && name.is_some_and(|(_, name)| super::package::is_spec(name))
    })
}

/// npm 11.0 said `version X is higher than the new version X`.
fn same_version_twice(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let two = line.text.split_once(" is higher than the new version ");
        let bare = |word: &str| word.trim_matches(['.', ',', '"']).to_owned();
        two.is_some_and(|(before, after)| {
            before.rsplit(' ').next().map(bare) == after.split(' ').next().map(bare)
        })
    })
}

/// `+ @acme/cat@1.0.0`, which npm and pnpm print for each package that the registry accepted;
/// and the answers to the requests, which they show with `--loglevel http`. Only a package of the
/// same scope at the same registry says something about the credential.
fn sibling_accepted(log: &Log, error: &NpmError) -> bool {
    let (Some(refused), Some(address)) = (error.package.as_deref(), error.url.as_deref()) else {
        return false;
    };
    let Some((scope, _)) = refused.split_once('/') else {
        return false;
    };
    let host = |url: &str| url.split('/').nth(2).map(str::to_owned);
    let elsewhere = |line: &Line| {
        let target = line.text.split_once("ublishing to ").map(|(_, url)| url);
        target.is_some_and(|url| url.contains("dry-run") || host(url) != host(address))
    };
    if log.lines.iter().any(elsewhere) || log.raw_contains("--dry-run") {
        return false;
    }
    log.lines.iter().any(|line| {
        let spec = line.text.trim_start().strip_prefix("+ ");
        let name = spec.and_then(|spec| spec.rsplit_once('@'));
        let by_name = name.is_some_and(|(name, version)| {
            let of_scope = name.split_once('/').is_some_and(|(its, _)| its == scope);
            of_scope && name != refused && version.parse::<semver::Version>().is_ok()
        });
        let answer = line.text.split_once("fetch PUT 20");
        let answered = answer.and_then(|(_, rest)| rest.split(' ').nth(1));
        by_name
            || answered.is_some_and(|url| {
                let is_package = Endpoint::of(url) == Endpoint::Package;
                is_package && url.contains(scope) && url != address && host(url) == host(address)
            })
    })
}

/// Whether the argument of npm publish is what it looked up at the registry: npm reads a bare
/// word as a package's name, never as a folder.
fn asked_by_name(log: &Log, error: &NpmError) -> bool {
    const BEFORE: [&str; 3] = ["npm publish ", "\"publish\" \"", "publish [ '"];
    let Some(name) = error.package.as_deref() else {
        return false;
    };
    let ends = |rest: &str| rest.is_empty() || rest.starts_with([' ', '"', '\'', '@']);
    let asked = |text: &str| {
        let behind = BEFORE.iter().flat_map(|before| text.split(before).skip(1));
        let mut rests = behind.filter_map(|rest| rest.strip_prefix(name));
        rests.any(ends)
    };
    matches!(error.method.as_deref(), Some("GET" | "HEAD"))
        && log.lines.iter().any(|line| asked(&line.text))
}

/// Whether the command line contained a one-time password; usage texts and hints mention the
/// option, too.
fn otp_given(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let text = line.text.as_str();
        let typed = text.split("Enter OTP:").nth(1).map(str::trim_start);
        // People hide the code before they show a log.
        let is_code = |c: char| c.is_ascii_digit() || matches!(c, 'x' | 'X' | '*' | '•');
        if typed.is_some_and(|typed| typed.starts_with(is_code)) {
            return true;
        }
        let option = text.find("--otp");
        let Some((before, after)) = option.map(|at| text.split_at(at)) else {
            return false;
        };
        let is_hint =
            before.ends_with('[') || before.ends_with("passing ") || before.ends_with("the ");
        let value = &after["--otp".len()..];
        let has_value = value.starts_with(['=', ' ', '"']);
        // `--otp=<code>`, `--otp=REPLACE_WITH_NEW_OTP`: a tool's advice.
        let word = value.trim_start_matches(['=', ' ', '"']);
        let is_advice = word.starts_with(|c: char| c == '<' || c.is_ascii_uppercase());
        before.contains("publish") && has_value && !is_hint && !is_advice
    })
}

/// Whether a timestamp, or the name of npm's log, is later than July 2025, when trusted
/// publishing was introduced. Since then it is the usual way to publish, and an npm too old for
/// it the usual reason for a failure.
fn is_recent(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let mut dates = line.raw.match_indices("20");
        dates.any(|(at, _)| is_after_july_2025(&line.raw[at..]) == Some(true))
    })
}

/// Whether the log says what only npm 11.5.1 or a job with trusted publishing says.
fn speaks_of_oidc(found: &[Notice], npm: NpmVersion) -> bool {
    // An older npm signs statements, too.
    let by_words = found.contains(&Notice::Oidc) && !found.contains(&Notice::Signed);
    by_words || found.contains(&Notice::Exchange) || npm.is_from((11, 5, 1))
}

/// Whether the lines have times, all before trusted publishing was introduced.
fn is_before_oidc(log: &Log) -> bool {
    let times = log.lines.iter().filter(|line| line.raw.starts_with("20"));
    let mut known = times.filter_map(|line| is_after_july_2025(&line.raw));
    let first = known.next();
    first == Some(false) && !known.any(|is_after| is_after)
}

/// Whether a text starts with such a date: `2026-01-31`. `None` if it does not start with a
/// date.
fn is_after_july_2025(text: &str) -> Option<bool> {
    let date: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    (2009..2100)
        .contains(&date.year())
        .then(|| (date.year(), date.month()) > (2025, 7))
}

/// yarn's host name for npmjs, which answers there.
const YARN_NPMJS_HOST: &str = "://registry.yarnpkg.com";

/// Which kind of registry answered: by the request's URL, otherwise by the text.
pub(super) fn kind(url: Option<&str>, everything: &Text) -> Option<RegistryKind> {
    if url.is_some_and(|url| url.contains(YARN_NPMJS_HOST)) {
        return Some(RegistryKind::Npmjs);
    }
    let by_url = url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| kinds::by_url(&url, &[]));
    let by_phrase = || kinds::by_phrase(|phrase| everything.says(phrase));
    let is_strangers = || {
        let host = url.and_then(|url| url.split("://").nth(1));
        host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    by_url.or_else(|| match by_phrase() {
        // npm's own hints name its default registry, whichever answered.
        phrase if phrase.is_none_or(|kind| kind == kinds::default_kind()) && is_strangers() => {
            Some(RegistryKind::Other)
        }
        phrase => phrase,
    })
}

/// Whether the answer was only a status: the server's text is just its name.
pub(super) fn is_bare(error: &NpmError) -> bool {
    let text = error.text.to_lowercase();
    let text = text
        .trim_start_matches("error:")
        .trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    // npm 6 and earlier wrote `Forbidden : name` and `403 Forbidden: name@range`.
    let words = text
        .rsplit_once(": ")
        .filter(|(_, name)| super::package::is_spec(name))
        .map_or(text, |(words, _)| words.trim_end());
    let words = words.trim_start_matches("the requested resource ");
    error.status.is_some()
        && (words.is_empty()
            || request::is_reason_phrase(words.trim_end_matches('.'))
            || words.starts_with("the remote server failed to provide")
            || request::read(&error.text).is_some_and(|request| {
                let has_reason = error.text.contains(" - ") && !request.has_address_or_method();
                request.words.is_empty() && !has_reason
            }))
}
