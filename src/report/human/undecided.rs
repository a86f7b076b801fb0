//! What could not be decided: a registry that does not answer is one entry, and the rest is
//! shown with `--verbose`.

use annotate_snippets::Level as Shown;

use super::super::PackageReport;
use super::super::locate::locate_origin;
use super::finding::{Footnote, Title, group};
use super::{Page, count, labelled};
use crate::finding::{Gap, Outcome, RequestFailure};
use crate::origin::Origin;
use crate::registry::kinds::traits;

/// Checks that are undecided for one reason at one registry.
struct UndecidedGroup<'a> {
    registry: Option<&'a str>,
    failure: RequestFailure,
    reason: &'a str,
    /// The first question without an answer.
    request: &'a str,
    packages: Vec<&'a PackageReport>,
}

/// The registries that did not answer a decisive question.
pub(super) fn silence(text: &mut String, page: Page<'_>) {
    for silence in collect(page) {
        let registry = silence.registry.unwrap_or("the registry");
        let (id, message) = match silence.failure {
            RequestFailure::Tls => ("registry-untrusted-certificate", String::new()),
            RequestFailure::Proxy => ("registry-proxy", String::new()),
            RequestFailure::NotRead => (
                "spec-names-a-package",
                format!("{}: {}", silence.request, silence.reason),
            ),
            _ => ("registry-unreachable", String::new()),
        };
        let message = if message.is_empty() {
            format!("{registry} does not answer: {}", silence.reason)
        } else {
            message
        };
        let origin = silence.packages[0].registry_origin.as_ref();
        let location = origin.and_then(|origin| locate_origin(origin, &page.report.cwd));
        let title = Title {
            level: Shown::WARNING,
            name: "undecided".to_owned(),
            id,
            message: &message,
        };
        let footnotes = footnotes(&silence, origin, page);
        text.push_str(&group(title, location.as_ref(), footnotes, page));
    }
}

fn collect(page: Page<'_>) -> Vec<UndecidedGroup<'_>> {
    let mut all: Vec<UndecidedGroup<'_>> = Vec::new();
    for package in &page.report.packages {
        for open in package.undecided.iter().filter(|open| open.decisive) {
            let Gap::NoAnswer {
                request,
                reason,
                failure,
            } = &open.gap
            else {
                continue;
            };
            let registry = package.registry.as_deref();
            let known = all.iter_mut().find(|known| {
                (known.registry, known.failure, known.reason) == (registry, *failure, reason)
            });
            let silence = if let Some(known) = known {
                known
            } else {
                all.push(UndecidedGroup {
                    registry,
                    failure: *failure,
                    reason,
                    request,
                    packages: Vec::new(),
                });
                let last = all.len() - 1;
                &mut all[last]
            };
            if !silence
                .packages
                .iter()
                .any(|known| std::ptr::eq(*known, package))
            {
                silence.packages.push(package);
            }
        }
    }
    all
}

fn footnotes(
    silence: &UndecidedGroup<'_>,
    origin: Option<&Origin>,
    page: Page<'_>,
) -> Vec<Footnote> {
    let mut lines = Vec::new();
    if silence.failure == RequestFailure::NotRead {
        lines.push(("help", ALLOW_UNDECIDED_HINT.to_owned()));
        return lines;
    }
    if let Some(origin) = origin.filter(|origin| !matches!(origin, Origin::File(_))) {
        lines.push(("set by", origin.to_string()));
    }
    let proxy = &silence.packages[0].proxy;
    if let Some(proxy) = proxy {
        lines.push(("proxy", proxy.clone()));
    }
    if page.report.packages.len() > 1 {
        lines.push(("in", count(silence.packages.len(), "package")));
    }
    lines.push(("help", advice(silence)));
    // What blocks would still block then.
    if page.report.verdict != Outcome::Blocked {
        lines.push(("help", ALLOW_UNDECIDED_HINT.to_owned()));
    }
    lines
}

const ALLOW_UNDECIDED_HINT: &str = "to go on without an answer: --allow-undecided";

/// What to check first.
fn advice(silence: &UndecidedGroup<'_>) -> String {
    let has_proxy = silence.packages[0].proxy.is_some();
    let is_npmjs = traits(silence.packages[0].kind).npmjs_rules;
    match silence.failure {
        RequestFailure::Dns if !is_npmjs => "check the registry's URL, then your network",
        RequestFailure::Dns | RequestFailure::Connection if !has_proxy => {
            "check your network, then try again"
        }
        RequestFailure::Dns | RequestFailure::Connection | RequestFailure::Proxy if has_proxy => {
            "check the proxy, then try again"
        }
        RequestFailure::Timeout => "try again, or allow more time: --timeout 120",
        RequestFailure::Tls => "name the certificate: `cafile` in .npmrc, or NODE_EXTRA_CA_CERTS",
        RequestFailure::RateLimited => "wait a minute, then try again",
        RequestFailure::Redirect | RequestFailure::Garbage | RequestFailure::Proxy => {
            "check the registry's URL"
        }
        _ if is_npmjs => "try again in a few minutes; https://status.npmjs.org",
        _ => "try again in a few minutes",
    }
    .to_owned()
}

/// Every other check that lacks a fact, for `--verbose`; checks with the same reason share an
/// entry.
pub(super) fn others(text: &mut String, page: Page<'_>) {
    for package in &page.report.packages {
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for open in package.undecided.iter().filter(|open| open.gap.is_shown()) {
            let reason = match &open.gap {
                Gap::Unknown(why) => why.clone(),
                gap => format!("the registry did not say: {gap}"),
            };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, checks)) => checks.push(open.check),
                None => reasons.push((reason, vec![open.check])),
            }
        }
        for (reason, checks) in reasons {
            let line = format!("{}: {reason}", checks.join(", "));
            labelled(text, "undecided", &line, page);
            text.push('\n');
        }
    }
}
