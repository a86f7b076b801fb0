//! The keys of credentials: `//host/path/:_authToken`.

use crate::registry::kind::RegistryKind;
use crate::registry::kinds::traits;

/// A key without its last part.
pub(super) fn base(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(base, _)| base)
}

/// The service of a key's host: several hosts of one service count as equal.
pub(super) fn service(key: &str) -> String {
    let rest = key.trim_start_matches('/');
    let base = rest.split('/').next().unwrap_or_default();
    let base = base.split(":_").next().unwrap_or_default();
    let lower = base.to_lowercase();
    let host = lower.trim_end_matches(":443").trim_end_matches(":80");
    let name = host.split(':').next().unwrap_or_default();
    match name {
        "localhost" | "127.0.0.1" | "0.0.0.0" => "this machine".to_owned(),
        _ => kind_of(name).map_or_else(|| host.to_owned(), |kind| kind.name().to_owned()),
    }
}

/// The kind of registry that a host belongs to.
fn kind_of(host: &str) -> Option<RegistryKind> {
    let named = |kind: &&RegistryKind| {
        let traits = traits(**kind);
        traits.public_host == Some(host) || traits.mistaken_hosts.contains(&host)
    };
    RegistryKind::ALL.iter().find(named).copied()
}

/// What differs between the key that was found and the one that npm reads.
pub(super) fn difference(found: &str, wanted: &str) -> &'static str {
    let base = base(found);
    let host = |key: &str| {
        let rest = key.trim_start_matches('/');
        rest.split('/').next().unwrap_or_default().to_owned()
    };
    if format!("{base}/") == wanted {
        "the slash before the colon is missing"
    } else if base.to_lowercase() == wanted {
        "the host must be in lower case"
    } else if base.contains(":443") || base.contains(":80/") {
        "the default port must be left out"
    } else if host(base) != host(wanted) {
        "the host or the port differs"
    } else {
        "the path differs"
    }
}
