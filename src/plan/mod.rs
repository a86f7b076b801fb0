//! What npm would do: for each package the name, version, registry, tag, access and credential,
//! each value with its origin.

mod as_packed;
mod build;
mod changesets;
mod credentials;
mod dependencies;
pub mod elsewhere;
mod exposed;
mod extension;
mod members;
mod packing;
mod project;
mod provenance_file;
mod scripts;
mod spec_type;
pub mod tools;
pub mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::finding::Packer;
use crate::manifest::Manifest;
use crate::manifest::name::Name;
use crate::manifest::version::{Version, VersionProblem};
use crate::npmrc::credentials::{AuthCheck, RequestCredential, UnscopedKey};
use crate::npmrc::{RegistryProblem, TagPlan};
use crate::origin::{Origin, Resolved};
use crate::pack::{Edition, PackError};
use crate::registry::url::RegistryUrl;

pub use build::Input;
pub use changesets::Changesets;
pub use dependencies::DependencyPlan;
pub use elsewhere::{Elsewhere, OtherCredential, OtherRegistry, Unused};
pub use provenance_file::{Bundle, BundleFault, ProvenanceFile};
pub use scripts::{Extent, Field, Rewrite};
pub use spec_type::SpecTypeDisabled;

pub(crate) use exposed::{committed, literals};
pub use extension::ExtensionFault;
pub use packing::Packing;
pub use project::{InvalidValue, ProjectPlan, UnknownKey, WorkspaceFault};
pub use tools::Tool;

/// Who starts npm, which decides what is known about its terminal and its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Launch {
    /// This process, with these arguments, after the preflight.
    Here,
    /// A person or a release tool, later: on another terminal, and perhaps with
    /// more arguments.
    Elsewhere,
}

/// What happens to `workspace:` and `catalog:` in the published manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocols {
    /// npm packs, and changes nothing.
    Kept,
    /// The tool that packs replaces them with ranges.
    Replaced,
    /// It depends on the version of a tool.
    Unknown,
}

/// The packages of a repository by name, and whether each is private.
pub type Siblings = Arc<BTreeMap<String, bool>>;

/// What one run of npm would publish.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The packages, in npm's order.
    pub packages: Vec<PackagePlan>,
    /// Private workspace members, which npm leaves out.
    pub skipped: Vec<Skipped>,
    /// What npm reads before it reads any package.
    pub project: ProjectPlan,
}

/// A private workspace member. npm reads it, runs its scripts and packs it like every other,
/// and only then skips it.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// Its name, or its folder's.
    pub name: String,
    /// What npm would do with it if it were not private.
    pub package: PackagePlan,
    /// npm reads it before it skips it; not if a tool starts npm only for the public packages.
    pub is_read: bool,
}

impl Skipped {
    /// What npm itself does.
    fn by_npm(name: String, package: PackagePlan) -> Self {
        Self {
            name,
            package,
            is_read: true,
        }
    }
}

/// One package that would be published, and how.
#[derive(Clone, Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one of npm's switches"
)]
pub struct PackagePlan {
    /// Where it is, as shown to the user: relative to the working folder.
    pub directory: String,
    /// Its package.json, before any script has run.
    pub manifest: Manifest,
    /// The name, by npm's rules.
    pub name: Name,
    /// The version as npm would send it: cleaned, without build metadata.
    pub version: Result<Version, VersionProblem>,
    /// How the command line names what to publish.
    pub spec: Spec,
    /// What would be in its tarball.
    pub packing: Packing,
    /// Published as a member of a workspace, where npm skips private packages.
    pub as_workspace: bool,
    /// `--force`, from any layer.
    pub force: bool,
    /// `--dry-run`, from any layer.
    pub dry_run: bool,
    /// It is staged (`npm stage publish`).
    pub staged: bool,
    /// `safe-publish release` sends it.
    pub by_release: bool,
    /// An outer `npm run` or Yarn started this, and exports its settings.
    pub wrapped: bool,
    /// A one-time password is configured.
    pub otp: bool,
    /// Scripts that run before the PUT and may change the manifest
    /// (`prepublishOnly`, `prepack`, `prepare`, `postpack`).
    pub scripts: Vec<String>,
    /// Scripts that run after the registry's answer: `publish`, `postpublish`.
    pub scripts_after: Vec<String>,
    /// Those of `scripts` that may write package.json, in the order in which they run.
    pub rewrites: Vec<Rewrite>,
    /// Where the PUT goes.
    pub registry: Result<Resolved<RegistryUrl>, RegistryProblem>,
    /// The registry whose versions npm 11 and later compare with, and the credential for it, if
    /// it is not the one of the PUT.
    pub comparison: Option<Comparison>,
    /// A `--registry` on the command line that npm ignores because it is not a URL.
    pub dropped_registry: Option<Resolved<String>>,
    /// Flags of the command line that npm does not know and ignores.
    pub unknown_flags: Vec<String>,
    /// The tool that the project's `packageManager` names.
    pub packer: Option<Packer>,
    /// What happens to the protocols of other tools.
    pub protocols: Protocols,
    /// The packages of its repository by name, and whether each is private; empty if npm alone
    /// packs.
    pub siblings: Siblings,
    /// The tag.
    pub tag: TagPlan,
    /// The tag of changesets' pre mode. While the registry has only prereleases with it,
    /// changesets sends `latest` instead.
    pub pre_tag: Option<String>,
    /// The access level as npm would send it; `None` is npm's `null`.
    pub access: Option<Resolved<String>>,
    /// Whether provenance is requested.
    pub provenance: ProvenancePlan,
    /// The credential.
    pub credential: CredentialPlan,
    /// The statement from `provenance-file` that would also be sent.
    pub provenance_file: Option<ProvenanceFile>,
    /// The package URL that a statement must contain.
    pub purl: Option<String>,
    /// A setting that keeps npm from fetching what the argument names.
    pub spec_type_disabled: Option<SpecTypeDisabled>,
    /// What is wrong with the folder's npm extension.
    pub extension_fault: Option<ExtensionFault>,
    /// What users will install with it.
    pub dependencies: Vec<DependencyPlan>,
}

/// Where npm's own comparison of versions asks, if not at the registry of the PUT.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The registry.
    pub registry: RegistryUrl,
    /// What npm would send with the request.
    pub credential: Option<RequestCredential>,
}

/// How the command line names what to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// A folder.
    Folder,
    /// A tarball.
    Tarball,
    /// A word that npm reads as a package on the registry, a GitHub shorthand, a git URL or a
    /// URL, although a folder or file with that name may exist.
    Remote {
        /// The word.
        word: String,
        /// How npm interprets it.
        kind: RemoteSpec,
        /// A folder with that name and a package.json exists.
        folder_exists: bool,
    },
}

/// How npm interprets an argument that is neither folder nor tarball.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteSpec {
    /// `dist`, `name@1.0.0`, `@scope/name`.
    Registry,
    /// `owner/repository`.
    GitHub,
    /// A git URL.
    Git,
    /// An http(s) URL of a tarball.
    Address,
}

/// Whether a provenance statement would be signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProvenancePlan {
    /// The setting that requests it, if any.
    pub asked: Option<Origin>,
    /// No layer of npm's configuration mentions it, so trusted publishing switches it on.
    /// publishConfig does not count here.
    pub unsaid: bool,
    /// `provenance` and `provenance-file` are both set, which makes npm fail: the one that it
    /// read last, the other, and where the first is set.
    pub excluded: Option<(String, String, Origin)>,
}

/// Which credentials npm has for this package's registry.
#[derive(Clone, Debug)]
pub struct CredentialPlan {
    /// What npm finds before the PUT (ENEEDAUTH if it finds nothing).
    pub auth_check: AuthCheck,
    /// What the PUT would send.
    pub request: Option<RequestCredential>,
    /// Keys without a registry, which npm 9 and later refuse.
    pub unscoped: Vec<UnscopedKey>,
    /// What suggests another registry or another key.
    pub elsewhere: Elsewhere,
    /// Literal credentials in files that others can read.
    pub exposed: Vec<Exposed>,
    /// The .npmrc files that npm reads, in order, and whether each exists.
    pub files: Vec<(PathBuf, bool)>,
    /// Whether the credential is the value of GITHUB_TOKEN; `None` if that is not set.
    pub is_github_token: Option<bool>,
    /// Trusted publishing may replace any credential here (a CI that issues OIDC tokens, and an
    /// npm that exchanges them).
    pub oidc_possible: bool,
}

/// A literal credential in a file that others can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// The whole key.
    pub key: String,
    /// Where it is.
    pub origin: Origin,
}

impl PackagePlan {
    /// Why npm fails before it packs, if it does.
    pub fn fails_before_packing(&self) -> Option<PackError> {
        let Packing::Folder(request) = &self.packing else {
            return None;
        };
        let fault = self.extension_fault.as_ref();
        let fault = fault.filter(|_| request.edition == Edition::Npm12)?;
        let reason = fault.to_string();
        Some(PackError::BadExtension { reason })
    }

    /// The scripts that run before npm lists the files, and so may change the list.
    pub fn scripts_before_packing(&self) -> Vec<String> {
        let scripts = self.scripts.iter();
        scripts
            .filter(|name| *name != "postpack")
            .cloned()
            .collect()
    }

    /// Whether npm may sign a provenance statement, and so would first ask whether the package
    /// is public.
    pub fn may_sign_provenance(&self) -> bool {
        let asked = self.provenance.asked.is_some();
        let by_itself = self.provenance.unsaid && self.credential.oidc_possible;
        !self.dry_run && (asked || by_itself)
    }
}

/// A folder as shown to the user.
pub(crate) fn shown(path: &Path, cwd: &Path) -> String {
    let path: PathBuf = path
        .strip_prefix(cwd)
        .map_or_else(|_| path.to_path_buf(), Path::to_path_buf);
    if path.as_os_str().is_empty() {
        ".".to_owned()
    } else {
        path.display().to_string().replace('\\', "/")
    }
}
