//! The checks, one file each, grouped in folders by topic.

mod auth;
pub mod check;
mod ci;
mod contents;
mod credential;
mod credential_key;
mod git;
mod judge;
mod limited;
mod manifest;
mod name;
mod provisional;
mod registry;
pub mod remedy;
mod scope;
mod version;

use crate::checks::check::Check;
use crate::settings::CheckEntry;

pub use judge::{Judged, Rules, fold, judge, judge_contents, judge_project, outcome, reported};
pub use version::is_published;

/// Every check, in the order of the report.
pub const ALL: &[Check] = &[
    manifest::npmrc_unknown_key::CHECK,
    manifest::npmrc_value_invalid::CHECK,
    manifest::dev_engines_mismatch::CHECK,
    manifest::workspaces_invalid::CHECK,
    manifest::workspace_member_invalid::CHECK,
    manifest::manifest_private::CHECK,
    manifest::name_missing::CHECK,
    manifest::name_invalid::CHECK,
    manifest::version_missing::CHECK,
    manifest::version_invalid::CHECK,
    manifest::manifest_field_invalid::CHECK,
    manifest::dependency_protocol::CHECK,
    manifest::dependency_missing::CHECK,
    manifest::dependency_invalid::CHECK,
    manifest::overrides_conflict::CHECK,
    manifest::npm_extension_invalid::CHECK,
    manifest::package_extensions::CHECK,
    manifest::spec_names_a_package::CHECK,
    manifest::npm_flag_unknown::CHECK,
    manifest::spec_type_disabled::CHECK,
    manifest::license_denied::CHECK,
    manifest::license_missing::CHECK,
    version::version_taken::CHECK,
    version::version_staged::CHECK,
    version::version_burnt::CHECK,
    version::version_behind_latest::CHECK,
    version::tag_needed_for_prerelease::CHECK,
    version::tag_looks_like_version::CHECK,
    version::tag_invalid::CHECK,
    version::tag_moves_backwards::CHECK,
    name::name_owned_by_others::CHECK,
    name::name_cooling_down::CHECK,
    name::name_held::CHECK,
    name::name_too_similar::CHECK,
    name::name_refused_by_filter::CHECK,
    scope::scope_unknown::CHECK,
    scope::scope_not_yours::CHECK,
    scope::access_restricted_by_default::CHECK,
    scope::access_restricted_unscoped::CHECK,
    registry::registry_url_invalid::CHECK,
    registry::registry_unreachable::CHECK,
    registry::registry_untrusted_certificate::CHECK,
    registry::registry_proxy::CHECK,
    registry::registry_read_only::CHECK,
    registry::registry_insecure::CHECK,
    registry::registry_set_by_wrapper::CHECK,
    registry::registry_not_allowed::CHECK,
    registry::registry_overwrites::CHECK,
    registry::registry_scope_owner::CHECK,
    registry::registry_repository_field::CHECK,
    registry::registry_github_permission::CHECK,
    registry::stage_unavailable::CHECK,
    registry::stage_script_early::CHECK,
    registry::stage_name_public::CHECK,
    auth::auth_missing::CHECK,
    auth::auth_elsewhere::CHECK,
    auth::auth_npmrc_not_read::CHECK,
    auth::auth_variable_unset::CHECK,
    auth::auth_placeholder::CHECK,
    auth::auth_unscoped::CHECK,
    auth::auth_malformed::CHECK,
    auth::auth_rejected::CHECK,
    auth::auth_read_only::CHECK,
    auth::auth_stage_only::CHECK,
    auth::auth_package_not_covered::CHECK,
    auth::auth_address_not_allowed::CHECK,
    auth::auth_email_unverified::CHECK,
    auth::auth_otp_impossible::CHECK,
    auth::auth_otp_expected::CHECK,
    auth::auth_approval_impossible::CHECK,
    auth::auth_expiring::CHECK,
    auth::auth_bypass_retiring::CHECK,
    auth::auth_exposed::CHECK,
    ci::oidc_permission_missing::CHECK,
    ci::oidc_npm_too_old::CHECK,
    ci::oidc_first_publish::CHECK,
    ci::oidc_runner::CHECK,
    ci::oidc_shadowed::CHECK,
    ci::oidc_publisher_mismatch::CHECK,
    ci::provenance_permission_missing::CHECK,
    ci::provenance_unsupported_ci::CHECK,
    ci::provenance_access::CHECK,
    ci::provenance_file_invalid::CHECK,
    ci::provenance_repository_mismatch::CHECK,
    ci::provenance_runner::CHECK,
    ci::provenance_private_repository::CHECK,
    ci::ci_fork::CHECK,
    contents::contents_unpackable::CHECK,
    contents::contents_empty::CHECK,
    contents::contents_entry_missing::CHECK,
    contents::contents_case::CHECK,
    contents::contents_bin::CHECK,
    contents::contents_link::CHECK,
    contents::contents_secret::CHECK,
    contents::contents_too_large::CHECK,
    contents::contents_types::CHECK,
    contents::contents_files_nothing::CHECK,
    contents::contents_surprise::CHECK,
    contents::contents_npm_version::CHECK,
    git::git_dirty::CHECK,
    git::git_branch::CHECK,
    git::git_behind::CHECK,
    git::git_tag_mismatch::CHECK,
];

/// The check with that id.
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.id == id)
}

/// The part of each check that the settings' schema contains.
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
            let text = check.description.trim();
            let first = text.split("\n\n").next().unwrap().trim();
            assert!(first.ends_with('.'), "{}: {first}", check.id);
            assert!(
                text.contains("npm says:") || check.level == crate::finding::Level::Note,
                "{} says what npm says",
                check.id
            );
            assert!(
                check.remedies.iter().any(|remedy| remedy.on.is_none()),
                "{} has a remedy for every registry",
                check.id
            );
            assert!(!check.summary.ends_with('.'), "{}", check.id);
            let all = format!("{} {}", check.summary, check.documentation());
            assert!(!all.contains("TODO"), "{} is finished", check.id);
        }
    }
}
