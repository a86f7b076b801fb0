//! The checks, one file each, grouped in folders by topic.

mod auth;
pub mod check;
mod ci;
mod credential;
mod git;
mod judge;
mod manifest;
mod name;
mod registry;
mod scope;
mod version;

use auth::{
    auth_address_not_allowed, auth_bypass_retiring, auth_elsewhere, auth_email_unverified,
    auth_expiring, auth_exposed, auth_malformed, auth_missing, auth_npmrc_not_read,
    auth_otp_expected, auth_otp_impossible, auth_package_not_covered, auth_placeholder,
    auth_read_only, auth_rejected, auth_unscoped, auth_variable_unset,
};
use ci::{
    ci_fork, oidc_first_publish, oidc_npm_too_old, oidc_permission_missing,
    oidc_publisher_mismatch, oidc_runner, oidc_shadowed, provenance_access,
    provenance_permission_missing, provenance_private_repository, provenance_repository_mismatch,
    provenance_runner, provenance_unsupported_ci,
};
use git::{git_behind, git_branch, git_dirty, git_tag_mismatch};
use manifest::{
    dependency_missing, dependency_protocol, license_denied, license_missing, manifest_private,
    name_invalid, name_missing, package_extensions, spec_names_a_package, version_invalid,
    version_missing,
};
use name::{
    name_cooling_down, name_held, name_owned_by_others, name_refused_by_filter, name_too_similar,
};
use registry::{
    registry_github_permission, registry_insecure, registry_not_allowed, registry_overwrites,
    registry_proxy, registry_read_only, registry_repository_field, registry_scope_owner,
    registry_set_by_wrapper, registry_unreachable, registry_untrusted_certificate,
    registry_url_invalid,
};
use scope::{
    access_restricted_by_default, access_restricted_unscoped, scope_not_yours, scope_unknown,
};
use version::{
    tag_invalid, tag_looks_like_version, tag_moves_backwards, tag_needed_for_prerelease,
    version_behind_latest, version_burnt, version_taken,
};

use crate::checks::check::Check;
use crate::settings::CheckEntry;

pub use judge::{Judged, Rules, judge, outcome};

/// Every check, in the order of the report.
pub const ALL: &[Check] = &[
    manifest_private::CHECK,
    name_missing::CHECK,
    name_invalid::CHECK,
    version_missing::CHECK,
    version_invalid::CHECK,
    dependency_protocol::CHECK,
    dependency_missing::CHECK,
    package_extensions::CHECK,
    spec_names_a_package::CHECK,
    license_denied::CHECK,
    license_missing::CHECK,
    version_taken::CHECK,
    version_burnt::CHECK,
    version_behind_latest::CHECK,
    tag_needed_for_prerelease::CHECK,
    tag_looks_like_version::CHECK,
    tag_invalid::CHECK,
    tag_moves_backwards::CHECK,
    name_owned_by_others::CHECK,
    name_cooling_down::CHECK,
    name_held::CHECK,
    name_too_similar::CHECK,
    name_refused_by_filter::CHECK,
    scope_unknown::CHECK,
    scope_not_yours::CHECK,
    access_restricted_by_default::CHECK,
    access_restricted_unscoped::CHECK,
    registry_url_invalid::CHECK,
    registry_unreachable::CHECK,
    registry_untrusted_certificate::CHECK,
    registry_proxy::CHECK,
    registry_read_only::CHECK,
    registry_insecure::CHECK,
    registry_set_by_wrapper::CHECK,
    registry_not_allowed::CHECK,
    registry_overwrites::CHECK,
    registry_scope_owner::CHECK,
    registry_repository_field::CHECK,
    registry_github_permission::CHECK,
    auth_missing::CHECK,
    auth_elsewhere::CHECK,
    auth_npmrc_not_read::CHECK,
    auth_variable_unset::CHECK,
    auth_placeholder::CHECK,
    auth_unscoped::CHECK,
    auth_malformed::CHECK,
    auth_rejected::CHECK,
    auth_read_only::CHECK,
    auth_package_not_covered::CHECK,
    auth_address_not_allowed::CHECK,
    auth_email_unverified::CHECK,
    auth_otp_impossible::CHECK,
    auth_otp_expected::CHECK,
    auth_expiring::CHECK,
    auth_bypass_retiring::CHECK,
    auth_exposed::CHECK,
    oidc_permission_missing::CHECK,
    oidc_npm_too_old::CHECK,
    oidc_first_publish::CHECK,
    oidc_runner::CHECK,
    oidc_shadowed::CHECK,
    oidc_publisher_mismatch::CHECK,
    provenance_permission_missing::CHECK,
    provenance_unsupported_ci::CHECK,
    provenance_access::CHECK,
    provenance_repository_mismatch::CHECK,
    provenance_runner::CHECK,
    provenance_private_repository::CHECK,
    ci_fork::CHECK,
    git_dirty::CHECK,
    git_branch::CHECK,
    git_behind::CHECK,
    git_tag_mismatch::CHECK,
];

/// The check of an id.
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.id == id)
}

/// What the schema of the settings contains of each check.
pub fn entries() -> Vec<CheckEntry> {
    let entry = |check: &Check| CheckEntry {
        id: check.id,
        summary: check.summary,
        level: check.level,
    };
    ALL.iter().map(entry).collect()
}

/// The ids that settings and options may name.
pub fn known_ids() -> Vec<&'static str> {
    ALL.iter().map(|check| check.id).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn files() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
        let mut files = BTreeSet::new();
        for folder in std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
        {
            for file in std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
            {
                let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
                if stem != "mod" {
                    let text = std::fs::read_to_string(&file).unwrap();
                    assert!(text.contains("fn fires"), "{stem} has a test that fires");
                    assert!(
                        text.contains("fn stays_quiet"),
                        "{stem} has a test that stays quiet"
                    );
                    files.insert(stem.replace('_', "-"));
                }
            }
        }
        files
    }

    #[test]
    fn every_file_is_a_check_under_its_own_id() {
        let ids: BTreeSet<String> = ALL.iter().map(|check| check.id.to_owned()).collect();
        assert_eq!(ids.len(), ALL.len(), "ids are unique");
        assert_eq!(ids, files());
    }

    #[test]
    fn every_check_is_documented_in_whole_sentences() {
        for check in ALL {
            let text = check.documentation.trim();
            let first = text.split("\n\n").next().unwrap().trim();
            assert!(
                first.ends_with('.') && text.ends_with('.'),
                "{}: {first}",
                check.id
            );
            for part in ["npm says:", "What to do:"] {
                assert!(
                    text.contains(part) || check.level == crate::finding::Level::Note,
                    "{} has {part}",
                    check.id
                );
            }
            assert!(!check.summary.ends_with('.'), "{}", check.id);
        }
    }
}
