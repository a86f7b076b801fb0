//! What is no riddle: npm itself tells what happened. It is said in plain
//! words, and no cause is guessed.

use super::Cause;
use super::NpmError;
use super::log::{Log, Loudness};
use super::mask::mask;
use super::words;
use crate::explain::Likelihood;

/// What happened, in plain words.
struct Plain {
    /// What npm said, where that is better than the line that was found.
    text: Option<String>,
    why: String,
    help: &'static str,
    /// Whether no other cause comes into question.
    alone: bool,
    /// What else the code may stand for.
    others: &'static [&'static str],
}

/// What npm's description of `npm publish` says above its usage.
const OF_PUBLISH: &str = "Publish a package";

const SCRIPT_HELP: &str =
    "run the script by itself, mend what it complains about above, and publish then";

/// Puts plain words in the place of `unknown`'s, where npm told what happened.
pub(super) fn tell(log: &Log, error: &mut NpmError, causes: &mut Vec<Cause>) {
    let Some(told) = told(log, error) else { return };
    if let Some(text) = told.text {
        error.text = text;
    }
    let known = causes.iter().any(|cause| cause.id != "unknown");
    if told.alone {
        causes.clear();
    }
    if causes.iter().all(|cause| cause.id != "unknown") && (told.alone || !known) {
        causes.extend(words::cause("unknown", Likelihood::Possible, error));
    }
    for cause in causes.iter_mut().filter(|cause| cause.id == "unknown") {
        cause.why.clone_from(&told.why);
        cause.help = vec![told.help.to_owned()];
    }
    let others = told.others.iter();
    causes.extend(others.filter_map(|id| words::cause(id, Likelihood::Possible, error)));
}

fn told(log: &Log, error: &NpmError) -> Option<Plain> {
    match error.code.as_deref()? {
        "EUSAGE" => usage(log, error),
        "ENOENT" => no_package_json(log),
        "EJSONPARSE" => broken_package_json(log, error),
        "ELIFECYCLE" => old_script(log),
        _ => script(log, error),
    }
}

/// A wrong command line.
fn usage(log: &Log, error: &NpmError) -> Option<Plain> {
    let is_bare = error.text.is_empty() || error.text.contains("EUSAGE");
    let of_publish = error.text == OF_PUBLISH;
    // Other commands' refusals have words of their own.
    let is_code_alone = is_bare && log.lines.len() <= 2;
    if !of_publish && !is_code_alone {
        return None;
    }
    Some(Plain {
        text: None,
        why: "npm refuses the command line: npm publish takes one folder, tarball or package, and the options that `npm publish --help` lists".to_owned(),
        help: "look for a word too many, an option without its value, or a shell that split a path at a space",
        alone: of_publish,
        others: if of_publish {
            &[]
        } else {
            &["provenance-permission-missing", "provenance-access"]
        },
    })
}

fn no_package_json(log: &Log) -> Option<Plain> {
    let file = log.lines.iter().find_map(|line| {
        let path = line.text.strip_prefix("path ").or_else(|| {
            let (_, path) = line.text.split_once("open '")?;
            path.split('\'').next()
        })?;
        path.ends_with("package.json").then(|| path.to_owned())
    })?;
    let folder = file.trim_end_matches("package.json");
    let folder = match folder.trim_end_matches(['/', '\\']) {
        "" => "the folder where npm was started",
        folder => folder,
    };
    Some(Plain {
        text: None,
        why: format!(
            "there is no package.json in {}, and nothing was sent",
            mask(folder)
        ),
        help: "start npm in the package's folder, or name it: npm publish ./FOLDER",
        alone: true,
        others: &[],
    })
}

fn broken_package_json(log: &Log, error: &NpmError) -> Option<Plain> {
    let of_manifest = |text: &str| text.contains("package.json");
    if !log.lines.iter().any(|line| of_manifest(&line.text)) {
        return None;
    }
    let reason = error.text.rsplit_once("Error: ");
    let reason = reason.map_or(error.text.as_str(), |(_, reason)| reason);
    Some(Plain {
        text: None,
        why: format!("package.json does not parse, and nothing was sent: {reason}"),
        help: "mend it: a missing or spare comma, a comment, or the marks of a merge; node -p 'JSON.parse(fs.readFileSync(\"package.json\"))' tells where",
        alone: true,
        others: &[],
    })
}

/// A lifecycle script that ended npm.
fn script(log: &Log, error: &NpmError) -> Option<Plain> {
    let lines = || log.lines.iter().map(|line| line.text.as_str());
    let failed = |text: &str| text == "command failed" || text.ends_with("Error: command failed");
    let told = || {
        let mut commands = lines().filter(|text| !failed(text));
        commands.find_map(|text| text.strip_prefix("command "))
    };
    let command = told().filter(|_| lines().any(failed))?;
    let command = command
        .split_once(" -c ")
        .or_else(|| command.split_once(" /d /s /c "))
        .map_or(command, |(_, command)| command);
    // npm told the script's name before it ran: `> cat@1.0.0 prepublishOnly`.
    let mut names = log.lines.iter().rev().filter_map(|line| {
        let (spec, name) = line.text.trim_start_matches("> ").split_once(' ')?;
        let is_name = !name.contains(' ') && spec.contains('@');
        (line.loudness == Loudness::Plain && is_name).then_some(name)
    });
    let name = names.next();
    let called = mask(command.trim_matches('"'));
    let called = name.map_or(format!("`{called}`"), |name| format!("{name} (`{called}`)"));
    let code = error.code.as_deref().unwrap_or_default();
    let sent = lines().any(|text| text.contains("fetch PUT "));
    let sent = if sent { "" } else { ", and nothing was sent" };
    Some(Plain {
        text: Some(format!("command failed: {}", mask(command))),
        why: format!("the script {called} failed with code {code}{sent}"),
        help: SCRIPT_HELP,
        alone: false,
        others: &[],
    })
}

/// The same of npm 6 and before: ``cat@1.0.0 prepublishOnly: `exit 3` ``.
fn old_script(log: &Log) -> Option<Plain> {
    let mut told = log.lines.iter().filter_map(|line| {
        let (called, command) = line.text.split_once(": `")?;
        let (spec, name) = called.split_once(' ')?;
        let fits = spec.contains('@') && !name.contains(' ');
        fits.then(|| (name, command.trim_end_matches('`')))
    });
    let (name, command) = told.next()?;
    let mut codes = log.lines.iter().filter_map(|line| {
        let code = line.text.strip_prefix("Exit status ")?;
        Some(format!(" with code {}", mask(code)))
    });
    let code = codes.next().unwrap_or_default();
    Some(Plain {
        text: None,
        why: format!("the script {name} (`{}`) failed{code}", mask(command)),
        help: SCRIPT_HELP,
        alone: false,
        others: &[],
    })
}
