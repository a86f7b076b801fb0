//! Reads the body of a publish and checks that its parts agree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::rules::Publish;

/// Parses a body: one version, one tag, and one tarball with the digest that the manifest
/// states.
pub(super) fn parse(name: &str, document: &Value, otp: Option<String>) -> Result<Publish, String> {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    if text("/name") != Some(name) {
        return Err(format!("the body is for another package than {name}"));
    }
    let only = |key: &str| {
        let map = document
            .get(key)
            .and_then(Value::as_object)
            .filter(|map| map.len() == 1);
        map.and_then(|map| map.iter().next())
            .ok_or_else(|| format!("exactly one entry is required in {key}"))
    };
    let (version, manifest) = only("versions")?;
    let (tag, tagged) = only("dist-tags")?;
    if tagged.as_str() != Some(version) {
        return Err(format!(
            "the tag {tag} is for another version than {version}"
        ));
    }
    if manifest.get("version").and_then(Value::as_str) != Some(version) {
        return Err(format!(
            "the manifest is for another version than {version}"
        ));
    }
    let tarball = attached(document)?;
    let declared = manifest.pointer("/dist/integrity").and_then(Value::as_str);
    if declared.is_some_and(|declared| declared != integrity(&tarball)) {
        return Err("the tarball's integrity differs from the manifest's".to_owned());
    }
    Ok(Publish {
        name: name.to_owned(),
        version: version.clone(),
        tag: tag.clone(),
        access: text("/access").map(str::to_owned),
        manifest: manifest.clone(),
        tarball,
        otp,
    })
}

/// The bytes of the attached tarball.
fn attached(document: &Value) -> Result<Vec<u8>, String> {
    let attachments = document
        .get("_attachments")
        .and_then(Value::as_object)
        .ok_or("no attachment")?;
    let (_, attachment) = attachments
        .iter()
        .find(|(file, _)| file.rsplit('.').next() == Some("tgz"))
        .ok_or("no tarball attached")?;
    let data = attachment
        .get("data")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let tarball = STANDARD
        .decode(data)
        .map_err(|error| format!("the tarball is not base64: {error}"))?;
    if attachment.get("length").and_then(Value::as_u64) != Some(tarball.len() as u64) {
        return Err("the tarball's length differs from the one in the body".to_owned());
    }
    Ok(tarball)
}

/// `sha512-…` of a tarball, as npm writes it.
pub(super) fn integrity(tarball: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA512, tarball);
    format!("sha512-{}", STANDARD.encode(digest))
}
