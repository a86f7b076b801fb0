//! `hook run`: checks the commits of new version tags.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;

use super::commits::{self, TaggedCommit};
use super::mask::laid_out;
use super::npm_runs::{NpmRun, environment_for, npm_runs};
use super::outbound;
use super::severity::{Context, adjust};
use super::targets::{Commit, TagTarget, Target};
use crate::checks::{Rules, outcome};
use crate::cli::push::NewTag;
use crate::cli::{NpmArgs, Options};
use crate::environment::Environment;
use crate::error::Error;
use crate::facts::contents::Stage;
use crate::finding::{Finding, Level, Outcome, Reported};
use crate::git::tree::Tree;
use crate::git::{Program, program};
use crate::plan::Launch;
use crate::preflight::{self, Preflight};
use crate::registry::client::Client;
use crate::report::{PackageReport, Report};
use crate::settings::{CheckLevel, Settings};

/// How long a push waits for the registry, unless `--timeout` says otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// A push with new version tags on more commits than this copies a repository.
const MAX_COMMITS: usize = 10;
/// A push of more new version tags than this copies a repository: the largest
/// monorepos tag some hundred packages at once.
const MAX_TAGS: usize = 2000;

/// The result for the tags of one commit.
#[derive(Debug, Default)]
pub struct CheckedCommit {
    /// The reports.
    pub reports: Vec<Report>,
    /// Packages that were published since the commit was made.
    pub published: Vec<String>,
    /// Notes, one line each.
    pub notes: Vec<String>,
    /// Why nothing was checked, if so.
    pub unchecked: Option<String>,
    /// Why some packages were not checked, although others were.
    pub failures: Vec<Error>,
}

impl CheckedCommit {
    /// Adds the results for one run of npm.
    fn add(&mut self, run: RunChecked) {
        self.published.extend(run.published);
        self.notes.extend(run.notes);
        if !run.report.packages.is_empty() {
            self.reports.push(run.report);
        }
    }
}

/// The tags of one commit, for people, and the result of checking it.
pub type CommitResult = (String, Result<CheckedCommit, Error>);

/// Checks the commit of each new tag.
pub async fn look(
    pushed: &[NewTag],
    options: &Options,
    environment: &Environment,
) -> Vec<CommitResult> {
    let all = || {
        let names: Vec<&str> = pushed.iter().map(|tag| tag.name.as_str()).collect();
        program::printable(&names.join(", "))
    };
    let Some(git) = Program::find(environment) else {
        let error = Error::new("looking for git on PATH", "it is not there");
        return vec![(
            all(),
            Err(error.next("put git on PATH, where hooks find it, too")),
        )];
    };
    if pushed.len() > MAX_TAGS {
        return vec![not_checked(pushed.len())];
    }
    // One deadline for all of them: the push waits only once.
    let deadline = Instant::now() + options.timeout.unwrap_or(TIMEOUT);
    let asking = commits::of(&git, &environment.cwd, pushed);
    let asked = tokio::time::timeout_at(deadline, asking).await;
    let commits = match asked.unwrap_or_else(|_| Err("git took too long".to_owned())) {
        Ok(commits) => commits,
        Err(reason) => {
            let error = Error::new("asking git for the commits of these tags", reason);
            return vec![(
                all(),
                Err(error.next("git show shows what a tag points at")),
            )];
        }
    };
    if commits.len() > MAX_COMMITS {
        return vec![not_checked(pushed.len())];
    }
    let options = Options {
        quiet: options.quiet || commits.len() > 1,
        ..options.clone()
    };
    let all = commits.iter().map(|tagged| async {
        let tags = program::printable(&tagged.tags.join(", "));
        let found = of_commit(&git, tagged, &options, deadline, environment).await;
        (tags, found)
    });
    join_all(all).await
}

/// A push of all tags of a repository is not a release.
fn not_checked(count: usize) -> CommitResult {
    let why = format!(
        "{count} version tags are pushed at once, as when a repository is copied: not checked"
    );
    let checked = CheckedCommit {
        unchecked: Some(why),
        ..CheckedCommit::default()
    };
    (format!("{count} tags"), Ok(checked))
}

async fn of_commit(
    git: &Program,
    tagged: &TaggedCommit,
    options: &Options,
    deadline: Instant,
    environment: &Environment,
) -> Result<CheckedCommit, Error> {
    let doing = || format!("reading the commit of {} from git", tagged.tags.join(", "));
    let next = format!(
        "git cat-file -p {} shows whether it is there",
        tagged.commit
    );
    let tree = tokio::time::timeout_at(
        deadline,
        Tree::of(git, &environment.cwd, &tagged.commit, &laid_out),
    )
    .await
    .unwrap_or_else(|_| Err("git took too long".to_owned()))
    .map_err(|reason| Error::new(doing(), reason).next(next))?;
    let options = Options {
        timeout: Some(deadline.saturating_duration_since(Instant::now())),
        ..options.clone()
    };
    of_tree(&tree, tagged, &options, environment)
        .await
        .map_err(|error| error.reworded(|text| tree.without_folder(text)))
}

async fn of_tree(
    tree: &Tree,
    tagged: &TaggedCommit,
    options: &Options,
    environment: &Environment,
) -> Result<CheckedCommit, Error> {
    let own = environment_for(environment, tree.root());
    let commit = Commit::of(tree)?;
    let settings = preflight::settings_of(tree.root(), commit.root(), &own)?;
    let (targets, mut checked) = targets(tree, &commit, tagged, &settings, options);
    if !targets.is_empty() && !settings_need_no_dependencies(&settings) {
        tree.link_installed(&environment.cwd);
    }
    let runs = npm_runs(tree.root(), &targets);
    let quiet = options.quiet || runs.len() > 1;
    let options = Options {
        quiet,
        ..options.clone()
    };
    let preflights = runs
        .iter()
        .map(|run| of_run(run, tree, tagged.time, &options, &own));
    let found = join_all(preflights).await;
    if checked.reports.is_empty() && found.iter().all(Result::is_err) {
        // There is nothing else to report about this commit.
        let first = found.into_iter().find_map(Result::err);
        return first.map_or(Ok(checked), Err);
    }
    for run in found {
        match run {
            Ok(run) => checked.add(run),
            Err(error) => {
                let error = error.reworded(|text| tree.without_folder(text));
                checked.failures.push(error);
            }
        }
    }
    Ok(checked)
}

/// The packages that the tags publish, each with its tag, and the notes that need no preflight.
fn targets(
    tree: &Tree,
    commit: &Commit,
    tagged: &TaggedCommit,
    settings: &Settings,
    options: &Options,
) -> (Vec<(String, Target)>, CheckedCommit) {
    let mut checked = CheckedCommit::default();
    let mut targets = Vec::new();
    for tag in &tagged.tags {
        match commit.target_of(tag, &settings.hook.tags) {
            TagTarget::Nothing if tree.root_is_linked() => checked.notes.push(format!(
                "{} is not checked: package.json of that commit is a symbolic link",
                program::printable(tag)
            )),
            TagTarget::Nothing => {}
            TagTarget::WrittenLater(version) => checked.notes.push(format!(
                "{tag} is not checked: package.json has {version}, so something else writes the \
                 version when it is published"
            )),
            TagTarget::Packages(found) => {
                targets.extend(found.into_iter().map(|target| (tag.clone(), target)));
            }
            TagTarget::NoneOfThem { in_step, some } => {
                let report = none_of_them(tag, in_step, &some, settings, options);
                checked.reports.extend(report);
            }
        }
    }
    (targets, checked)
}

fn settings_need_no_dependencies(settings: &Settings) -> bool {
    settings.licenses.allow.is_empty() && settings.licenses.deny.is_empty()
}

/// The result for one run of npm.
struct RunChecked {
    report: Report,
    /// Packages that are already published.
    published: Vec<String>,
    notes: Vec<String>,
}

async fn of_run(
    run: &NpmRun<'_>,
    tree: &Tree,
    time: Option<Timestamp>,
    options: &Options,
    environment: &Environment,
) -> Result<RunChecked, Error> {
    let environment = environment_for(environment, run.folder);
    let mut prepared =
        preflight::prepare(&NpmArgs::made(&run.args), &environment, Launch::Elsewhere)?;
    prepared.stage = Stage::Partial;
    prepared.pushed.clone_from(&run.pushed);
    let exposed = crate::plan::committed(&prepared.config, tree.root());
    for package in &mut prepared.plan.packages {
        package.credential.exposed.clone_from(&exposed);
    }
    let notes = outbound::restrict(&mut prepared, tree.root());
    let network = outbound::network(&prepared.config, &environment, tree.root());
    let client = Client::new(network, options.timeout.unwrap_or(TIMEOUT));
    let now = std::time::Instant::now();
    let asking = preflight::ask_and_judge(&prepared, options, &environment, &client, now);
    let preflight = asking.await?;
    let rules = Rules {
        levels: &prepared.settings.checks,
        allow: &options.allow,
        strict: options.strict,
    };
    let context = Context {
        rules: &rules,
        tree,
        time,
    };
    let (report, published) = adjusted(preflight, context);
    Ok(RunChecked {
        report,
        published,
        notes,
    })
}

fn adjusted(preflight: Preflight, context: Context<'_>) -> (Report, Vec<String>) {
    let tree = context.tree;
    let mut report = preflight.report;
    let mut published = Vec::new();
    let mut facts = preflight.facts.iter();
    report.packages.retain_mut(|package| {
        let Some(facts) = facts.next() else {
            return true;
        };
        let is_new = adjust(package, facts, context);
        if !is_new {
            published.extend(named(package));
        }
        is_new
    });
    for package in &mut report.packages {
        let folder = package.manifest.path.parent().unwrap_or(tree.root());
        package.directory = match folder.strip_prefix(tree.root()) {
            Ok(path) if !path.as_os_str().is_empty() => path.display().to_string(),
            _ => ".".to_owned(),
        };
        for found in &mut package.findings {
            reword(&mut found.finding, |text| tree.without_folder(text));
        }
    }
    let verdicts = report.packages.iter().map(|package| package.verdict);
    report.verdict = verdicts.max().unwrap_or(Outcome::Ready);
    report.cwd = tree.root().to_path_buf();
    (report, published)
}

/// A package as `name@version`.
pub fn named(package: &PackageReport) -> Option<String> {
    let version = package.version.as_deref().unwrap_or("(no version)");
    Some(format!("{} {version}", package.name.as_deref()?))
}

fn reword(finding: &mut Finding, word: impl Fn(&str) -> String) {
    finding.message = word(&finding.message);
    for help in &mut finding.help {
        *help = help.map(&word, &word);
    }
    for evidence in &mut finding.evidence {
        evidence.answer = word(&evidence.answer);
    }
}

/// Several packages, none of which has the tag's version. If all share one version, the tag
/// must mean them; otherwise it may mean something else.
fn none_of_them(
    tag: &str,
    in_step: bool,
    some: &[String],
    settings: &Settings,
    options: &Options,
) -> Option<Report> {
    const ID: &str = "git-tag-mismatch";
    let level = match settings.checks.get(ID) {
        Some(CheckLevel::Off) => return None,
        Some(CheckLevel::At(level)) => *level,
        None if in_step => Level::Error,
        None => Level::Warning,
    };
    let tag = program::printable(tag);
    let finding = Finding::new(format!(
        "the tag {tag} is pushed, but no package of that commit has its version: {}",
        some.join(", ")
    ))
    .help(format!(
        "git tag -d {tag}, then tag the commit that has the version"
    ))
    .help("tags such as name@1.2.3 name only one package");
    let reported = Reported {
        moot_by: None,
        check: ID,
        level,
        allowed: options.allow.iter().any(|id| id == ID),
        finding,
    };
    let rules = Rules {
        levels: &settings.checks,
        allow: &options.allow,
        strict: options.strict,
    };
    Some(Report {
        verdict: outcome(std::slice::from_ref(&reported), &[], &rules),
        npm: None,
        packages: Vec::new(),
        skipped: Vec::new(),
        findings: vec![reported],
        requests: Vec::new(),
        elapsed: Duration::ZERO,
        cwd: std::path::PathBuf::new(),
        secrets: Arc::default(),
    })
}
