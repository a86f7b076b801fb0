//! The fields of a manifest, typed, each with its JSON pointer.

use serde_json::{Map, Value};

use super::hosted::Hosted;
use super::name::Name;
use super::version::{Version, VersionProblem};
use super::{Manifest, escape_pointer, js};
use crate::npm::NpmVersion;

/// A field that lists dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DependencyField {
    Dependencies,
    OptionalDependencies,
    PeerDependencies,
}

impl DependencyField {
    /// The fields whose dependencies users of the package install.
    pub const PUBLISHED: [Self; 3] = [
        Self::Dependencies,
        Self::OptionalDependencies,
        Self::PeerDependencies,
    ];

    /// The key in package.json.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dependencies => "dependencies",
            Self::OptionalDependencies => "optionalDependencies",
            Self::PeerDependencies => "peerDependencies",
        }
    }
}

/// An entry of a [`DependencyField`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency<'a> {
    /// The field that it is in.
    pub field: DependencyField,
    /// The name it is installed under.
    pub name: &'a str,
    /// The range, tag, address or protocol, as written.
    pub spec: &'a str,
    /// Where it is.
    pub pointer: String,
}

/// The license that a package states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// An SPDX expression, `SEE LICENSE IN …`, or whatever is written there.
    pub text: String,
    /// Where it is.
    pub pointer: String,
}

/// Where a package's source is. Either URL may contain a credential, which npm publishes as
/// written: mask it before it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The URL as npm writes it into the published manifest.
    pub url: String,
    /// The URL as written in package.json.
    pub written: String,
    /// Where it is.
    pub pointer: String,
    /// The folder within it, for monorepos.
    pub directory: Option<String>,
}

/// A file that a package promises to its users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// What for.
    pub kind: EntryKind,
    /// The path as written.
    pub target: &'a str,
    /// Where it is.
    pub pointer: String,
}

/// The field that promises a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum EntryKind {
    Main,
    Module,
    Types,
    Bin,
    Export,
}

impl Manifest {
    /// The name, by this npm's rules.
    pub fn name(&self, npm: &NpmVersion) -> Name {
        Name::of(self.object.get("name"), npm)
    }

    /// The version that npm would send.
    ///
    /// # Errors
    /// When npm would refuse it.
    pub fn version(&self) -> Result<Version, VersionProblem> {
        Version::of(self.object.get("version"))
    }

    /// Whether `private` is truthy in JavaScript: `"false"` is.
    pub fn is_private(&self) -> bool {
        js::truthy(&self.object, "private").is_some()
    }

    /// Whether npm installs the package without this peer dependency.
    pub fn is_optional_peer(&self, name: &str) -> bool {
        let meta = self.object.get("peerDependenciesMeta");
        meta.and_then(|meta| meta.get(name)?.get("optional"))
            .is_some_and(js::is_truthy)
    }

    /// `publishConfig`, if npm would apply it.
    pub fn publish_config(&self) -> Option<&Map<String, Value>> {
        self.object.get("publishConfig")?.as_object()
    }

    /// The scripts that npm runs before the PUT, in its order. They may change
    /// the manifest.
    pub fn scripts_before_put(&self) -> Vec<&'static str> {
        self.scripts_of(["prepublishOnly", "prepack", "prepare", "postpack"])
    }

    /// The scripts that npm runs after the registry's answer, in its order.
    pub fn scripts_after_put(&self) -> Vec<&'static str> {
        self.scripts_of(["publish", "postpublish"])
    }

    /// The names whose script is not empty.
    fn scripts_of<const N: usize>(&self, names: [&'static str; N]) -> Vec<&'static str> {
        let is_there = |name: &&str| self.script(name).is_some_and(|script| !script.is_empty());
        names.into_iter().filter(is_there).collect()
    }

    /// The text of a script.
    pub fn script(&self, name: &str) -> Option<&str> {
        self.object.get("scripts")?.get(name)?.as_str()
    }

    /// The dependencies of a field whose spec is a string; npm drops the others.
    pub fn dependencies(&self, field: DependencyField) -> impl Iterator<Item = Dependency<'_>> {
        let entries = self.object.get(field.key()).and_then(Value::as_object);
        entries
            .into_iter()
            .flatten()
            .filter_map(move |(name, spec)| {
                Some(Dependency {
                    field,
                    name,
                    spec: spec.as_str()?,
                    pointer: format!("/{}/{}", field.key(), escape_pointer(name)),
                })
            })
    }

    /// `license`, or its older forms: an object with `type`, the first of `licenses`.
    pub fn license(&self) -> Option<License> {
        let found = |value: &Value, pointer: String| match value {
            Value::String(text) => Some(License {
                text: text.clone(),
                pointer,
            }),
            Value::Object(object) => Some(License {
                text: object.get("type")?.as_str()?.to_owned(),
                pointer: format!("{pointer}/type"),
            }),
            _ => None,
        };
        let license = self.object.get("license");
        license
            .and_then(|value| found(value, "/license".to_owned()))
            .or_else(|| {
                found(
                    self.object.get("licenses")?.get(0)?,
                    "/licenses/0".to_owned(),
                )
            })
    }

    /// `repository`, with the URL that npm writes (`fixRepositoryField`). The first of
    /// `repositories` wins over it.
    pub fn repository(&self) -> Option<Repository> {
        let (value, pointer) = match js::truthy(&self.object, "repositories") {
            Some(all) => (all.get(0)?, "/repositories/0"),
            None => (js::truthy(&self.object, "repository")?, "/repository"),
        };
        let (written, pointer) = match value {
            Value::String(text) => (text.as_str(), pointer.to_owned()),
            other => (other.get("url")?.as_str()?, format!("{pointer}/url")),
        };
        if written.is_empty() {
            return None;
        }
        let directory = value.get("directory").and_then(Value::as_str);
        Some(Repository {
            url: Hosted::parse(written).map_or_else(|| written.to_owned(), |it| it.normalized()),
            written: written.to_owned(),
            pointer,
            directory: directory.map(str::to_owned),
        })
    }

    /// The files that the manifest promises: `main`, `module`, `types` (or `typings`), `bin`,
    /// and the targets of `exports` without `*`.
    pub fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries = Vec::new();
        for (key, kind) in [
            ("main", EntryKind::Main),
            ("module", EntryKind::Module),
            ("types", EntryKind::Types),
            ("typings", EntryKind::Types),
            ("bin", EntryKind::Bin),
        ] {
            if let Some(Value::String(target)) = js::truthy(&self.object, key) {
                entries.push(Entry {
                    kind,
                    target,
                    pointer: format!("/{key}"),
                });
            }
        }
        if let Some(Value::Object(bins)) = self.object.get("bin") {
            for (name, target) in bins {
                if let Value::String(target) = target {
                    entries.push(Entry {
                        kind: EntryKind::Bin,
                        target,
                        pointer: format!("/bin/{}", escape_pointer(name)),
                    });
                }
            }
        }
        if let Some(exports) = self.object.get("exports") {
            exported(exports, "/exports".to_owned(), &mut entries);
        }
        entries
    }
}

/// The concrete targets below a value of `exports`.
fn exported<'a>(value: &'a Value, pointer: String, entries: &mut Vec<Entry<'a>>) {
    match value {
        Value::String(target) if target.starts_with("./") && !target.contains('*') => {
            entries.push(Entry {
                kind: EntryKind::Export,
                target,
                pointer,
            });
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                exported(value, format!("{pointer}/{index}"), entries);
            }
        }
        Value::Object(values) => {
            for (key, value) in values {
                exported(value, format!("{pointer}/{}", escape_pointer(key)), entries);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
