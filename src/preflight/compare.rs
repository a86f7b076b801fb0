//! Compares what would be packed with the published version.

use std::path::Path;

use futures_util::future::join_all;

use crate::facts::Facts;
use crate::facts::contents::{Comparison, Previous, Unpacked, compare};
use crate::facts::gather::previous;
use crate::file;
use crate::finding::Gap;
use crate::plan::Packing;
use crate::registry::client::Client;

/// The largest tarball of the user that is read for this, in bytes.
const MAX_TARBALL: u64 = 64 << 20;

/// Fetches the last version of every package, and notes the differences.
pub(super) async fn with_previous(client: &Client, all: &mut [Facts]) {
    let comparing = all.iter().map(|facts| of_package(client, facts));
    let compared = join_all(comparing).await;
    for (facts, comparison) in all.iter_mut().zip(compared) {
        facts.comparison = comparison;
    }
}

async fn of_package(client: &Client, facts: &Facts) -> Option<Result<Comparison, Gap>> {
    facts.contents()?;
    let packument = facts.packument().ok()?.value.as_deref();
    match previous(client, &facts.package, packument).await {
        Ok(before) => {
            let (before, facts) = (before?, facts.clone());
            let comparing = tokio::task::spawn_blocking(move || with(&before, &facts));
            comparing.await.ok()?
        }
        Err(gap) => Some(Err(gap)),
    }
}

fn with(before: &Previous, facts: &Facts) -> Option<Result<Comparison, Gap>> {
    let contents = facts.contents()?;
    let package = &facts.package;
    let now = match &package.packing {
        Packing::Folder(request) => {
            let manifest = &package.manifest;
            Unpacked::of_folder(&request.folder, &contents.packed, manifest)
        }
        Packing::Tarball(path) => match of_tarball(path) {
            Ok(unpacked) => unpacked,
            Err(reason) => {
                let gap = Gap::Unknown(format!("{}: {reason}", path.display()));
                return Some(Err(gap));
            }
        },
        Packing::Foreign(_) | Packing::Remote => return None,
    };
    Some(Ok(compare(before, &now)))
}

fn of_tarball(path: &Path) -> std::io::Result<Unpacked> {
    Unpacked::of_tarball(&file::read(path, MAX_TARBALL)?, path)
}
