//! A release of a whole repository: which packages it has, which of them are sent, packed by
//! which tool, and in which order.

mod choosing;
pub(crate) mod gate;
pub(crate) mod journal;
pub(crate) mod lock;
mod members;
pub mod order;
pub(crate) mod outcome;
pub(crate) mod pack;
mod plan;
pub(crate) mod schedule;
mod target;
pub(crate) mod upload;

use std::path::PathBuf;

use crate::finding::Packer;
use crate::manifest::Manifest;
use crate::manifest::packer::ChosenPacker;
use crate::plan::{Launch, PackagePlan};
use crate::preflight::Prepared;
use crate::report::release::{Reason, State};

use order::{Cycle, Edge};

pub use plan::npm_sees_none;

/// What was asked of a release, besides npm's own arguments.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// `--packer`.
    pub packer: Option<Packer>,
    /// `--fail-fast`.
    pub fail_fast: bool,
    /// Who starts npm.
    pub launch: Launch,
}

/// What a release would do, before any registry is asked.
#[derive(Debug)]
pub struct ReleasePlan {
    /// The repository's root, absolute.
    pub root: PathBuf,
    /// The tool that packs them.
    pub packer: ChosenPacker,
    /// The packages that the release covers, in the repository's order.
    pub members: Vec<Member>,
    /// The indices of the members to send, dependencies first.
    pub order: Vec<usize>,
    /// The name of the root package, where it could be published and is no member of its
    /// own workspace.
    pub root_left_out: Option<String>,
    /// Where members need each other.
    pub cycles: Vec<Cycle>,
    /// Which members need which, by index.
    needs: Vec<Edge>,
    /// The preflight of all public members.
    pub prepared: Prepared,
}

/// A package of the repository.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its folder, absolute.
    pub directory: PathBuf,
    /// The folder as shown to people: relative to the working folder.
    pub shown: String,
    /// Its package.json on disk.
    pub manifest: Manifest,
    /// Its name, as its tarball would have it.
    pub name: String,
    /// Its version, as it would be sent.
    pub version: Option<String>,
    /// Whether the command line chooses it, by name or by naming none. Members that a chosen
    /// one needs are listed as well.
    pub chosen: bool,
    /// What is done with it.
    pub state: State,
    /// Why, where the state alone does not tell.
    pub reason: Option<Reason>,
    /// What npm would do with its tarball; `None` for a private one.
    pub package: Option<PackagePlan>,
    /// The public members that its users need, by index.
    pub depends_on: Vec<usize>,
}

impl ReleasePlan {
    /// The members that are packed before this one: its scripts may need them built.
    pub(crate) fn packs_after(&self, member: usize) -> Vec<usize> {
        let place = |of: usize| self.order.iter().position(|&at| at == of);
        let own = place(member);
        let edges = self.needs.iter().filter(|edge| edge.from == member);
        let needed = edges.map(|edge| edge.to);
        needed
            .filter(|&to| place(to).is_some() && place(to) < own)
            .collect()
    }

    /// The members that must be published before this one is sent: its dependencies, except
    /// those that a cycle leaves for later.
    pub fn waits_for(&self, member: usize) -> Vec<usize> {
        let is_broken = |other: usize| {
            let mut pairs = self.cycles.iter().flat_map(|cycle| &cycle.broken);
            pairs.any(|&pair| pair == (member, other))
        };
        let needed = self.members[member].depends_on.iter().copied();
        needed.filter(|&other| !is_broken(other)).collect()
    }
}
