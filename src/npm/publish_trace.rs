//! The course of one run according to npm's debug log: what it sent, what was answered, and
//! whether a script failed.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::debug_log;
use crate::file;

/// A log is read up to this size; npm itself writes less.
const MAX_LOG: u64 = 32 << 20;

/// How npm's debug log reports an exchange that failed (`lib/utils/oidc.js`).
const EXCHANGE_REFUSED: &str = "verbose oidc Failed token exchange request with body message: ";

/// What happened in one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishTrace {
    /// Each PUT that was answered: the URL as npm logs it, and the status.
    pub puts: Vec<(String, u16)>,
    /// The registry's message if it refused to exchange an identity token.
    pub exchange_refused: Option<String>,
    /// The script whose failure ended npm, if it was one.
    pub failed_script: Option<FailedScript>,
}

/// A script that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedScript {
    /// The command, as in package.json.
    pub command: String,
    /// How it ended: an exit code such as `3`, or a signal's name.
    pub code: String,
    /// The folder that it ran in.
    pub folder: Option<String>,
}

impl PublishTrace {
    /// Reads a debug log.
    pub fn of_text(text: &str) -> Self {
        let mut trace = Self::default();
        let (mut code, mut command, mut folder) = (String::new(), None, None);
        let mut failed = false;
        for line in text.lines() {
            let line = line.trim_start_matches(|c: char| c.is_ascii_digit());
            let line = line.trim_start();
            if let Some(fetched) = line.strip_prefix("http fetch PUT ") {
                trace.puts.extend(put(fetched));
            } else if let Some(value) = line.strip_prefix(EXCHANGE_REFUSED) {
                trace.exchange_refused = Some(value.trim().to_owned());
            } else if let Some(error) = line.strip_prefix("error ") {
                failed |= error == "command failed";
                if let Some(value) = error.strip_prefix("code ") {
                    value.clone_into(&mut code);
                }
                if let Some(value) = error.strip_prefix("path ") {
                    folder = folder.or_else(|| Some(value.to_owned()));
                }
                if let Some(value) = error.strip_prefix("command ") {
                    command = command.or_else(|| script(value));
                }
            }
        }
        trace.failed_script = command.filter(|_| failed).map(|command| FailedScript {
            command,
            code,
            folder,
        });
        trace
    }

    /// Whether a PUT to this URL was accepted.
    pub fn was_accepted(&self, url: &str) -> bool {
        let mut of_url = self.puts.iter().filter(|(put, _)| put == url);
        of_url.any(|(_, status)| (200..300).contains(status))
    }
}

/// `404 https://h/name 12ms attempt #2`.
fn put(fetched: &str) -> Option<(String, u16)> {
    let mut words = fetched.split_whitespace();
    let status = words.next()?.parse().ok()?;
    Some((words.next()?.to_owned(), status))
}

/// `sh -c exit 3`: the command after the shell.
fn script(value: &str) -> Option<String> {
    let (_, command) = value
        .split_once(" -c ")
        .or_else(|| value.split_once(" /d /s /c "))?;
    Some(command.to_owned())
}

/// The log of the run that began at `since` in the folder `cwd`, with its
/// text. npm processes that its scripts start write logs of their own, which
/// begin later; those of other terminals end elsewhere. npm names its folder when
/// it fails: a log without one is taken only where no other fits, for an npm that was stopped.
pub fn log_of_run(folder: &Path, since: SystemTime, cwd: &Path) -> Option<(PathBuf, String)> {
    let is_unnamed = |text: &str| !text.contains(" verbose cwd ");
    log_of_failed_run(folder, since, cwd).or_else(|| first_log(folder, since, is_unnamed))
}

/// The log of the run that began at `since` in the folder `cwd` and has failed, where
/// others run at the same time.
pub fn log_of_failed_run(
    folder: &Path,
    since: SystemTime,
    cwd: &Path,
) -> Option<(PathBuf, String)> {
    let here = format!("verbose cwd {}", cwd.display());
    let names_it = |line: &str| line.split_once(' ').is_some_and(|(_, rest)| rest == here);
    first_log(folder, since, |text| text.lines().any(names_it))
}

/// The first log of a publish that fits.
fn first_log(
    folder: &Path,
    since: SystemTime,
    fits: impl Fn(&str) -> bool,
) -> Option<(PathBuf, String)> {
    let mut logs = debug_log::logs_since(folder, since);
    logs.sort();
    logs.into_iter().find_map(|path| {
        let bytes = file::read_head(&path, MAX_LOG).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // An npm without `stage` only logs that it was called.
        let is_stage = text.contains(" verbose title npm stage publish")
            && [" http fetch ", " error "]
                .iter()
                .any(|entry| text.contains(entry));
        let is_publish = is_stage || text.contains(" verbose title npm publish");
        (is_publish && fits(&text)).then_some((path, text))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const LOG: &str = "7 verbose title npm publish\n30 http fetch GET 404 https://h/cat 3ms (cache skip)\n33 http fetch PUT 200 https://h/cat 4ms\n34 verbose stack Error: command failed\n36 error code 3\n38 error command failed\n39 error command sh -c exit 3\n40 verbose cwd /w/pkg\n";

    #[test]
    fn a_script_that_fails_after_the_put_is_seen_for_what_it_is() {
        let trace = PublishTrace::of_text(LOG);
        assert!(trace.was_accepted("https://h/cat"));
        assert!(!trace.was_accepted("https://h/ca"));
        let failed = trace.failed_script.unwrap();
        assert_eq!(
            (failed.command.as_str(), failed.code.as_str()),
            ("exit 3", "3")
        );
    }

    #[test]
    fn a_refused_put_is_not_an_accepted_one() {
        let trace = PublishTrace::of_text(
            "33 http fetch PUT 403 https://h/cat 4ms attempt #2\n34 error code E403",
        );
        assert_eq!(trace.puts, [("https://h/cat".to_owned(), 403)]);
        assert!(!trace.was_accepted("https://h/cat"));
        assert_eq!(trace.failed_script, None);
    }

    #[test]
    fn the_log_of_this_run_is_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "2026-01-01T00_00_01_000Z-debug-0.log",
            &LOG.replace("/w/pkg", "/elsewhere"),
        );
        write(
            "2026-01-01T00_00_01_500Z-debug-0.log",
            "0 verbose cli node npm\n7 verbose title npm stage publish\n",
        );
        write("2026-01-01T00_00_02_000Z-debug-0.log", LOG);
        write(
            "2026-01-01T00_00_03_000Z-debug-0.log",
            "7 verbose title npm run x\n",
        );
        write("2026-01-01T00_00_04_000Z-debug-0.log", LOG);
        let found = log_of_run(folder.path(), SystemTime::UNIX_EPOCH, Path::new("/w/pkg"));
        assert!(
            found
                .unwrap()
                .0
                .ends_with("2026-01-01T00_00_02_000Z-debug-0.log")
        );
    }

    #[test]
    fn of_runs_side_by_side_only_the_own_log_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        // A sibling that is still running, and one whose folder begins with the same letters.
        let unnamed = LOG.replace("40 verbose cwd /w/pkg\n", "");
        write("2026-01-01T00_00_01_000Z-debug-0.log", &unnamed);
        let longer = LOG.replace("/w/pkg", "/w/pkg0");
        write("2026-01-01T00_00_02_000Z-debug-0.log", &longer);
        let find =
            |cwd: &str| log_of_failed_run(folder.path(), SystemTime::UNIX_EPOCH, Path::new(cwd));
        assert_eq!(find("/w/pkg"), None);
        write("2026-01-01T00_00_03_000Z-debug-0.log", LOG);
        assert_eq!(find("/w/pkg").unwrap().1, LOG);
        assert_eq!(find("/w/pkg0").unwrap().1, longer);
        // An npm that was stopped names no folder.
        let any = log_of_run(folder.path(), SystemTime::UNIX_EPOCH, Path::new("/other"));
        assert_eq!(any.unwrap().1, unnamed);
    }
}
