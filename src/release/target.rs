//! The dist-tag and the access level that release tools and our own settings name.

use std::path::Path;

use serde_json::Value;

use crate::file;
use crate::npmrc::Config;
use crate::origin::{Origin, Resolved};
use crate::plan::{Changesets, PackagePlan, Plan};
use crate::settings::ReleasePolicy;

/// Changes a plan for npm alone, the strongest source last: what nx, lerna and changesets would
/// send, then our own settings. The command line wins over all of them.
pub(super) fn apply(plan: &mut Plan, config: &Config, root: &Path, settings: &ReleasePolicy) {
    let is_named = |key: &str| config.command_line().get(key).is_some();
    for package in &mut plan.packages {
        if !is_named("tag") {
            let named = lernas_tag(root).or_else(|| nx(root, package, "tag"));
            if let Some(tag) = named {
                set_tag(package, &tag);
            }
        }
    }
    if let Some(changesets) = Changesets::of(root) {
        changesets.apply_to_release(plan, config);
    }
    for package in &mut plan.packages {
        // nx passes it to npm as a flag, which beats publishConfig.
        let nx = || nx(root, package, "access");
        let access = settings.access.clone().or_else(nx);
        if let Some(access) = access.filter(|_| !is_named("access")) {
            package.access = Some(access);
        }
        if let Some(tag) = settings.tag.as_ref().filter(|_| !is_named("tag")) {
            set_tag(package, tag);
        }
    }
}

/// npm lets a `tag` at the top of package.json win over everything.
fn set_tag(package: &mut PackagePlan, tag: &Resolved<String>) {
    let is_own = package.manifest.object.contains_key("tag");
    package.tag.configured = tag.clone();
    package.tag.explicit = true;
    if !is_own {
        package.tag.sent = tag.clone();
        package.pre_tag = None;
    }
}

fn lernas_tag(root: &Path) -> Option<Resolved<String>> {
    word(&root.join("lerna.json"), "/command/publish/distTag")
}

/// nx keeps both in the options of a target: the package's, else the repository's.
fn nx(root: &Path, package: &PackagePlan, key: &str) -> Option<Resolved<String>> {
    let folder = package.manifest.path.parent()?;
    let own = format!("/targets/nx-release-publish/options/{key}");
    let all = format!("/targetDefaults/nx-release-publish/options/{key}");
    word(&folder.join("project.json"), &own)
        .or_else(|| word(&package.manifest.path, &format!("/nx{own}")))
        .or_else(|| word(&root.join("nx.json"), &all))
}

/// A string in a JSON file.
fn word(path: &Path, pointer: &str) -> Option<Resolved<String>> {
    let text = file::read_text(path, file::limit::SMALL).ok()?;
    let document: Value = serde_json::from_str(&text).ok()?;
    let word = document.pointer(pointer)?.as_str()?;
    let origin = Origin::Manifest {
        path: path.to_owned(),
        pointer: pointer.to_owned(),
    };
    (!word.is_empty()).then(|| Resolved::new(word.to_owned(), origin))
}
