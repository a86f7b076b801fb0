//! Failures that npm or npmjs explains itself: a wrong command line, a package.json that is
//! missing or does not parse, a version that must stay. No cause is guessed for these.

use super::log::Log;
use super::rank::MAX_CAUSES;
use super::record::Record;
use super::words;
use super::{Cause, Likelihood, NpmError};
use crate::finding::Help;
use crate::secret::mask;

/// npm's own explanation.
struct Reason {
    why: String,
    help: &'static str,
    /// What else the code may mean; otherwise no other cause is possible.
    others: &'static [&'static str],
}

/// npm's description of `npm publish`, which precedes its usage text.
const PUBLISH_DESCRIPTION: &str = "Publish a package";

/// Replaces the text of `unknown` if npm itself said what happened.
pub(super) fn add_causes(log: &Log, record: &Record, causes: &mut Vec<Cause>) {
    let is_known = causes.iter().any(|cause| cause.id != "unknown");
    // A rule may only say that nothing else is known.
    for cause in causes.iter_mut().filter(|cause| cause.id == "unknown") {
        cause.likelihood = Likelihood::Possible;
    }
    let named = |id, likelihood| words::cause(id, likelihood, record);
    let is_usage = record.error.text == PUBLISH_DESCRIPTION;
    if is_usage && !record.flags.is_empty() {
        *causes = named("npm-flag-unknown", Likelihood::Likely)
            .into_iter()
            .collect();
        return;
    }
    if let Some(Reason { why, help, others }) = reason(log, &record.error)
        && (others.is_empty() || !is_known)
    {
        let unknown = named("unknown", Likelihood::Likely).map(|unknown| Cause {
            why,
            help: vec![Help::text(help)],
            ..unknown
        });
        let others = others.iter();
        let others = others.filter_map(|id| named(id, Likelihood::Possible));
        *causes = unknown.into_iter().chain(others).collect();
    }
    // A misspelt flag has lost its value, which may be why the rest went wrong.
    let is_certain = |cause: &Cause| cause.likelihood == Likelihood::Certain;
    let is_named = |cause: &Cause| cause.id == "npm-flag-unknown";
    let is_left = !causes
        .iter()
        .any(|cause| is_certain(cause) || is_named(cause));
    if is_left && !record.flags.is_empty() && causes.len() < MAX_CAUSES {
        causes.extend(named("npm-flag-unknown", Likelihood::Possible));
    }
}

fn reason(log: &Log, error: &NpmError) -> Option<Reason> {
    if let Some(script) = error.text.strip_prefix("Missing script: ") {
        return Some(no_script(script));
    }
    if let Some(reason) = by_sentence(error) {
        return Some(reason);
    }
    let code = error.code.as_deref()?;
    // `explain ENOENT`.
    let is_code_alone =
        log.lines.len() == 1 && log.lines[0].text.trim_start_matches("code ") == code;
    match code {
        "ENOENT" if is_code_alone => Some(not_there("")),
        "EJSONPARSE" if is_code_alone => Some(does_not_parse("")),
        "EUSAGE" => usage(log, error),
        "ENOENT" => no_package_json(log).or_else(|| no_tarball(log)),
        "EJSONPARSE" => broken_package_json(log, error),
        "EBADENGINE" => Some(does_not_fit(log)),
        "TAR_BAD_ARCHIVE" => Some(bad_tarball()),
        _ => None,
    }
}

/// Sentences of npm and npmjs that need no other cause, what they mean, what to do, and what else
/// they may mean.
const SENTENCES: [(&str, &str, &str, &[&str]); 4] = [
    // After 72 hours, see <https://docs.npmjs.com/policies/unpublish>.
    (
        "can no longer unpublish",
        "npmjs keeps this version: after 72 hours it removes only versions that no other package \
         depends on, with few downloads and a single owner",
        "deprecate it instead: npm deprecate NAME@VERSION \"MESSAGE\"; for a leaked secret or a \
         legal reason, write to npmjs's support",
        &[],
    ),
    (
        "trusted publisher config already exists",
        "the package has such a trusted publisher already",
        "to change it, take the old one away first: npm trust list NAME, then npm trust revoke \
         NAME --id=ID",
        &[],
    ),
    (
        "rusted publisher configuration not found",
        "the package has no trusted publisher with this id",
        "npm trust list NAME shows those that it has",
        &[],
    ),
    (
        "No workspaces found:",
        "no member of the workspace has the name or the folder of --workspace, or no folder fits \
         the field `workspaces`",
        "npm query .workspace lists the members",
        &["workspaces-invalid"],
    ),
];

fn by_sentence(error: &NpmError) -> Option<Reason> {
    let mut sentences = SENTENCES.iter();
    let (_, why, help, others) = sentences.find(|(words, ..)| error.text.contains(words))?;
    let why = (*why).to_owned();
    Some(Reason { why, help, others })
}

/// What was to be installed wants another Node or npm.
fn does_not_fit(log: &Log) -> Reason {
    let mut lines = log.lines.iter();
    let npm = lines.find_map(|line| line.text.split_once("node/npm: npm@"));
    let (why, help) = match npm {
        Some((_, version)) => (
            format!("this Node is too old for npm@{}", mask(version)),
            "use a newer Node in this job, or the newest npm that it can run: npm install -g npm@11",
        ),
        None => (
            "what was to be installed does not fit this Node or npm, and nothing was published"
                .to_owned(),
            "compare the lines `Required` and `Actual`, and use another Node in this job",
        ),
    };
    let others = &[];
    Reason { why, help, others }
}

/// What else the code EUSAGE may mean.
const OF_EUSAGE: [&str; 2] = ["provenance-permission-missing", "provenance-access"];

/// A wrong command line.
fn usage(log: &Log, error: &NpmError) -> Option<Reason> {
    let is_bare = error.text.is_empty() || error.text.contains("EUSAGE");
    let of_publish = error.text == PUBLISH_DESCRIPTION;
    // Other commands' refusals have texts of their own.
    let is_code_alone = is_bare && log.lines.len() <= 2;
    if !of_publish && !is_code_alone {
        return None;
    }
    Some(Reason {
        why: "npm refuses the command line: npm publish takes one folder, tarball or package, \
            and the options that `npm publish --help` lists"
            .to_owned(),
        help: "look for an extra word, an option without its value, or a shell that split a path \
            at a space",
        others: if of_publish { &[] } else { &OF_EUSAGE },
    })
}

/// `npm publish ./cat-1.0.0.tgz`, and no such file; npm's own downloads have other paths.
fn no_tarball(log: &Log) -> Option<Reason> {
    let mut paths = log
        .lines
        .iter()
        .filter_map(|line| line.text.strip_prefix("path "));
    let is_tarball = |path: &&str| {
        [".tgz", ".tar.gz", ".tar"]
            .iter()
            .any(|it| path.ends_with(it))
    };
    let file = paths.find(|path| is_tarball(path) && !path.contains("node_modules"))?;
    Some(Reason {
        why: format!("there is no tarball {}, and nothing was sent", mask(file)),
        help: "correct the path, or make the tarball first: npm pack",
        others: &[],
    })
}

/// `script`: its name in quotes, as npm prints it.
fn no_script(script: &str) -> Reason {
    Reason {
        why: format!("package.json has no script {script}, and npm was told to run it"),
        help: "npm run lists the scripts; correct the name, or add the script",
        others: &[],
    }
}

fn bad_tarball() -> Reason {
    Reason {
        why: "the file that npm was to publish is not a tarball, and nothing was sent".to_owned(),
        help: "make it again: npm pack; a broken download or a page saved in its place looks the \
            same",
        others: &[],
    }
}

fn no_package_json(log: &Log) -> Option<Reason> {
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
    Some(not_there(&format!(" in {}", mask(folder))))
}

/// `place`: ` in FOLDER`, or nothing.
fn not_there(place: &str) -> Reason {
    Reason {
        why: format!("there is no package.json{place}, and nothing was sent"),
        help: "name the folder that has it: npm publish ./FOLDER; a build may have to write it \
            first",
        others: &[],
    }
}

fn broken_package_json(log: &Log, error: &NpmError) -> Option<Reason> {
    if !log.says("package.json") {
        return None;
    }
    let reason = error.text.rsplit_once("Error: ");
    let reason = reason.map_or(error.text.as_str(), |(_, reason)| reason);
    Some(does_not_parse(&format!(": {reason}")))
}

/// `reason`: what the parser said behind a colon, or nothing.
fn does_not_parse(reason: &str) -> Reason {
    Reason {
        why: format!("package.json does not parse, and nothing was sent{reason}"),
        help: "correct it: a missing or extra comma, a comment, or merge conflict markers; node \
            -p 'JSON.parse(fs.readFileSync(\"package.json\"))' shows where",
        others: &[],
    }
}
