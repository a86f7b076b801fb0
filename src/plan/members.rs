//! What `release` would send of a repository's members: the project's own tool packs them, and
//! npm uploads the tarballs.

use std::path::PathBuf;
use std::sync::Arc;

use super::as_packed::as_packed;
use super::build::{Target, package, version_of};
use super::{Input, Packing, Plan, ProjectPlan, Protocols, Siblings, Spec, spec_type};
use crate::finding::Packer;
use crate::manifest::packer::ChosenPacker;
use crate::manifest::workspaces::Member;

impl Plan {
    /// Plans the upload of these members, none of which is private. `packer` makes their
    /// tarballs. `siblings`: all packages of the repository.
    pub fn of_members(
        input: Input<'_>,
        members: &[Member],
        packer: &ChosenPacker,
        siblings: &Siblings,
    ) -> Self {
        let folders: Arc<[PathBuf]> = members.iter().map(|it| it.directory.clone()).collect();
        // npm starts in a separate folder, where it reads no package.json and no workspaces.
        let project = ProjectPlan {
            manifest: None,
            workspace_faults: Vec::new(),
            ..ProjectPlan::read(input)
        };
        let npm = version_of(input.npm);
        let mut plan = Self::of_nothing(project);
        for member in members {
            let manifest = as_packed(&member.manifest, packer);
            let mut target = Target::folder(input, &member.directory, manifest, &folders);
            if packer.packer != Packer::Npm {
                target.packing = Packing::Foreign(member.directory.clone());
            }
            let mut planned = package(input, target, true);
            let config = input.config.for_package(&planned.manifest);
            planned.spec_type_disabled = spec_type::disabled(&Spec::Tarball, &config, &npm);
            planned.extension_fault = None;
            planned.packer = Some(packer.packer);
            planned.protocols = protocols(packer.packer);
            planned.siblings = Arc::clone(siblings);
            // `--dry-run` ends a release after its plan, which is that of a real upload.
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
