//! The end of a release: the report, a look at what was published, the exit code.

use super::resume::expected;
use super::upload::{NotUploaded, SentTarball, Uploaded};
use super::{Context, Item, Session};
use crate::cli::Options;
use crate::commands::interrupts::Interrupts;
use crate::commands::{print_report, verify};
use crate::error::{Error, exit_code};
use crate::finding::Outcome;
use crate::npm::staged;
use crate::release::gate::Tarball;
use crate::report::release::{Reason, Release, ReleasePackage, State};
use crate::report::staging::{self, Staged};
use crate::verify::Expected;

/// Nothing was sent; the report says why.
pub(super) fn nothing_sent(context: Context<'_>, report: &mut Release) -> i32 {
    let has = |state: State| report.packages.iter().any(|package| package.state == state);
    let is_blocked = has(State::Blocked);
    if is_blocked || has(State::Failed) {
        report.preflight.verdict = Outcome::Blocked;
    }
    if is_blocked {
        // The findings count.
        let around = (context.environment, context.output);
        print_report::release(report, context.invocation, around);
    } else {
        print(context, report);
    }
    context.output.err("nothing was sent\n");
    i32::from(exit_code::BLOCKED)
}

/// Puts the results into the report, checks what was published, and prints.
pub(super) async fn finish(
    context: Context<'_>,
    (items, tarballs): (&[Item], &[Tarball]),
    uploaded: Uploaded,
    (session, report): (&Session, &mut Release),
    interrupts: &mut Interrupts,
) -> Result<i32, Error> {
    let mut sent = session.earlier.clone();
    let mut printed = staged::Staged::new();
    for (at, result) in uploaded.results.iter().enumerate() {
        if let Some(Ok(one)) = result {
            printed.extend(staged::read(one.stdout.as_bytes()));
            let expected = expected(&items[at].facts, &tarballs[at].shasum);
            sent.extend(expected.map(|expected| Expected {
                tag: Some(items[at].facts.package.tag.sent.value.clone()),
                ..expected
            }));
        }
    }
    let is_out = |package: &ReleasePackage| package.state == State::Out;
    let code = code(&uploaded, report.packages.iter().any(is_out));
    let is_interrupted = uploaded.interrupted.is_some();
    take_in(context, items, uploaded.results, report);
    name_what_is_missing(report);
    print(context, report);
    if context.invocation.staged {
        print_stage(context, &sent, &printed);
        return Ok(code);
    }
    if is_interrupted && !context.options().no_verify {
        verify::not_waited_for(&sent, context.output);
        return Ok(code);
    }
    let seen = look(context, &sent, interrupts).await;
    Ok(if code == 0 { seen } else { code })
}

/// 0 where everything is out; npm's own where nothing is, or 102 where npm could not be
/// started; 104 in between, and where nobody knows. `is_out`: something was out before.
fn code(uploaded: &Uploaded, is_out: bool) -> i32 {
    let results = &uploaded.results;
    let is_sent = |result: &Option<Result<SentTarball, NotUploaded>>| matches!(result, Some(Ok(_)));
    let script = results
        .iter()
        .flatten()
        .flatten()
        .find_map(|sent| sent.scripts.as_ref());
    if results.iter().all(is_sent) {
        return i32::from(script.is_some());
    }
    if let Some(code) = uploaded.interrupted {
        return code;
    }
    let may_be_out =
        |result: &Option<_>| is_sent(result) || matches!(result, Some(Err(NotUploaded::Stopped)));
    let refused = results.iter().flatten().find_map(|result| match result {
        Err(NotUploaded::Npm(code, _)) => Some(*code),
        Err(NotUploaded::NotStarted(_)) => Some(i32::from(exit_code::COULD_NOT_WORK)),
        _ => None,
    });
    match refused {
        Some(code) if !is_out && !results.iter().any(may_be_out) => code,
        _ => i32::from(exit_code::INCOMPLETE),
    }
}

fn take_in(
    context: Context<'_>,
    items: &[Item],
    results: Vec<Option<Result<SentTarball, NotUploaded>>>,
    report: &mut Release,
) {
    let in_stage = context.invocation.staged.then_some(Reason::Staged);
    for (item, result) in items.iter().zip(results) {
        let package = &mut report.packages[item.place];
        let (state, reason) = match result {
            Some(Ok(SentTarball { scripts, .. })) => {
                let reason = package.reason.take().or_else(|| in_stage.clone());
                (
                    State::Published,
                    scripts.map(Reason::AfterUpload).or(reason),
                )
            }
            Some(Err(NotUploaded::Npm(_, explanation))) => {
                package.explanation = Some(*explanation);
                (State::Failed, None)
            }
            Some(Err(NotUploaded::Stopped)) => (State::Failed, Some(Reason::Interrupted)),
            Some(Err(NotUploaded::NotStarted(why))) => {
                (State::Failed, Some(Reason::NotStarted(why)))
            }
            Some(Err(NotUploaded::NotSent)) | None => (State::Waiting, Some(Reason::RunEnded)),
        };
        package.state = state;
        package.reason = reason;
    }
}

/// Notes for waiting and published packages which of their dependencies are not published.
fn name_what_is_missing(report: &mut Release) {
    let is_missing = |state: State| matches!(state, State::Failed | State::Waiting);
    let missing: Vec<String> = report
        .packages
        .iter()
        .filter(|package| is_missing(package.state))
        .map(|package| package.name.clone())
        .collect();
    for package in &mut report.packages {
        let needed = package.depends_on.iter();
        let lacks: Vec<String> = needed
            .filter(|name| missing.contains(name))
            .cloned()
            .collect();
        if lacks.is_empty() {
            continue;
        }
        match package.state {
            State::Waiting => package.reason = Some(Reason::WaitsFor(lacks)),
            State::Published | State::Out => package.reason = Some(Reason::OutWithout(lacks)),
            _ => {}
        }
    }
}

fn print(context: Context<'_>, report: &Release) {
    let around = (context.environment, context.output);
    print_report::release_ended(report, context.options(), around);
}

/// Waits until the registry shows all of them.
async fn look(context: Context<'_>, sent: &[Expected], interrupts: &mut Interrupts) -> i32 {
    let options = context.options();
    if sent.is_empty() || options.no_verify {
        return i32::from(exit_code::READY);
    }
    // The document of the release is the only one on standard output.
    let options = Options {
        format: None,
        ..options.clone()
    };
    let (environment, output) = (context.environment, context.output);
    let network = context.plan.prepared.config.network(environment);
    let follow = verify::follow(sent, network, &options, environment, output);
    match interrupts.race(follow).await {
        Ok(code) => i32::from(code),
        Err(code) => {
            verify::not_waited_for(sent, output);
            code
        }
    }
}

/// Lists the staged versions, in the order in which they can be approved.
fn print_stage(context: Context<'_>, sent: &[Expected], printed: &staged::Staged) {
    let all: Vec<Staged<'_>> = sent
        .iter()
        .map(|expected| Staged {
            expected,
            is_staged: true,
            is_new: true,
            id: printed
                .get(&(expected.name.clone(), expected.version.clone()))
                .cloned()
                .flatten(),
        })
        .collect();
    let output = context.output;
    output.err(&staging::human(&all, output.stderr));
    if all.len() > 1 {
        output.err("approve them in this order: each needs those before it\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(results: Vec<Result<SentTarball, NotUploaded>>, is_out: bool) -> i32 {
        let uploaded = Uploaded {
            results: results.into_iter().map(Some).collect(),
            interrupted: None,
        };
        code(&uploaded, is_out)
    }

    #[test]
    fn a_release_is_incomplete_only_where_something_is_or_may_be_out() {
        let sent = || {
            Ok(SentTarball {
                scripts: None,
                stdout: String::new(),
            })
        };
        // -ENOTDIR, as npm ends with it.
        let refused = || Err(NotUploaded::Npm(236, Box::default()));
        let not_started = || Err(NotUploaded::NotStarted("no room".to_owned()));
        assert_eq!(code_of(vec![sent()], false), 0);
        assert_eq!(code_of(vec![refused()], false), 236);
        assert_eq!(code_of(vec![not_started()], false), 102);
        assert_eq!(code_of(vec![not_started()], true), 104);
        assert_eq!(code_of(vec![sent(), not_started()], false), 104);
        assert_eq!(
            code_of(vec![refused(), Err(NotUploaded::Stopped)], false),
            104
        );
    }
}
