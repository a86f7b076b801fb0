//! The registry's memory while it runs: its state, its requests, what was
//! published, and what was refused.

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
    /// Path and query; the whole URL where a client took us for a proxy.
    pub target: String,
    /// The `authorization` header.
    pub authorization: Option<Secret>,
    /// All other headers.
    pub headers: Vec<(String, String)>,
    /// The status it was answered with; `None` where there was no answer.
    pub status: Option<u16>,
}

/// A publish that was accepted.
#[derive(Clone, Debug)]
pub struct AcceptedPublish {
    /// The package's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The tag it was sent with.
    pub tag: String,
    /// The access level, where one was sent.
    pub access: Option<String>,
    /// The manifest that was sent.
    pub manifest: Value,
    /// The packed bytes.
    pub tarball: Bytes,
}

/// A version that was accepted and is not visible yet: npmjs scans it, or it
/// waits in the stage for an approval.
#[derive(Debug)]
pub(super) struct Pending {
    /// Its id in the stage; `None` for a publish that is being scanned.
    pub(super) id: Option<String>,
    /// A trusted publisher sent it.
    pub(super) is_trusted: bool,
    pub(super) publish: Publish,
    /// Who sent it.
    pub(super) user: String,
    /// When.
    pub(super) since: Timestamp,
    /// When its scan ends, and whether that finds something.
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
    /// One write: the token stands for a one-time password.
    Write,
    /// A login: the token is that of a session.
    Login,
}

/// A page that was offered and not yet confirmed.
#[derive(Debug)]
pub(super) struct Challenge {
    pub(super) id: String,
    pub(super) user: String,
    /// What the confirmation is for.
    pub(super) purpose: Purpose,
    /// The person needs as long as one poll.
    pub(super) was_polled: bool,
}

/// Everything behind the registry's lock.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) state: State,
    pub(super) seen: Vec<ReceivedRequest>,
    pub(super) arrived: Vec<AcceptedPublish>,
    /// In the order in which they were accepted.
    pub(super) pending: Vec<Pending>,
    /// Pages on which somebody is to confirm a write.
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

    /// Accepts a publish: at once, or after npm's scan where the state has one.
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

    /// Makes versions visible whose scan has ended.
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
    // A first version gets `latest`, whatever tag it was sent with.
    tags.entry("latest".to_owned())
        .or_insert_with(|| version.to_owned());
    tags
}
