//! The licences of the dependencies installed here.

use std::path::Path;

use crate::manifest::Manifest;
use crate::manifest::{Dependency, DependencyField};

/// A direct dependency, and the licence of its installed copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The name it is installed under.
    pub name: String,
    /// Its JSON pointer in package.json.
    pub pointer: String,
    /// The licence of the installed copy.
    pub license: InstalledLicense,
}

/// The licence of an installed copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstalledLicense {
    /// No copy is installed.
    NotInstalled,
    /// Its package.json states no licence.
    Missing,
    /// The text of the field.
    Declared(String),
}

/// The direct dependencies that users install, with their licences.
pub fn installed(manifest: &Manifest) -> Vec<Installed> {
    let fields = [
        DependencyField::Dependencies,
        DependencyField::OptionalDependencies,
    ];
    let folder = manifest.path.parent().unwrap_or(Path::new(""));
    let of = |dependency: Dependency<'_>| Installed {
        name: dependency.name.to_owned(),
        pointer: dependency.pointer,
        license: license(folder, dependency.name),
    };
    fields
        .into_iter()
        .flat_map(|field| manifest.dependencies(field))
        .map(of)
        .collect()
}

/// Looked up as Node does: in the nearest node_modules above.
fn license(folder: &Path, name: &str) -> InstalledLicense {
    if name
        .split('/')
        .any(|part| part.is_empty() || part.starts_with('.'))
    {
        return InstalledLicense::NotInstalled;
    }
    let found = folder.ancestors().find_map(|folder| {
        let path = folder.join("node_modules").join(name).join("package.json");
        let manifest = Manifest::read(&path).ok()?;
        let license = manifest.license().map(|license| license.text);
        Some(license.map_or(InstalledLicense::Missing, InstalledLicense::Declared))
    });
    found.unwrap_or(InstalledLicense::NotInstalled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_copy_counts() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "node_modules/a/package.json",
            r#"{"name":"a","license":"GPL-3.0"}"#,
        );
        write(
            "p/node_modules/a/package.json",
            r#"{"name":"a","license":"MIT"}"#,
        );
        write("node_modules/b/package.json", r#"{"name":"b"}"#);
        write(
            "p/package.json",
            r#"{"dependencies":{"a":"1","b":"1","c":"1","../d":"1"}}"#,
        );
        let manifest = Manifest::read(&root.path().join("p/package.json")).unwrap();
        let licenses: Vec<_> = installed(&manifest)
            .into_iter()
            .map(|installed| installed.license)
            .collect();
        assert_eq!(
            licenses,
            [
                InstalledLicense::NotInstalled,
                InstalledLicense::Declared("MIT".to_owned()),
                InstalledLicense::Missing,
                InstalledLicense::NotInstalled
            ],
            "in the order of the names"
        );
    }
}
