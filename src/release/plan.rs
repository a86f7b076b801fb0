//! Makes the plan of a release from the command line. Sends no request.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::order::{Edge, Need};
use super::{Member, ReleasePlan, Request, choosing, members, target};
use crate::cli::NpmArgs;
use crate::environment::Environment;
use crate::error::Error;
use crate::manifest::packer::{ChosenPacker, PackerReason};
use crate::manifest::{Manifest, workspaces};
use crate::npmrc::CommandLine;
use crate::plan::{PackagePlan, Plan, Siblings};
use crate::preflight::{self, Configured};
use crate::report::release::{Reason, State};
use crate::settings::Settings;

impl ReleasePlan {
    /// Finds the packages of the repository around the working folder, the tool that packs
    /// them, and what npm would do with their tarballs.
    ///
    /// # Errors
    /// When the repository cannot be read, or the command line names something that does not
    /// exist.
    pub fn of(args: &NpmArgs, request: Request, environment: &Environment) -> Result<Self, Error> {
        choosing::refuse_other_flags(args)?;
        let (configured, at_root) = configure(args, environment)?;
        let root = configured.config.local_prefix().to_owned();
        let manifest = read_root(&root)?;
        let settings = preflight::settings_of(&root, Some(&manifest), environment)?;
        let packer = ChosenPacker::of(&root, &manifest, asked(request, &settings));
        let includes_root = configured.config.flag("include-workspace-root");
        let found = members::all(&root, &manifest, packer.packer, includes_root)?;
        let members::Found {
            members: all,
            root_left_out,
        } = found;
        let chosen = members::chosen(&all, &root, &configured.config, environment)?;
        let policy = settings.release.clone();
        let each = all.iter();
        let siblings = each.map(|it| (it.name.clone(), it.manifest.is_private()));
        let siblings: Siblings = Arc::new(siblings.collect());
        let kept = SelectedMembers::of(all, &chosen);
        let public = kept.public();
        let prepared =
            preflight::prepare_plan(configured, settings, &at_root, request.launch, &|input| {
                let mut plan = Plan::of_members(input, &public, &packer, &siblings);
                target::apply(&mut plan, input.config, &root, &policy);
                Ok(plan)
            })?;
        let needs = kept.needs;
        let mut packages = prepared.plan.packages.iter();
        let members = kept.members.into_iter().map(|(member, chosen)| {
            let package = (!is_left_out(&member)).then(|| packages.next().cloned());
            planned(member, chosen, package.flatten(), &at_root.cwd)
        });
        let mut plan = Self {
            root,
            packer,
            members: members.collect(),
            root_left_out,
            order: Vec::new(),
            cycles: Vec::new(),
            needs,
            prepared,
        };
        plan.link();
        Ok(plan)
    }

    /// Notes for each member which public members its users need.
    fn link(&mut self) {
        for edge in self.needs.iter().filter(|edge| edge.need != Need::Build) {
            let is_public = self.members[edge.to].package.is_some();
            let own = &mut self.members[edge.from].depends_on;
            if is_public && !own.contains(&edge.to) {
                own.push(edge.to);
            }
        }
    }
}

/// Whether the command line asks for workspaces but npm sees none, because another tool's file
/// lists them.
///
/// # Errors
/// When npm would refuse an argument, or an argument is mistyped.
pub fn npm_sees_none(args: &NpmArgs, environment: &Environment) -> Result<bool, Error> {
    let line = CommandLine::parse(&args.text(), None);
    if line.get("workspaces").is_none() && line.get("workspace").is_none() {
        return Ok(false);
    }
    let config = preflight::configure(args, environment)?.config;
    let means_some = config.flag("workspaces") || !config.list("workspace").is_empty();
    let prefix = config.local_prefix();
    let root = members::root_of(prefix);
    let manifest = Manifest::read(&root.join("package.json"));
    let npm_sees_itself = Manifest::read(&prefix.join("package.json"))
        .is_ok_and(|manifest| manifest.object.contains_key("workspaces"));
    let foreign = manifest.is_ok_and(|it| workspaces::foreign_file(&root, &it).is_some());
    Ok(means_some && !npm_sees_itself && foreign)
}

/// npm's configuration at the root of the repository. From the working folder, npm itself may
/// not see it.
fn configure(
    args: &NpmArgs,
    environment: &Environment,
) -> Result<(Configured, Environment), Error> {
    let configured = preflight::configure(args, environment)?;
    let prefix = configured.config.local_prefix();
    let root = members::root_of(prefix);
    if root == prefix {
        return Ok((configured, environment.clone()));
    }
    let at_root = Environment {
        cwd: root,
        ..environment.clone()
    };
    Ok((preflight::configure(args, &at_root)?, at_root))
}

fn read_root(root: &Path) -> Result<Manifest, Error> {
    Manifest::read(&root.join("package.json")).map_err(|error| {
        Error::new("reading the root of the repository", error)
            .next("run this in a repository with a package.json")
    })
}

fn asked(request: Request, settings: &Settings) -> Option<(crate::finding::Packer, PackerReason)> {
    let flag = request.packer.map(|packer| (packer, PackerReason::Flag));
    let setting = settings.release.packer;
    flag.or(setting.map(|packer| (packer, PackerReason::Setting)))
}

/// The chosen members, and the public ones that they need.
struct SelectedMembers {
    members: Vec<(workspaces::Member, bool)>,
    needs: Vec<Edge>,
}

impl SelectedMembers {
    fn of(all: Vec<workspaces::Member>, chosen: &BTreeSet<usize>) -> Self {
        let manifests: Vec<&Manifest> = all.iter().map(|member| &member.manifest).collect();
        let names: Vec<Option<&str>> = all.iter().map(|it| Some(it.name.as_str())).collect();
        let needs = members::needs(&manifests, &names);
        let mut kept = chosen.clone();
        let mut open: Vec<usize> = chosen.iter().copied().collect();
        while let Some(at) = open.pop() {
            let needed = needs
                .iter()
                .filter(|edge| edge.from == at && edge.need != Need::Build);
            for edge in needed {
                if !is_left_out(&all[edge.to]) && kept.insert(edge.to) {
                    open.push(edge.to);
                }
            }
        }
        let place = |old: usize| kept.iter().position(|&it| it == old);
        let needs = needs
            .iter()
            .filter_map(|edge| {
                Some(Edge {
                    from: place(edge.from)?,
                    to: place(edge.to)?,
                    need: edge.need,
                })
            })
            .collect();
        let members = all.into_iter().enumerate();
        let members = members
            .filter(|(at, _)| kept.contains(at))
            .map(|(at, member)| (member, chosen.contains(&at)));
        Self {
            members: members.collect(),
            needs,
        }
    }

    fn public(&self) -> Vec<workspaces::Member> {
        let all = self.members.iter().map(|(member, _)| member);
        all.filter(|member| !is_left_out(member)).cloned().collect()
    }
}

/// Private, or not a package: fixtures and examples have neither name nor version.
fn is_left_out(member: &workspaces::Member) -> bool {
    member.manifest.is_private() || is_unnamed(&member.manifest)
}

fn is_unnamed(manifest: &Manifest) -> bool {
    let object = &manifest.object;
    !object.contains_key("name") && !object.contains_key("version")
}

fn planned(
    member: workspaces::Member,
    chosen: bool,
    package: Option<PackagePlan>,
    cwd: &Path,
) -> Member {
    let version = package
        .as_ref()
        .map_or_else(|| member.manifest.version(), |plan| plan.version.clone());
    let shown = package.as_ref().map_or_else(
        || crate::plan::shown(&member.directory, cwd),
        |plan| plan.directory.clone(),
    );
    let name = package.as_ref().and_then(|plan| plan.name.as_str());
    let name = name.map_or_else(|| member.name.clone(), str::to_owned);
    let is_private = package.is_none();
    let unnamed = is_private && !member.manifest.is_private();
    Member {
        name,
        version: version.ok().map(|version| version.to_string()),
        shown,
        chosen,
        state: if is_private {
            State::Private
        } else {
            State::Publish
        },
        reason: unnamed.then_some(Reason::Unnamed),
        package,
        depends_on: Vec::new(),
        directory: member.directory,
        manifest: member.manifest,
    }
}
