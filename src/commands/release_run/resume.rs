//! What an earlier run of this release sent: nothing is sent twice, even if the registry does
//! not show it yet.

use std::time::{Duration, Instant};

use super::begin::commit;
use super::{Context, Item, Session};
use crate::facts::Facts;
use crate::registry::Network;
use crate::registry::client::Client;
use crate::release::gate::Tarball;
use crate::release::journal::{Entry, UploadState};
use crate::report::release::{Reason, Release, State};
use crate::verify::{self, Expected, VersionState};

/// How long a read may lag behind an upload that npm reported.
const LAG: Duration = Duration::from_secs(60 * 60);
/// How long to wait for an npm that outlives its release.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(60);
/// How long to look for a version whose upload was cut off.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// The items without those that an earlier run sent, which the report lists as published.
pub(super) async fn without_sent(
    context: Context<'_>,
    items: Vec<Item>,
    session: &mut Session,
    release: &mut Release,
) -> Vec<Item> {
    warn_of_other_commit(context, session, &items);
    let mut left = Vec::new();
    let entries: Vec<Option<Entry>> = items
        .iter()
        .map(|item| session.journal.entry(&item.spec).cloned())
        .collect();
    for (item, entry) in items.into_iter().zip(entries) {
        let state = match &entry {
            Some(entry) => reason_to_skip(context, &item, entry).await,
            None => None,
        };
        let Some((reason, entry)) = state.zip(entry) else {
            left.push(item);
            continue;
        };
        let package = &mut release.packages[item.place];
        package.state = State::Out;
        package.reason = Some(reason);
        session.earlier.extend(expected(&item.facts, &entry.shasum));
    }
    left
}

/// What the plan has left out since the registry keeps it back is looked at in the end, too.
pub(super) fn expect_kept_back(context: Context<'_>, session: &mut Session, facts: &[Facts]) {
    let members = context.plan.members.iter();
    let public = members.filter(|member| member.package.is_some());
    for (member, facts) in public.zip(facts) {
        let version = member.version.as_deref().unwrap_or_default();
        let entry = session.journal.entry(&format!("{}@{version}", member.name));
        let is_kept_back = matches!(member.reason, Some(Reason::EarlierRun | Reason::Staged));
        if let Some(entry) = entry.filter(|_| member.chosen && is_kept_back) {
            session.earlier.extend(expected(facts, &entry.shasum));
        }
    }
}

/// Why this version, which an earlier run noted, needs no upload, if so.
pub(super) async fn reason_to_skip(
    context: Context<'_>,
    item: &Item,
    entry: &Entry,
) -> Option<Reason> {
    match entry.sent {
        UploadState::Packed => None,
        UploadState::Accepted => {
            let age = jiff::Timestamp::now().duration_since(entry.at);
            let is_recent = age.unsigned_abs() < LAG;
            is_recent.then_some(Reason::EarlierRun)
        }
        UploadState::Sending => {
            context.print_progress(&format!(
                "an earlier run ended while it sent {}: checking whether it arrived",
                item.spec
            ));
            wait_for_orphan(entry).await;
            let expected = expected(&item.facts, &entry.shasum)?;
            match look(context, expected, SETTLE_TIMEOUT).await {
                VersionState::Visible { .. } | VersionState::Validating => Some(Reason::EarlierRun),
                VersionState::Staged { .. } if context.invocation.staged => Some(Reason::Staged),
                VersionState::OtherBytes { .. } => Some(Reason::OtherBytes),
                _ => None,
            }
        }
    }
}

/// Waits for an npm that may still be uploading although its release has ended.
async fn wait_for_orphan(entry: &Entry) {
    let begin = Instant::now();
    while begin.elapsed() < ORPHAN_TIMEOUT && entry.process.is_some_and(is_running) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[cfg(unix)]
fn is_running(process: u32) -> bool {
    let process = i32::try_from(process).ok();
    let process = process.and_then(rustix::process::Pid::from_raw);
    process.is_some_and(|process| rustix::process::test_kill_process(process).is_ok())
}

/// Windows has no cheap way to tell; the registry is asked anyway.
#[cfg(not(unix))]
fn is_running(_process: u32) -> bool {
    false
}

/// What the registry shows of a version within a time.
pub(super) async fn look(
    context: Context<'_>,
    expected: Expected,
    timeout: Duration,
) -> VersionState {
    let network = Network {
        retries: 0,
        ..context.plan.prepared.config.network(context.environment)
    };
    let client = Client::new(network, timeout + Duration::from_secs(10));
    let pause = async |pause, _: &[VersionState]| tokio::time::sleep(pause).await;
    let mut states = verify::wait(&client, &[expected], timeout, pause).await;
    states.pop().unwrap_or(VersionState::NotSeen {
        last: String::new(),
    })
}

/// A version that should be published with these bytes.
pub(super) fn expected(facts: &Facts, shasum: &str) -> Option<Expected> {
    let package = &facts.package;
    Some(Expected {
        registry: package.registry.as_ref().ok()?.value.clone(),
        kind: facts.kind,
        credential: package.credential.request.clone(),
        name: package.name.as_str()?.to_owned(),
        version: package.version.as_ref().ok()?.to_string(),
        tag: None,
        accepted: true,
        shasum: Some(shasum.to_owned()),
    })
}

/// Warns if this run continues an earlier one that was made from another commit.
fn warn_of_other_commit(context: Context<'_>, session: &Session, items: &[Item]) {
    let members = context.plan.members.iter().filter_map(|member| {
        let version = member.version.as_deref()?;
        Some(format!("{}@{version}", member.name))
    });
    let specs: Vec<String> = members.collect();
    let before = session.journal.unfinished_commit(&specs);
    let now = items.iter().find_map(|item| commit(&item.facts));
    if let (Some(before), Some(now)) = (before, now)
        && before != now
    {
        let short = |commit: &str| commit.get(..10).unwrap_or(commit).to_owned();
        context.output.err(&format!(
            "{} the earlier run of this release was made from commit {}, and this one is from {}\n",
            context.output.stderr.warning("warning:"),
            short(before),
            short(&now)
        ));
    }
}

/// Reports which packages differ from those that the earlier run packed, and notes all of them.
pub(super) fn note_packed(
    context: Context<'_>,
    session: &mut Session,
    items: &[Item],
    tarballs: &[Tarball],
) {
    let all = items.iter().zip(tarballs);
    let is_other = |(item, tarball): &(&Item, &Tarball)| {
        let before = session.journal.entry(&item.spec);
        before.is_some_and(|before| before.integrity != tarball.integrity)
    };
    let changed: Vec<&str> = all
        .clone()
        .filter(is_other)
        .map(|(item, _)| item.spec.as_str())
        .collect();
    if !changed.is_empty() {
        context.output.err(&format!(
            "{} packed again with other bytes than in the earlier run: {}\n",
            context.output.stderr.warning("warning:"),
            changed.join(", ")
        ));
    }
    session.journal.note_all(all.map(|(item, tarball)| {
        let entry = Entry::now(UploadState::Packed, &tarball.integrity, &tarball.shasum);
        (item.spec.clone(), entry)
    }));
}
