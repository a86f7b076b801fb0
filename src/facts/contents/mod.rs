//! What is in the tarball: the list of files, where the package's entry points lead, and what
//! should not be in the files.

mod bins;
mod compare;
mod entries;
mod links;
mod secrets;
mod targets;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub use bins::{BinFile, FirstLine};
pub use compare::{ChangedFile, Comparison, Previous, SizedFile, Unpacked, compare};
pub use entries::{Entry, EntryKind};
pub use links::NamedLink;
pub use secrets::{FoundSecret, Searched, SecretKind};
pub use targets::{Absence, Target};

use crate::git::index::Tracked;
use crate::manifest::Manifest;
use crate::pack::{Edition, PackError, Packed, Request, pack_and_list, unused_entries};
use crate::plan::{PackagePlan, Packing};
use crate::threads::joined;

/// At which point of a publish the list is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Something may still be built before npm starts.
    #[default]
    Before,
    /// npm starts immediately.
    Publishing,
    /// Everything was built.
    Built,
    /// Only some of the files exist here: what will be packed is unknown.
    Partial,
}

/// What is known of a package's tarball.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The files.
    pub packed: Arc<Packed>,
    /// Scripts that may still change the list.
    pub scripts: Vec<String>,
    /// At which point of the publish this is.
    pub stage: Stage,
    /// The tarball exists already.
    pub is_tarball: bool,
    /// Where each entry point leads.
    pub entries: Vec<Entry>,
    /// The first lines of the packed commands.
    pub bins: Vec<BinFile>,
    /// Elements of `files` that pack nothing, by their index.
    pub unused: Vec<usize>,
    /// Symbolic links that users would expect to be packed.
    pub links: Vec<NamedLink>,
    /// What looks like a secret.
    pub secrets: Searched,
    /// What another edition of npm would pack differently.
    pub other_npm: Option<Difference>,
    /// Whose rules made the list.
    pub edition: Edition,
}

/// What another edition of npm would pack differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The other edition.
    pub edition: Edition,
    /// Files that only it would pack.
    pub more: Vec<String>,
    /// Files that it would not pack.
    pub fewer: Vec<String>,
}

/// How scripts changed the predicted files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that were not predicted.
    pub added: Vec<String>,
    /// Files that were predicted but not packed.
    pub removed: Vec<String>,
}

impl Changes {
    /// Compares the predicted files with those that were packed.
    pub fn between(predicted: &Packed, packed: &Packed) -> Self {
        let (before, now) = (predicted.paths(), packed.paths());
        Self {
            added: now.difference(&before).cloned().collect(),
            removed: before.difference(&now).cloned().collect(),
        }
    }
}

impl Contents {
    /// Whether nothing can change the files any more: they are in a tarball, everything is
    /// built, or npm starts immediately and runs no script first.
    pub fn is_final(&self) -> bool {
        self.is_tarball
            || self.stage == Stage::Built
            || (self.stage == Stage::Publishing && self.scripts.is_empty())
    }

    /// Whether a missing entry point is proven; see `docs/packing.md`.
    pub fn proves(&self, absence: &Absence) -> bool {
        self.is_final() || absence.is_on_disk() || absence.is_source()
    }
}

/// Examines the files of a package. `None` if nothing here is packed.
pub fn of_package(plan: &PackagePlan, stage: Stage) -> Option<Result<Contents, PackError>> {
    if stage == Stage::Partial {
        return None;
    }
    if let Some(error) = plan.fails_before_packing() {
        return Some(Err(error));
    }
    Some(match &plan.packing {
        Packing::Folder(request) => of_folder(plan, request, stage),
        Packing::Tarball(path) => of_tarball(path, &plan.manifest),
        Packing::Foreign(_) | Packing::Remote => return None,
    })
}

fn of_folder(plan: &PackagePlan, request: &Request, stage: Stage) -> Result<Contents, PackError> {
    let folder = &request.folder;
    std::thread::scope(|scope| {
        let (packed, other_npm) = of_both(request)?;
        let packed = Arc::new(packed);
        let secrets = scope.spawn({
            let packed = Arc::clone(&packed);
            move || secrets::in_folder(folder, &packed)
        });
        let tracked = Tracked::around(folder);
        let finder = targets::Finder::in_folder(&packed, request, tracked.as_ref());
        let finder = finder.with_traces(!leaves_no_trace(plan));
        let entries = entries::of(&plan.manifest, &finder);
        let read = |path: &str, limit: u64| bins::head(&folder.join(path), limit);
        let git = tracked.as_ref().map(|it| (it, folder.as_path()));
        Ok(Contents {
            bins: bins::of(&entries, git, &read),
            unused: unused_entries(request, &packed),
            links: links::in_folder(folder, &plan.manifest.object),
            scripts: plan.scripts_before_packing(),
            other_npm,
            secrets: joined(secrets),
            packed: Arc::clone(&packed),
            stage,
            is_tarball: false,
            entries,
            edition: request.edition,
        })
    })
}

/// Whether scripts create files before npm packs, and remove them afterwards: such files need
/// no line in .gitignore.
fn leaves_no_trace(plan: &PackagePlan) -> bool {
    let scripts = plan.manifest.object.get("scripts");
    let has = |name: &str| scripts.is_some_and(|scripts| scripts.get(name).is_some());
    !plan.scripts_before_packing().is_empty() && (has("postpack") || has("postpublish"))
}

/// Examines an existing tarball.
///
/// # Errors
/// When it cannot be read.
pub fn of_tarball(path: &Path, manifest: &Manifest) -> Result<Contents, PackError> {
    let mut seen = TarballContents::default();
    let packed = crate::pack::visit_tarball(path, &mut |path, bytes| seen.look(path, bytes))?;
    Ok(seen.contents(packed, manifest))
}

/// Examines a tarball that npm packed and sent, with the manifest in it, which a script may
/// have changed.
///
/// # Errors
/// When it is not a gzipped tar.
pub fn of_sent_tarball(tarball: &[u8], plan: &PackagePlan) -> io::Result<Contents> {
    let mut seen = TarballContents::default();
    let look = &mut |path: &str, bytes: &[u8]| seen.look(path, bytes);
    let packed = crate::pack::visit_tarball_bytes(tarball, look)?;
    let own = Manifest::parse(&plan.manifest.path, &seen.manifest).ok();
    Ok(seen.contents(packed, own.as_ref().unwrap_or(&plan.manifest)))
}

/// What was noticed in a tarball's files while it was read.
#[derive(Default)]
struct TarballContents {
    secrets: secrets::Search,
    heads: HashMap<String, Vec<u8>>,
    manifest: Vec<u8>,
}

impl TarballContents {
    fn look(&mut self, path: &str, bytes: &[u8]) {
        self.secrets.look(path, bytes);
        let head = &bytes[..bytes.len().min(bins::HEAD)];
        self.heads.insert(path.to_owned(), head.to_vec());
        if path == "package.json" {
            self.manifest = bytes.to_vec();
        }
    }

    fn contents(self, packed: Packed, manifest: &Manifest) -> Contents {
        let finder = targets::Finder::in_tarball(&packed);
        let entries = entries::of(manifest, &finder);
        Contents {
            bins: bins::of(&entries, None, &|path, _| self.heads.get(path).cloned()),
            secrets: self.secrets.of_tarball(&packed),
            unused: Vec::new(),
            links: Vec::new(),
            other_npm: None,
            scripts: Vec::new(),
            packed: Arc::new(packed),
            stage: Stage::Built,
            is_tarball: true,
            entries,
            edition: Edition::Npm12,
        }
    }
}

/// What npm would pack of a folder, and what the other edition would pack differently, if
/// anything.
///
/// # Errors
/// As [`crate::pack::pack`].
pub fn of_both(request: &Request) -> Result<(Packed, Option<Difference>), PackError> {
    let edition = other_edition(request.edition);
    let (packed, other) = pack_and_list(request, edition)?;
    let difference = other.and_then(|other| difference(edition, &other, &packed));
    Ok((packed, difference))
}

/// The edition that is compared with this one.
fn other_edition(edition: Edition) -> Edition {
    match edition {
        Edition::Npm12 => Edition::Npm11,
        Edition::Npm10 | Edition::Npm11 => Edition::Npm12,
    }
}

/// `other`: the sorted paths that an edition packs.
fn difference(edition: Edition, other: &[String], packed: &Packed) -> Option<Difference> {
    let own = packed.files.iter().map(|file| file.path.as_str());
    let mut own: Vec<&str> = own.collect();
    own.sort_unstable();
    if own == other {
        return None;
    }
    let more = other.iter();
    let more = more.filter(|path| own.binary_search(&path.as_str()).is_err());
    let more: Vec<String> = more.cloned().collect();
    let is_other = |path: &str| other.binary_search_by(|it| it.as_str().cmp(path)).is_ok();
    let fewer = own.iter().filter(|path| !is_other(path));
    let fewer: Vec<String> = fewer.map(|path| (*path).to_owned()).collect();
    let differs = !more.is_empty() || !fewer.is_empty();
    differs.then_some(Difference {
        edition,
        more,
        fewer,
    })
}
