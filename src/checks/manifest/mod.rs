//! What stands in package.json.

pub(super) mod dependency_missing;
pub(super) mod dependency_protocol;
pub(super) mod license_denied;
pub(super) mod license_missing;
pub(super) mod manifest_private;
pub(super) mod name_invalid;
pub(super) mod name_missing;
pub(super) mod package_extensions;
pub(super) mod spec_names_a_package;
pub(super) mod version_invalid;
pub(super) mod version_missing;

use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::plan::Spec;

/// An SPDX expression, as people write them: identifiers that were renamed
/// since (`GPL-2.0`) and `+` are fine.
fn expression(text: &str) -> Option<spdx::Expression> {
    spdx::Expression::parse_mode(text, spdx::ParseMode::LAX).ok()
}

/// What is to be published is not here: there is no manifest to judge.
pub(in crate::checks) fn is_remote(facts: &Facts) -> bool {
    matches!(facts.package.spec, Spec::Remote { .. })
}

/// Words in a script that say that it may write package.json's version.
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

/// Where a script that runs before the PUT may write the version, a finding
/// about the version on disk is a hint and no proof.
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
