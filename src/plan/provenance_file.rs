//! The file that `provenance-file` names, read as npm reads it before it asks sigstore.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use serde_json::Value;

use super::ProvenancePlan;
use crate::environment::Environment;
use crate::file::{self, FileError};
use crate::manifest::Manifest;
use crate::manifest::name::Name;
use crate::npmrc::{Config, PackageConfig};
use crate::origin::Origin;

/// Larger files are not read; no bundle is as large.
const MAX_SIZE: u64 = 16 << 20;

/// The value of `provenance-file`, and the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenanceFile {
    /// The file.
    pub path: PathBuf,
    /// Where it is set.
    pub origin: Origin,
    /// What is in it.
    pub content: Result<Bundle, BundleFault>,
}

/// A bundle whose statement is about one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The package, as `pkg:npm/%40scope/name@1.0.0`.
    pub subject: String,
}

/// Why npm refuses the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleFault {
    /// It does not exist.
    Missing,
    /// It cannot be read.
    Unreadable(String),
    /// It is not JSON.
    NotJson,
    /// It has no `dsseEnvelope` with a `payload`.
    NoEnvelope,
    /// The payload is not JSON.
    BadPayload,
    /// The statement has no subject.
    NoSubject,
    /// The statement has several subjects.
    SeveralSubjects,
}

/// The file that a package's settings name, if any.
pub(super) fn read(
    config: &PackageConfig<'_>,
    environment: &Environment,
) -> Option<ProvenanceFile> {
    let set = config.text_option("provenance-file")?;
    if set.value.is_empty() {
        return None;
    }
    let path = environment.cwd.join(&set.value);
    Some(ProvenanceFile {
        content: bundle(&path),
        path,
        origin: set.origin,
    })
}

fn bundle(path: &Path) -> Result<Bundle, BundleFault> {
    let bytes = file::read(path, MAX_SIZE).map_err(|error| match error {
        FileError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            BundleFault::Missing
        }
        other => BundleFault::Unreadable(other.to_string()),
    })?;
    let json = |bytes: &[u8]| -> Option<Value> {
        let text = String::from_utf8_lossy(bytes);
        crate::manifest::json::parse(&text).ok()
    };
    let bundle = json(&bytes).ok_or(BundleFault::NotJson)?;
    let payload = bundle.pointer("/dsseEnvelope/payload");
    let payload = payload
        .and_then(Value::as_str)
        .filter(|payload| !payload.is_empty())
        .ok_or(BundleFault::NoEnvelope)?;
    let statement = base64::engine::general_purpose::STANDARD
        .decode(payload)
        .ok()
        .and_then(|bytes| json(&bytes))
        .ok_or(BundleFault::BadPayload)?;
    let subjects = statement.get("subject").and_then(Value::as_array);
    match subjects.map_or(&[][..], Vec::as_slice) {
        [] => Err(BundleFault::NoSubject),
        [one] => Ok(Bundle {
            subject: one
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        }),
        _ => Err(BundleFault::SeveralSubjects),
    }
}

/// A package URL as the statement must have it: `pkg:npm/name@1.0.0`.
pub(super) fn purl(manifest: &Manifest, name: &Name) -> Option<String> {
    let name = name.as_str()?;
    let version = manifest.version().ok()?;
    let name = name
        .strip_prefix('@')
        .map_or_else(|| name.to_owned(), |rest| format!("%40{rest}"));
    Some(format!("pkg:npm/{name}@{version}"))
}

/// The settings for provenance.
pub(super) fn provenance(all: &Config, config: &PackageConfig<'_>) -> ProvenancePlan {
    let asked = config.provenance().filter(|asked| asked.value);
    ProvenancePlan {
        asked: asked.map(|asked| asked.origin),
        unsaid: all.get("provenance").is_none(),
        excluded: excluded(all),
    }
}

/// `provenance` and `provenance-file` both set in npm's own settings.
fn excluded(config: &Config) -> Option<(String, String, Origin)> {
    config.problems().iter().find_map(|problem| {
        problem
            .kind
            .excludes_provenance()
            .map(|(key, other)| (key.to_owned(), other.to_owned(), problem.origin.clone()))
    })
}
