//! Uploads the tarballs, dependencies first, and explains what npm refuses.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::time::Duration;

use super::resume::{expected, look};
use super::{Context, Item, Session, places};
use crate::commands::explain_failure::with_evidence;
use crate::commands::interrupts::Interrupts;
use crate::error::Error;
use crate::explain::Explanation;
use crate::explain::evidence::{PackageAfter, PublishState};
use crate::manifest::Manifest;
use crate::npm::publish_trace::log_of_failed_run;
use crate::npm::run::is_signal;
use crate::output;
use crate::process::Groups;
use crate::release::gate::{Tarball, facts_of};
use crate::release::journal::Journal;
use crate::release::pack::{Job, Packing};
use crate::release::schedule;
use crate::release::upload::attempt::{NpmExit, NpmRuns};
use crate::release::upload::folder::ProjectConfig;
use crate::release::upload::otp::OneTimePassword;
use crate::release::upload::stop::Stop;
use crate::release::upload::{Upload, UploadFailure, Uploads, arguments};
use crate::verify::VersionState;

const NOTHING_MORE: &str = "\ninterrupted: nothing more is sent";
const INTERRUPTED: &str = "\ninterrupted: nothing more is sent. npm finishes the current upload; a \
    second Ctrl-C stops it, too";

/// An uploaded package.
pub(super) struct SentTarball {
    /// A script that failed after the upload.
    pub(super) scripts: Option<String>,
    /// npm's standard output.
    pub(super) stdout: String,
}

/// Why something was not uploaded.
pub(super) enum NotUploaded {
    /// npm refused it with this code.
    Npm(i32, Box<Explanation>),
    /// npm was stopped by a signal.
    Stopped,
    /// npm could not be run.
    NotStarted(String),
    /// The run was interrupted before the registry had taken it.
    NotSent,
}

/// How the uploads ended, in the order of the items.
pub(super) struct Uploaded {
    pub(super) results: Vec<Option<Result<SentTarball, NotUploaded>>>,
    /// The exit code for a signal that ended them early.
    pub(super) interrupted: Option<i32>,
}

/// Uploads all tarballs whose dependencies are published.
pub(super) async fn all(
    context: Context<'_>,
    packing: &Packing<'_>,
    tarballs: (&[Item], &[Tarball]),
    (session, interrupts): (&mut Session, &mut Interrupts),
) -> Result<Uploaded, Error> {
    let items = tarballs.0;
    let plan = context.plan;
    let journal = std::mem::replace(&mut session.journal, Journal::open(None));
    let uploads = uploads(context, journal)?;
    let after: Vec<Vec<usize>> = items
        .iter()
        .map(|item| places(items, &plan.waits_for(item.member)))
        .collect();
    let one = TarballUpload {
        context,
        packing,
        uploads: &uploads,
    };
    let job = async |at: usize| one.send(&tarballs.0[at], &tarballs.1[at]).await;
    let mut interrupted = None;
    let results = {
        let running = schedule::run(&after, || uploads.limit(), context.fail_fast, job);
        let mut running = std::pin::pin!(running);
        loop {
            match interrupts.race(&mut running).await {
                Ok(results) => break results,
                Err(code) => {
                    if interrupted.is_some() {
                        packing.groups.terminate();
                    } else {
                        interrupted = Some(code);
                        let is_idle = uploads.running.is_empty();
                        context.print_progress(if is_idle { NOTHING_MORE } else { INTERRUPTED });
                    }
                    uploads.stop();
                }
            }
        }
    };
    session.journal = uploads.journal.into_inner();
    Ok(Uploaded {
        results,
        interrupted,
    })
}

fn uploads(context: Context<'_>, journal: Journal) -> Result<Uploads<'_>, Error> {
    let (plan, environment) = (context.plan, context.environment);
    let config = &plan.prepared.config;
    let major = context.npm.version.major();
    let project = ProjectConfig::read(config, &plan.root, major).map_err(|error| {
        Error::new("reading the project's .npmrc", error).next("make it readable")
    })?;
    let terminals = environment.terminals;
    let otp = config.get("otp").map(|otp| otp.value.to_text());
    Ok(Uploads {
        runs: NpmRuns {
            npm: context.npm,
            staged: context.invocation.staged,
            args: arguments::shared(config.command_line(), &environment.cwd, major),
            environment,
            variables: project.variables.clone(),
        },
        project,
        otp: OneTimePassword::new(
            otp,
            (terminals.stdin && terminals.stderr).then_some(output::read_line),
        ),
        output: context.output,
        journal: RefCell::new(journal),
        has_gone_well: Cell::new(false),
        stop: Stop::default(),
        running: Groups::default(),
    })
}

/// The explanation, and the state of the one package that it is about.
fn of_one(
    explanation: &Explanation,
    packages: &[PackageAfter<'_>],
) -> (Explanation, Option<PublishState>) {
    let state = packages.first().map(PackageAfter::state);
    (explanation.clone(), state)
}

/// The upload of one tarball, with what it needs.
struct TarballUpload<'a> {
    context: Context<'a>,
    packing: &'a Packing<'a>,
    uploads: &'a Uploads<'a>,
}

impl TarballUpload<'_> {
    async fn send(&self, item: &Item, tarball: &Tarball) -> Result<SentTarball, NotUploaded> {
        let package = &item.facts.package;
        let upload = Upload {
            spec: &item.spec,
            tarball: &tarball.path,
            args: arguments::of_tarball(&tarball.path, &package.tag, package.access.as_ref()),
            integrity: &tarball.integrity,
            shasum: &tarball.shasum,
        };
        match self.uploads.upload(&upload).await {
            Ok(ended) => Ok(self.sent(item, tarball, ended.stdout).await),
            Err(UploadFailure::NotSent) => Err(NotUploaded::NotSent),
            Err(UploadFailure::Io(error)) => Err(NotUploaded::NotStarted(error.to_string())),
            Err(UploadFailure::Npm(ended)) => {
                self.context.output.err(&ended.stderr);
                let (explanation, is_out) = self.explain(item, tarball, &ended).await;
                if is_out {
                    self.uploads.stands(&upload);
                    return Ok(self.sent(item, tarball, ended.stdout).await);
                }
                if is_signal(ended.code) {
                    return Err(NotUploaded::Stopped);
                }
                Err(NotUploaded::Npm(ended.code, Box::new(explanation)))
            }
        }
    }

    /// After the upload: runs the scripts that npm would run now.
    async fn sent(&self, item: &Item, tarball: &Tarball, stdout: String) -> SentTarball {
        let member = &self.context.plan.members[item.member];
        let done = if self.uploads.runs.staged {
            "staged"
        } else {
            "published"
        };
        self.context
            .print_progress(&format!("{done} {}", item.spec));
        // A script may have edited it; npm would read it again, too.
        let now = Manifest::read(&member.directory.join("package.json"));
        let job = Job {
            folder: &member.directory,
            manifest: now.as_ref().unwrap_or(&member.manifest),
            into: tarball.path.parent().unwrap_or(Path::new(".")),
        };
        let scripts = match self.packing.run_after_upload(job).await {
            Ok(()) => None,
            Err(failure) => {
                let text = format!("{}: {}\n{}", item.spec, failure.problem, failure.output);
                self.context.output.err(&text);
                Some(failure.problem.to_string())
            }
        };
        SentTarball { scripts, stdout }
    }

    /// What npm's failure means, and whether the version was published anyway.
    async fn explain(
        &self,
        item: &Item,
        tarball: &Tarball,
        ended: &NpmExit,
    ) -> (Explanation, bool) {
        let facts = facts_of(tarball, &item.facts);
        let mut prepared = self.context.plan.prepared.clone();
        prepared.plan.packages = vec![facts.package.clone()];
        let environment = self.context.environment;
        let folder = tarball.path.parent().unwrap_or(Path::new("."));
        let folder = dunce::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let logs = prepared.config.logs_folder(environment);
        let log = logs.and_then(|logs| log_of_failed_run(&logs, ended.since, &folder));
        let text = log.map_or_else(|| ended.stderr.clone(), |(_, text)| text);
        let facts = [facts];
        let (explanation, state) =
            with_evidence(&prepared, &facts, &text, environment, of_one).await;
        let is_out = match state {
            Some(PublishState::Published) => true,
            Some(PublishState::ProbablyPublished) => self.has_our_bytes(item, tarball).await,
            Some(PublishState::NotPublished) | None => false,
        };
        (explanation, is_out)
    }

    async fn has_our_bytes(&self, item: &Item, tarball: &Tarball) -> bool {
        let Some(expected) = expected(&item.facts, &tarball.shasum) else {
            return false;
        };
        let state = look(self.context, expected, Duration::ZERO).await;
        state == VersionState::Visible { compared: true }
    }
}
