//! What surrounds a failure: the job that it ran in, the requests before it, and the tool's
//! remarks.

use super::super::NpmError;
use super::super::log::Log;
use super::super::text::Text;
use super::request;
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
    /// The 404 is worded as npm up to 6 does it.
    WordedUpTo6,
    /// The 404 is worded as in npm up to 11.4.
    WordedBefore11_5,
    /// The 404 is worded as in npm 11.5 and later.
    WordedSince11_5,
}

/// Phrases that give a notice, wherever they occur.
const PHRASES: &[(Notice, &str)] = &[
    (Notice::Oidc, "trusted publish"),
    (Notice::Oidc, "oidc"),
    (Notice::Oidc, "id-token: write"),
    (Notice::Oidc, "ACTIONS_ID_TOKEN_REQUEST"),
    (Notice::Oidc, "NPM_ID_TOKEN"),
    (Notice::Oidc, "signed provenance statement"),
    (Notice::Exchange, "/-/npm/v1/oidc/"),
    (Notice::Exchange, "token exchange"),
    (Notice::Exchange, "AUTH_TOKEN_EXCHANGE"),
    (Notice::ExchangeRefused, "oidc token exchange error"),
    (Notice::ExchangeRefused, "failed token exchange request"),
    (Notice::ExchangeRefused, "token exchange * failed: 404"),
    (Notice::NoIdToken, "no id_token available"),
    (Notice::NoIdToken, "incorrect permissions for id-token"),
    (Notice::NoIdToken, "incorrect permissions for idtoken"),
    (
        Notice::NoIdToken,
        "unable to get ACTIONS_ID_TOKEN_REQUEST_URL",
    ),
    (
        Notice::NoIdToken,
        "does not match the selected registry audience",
    ),
    (Notice::Signed, "signed provenance statement"),
    (Notice::Signed, "provenance statement published"),
    (Notice::VariableUnset, "failed to replace env in config"),
    (Notice::Placeholder, "XXXXX-XXXXX-XXXXX-XXXXX"),
    (Notice::TokenExpired, "access token expired or revoked"),
    (Notice::TokenExpired, "tokens have been invalidated"),
    (Notice::TokenSent, "using bearer token for auth"),
    (Notice::TokenSent, "using basic auth"),
    (Notice::WhoamiRefused, "401 unauthorized - get * /-/whoami"),
    (Notice::WhoamiRefused, "fetch GET 401 * /-/whoami"),
    (Notice::WhoamiAnswered, "fetch GET 200 * /-/whoami"),
    (
        Notice::OtpGiven,
        "a second time after one was already provided",
    ),
    (Notice::OtpGiven, "otp was incorrect"),
    (
        Notice::OtpGiven,
        "the provided otp is incorrect or has expired",
    ),
    (Notice::OtpGiven, "invalid otp token"),
    (Notice::Trouble, "ETIMEDOUT"),
    (Notice::Trouble, "ECONNRESET"),
    (Notice::Trouble, "socket hang up"),
    (Notice::Trouble, "network timeout"),
    (Notice::Trouble, "first byte timeout"),
    (Notice::Trouble, "gateway timeout"),
    (Notice::Trouble, "fetch PUT 50"),
    (Notice::Trouble, "attempt #"),
    (Notice::Trouble, "retrying"),
    (Notice::Page, "<!doctype html"),
    (Notice::Page, "<html"),
    (Notice::Page, "unexpected token <"),
    (Notice::Page, "error parsing json"),
    (Notice::Listed, "tarball details"),
    (Notice::Listed, "publishing to http"),
    (Notice::Listed, "running target"),
    (Notice::Install, "npm ci"),
    (Notice::Install, "npm install"),
    (Notice::Install, "npm i -g"),
    (Notice::Install, "npm i @"),
    (Notice::Install, "npm update"),
    (Notice::Install, "yarn install"),
    (Notice::Install, "yarn add"),
    (Notice::Install, "pnpm install"),
    (Notice::Install, "pnpm add"),
    (Notice::Install, "bun install"),
    (Notice::Install, "fetchPackageMetaData"),
    (Notice::Install, "reify:"),
    (Notice::Install, "commands/ci.js"),
    (Notice::Install, "commands/install.js"),
    (Notice::Publish, "commands/publish.js"),
    (Notice::Publish, "npm publish"),
    (Notice::Publish, "npm\" \"publish"),
    (Notice::Publish, "argv publish"),
    (Notice::Publish, "npm stage publish"),
    (Notice::Publish, "publish Failed"),
    (Notice::Publish, "publish fail"),
    (Notice::Publish, "publishing to"),
    (Notice::Publish, "pnpm publish"),
    (Notice::Publish, "yarn publish"),
    (Notice::Publish, "yarn npm publish"),
    (Notice::Publish, "bun publish"),
    (Notice::Publish, "lerna publish"),
    (Notice::Publish, "lerna ERR! publish"),
    (Notice::Publish, "publish publishing packages"),
    (Notice::Publish, "failed to publish"),
    (Notice::Publish, "changeset publish"),
    (Notice::Publish, "while publishing"),
    (Notice::Publish, "help publish"),
    (Notice::Publish, "published files"),
    (Notice::Publish, "nx-release-publish"),
    (Notice::TrustedCi, "/home/runner/"),
    (Notice::TrustedCi, "GITHUB_"),
    (Notice::TrustedCi, "github actions"),
    (Notice::TrustedCi, "/builds/"),
    (Notice::Ci, "GITHUB_"),
    (Notice::Ci, "/home/runner/"),
    (Notice::Ci, "/hostedtoolcache/"),
    (Notice::Ci, "##["),
    (Notice::Ci, "::error"),
    (Notice::Ci, "process completed with exit code"),
    (Notice::Ci, "github actions"),
    (Notice::Ci, "gitlab ci"),
    (Notice::Ci, "semantic-release"),
    (Notice::Ci, "/builds/"),
    (Notice::SelfHosted, "self-hosted"),
    (Notice::SelfHosted, "selfhosted"),
    (Notice::Fork, "pull_request"),
    (Notice::Fork, "from a fork"),
    (Notice::Accepted, "fetch PUT 200"),
    (Notice::Accepted, "fetch PUT 201"),
    (Notice::Force, "using --force"),
    (Notice::Force, "publish --force"),
    (Notice::Force, "publish -f"),
    (Notice::Proxied, "-remote"),
    (Notice::Proxied, "upstream"),
    (Notice::WordedUpTo5, "publish Failed PUT"),
    (
        Notice::WordedUpTo6,
        "you should bug the author to publish it",
    ),
    (Notice::WordedBefore11_5, "' is not in this registry"),
    (
        Notice::WordedSince11_5,
        "could not be found or you do not have permission to access it",
    ),
];

/// Commands that npm recommends in general and that were not run, and what was
/// looked for and is not there.
const RECOMMENDED: [&str; 6] = [
    "NPM_TOKEN or OIDC available",
    "OIDC is not available",
    "npm install -g npm",
    "npm i -g npm",
    "version of node.js and npm installed",
    "by passing --otp=",
];

/// The notices of a whole log.
pub(super) fn notices(log: &Log, everything: &Text, error: &NpmError) -> Vec<Notice> {
    let mut text = everything.clone();
    for phrase in RECOMMENDED {
        text.cut(phrase);
    }
    let mut found = Vec::new();
    for (notice, phrase) in PHRASES {
        if !found.contains(notice) && text.says(phrase) {
            found.push(*notice);
        }
    }
    let others = [
        (
            Notice::NoToken,
            everything.says("no NPM_TOKEN or OIDC available"),
        ),
        (Notice::WordedUpTo5, names_at_the_end(log)),
        (Notice::SameVersionTwice, same_version_twice(log)),
        (Notice::AskedByName, asked_by_name(log, error)),
        (Notice::Recent, is_recent(log)),
        (Notice::BeforeOidc, is_before_oidc(log)),
        (Notice::OtpGiven, otp_given(log)),
        (Notice::TokenGiven, log.raw_contains("TOKEN: ***")),
    ];
    found.extend(
        others
            .iter()
            .filter(|(_, is)| *is)
            .map(|(notice, _)| *notice),
    );
    found
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
        let Some((before, after)) = line.text.split_once(" is higher than the new version ") else {
            return false;
        };
        let word = |text: &str| text.trim_matches(['.', ',', '"']).to_owned();
        let higher = before.rsplit(' ').next().map(word);
        higher.is_some() && higher == after.split(' ').next().map(word)
    })
}

/// Whether the argument of npm publish is what it looked up at the registry: npm reads a bare
/// word as a package's name, never as a folder.
fn asked_by_name(log: &Log, error: &NpmError) -> bool {
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

/// Whether the command line contained a one-time password; usage texts and hints mention the
/// option, too.
fn otp_given(log: &Log) -> bool {
    log.lines.iter().any(|line| {
        let text = line.text.as_str();
        let typed = text.split("Enter OTP:").nth(1).map(str::trim_start);
        if typed.is_some_and(|typed| typed.starts_with(|c: char| c.is_ascii_digit())) {
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
    let mut numbers = text.splitn(3, '-');
    let (year, month, _) = (numbers.next()?, numbers.next()?, numbers.next()?);
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    let (year, month) = (year.parse::<u16>().ok()?, month.parse::<u16>().ok()?);
    let is_date = (2009..2100).contains(&year) && (1..=12).contains(&month);
    is_date.then_some((year, month) > (2025, 7))
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
            || request::read(&error.text).is_some_and(|request| request.words.is_empty()))
}
