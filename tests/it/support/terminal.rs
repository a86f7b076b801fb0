//! A program on a pseudo-terminal, by `script` of util-linux.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::sandbox::{Run, Sandbox};

impl Sandbox {
    /// Runs safe-publish on a terminal of this width, with these arguments as typed in a shell,
    /// and text that is typed immediately. Both streams go to the terminal.
    pub(crate) fn on_terminal(&self, columns: usize, args: &str, typed: &str) -> Run {
        let mut run = typed_into(&mut self.terminal(columns, args), typed);
        run.stdout = run.stdout.replace("\r\n", "\n");
        run
    }

    /// The same, but the text is typed when the screen shows a word, or when something else has
    /// happened.
    pub(crate) fn on_terminal_when(
        &self,
        columns: usize,
        args: &str,
        is_time: impl Fn(&str) -> bool,
        typed: &str,
    ) -> Run {
        let mut run = typed_when(&mut self.terminal(columns, args), is_time, typed);
        run.stdout = run.stdout.replace("\r\n", "\n");
        run
    }

    fn terminal(&self, columns: usize, args: &str) -> Command {
        assert!(
            Path::new("/usr/bin/script").exists(),
            "the tests of terminals need util-linux's script"
        );
        let binary = env!("CARGO_BIN_EXE_safe-publish");
        let inner = format!("stty cols {columns} rows 50 && exec '{binary}' {args}");
        let mut script = self.command("script");
        script.args(["-q", "-e", "-c", &inner, "/dev/null"]);
        // The sandbox's PATH has no `stty`, and its COLUMNS would set another width.
        script
            .env("PATH", self.path_with_system())
            .env_remove("COLUMNS")
            .env("TERM", "xterm-256color")
            .env("SHELL", "/bin/sh");
        script
    }

    fn path_with_system(&self) -> String {
        let own = self.variable("PATH").unwrap_or_default();
        format!("{own}:/usr/bin:/bin")
    }
}

/// Runs a program with text that is typed immediately, and keeps its input open.
pub(crate) fn typed_into(command: &mut Command, typed: &str) -> Run {
    use std::io::Write as _;

    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    let typed = typed.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(typed.as_bytes());
        let _ = stdin.flush();
        // The program would notice the end of its input, so it stays open.
        stdin
    });
    let stdin = writer.join().expect("written");
    let output = child.wait_with_output().expect("the program ends");
    drop(stdin);
    Run {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// How long a program may take until text can be typed.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Runs a program, and types when its output so far shows that it is time.
fn typed_when(command: &mut Command, is_time: impl Fn(&str) -> bool, typed: &str) -> Run {
    use std::io::{Read as _, Write as _};

    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    let mut stdout = child.stdout.take().expect("piped");
    let (send, receive) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = stdout.read(&mut piece) {
            let _ = send.send(piece[..length].to_vec());
        }
    });
    let mut said = Vec::new();
    let begin = Instant::now();
    while !is_time(&String::from_utf8_lossy(&said)) && begin.elapsed() < TIMEOUT {
        said.extend(
            receive
                .recv_timeout(Duration::from_millis(50))
                .unwrap_or_default(),
        );
    }
    let _ = stdin.write_all(typed.as_bytes());
    let _ = stdin.flush();
    let status = child.wait().expect("the program ends");
    reader.join().expect("it ends with the program");
    said.extend(receive.try_iter().flatten());
    Run {
        code: status.code(),
        stdout: String::from_utf8_lossy(&said).into_owned(),
        stderr: String::new(),
    }
}

/// Text without escapes, as the screen finally shows it: a carriage return or an erased line
/// restarts the line.
pub(crate) fn visible(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('[') => {
                let mut last = ' ';
                for letter in letters.by_ref() {
                    last = letter;
                    if letter.is_ascii_alphabetic() {
                        break;
                    }
                }
                if last == 'K' {
                    let start = plain.rfind('\n').map_or(0, |at| at + 1);
                    plain.truncate(start);
                }
            }
            // A link: its URL ends with ESC \.
            Some(']') => {
                while let Some(letter) = letters.next() {
                    if letter == '\u{7}' || (letter == '\u{1b}' && letters.next() == Some('\\')) {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    plain.replace('\r', "")
}
