//! `rehearse`: the preflight and the whole publish, to the embedded registry.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;

use super::code;
use super::interrupts::Interrupts;
use super::print_report::verbosity;
use super::rehearsed_contents::{Before, PreviousByName};
use super::watchdog::Watchdog;

use crate::cli::{Format, Invocation, NpmArgs};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::Facts;
use crate::facts::gather::{Depth, gather, previous};
use crate::file;
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::output::Output;
use crate::plan::{Launch, PackagePlan, Spec};
use crate::preflight::{self, Prepared};
use crate::registry::client::Client;
use crate::registry::documents::Packument;
use crate::rehearsal::{
    self, Fence, Input, Registry, Rehearsal, RehearsedPackage, State, Upstream,
};
use crate::report::rehearsal as writer;
use crate::report::{human, json};

/// Rehearses the publish.
pub(super) async fn rehearse(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let watchdog = Watchdog::of_rehearsal()?;
    let prepared = preflight::prepare(&invocation.npm, environment, Launch::Here)?;
    output.add_secrets(&prepared.scrubber);
    let Some(npm) = prepared.npm.clone() else {
        return Err(super::no_npm());
    };
    super::announce_variables(&prepared, environment, output);
    let mut interrupts = Interrupts::listen()?;
    let ready = tokio::select! {
        ready = set_up_and_check(invocation, environment, output, &prepared) => ready?,
        code = interrupts.next() => return Ok(code),
    };
    let ready = match ready {
        Ok(ready) => ready,
        Err(code) => return Ok(code),
    };
    let rehearsal = ready.rehearsal;
    let output_is_taken = invocation.options.format == Some(Format::Json);
    // npm receives signals itself, and ends first.
    drop(watchdog);
    let ended = rehearsal
        .publish(&npm, output_is_taken)
        .await
        .map_err(|error| super::cannot_start(&npm, &error))?;
    let ran = RehearsedPublish {
        rehearsal,
        npm,
        publisher: "npm",
        planned: ready.facts.len(),
        before: Before {
            facts: ready.facts,
            previous: ready.previous,
            settings: prepared.settings,
        },
        ended,
    };
    finish(invocation, output, &mut interrupts, &ran).await
}

/// Reports a finished rehearsal, unless a signal interrupts the report.
pub(super) async fn finish(
    invocation: &Invocation,
    output: &Output,
    interrupts: &mut Interrupts,
    ran: &RehearsedPublish,
) -> Result<i32, Error> {
    let _watchdog = Watchdog::of_rehearsal()?;
    tokio::select! {
        biased;
        code = interrupts.next() => Ok(code),
        code = report(invocation, output, ran) => code,
    }
}

/// A rehearsal whose preflight found nothing that blocks.
struct Ready {
    rehearsal: Rehearsal,
    facts: Vec<Facts>,
    previous: PreviousByName,
}

/// Sets up the rehearsal and runs the preflight in it; returns the exit code if npm must not
/// start.
async fn set_up_and_check(
    invocation: &Invocation,
    environment: &Environment,
    output: &Output,
    prepared: &Prepared,
) -> Result<Result<Ready, i32>, Error> {
    refuse_what_is_elsewhere(prepared)?;
    let (rehearsal, previous) = set_up(environment, output, prepared).await?;
    output.err(&format!(
        "rehearsal: an embedded registry at {} stands in for npm's; no other is written to\n",
        rehearsal.registry.url()
    ));
    output.err(&describe_fence(&rehearsal.fence));
    let redirected = preflight::prepare(
        &NpmArgs::made(rehearsal.args()),
        rehearsal.environment(),
        Launch::Here,
    )?;
    let preflight =
        preflight::run(&redirected, &invocation.options, rehearsal.environment()).await?;
    let code = code(preflight.report.verdict, &invocation.options);
    output.err(&human::write(
        &preflight.report,
        output.stderr,
        verbosity(&invocation.options),
    ));
    if code != exit_code::READY {
        if invocation.options.format == Some(Format::Json) {
            output.json(&json::write(&preflight.report));
        }
        output.err("rehearsal: npm was not started\n");
        return Ok(Err(i32::from(code)));
    }
    Ok(Ok(Ready {
        rehearsal,
        facts: preflight.facts,
        previous,
    }))
}

/// What npm and its scripts can reach, in one line.
pub(super) fn describe_fence(fence: &Fence) -> String {
    match fence.open_because() {
        None => "rehearsal: on the network, npm and its scripts can only reach that registry\n"
            .to_owned(),
        Some(reason) => format!(
            "rehearsal: the network is not blocked ({reason}): your settings of npm, pnpm, yarn \
             and bun are hidden, but a program that clears its environment or has its own \
             credential can still reach other registries\n"
        ),
    }
}

/// Refuses a package that npm would have to fetch before it publishes it, and an npm whose
/// flags would not apply.
pub(super) fn refuse_what_is_elsewhere(prepared: &Prepared) -> Result<(), Error> {
    let doing = "rehearsing the publish";
    if let Some(npm) = prepared
        .npm
        .as_ref()
        .filter(|npm| !npm.version.flags_beat_publish_config())
    {
        let cause = format!(
            "npm {} lets publishConfig override its flags, so it cannot be kept from other \
             registries",
            npm.version
        );
        return Err(Error::new(doing, cause).next("use npm 10.5.2 or later: npm install -g npm"));
    }
    let specs = prepared.plan.packages.iter().map(|package| &package.spec);
    for spec in specs {
        if let Spec::Remote { word, .. } = spec {
            let cause = format!("npm reads `{word}` as something on the network");
            return Err(Error::new(doing, cause)
                .next(format!("name a folder or a tarball: ./{word}"))
                .wrong_usage());
        }
    }
    Ok(())
}

pub(super) async fn set_up(
    environment: &Environment,
    output: &Output,
    prepared: &Prepared,
) -> Result<(Rehearsal, PreviousByName), Error> {
    let packages = &prepared.plan.packages;
    let (known, previous) = published_versions(prepared, environment, output).await;
    let number = |package: &PackagePlan| package.version.as_ref().ok().map(ToString::to_string);
    let versions: Vec<Option<String>> = packages.iter().map(number).collect();
    let subjects = packages.iter().zip(&known).zip(&versions);
    let subjects = subjects.filter_map(|((package, known), version)| {
        Some(RehearsedPackage {
            name: package.name.as_str()?,
            version: version.as_deref(),
            known: known.as_deref(),
        })
    });
    let token = rehearsal::new_token();
    let manifests: Vec<Manifest> = packages
        .iter()
        .map(|package| package.manifest.clone())
        .collect();
    let input = Input {
        config: &prepared.config,
        environment,
        manifests: &manifests,
    };
    let state = rehearsal::seed(subjects, &token);
    let upstream = upstream(prepared, environment);
    let rehearsal = Rehearsal::set_up(state, &token, upstream, input)
        .await
        .map_err(|error| {
            Error::new("starting the embedded registry", error)
                .next("check that loopback ports and temporary folders are available")
        })?;
    Ok((rehearsal, previous))
}

/// A finished rehearsal of a publish.
pub(super) struct RehearsedPublish {
    pub(super) rehearsal: Rehearsal,
    pub(super) npm: Npm,
    pub(super) before: Before,
    /// How many packages should have arrived.
    pub(super) planned: usize,
    /// What published: `npm`, or our own release.
    pub(super) publisher: &'static str,
    /// Its exit code.
    pub(super) ended: i32,
}

async fn report(
    invocation: &Invocation,
    output: &Output,
    ran: &RehearsedPublish,
) -> Result<i32, Error> {
    let mut rehearsed = Vec::new();
    for package in ran.rehearsal.registry.arrived() {
        let examined = ran.rehearsal.examine(&ran.npm, &package).await;
        let result = examined.map_err(|error| {
            Error::new(format!("installing {}", package.name), error)
                .next("check the temporary folder's free space and permissions")
        })?;
        rehearsed.push(ran.before.check(result, &package, &invocation.options));
    }
    let (ended, planned) = (ran.ended, ran.planned);
    let sound = rehearsed.iter().all(writer::Rehearsed::is_sound);
    let outcome = writer::Rehearsal {
        publisher: ran.publisher,
        npm_ended_with: ended,
        planned,
        packages: &rehearsed,
        refused: &ran.rehearsal.refused(),
    };
    match invocation.options.format {
        Some(Format::Json) => {
            output.err(&writer::human(&outcome, output.stderr));
            output.json(&writer::json(&outcome));
        }
        _ => output.say(&writer::human(&outcome, output.stdout)),
    }
    Ok(match (ended, sound) {
        (0, _) if rehearsed.len() < planned => i32::from(exit_code::NOT_SEEN),
        (0, true) => i32::from(exit_code::READY),
        (0, false) => i32::from(exit_code::BLOCKED),
        (code, _) => code,
    })
}

/// The real registry's versions of the packages, so that the rehearsal knows their history, and
/// their published tarballs. If the registry does not answer, they are treated as new, and a
/// note says so.
async fn published_versions(
    prepared: &Prepared,
    environment: &Environment,
    output: &Output,
) -> (Vec<Option<Arc<Packument>>>, PreviousByName) {
    let client = Client::new(
        prepared.config.network(environment),
        std::time::Duration::from_secs(10),
    );
    let begin = Instant::now();
    let gathered = gather(&client, &prepared.plan.packages, &[], Depth::AsNeeded).await;
    let mut known = Vec::new();
    for (package, gathered) in prepared.plan.packages.iter().zip(gathered) {
        let name = package.name.as_str().unwrap_or("the package");
        match gathered.answers.packument {
            Ok(answer) => known.push(
                answer
                    .value
                    .filter(|known| !known.versions.is_empty() || known.unpublished.is_some()),
            ),
            Err(gap) => {
                if gap.is_shown() {
                    output.err(&format!("rehearsal: {name} is treated as new, because its registry did not say ({gap}; {:.1} s)\n", begin.elapsed().as_secs_f64()));
                }
                known.push(None);
            }
        }
    }
    let packages = prepared.plan.packages.iter().zip(&known);
    let fetching = packages.map(|(package, known)| async {
        let fetched = previous(&client, package, known.as_deref()).await;
        Some((package.name.as_str()?.to_owned(), fetched.transpose()?))
    });
    let previous = join_all(fetching).await;
    (known, previous.into_iter().flatten().collect())
}

/// The registries that dependencies come from: the configured ones, read-only.
fn upstream(prepared: &Prepared, environment: &Environment) -> Option<Upstream> {
    let empty = Manifest::from_json(serde_json::json!({}));
    let config = prepared.config.for_package(&empty);
    let of = |name: &str| {
        let registry = config.registry(name).ok()?.value;
        let credential = config.request_credential(registry.url());
        Some((registry, credential))
    };
    let (registry, credential) = of("")?;
    let network = prepared.config.network(environment);
    let mut upstream = Upstream::new(registry, credential, network);
    for entry in prepared.config.entries() {
        let key = entry.key.strip_prefix('@');
        let Some(scope) = key.and_then(|key| key.strip_suffix(":registry")) else {
            continue;
        };
        if let Some((registry, credential)) = of(&format!("@{scope}/x")) {
            upstream = upstream.with_scope(scope, registry, credential);
        }
    }
    Some(upstream)
}

/// Keeps a registry running until it is interrupted.
pub(super) async fn serve(
    file: Option<&OsStr>,
    environment: &Environment,
    output: &Output,
) -> Result<i32, Error> {
    let mut state = match file {
        Some(file) => read_state(&environment.cwd.join(file))?,
        None => State::default(),
    };
    let token = rehearsal::new_token();
    let has_tokens = !state.tokens.is_empty();
    if !has_tokens {
        let seeded = rehearsal::seed(std::iter::empty(), &token);
        state.users.extend(seeded.users);
        state.tokens.extend(seeded.tokens);
    }
    let registry = Registry::start(state, None).await.map_err(|error| {
        Error::new("starting the embedded registry", error)
            .next("check that loopback ports are available")
    })?;
    output.out(&format!("{}\n", registry.url()));
    let credential = format!("//{}/:_authToken={token}", registry.host());
    let help = if has_tokens {
        "with the users and tokens of the state file".to_owned()
    } else {
        format!(
            "publish with --registry={} '--{credential}'",
            registry.url()
        )
    };
    output.err(&format!(
        "the embedded registry runs until Ctrl-C; {help}\n"
    ));
    let mut interrupts = Interrupts::listen()?;
    let _watchdog = Watchdog::start(None)?;
    interrupts.next().await;
    Ok(i32::from(exit_code::READY))
}

fn read_state(path: &Path) -> Result<State, Error> {
    let doing = || format!("reading the registry's state from {}", path.display());
    let text = file::read(path, file::limit::EVENT)
        .map_err(|error| Error::new(doing(), error).next("name a file that you can read"))?;
    serde_json::from_slice(&text)
        .map_err(|error| Error::new(doing(), error).next("correct the JSON there"))
}
