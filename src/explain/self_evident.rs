//! Failures that npm or npmjs explains itself: a wrong command line, a package.json that is
//! missing or does not parse, a version that must stay. No cause is guessed for these.

use super::log::Log;
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
    let Some(Reason { why, help, others }) = reason(log, &record.error) else {
        return;
    };
    if is_known && !others.is_empty() {
        return;
    }
    let named = |id| words::cause(id, Likelihood::Possible, record);
    let unknown = named("unknown").map(|unknown| Cause {
        why,
        help: vec![Help::text(help)],
        ..unknown
    });
    *causes = unknown
        .into_iter()
        .chain(others.iter().filter_map(|id| named(id)))
        .collect();
}

fn reason(log: &Log, error: &NpmError) -> Option<Reason> {
    match error.code.as_deref()? {
        "EUSAGE" => usage(log, error),
        "ENOENT" => no_package_json(log),
        "EJSONPARSE" => broken_package_json(log, error),
        _ if error.text.contains("can no longer unpublish") => Some(must_stay()),
        _ => None,
    }
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

/// npmjs's policy: after 72 hours only versions without dependents, with few downloads and one
/// owner can go (<https://docs.npmjs.com/policies/unpublish>).
fn must_stay() -> Reason {
    Reason {
        why: "npmjs keeps this version: after 72 hours it removes only versions that no other \
            package depends on, with few downloads and a single owner"
            .to_owned(),
        help: "deprecate it instead: npm deprecate NAME@VERSION \"MESSAGE\"; for a leaked secret \
            or a legal reason, write to npmjs's support",
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
    Some(Reason {
        why: format!(
            "there is no package.json in {}, and nothing was sent",
            mask(folder)
        ),
        help: "start npm in the package's folder, or name it: npm publish ./FOLDER",
        others: &[],
    })
}

fn broken_package_json(log: &Log, error: &NpmError) -> Option<Reason> {
    if !log.says("package.json") {
        return None;
    }
    let reason = error.text.rsplit_once("Error: ");
    let reason = reason.map_or(error.text.as_str(), |(_, reason)| reason);
    Some(Reason {
        why: format!("package.json does not parse, and nothing was sent: {reason}"),
        help: "correct it: a missing or extra comma, a comment, or merge conflict markers; node \
            -p 'JSON.parse(fs.readFileSync(\"package.json\"))' shows where",
        others: &[],
    })
}
