//! What ends a preflight before it asks anybody: words that npm would refuse, a
//! configuration that it would end over, ids and kinds that do not exist.

use crate::environment::Environment;
use crate::error::Error;
use crate::npm::Npm;
use crate::npmrc::arguments::ArgumentProblem;
use crate::npmrc::config::FileState;
use crate::npmrc::{CommandLine, Config};
use crate::registry::kind::RegistryKind;
use crate::settings::{self, Settings};

/// Words that end npm at once, and misspelt options of ours.
pub(super) fn refuse_words(command_line: &CommandLine, npm: Option<&Npm>) -> Result<(), Error> {
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
pub(super) fn usable_configuration(config: &Config) -> Result<(), Error> {
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

pub(super) fn allowed_ids(allow: &[String]) -> Result<(), Error> {
    let known = crate::checks::known_ids();
    for id in allow {
        if !known.contains(&id.as_str()) {
            let hint = settings::nearest(id, &known)
                .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(
                Error::new("reading --allow", format!("there is no check `{id}`{hint}"))
                    .next("`safe-publish explain ids` lists them")
                    .wrong_usage(),
            );
        }
    }
    Ok(())
}

/// Kinds of registries by the user's word: settings, then the variable, which
/// holds for every URL of the run.
pub(super) fn kind_overrides(
    settings: &Settings,
    environment: &Environment,
) -> Result<Vec<(String, RegistryKind)>, Error> {
    let mut overrides = settings.registry_kinds.clone();
    if let Some(name) = environment.filled("SAFE_PUBLISH_REGISTRY_KIND") {
        let kind = RegistryKind::from_name(name).ok_or_else(|| {
            let names: Vec<_> = RegistryKind::ALL.iter().map(|kind| kind.name()).collect();
            Error::new(
                "reading SAFE_PUBLISH_REGISTRY_KIND",
                format!("`{name}` is no kind of registry"),
            )
            .next(format!("use one of {}", names.join(", ")))
        })?;
        overrides = vec![(String::new(), kind)];
    }
    Ok(overrides)
}
