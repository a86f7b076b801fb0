//! From a command line to a report: configuration, plan, facts, verdict.

mod arguments;
mod compare;
mod git;
mod project;
mod report;
mod settings;
mod validate;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;

use crate::checks::{self, Rules};
use crate::ci::{self, Ci, PackagesPermission};
use crate::cli::{NpmArgs, Options};
use crate::environment::Environment;
use crate::error::Error;
use crate::facts::contents::{self, Contents, Stage};
use crate::facts::gather::{Depth, Gathered, gather};
use crate::facts::{Facts, ProjectFacts, Prompt, pre_mode};
use crate::finding::Outcome;
use crate::git::{Git, Pushed};
use crate::manifest::Manifest;
use crate::manifest::spec::{self, SpecKind};
use crate::manifest::workspaces::Workspaces;
use crate::npm::{Npm, find};
use crate::npmrc::Unread;
use crate::npmrc::{CommandLine, Config};
use crate::pack::PackError;
use crate::plan::{Changesets, Input, Launch, PackagePlan, Plan};
use crate::progress::{self, Ticks};
use crate::registry::client::Client;
use crate::registry::kind::RegistryKind;
use crate::report::Report;
use crate::secret::Scrubber;
use crate::settings::Settings;

pub use arguments::{check_flags, prints_only};
pub use project::facts as project_facts;
pub(crate) use report::package_report;
use settings::scrubber;
pub use settings::settings_of;
pub use validate::kind_overrides;
use validate::{allowed_ids, usable_configuration};

/// The time limit for the whole preflight, unless `--timeout` sets another.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Everything that is known before the first request: which npm, its
/// configuration, the user's settings, and what would be published.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The npm that would publish.
    pub npm: Option<Npm>,
    /// Its configuration.
    pub config: Config,
    /// The user's settings.
    pub settings: Settings,
    /// What it would publish.
    pub plan: Plan,
    /// The CI that it would publish from.
    pub ci: Arc<Ci>,
    /// What must not be printed.
    pub scrubber: Arc<Scrubber>,
    /// Who starts npm.
    pub launch: Launch,
    /// The stage of the publish.
    pub stage: Stage,
    /// Whether the published version is fetched for comparison.
    pub compares: bool,
    /// In the hook: the pushed tags. Elsewhere git is asked.
    pub pushed: Vec<Pushed>,
}

/// The result of a preflight, with the facts that it is based on.
#[derive(Debug)]
pub struct Preflight {
    /// The findings and the verdict.
    pub report: Report,
    /// The facts, package by package, in the report's order.
    pub facts: Vec<Facts>,
    /// The facts about the project.
    pub project: ProjectFacts,
}

/// npm and its configuration, before anything else is known.
#[derive(Debug)]
pub struct Configured {
    /// The npm that would publish.
    pub npm: Option<Npm>,
    /// Its configuration.
    pub config: Config,
    /// What must not be printed.
    pub scrubber: Scrubber,
}

/// Finds npm and reads its configuration.
///
/// # Errors
/// When npm would refuse an argument, or one of them is mistyped.
pub fn configure(args: &NpmArgs, environment: &Environment) -> Result<Configured, Error> {
    let npm = find::find(environment);
    let mut command_line = CommandLine::parse(&args.text(), npm.as_ref().map(|npm| &npm.version));
    let is_member = |root: &std::path::Path, folder: &std::path::Path| {
        let manifest = Manifest::read(&root.join("package.json"));
        manifest.is_ok_and(|manifest| Workspaces::is_member(root, &manifest, folder))
    };
    if args.unchecked {
        command_line.forget_unknown();
    } else {
        arguments::check_flags(&command_line, npm.as_ref())?;
    }
    let mut config = Config::load(command_line, environment, npm.as_ref(), &is_member);
    note_target(&mut config, environment);
    let scrubber = scrubber(&config, environment);
    Ok(Configured {
        npm,
        config,
        scrubber,
    })
}

/// Users put an .npmrc into the folder that they publish, or next to the tarball; npm reads the
/// one in the folder where it starts.
fn note_target(config: &mut Config, environment: &Environment) {
    let [word] = config.command_line().positionals.as_slice() else {
        return;
    };
    let absolute = |path| spec::absolute(path, &environment.cwd, environment.home.as_deref());
    match spec::classify(word) {
        SpecKind::Folder(path) => {
            let file = absolute(&path).join(".npmrc");
            config.note_ignored(file, Unread::InPublishedFolder);
        }
        SpecKind::Tarball(path) => {
            let file = absolute(&path).with_file_name(".npmrc");
            config.note_ignored(file, Unread::BesideTarball);
        }
        _ => {}
    }
}

/// Prepares a preflight.
///
/// # Errors
/// When there is nothing to publish, or the settings cannot be used.
pub fn prepare(
    args: &NpmArgs,
    environment: &Environment,
    launch: Launch,
) -> Result<Prepared, Error> {
    let configured = configure(args, environment)?;
    let config = &configured.config;
    if !args.unchecked {
        arguments::check_positional(config.command_line(), environment)?;
    }
    let root = Manifest::read(&config.local_prefix().join("package.json")).ok();
    let settings = settings_of(config.local_prefix(), root.as_ref(), environment)?;
    // It may be large, and is read again.
    drop(root);
    let mut prepared = prepare_plan(configured, settings, environment, launch, &Plan::build)?;
    if launch == Launch::Elsewhere && !crate::npm::run::inside_a_publish(environment) {
        let changesets = Changesets::of(prepared.config.local_prefix());
        if let Some(changesets) = changesets {
            changesets.apply(&mut prepared.plan, &prepared.config);
        }
    }
    Ok(prepared)
}

/// Makes the plan for a preflight.
pub type MakePlan<'a> = &'a dyn Fn(Input<'_>) -> Result<Plan, Error>;

/// Prepares a preflight of the plan that a function makes. `launch` says who starts npm.
///
/// # Errors
/// Those of the function.
pub fn prepare_plan(
    configured: Configured,
    settings: Settings,
    environment: &Environment,
    launch: Launch,
    plan: MakePlan<'_>,
) -> Result<Prepared, Error> {
    let Configured {
        npm,
        config,
        mut scrubber,
    } = configured;
    let ci = Ci::of(environment, npm.as_ref().map(|npm| &npm.version));
    let plan = plan(Input {
        config: &config,
        environment,
        npm: npm.as_ref(),
        ci: &ci,
    })?;
    for package in &plan.packages {
        for secret in config.for_package(&package.manifest).secrets() {
            scrubber.add_secret(&secret);
        }
        for other in &package.credential.elsewhere.credentials {
            // A reference to a variable is not a secret.
            if !other.value.expose().contains('$') {
                scrubber.add_secret(other.value.expose());
            }
        }
    }
    Ok(Prepared {
        npm,
        config,
        settings,
        plan,
        ci: Arc::new(ci),
        scrubber: Arc::new(scrubber),
        launch,
        stage: Stage::default(),
        compares: false,
        pushed: Vec::new(),
    })
}

/// Asks the registries and judges the answers.
///
/// # Errors
/// When an option names an unknown check.
pub async fn run(
    prepared: &Prepared,
    options: &Options,
    environment: &Environment,
) -> Result<Preflight, Error> {
    let begin = Instant::now();
    let timeout = options.timeout.unwrap_or(DEFAULT_TIMEOUT);
    let client = Client::new(prepared.config.network(environment), timeout);
    ask_and_judge(prepared, options, environment, &client, begin).await
}

/// [`run`] with the caller's client.
///
/// # Errors
/// When an option names an unknown check.
pub async fn ask_and_judge(
    prepared: &Prepared,
    options: &Options,
    environment: &Environment,
    client: &Client,
    begin: Instant,
) -> Result<Preflight, Error> {
    allowed_ids(&options.allow)?;
    usable_configuration(&prepared.config)?;
    let rules = Rules {
        levels: &prepared.settings.checks,
        allow: &options.allow,
        strict: options.strict,
    };
    let shown = Ticks::of(environment).filter(|_| !options.quiet);
    let asking = join(
        ask(prepared, environment, client, Depth::AsNeeded),
        project::facts(prepared, environment),
    );
    let mut packages = Vec::new();
    let network = prepared.config.network(environment);
    let (all_facts, project) = progress::while_asking(client, shown, asking).await;
    let all_facts = all_facts?;
    for facts in &all_facts {
        let judged = checks::judge(facts, &rules);
        packages.push(package_report(facts, judged, &network));
    }
    let own = project::judge(&project, &rules, &mut packages);
    let verdicts = packages.iter().map(|package| package.verdict);
    let report = Report {
        verdict: verdicts.max().unwrap_or(Outcome::Ready).max(own.outcome),
        npm: prepared.npm.clone(),
        packages,
        skipped: prepared.plan.skipped.clone(),
        findings: own.findings,
        requests: client.sent(),
        elapsed: begin.elapsed(),
        cwd: environment.cwd.clone(),
        secrets: Arc::clone(&prepared.scrubber),
    };
    Ok(Preflight {
        report,
        facts: all_facts,
        project,
    })
}

/// Everything that is known about each package after all requests.
///
/// # Errors
/// When SAFE_PUBLISH_REGISTRY_KIND names no kind.
pub async fn ask(
    prepared: &Prepared,
    environment: &Environment,
    client: &Client,
    depth: Depth,
) -> Result<Vec<Facts>, Error> {
    let overrides = kind_overrides(&prepared.settings, environment)?;
    let packages = &prepared.plan.packages;
    let ended = tokio::sync::Notify::new();
    let asking = async {
        let gathered = gather(client, packages, &overrides, depth).await;
        ended.notify_one();
        gathered
    };
    // The requests to the registries leave first; files are read meanwhile.
    let git = git::of_packages(prepared, environment, &ended);
    let ((gathered, gits), contents) = join(join(asking, git), contents_of(prepared)).await;
    let settings = Arc::new(prepared.settings.clone());
    let each = packages.iter().zip(gathered.into_iter().zip(gits));
    let mut all: Vec<Facts> = each
        .zip(contents)
        .map(|((plan, (gathered, git)), contents)| Facts {
            contents,
            settings: Arc::clone(&settings),
            ..facts(plan, gathered, git, prepared, environment)
        })
        .collect();
    if prepared.compares {
        compare::with_previous(client, &mut all).await;
    }
    Ok(all)
}

/// The files of every package, read on a separate thread.
async fn contents_of(prepared: &Prepared) -> Vec<Option<Result<Contents, PackError>>> {
    let (packages, stage) = (prepared.plan.packages.clone(), prepared.stage);
    let count = packages.len();
    let reading = tokio::task::spawn_blocking(move || {
        let each = packages.iter();
        each.map(|package| contents::of_package(package, stage))
            .collect()
    });
    reading.await.unwrap_or_else(|_| vec![None; count])
}

fn facts(
    plan: &PackagePlan,
    gathered: Gathered,
    git: Git,
    prepared: &Prepared,
    environment: &Environment,
) -> Facts {
    let mut package = plan.clone();
    pre_mode::set_tag(&mut package, &gathered.answers);
    Facts {
        package,
        npm: project::npm_of(prepared),
        kind: gathered.kind,
        now: environment.now,
        time_zone: environment.time_zone,
        prompt: Prompt::of(prepared.launch, environment.terminals, &prepared.ci),
        ci: Arc::clone(&prepared.ci),
        github_packages_permission: packages_for(gathered.kind, plan, environment),
        settings: Arc::new(prepared.settings.clone()),
        installed: installed_for(&prepared.settings, plan),
        contents: None,
        comparison: None,
        git,
        answers: gathered.answers,
    }
}

/// The workflow file is read only if it decides something.
fn packages_for(
    kind: RegistryKind,
    plan: &PackagePlan,
    environment: &Environment,
) -> Option<PackagesPermission> {
    let request = plan.credential.request.as_ref()?;
    let counts =
        crate::registry::kinds::traits(kind).github_rules && request.is_github_installation_token();
    counts.then(|| ci::packages(environment)).flatten()
}

/// The dependencies' licences are read only if a policy needs them.
fn installed_for(settings: &Settings, plan: &PackagePlan) -> Vec<crate::facts::Installed> {
    let policy = &settings.licenses;
    if policy.allow.is_empty() && policy.deny.is_empty() {
        return Vec::new();
    }
    crate::facts::installed::installed(&plan.manifest)
}
