//! What `release` would send of a repository's members: the project's own tool packs
//! them, and npm uploads the tarballs.

use std::path::PathBuf;
use std::sync::Arc;

use super::build::{Target, package, version_of};
use super::{Input, Packing, Plan, ProjectPlan, Protocols, Spec, spec_type};
use crate::finding::Packer;
use crate::manifest::workspaces::Member;

impl Plan {
    /// Plans the upload of these members, none of them private. `packer` makes their
    /// tarballs.
    pub fn of_members(input: Input<'_>, members: &[Member], packer: Packer) -> Self {
        let folders: Arc<[PathBuf]> = members.iter().map(|it| it.directory.clone()).collect();
        // npm starts in a folder of its own, where it reads no package.json and no
        // workspaces.
        let project = ProjectPlan {
            manifest: None,
            workspace_faults: Vec::new(),
            ..ProjectPlan::read(input)
        };
        let npm = version_of(input.npm);
        let mut plan = Self::of_nothing(project);
        for member in members {
            let manifest = member.manifest.clone();
            let mut target = Target::folder(input, &member.directory, manifest, &folders);
            if packer != Packer::Npm {
                target.packing = Packing::Foreign(member.directory.clone());
            }
            let mut planned = package(input, target, true);
            let config = input.config.for_package(&planned.manifest);
            planned.spec_type_disabled = spec_type::disabled(&Spec::Tarball, &config, &npm);
            planned.extension_fault = None;
            planned.packer = Some(packer);
            planned.protocols = protocols(packer);
            // `--dry-run` ends a release after its plan, which is one of a real upload.
            planned.dry_run = false;
            plan.packages.push(planned);
        }
        plan
    }
}

fn protocols(packer: Packer) -> Protocols {
    match packer {
        Packer::Pnpm | Packer::Yarn | Packer::Bun => Protocols::Replaced,
        Packer::Npm | Packer::YarnClassic => Protocols::Kept,
    }
}
