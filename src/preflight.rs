//! From a command line to a report: configuration, plan, facts, verdict.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;

use crate::checks::{self, Rules};
use crate::ci::Ci;
use crate::cli::Options;
use crate::environment::Environment;
use crate::error::Error;
use crate::facts::gather::{Gathered, gather};
use crate::facts::{Facts, Gap};
use crate::git::{self, Git, Pushed};
use crate::manifest::Manifest;
use crate::manifest::spec::{self, SpecKind};
use crate::manifest::workspaces::Workspaces;
use crate::npm::{Npm, find};
use crate::npmrc::arguments::ArgumentProblem;
use crate::npmrc::config::FileState;
use crate::npmrc::{CommandLine, Config};
use crate::plan::{Input, PackagePlan, Plan};
use crate::progress;
use crate::registry::client::Client;
use crate::registry::kind::RegistryKind;
use crate::report::{Outcome, PackageReport, Report};
use crate::secret::Scrubber;
use crate::settings::{self, Settings};

/// The whole preflight may take this long, unless `--timeout` says otherwise.
pub const USUAL_PATIENCE: Duration = Duration::from_secs(30);

/// Everything that is known before the first question: which npm, its
/// configuration, the user's settings, and what would be published.
#[derive(Debug)]
pub struct Prepared {
    /// The npm that would publish.
    pub npm: Option<Npm>,
    /// Its configuration.
    pub config: Config,
    /// The user's settings.
    pub settings: Settings,
    /// What it would publish.
    pub plan: Plan,
    /// The CI that it would publish in.
    pub ci: Arc<Ci>,
    /// What must not be printed.
    pub scrubber: Scrubber,
    /// In the hook: the tags that are pushed. Elsewhere git is asked.
    pub pushed: Vec<Pushed>,
}

/// The outcome of a preflight, with the facts it rests on.
#[derive(Debug)]
pub struct Preflight {
    /// What is told.
    pub report: Report,
    /// What is known, package by package, in the report's order.
    pub facts: Vec<Facts>,
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
/// When npm would refuse the words, or one of them looks like a misspelt
/// option of ours.
pub fn configure(npm_words: &[String], environment: &Environment) -> Result<Configured, Error> {
    let npm = find::find(environment);
    let command_line = CommandLine::parse(npm_words, npm.as_ref().map(|npm| &npm.version));
    let is_member = |root: &std::path::Path, folder: &std::path::Path| {
        let manifest = Manifest::read(&root.join("package.json"));
        manifest.is_ok_and(|manifest| Workspaces::is_member(root, &manifest, folder))
    };
    refuse_words(&command_line, npm.as_ref())?;
    let mut config = Config::load(command_line, environment, npm.as_ref(), &is_member);
    note_target(&mut config, environment);
    let scrubber = scrubber(&config, environment);
    Ok(Configured {
        npm,
        config,
        scrubber,
    })
}

/// People put an .npmrc into the folder that they publish; npm reads the one
/// of the folder where it is started.
fn note_target(config: &mut Config, environment: &Environment) {
    let [word] = config.command_line().positionals.as_slice() else {
        return;
    };
    if let SpecKind::Folder(path) = spec::classify(word) {
        let folder = spec::absolute(&path, &environment.cwd, environment.home.as_deref());
        let why =
            "npm reads the .npmrc of the folder where it is started, not of the one it publishes";
        config.note_ignored(folder.join(".npmrc"), why);
    }
}

/// Prepares a preflight.
///
/// # Errors
/// When there is nothing to publish, or the settings cannot be used.
pub fn prepare(npm_words: &[String], environment: &Environment) -> Result<Prepared, Error> {
    let Configured {
        npm,
        config,
        mut scrubber,
    } = configure(npm_words, environment)?;
    let root = Manifest::read(&config.local_prefix().join("package.json")).ok();
    let settings = settings_of(config.local_prefix(), root.as_ref(), environment)?;
    let ci = Ci::of(environment, npm.as_ref().map(|npm| &npm.version));
    let plan = Plan::build(Input {
        config: &config,
        environment,
        npm: npm.as_ref(),
        ci: &ci,
    })?;
    for package in &plan.packages {
        for secret in config.for_package(&package.manifest).secrets() {
            scrubber.learn(&secret);
        }
    }
    Ok(Prepared {
        npm,
        config,
        settings,
        plan,
        ci: Arc::new(ci),
        scrubber,
        pushed: Vec::new(),
    })
}

/// The user's settings, with those of a project's root over them.
///
/// # Errors
/// When they cannot be read or understood.
pub fn settings_of(
    root: &Path,
    manifest: Option<&Manifest>,
    environment: &Environment,
) -> Result<Settings, Error> {
    settings::load(
        user_settings(environment).as_deref(),
        root,
        manifest.map(|manifest| manifest.object.as_ref()),
        &crate::checks::known_ids(),
    )
    .map_err(|error| {
        Error::new(
            format!("reading the settings in {}", error.place),
            error.problem,
        )
        .next("mend it there; `safe-publish config --schema` prints what is allowed")
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
    let patience = options.timeout.unwrap_or(USUAL_PATIENCE);
    let client = Client::new(prepared.config.network(environment), patience);
    ask_and_judge(prepared, options, environment, (&client, begin)).await
}

/// [`run`] with a client of the caller's.
///
/// # Errors
/// When an option names an unknown check.
pub async fn ask_and_judge(
    prepared: &Prepared,
    options: &Options,
    environment: &Environment,
    (client, begin): (&Client, Instant),
) -> Result<Preflight, Error> {
    allowed_ids(&options.allow)?;
    usable_configuration(&prepared.config)?;
    let rules = Rules {
        levels: &prepared.settings.checks,
        allow: &options.allow,
        strict: options.strict,
    };
    let shown = environment.terminals.stderr
        && !options.quiet
        && environment.variable("TERM") != Some("dumb");
    let asking = ask(prepared, environment, client);
    let mut packages = Vec::new();
    let all_facts = progress::while_asking(client, shown, asking).await?;
    for (plan, facts) in prepared.plan.packages.iter().zip(&all_facts) {
        let judged = checks::judge(facts, &rules);
        packages.push(PackageReport {
            name: plan.name.as_str().map(str::to_owned),
            version: plan.version.as_ref().ok().map(ToString::to_string),
            directory: plan.directory.clone(),
            registry: plan
                .registry
                .as_ref()
                .ok()
                .map(|registry| registry.value.to_string()),
            kind: facts.kind,
            tag: plan.tag.sent.value.clone(),
            access: plan.access.as_ref().map(|access| access.value.clone()),
            account: facts.account().ok().map(|(name, _)| name.to_owned()),
            verdict: judged.outcome,
            findings: judged.findings,
            undecided: judged.undecided,
            manifest: plan.manifest.clone(),
        });
    }
    let report = Report {
        verdict: packages
            .iter()
            .map(|package| package.verdict)
            .max()
            .unwrap_or(Outcome::Ready),
        npm: prepared.npm.clone(),
        packages,
        skipped: prepared.plan.skipped.clone(),
        findings: Vec::new(),
        requests: client.log(),
        elapsed: begin.elapsed(),
        cwd: environment.cwd.clone(),
    };
    Ok(Preflight {
        report,
        facts: all_facts,
    })
}

/// Everything that is known about each package once everybody was asked.
///
/// # Errors
/// When SAFE_PUBLISH_REGISTRY_KIND names no kind.
pub async fn ask(
    prepared: &Prepared,
    environment: &Environment,
    client: &Client,
) -> Result<Vec<Facts>, Error> {
    let told = told_kinds(&prepared.settings, environment)?;
    let packages = &prepared.plan.packages;
    let ended = tokio::sync::Notify::new();
    let asking = async {
        let gathered = gather(client, packages, &told).await;
        ended.notify_one();
        gathered
    };
    // The questions to the registries leave first.
    let git = git::gather::of_all(packages, environment, &ended);
    let git = git::gather::where_wanted(git, packages, &prepared.pushed, &prepared.settings.checks);
    let (gathered, gits) = join(asking, git).await;
    let each = packages.iter().zip(gathered.into_iter().zip(gits));
    Ok(each
        .map(|(plan, known)| facts(plan, known, prepared, environment))
        .collect())
}

fn facts(
    plan: &PackagePlan,
    (gathered, git): (Gathered, Git),
    prepared: &Prepared,
    environment: &Environment,
) -> Facts {
    let npm = prepared.npm.as_ref().map(|npm| npm.version.clone());
    Facts {
        package: plan.clone(),
        npm: npm.ok_or(Gap::NotAsked("no npm was found on PATH")),
        kind: gathered.kind,
        now: environment.now,
        time_zone: environment.time_zone.clone(),
        terminals: environment.terminals,
        ci: Arc::clone(&prepared.ci),
        settings: Arc::new(prepared.settings.clone()),
        installed: installed_for(&prepared.settings, plan),
        git,
        answers: gathered.answers,
    }
}

/// The dependencies' licences are read only where a policy asks for them.
fn installed_for(settings: &Settings, plan: &PackagePlan) -> Vec<crate::facts::Installed> {
    let policy = &settings.licenses;
    if policy.allow.is_empty() && policy.deny.is_empty() {
        return Vec::new();
    }
    crate::facts::installed::installed(&plan.manifest)
}

/// Words that end npm at once, and misspelt options of ours.
fn refuse_words(command_line: &CommandLine, npm: Option<&Npm>) -> Result<(), Error> {
    let doing = "reading the command line";
    for problem in &command_line.problems {
        let ArgumentProblem::Unknown { written } = problem else {
            continue;
        };
        if let Some(ours) = misspelt(written) {
            return Err(Error::new(
                doing,
                format!("unknown option `{written}`; did you mean `{ours}`?"),
            )
            .next("put npm's own words behind `--` to hand them on unread")
            .wrong_usage());
        }
    }
    let Some(npm) = npm.filter(|npm| npm.version.refuses_unknown_flags()) else {
        return Ok(());
    };
    let words = command_line
        .problems
        .iter()
        .find_map(|problem| match problem {
            ArgumentProblem::Unknown { written } => Some(format!(
                "npm {} does not know the option `{written}`",
                npm.version
            )),
            ArgumentProblem::Abbreviated { written, key } => Some(format!(
                "npm {} does not take `{written}` for `--{key}`; write it out",
                npm.version
            )),
            ArgumentProblem::SingleHyphen { written } => Some(format!(
                "npm {} takes `{written}` with two hyphens only: `-{written}`",
                npm.version
            )),
            ArgumentProblem::Invalid { .. } | ArgumentProblem::Loose { .. } => None,
        });
    match words {
        Some(words) => Err(Error::new(doing, words)
            .next("`npm help config` lists npm's options")
            .wrong_usage()),
        None => Ok(()),
    }
}

/// An option of ours that differs from a word in a letter or two.
fn misspelt(written: &str) -> Option<&'static str> {
    const OURS: [&str; 9] = [
        "--format",
        "--strict",
        "--allow",
        "--allow-undecided",
        "--no-verify",
        "--timeout",
        "--quiet",
        "--verbose",
        "--color",
    ];
    let word = written.split('=').next().unwrap_or(written);
    OURS.into_iter().find(|ours| {
        *ours != word && strsim::damerau_levenshtein(ours, word) <= 2 && word.len() > 5
    })
}

/// npm goes on in silence without an .npmrc that it cannot read, and ends over
/// some lines; neither is what anybody wants to find out by publishing.
fn usable_configuration(config: &Config) -> Result<(), Error> {
    for file in config.files() {
        // Below what is no folder (HOME=/dev/null) there is no file to mend.
        let has_place = file.path.parent().is_some_and(std::path::Path::is_dir);
        if let (FileState::Unreadable(reason), true) = (&file.state, has_place) {
            let doing = format!(
                "reading the {} .npmrc {}",
                file.layer.name(),
                file.path.display()
            );
            return Err(Error::new(doing, reason).next("make it a file that you may read, or remove it; npm would go on without it and say nothing"));
        }
    }
    match config
        .problems()
        .iter()
        .find(|problem| problem.kind.ends_npm())
    {
        Some(problem) => {
            let doing = format!("reading npm's configuration ({})", problem.origin);
            Err(Error::new(doing, &problem.kind).next("mend that line: npm itself ends over it"))
        }
        None => Ok(()),
    }
}

fn allowed_ids(allow: &[String]) -> Result<(), Error> {
    let known = crate::checks::known_ids();
    for id in allow {
        if !known.contains(&id.as_str()) {
            let hint = settings::nearest(id, &known)
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(
                Error::new("reading --allow", format!("there is no check `{id}`{hint}"))
                    .next("`safe-publish explain` lists the checks")
                    .wrong_usage(),
            );
        }
    }
    Ok(())
}

/// Kinds of registries by the user's word: settings, then the variable, which
/// holds for every URL of the run.
fn told_kinds(
    settings: &Settings,
    environment: &Environment,
) -> Result<Vec<(String, RegistryKind)>, Error> {
    let mut told = settings.registry_kinds.clone();
    if let Some(name) = environment.filled("SAFE_PUBLISH_REGISTRY_KIND") {
        let kind = RegistryKind::from_name(name).ok_or_else(|| {
            let names: Vec<_> = RegistryKind::ALL.iter().map(|kind| kind.name()).collect();
            Error::new(
                "reading SAFE_PUBLISH_REGISTRY_KIND",
                format!("`{name}` is no kind of registry"),
            )
            .next(format!("use one of {}", names.join(", ")))
        })?;
        told = vec![(String::new(), kind)];
    }
    Ok(told)
}

/// `safe-publish.json` in the platform's folder for settings.
fn user_settings(environment: &Environment) -> Option<PathBuf> {
    let folder = environment
        .filled("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    let folder = folder.or_else(|| {
        environment
            .home
            .as_ref()
            .filter(|_| cfg!(target_os = "linux"))
            .map(|home| home.join(".config"))
    });
    Some(
        folder
            .or_else(dirs::config_dir)?
            .join("safe-publish")
            .join("safe-publish.json"),
    )
}

/// Everything that must not reach any output: npm's credentials, and what the
/// variables with telling names hold.
fn scrubber(config: &Config, environment: &Environment) -> Scrubber {
    let mut scrubber = Scrubber::default();
    for secret in config.secrets() {
        // A reference to a variable that is not set is no secret.
        if !secret.contains("${") {
            scrubber.learn(&secret);
        }
    }
    for (name, value) in &environment.variables {
        let name = name.to_ascii_lowercase();
        let telling = ["token", "passw", "secret", "_auth", "api_key", "apikey"];
        if telling.iter().any(|part| name.contains(part))
            && value.len() >= 8
            && !value.starts_with("http")
        {
            scrubber.learn(value);
        }
    }
    scrubber
}
