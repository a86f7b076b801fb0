//! Runs a program and reads what it prints. The end of the program counts, not the
//! end of its output: a background process that it leaves behind may hold the pipe
//! open forever. And the process groups of programs that have to end with all that they
//! started.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Notify;

/// How long output may still arrive after the program has ended. What the program itself wrote
/// is in the pipe by then.
const DRAIN: Duration = Duration::from_millis(100);

/// What a program printed, and how it ended.
#[derive(Clone, Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output, up to the limit.
    pub stdout: Vec<u8>,
    /// Its standard error, up to the limit.
    pub stderr: Vec<u8>,
}

/// How many bytes are read of each stream; the rest is read and dropped.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of standard output.
    pub stdout: usize,
    /// Of standard error.
    pub stderr: usize,
}

/// Runs a program to its end, with `input` as its standard input. It is killed if the future is
/// dropped.
///
/// # Errors
/// When it cannot be started or waited for.
pub async fn output(mut command: Command, input: &[u8], limits: Limits) -> io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let write = async {
        if let Some(mut stdin) = stdin {
            // A program may end before it has read everything.
            let _ = stdin.write_all(input).await;
        }
    };
    let ended = [Notify::new(), Notify::new(), Notify::new()];
    let end = async {
        let status = child.wait().await;
        ended.iter().for_each(Notify::notify_one);
        status
    };
    let unless_ended = async {
        tokio::select! {
            () = write => {}
            () = ended[2].notified() => {}
        }
    };
    let (mut stdout_bytes, mut stderr_bytes) = (Vec::new(), Vec::new());
    let mut kept_stdout = keep(&mut stdout_bytes, limits.stdout);
    let mut kept_stderr = keep(&mut stderr_bytes, limits.stderr);
    let (status, (), (), ()) = tokio::join!(
        end,
        unless_ended,
        read(stdout, &ended[0], &mut kept_stdout),
        read(stderr, &ended[1], &mut kept_stderr),
    );
    drop((kept_stdout, kept_stderr));
    Ok(Output {
        status: status?,
        stdout: stdout_bytes,
        stderr: stderr_bytes,
    })
}

/// Keeps bytes up to a limit.
fn keep(kept: &mut Vec<u8>, limit: usize) -> impl FnMut(&[u8]) {
    move |bytes| {
        let room = limit.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

/// Reads a stream to its end, or until shortly after the program's end, and passes on each
/// piece.
pub async fn read(
    stream: Option<impl AsyncRead + Unpin>,
    ended: &Notify,
    hand_on: &mut impl FnMut(&[u8]),
) {
    let Some(mut stream) = stream else {
        return;
    };
    let mut buffer = vec![0; 16 << 10];
    let mut has_ended = false;
    loop {
        let read = tokio::select! {
            biased;
            read = stream.read(&mut buffer) => read,
            () = ended.notified(), if !has_ended => {
                has_ended = true;
                continue;
            }
            () = tokio::time::sleep(DRAIN), if has_ended => return,
        };
        match read {
            Ok(0) | Err(_) => return,
            Ok(length) => hand_on(&buffer[..length]),
        }
    }
}

/// Programs that run in process groups of their own: a Ctrl-C reaches all processes of the
/// terminal's group, and not these.
#[derive(Debug, Default)]
pub struct Groups(RefCell<BTreeSet<u32>>);

/// A program of [`Groups`] and all that it started.
#[derive(Debug)]
pub struct Group<'a> {
    groups: &'a Groups,
    /// The program's process, which leads the group; `None` where it has ended.
    leader: Option<u32>,
}

impl Groups {
    /// Starts a program in a group of its own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self, command: &mut Command) -> io::Result<(Child, Group<'_>)> {
        #[cfg(unix)]
        command.process_group(0);
        #[cfg(windows)]
        {
            const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
            command.creation_flags(CREATE_NEW_PROCESS_GROUP);
        }
        let child = command.spawn()?;
        let leader = child.id();
        self.0.borrow_mut().extend(leader);
        Ok((
            child,
            Group {
                groups: self,
                leader,
            },
        ))
    }

    /// Asks all of them to end.
    pub fn terminate(&self) {
        self.0.borrow().iter().copied().for_each(terminate);
    }

    /// Whether none is running.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

impl Group<'_> {
    /// The program has ended: its number may be another's from now on, and what it left in the
    /// background stays.
    pub fn ended(mut self) {
        self.forget();
    }

    fn forget(&mut self) -> Option<u32> {
        let leader = self.leader.take()?;
        self.groups.0.borrow_mut().remove(&leader);
        Some(leader)
    }
}

/// Nobody waits for the program any more.
impl Drop for Group<'_> {
    fn drop(&mut self) {
        self.forget().into_iter().for_each(terminate);
    }
}

/// Asks a process group to end.
fn terminate(leader: u32) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(leader)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        // It may have ended in this very moment; then there is no group to signal.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
    }
    #[cfg(not(unix))]
    let _ = leader;
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        stdout: 1 << 20,
        stderr: 10,
    };

    async fn shell(script: &str, input: &[u8]) -> Output {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        output(command, input, LIMITS).await.unwrap()
    }

    #[tokio::test]
    async fn a_background_process_that_holds_the_pipe_is_not_waited_for() {
        let script = "sleep 60 & echo $!; echo problem >&2; exit 3";
        let run = tokio::time::timeout(Duration::from_secs(30), shell(script, b"")).await;
        let run = run.expect("the program has ended long ago");
        assert_eq!(run.status.code(), Some(3));
        assert_eq!(run.stderr, b"problem\n");
        let sleeper = String::from_utf8(run.stdout).unwrap();
        let killed = std::process::Command::new("/bin/kill")
            .arg(sleeper.trim())
            .status();
        assert!(killed.unwrap().success());
    }

    #[tokio::test]
    async fn a_program_that_nobody_waits_for_ends_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let (begun, wrote) = (folder.path().join("begun"), folder.path().join("wrote"));
        // The shell waits for a child; without its end it would write.
        let script = "touch begun; sh -c 'sleep 60'; touch wrote";
        let groups = Groups::default();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).current_dir(folder.path());
        let (mut child, group) = groups.spawn(&mut command).unwrap();
        while !begun.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        drop(group);
        assert!(groups.is_empty());
        let status = tokio::time::timeout(Duration::from_secs(30), child.wait()).await;
        assert!(!status.expect("it ends at once").unwrap().success());
        assert!(!wrote.exists());
    }

    #[tokio::test]
    async fn everything_that_was_written_is_read_up_to_the_limit() {
        let run = shell(
            "cat; cat /dev/zero | head -c 100000 >&2",
            &vec![b'x'; 300_000],
        )
        .await;
        assert_eq!((run.stdout.len(), run.stderr.len()), (300_000, 10));
        // Unread input does not block.
        let run = shell("exit 0", &vec![b'x'; 300_000]).await;
        assert!(run.status.success());
    }
}
