//! What the list of packed files costs.

use std::fs;
use std::path::Path;

use super::{Check, RUNS, median, megabytes, milliseconds, peak_memory, timed};

/// Files of 1.5 KB in `lib`, fifty per folder.
fn lay(folder: &Path, count: usize) {
    let text = "export function add(a, b) { return a + b; }\n".repeat(35);
    for number in 0..count {
        let folder = folder.join(format!("lib/{}", number / 50));
        fs::create_dir_all(&folder).expect("writable");
        fs::write(folder.join(format!("{number}.js")), &text).expect("writable");
    }
}

/// Compares `files` with npm, `check` with many files and with one, and a very large folder.
/// The registry is already running.
pub(super) fn measure(check: &Check<'_>) {
    let program = env!("CARGO_BIN_EXE_safe-publish");
    let (one, _) = check.measure("check, one file");
    lay(check.folder, 1000);
    let (thousand, _) = check.measure("check, 1,000 files");
    println!(
        "{:<34} {:>8.1} ms (bar: 5)",
        "  more than with one",
        milliseconds(thousand.saturating_sub(one))
    );
    let ours = median(RUNS, || timed(check.command(program).arg("files")));
    println!(
        "{:<34} {:>8.1} ms (bar: 10)",
        "files, 1,000 files",
        milliseconds(ours)
    );
    if let Ok(npm) = which::which("npm") {
        let args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
        let npms = median(5, || timed(check.command(npm.as_os_str()).args(args)));
        println!(
            "{:<34} {:>8.1} ms",
            "npm pack --dry-run",
            milliseconds(npms)
        );
        println!(
            "{:<34} {:>8.1}    (bar: 40)",
            "  files is faster by a factor of",
            npms.as_secs_f64() / ours.as_secs_f64()
        );
    }
    lay(check.folder, 100_000);
    let large = median(3, || timed(check.command(program).arg("files")));
    let peak = peak_memory(check.command(program).arg("files"));
    println!(
        "{:<34} {:>8.1} ms (bar: 1000)",
        "files, 100,000 files",
        milliseconds(large)
    );
    println!(
        "{:<34} {:>8.1} MB (bar: 100)",
        "  peak memory",
        megabytes(peak)
    );
}
