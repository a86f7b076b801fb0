//! The members of pnpm's workspaces, which npm knows nothing of.

use std::path::Path;
use std::sync::Arc;

use super::Launch;
use crate::manifest::Manifest;
use crate::manifest::workspaces::pnpm_patterns;

/// The root's package.json with the members that pnpm-workspace.yaml names, where it
/// names none itself and another tool than npm will publish them.
pub(super) fn with_members(manifest: Manifest, root: &Path, launch: Launch) -> Manifest {
    if launch == Launch::Here || manifest.object.contains_key("workspaces") {
        return manifest;
    }
    let patterns = pnpm_patterns(root).ok().flatten().unwrap_or_default();
    if patterns.is_empty() {
        return manifest;
    }
    let mut object = (*manifest.object).clone();
    object.insert("workspaces".to_owned(), patterns.into());
    Manifest {
        object: Arc::new(object),
        ..manifest
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::*;

    fn workspaces(manifest: Value, launch: Launch) -> Option<Value> {
        let folder = tempfile::tempdir().unwrap();
        let text = "packages:\n  - packages/*\n  - '!**/test/**'\n";
        fs::write(folder.path().join("pnpm-workspace.yaml"), text).unwrap();
        let manifest = with_members(Manifest::from_json(manifest), folder.path(), launch);
        manifest.object.get("workspaces").cloned()
    }

    #[test]
    fn pnpms_members_are_those_of_its_own_file() {
        let pnpms = Some(json!(["packages/*", "!**/test/**"]));
        assert_eq!(workspaces(json!({}), Launch::Elsewhere), pnpms);
        assert_eq!(workspaces(json!({}), Launch::Here), None);
        let both = json!({ "workspaces": ["a"] });
        assert_eq!(workspaces(both, Launch::Elsewhere), Some(json!(["a"])));
    }
}
