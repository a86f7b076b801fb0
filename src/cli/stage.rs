//! The subcommands of `npm stage`: `publish` is ours, the others are passed on.

use super::NpmArgs;
use crate::npm::staged::is_uuid;

/// The subcommands of `npm stage`, and whether each takes a stage id.
const SUBCOMMANDS: [(&str, bool); 6] = [
    ("publish", false),
    ("list", false),
    ("view", true),
    ("approve", true),
    ("reject", true),
    ("download", true),
];

/// Removes `stage publish` from the start of `check`'s arguments; returns whether it was there.
pub(super) fn take(npm: &mut NpmArgs) -> bool {
    let is_there = npm.args.len() >= 2 && npm.args[0] == "stage" && npm.args[1] == "publish";
    let is_there = is_there && !npm.unchecked;
    if is_there {
        npm.args.drain(..2);
    }
    is_there
}

/// Whether the arguments of `stage` start with `publish`, which is removed.
///
/// # Errors
/// The message for a subcommand that npm does not know, or for an invalid stage id.
pub(super) fn is_publish(npm: &mut NpmArgs) -> Result<bool, String> {
    let args = npm.text();
    let names = || SUBCOMMANDS.map(|(name, _)| name).join(", ");
    let Some(subcommand) = args.first() else {
        return Err(format!(
            "error: `stage` needs one of {}\nhelp: safe-publish stage publish\n",
            names()
        ));
    };
    let Some((name, takes_id)) = SUBCOMMANDS.iter().find(|(name, _)| name == subcommand) else {
        let close = |name: &&(&str, bool)| strsim::damerau_levenshtein(name.0, subcommand) <= 2;
        let help = match SUBCOMMANDS.iter().find(close) {
            Some((name, _)) => format!("did you mean `safe-publish stage {name}`?"),
            None => "a folder called stage is written `./stage`".to_owned(),
        };
        return Err(format!(
            "error: `npm stage` has no command `{subcommand}`; it has {}\nhelp: {help}\n",
            names()
        ));
    };
    if let Some(problem) = Some(&args[1..]).filter(|_| *takes_id).and_then(wrong_id) {
        return Err(format!("error: `npm stage {name}` {problem}\n"));
    }
    let is_publish = *name == "publish";
    if is_publish {
        npm.args.remove(0);
    }
    Ok(is_publish)
}

/// What is wrong with the arguments of a subcommand that takes a stage id.
fn wrong_id(args: &[String]) -> Option<String> {
    const LIST: &str = "npm stage list shows the ids";
    if args
        .iter()
        .any(|arg| matches!(arg.as_str(), "-h" | "--help"))
    {
        return None;
    }
    let first = args.first().filter(|arg| !arg.starts_with('-'));
    if let Some(id) = first.filter(|id| !is_uuid(id)) {
        return Some(format!(
            "takes only the id, such as 1b4e28ba-2fa1-11d2-883f-0016d3cca427, but `{id}` is not \
             one\nhelp: {LIST}"
        ));
    }
    // npm 11 uses the first and silently drops the others.
    if args.iter().filter(|arg| is_uuid(arg)).count() > 1 {
        return Some("takes one stage id\nhelp: run it once for each id".to_owned());
    }
    let has_none = args.iter().all(|arg| arg.starts_with('-'));
    has_none.then(|| format!("needs the id of a staged version\nhelp: {LIST}"))
}
