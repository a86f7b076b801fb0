//! Says what a preflight found, in the format that was asked for.

use std::path::Path;

use ring::rand::SecureRandom as _;

use crate::cli::{Format, Options};
use crate::environment::Environment;
use crate::output::Output;
use crate::report::human::Detail;
use crate::report::{Report, github, gitlab, human, item, json, junit, sarif};

/// The report, as all that this command says. A machine's document goes to
/// standard output, the human text beside it to standard error.
pub(super) fn report(
    report: &Report,
    options: &Options,
    environment: &Environment,
    output: &Output,
) {
    let root = item::root(environment);
    let document = match format(options, environment) {
        Format::Human => {
            let text = human::write(report, output.stdout, detail(options));
            output.out(&fenced(&text, environment));
            return;
        }
        Format::Github => {
            let text = human::write(report, output.stdout, detail(options));
            output.out(&github::fenced(&text, &fence()));
            output.out(&github::write(report, &root));
            summarize(report, &root, environment, output);
            return;
        }
        Format::Json => json::write(report),
        Format::Gitlab => gitlab::write(report, &root),
        Format::Sarif => sarif::write(report, &root),
        Format::Junit => junit::write(report),
    };
    let text = human::write(report, output.stderr, detail(options));
    output.err(&fenced(&text, environment));
    output.out(&document);
}

/// The report of a preflight that lets npm go on: standard output is npm's.
pub(super) fn before_npm(
    report: &Report,
    options: &Options,
    environment: &Environment,
    output: &Output,
) {
    let text = human::write(report, output.stderr, detail(options));
    output.err(&fenced(&text, environment));
    if format(options, environment) == Format::Github {
        let root = item::root(environment);
        output.err(&github::write(report, &root));
        summarize(report, &root, environment, output);
    }
}

/// Text for people; GitHub's runner reads it, too, and must find no command of
/// somebody else's in it.
fn fenced(text: &str, environment: &Environment) -> String {
    if in_actions(environment) {
        github::fenced(text, &fence())
    } else {
        text.to_owned()
    }
}

fn in_actions(environment: &Environment) -> bool {
    environment.filled("GITHUB_ACTIONS") == Some("true")
}

/// The format: as asked for, or annotations in GitHub Actions.
fn format(options: &Options, environment: &Environment) -> Format {
    let by_itself = if in_actions(environment) && !environment.terminals.stdout {
        Format::Github
    } else {
        Format::Human
    };
    options.format.unwrap_or(by_itself)
}

fn summarize(report: &Report, root: &Path, environment: &Environment, output: &Output) {
    let Some(path) = environment.filled("GITHUB_STEP_SUMMARY") else {
        return;
    };
    if let Err(error) = output.append(Path::new(path), &github::summary(report, root)) {
        output.err(&format!(
            "note: the step summary {path} cannot be written: {error}\n"
        ));
    }
}

/// A word that no text of others can hold.
fn fence() -> String {
    let mut bytes = [0; 16];
    // Without randomness a fixed word still fences what is not meant as harm.
    let _ = ring::rand::SystemRandom::new().fill(&mut bytes);
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("safe-publish-{}", digits.concat())
}

pub(super) fn detail(options: &Options) -> Detail {
    match (options.quiet, options.verbose) {
        (_, true) => Detail::Verbose,
        (true, false) => Detail::Quiet,
        (false, false) => Detail::Normal,
    }
}
