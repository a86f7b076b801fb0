//! `config --format json`: the contract `safe-publish/config@1`. Frozen
//! structs, not the internal types, so that those may change.

use serde::Serialize;

use super::place::Document as Where;
use super::{ConfigReport, PackageSettings, Row};
use crate::npmrc::config::FileState;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    npm: Option<Npm>,
    packages: Vec<PackageEntry>,
    files: Vec<File>,
    notes: Vec<Note>,
}

#[derive(Serialize)]
struct Npm {
    path: String,
    version: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageEntry {
    name: Option<String>,
    version: Option<String>,
    directory: String,
    registry: Setting<String>,
    compared_with: Option<String>,
    tag: Setting<String>,
    access: Setting<String>,
    provenance: Setting<bool>,
    account: Account,
    credential: Setting<Credential>,
    elsewhere: Vec<Elsewhere>,
}

#[derive(Serialize)]
struct Account {
    key: String,
    found: bool,
}

#[derive(Serialize)]
struct Credential {
    kind: &'static str,
    length: Option<usize>,
    ending: Option<String>,
}

#[derive(Serialize)]
struct Setting<T> {
    value: Option<T>,
    key: String,
    origin: Where,
    remark: Option<String>,
    lost: Vec<Overridden>,
}

#[derive(Serialize)]
struct Overridden {
    key: String,
    value: String,
    origin: Where,
}

#[derive(Serialize)]
struct Elsewhere {
    key: String,
    origin: Where,
}

#[derive(Serialize)]
struct File {
    path: String,
    layer: &'static str,
    state: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Note {
    message: String,
    origin: Where,
}

/// The report as one JSON document with a final newline.
#[allow(
    clippy::missing_panics_doc,
    reason = "texts, numbers and lists are always written"
)]
pub fn write(report: &ConfigReport) -> String {
    let document = Document {
        schema: "safe-publish/config@1",
        npm: report.npm.as_ref().map(|npm| Npm {
            path: npm.path.display().to_string(),
            version: npm.version.to_string(),
        }),
        packages: report.packages.iter().map(package).collect(),
        files: report.files.iter().map(file).collect(),
        notes: report
            .notes
            .iter()
            .map(|note| Note {
                message: note.message.clone(),
                origin: note.place.document(),
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("texts, numbers and lists");
    text.push('\n');
    text
}

fn package(package: &PackageSettings) -> PackageEntry {
    PackageEntry {
        name: package.name.clone(),
        version: package.version.clone(),
        directory: package.directory.clone(),
        registry: setting(&package.registry, Clone::clone),
        compared_with: package.compared_with.clone(),
        tag: setting(&package.tag, Clone::clone),
        access: setting(&package.access, Clone::clone),
        provenance: setting(&package.provenance, |asked| *asked),
        account: Account {
            key: package.account.key.clone(),
            found: package.account.found,
        },
        credential: setting(&package.credential, |masked| Credential {
            kind: masked.kind,
            length: masked.length,
            ending: masked.ending.clone(),
        }),
        elsewhere: package
            .elsewhere
            .iter()
            .map(|(key, place)| Elsewhere {
                key: key.clone(),
                origin: place.document(),
            })
            .collect(),
    }
}

fn setting<T, U>(row: &Row<T>, value: impl Fn(&T) -> U) -> Setting<U> {
    Setting {
        value: row.value.as_ref().map(value),
        key: row.key.clone(),
        origin: row.place.document(),
        remark: row.remark.clone(),
        lost: row
            .lost
            .iter()
            .map(|lost| Overridden {
                key: lost.key.clone(),
                value: lost.value.clone(),
                origin: lost.place.document(),
            })
            .collect(),
    }
}

fn file(file: &super::ShownFile) -> File {
    let (state, reason) = match &file.state {
        FileState::Read => ("read", None),
        FileState::Missing => ("missing", None),
        FileState::Unreadable(why) => ("unreadable", Some(why.clone())),
        FileState::Ignored(why) => ("ignored", Some(why.to_string())),
    };
    File {
        path: file.path.display().to_string(),
        layer: file.layer.name(),
        state,
        reason,
    }
}
