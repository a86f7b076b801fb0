//! A script that ended the run: npm and the registry are not the cause then.

use crate::explain::log::{Line, Log, Loudness};
use crate::secret::mask;

/// How many of its last lines are quoted.
const LAST_LINES: usize = 3;

/// Scripts that run when a package is published or versioned.
const OF_A_PUBLISH: [&str; 11] = [
    "prepublishOnly",
    "prepublish",
    "prepack",
    "prepare",
    "postpack",
    "publish",
    "postpublish",
    "preversion",
    "version",
    "postversion",
    "build",
];

/// A script that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) struct Script {
    /// `prepublishOnly`, where the log tells.
    pub(in crate::explain) name: Option<String>,
    /// The command behind it, masked.
    pub(in crate::explain) command: Option<String>,
    /// `3`, or a signal's name.
    pub(in crate::explain) code: Option<String>,
    /// Whether the log shows a PUT.
    pub(in crate::explain) sent: bool,
    /// The last lines that it printed, masked.
    pub(in crate::explain) last_lines: Vec<String>,
}

impl Script {
    /// Whether it is one of those that a publish runs.
    pub(in crate::explain) fn is_of_a_publish(&self) -> bool {
        let name = self.name.as_deref();
        name.is_some_and(|name| OF_A_PUBLISH.contains(&name))
    }

    /// `prepublishOnly (`tsc -p .`)`.
    pub(in crate::explain) fn called(&self) -> String {
        match (&self.name, &self.command) {
            (Some(name), Some(command)) => format!("{name} (`{command}`)"),
            (Some(name), None) => name.clone(),
            (None, Some(command)) => format!("`{command}`"),
            (None, None) => "of the package".to_owned(),
        }
    }
}

/// The script that failed, as npm 7 and later, npm 6, pnpm and lerna tell of it.
pub(super) fn script(log: &Log, code: Option<&str>) -> Option<Script> {
    let (at, mut script) = of_npm(log, code)
        .or_else(|| of_backticks(log))
        .or_else(|| of_lerna(log))?;
    script.sent = log
        .lines
        .iter()
        .any(|line| line.text.contains("fetch PUT "));
    script.last_lines = last_lines(&log.lines[..at]);
    Some(script)
}

/// `command failed`, `command sh -c exit 3`; the script's name stood above:
/// `> cat@1.0.0 prepublishOnly`.
fn of_npm(log: &Log, code: Option<&str>) -> Option<(usize, Script)> {
    let failed = |text: &str| text == "command failed" || text.ends_with("Error: command failed");
    let at = log.lines.iter().position(|line| failed(&line.text))?;
    let mut commands = log.lines.iter().filter(|line| !failed(&line.text));
    let command = commands.find_map(|line| line.text.strip_prefix("command "))?;
    let command = command
        .split_once(" -c ")
        .or_else(|| command.split_once(" /d /s /c "))
        .map_or(command, |(_, command)| command);
    let name = log.lines.iter().rev().find_map(banner);
    let first_error = log.lines[..at]
        .iter()
        .rposition(|line| line.loudness != Loudness::Error)
        .map_or(at, |before| before + 1);
    Some((
        first_error,
        Script {
            name,
            command: Some(mask(command.trim_matches('"'))),
            code: code.map(str::to_owned),
            ..Script::default()
        },
    ))
}

/// `> cat@1.0.0 prepublishOnly`.
fn banner(line: &Line) -> Option<String> {
    let (spec, rest) = line.text.trim_start_matches("> ").split_once(' ')?;
    let name = rest.split(' ').next()?;
    let is_alone = rest == name || rest[name.len()..].trim_start().starts_with(['/', 'C', 'D']);
    let fits = line.loudness == Loudness::Plain && is_alone && spec.get(1..)?.contains('@');
    fits.then(|| name.to_owned())
}

/// ``cat@1.0.0 prepublishOnly: `exit 3` ``: npm 6 and pnpm.
fn of_backticks(log: &Log) -> Option<(usize, Script)> {
    let lines = log.lines.iter().enumerate();
    let mut stated = lines.filter_map(|(at, line)| {
        let (called, command) = line.text.split_once(": `")?;
        let mut words = called.rsplitn(2, ' ');
        let name = words.next()?;
        let spec = words.next()?.rsplit(' ').next()?;
        let fits = spec.get(1..)?.contains('@');
        fits.then(|| (at, name, command.trim_end_matches('`')))
    });
    let (at, name, command) = stated.next()?;
    let mut codes = log.lines.iter().filter_map(|line| {
        let code = line.text.strip_prefix("Exit status ")?;
        Some(mask(code))
    });
    let first_error = log.lines[..at]
        .iter()
        .rposition(|line| line.loudness == Loudness::Plain)
        .map_or(at, |before| before + 1);
    Some((
        first_error,
        Script {
            name: Some(mask(name)),
            command: Some(mask(command)),
            code: codes.next(),
            ..Script::default()
        },
    ))
}

/// `lifecycle "prepublishOnly" errored in "cat", exiting 2`: lerna.
fn of_lerna(log: &Log) -> Option<(usize, Script)> {
    let lines = log.lines.iter().enumerate();
    let mut stated = lines.filter_map(|(at, line)| {
        let (_, rest) = line.text.split_once("lifecycle \"")?;
        let (name, rest) = rest.split_once("\" errored in ")?;
        let code = rest.rsplit_once("exiting ").map(|(_, code)| mask(code));
        Some((at, name, code))
    });
    let (at, name, code) = stated.next()?;
    let name = Some(mask(name));
    let script = Script {
        name,
        code,
        ..Script::default()
    };
    Some((at, script))
}

/// What was printed last before npm spoke: the script's own complaint.
fn last_lines(before: &[Line]) -> Vec<String> {
    let mut lines: Vec<String> = before
        .iter()
        .rev()
        .take_while(|line| banner(line).is_none())
        .filter(|line| line.loudness == Loudness::Plain && line.text.len() > 2)
        .take(LAST_LINES)
        .map(|line| super::shorten(&line.text))
        .collect();
    lines.reverse();
    lines
}
