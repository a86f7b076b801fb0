//! Packs all members, as many at once as there are cores.

use std::path::{Path, PathBuf};

use super::{Context, Item, places};
use crate::error::Error;
use crate::private;
use crate::release::pack::{Job, PackFailure, Packing};
use crate::release::schedule;
use crate::report::human;
use crate::report::release::{Reason, Release, State};

/// The result for each item; `None` for those that were not started.
type Packed = Vec<Option<Result<PathBuf, PackFailure>>>;

/// Packs each item into its own folder. Stops early after a failure.
pub(super) async fn all(
    context: Context<'_>,
    packing: &Packing<'_>,
    items: &[Item],
    folder: &Path,
) -> Result<Packed, Error> {
    let plan = context.plan;
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let mut folders = Vec::new();
    for number in 0..items.len() {
        let own = folder.join(number.to_string());
        private::create_folders(&own).map_err(|error| {
            Error::new(format!("making {}", own.display()), error)
                .next("free space in the folder for temporary files")
        })?;
        folders.push(own);
    }
    let (name, version) = (packing.tool.packer.name(), &packing.tool.version);
    let what = human::count(items.len(), "package");
    context.print_progress(&format!("packing {what} with {name} {version}"));
    let after: Vec<Vec<usize>> = items
        .iter()
        .map(|item| places(items, &plan.packs_after(item.member)))
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let job = async |at: usize| {
        let member = &plan.members[items[at].member];
        packing
            .pack(Job {
                folder: &member.directory,
                manifest: &member.manifest,
                into: &folders[at],
            })
            .await
    };
    Ok(schedule::run(&after, || cores, true, job).await)
}

/// The tarballs, if all were packed. Otherwise the failures go into the report, and their
/// output is shown.
pub(super) fn take_in(
    packed: Packed,
    items: &[Item],
    context: Context<'_>,
    release: &mut Release,
) -> Option<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for (result, item) in packed.into_iter().zip(items) {
        match result {
            Some(Ok(path)) => paths.push(path),
            Some(Err(failure)) => {
                let package = &mut release.packages[item.place];
                package.state = State::Failed;
                package.reason = Some(Reason::NotPacked(failure.problem.to_string()));
                let PackFailure { problem, output } = failure;
                context
                    .output
                    .err(&format!("{}: {problem}\n{output}", item.spec));
            }
            None => {}
        }
    }
    (paths.len() == items.len()).then_some(paths)
}
