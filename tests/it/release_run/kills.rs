//! Releases that are killed, interrupted, or run out of space. The same command completes them.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::{NEEDS, Repository, states};
use crate::support::bounded::wait_until;
use crate::support::sandbox::Run;

/// Roughly how long a release takes on an idle machine, in milliseconds.
const USUAL: u64 = 2_500;

/// Pseudo-random numbers that are the same in every run (xorshift).
struct Random(u64);

impl Random {
    /// A number below this one.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

impl Repository {
    /// Gives every package another version.
    fn raise(&self, version: &str) {
        for (name, _) in NEEDS {
            let path = self.path(&format!("packages/{name}/package.json"));
            let text = fs::read_to_string(&path).expect("written before");
            let mut manifest: Value = serde_json::from_str(&text).expect("JSON");
            manifest["version"] = json!(version);
            fs::write(path, manifest.to_string()).expect("writable");
        }
    }

    /// How many of the packages are published with this version.
    fn out(&self, version: &str) -> usize {
        self.arrived();
        let arrived = self.server.arrived();
        arrived.iter().filter(|one| one.version == version).count()
    }

    /// Starts a release in a process group of its own, as a shell does.
    pub(super) fn start_apart(&self, args: &[&str]) -> Child {
        let mut command: Command = self.sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
        command
            .arg("release")
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command.spawn().expect("the program starts")
    }
}

/// Waits for one of two kinds of moments: a certain time after the start, or shortly after one
/// of the next uploads reached the registry.
fn wait_for_a_moment(random: &mut Random, repository: &Repository, running: &mut Child) {
    if random.below(3) == 0 {
        let long = Duration::from_millis(random.below(USUAL));
        let begin = Instant::now();
        while begin.elapsed() < long && running.try_wait().expect("ours").is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        return;
    }
    let puts = repository.all_puts() + 1 + usize::try_from(random.below(2)).expect("small");
    wait_until("uploads", || {
        repository.all_puts() >= puts || running.try_wait().expect("ours").is_some()
    });
    std::thread::sleep(Duration::from_millis(random.below(200)));
}

#[test]
fn killed_at_twenty_random_moments() {
    let repository = Repository::of("bun", 11);
    let mut random = Random(0x5afe_9b11);
    let (mut kills, mut minor) = (0, 0);
    let mut version = "1.0.0".to_owned();
    while kills < 20 {
        let mut running = repository.start(&["--no-verify"]);
        wait_for_a_moment(&mut random, &repository, &mut running);
        let _ = running.kill();
        if running.wait().expect("ours").success() {
            assert_eq!(repository.out(&version), NEEDS.len());
            minor += 1;
            version = format!("1.{minor}.0");
            repository.raise(&version);
        } else {
            kills += 1;
            // At every moment, published packages have published dependencies.
            repository.out(&version);
        }
    }
    let last = repository.release(&["--format", "json"]);
    assert_eq!(last.code, Some(0), "{last:?}");
    for (name, state) in states(&last.json()) {
        let is_out = matches!(state.as_str(), "published" | "out" | "private");
        assert!(is_out, "{name} is {state}");
    }
    assert_eq!(repository.out(&version), NEEDS.len());
    let arrived = repository.server.arrived().len();
    assert_eq!(repository.all_puts(), arrived, "nothing was sent twice");
    repository.assert_no_leftovers();
}

#[test]
fn interrupted_during_an_upload_it_says_what_was_sent() {
    let slow = json!({ "latencyMilliseconds": 300 });
    let repository = Repository::with_state(11, &slow);
    let running = repository.start_apart(&[]);
    wait_until("an upload", || repository.all_puts() >= 1);
    // Like Ctrl-C: npm, which is in the middle of an upload, must not get the signal.
    let group = Pid::from_child(&running);
    kill_process_group(group, Signal::INT).expect("it runs");
    let run = Run::from(running.wait_with_output().expect("ours"));
    assert_eq!(run.code, Some(130), "{run:?}");
    assert!(run.stderr.contains("nothing more is sent"), "{run:?}");
    // Nobody waits for what was sent.
    let is_told = "the wait until it is visible was interrupted";
    assert!(run.stderr.contains(is_told), "{run:?}");
    let sent = repository.arrived();
    assert!(!sent.is_empty() && sent.len() < NEEDS.len(), "{sent:?}");
    for (name, _) in NEEDS {
        let state = if sent.iter().any(|one| one == name) {
            "published"
        } else {
            "waiting"
        };
        let line = format!("\n{name} 1.0.0: {state}");
        assert!(run.stdout.contains(&line), "{line} {run:?}");
    }
    let again = repository.release(&[]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(repository.arrived().len(), NEEDS.len());
    assert_eq!(repository.all_puts(), NEEDS.len());
}

#[test]
fn a_second_interrupt_stops_npm() {
    let hang = json!({ "faults": [{ "method": "PUT", "path": "/pkg-a", "with": "hang" }] });
    let repository = Repository::with_state(11, &hang);
    let mut running = repository.start_apart(&["--no-verify", "-w", "pkg-a"]);
    wait_until("an upload", || repository.all_puts() >= 1);
    let group = Pid::from_child(&running);
    wait_until("the end", || {
        let _ = kill_process_group(group, Signal::INT);
        std::thread::sleep(Duration::from_millis(300));
        running.try_wait().expect("ours").is_some()
    });
    let run = Run::from(running.wait_with_output().expect("ours"));
    assert_eq!(run.code, Some(130), "{run:?}");
    assert!(run.stdout.contains("which may have succeeded"), "{run:?}");
}

/// Runs a release that cannot write a file larger than this many blocks of 512 bytes.
fn without_room(repository: &Repository, blocks: u32) -> Run {
    let program = env!("CARGO_BIN_EXE_safe-publish");
    // With the signal ignored, a write fails as on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{program}' release");
    Run::of(repository.sandbox.command("/bin/sh").args(["-c", &script]))
}

#[test]
fn on_a_full_disk_nothing_is_sent_and_the_same_command_completes() {
    let repository = Repository::npm(11);
    let run = without_room(&repository, 0);
    assert!(matches!(run.code, Some(100 | 102)), "{run:?}");
    assert_eq!(repository.arrived(), [""; 0]);
    assert!(run.stdout.contains("pkg-"), "{run:?}");
    assert!(run.stderr.contains("nothing was sent"), "{run:?}");
    repository.assert_no_leftovers();
    let again = repository.release(&[]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(repository.arrived().len(), NEEDS.len());
}

#[test]
fn without_room_for_a_journal_the_release_goes_on_and_says_so() {
    let mut repository = Repository::of("bun", 11);
    // No folder can be created below a file.
    repository.sandbox.write("file", "");
    let state = repository.path("file");
    let state = state.to_str().expect("UTF-8").to_owned();
    repository.sandbox.set("XDG_STATE_HOME", &state);
    let run = repository.release(&["-w", "pkg-a"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("keeps no journal"), "{run:?}");
    assert_eq!(repository.arrived(), ["pkg-a"]);
}
