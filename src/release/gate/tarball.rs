//! Reads a tarball to its end.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};

use crate::escape::hex;
use crate::facts::Facts;
use crate::facts::contents::{self, Contents};
use crate::file;
use crate::finding::{Finding, Level};
use crate::manifest::name::Name;
use crate::manifest::version::{Version, VersionProblem};
use crate::manifest::{Manifest, read_tarball};
use crate::npm::NpmVersion;

/// At most this many bytes are unpacked to see whether a tarball is whole.
const MAX_UNPACKED: u64 = 4 << 30;

/// Files at the top of a package that npm never packs, but Yarn does.
const NEVER_PACKED: [&str; 6] = [
    ".npmrc",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
];

/// A tarball that can be read to its end.
#[derive(Clone, Debug)]
pub(crate) struct Tarball {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The manifest in it, with the path of the member's own package.json.
    pub(crate) manifest: Manifest,
    /// The name in it.
    pub(crate) name: Name,
    /// The version in it.
    pub(crate) version: Result<Version, VersionProblem>,
    /// What is in it.
    pub(crate) contents: Contents,
    /// `sha512-…` of its bytes.
    pub(crate) integrity: String,
    /// SHA-1 of its bytes in hexadecimal.
    pub(crate) shasum: String,
    /// Its size in bytes.
    pub(crate) size: u64,
}

impl Tarball {
    /// Reads the tarball of a member whose package.json is `source`.
    ///
    /// # Errors
    /// Why npm could not publish it, or why it could not be unpacked.
    pub(crate) fn read(path: &Path, source: &Manifest, npm: &NpmVersion) -> Result<Self, String> {
        whole(path).map_err(|error| format!("it is not a complete gzip file: {error}"))?;
        let mut manifest = read_tarball(path).map_err(|error| error.to_string())?;
        manifest.path.clone_from(&source.path);
        let contents = contents::of_tarball(path, &manifest).map_err(|error| error.to_string())?;
        let packed = &contents.packed;
        let (Some(integrity), Some(size)) = (packed.integrity.clone(), packed.packed_size) else {
            return Err("it is empty".to_owned());
        };
        Ok(Self {
            path: path.to_owned(),
            name: manifest.name(npm),
            version: manifest.version(),
            shasum: shasum(path).map_err(|error| error.to_string())?,
            manifest,
            contents,
            integrity,
            size,
        })
    }

    /// `name@version`, if both are valid.
    pub(crate) fn spec(&self) -> Option<String> {
        let version = self.version.as_ref().ok()?;
        Some(format!("{}@{version}", self.name.as_str()?))
    }

    /// Whether name and version are the ones that the registry was asked about.
    pub(crate) fn is_as_planned(&self, planned: &Facts) -> bool {
        let package = &planned.package;
        let version = |version: &Result<Version, _>| version.as_ref().ok().map(ToString::to_string);
        self.name.as_str() == package.name.as_str()
            && version(&self.version) == version(&package.version)
    }

    /// Gives the file a telling name, because npm makes that name public.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub(crate) fn rename(&mut self) -> std::io::Result<()> {
        let Some(spec) = self.spec() else {
            return Ok(());
        };
        let name = spec.trim_start_matches('@').replace(['/', '@'], "-");
        let path = self.path.with_file_name(format!("{name}.tgz"));
        fs::rename(&self.path, &path)?;
        self.path = path;
        Ok(())
    }

    /// Files that only another packer than npm would pack.
    pub(super) fn unwanted_files(&self) -> impl Iterator<Item = (&'static str, Finding)> {
        let packed = &self.contents.packed;
        let unwanted = NEVER_PACKED
            .iter()
            .filter(|name| packed.find(name).is_some());
        unwanted.map(|name| {
            let finding = Finding::new(format!(
                "`{name}` is in the tarball, but npm itself would never pack it"
            ))
            .help("leave it out: list what is to be packed in `files` in package.json")
            .level(Level::Error);
            ("contents-surprise", finding)
        })
    }
}

/// Unpacks up to the checksum at the end: a tar archive can seem complete well before that.
fn whole(path: &Path) -> std::io::Result<()> {
    let mut unpacked = GzDecoder::new(file::open(path)?).take(MAX_UNPACKED);
    std::io::copy(&mut unpacked, &mut std::io::sink())?;
    Ok(())
}

fn shasum(path: &Path) -> std::io::Result<String> {
    let mut file = file::open(path)?;
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => context.update(&buffer[..read]),
        }
    }
    Ok(hex(context.finish().as_ref()))
}
