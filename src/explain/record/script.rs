//! A script that ended the run: then npm and the registry are not the cause.

use super::codes::is_listed;
use crate::explain::NpmError;
use crate::explain::log::{Line, Log, LogLevel, is_number};
use crate::secret::mask;

/// How many of its last lines are quoted.
const LAST_LINES: usize = 3;

/// Scripts that run when a package is published or versioned.
const LIFECYCLE_SCRIPTS: &str = "
    prepublishOnly prepublish prepack prepare postpack publish postpublish preversion version
    postversion
";

/// Those of them that run when the package is published.
const LATER_SCRIPTS: [&str; 2] = ["publish", "postpublish"];

/// When a script runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) enum Stage {
    /// The log does not tell.
    #[default]
    Unknown,
    /// Before anything is sent.
    BeforeThePut,
    /// When the registry has accepted the package.
    AfterThePut,
}

/// A script that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) struct Script {
    /// `prepublishOnly`, if the log has the name.
    pub(in crate::explain) name: Option<String>,
    /// Its command, masked.
    pub(in crate::explain) command: Option<String>,
    /// `3`, or a signal's name.
    pub(in crate::explain) code: Option<String>,
    /// Whether the log shows a PUT.
    pub(in crate::explain) sent: bool,
    /// When it runs.
    pub(in crate::explain) stage: Stage,
    /// `cat@1.0.0`: the package that it belongs to.
    pub(super) spec: Option<String>,
    /// The last lines that it printed, masked.
    pub(in crate::explain) last_lines: Vec<String>,
}

impl Script {
    fn of(name: Option<String>, command: Option<&str>, code: Option<&str>) -> Self {
        Self {
            name,
            command: command.map(mask),
            code: code.map(mask),
            ..Self::default()
        }
    }

    /// Whether it is one of those that a publish runs.
    pub(in crate::explain) fn is_of_a_publish(&self) -> bool {
        self.name.as_deref().is_some_and(is_of_a_publish)
    }

    /// Whether it is one that runs when the package is published.
    pub(super) fn runs_behind(&self) -> bool {
        let name = self.name.as_deref();
        name.is_some_and(|name| LATER_SCRIPTS.contains(&name))
    }

    /// When it runs: by its name, or by the requests before it.
    fn stage(&self, log: &Log) -> Stage {
        let is_dry = log.says("Publishing to ") && log.says("(dry-run)");
        // `npm run publish` runs a script of that name, too.
        let is_run = log.says("Lifecycle script `");
        if is_dry || (self.is_of_a_publish() && !self.runs_behind()) {
            Stage::BeforeThePut
        } else if self.runs_behind() {
            let is_later =
                self.name.as_deref() == Some("postpublish") || log.says("Publishing to ");
            if is_later && !is_run {
                Stage::AfterThePut
            } else {
                Stage::Unknown
            }
        } else if log.says("argv \"") && !self.sent {
            // npm's debug log has every request.
            Stage::BeforeThePut
        } else {
            Stage::Unknown
        }
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

fn is_of_a_publish(name: &str) -> bool {
    is_listed(LIFECYCLE_SCRIPTS, name)
}

/// The script that failed, as npm and the other tools report it.
pub(super) fn script(log: &Log, error: &NpmError) -> Option<Script> {
    let code = error.code.as_deref();
    let (at, mut script) = of_npm(log, code)
        .or_else(|| of_number(log, code))
        .or_else(|| of_backticks(log))
        .or_else(|| of_sentence(log))
        .or_else(|| of_echo(log))
        .or_else(|| of_tests(log))?;
    // A script of the user's, which started npm: npm's error is the one that counts.
    let is_refused = error.status.is_some() && error.method.as_deref() == Some("PUT");
    let npm_failed = is_refused
        || log.lines.iter().any(|line| {
            let code = line.text.strip_prefix("code E");
            line.prefix.is_some() && code.is_some_and(|code| code != "LIFECYCLE")
        });
    if npm_failed && !script.is_of_a_publish() {
        return None;
    }
    script.sent = log.says("fetch PUT ");
    script.last_lines = last_lines(&log.lines[..at]);
    script.stage = script.stage(log);
    if let Some(name) = &script.name {
        let mut banners = log.lines.iter().rev().filter_map(banner);
        let own = banners.find(|(_, of)| of == name);
        script.spec = own.map(|(spec, _)| mask(&spec));
    }
    Some(script)
}

/// `command failed`, `command sh -c exit 3`; the script's name was printed before: `> cat@1.0.0
/// prepublishOnly`, or by npm run: "Lifecycle script `build` failed".
fn of_npm(log: &Log, code: Option<&str>) -> Option<(usize, Script)> {
    // changesets joins npm's code and sentence: `… while publishing cat: 1 command failed`.
    let failed = |line: &Line| {
        let begin = line.text.strip_suffix("command failed");
        begin.is_some_and(|it| it.is_empty() || it.ends_with(": ") || it.ends_with(": 1 "))
    };
    let at = log.lines.iter().position(failed)?;
    let mut commands = log.lines.iter().filter(|line| !failed(line));
    let command = commands.find_map(|line| {
        let of_changesets = line
            .text
            .starts_with("sh -c ")
            .then_some(line.text.as_str());
        line.text.strip_prefix("command ").or(of_changesets)
    });
    if command.is_none() && !log.is_of_npm() {
        return None;
    }
    let command = command.map(|command| {
        let shell = [" -c ", " /d /s /c "];
        let behind = shell.iter().find_map(|shell| command.split_once(shell));
        unquoted(behind.map_or(command, |(_, command)| command))
    });
    let run = |line: &Line| {
        let of_dependency = line.text.starts_with("path ") && line.text.contains("node_modules");
        let named = line.text.strip_prefix("Lifecycle script `");
        let name = named.and_then(|rest| rest.split('`').next());
        name.map(mask)
            .or_else(|| of_dependency.then(|| "install".to_owned()))
    };
    let banner = last_banner(&log.lines[..at]).or_else(|| last_banner(&log.lines));
    let name = banner.or_else(|| log.lines.iter().find_map(run));
    Some((at, Script::of(name, command, code)))
}

/// A command without the quotes around all of it.
fn unquoted(command: &str) -> &str {
    let inner = command
        .strip_prefix('"')
        .and_then(|it| it.strip_suffix('"'));
    inner.filter(|it| !it.contains('"')).unwrap_or(command)
}

/// `code 127`, where the rest is cut off. Scripts end with a number, and git, which npm then
/// names.
fn of_number(log: &Log, code: Option<&str>) -> Option<(usize, Script)> {
    let code = code.filter(|code| is_number(code))?;
    let says = |line: &Line| line.text.strip_prefix("code ") == Some(code);
    let at = log.lines.iter().position(says)?;
    let is_last = |line: &Line| line.prefix.is_none() || line.text.contains("complete log");
    if !log.lines[at + 1..].iter().all(is_last) {
        return None;
    }
    let name = last_banner(&log.lines[..at])?;
    Some((at, Script::of(Some(name), None, Some(code))))
}

/// The script that was started last; preferably one of a publish, which may have started
/// others.
fn last_banner(lines: &[Line]) -> Option<String> {
    let mut names = lines.iter().rev().filter_map(banner).map(|(_, name)| name);
    let last = names.next()?;
    let of_publish = (!is_of_a_publish(&last)).then(|| names.find(|name| is_of_a_publish(name)));
    Some(of_publish.flatten().unwrap_or(last))
}

/// The package and the script's name in `> cat@1.0.0 prepublishOnly`; npm 12 without a terminal:
/// `npm notice run cat@1.0.0 prepublishOnly`.
fn banner(line: &Line) -> Option<(String, String)> {
    let text = match line.level {
        LogLevel::Unknown => line.text.trim_start_matches("> "),
        LogLevel::Info => line.text.strip_prefix("run ")?,
        LogLevel::Error => return None,
    };
    let (spec, rest) = text.split_once(' ')?;
    let name = rest.split(' ').next()?;
    let is_alone = rest == name || rest[name.len()..].trim_start().starts_with(['/', 'C', 'D']);
    let fits = is_alone && spec.get(1..)?.contains('@');
    fits.then(|| (spec.to_owned(), name.to_owned()))
}

/// ``cat@1.0.0 prepublishOnly: `exit 3` ``: npm 6 and pnpm.
fn of_backticks(log: &Log) -> Option<(usize, Script)> {
    let lines = log.lines.iter().enumerate();
    let mut stated = lines.filter_map(|(at, line)| {
        let (called, command) = line.text.split_once(": `")?;
        let mut words = called.rsplitn(2, ' ');
        let name = words.next()?;
        let spec = words.next()?.rsplit(' ').next()?;
        // pnpm 12 names the folder, and knows no more than that.
        let is_folder = spec.starts_with('/') || spec.get(1..)?.starts_with(":\\");
        let fits = spec.get(1..)?.contains('@') || (is_folder && is_of_a_publish(name));
        let (command, _) = command.rsplit_once('`').unwrap_or((command, ""));
        fits.then_some((at, name, command))
    });
    let (at, name, command) = stated.next()?;
    let mut lines = log.lines.iter();
    let code = lines.find_map(|line| line.text.strip_prefix("Exit status "));
    Some((at, Script::of(Some(mask(name)), Some(command), code)))
}

/// Sentences that name the script, and what precedes its exit code.
const SENTENCES: [(&str, &str, &str); 6] = [
    // lerna.
    ("lifecycle \"", "\" errored in ", "exiting "),
    ("npm run ", " exited ", " exited "),
    ("yarn run ", " exited ", " exited "),
    // bun.
    ("script \"", "\" exited with code ", "code "),
    ("script \"", "\" was terminated by signal ", "signal "),
    // yarn 2 and later.
    ("", " script failed (exit code ", "exit code "),
];

/// `lifecycle "prepublishOnly" errored in "cat", exiting 2`.
fn of_sentence(log: &Log) -> Option<(usize, Script)> {
    let stated = |line: &Line| {
        SENTENCES.iter().find_map(|(before, after, of_code)| {
            let (_, rest) = line.text.split_once(before)?;
            let (name, _) = rest.split_once(after)?;
            let (_, code) = line.text.rsplit_once(of_code)?;
            let code = code.split([' ', ',', ')']).next()?;
            let is_word = !name.is_empty() && !name.contains(' ');
            is_word.then(|| Script::of(Some(named(name)), None, Some(code)))
        })
    };
    let mut lines = log.lines.iter().enumerate();
    lines.find_map(|(at, line)| Some((at, stated(line)?)))
}

/// A script's name; yarn starts its sentence with it: `Prepack script failed`.
fn named(word: &str) -> String {
    let same = |script: &&str| script.eq_ignore_ascii_case(word);
    let known = LIFECYCLE_SCRIPTS.split_whitespace().find(same);
    known.map_or_else(|| mask(word), str::to_owned)
}

/// `Command failed with exit code 1.` of pnpm and yarn 1, which showed the
/// script before they ran it.
fn of_echo(log: &Log) -> Option<(usize, Script)> {
    let lines = &log.lines;
    let at = lines.iter().position(|line| {
        let text = line.text.trim_start_matches("ELIFECYCLE").trim_start();
        let is_pnpms = text.len() < line.text.len();
        let by_tool = line.level == LogLevel::Error
            && text.starts_with("Command failed with exit code ")
            && text.ends_with('.');
        let says = ["Command failed.", "Test failed."];
        by_tool || (is_pnpms && says.iter().any(|says| text.starts_with(says)))
    })?;
    let code = lines[at].text.rsplit_once("exit code ");
    let code = code.map(|(_, code)| code.trim_end_matches('.'));
    let is_yarns = log.raw_contains("yarn publish v") || log.raw_contains("docs/cli/publish");
    let of_yarn = || is_yarns.then(|| echo_of_yarn(&lines[..at])).flatten();
    let (name, command) = echo_of_pnpm(&lines[..at]).or_else(of_yarn)?;
    Some((at, Script::of(name, Some(command), code)))
}

/// `Test failed.  See above for more details.`: npm up to 6.
fn of_tests(log: &Log) -> Option<(usize, Script)> {
    let failed = |line: &Line| line.prefix.is_some() && line.text.starts_with("Test failed.");
    let at = log.lines.iter().position(failed)?;
    Some((at, Script::of(Some("test".to_owned()), None, None)))
}

/// `> cat@1.0.0 prepack /build/cat` above `> tsc -p .`.
fn echo_of_pnpm(lines: &[Line]) -> Option<(Option<String>, &str)> {
    let at = lines.iter().rposition(|line| banner(line).is_some())?;
    let command = lines.get(at + 1)?;
    Some((last_banner(lines), &command.text))
}

/// `[1/4] Bumping version...` above `$ tsc -p .`: the script of a publish that
/// yarn 1 does not name.
fn echo_of_yarn(lines: &[Line]) -> Option<(Option<String>, &str)> {
    let is_step = |line: &Line| (1..=4).any(|step| line.raw.contains(&format!("[{step}/4] ")));
    let step = lines.iter().rposition(is_step).unwrap_or_default();
    let mut behind = lines[step..].iter();
    let command = behind.find_map(|line| line.text.strip_prefix("$ "))?;
    Some((None, command))
}

/// The last lines printed before npm's error: the script's own message.
fn last_lines(before: &[Line]) -> Vec<String> {
    let mut lines: Vec<String> = before
        .iter()
        .rev()
        .take_while(|line| banner(line).is_none())
        .filter(|line| line.level == LogLevel::Unknown && line.text.len() > 2)
        .take(LAST_LINES)
        .map(|line| super::shorten(&line.text))
        .collect();
    lines.reverse();
    lines
}
