//! What users of the package will install with it, and which registry npm would ask for it
//! here.

use crate::manifest::DependencyField;
use crate::manifest::Manifest;
use crate::manifest::range;
use crate::npmrc::PackageConfig;
use crate::npmrc::credentials::RequestCredential;
use crate::registry::url::RegistryUrl;

/// At most this many dependencies are looked up.
const MAX_DEPENDENCIES: usize = 300;
/// Extensions of local tarballs.
const TARBALLS: [&str; 3] = [".tgz", ".tar.gz", ".tar"];

/// A dependency that users get from a registry.
#[derive(Clone, Debug)]
pub struct DependencyPlan {
    /// The name on the registry: what follows `npm:`, if there is one.
    pub name: String,
    /// A range, or a dist-tag.
    pub wanted: String,
    /// Its JSON pointer in package.json.
    pub pointer: String,
    /// The registry that npm would ask for it with this configuration.
    pub registry: RegistryUrl,
    /// What npm would send with the request.
    pub credential: Option<RequestCredential>,
}

/// The dependencies that users need: `dependencies` and `peerDependencies`, except optional and
/// bundled ones. Optional dependencies are often published together with a package.
pub(super) fn dependencies(manifest: &Manifest, config: &PackageConfig<'_>) -> Vec<DependencyPlan> {
    let needed = [
        DependencyField::Dependencies,
        DependencyField::PeerDependencies,
    ];
    let own = manifest
        .object
        .get("name")
        .and_then(serde_json::Value::as_str);
    let optional: Vec<&str> = manifest
        .dependencies(DependencyField::OptionalDependencies)
        .map(|dependency| dependency.name)
        .collect();
    let mut plans = Vec::new();
    for dependency in needed
        .into_iter()
        .flat_map(|field| manifest.dependencies(field))
    {
        let is_left_out = optional.contains(&dependency.name)
            || is_bundled(manifest, dependency.name)
            || (dependency.field == DependencyField::PeerDependencies
                && manifest.is_optional_peer(dependency.name));
        let Some((name, wanted)) = wanted(dependency.name, dependency.spec) else {
            continue;
        };
        if is_left_out || own == Some(&name) {
            continue;
        }
        plans.extend(asked(config, &name, &wanted, dependency.pointer, own));
    }
    plans.truncate(MAX_DEPENDENCIES);
    plans
}

/// The registry that is asked: the package's own for its own scope, otherwise the one that npm
/// installs from here.
fn asked(
    config: &PackageConfig<'_>,
    name: &str,
    wanted: &str,
    pointer: String,
    own: Option<&str>,
) -> Option<DependencyPlan> {
    let same_scope = scope(name).is_some() && own.and_then(scope) == scope(name);
    let registry = if same_scope {
        config.registry(own?).ok()?.value
    } else {
        config.comparison_registry(name)?
    };
    let url = url::Url::parse(&registry.package(name)).ok()?;
    let credential = if same_scope {
        config.put_credential(own?, &url)
    } else {
        config.comparison_credential(name, &url)
    };
    Some(DependencyPlan {
        name: name.to_owned(),
        wanted: wanted.to_owned(),
        pointer,
        registry,
        credential,
    })
}

fn scope(name: &str) -> Option<&str> {
    name.strip_prefix('@')?
        .split_once('/')
        .map(|(scope, _)| scope)
}

/// The name and the range or tag that a registry is asked for; `None` for git, URLs, files and
/// other clients' protocols.
fn wanted(name: &str, spec: &str) -> Option<(String, String)> {
    let spec = spec.trim();
    if let Some(alias) = spec.strip_prefix("npm:") {
        let at = alias.get(1..)?.rfind('@').map(|at| at + 1);
        let (name, range) = at.map_or((alias, "*"), |at| (&alias[..at], &alias[at + 1..]));
        return is_name(name).then(|| (name.to_owned(), range.to_owned()));
    }
    let is_elsewhere = spec.contains([':', '/', '\\'])
        || spec.starts_with('.')
        || TARBALLS.iter().any(|end| spec.ends_with(end));
    if is_elsewhere || !is_name(name) {
        return None;
    }
    let wanted = if spec.is_empty() { "*" } else { spec };
    let is_tag = || {
        wanted
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    (range::is_valid_range(wanted, true) || is_tag()).then(|| (name.to_owned(), wanted.to_owned()))
}

/// A name that is safe to ask a registry for.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
    };
    match name.strip_prefix('@') {
        Some(rest) => rest
            .split_once('/')
            .is_some_and(|(scope, name)| part(scope) && part(name)),
        None => part(name),
    }
}

fn is_bundled(manifest: &Manifest, name: &str) -> bool {
    let bundled = ["bundleDependencies", "bundledDependencies"]
        .into_iter()
        .find_map(|key| manifest.object.get(key));
    match bundled {
        Some(serde_json::Value::Bool(all)) => *all,
        Some(serde_json::Value::Array(names)) => {
            names.iter().any(|bundled| bundled.as_str() == Some(name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_asked_for_names_ranges_and_tags_only() {
        let some = |name: &str, range: &str| Some((name.to_owned(), range.to_owned()));
        let table = [
            ("^1.0.0", some("cat", "^1.0.0")),
            ("", some("cat", "*")),
            ("latest", some("cat", "latest")),
            ("npm:dog@^2", some("dog", "^2")),
            ("npm:@s/dog@2", some("@s/dog", "2")),
            ("npm:dog", some("dog", "*")),
            ("workspace:*", None),
            ("catalog:", None),
            ("file:../x", None),
            ("../x", None),
            ("x.tgz", None),
            ("owner/repo", None),
            ("git+https://h/x.git", None),
            ("https://h/x.tgz", None),
            ("npm:", None),
            ("what is that?", None),
        ];
        for (spec, expected) in table {
            assert_eq!(wanted("cat", spec), expected, "{spec}");
        }
        assert_eq!(wanted("../cat", "1"), None);
    }

    #[test]
    fn what_is_optional_or_packed_along_is_left_out() {
        let manifest = Manifest::from_json(serde_json::json!({
            "bundleDependencies": ["a"],
            "peerDependenciesMeta": { "b": { "optional": true } },
        }));
        assert!(is_bundled(&manifest, "a") && !is_bundled(&manifest, "b"));
        assert!(manifest.is_optional_peer("b") && !manifest.is_optional_peer("a"));
    }
}
