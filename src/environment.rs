//! What the caller gave this process, captured once, so that nothing below `main` asks the
//! operating system and every test can set it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// Working folder, variables, home, terminals and the time of the run.
#[derive(Clone)]
pub struct Environment {
    /// The folder the command was started in, absolute.
    pub cwd: PathBuf,
    /// The variables, by their exact names. On Windows names are
    /// case-insensitive, which [`Environment::variable`] honours.
    pub variables: BTreeMap<String, String>,
    /// Names of variables whose value is not UTF-8, and which are not read.
    pub unreadable_variables: Vec<String>,
    /// The home folder as npm sees it: `$HOME`, else the platform's.
    pub home: Option<PathBuf>,
    /// Which standard streams are a terminal.
    pub terminals: Terminals,
    /// The width of the terminal, if there is one.
    pub columns: Option<usize>,
    /// When the run started. `SAFE_PUBLISH_NOW` (RFC 3339) sets it in tests.
    pub now: jiff::Timestamp,
    /// The time zone for times shown to people. It is looked up only then, because that reads
    /// the names of all zones of the machine.
    pub time_zone: fn() -> jiff::tz::TimeZone,
}

/// Which standard streams are a terminal, and where they lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
#[allow(clippy::struct_excessive_bools, reason = "each is a separate question")]
pub struct Terminals {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// Standard output and standard error are one pipe or file (`2>&1`). Known on Unix only.
    pub outputs_are_one: bool,
}

impl Environment {
    /// Captures the environment of this process.
    pub fn of_this_process() -> std::io::Result<Self> {
        let mut variables = BTreeMap::new();
        let mut unreadable_variables = Vec::new();
        for (name, value) in std::env::vars_os() {
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => {
                    variables.insert(name, value);
                }
                (Ok(name), Err(_)) => unreadable_variables.push(name),
                (Err(_), _) => {}
            }
        }
        let now = variables
            .get("SAFE_PUBLISH_NOW")
            .and_then(|now| now.parse().ok())
            .unwrap_or_else(jiff::Timestamp::now);
        let home = home_of(&variables).or_else(dirs::home_dir);
        Ok(Self {
            cwd: std::env::current_dir()?,
            variables,
            unreadable_variables,
            home,
            terminals: Terminals {
                stdin: std::io::stdin().is_terminal(),
                stdout: std::io::stdout().is_terminal(),
                stderr: std::io::stderr().is_terminal(),
                outputs_are_one: outputs_are_one(),
            },
            columns: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
            now,
            time_zone: jiff::tz::TimeZone::system,
        })
    }

    /// An environment with no variables, no home and no terminal, for tests.
    pub fn bare(cwd: impl Into<PathBuf>) -> Self {
        Self {
            cwd: cwd.into(),
            variables: BTreeMap::new(),
            unreadable_variables: Vec::new(),
            home: None,
            terminals: Terminals::default(),
            columns: None,
            now: jiff::Timestamp::UNIX_EPOCH,
            time_zone: || jiff::tz::TimeZone::UTC,
        }
    }

    /// The same environment with one variable set.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A variable's value; `None` if it is not set.
    pub fn variable(&self, name: &str) -> Option<&str> {
        variable(&self.variables, name)
    }

    /// Whether text may contain more than ASCII: the locale allows it, or is not set.
    pub fn is_unicode(&self) -> bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"];
        let locale = locale.into_iter().find_map(|name| self.filled(name));
        locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
    }

    /// PATH for finding programs, see [`absolute_entries`].
    pub fn search_path(&self) -> Option<OsString> {
        absolute_entries(self.variable("PATH")?)
    }

    /// A variable's value; `None` if it is not set or is empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.variable(name).filter(|value| !value.is_empty())
    }
}

/// A variable's value; Windows ignores the case of its name.
fn variable<'a>(variables: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    if cfg!(windows) {
        let mut all = variables.iter();
        let found = all.find(|(key, _)| key.eq_ignore_ascii_case(name));
        return found.map(|(_, value)| value.as_str());
    }
    variables.get(name).map(String::as_str)
}

/// The home folder by variables, as npm finds it: `HOME` on every system, then what Node
/// takes on Windows.
fn home_of(variables: &BTreeMap<String, String>) -> Option<PathBuf> {
    let names: &[&str] = if cfg!(windows) {
        &["HOME", "USERPROFILE"]
    } else {
        &["HOME"]
    };
    let filled = |name: &&str| variable(variables, name).filter(|home| !home.is_empty());
    names.iter().find_map(filled).map(PathBuf::from)
}

/// A PATH without its relative and empty entries, with which the working folder would decide
/// what runs. `None` if nothing is left.
pub fn absolute_entries(path: &str) -> Option<OsString> {
    let entries = std::env::split_paths(path).filter(|entry| entry.is_absolute());
    std::env::join_paths(entries)
        .ok()
        .filter(|path| !path.is_empty())
}

impl fmt::Debug for Environment {
    /// Shows only the variables' names: values may be tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("cwd", &self.cwd)
            .field("variables", &self.variables.keys())
            .field("home", &self.home)
            .field("terminals", &self.terminals)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

#[cfg(unix)]
fn outputs_are_one() -> bool {
    let outputs = (
        rustix::fs::fstat(std::io::stdout()),
        rustix::fs::fstat(std::io::stderr()),
    );
    match outputs {
        (Ok(out), Ok(err)) => (out.st_dev, out.st_ino) == (err.st_dev, err.st_ino),
        _ => false,
    }
}

#[cfg(not(unix))]
fn outputs_are_one() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn programs_are_looked_for_in_absolute_folders_only() {
        let path = |path: &str| Environment::bare("/").with("PATH", path).search_path();
        assert_eq!(
            path("/usr/bin:.::node_modules/.bin:/bin:").unwrap(),
            "/usr/bin:/bin"
        );
        assert_eq!(path("."), None);
        assert_eq!(Environment::bare("/").search_path(), None);
    }

    #[test]
    fn the_home_folder_is_where_npm_looks_for_it() {
        let home = |variables: &[(&str, &str)]| {
            let owned = variables.iter();
            let owned = owned.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            home_of(&owned.collect())
        };
        let (named, profile) = (PathBuf::from("/a"), PathBuf::from("/b"));
        let both = [("HOME", "/a"), ("USERPROFILE", "/b")];
        assert_eq!(home(&both), Some(named));
        let on_windows = cfg!(windows).then_some(profile);
        assert_eq!(home(&both[1..]), on_windows);
        assert_eq!(home(&[("HOME", ""), both[1]]), on_windows);
        assert_eq!(home(&[]), None);
    }
}
