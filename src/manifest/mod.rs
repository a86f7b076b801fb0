//! package.json as npm reads it, with its bytes for snippets.

pub mod name;
pub mod version;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

/// A package.json: its text, and the object in it.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Where it was read: the file, or the tarball that holds it.
    pub path: PathBuf,
    /// The text as it is on disk, a byte order mark included.
    pub text: Arc<str>,
    /// The object; of a key that stands twice, the last one.
    pub object: Arc<Map<String, Value>>,
}
