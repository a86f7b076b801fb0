//! What git reports, read only. The only module that starts git; it fetches nothing and takes
//! no lock.

mod bump;
mod filters;
pub mod gather;
pub mod index;
pub mod program;
pub mod status;
pub mod tree;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Gap;
use crate::manifest::version::Version;

pub use program::Program;
pub use status::{Head, Upstream, WorkTree};

/// What is known about the repository that contains a package.
#[derive(Clone, Debug)]
pub struct Git {
    /// The work tree: changes, branch, upstream.
    pub work_tree: Result<Arc<WorkTree>, Gap>,
    /// The tags at HEAD, by their short names.
    pub tags: Result<Arc<Vec<String>>, Gap>,
    /// Whether a tag without a name in it (`v1.2.3`) means this package: not if the repository
    /// has several.
    pub plain_tags: bool,
    /// The package's package.json differs from HEAD's, or was made by a build.
    pub manifest_changed: bool,
    /// In the hook: the tag that is pushed for this package.
    pub pushed: Option<Pushed>,
}

/// A version tag that is pushed, for the package that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The tag's short name.
    pub tag: String,
    /// The version in it.
    pub version: Version,
    /// The folder of the package that it is about.
    pub folder: PathBuf,
}

impl Git {
    /// Nothing is known, for one reason.
    pub fn none(gap: &Gap) -> Self {
        Self {
            work_tree: Err(gap.clone()),
            tags: Err(gap.clone()),
            plain_tags: false,
            manifest_changed: false,
            pushed: None,
        }
    }

    /// Only a tag is judged, not a work tree.
    pub fn of_push(pushed: Pushed) -> Self {
        Self {
            pushed: Some(pushed),
            ..Self::none(&Gap::NotAsked("a tag is judged, not a work tree"))
        }
    }
}

/// The folder with `.git` in it, from here upward.
pub fn root_above(folder: &Path) -> Option<&Path> {
    folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
}
