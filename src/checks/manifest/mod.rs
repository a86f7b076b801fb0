//! The contents of package.json.

pub(super) mod dependency_invalid;
pub(super) mod dependency_missing;
pub(super) mod dependency_protocol;
pub(super) mod dev_engines_mismatch;
pub(super) mod license_denied;
pub(super) mod license_missing;
pub(super) mod manifest_private;
pub(super) mod name_invalid;
pub(super) mod name_missing;
pub(super) mod npm_extension_invalid;
pub(super) mod npm_flag_unknown;
pub(super) mod npmrc_unknown_key;
pub(super) mod overrides_conflict;
pub(super) mod package_extensions;
pub(super) mod spec_names_a_package;
pub(super) mod spec_type_disabled;
pub(super) mod version_invalid;
pub(super) mod version_missing;
pub(super) mod workspace_member_invalid;
pub(super) mod workspaces_invalid;

use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::plan::Spec;

/// How npm is told that a word is a folder.
fn write_folder(word: &str) -> String {
    format!("for the folder write `./{word}`")
}

/// An SPDX expression, as people write them: identifiers that were renamed
/// since (`GPL-2.0`) and `+` are fine.
fn expression(text: &str) -> Option<spdx::Expression> {
    spdx::Expression::parse_mode(text, spdx::ParseMode::LAX).ok()
}

/// Whether the package is not on this machine, so that there is no manifest to check.
pub(in crate::checks) fn is_remote(facts: &Facts) -> bool {
    matches!(facts.package.spec, Spec::Remote { .. })
}

/// Words in a script that suggest that it writes package.json's version.
const VERSION_WORDS: [&str; 10] = [
    "version",
    "pkg set",
    "semantic-release",
    "lerna",
    "changeset",
    "bump",
    "release-it",
    "standard-version",
    "nx release",
    "json -I",
];

/// Lowers a finding about the version on disk to a warning where a script that
/// runs before the PUT may change the version.
pub(in crate::checks) fn provisional(facts: &Facts, finding: Finding) -> Finding {
    let script = facts.package.scripts.iter().find(|name| {
        let text = facts.package.manifest.pointer(&format!("/scripts/{name}"));
        let text = text.and_then(serde_json::Value::as_str).unwrap_or_default();
        VERSION_WORDS.iter().any(|word| text.contains(word))
    });
    match script {
        Some(name) => {
            let message = format!(
                "{}, unless the script `{name}` changes the version first",
                finding.message
            );
            Finding { message, ..finding }.level(Level::Warning)
        }
        None => finding,
    }
}
