//! Which types of packages npm may fetch: `allow-file`, `allow-git`, `allow-remote`.

use crate::npm::NpmVersion;
use crate::npmrc::PackageConfig;
use crate::origin::Origin;

use super::{RemoteSpec, Spec};

/// A setting that keeps npm from fetching what the argument names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecTypeDisabled {
    /// The option: `allow-git`.
    pub option: &'static str,
    /// Its value, if it is not npm's default.
    pub value: Option<String>,
    /// What set it.
    pub origin: Origin,
}

/// The setting that makes npm refuse an argument because of its type. Every value except `all`
/// does: `root` means the root of a tree, and a publish has none.
pub(super) fn disabled(
    spec: &Spec,
    config: &PackageConfig<'_>,
    npm: &NpmVersion,
) -> Option<SpecTypeDisabled> {
    let option = match spec {
        // npm packs a folder whatever `allow-directory` says.
        Spec::Folder => return None,
        Spec::Tarball => "allow-file",
        Spec::Remote { kind, .. } => match kind {
            RemoteSpec::GitHub | RemoteSpec::Git => "allow-git",
            RemoteSpec::Address => "allow-remote",
            RemoteSpec::Registry => return None,
        },
    };
    let is_git = option == "allow-git";
    if !npm.knows_allowed_spec_types(is_git) {
        return None;
    }
    if let Some(set) = config.text_option(option) {
        return (set.value != "all").then_some(SpecTypeDisabled {
            option,
            value: Some(set.value),
            origin: set.origin,
        });
    }
    let by_default = option != "allow-file" && npm.fetches_packages_only();
    by_default.then_some(SpecTypeDisabled {
        option,
        value: None,
        origin: Origin::Default,
    })
}
