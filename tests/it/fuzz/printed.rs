//! A check of a project that fuzzed bytes are a part of: all that it would print, in
//! every format, and what must hold for it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use safe_publish::cli::Invocation;
use safe_publish::config_report::{self, ConfigReport};
use safe_publish::environment::Environment;
use safe_publish::error::Error;
use safe_publish::escape::is_unsafe_to_print;
use safe_publish::output::Syntax;
use safe_publish::plan::Launch;
use safe_publish::preflight::{self, Prepared};
use safe_publish::report::{Report, github, gitlab, human, json, junit, sarif, style::Style};
use safe_publish::secret::{Scrubber, mask_known_shapes};

/// A secret of no known shape, so that only its slot gives it away.
pub const SECRET: &str = "pl4nted-s3cret";

/// Nobody answers there.
pub const NOBODY: &str = "127.0.0.1:9";

/// A home folder, a project, and a run in it.
pub struct Project {
    folder: tempfile::TempDir,
    environment: Environment,
    timeout: Duration,
}

impl Project {
    /// Logged in to the registry at a host with the planted secret, which a variable holds.
    pub fn new(host: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().join("home");
        fs::create_dir_all(&home).expect("writable");
        let npmrc = format!("registry=http://{host}/\n//{host}/:_authToken=${{NPM_TOKEN}}\n");
        fs::write(home.join(".npmrc"), npmrc).expect("writable");
        let project = folder.path().join("project");
        fs::create_dir_all(&project).expect("writable");
        let environment = Environment {
            home: Some(home),
            ..Environment::bare(project)
        };
        Self {
            folder,
            environment: environment.with("NPM_TOKEN", SECRET),
            timeout: Duration::ZERO,
        }
    }

    /// Waits for answers.
    pub fn patient(self) -> Self {
        Self {
            timeout: Duration::from_secs(5),
            ..self
        }
    }

    /// Sets a variable.
    pub fn with(self, name: &str, value: &str) -> Self {
        Self {
            environment: self.environment.with(name, value),
            ..self
        }
    }

    /// The project's folder.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// Writes a file of the project.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("below the project")).expect("writable");
        fs::write(path, bytes).expect("writable");
        self
    }

    /// Checks the project, and looks at everything that `check` and `config` print of it.
    pub fn check(&self, args: &[&str]) {
        let words = std::iter::once("check").chain(args.iter().copied());
        let words: Vec<OsString> = words.map(OsString::from).collect();
        let mut known = Scrubber::of_variables(&self.environment.variables);
        known.extend(&Scrubber::of_arguments(words.iter().cloned()));
        let Ok(mut invocation) = Invocation::parse(words) else {
            return;
        };
        invocation.options.timeout = Some(self.timeout);
        let prepared =
            match preflight::prepare(&invocation.npm, &self.environment, Launch::Elsewhere) {
                Ok(prepared) => prepared,
                Err(error) => return is_safe_error(error, &known),
            };
        known.extend(&prepared.scrubber);
        self.look_at_settings(&prepared, &known);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let run = preflight::run(&prepared, &invocation.options, &self.environment);
        match runtime.block_on(run) {
            Ok(preflight) => look_at(&preflight.report, &self.root(), &known),
            Err(error) => is_safe_error(error, &known),
        }
    }

    fn look_at_settings(&self, prepared: &Prepared, known: &Scrubber) {
        let npm = prepared.npm.as_ref();
        let report = ConfigReport::of(&prepared.config, &prepared.plan, npm, &self.environment);
        let text = config_report::human::write(&report, Style::PLAIN);
        is_safe(&text, Syntax::Text, known);
        is_safe(&config_report::json::write(&report), Syntax::Json, known);
    }
}

/// Looks at a report in every format.
fn look_at(report: &Report, root: &Path, known: &Scrubber) {
    for verbosity in [human::Verbosity::Normal, human::Verbosity::Verbose] {
        is_safe(
            &human::write(report, Style::PLAIN, verbosity),
            Syntax::Text,
            known,
        );
    }
    is_safe(&json::write(report), Syntax::Json, known);
    is_safe(&gitlab::write(report, root), Syntax::Json, known);
    is_safe(&sarif::write(report, root), Syntax::Json, known);
    is_safe(&junit::write(report, true), Syntax::Xml, known);
    is_safe(&github::write(report, root), Syntax::Commands, known);
    is_safe(&github::summary(report, root), Syntax::Text, known);
}

/// Looks at an error as it would be printed.
pub fn is_safe_error(error: Error, known: &Scrubber) {
    let error = error.reworded(|text| known.scrub(&mask_known_shapes(text)));
    is_safe(&error.to_string(), Syntax::Text, known);
}

/// What holds for everything that is printed.
pub fn is_safe(document: &str, syntax: Syntax, known: &Scrubber) {
    let shown = syntax.safe(document, known, false);
    assert!(!shown.contains(SECRET), "{syntax:?}: {shown}");
    assert!(
        !shown.chars().any(is_unsafe_to_print),
        "{syntax:?}: {shown:?}"
    );
    match syntax {
        Syntax::Text => {}
        Syntax::Json => {
            let read = serde_json::from_str::<serde_json::Value>(&shown);
            assert!(read.is_ok(), "{read:?}: {shown}");
        }
        Syntax::Xml => assert!(is_well_formed(&shown), "{shown}"),
        // A line that is no command would be shown as one line more.
        Syntax::Commands => assert!(shown.lines().all(|line| line.starts_with("::")), "{shown}"),
    }
}

/// Whether every element is closed, and no text holds a bare `<` or `&`.
fn is_well_formed(document: &str) -> bool {
    let mut open = Vec::new();
    let mut parts = document.split('<');
    let is_text = |text: &str| {
        let mut entities = text.split('&').skip(1);
        !text.contains('>')
            && entities.all(|rest| {
                rest.split_once(';')
                    .is_some_and(|(name, _)| is_entity(name))
            })
    };
    let mut is_sound = parts.next().is_some_and(is_text);
    for part in parts {
        let Some((tag, text)) = part.split_once('>') else {
            return false;
        };
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) => is_sound &= open.pop() == Some(name),
            None if tag.starts_with('?') || tag.ends_with('/') => {}
            None => open.push(name),
        }
        is_sound &= is_text(tag) && tag.matches('"').count().is_multiple_of(2) && is_text(text);
    }
    is_sound && open.is_empty()
}

fn is_entity(name: &str) -> bool {
    matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") || name.starts_with('#')
}

#[test]
fn xml_that_is_not_well_formed_is_seen() {
    assert!(is_well_formed(
        "<?xml version=\"1.0\"?>\n<a b=\"&lt;\"><c/>x &amp; y</a>\n"
    ));
    for document in [
        "<a>",
        "<a></b>",
        "<a>&</a>",
        "<a b=\"x></a>",
        "<a>x > y</a>",
    ] {
        assert!(!is_well_formed(document), "{document}");
    }
}
