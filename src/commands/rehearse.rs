//! `rehearse`: the preflight and the whole publish, into the embedded registry.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

use super::{code, detail};
use crate::cli::{Format, Invocation};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::gather::gather;
use crate::manifest::Manifest;
use crate::npm::Npm;
use crate::output::Output;
use crate::plan::Spec;
use crate::preflight::{self, Prepared};
use crate::registry::client::Client;
use crate::registry::documents::Packument;
use crate::rehearsal::{self, Registry, Stage, State, Subject, Upstream};
use crate::report::rehearsal as writer;
use crate::report::{human, json};

/// Rehearses the publish.
pub(super) async fn rehearse(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let words = invocation.npm_text();
    let prepared = preflight::prepare(&words, environment)?;
    output.hide(prepared.scrubber.clone());
    let Some(npm) = prepared.npm.clone() else {
        return Err(super::no_npm());
    };
    tokio::select! {
        outcome = on_stage(invocation, environment, output, (&prepared, &npm)) => outcome,
        // Leaving in good order takes the temporary folder along.
        () = interrupted() => Ok(130),
    }
}

/// A Ctrl-C while npm is not running; while it is, npm ends first.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn on_stage(
    invocation: &Invocation,
    environment: &Environment,
    output: &Output,
    (prepared, npm): (&Prepared, &Npm),
) -> Result<i32, Error> {
    let packages = &prepared.plan.packages;
    if let Some(Spec::Remote { word, .. }) = packages
        .iter()
        .map(|package| &package.spec)
        .find(|spec| matches!(spec, Spec::Remote { .. }))
    {
        return Err(Error::new(
            "rehearsing the publish",
            format!("npm takes `{word}` for something on the network"),
        )
        .next(format!("name a folder or a tarball: ./{word}"))
        .wrong_usage());
    }
    let known = known_packuments(prepared, environment, output).await;
    let subjects = packages.iter().zip(&known).filter_map(|(package, known)| {
        Some(Subject {
            name: package.name.as_str()?,
            known: known.as_ref(),
        })
    });
    let token = rehearsal::new_token();
    let state = rehearsal::seed(subjects, &token);
    let manifests: Vec<Manifest> = packages
        .iter()
        .map(|package| package.manifest.clone())
        .collect();
    let stage = Stage::set(
        state,
        &token,
        upstream(prepared, environment),
        &prepared.config,
        manifests.iter(),
    )
    .await
    .map_err(|error| {
        Error::new("starting the embedded registry", error)
            .next("check that loopback ports and temporary folders can be had")
    })?;
    output.err(&format!(
        "rehearsal: an embedded registry at {} plays npm's; nothing leaves this machine\n",
        stage.registry.url()
    ));

    let staged = preflight::prepare(
        &stage.words(&prepared.config),
        &stage.environment(environment),
    )?;
    let preflight = preflight::run(
        &staged,
        &invocation.options,
        &stage.environment(environment),
    )
    .await?;
    let code = code(preflight.report.verdict, &invocation.options);
    output.err(&human::write(
        &preflight.report,
        output.stderr,
        detail(&invocation.options),
    ));
    if code != exit_code::READY {
        if invocation.options.format == Some(Format::Json) {
            output.out(&json::write(&preflight.report));
        }
        output.err("rehearsal: npm was not started\n");
        return Ok(i32::from(code));
    }
    let ended = stage
        .publish(npm, &prepared.config, environment)
        .await
        .map_err(|error| super::cannot_start(npm, &error))?;
    report(invocation, output, (&stage, npm), environment, ended).await
}

async fn report(
    invocation: &Invocation,
    output: &Output,
    (stage, npm): (&Stage, &Npm),
    environment: &Environment,
    ended: i32,
) -> Result<i32, Error> {
    let mut rehearsed = Vec::new();
    for package in stage.registry.arrived() {
        let examined = stage.examine(npm, environment, &package).await;
        rehearsed.push(examined.map_err(|error| {
            Error::new(format!("installing {}", package.name), error)
                .next("check the temporary folder's space and rights")
        })?);
    }
    let sound = rehearsed.iter().all(rehearsal::Rehearsed::is_sound);
    let outcome = writer::Rehearsal {
        npm_ended_with: ended,
        packages: &rehearsed,
        refused: &stage.registry.refused(),
    };
    match invocation.options.format {
        Some(Format::Json) => {
            output.err(&writer::human(&outcome, output.stderr));
            output.out(&writer::json(&outcome));
        }
        _ => output.out(&writer::human(&outcome, output.stdout)),
    }
    Ok(match (ended, sound) {
        (0, true) => i32::from(exit_code::READY),
        (0, false) => i32::from(exit_code::BLOCKED),
        (code, _) => code,
    })
}

/// What the real registry knows of the packages, so that the rehearsal knows
/// their history. Where it does not answer, they are taken for new, and that
/// is said.
async fn known_packuments(
    prepared: &Prepared,
    environment: &Environment,
    output: &Output,
) -> Vec<Option<Packument>> {
    let client = Client::new(
        prepared.config.network(environment),
        std::time::Duration::from_secs(10),
    );
    let begin = Instant::now();
    let gathered = gather(&client, &prepared.plan.packages, &[]).await;
    let mut known = Vec::new();
    for (package, gathered) in prepared.plan.packages.iter().zip(gathered) {
        let name = package.name.as_str().unwrap_or("the package");
        match gathered.answers.packument {
            Ok(answer) => known.push(
                answer
                    .value
                    .filter(|packument| !packument.versions.is_empty()),
            ),
            Err(gap) => {
                if gap.is_shown() {
                    output.err(&format!("rehearsal: {name} is taken for new, since its registry does not tell ({gap}; {:.1} s)\n", begin.elapsed().as_secs_f64()));
                }
                known.push(None);
            }
        }
    }
    known
}

/// The registry that dependencies come from: the configured one, read-only.
fn upstream(prepared: &Prepared, environment: &Environment) -> Option<Upstream> {
    let empty = Manifest::from_json(serde_json::json!({}));
    let config = prepared.config.for_package(&empty);
    let registry = config.registry("").ok()?.value;
    let credential = config.request_credential(registry.url());
    Some(Upstream::new(
        registry,
        credential,
        prepared.config.network(environment),
    ))
}

/// Keeps a registry running until somebody ends it.
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
    let seeded = rehearsal::seed(std::iter::empty(), &token);
    if state.tokens.is_empty() {
        state.users.extend(seeded.users);
        state.tokens.extend(seeded.tokens);
    }
    let given = file.is_some();
    let registry = Registry::start(state, None).await.map_err(|error| {
        Error::new("starting the embedded registry", error)
            .next("check that loopback ports can be had")
    })?;
    output.out(&format!("{}\n", registry.url()));
    let credential = format!("//{}/:_authToken={token}", registry.host());
    let help = if given {
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
    interrupted().await;
    Ok(i32::from(exit_code::READY))
}

fn read_state(path: &Path) -> Result<State, Error> {
    let doing = || format!("reading the registry's state from {}", path.display());
    let text = std::fs::read(path)
        .map_err(|error| Error::new(doing(), error).next("name a file that you may read"))?;
    serde_json::from_slice(&text).map_err(|error| {
        Error::new(doing(), error).next("mend the JSON there; the README lists the keys")
    })
}
