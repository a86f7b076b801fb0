//! Runs the real npm as if we were not there: its terminal, streams and environment are
//! untouched, signals are passed on, and we exit with its code.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{ExitStatus, Stdio};
#[cfg(unix)]
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};
use tokio::sync::Notify;

use super::Npm;
use crate::environment::Environment;
use crate::process;

/// The lifecycle scripts that npm runs around a publish. Inside one of them, another `npm
/// publish` would publish twice, or endlessly.
const PUBLISH_SCRIPTS: [&str; 6] = [
    "prepublishOnly",
    "prepack",
    "prepare",
    "postpack",
    "publish",
    "postpublish",
];

/// Whether npm's own publish, stage or pack started us: then the publish is already in
/// progress, and only a check makes sense.
pub fn inside_a_publish(environment: &Environment) -> bool {
    let command = environment.variable("npm_command");
    let script = environment.variable("npm_lifecycle_event");
    matches!(command, Some("publish" | "stage" | "pack"))
        && script.is_some_and(|script| PUBLISH_SCRIPTS.contains(&script))
}

/// A launcher passes on a signal that the terminal or a supervisor has already sent to the
/// whole process group: the same signal again within this time counts once.
#[cfg(unix)]
const ONE_SIGNAL: Duration = Duration::from_secs(1);

/// Runs `npm publish` with the given arguments and waits for its end.
///
/// # Errors
/// When the process cannot be started or waited for.
pub async fn publish(npm: &Npm, args: &[OsString]) -> io::Result<i32> {
    command(npm, "publish", args).await
}

/// Runs an npm command with the given arguments and waits for its end.
///
/// # Errors
/// When the process cannot be started or waited for.
pub async fn command(npm: &Npm, name: &str, args: &[OsString]) -> io::Result<i32> {
    let (program, script) = npm.program();
    let mut command = Command::new(program);
    let mut child = command.args(script).arg(name).args(args).spawn()?;
    wait_for(&mut child, false).await
}

/// At most this much of npm's standard output is kept: ids are at its end.
const MAX_KEPT: usize = 1 << 20;

/// Runs `npm stage publish`. Its standard output is passed on and read at the same time, since
/// the ids of staged versions are printed nowhere else; with `to_stderr` it goes to standard
/// error. Returns npm's exit code and the end of its output.
///
/// # Errors
/// When the process cannot be started or waited for.
pub async fn stage_publish(
    npm: &Npm,
    args: &[OsString],
    to_stderr: bool,
) -> io::Result<(i32, Vec<u8>)> {
    let (program, script) = npm.program();
    let mut child = Command::new(program)
        .args(script)
        .args(["stage", "publish"])
        .args(args)
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take();
    let mut kept = Vec::new();
    let mut pass_on = |bytes: &[u8]| {
        // Our own output may be closed; npm continues anyway.
        let _ = if to_stderr {
            io::stderr().write_all(bytes)
        } else {
            let mut out = io::stdout();
            out.write_all(bytes).and_then(|()| out.flush())
        };
        kept.extend_from_slice(bytes);
        let surplus = kept.len().saturating_sub(MAX_KEPT);
        kept.drain(..surplus);
    };
    let ended = Notify::new();
    let waiting = async {
        let code = wait_for(&mut child, false).await;
        ended.notify_one();
        code
    };
    let (code, ()) = tokio::join!(waiting, process::read(stdout, &ended, &mut pass_on));
    Ok((code?, kept))
}

/// Waits for an npm to end, passing on signals; returns the exit code. If npm leads its own
/// process group, its scripts receive the signals, too: a shell that waits for a program does
/// not pass them on.
///
/// # Errors
/// When it cannot be waited for.
pub async fn wait_for(child: &mut Child, own_group: bool) -> io::Result<i32> {
    Ok(exit_code(wait(child, own_group).await?))
}

/// Whether one of npm's exit codes means a signal. Higher ones are system errors: 254 is
/// ENOENT.
pub fn is_signal(code: i32) -> bool {
    (129..=192).contains(&code)
}

/// The exit code: npm's own, or 128+n if a signal ended it.
pub fn exit_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(1)
}

/// Waits for npm, and passes on the signals that reach only us. A Ctrl-C on a terminal reaches
/// npm directly, since it is in the same process group; a second one from us would make npm
/// give up immediately.
#[cfg(unix)]
async fn wait(child: &mut Child, own_group: bool) -> io::Result<ExitStatus> {
    use std::io::IsTerminal as _;

    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};

    let on_terminal = io::stdin().is_terminal() || io::stderr().is_terminal();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut last: Option<(Signal, Instant)> = None;
    loop {
        let received = tokio::select! {
            status = child.wait() => return status,
            _ = interrupt.recv() => (!on_terminal).then_some(Signal::INT),
            _ = terminate.recv() => Some(Signal::TERM),
            _ = hangup.recv() => (!on_terminal).then_some(Signal::HUP),
        };
        let is_repeat =
            |(signal, at): (Signal, Instant)| received == Some(signal) && at.elapsed() < ONE_SIGNAL;
        if last.is_some_and(is_repeat) {
            continue;
        }
        last = received.map(|signal| (signal, Instant::now()));
        if let (Some(received), Some(id)) = (received, child.id())
            && let Some(process) = i32::try_from(id)
                .ok()
                .and_then(rustix::process::Pid::from_raw)
        {
            // npm may just have ended; then there is no process to signal.
            let _ = if own_group {
                rustix::process::kill_process_group(process, received)
            } else {
                rustix::process::kill_process(process, received)
            };
        }
    }
}

/// Waits for npm. A Ctrl-C reaches npm directly; it must only not end us.
#[cfg(not(unix))]
async fn wait(child: &mut Child, _own_group: bool) -> io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_six_scripts_of_a_publish_are_recognised_and_no_other() {
        let inside = |command: &str, script: &str| {
            let environment = Environment::bare("/")
                .with("npm_command", command)
                .with("npm_lifecycle_event", script);
            inside_a_publish(&environment)
        };
        for script in PUBLISH_SCRIPTS {
            assert!(inside("publish", script), "{script}");
            assert!(inside("stage", script), "{script}");
        }
        assert!(inside("pack", "prepack"));
        assert!(!inside("run", "release"));
        assert!(!inside("run-script", "prepack"));
        assert!(!inside("publish", "release"));
        assert!(!inside_a_publish(&Environment::bare("/")));
    }
}
