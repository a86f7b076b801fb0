//! The report of a release: what is sent in which order, and the results. For people, and as
//! the contract `safe-publish/release@1`.

mod ended;
mod github;
mod human;
mod json;

use crate::explain::Explanation;
use crate::facts::contents::Changes;
use crate::finding::Packer;
use crate::origin::Resolved;

use super::Report;

pub use ended::ended;
pub use github::{annotations, summary};
pub use human::human;
pub use json::json;

/// A release, planned or finished.
#[derive(Clone, Debug)]
pub struct Release {
    /// The tool that packs.
    pub packer: PackerReport,
    /// The indices of the packages to send, dependencies first.
    pub order: Vec<usize>,
    /// The packages of the repository, in its own order.
    pub packages: Vec<ReleasePackage>,
    /// Packages that need each other.
    pub cycles: Vec<ReleaseCycle>,
    /// What the preflight found. Its packages are those of `packages` that have a
    /// report.
    pub preflight: Report,
}

/// The tool that packs, and what decided that.
#[derive(Clone, Debug)]
pub struct PackerReport {
    /// The tool.
    pub packer: Packer,
    /// Its version when it ran; before that, the version that the repository asks for.
    pub version: Option<String>,
    /// What set it.
    pub because: String,
}

/// One package of a release.
#[derive(Clone, Debug)]
pub struct ReleasePackage {
    /// Its name, as written.
    pub name: String,
    /// Its version, as it would be sent.
    pub version: Option<String>,
    /// Its folder, relative to the working folder.
    pub directory: String,
    /// The public packages of the repository that it depends on, sorted by name.
    pub depends_on: Vec<String>,
    /// What is, or was, done with it.
    pub state: State,
    /// Why, where the state alone does not tell.
    pub reason: Option<Reason>,
    /// What was packed.
    pub tarball: Option<Tarball>,
    /// How scripts changed the predicted files.
    pub changes: Changes,
    /// The dist-tag and the access level, with their origins; `None` if nothing is sent.
    pub target: Option<Target>,
    /// Its index in the packages of the preflight.
    pub report: Option<usize>,
    /// Why npm did not upload it, if npm failed.
    pub explanation: Option<Explanation>,
}

/// What is done with a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It will be sent.
    Publish,
    /// Its version is on the registry already.
    Out,
    /// It is private.
    Private,
    /// Something is wrong with it.
    Blocked,
    /// It was sent.
    Published,
    /// It could not be packed or sent.
    Failed,
    /// It was not sent.
    Waiting,
}

impl State {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Out => "out",
            Self::Private => "private",
            Self::Blocked => "blocked",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }
}

/// Why a package is in its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It has neither a name nor a version.
    Unnamed,
    /// It needs packages of the repository that are neither published nor chosen.
    NeedsUnchosen(Vec<String>),
    /// An earlier run sent it; the registry may not show it yet.
    EarlierRun,
    /// The tarball has this name and version instead of those of package.json.
    PackedAs(String),
    /// It could not be packed, and why.
    NotPacked(String),
    /// Its tarball cannot be published, and why.
    BadTarball(String),
    /// npm could not be run, and why.
    NotStarted(String),
    /// It needs these packages, which were not sent.
    WaitsFor(Vec<String>),
    /// The run ended before its turn.
    RunEnded,
    /// npm was stopped during its upload.
    Interrupted,
    /// It is staged.
    Staged,
    /// The registry has this version, but the files that npm would pack here differ in total
    /// size.
    OtherContents {
        /// Bytes here.
        here: u64,
        /// Bytes on the registry.
        there: u64,
    },
    /// The registry has this version, and the package belongs to others.
    OfOthers,
    /// The registry had this version already, with other bytes.
    OtherBytes,
    /// It is published, but a script after the upload failed.
    AfterUpload(String),
    /// It is published, but these packages, which it needs, are not.
    OutWithout(Vec<String>),
}

impl Reason {
    /// Whether a person should look at it.
    pub fn is_warning(&self) -> bool {
        matches!(
            self,
            Self::NeedsUnchosen(_)
                | Self::OtherContents { .. }
                | Self::OfOthers
                | Self::OtherBytes
                | Self::AfterUpload(_)
                | Self::OutWithout(_)
        )
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unnamed => f.write_str("it has neither a name nor a version"),
            Self::NeedsUnchosen(names) => write!(
                f,
                "it needs {}, neither on the registry nor chosen",
                names.join(", ")
            ),
            Self::EarlierRun => f.write_str("an earlier run of this release sent it"),
            Self::PackedAs(spec) => write!(f, "its tarball is {spec}"),
            Self::NotPacked(why) => write!(f, "it could not be packed: {why}"),
            Self::BadTarball(why) => write!(f, "its tarball cannot be published: {why}"),
            Self::NotStarted(why) => write!(f, "npm could not be run: {why}"),
            Self::WaitsFor(names) => write!(f, "it needs {}, not published", names.join(", ")),
            Self::RunEnded => f.write_str("the run ended before its turn"),
            Self::Interrupted => f.write_str(
                "npm was stopped during its upload, which may have succeeded; run the same \
                 command again to find out",
            ),
            Self::Staged => f.write_str("it is staged, and waits for a maintainer's approval"),
            Self::OtherContents { here, there } => write!(
                f,
                "the registry has other contents: its files have {there} bytes, those here \
                 {here}; raise the version to publish these"
            ),
            Self::OfOthers => f.write_str(
                "the package of this name on the registry belongs to others, and what depends on it gets theirs",
            ),
            Self::OtherBytes => f.write_str("what is there is not what was packed here"),
            Self::AfterUpload(why) => write!(f, "it is published, and then {why}"),
            Self::OutWithout(names) => write!(
                f,
                "it is published without {}, which it needs",
                names.join(", ")
            ),
        }
    }
}

/// A tarball.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tarball {
    /// `sha512-…` of its bytes.
    pub integrity: String,
    /// Its size in bytes.
    pub packed_size: u64,
}

/// What npm's command line names besides the tarball.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The dist-tag.
    pub tag: Resolved<String>,
    /// The access level; `None` leaves it to the registry.
    pub access: Option<Resolved<String>>,
}

/// Packages that need each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseCycle {
    /// Their names, in the order of the release.
    pub members: Vec<String>,
    /// The first of each pair is published before the second, which it needs.
    pub broken: Vec<(String, String)>,
}
