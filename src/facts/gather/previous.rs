//! Fetches the published tarball, to be compared with this one.

use std::path::Path;

use super::query::question;
use crate::facts::contents::{Previous, Unpacked};
use crate::finding::Gap;
use crate::plan::PackagePlan;
use crate::registry::client::{Client, Download, Question};
use crate::registry::documents::Packument;
use crate::registry::read::{PublishedTarball, published_tarball};
use crate::registry::url::escaped_name;

/// Fetches the version that the dist-tag points at, otherwise `latest`. `None` if nothing is
/// published.
///
/// # Errors
/// When the registry does not serve it, or serves bytes with another digest.
pub async fn previous(
    client: &Client,
    package: &PackagePlan,
    packument: Option<&Packument>,
) -> Result<Option<Previous>, Gap> {
    let released = packument.filter(|packument| packument.has_releases());
    let tags = released.map(|packument| &packument.dist_tags);
    let tag = &package.tag.sent.value;
    let version = tags.and_then(|tags| tags.get(tag).or_else(|| tags.get("latest")));
    let (Some(version), Ok(registry), Some(name)) =
        (version, &package.registry, package.name.as_str())
    else {
        return Ok(None);
    };
    let credential = package.credential.request.as_ref();
    let path = format!("{}/{version}", escaped_name(name));
    let document = Question {
        is_small: true,
        ..question(registry.value.join(&path), credential)
    };
    let reply = client.ask(&document).await?;
    let unknown = |reason: &str| Gap::Unknown(format!("{}: {reason}", document.shown()));
    if reply.status != 200 {
        return Err(unknown(&reply.status.to_string()));
    }
    let promised =
        published_tarball(&reply.body).ok_or_else(|| unknown("200, but without a tarball"))?;
    // A credential is sent only to its own host.
    let tarball = question(promised.url.clone(), credential);
    let unpacked = unpack(client.download(&tarball).await?, promised).await;
    unpacked
        .map(|unpacked| {
            Some(Previous {
                version: version.clone(),
                unpacked,
            })
        })
        .map_err(|reason| Gap::Unknown(format!("{}: {reason}", tarball.shown())))
}

/// Runs on a separate thread, so that requests continue.
async fn unpack(tarball: Download, promised: PublishedTarball) -> Result<Unpacked, String> {
    let unpacking = tokio::task::spawn_blocking(move || {
        if promised.has(&tarball.bytes) == Some(false) {
            return Err("the bytes do not match the registry's digest".to_owned());
        }
        let path = Path::new("package.json");
        Unpacked::of_tarball(&tarball.bytes, path).map_err(|error| error.to_string())
    });
    unpacking
        .await
        .unwrap_or_else(|error| Err(error.to_string()))
}
