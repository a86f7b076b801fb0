//! The documents that the rehearsal registry serves, in npmjs's format.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::state::{State, StoredPackage};
use crate::manifest::version::Version;

/// How long ago a version was published if the state does not say so.
pub(super) const DEFAULT_AGE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Every document has this revision, because there are no concurrent writers.
pub(super) const REVISION: &str = "7-rehearsal";

/// A packument, full or abbreviated.
pub(super) fn packument(
    state: &State,
    name: &str,
    base: &str,
    abbreviated: bool,
    now: Timestamp,
) -> Option<Value> {
    let package = state.packages.get(name)?;
    let time = times(package, now);
    if package.unpublished.is_some() {
        return Some(json!({ "_id": name, "_rev": REVISION, "name": name, "time": time }));
    }
    let versions: Map<String, Value> = package
        .versions
        .keys()
        .filter_map(|version| Some((version.clone(), manifest(state, name, version, base)?)))
        .collect();
    let mut document = json!({
        "name": name,
        "dist-tags": dist_tags(package),
        "versions": versions,
        "modified": time.get("modified"),
    });
    if !abbreviated {
        document["_id"] = json!(name);
        document["_rev"] = json!(REVISION);
        document["time"] = time;
        let person = |name: &String| {
            let email = state.users.get(name).map_or("", |user| user.email.as_str());
            json!({ "name": name, "email": email })
        };
        document["maintainers"] = package.maintainers.iter().map(person).collect();
        document["description"] = json!(package.description);
        if let Some(url) = &package.repository {
            document["repository"] = json!({ "type": "git", "url": url });
        }
        document["readme"] = json!("");
    }
    Some(document)
}

/// One version's manifest.
pub(super) fn manifest(state: &State, name: &str, version: &str, base: &str) -> Option<Value> {
    let package = state.packages.get(name)?;
    let known = package.versions.get(version)?;
    let mut manifest = known.manifest.clone().unwrap_or_else(
        || json!({ "name": name, "version": version, "description": package.description }),
    );
    manifest["_id"] = json!(format!("{name}@{version}"));
    let file = file_name(name, version);
    if !manifest["dist"].is_object() {
        manifest["dist"] = json!({});
    }
    manifest["dist"]["tarball"] = json!(format!("{base}{name}/-/{file}"));
    if let Some(message) = &known.deprecated {
        manifest["deprecated"] = json!(message);
    }
    Some(manifest)
}

/// `name-1.0.0.tgz`, without the scope.
pub(super) fn file_name(name: &str, version: &str) -> String {
    let short = name.rsplit('/').next().unwrap_or(name);
    format!("{short}-{version}.tgz")
}

/// The tags: as the state has them, or `latest` on the highest version.
pub(super) fn dist_tags(package: &StoredPackage) -> Value {
    if let Some(tags) = &package.dist_tags {
        return json!(tags);
    }
    let parsed = package
        .versions
        .keys()
        .filter_map(|text| Some((Version::parse(text, true)?, text)));
    let stable_first =
        parsed.max_by(|(a, _), (b, _)| (!a.is_prerelease(), a).cmp(&(!b.is_prerelease(), b)));
    match stable_first
        .map(|(_, text)| text)
        .or_else(|| package.versions.keys().next_back())
    {
        Some(latest) => json!({ "latest": latest }),
        None => json!({}),
    }
}

fn times(package: &StoredPackage, now: Timestamp) -> Value {
    let long_ago = now.checked_sub(DEFAULT_AGE).unwrap_or(now);
    let mut times = Map::new();
    let mut add = |key: &str, time: Timestamp| {
        times.insert(key.to_owned(), json!(format!("{time:.3}")));
    };
    add("created", long_ago);
    add("modified", now);
    for (version, known) in &package.versions {
        add(
            version,
            known
                .time
                .as_ref()
                .map_or(long_ago, |time| time.resolve(now)),
        );
    }
    for (version, time) in &package.unpublished_versions {
        add(version, time.resolve(now));
    }
    if let Some(gone) = &package.unpublished {
        for version in &gone.versions {
            add(version, long_ago);
        }
        let time = format!("{:.3}", gone.time.resolve(now));
        times.insert(
            "unpublished".to_owned(),
            json!({ "time": time, "versions": gone.versions }),
        );
    }
    Value::Object(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packages_repository_is_served_in_the_full_form() {
        let url = "git+https://github.com/acme/cat.git";
        let state =
            json!({ "packages": { "cat": { "versions": { "1.0.0": {} }, "repository": url } } });
        let state: State = serde_json::from_value(state).unwrap();
        let served = |abbreviated| {
            let base = "http://127.0.0.1/";
            packument(&state, "cat", base, abbreviated, Timestamp::UNIX_EPOCH).unwrap()
        };
        let read = crate::registry::read::packument(served(false).to_string().as_bytes());
        assert_eq!(read.unwrap().repository.as_deref(), Some(url));
        assert!(served(true).get("repository").is_none());
    }
}
