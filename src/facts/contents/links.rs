//! Symbolic links that were meant to be packed: npm silently leaves them out.

use std::path::Path;

use serde_json::{Map, Value};

use super::entries::normal;

/// A symbolic link that package.json or npm's own rules name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedLink {
    /// Its path below the package.
    pub path: String,
    /// The element of `files` that names it, by its index; `None` for the README.
    pub element: Option<usize>,
}

/// The links in a package's folder that users would expect to be packed.
pub(super) fn in_folder(folder: &Path, manifest: &Map<String, Value>) -> Vec<NamedLink> {
    let files = manifest.get("files").and_then(Value::as_array);
    let elements = files.into_iter().flatten().enumerate();
    let listed = elements.filter_map(|(index, element)| {
        let path = normal(element.as_str()?).filter(|path| !path.is_empty())?;
        is_link(&folder.join(&path)).then_some(NamedLink {
            path,
            element: Some(index),
        })
    });
    let listed: Vec<NamedLink> = listed.collect();
    let readme = readme(folder).filter(|path| listed.iter().all(|link| link.path != *path));
    let readme = readme.map(|path| NamedLink {
        path,
        element: None,
    });
    listed.into_iter().chain(readme).collect()
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|it| it.is_symlink())
}

/// The README, if it is a link and no other README is a file.
fn readme(folder: &Path) -> Option<String> {
    let mut link = None;
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        if lower != "readme" && !lower.starts_with("readme.") {
            continue;
        }
        if !entry.file_type().ok()?.is_symlink() {
            return None;
        }
        link = Some(name);
    }
    link
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use serde_json::json;

    use super::*;

    fn links(files: &Value, spoil: impl FnOnce(&Path)) -> Vec<(String, Option<usize>)> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("real.md"), "").unwrap();
        spoil(folder.path());
        let manifest = json!({ "files": files });
        let found = in_folder(folder.path(), manifest.as_object().unwrap());
        let each = found.into_iter().map(|link| (link.path, link.element));
        each.collect()
    }

    #[test]
    fn elements_of_files_and_the_readme_are_looked_at() {
        let link = |folder: &Path, name: &str| symlink("real.md", folder.join(name)).unwrap();
        let files = json!(["real.md", "./lib/", "*.md", "!x", 5]);
        let found = links(&files, |folder| {
            link(folder, "lib");
            link(folder, "Readme.md");
            link(folder, "other.md");
        });
        let named = |path: &str, element| (path.to_owned(), element);
        assert_eq!(found, [named("lib", Some(1)), named("Readme.md", None)]);
        let found = links(&json!(["README.md"]), |folder| link(folder, "README.md"));
        assert_eq!(found, [named("README.md", Some(0))]);
    }

    #[test]
    fn a_readme_that_is_a_file_is_enough() {
        let found = links(&json!([]), |folder| {
            symlink("real.md", folder.join("README.md")).unwrap();
            std::fs::write(folder.join("readme.txt"), "").unwrap();
        });
        assert!(found.is_empty(), "{found:?}");
    }
}
