//! The wrapper: checks, starts npm, and follows up.

use std::io::Write as _;
use std::time::SystemTime;

use super::interrupts::{self, Interrupts};
use super::print_report::{self, print_report};
use super::watchdog::Watchdog;
use super::{
    announce_variables, cannot_start, code, explain_failure, no_npm, prepare, stage, timeout,
    verify,
};
use crate::cli::{Format, Invocation, Options};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::Facts;
use crate::npm::{self, Npm, debug_log, publish_trace};
use crate::output::{self, Output};
use crate::preflight::{self, Preflight, Prepared};
use crate::report;

/// A publish that the preflight did not block.
struct Publish<'a> {
    invocation: &'a Invocation,
    environment: &'a Environment,
    output: &'a Output,
    prepared: &'a Prepared,
    facts: &'a [Facts],
}

/// Runs the wrapper; returns the process's exit code.
pub(super) async fn publish(
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let watchdog = Watchdog::start(Some(timeout(&invocation.options)))?;
    let prepared = prepare(invocation, environment)?;
    output.add_secrets(&prepared.scrubber);
    let Some(npm) = &prepared.npm else {
        return Err(no_npm());
    };
    announce_variables(&prepared, environment, output);
    let options = &invocation.options;
    let preflight = Box::pin(preflight::run(&prepared, options, environment));
    let preflight = match interrupts::before_npm(preflight, output).await? {
        Ok(preflight) => preflight,
        Err(code) => return Ok(code),
    };
    watchdog.lift_deadline();
    let Preflight { report, facts, .. } = &preflight;
    let code = code(report.verdict, options);
    if code != exit_code::READY {
        print_report(report, options, environment, output);
        output.err("npm was not started\n");
        return Ok(i32::from(code));
    }
    // npm's standard output stays npm's.
    print_report::before_npm(report, options, environment, output);
    drop(watchdog);
    let publish = Publish {
        invocation,
        environment,
        output,
        prepared: &prepared,
        facts,
    };
    if is_confirmed_here(invocation, &prepared, environment)
        && let Err(code) = publish.confirm().await?
    {
        return Ok(code);
    }
    if invocation.staged {
        let npm = (&prepared, npm);
        return stage::publish(npm, &preflight, invocation, environment, output).await;
    }
    publish.run(npm).await
}

/// Whether a person is asked before npm starts: on a terminal, if something will be uploaded.
pub(super) fn is_confirmed_here(
    invocation: &Invocation,
    prepared: &Prepared,
    environment: &Environment,
) -> bool {
    let is_asked_for = invocation.confirm || prepared.settings.confirm;
    let terminals = environment.terminals;
    let mut packages = prepared.plan.packages.iter();
    let uploads = packages.any(|package| !package.dry_run);
    let is_ci = environment.filled("CI").is_some_and(|ci| ci != "false");
    is_asked_for && uploads && terminals.stdin && terminals.stderr && !is_ci
}

/// The answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    /// Anything except a clear yes.
    No,
    /// Ctrl-C; the exit code.
    Interrupted(i32),
}

/// Asks whether to publish.
pub(super) async fn confirm(what: &str, output: &Output) -> Result<Answer, Error> {
    let mut interrupts = Interrupts::listen()?;
    output.err(&format!("publish {what}? [y/N] "));
    let _ = std::io::stderr().flush();
    let answer = tokio::select! {
        biased;
        code = interrupts.next() => {
            output.err("\n");
            return Ok(Answer::Interrupted(code));
        }
        answer = output::read_line() => answer.unwrap_or_default().trim().to_ascii_lowercase(),
    };
    Ok(match answer.as_str() {
        "y" | "yes" => Answer::Yes,
        _ => Answer::No,
    })
}

impl Publish<'_> {
    /// Asks; `Err` holds the exit code.
    async fn confirm(&self) -> Result<Result<(), i32>, Error> {
        let specs: Vec<String> = self.prepared.plan.packages.iter().map(spec).collect();
        let what = match specs.as_slice() {
            [one] => one.clone(),
            many => format!("{} packages", many.len()),
        };
        Ok(match confirm(&what, self.output).await? {
            Answer::Yes => Ok(()),
            Answer::No => {
                self.output
                    .err("npm was not started: you did not confirm\n");
                Err(i32::from(exit_code::BLOCKED))
            }
            Answer::Interrupted(code) => {
                interrupts::nothing_was_sent(self.output);
                Err(code)
            }
        })
    }

    async fn run(&self, npm: &Npm) -> Result<i32, Error> {
        let begin = SystemTime::now();
        let ended = npm::run::publish(npm, &self.invocation.npm.args)
            .await
            .map_err(|error| cannot_start(npm, &error))?;
        if npm::run::is_signal(ended) {
            self.report_what_was_sent(begin);
            return Ok(ended);
        }
        let mut interrupts = Interrupts::listen()?;
        if ended != 0 {
            let failed = explain_failure::FailedRun {
                prepared: self.prepared,
                before: self.facts,
                since: begin,
                code: ended,
                args: &self.invocation.npm.args,
            };
            let explained =
                explain_failure::explain(&failed, self.options(), self.environment, self.output);
            tokio::select! {
                explanation = explained => {
                    let json = self.options().format == Some(Format::Json);
                    if let Some(explanation) = explanation.filter(|_| json) {
                        self.output.json(&report::explanation::json(&explanation));
                    }
                }
                _ = interrupts.next() => {}
            }
            return Ok(ended);
        }
        if self.options().no_verify {
            self.next_step();
            return Ok(ended);
        }
        self.follow(begin, &mut interrupts).await
    }

    fn options(&self) -> &Options {
        &self.invocation.options
    }

    /// Waits until what npm sent is visible.
    async fn follow(&self, begin: SystemTime, interrupts: &mut Interrupts) -> Result<i32, Error> {
        let expected = verify::expected(self.prepared, &self.kinds(), self.environment, begin);
        if expected.is_empty() {
            return Ok(i32::from(exit_code::READY));
        }
        let network = self.prepared.config.network(self.environment);
        let follow = verify::follow(
            &expected,
            network,
            self.options(),
            self.environment,
            self.output,
        );
        tokio::select! {
            code = follow => {
                if code == exit_code::READY {
                    self.next_step();
                }
                Ok(i32::from(code))
            }
            code = interrupts.next() => {
                verify::not_waited_for(&expected, self.output);
                Ok(code)
            }
        }
    }

    fn kinds(&self) -> Vec<crate::registry::kind::RegistryKind> {
        self.facts.iter().map(|facts| facts.kind).collect()
    }

    /// After an interruption: reports whether something may have arrived.
    fn report_what_was_sent(&self, begin: SystemTime) {
        let folder = self.prepared.config.logs_folder(self.environment);
        let cwd = &self.environment.cwd;
        let log = folder.and_then(|folder| publish_trace::log_of_run(&folder, begin, cwd));
        if log.is_some_and(|(_, text)| !debug_log::upload_began(&text)) {
            self.output
                .err("\ninterrupted: nothing was sent to the registry\n");
            return;
        }
        let expected = verify::expected(self.prepared, &self.kinds(), self.environment, begin);
        verify::may_have_arrived(&expected, self.output);
    }

    /// Suggests what usually follows a publish: the commit and its tag have not been pushed.
    fn next_step(&self) {
        if !self.options().quiet && self.facts.iter().any(has_unpushed_tag) {
            self.output.err("next: git push --follow-tags\n");
        }
    }
}

/// `cat 1.6.0`.
fn spec(package: &crate::plan::PackagePlan) -> String {
    let version = package.version.as_ref().ok();
    let version = version.map_or(String::new(), |version| format!(" {version}"));
    format!(
        "{}{version}",
        package.name.as_str().unwrap_or("the package")
    )
}

/// Whether HEAD has a tag for this version that its upstream cannot have yet.
fn has_unpushed_tag(facts: &Facts) -> bool {
    let (Ok(tree), Ok(tags), Ok(version)) = (
        &facts.git.work_tree,
        &facts.git.tags,
        &facts.package.version,
    ) else {
        return false;
    };
    let version = version.to_string();
    let is_ahead = tree
        .upstream
        .as_ref()
        .is_some_and(|upstream| upstream.ahead > 0);
    is_ahead && tags.iter().any(|tag| tag.ends_with(&version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::fake;
    use crate::git::Upstream;

    #[test]
    fn a_tag_of_this_version_is_pushed_next_where_the_upstream_lacks_commits() {
        let facts = |ahead: u64, tag: &str| {
            let upstream = Upstream {
                name: "origin/main".to_owned(),
                ahead,
                behind: 0,
            };
            let tree = fake().work_tree_is(|tree| tree.upstream = Some(upstream));
            tree.at_head(&[tag])
        };
        assert!(has_unpushed_tag(&facts(1, "v1.0.0")));
        assert!(!has_unpushed_tag(&facts(0, "v1.0.0")));
        assert!(!has_unpushed_tag(&facts(1, "v0.9.0")));
        assert!(!has_unpushed_tag(&fake()));
    }
}
