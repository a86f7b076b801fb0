//! `explain`: what an id, an npm error code, or a log means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::checks;
use crate::checks::check::Check;
use crate::cli::{Format, Invocation, NpmArgs};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::explain::{self, AfterCause, Log};
use crate::file;
use crate::finding::Level;
use crate::npm::debug_log;
use crate::output::Output;
use crate::preflight;
use crate::report::catalogue;
use crate::report::explanation as writer;
use crate::report::markdown;
use crate::report::style::Style;
use crate::settings::nearest;

/// Explains an id, a code, a file, standard input (`-`), or npm's newest log.
pub(super) fn explain(
    what: Option<&str>,
    invocation: &Invocation,
    environment: &Environment,
    output: &Output,
) -> Result<i32, Error> {
    let ready = i32::from(exit_code::READY);
    let json = invocation.options.format == Some(Format::Json);
    match what {
        Some("ids") if json => output.json(&catalogue::all()),
        Some("ids") => output.say(&list(output.stdout)),
        Some("-") => {
            let log = read("standard input", std::io::stdin().lock())?;
            say(&log, "standard input", invocation, output)?;
        }
        Some(word) => {
            if let Some(entry) = catalogue::entry(word) {
                if json {
                    output.json(&catalogue::one(&entry));
                } else {
                    output.say(&document(word, output.stdout));
                }
                return Ok(ready);
            }
            let path = environment.cwd.join(word);
            if path.is_dir() {
                return Err(folder(word));
            } else if path.exists() {
                say(&open(&path)?, word, invocation, output)?;
            } else if let Some(code) = code(word) {
                let log = Log::of_text(&explain::text_of_code(&code));
                say(&log, word, invocation, output)?;
            } else {
                return Err(unknown(word));
            }
        }
        None => {
            let path = newest(environment)?;
            let path_shown = path.display();
            let other = "to read standard input: safe-publish explain -";
            output.err(&format!("npm's newest log: {path_shown} ({other})\n"));
            say(&open(&path)?, "npm's log", invocation, output)?;
        }
    }
    Ok(ready)
}

fn say(log: &Log, what: &str, invocation: &Invocation, output: &Output) -> Result<(), Error> {
    if log.is_binary() {
        let doing = format!("reading {}", shown(what));
        return Err(Error::new(doing, "it is not text").next("pass the log as text"));
    }
    let explanation = explain::explain_text(log);
    match invocation.options.format {
        Some(Format::Json) => output.json(&writer::json(&explanation)),
        _ if log.is_blank() => output.say("the log is empty: it contains no failure of npm\n"),
        _ => {
            let verbose = invocation.options.verbose;
            output.say(&writer::human(&explanation, verbose, output.stdout));
        }
    }
    Ok(())
}

fn shown(word: &str) -> String {
    crate::secret::excerpt(word, 80)
}

fn folder(word: &str) -> Error {
    Error::new("explaining", format!("`{}` is a folder", shown(word)))
        .next("name a log: safe-publish explain FILE; or check a package with safe-publish check")
        .wrong_usage()
}

fn open(path: &Path) -> Result<Log, Error> {
    let doing = format!("reading the log {}", path.display());
    let unreadable = |error| Error::new(doing.clone(), error).next("name a file that you can read");
    let opened = file::open_stream(path, LOG_TIMEOUT).map_err(unreadable)?;
    read(&doing, opened)
}

/// How long to wait for a pipe, as in `safe-publish explain <(npm publish 2>&1)`.
const LOG_TIMEOUT: Duration = Duration::from_secs(600);

fn read(what: &str, input: impl std::io::Read) -> Result<Log, Error> {
    Log::read(input)
        .map_err(|error| Error::new(format!("reading {what}"), error).next("pass the log as text"))
}

/// `E404`, `EOTP`, `ERR_PNPM_GIT_UNCLEAN`, `YN0033`, in any case; a bare status becomes npm's
/// code for it.
fn code(word: &str) -> Option<String> {
    let code = word.to_uppercase();
    let is_status = |digits: &str| {
        digits.len() == 3
            && digits.starts_with(['4', '5'])
            && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if is_status(&code) {
        return Some(format!("E{code}"));
    }
    // In lower case many words start like a code.
    let certain = word == code || explain::is_code(&code);
    let of_code = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let begins = code.starts_with('E') || explain::is_code(&code);
    (certain && code.len() > 2 && begins && code.bytes().all(of_code)).then_some(code)
}

fn newest(environment: &Environment) -> Result<PathBuf, Error> {
    let configured = preflight::configure(&NpmArgs::default(), environment)?;
    let folder = configured.config.logs_folder(environment);
    let newest = folder.as_deref().and_then(debug_log::newest);
    newest.ok_or_else(|| {
        let place = folder.map_or("its cache".to_owned(), |folder| {
            folder.display().to_string()
        });
        let next = "name a log: safe-publish explain FILE; or `-` to read standard input; or \
                    `safe-publish explain ids` for what can be explained";
        Error::new(
            format!("looking for npm's logs in {place}"),
            "there are none",
        )
        .next(next)
    })
}

/// Every id that can be explained.
pub(super) fn ids() -> Vec<&'static str> {
    let mut ids = checks::known_ids();
    ids.extend(explain::after_causes().map(|cause| cause.id));
    ids
}

fn unknown(id: &str) -> Error {
    let known = ids();
    // A word that differs by more than a typo is not an id.
    let is_near = |near: &&str| 3 * strsim::levenshtein(id, near) <= near.len();
    let hint = nearest(id, &known)
        .filter(is_near)
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let shown = shown(id);
    Error::new(
        "explaining",
        format!("`{shown}` is not an id, an npm error code or a file{hint}"),
    )
    .next("`safe-publish explain ids` lists the ids")
    .wrong_usage()
}

/// The documentation of an id, for people.
fn document(id: &str, style: Style) -> String {
    let of_check = checks::find(id).map(|check| documentation(check, style));
    let mut causes = explain::after_causes().filter(|cause| cause.id == id);
    let of_cause = || causes.next().map(|cause| after(cause, style));
    of_check.or_else(of_cause).unwrap_or_default()
}

/// The documentation of a cause that no check has.
fn after(cause: &AfterCause, style: Style) -> String {
    let plain = format!("{} (after npm): {}", cause.id, cause.summary);
    let shown = format!("{} (after npm)", style.strong(cause.id));
    let text = title(&plain, &shown, style);
    text + &paragraphs(&cause.documentation(), style)
}

/// Every id with its summary: the checks, and the causes that only npm's own run reveals.
fn list(style: Style) -> String {
    let checks = checks::ALL.iter().map(|check| (check.id, check.summary));
    let after = explain::after_causes().map(|cause| (cause.id, cause.summary));
    let widest = checks
        .clone()
        .chain(after.clone())
        .map(|(id, _)| id.len())
        .max()
        .unwrap_or(0);
    let line = |(id, summary): (&str, &str)| {
        let gap = " ".repeat(widest + 2 - id.len());
        let summary = style.wrap_indented(summary, widest + 2);
        format!("{}{gap}{summary}\n", style.strong(id))
    };
    let checks: String = checks.map(line).collect();
    let after: String = after.map(line).collect();
    format!("{checks}\nonly after npm failed:\n{after}")
}

/// The documentation, wrapped; its paragraphs stay separate.
fn documentation(check: &Check, style: Style) -> String {
    let (level, coloured) = match check.level {
        Level::Error => ("error", style.error("error")),
        Level::Warning => ("warning", style.warning("warning")),
        Level::Note => ("note", style.note("note")),
    };
    let plain = format!("{} ({level}): {}", check.id, check.summary);
    let shown = format!("{} ({coloured})", style.strong(check.id));
    let text = title(&plain, &shown, style);
    text + &paragraphs(&check.documentation(), style)
}

/// The first line, wrapped without its colour codes, which take no columns. `shown` is what
/// stands before its colon.
fn title(plain: &str, shown: &str, style: Style) -> String {
    let wrapped = style.wrap_indented(plain, 4);
    let summary = wrapped.split_once(':').map_or("", |(_, summary)| summary);
    format!("{shown}:{summary}\n")
}

fn paragraphs(documentation: &str, style: Style) -> String {
    let mut text = String::new();
    for block in markdown::blocks(documentation) {
        // The last heading belongs to the list after it.
        if !block[0].starts_with("- ") {
            text.push('\n');
        }
        for line in &block {
            let indent = if line.starts_with("- ") { 2 } else { 0 };
            text.push_str(&style.wrap_indented(line, indent));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_explained_within_the_width() {
        for check in checks::ALL {
            let text = documentation(check, Style::PLAIN);
            assert!(
                text.starts_with(check.id) && text.contains("\nWhat to do:\n- "),
                "{text}"
            );
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(100), "{text}");
        }
        for cause in explain::after_causes() {
            let text = after(cause, Style::PLAIN);
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(text.starts_with(cause.id) && widest <= Some(100), "{text}");
        }
        let list = list(Style::PLAIN);
        for id in ids() {
            let lines = list
                .lines()
                .filter(|line| line.split(' ').next() == Some(id));
            assert_eq!(lines.count(), 1, "{id}");
        }
    }

    #[test]
    fn codes_are_known_in_any_case_and_statuses_without_their_letter() {
        for (word, found) in [
            ("E403", Some("E403")),
            ("e403", Some("E403")),
            ("404", Some("E404")),
            ("eneedauth", Some("ENEEDAUTH")),
            ("err_invalid_auth", Some("ERR_INVALID_AUTH")),
            ("EWHATEVER", Some("EWHATEVER")),
            ("YN0033", Some("YN0033")),
            (
                "ERR_PNPM_OTP_NON_INTERACTIVE",
                Some("ERR_PNPM_OTP_NON_INTERACTIVE"),
            ),
            ("TLOG_CREATE_ENTRY_ERROR", Some("TLOG_CREATE_ENTRY_ERROR")),
            ("YN99", None),
            ("example", None),
            ("200", None),
            ("nofile.log", None),
        ] {
            assert_eq!(code(word).as_deref(), found, "{word}");
        }
    }

    #[test]
    fn nothing_far_fetched_is_suggested() {
        let text = unknown("nofile.log").to_string();
        assert!(!text.contains("did you mean"), "{text}");
    }

    #[test]
    fn an_unknown_id_names_the_nearest() {
        assert!(
            unknown("version-token")
                .to_string()
                .contains("did you mean `version-taken`?")
        );
    }
}
