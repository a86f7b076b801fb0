//! Packs the members of a release: the scripts that no packer runs, then the packer's own
//! `pack`, each member into its own private folder. The tarball is the file in that folder; the
//! packer's output is not trusted, since scripts print there too.

mod failure;
pub(crate) mod script;
pub(crate) mod tool;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use tokio::process::Command;

use crate::environment::Environment;
use crate::finding::Packer;
use crate::manifest::Manifest;
use crate::private;
use crate::process::Groups;
pub(crate) use failure::{PackFailure, Problem};
use script::Scripts;
use tool::Tool;

/// A member that is to be packed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    /// Its folder, absolute.
    pub(crate) folder: &'a Path,
    /// Its package.json before any script.
    pub(crate) manifest: &'a Manifest,
    /// An empty private folder for its tarball.
    pub(crate) into: &'a Path,
}

/// What is needed to pack every member.
#[derive(Debug)]
pub(crate) struct Packing<'a> {
    /// The packer.
    pub(crate) tool: &'a Tool,
    /// The scripts.
    pub(crate) scripts: Scripts<'a>,
    /// The environment of the scripts and the packer.
    pub(crate) environment: &'a Environment,
    /// What is running.
    pub(crate) groups: Groups,
}

/// Scripts that must run before the packer, which does not run them itself: npm's
/// `prepublishOnly`, and `prepublish` where the packer's own publish runs it.
fn before_packing(packer: Packer) -> &'static [&'static str] {
    match packer {
        Packer::Npm | Packer::Bun | Packer::YarnClassic => &["prepublishOnly"],
        Packer::Pnpm | Packer::Yarn => &["prepublishOnly", "prepublish"],
    }
}

/// Scripts that npm runs once the registry has accepted a package.
const AFTER_UPLOAD: [&str; 2] = ["publish", "postpublish"];

impl Packing<'_> {
    /// Runs the scripts and the packer; returns the tarball.
    pub(crate) async fn pack(&self, job: Job<'_>) -> Result<PathBuf, PackFailure> {
        for name in before_packing(self.tool.packer) {
            self.run_script(name, job).await?;
        }
        let ignored = self.scripts.ignored;
        let command = self
            .tool
            .pack(job.folder, job.into, ignored, self.environment);
        let (status, log) = self.logged(command, job.into).await?;
        let packed = if status.success() {
            only_tarball(job.into)
        } else {
            Err(Problem::Packer(code(status)))
        };
        packed.map_err(|problem| match self.tool.packer {
            Packer::Yarn => PackFailure::of_yarn(problem, &log),
            _ => PackFailure::of_log(problem, &log),
        })
    }

    /// Runs the scripts that follow the upload.
    pub(crate) async fn run_after_upload(&self, job: Job<'_>) -> Result<(), PackFailure> {
        for name in AFTER_UPLOAD {
            self.run_script(name, job).await?;
        }
        Ok(())
    }

    async fn run_script(&self, name: &'static str, job: Job<'_>) -> Result<(), PackFailure> {
        if self.scripts.ignored {
            return Ok(());
        }
        let Some(command) = self.scripts.command(name, job.folder, job.manifest) else {
            return Ok(());
        };
        let (status, log) = self.logged(command, job.into).await?;
        if status.success() {
            return Ok(());
        }
        let problem = Problem::Script(name, code(status));
        Err(PackFailure::of_log(problem, &log))
    }

    /// Runs a command with both streams written to one file, in their order, beside
    /// the folder of the tarball. Where the future is dropped, the command ends with all
    /// that it started.
    async fn logged(
        &self,
        mut command: Command,
        into: &Path,
    ) -> Result<(ExitStatus, PathBuf), PackFailure> {
        let log = into.with_extension("log");
        let run = async {
            private::write(&log, b"")?;
            let file = fs::File::options().append(true).open(&log)?;
            command
                .stdin(Stdio::null())
                .stdout(file.try_clone()?)
                .stderr(file);
            let (mut child, group) = self.groups.spawn(&mut command)?;
            let status = child.wait().await?;
            group.ended();
            Ok::<_, std::io::Error>(status)
        };
        match run.await {
            Ok(status) => Ok((status, log)),
            Err(error) => Err(PackFailure::new(Problem::NotStarted(error.to_string()))),
        }
    }
}

fn code(status: ExitStatus) -> i32 {
    crate::npm::run::exit_code(status)
}

/// The one tarball in a folder.
fn only_tarball(folder: &Path) -> Result<PathBuf, Problem> {
    let entries = fs::read_dir(folder).map_err(|error| Problem::NotStarted(error.to_string()))?;
    let mut tarballs: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "tgz"))
        .collect();
    match (tarballs.pop(), tarballs.len()) {
        (Some(tarball), 0) => Ok(tarball),
        (None, _) => Err(Problem::NoTarball),
        (Some(_), more) => Err(Problem::Tarballs(more + 1)),
    }
}

/// Variables that choose members or keep npm from working. `npm run release -w x` would make us
/// pass them on.
const DROPPED: [&str; 8] = [
    "npm_config_workspace",
    "npm_config_workspaces",
    "npm_config_include_workspace_root",
    "npm_config_json",
    "npm_config_dry_run",
    "npm_config_pack_destination",
    "npm_config_otp",
    "npm_command",
];

/// The variables that the programs of a release inherit.
pub(crate) fn inherited(environment: &Environment) -> Vec<(OsString, OsString)> {
    let unreadable = environment.unreadable_variables.iter();
    let unreadable = unreadable.filter_map(|name| Some((name.into(), std::env::var_os(name)?)));
    let readable = environment.variables.iter();
    let readable = readable.map(|(name, value)| (name.into(), value.into()));
    let is_kept = |(name, _): &(OsString, OsString)| {
        let name = name.to_string_lossy();
        !DROPPED.iter().any(|one| one.eq_ignore_ascii_case(&name))
    };
    readable.chain(unreadable).filter(is_kept).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
