//! A release after its plan is made: packs everything, checks every tarball, and only then
//! uploads, dependencies first.

mod begin;
mod check;
mod end;
mod pack;
mod resume;
mod upload;

use tempfile::TempDir;

use super::code;
use super::interrupts::{Interrupts, NOTHING_SENT};
use crate::cli::{Invocation, Options};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::Facts;
use crate::finding::Packer;
use crate::npm::Npm;
use crate::output::Output;
use crate::process::Groups;
use crate::release::ReleasePlan;
use crate::release::gate::Tarball;
use crate::release::pack::Packing;
use crate::release::pack::script::Scripts;
use crate::release::pack::tool::Tool;
use crate::report::release::{Release, State};

pub(super) use begin::{Session, begin, read_only};

/// What every step of a release reads.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) plan: &'a ReleasePlan,
    pub(super) npm: &'a Npm,
    pub(super) tool: &'a Tool,
    pub(super) invocation: &'a Invocation,
    pub(super) environment: &'a Environment,
    pub(super) output: &'a Output,
    /// Nothing more is started after one upload has failed.
    pub(super) fail_fast: bool,
}

impl<'a> Context<'a> {
    fn options(&self) -> &'a Options {
        &self.invocation.options
    }

    /// Reports the current step, unless `--quiet` is set.
    fn print_progress(&self, text: &str) {
        if !self.options().quiet {
            self.output.err(&format!("{text}\n"));
        }
    }
}

/// A member that is to be sent.
struct Item {
    /// Its index among the plan's members.
    member: usize,
    /// Its index among the report's packages.
    place: usize,
    /// What is known about it.
    facts: Facts,
    /// `name@version`: first as planned, then as in the tarball.
    spec: String,
}

impl Item {
    /// What will be sent, dependencies first. `facts` are in the plan's order.
    fn all(plan: &ReleasePlan, release: &Release, facts: &[Facts]) -> Vec<Self> {
        let of_member = |member: usize| {
            let before = plan.members[..member].iter();
            let at = before.filter(|one| one.package.is_some()).count();
            facts[at].clone()
        };
        let sent = plan.order.iter().zip(&release.order);
        sent.map(|(&member, &place)| {
            let one = &plan.members[member];
            let version = one.version.as_deref().unwrap_or_default();
            Self {
                member,
                place,
                facts: of_member(member),
                spec: format!("{}@{version}", one.name),
            }
        })
        .collect()
    }
}

/// The items for these members, by their index.
fn places(items: &[Item], members: &[usize]) -> Vec<usize> {
    let place = |member: &usize| items.iter().position(|item| item.member == *member);
    members.iter().filter_map(place).collect()
}

/// Packs, checks and uploads; returns the process's exit code. The report gets the result for
/// each package.
pub(super) async fn run(
    context: Context<'_>,
    (mut session, release): (Session, &mut Release),
    facts: &[Facts],
    interrupts: &mut Interrupts,
) -> Result<i32, Error> {
    let before = Box::pin(before_uploads(context, (&mut session, release), facts));
    let before = match interrupts.race(before).await {
        Ok(before) => before?,
        Err(code) => {
            context.output.err(NOTHING_SENT);
            session.clean(context.output);
            return Ok(code);
        }
    };
    let Some((folder, items, tarballs)) = before else {
        return Ok(end::nothing_sent(context, release));
    };
    let verdict = code(release.preflight.verdict, context.options());
    if verdict != exit_code::READY {
        end::nothing_sent(context, release);
        return Ok(i32::from(verdict));
    }
    resume::note_packed(context, &mut session, &items, &tarballs);
    let tarballs = (items.as_slice(), tarballs.as_slice());
    let packing = packing(context);
    let ended = upload::all(context, &packing, tarballs, (&mut session, interrupts)).await?;
    drop(folder);
    session.clean(context.output);
    let report = (&session, release);
    end::finish(context, tarballs, ended, report, interrupts).await
}

/// The folder of the tarballs, what is to be sent, and its tarballs.
type Packed = (TempDir, Vec<Item>, Vec<Tarball>);

/// All that comes before the first upload. `None` where a package could not be packed, or
/// cannot be published.
async fn before_uploads(
    context: Context<'_>,
    (session, release): (&mut Session, &mut Release),
    facts: &[Facts],
) -> Result<Option<Packed>, Error> {
    let plan = context.plan;
    let items = Item::all(plan, release, facts);
    warn_of_other_npm(context, plan.packer.wanted.as_deref());
    resume::expect_kept_back(context, session, facts);
    let mut items = resume::without_sent(context, items, session, release).await;
    let folder = begin::private_folder()?;
    session.begin_in(folder.path(), context, &items);
    let packing = packing(context);
    let packed = pack::all(context, &packing, &items, folder.path()).await?;
    let Some(paths) = pack::take_in(packed, &items, context, release) else {
        return Ok(None);
    };
    let checked = check::all(context, &paths, (&mut items, release), (session, facts));
    let tarballs = Box::pin(checked).await?;
    let is_whole = release
        .packages
        .iter()
        .all(|one| one.state != State::Failed);
    let Some(tarballs) = tarballs.filter(|_| is_whole) else {
        return Ok(None);
    };
    // A tarball may have turned out to be out under the version that a script gave it.
    let both = items.into_iter().zip(tarballs);
    let is_left = |(item, _): &(Item, Tarball)| release.packages[item.place].state != State::Out;
    let (items, tarballs) = both.filter(is_left).unzip();
    Ok(Some((folder, items, tarballs)))
}

fn packing(context: Context<'_>) -> Packing<'_> {
    let (tool, npm, environment) = (context.tool, context.npm, context.environment);
    Packing {
        tool,
        scripts: Scripts::new(tool, &context.plan.prepared.config, npm, environment),
        environment,
        groups: Groups::default(),
    }
}

/// Warns about another npm than the one in `packageManager`: npm ignores that field, and its
/// versions pack slightly differently.
fn warn_of_other_npm(context: Context<'_>, wanted: Option<&str>) {
    let tool = context.tool;
    let is_npm = tool.packer == Packer::Npm;
    if let Some(wanted) = wanted.filter(|wanted| is_npm && tool.is_other_than(wanted)) {
        context.output.err(&format!(
            "{} this repository asks for npm {wanted}, but npm {} packs and publishes it\n",
            context.output.stderr.warning("warning:"),
            tool.version
        ));
    }
}
