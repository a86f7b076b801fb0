//! The package's own dependencies, as Arborist reads them (`Node._loadDeps`).

use serde_json::Value;

use super::is_filled;
use crate::manifest::{Manifest, escape_pointer};

/// A direct dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge<'a> {
    pub(super) name: &'a str,
    pub(super) spec: &'a str,
    /// The field that lists it.
    field: &'static str,
}

impl Edge<'_> {
    /// Where it is. Written only for what is reported: there may be many.
    pub(super) fn pointer(&self) -> String {
        format!("/{}/{}", self.field, escape_pointer(self.name))
    }
}

/// The direct dependencies in the order in which npm reads them. `None` if one of them is not a
/// string.
pub(super) fn direct(manifest: &Manifest) -> Option<Vec<Edge<'_>>> {
    let mut edges = Vec::new();
    let optional = manifest.object.get("optionalDependencies");
    // npm drops what is also in optionalDependencies.
    let is_dropped = |name: &str| {
        is_filled(optional) && optional.is_some_and(|optional| optional.get(name).is_some())
    };
    let peers = edges_of(manifest, "peerDependencies")?;
    let (optional_peers, peers): (Vec<_>, Vec<_>) = peers
        .into_iter()
        .partition(|edge| manifest.is_optional_peer(edge.name));
    edges.extend(peers);
    edges.extend(optional_peers);
    let dependencies = manifest.members("/dependencies").into_iter();
    let kept = dependencies.filter(|(name, _)| !is_dropped(name));
    edges.extend(read(kept, "dependencies")?);
    edges.extend(edges_of(manifest, "optionalDependencies")?);
    edges.extend(edges_of(manifest, "devDependencies")?);
    Some(edges)
}

fn edges_of<'a>(manifest: &'a Manifest, field: &'static str) -> Option<Vec<Edge<'a>>> {
    read(manifest.members(&format!("/{field}")).into_iter(), field)
}

fn read<'a>(
    members: impl Iterator<Item = (&'a str, &'a Value)>,
    field: &'static str,
) -> Option<Vec<Edge<'a>>> {
    members
        .map(|(name, spec)| {
            Some(Edge {
                name,
                spec: spec.as_str()?,
                field,
            })
        })
        .collect()
}
