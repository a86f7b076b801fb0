//! The contents of package.json.

pub(super) mod dependency_invalid;
pub(super) mod dependency_missing;
pub(super) mod dependency_protocol;
pub(super) mod dev_engines_mismatch;
pub(super) mod license_denied;
pub(super) mod license_missing;
pub(super) mod manifest_field_invalid;
pub(super) mod manifest_private;
pub(super) mod name_invalid;
pub(super) mod name_missing;
pub(super) mod npm_extension_invalid;
pub(super) mod npm_flag_unknown;
pub(super) mod npmrc_unknown_key;
pub(super) mod npmrc_value_invalid;
pub(super) mod overrides_conflict;
pub(super) mod package_extensions;
pub(super) mod spec_names_a_package;
pub(super) mod spec_type_disabled;
pub(super) mod version_invalid;
pub(super) mod version_missing;
pub(super) mod workspace_member_invalid;
pub(super) mod workspaces_invalid;

use crate::facts::Facts;
use crate::plan::Spec;

/// How to write a folder as an argument.
fn write_folder(word: &str) -> String {
    format!("for the folder write `./{word}`")
}

/// An SPDX expression as people write it: renamed identifiers (`GPL-2.0`) and `+` are accepted.
fn expression(text: &str) -> Option<spdx::Expression> {
    spdx::Expression::parse_mode(text, spdx::ParseMode::LAX).ok()
}

/// Whether the package is not on this machine, so that there is no manifest to check.
pub(in crate::checks) fn is_remote(facts: &Facts) -> bool {
    matches!(facts.package.spec, Spec::Remote { .. })
}
