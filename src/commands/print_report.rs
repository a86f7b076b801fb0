//! Prints the findings of a preflight or a release, in the requested format.

use std::path::Path;

use crate::cli::{Format, Invocation, Options};
use crate::environment::Environment;
use crate::finding::Outcome;
use crate::output::{Output, Syntax, in_actions};
use crate::report::human::Verbosity;
use crate::report::release::{self, Release};
use crate::report::{Report, github, gitlab, human, item, json, junit, sarif};

/// Prints the report of a command that does not start npm. The machine-readable document goes
/// to standard output, the human text to standard error.
pub(super) fn print_report(
    report: &Report,
    options: &Options,
    environment: &Environment,
    output: &Output,
) {
    let root = item::root(environment);
    let document = match format(options, environment) {
        Format::Human => {
            output.say(&human::write(report, output.stdout, verbosity(options)));
            // Tools such as np show only standard error.
            let terminals = environment.terminals;
            let is_unseen = !terminals.stdout && !terminals.outputs_are_one;
            if report.verdict == Outcome::Blocked && is_unseen {
                output.err(&human::write(report, output.stderr, Verbosity::Quiet));
            }
            return;
        }
        Format::Github => {
            output.say(&human::write(report, output.stdout, verbosity(options)));
            output.document(&github::write(report, &root), Syntax::Commands);
            summarize(report, &root, environment, output);
            return;
        }
        Format::Json => json::write(report),
        Format::Gitlab => gitlab::write(report, &root),
        Format::Sarif => sarif::write(report, &root),
        Format::Junit => junit::write(report, options.strict),
    };
    let syntax = match format(options, environment) {
        Format::Junit => Syntax::Xml,
        _ => Syntax::Json,
    };
    output.err(&human::write(report, output.stderr, verbosity(options)));
    output.document(&document, syntax);
}

/// Prints the report of a preflight before npm starts: standard output belongs to npm.
pub(super) fn before_npm(
    report: &Report,
    options: &Options,
    environment: &Environment,
    output: &Output,
) {
    output.err(&human::write(report, output.stderr, verbosity(options)));
    if format(options, environment) == Format::Github {
        let root = item::root(environment);
        output.err_unfenced(&github::write(report, &root));
        summarize(report, &root, environment, output);
    }
}

/// The requested format, or annotations in GitHub Actions.
fn format(options: &Options, environment: &Environment) -> Format {
    let by_itself = if in_actions(environment) && !environment.terminals.stdout {
        Format::Github
    } else {
        Format::Human
    };
    options.format.unwrap_or(by_itself)
}

fn summarize(report: &Report, root: &Path, environment: &Environment, output: &Output) {
    add_to_summary(&github::summary(report, root), environment, output);
}

fn add_to_summary(text: &str, environment: &Environment, output: &Output) {
    let Some(path) = environment.filled("GITHUB_STEP_SUMMARY") else {
        return;
    };
    if let Err(error) = output.append(Path::new(path), text) {
        output.err(&format!(
            "note: the step summary {path} cannot be written: {error}\n"
        ));
    }
}

pub(super) fn verbosity(options: &Options) -> Verbosity {
    match (options.quiet, options.verbose) {
        (_, true) => Verbosity::Verbose,
        (true, false) => Verbosity::Quiet,
        (false, false) => Verbosity::Normal,
    }
}

/// The plan before anything is packed. The document of a release is printed only once, at the
/// end.
pub(super) fn release_plan(report: &Release, invocation: &Invocation, output: &Output) {
    let options = &invocation.options;
    if options.format == Some(Format::Json) {
        output.err(&release::human(report, output.stderr, verbosity(options)));
    } else {
        output.say(&release::human(report, output.stdout, verbosity(options)));
    }
}

/// Prints a release of which nothing was sent.
pub(super) fn release(report: &Release, invocation: &Invocation, around: (&Environment, &Output)) {
    release_plan(report, invocation, around.1);
    release_document(report, &invocation.options, around);
}

/// Prints a release after its uploads.
pub(super) fn release_ended(report: &Release, options: &Options, around: (&Environment, &Output)) {
    let output = around.1;
    if options.format == Some(Format::Json) {
        output.err(&release::ended(report, output.stderr, options.verbose));
    } else {
        output.say(&release::ended(report, output.stdout, options.verbose));
    }
    release_document(report, options, around);
}

/// The document or the annotations, if they were requested.
fn release_document(
    report: &Release,
    options: &Options,
    (environment, output): (&Environment, &Output),
) {
    match format(options, environment) {
        Format::Json => output.json(&release::json(report)),
        Format::Github => {
            let root = item::root(environment);
            output.document(&release::annotations(report, &root), Syntax::Commands);
            add_to_summary(&release::summary(report, &root), environment, output);
        }
        _ => {}
    }
}
