//! Time and memory of processes, for every benchmark.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// The time of a run that must succeed.
pub(crate) fn timed(command: &mut Command) -> Duration {
    let begin = Instant::now();
    let status = command.status().expect("it starts");
    assert_eq!(status.code(), Some(0), "it is ready");
    begin.elapsed()
}

/// The peak memory of a process in bytes, read until it ends. Linux only; 0 on other systems.
pub(crate) fn peak_memory(command: &mut Command) -> u64 {
    let mut child = command.spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("it can be waited for").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) << 10);
        std::thread::sleep(Duration::from_micros(200));
    }
    peak
}

pub(crate) fn megabytes(bytes: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let bytes = bytes as f64;
    bytes / 1e6
}

/// `cargo test` also builds and starts benchmarks; only `cargo bench` measures.
pub(crate) fn is_asked_for() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}
