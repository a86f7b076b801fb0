//! The registry's memory at run time: its state, its requests, what was published, and what was
//! refused.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::rendered::Rendered;
use super::rules::Publish;
use super::state::{Fault, State, StoredPackage, Version};
use super::when::When;
use crate::secret::Secret;

/// A request, as it arrived.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// The method.
    pub method: String,
    /// Path and query, or the whole URL if a client uses us as a proxy.
    pub target: String,
    /// The `authorization` header.
    pub authorization: Option<Secret>,
    /// All other headers.
    pub headers: Vec<(String, String)>,
    /// The status of the answer; `None` if there was none.
    pub status: Option<u16>,
}

/// An accepted publish.
#[derive(Clone, Debug)]
pub struct AcceptedPublish {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its tag.
    pub tag: String,
    /// Its access level, if one was sent.
    pub access: Option<String>,
    /// Its manifest.
    pub manifest: Value,
    /// The packed bytes.
    pub tarball: Bytes,
}

/// A version that was accepted but is not visible yet: npmjs scans it, or it is staged and
/// waits for approval.
#[derive(Debug)]
pub(super) struct Pending {
    /// Its stage id; `None` for a publish that is being scanned.
    pub(super) id: Option<String>,
    /// A trusted publisher sent it.
    pub(super) is_trusted: bool,
    pub(super) publish: Publish,
    /// Who sent it.
    pub(super) user: String,
    /// When.
    pub(super) since: Timestamp,
    /// When its scan ends, and whether it finds something.
    pub(super) scanned: (Timestamp, bool),
}

impl Pending {
    pub(super) fn is_scanned(&self, now: Timestamp) -> bool {
        self.scanned.0 <= now && !self.scanned.1
    }

    /// Its status, as npm names it.
    pub(super) fn status(&self, now: Timestamp) -> &'static str {
        match self.scanned {
            (end, _) if end > now => "validating",
            (_, true) => "blocked",
            _ => "staged",
        }
    }
}

/// What a person confirms on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// One write: the token works like a one-time password.
    Write,
    /// A login: the token is a session's.
    Login,
}

/// A page that was offered but not yet confirmed.
#[derive(Debug)]
pub(super) struct Challenge {
    pub(super) id: String,
    pub(super) user: String,
    /// What the confirmation is for.
    pub(super) purpose: Purpose,
    /// The page counts as confirmed after one poll.
    pub(super) was_polled: bool,
}

/// Everything protected by the registry's lock.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) state: State,
    pub(super) seen: Vec<ReceivedRequest>,
    pub(super) arrived: Vec<AcceptedPublish>,
    /// In the order in which they were accepted.
    pub(super) pending: Vec<Pending>,
    /// Pages on which a person must confirm something.
    pub(super) challenges: Vec<Challenge>,
    pub(super) refused: Vec<String>,
    pub(super) upstream_failures: Vec<String>,
    pub(super) rendered: Rendered,
}

impl Store {
    /// The first fault that fits a request, counted down.
    pub(super) fn fault(&mut self, method: &str, path: &str) -> Option<Fault> {
        let fits = |fault: &&mut Fault| {
            fault
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && path.contains(&fault.path)
                && fault.times != Some(0)
        };
        let fault = self.state.faults.iter_mut().find(fits)?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.clone())
    }

    /// Accepts a publish: immediately, or after npm's scan if the state has one.
    pub(super) fn publish(&mut self, publish: Publish, user: &str, now: Timestamp) {
        let scanned = self.state.scanned(now);
        if scanned == (now, false) {
            return self.accept(publish, user, now);
        }
        self.pending.push(Pending {
            id: None,
            is_trusted: false,
            publish,
            user: user.to_owned(),
            since: now,
            scanned,
        });
    }

    /// Whether a version waits for its scan or an approval.
    pub(super) fn is_pending(&self, name: &str, version: &str) -> bool {
        let mut pending = self.pending.iter();
        pending.any(|one| one.publish.name == name && one.publish.version == version)
    }

    /// Makes versions visible when their scan has ended.
    pub(super) fn finish_scans(&mut self, now: Timestamp) {
        let is_due = |one: &Pending| one.id.is_none() && one.is_scanned(now);
        while let Some(at) = self.pending.iter().position(is_due) {
            let Pending { publish, user, .. } = self.pending.remove(at);
            self.accept(publish, &user, now);
            self.rendered = Rendered::default();
        }
    }

    /// Adds a published version to the state.
    pub(super) fn accept(&mut self, publish: Publish, user: &str, now: Timestamp) {
        let tarball = Bytes::from(publish.tarball);
        let package = self
            .state
            .packages
            .entry(publish.name.clone())
            .or_insert_with(|| StoredPackage {
                restricted: publish.access.as_deref() != Some("public")
                    && publish.name.starts_with('@'),
                ..StoredPackage::default()
            });
        if let Some(gone) = package.unpublished.take() {
            // A version number stays used.
            let burnt = gone.versions.into_iter();
            package
                .unpublished_versions
                .extend(burnt.map(|version| (version, gone.time.clone())));
            package.maintainers.clear();
        }
        if !package.maintainers.iter().any(|known| known == user) {
            package.maintainers.push(user.to_owned());
        }
        package.dist_tags = Some(tags_with(package, &publish.tag, &publish.version));
        let version = Version {
            time: Some(When::at(now)),
            manifest: Some(publish.manifest.clone()),
            tarball: Some(tarball.clone()),
            ..Version::default()
        };
        package.versions.insert(publish.version.clone(), version);
        self.arrived.push(AcceptedPublish {
            name: publish.name,
            version: publish.version,
            tag: publish.tag,
            access: publish.access,
            manifest: publish.manifest,
            tarball,
        });
    }
}

/// The dist-tags after a publish.
fn tags_with(package: &StoredPackage, tag: &str, version: &str) -> BTreeMap<String, String> {
    let mut tags = match super::documents::dist_tags(package) {
        Value::Object(tags) => tags
            .into_iter()
            .filter_map(|(tag, version)| Some((tag, version.as_str()?.to_owned())))
            .collect(),
        _ => BTreeMap::new(),
    };
    tags.insert(tag.to_owned(), version.to_owned());
    // A first version gets `latest`, whatever its tag.
    tags.entry("latest".to_owned())
        .or_insert_with(|| version.to_owned());
    tags
}
