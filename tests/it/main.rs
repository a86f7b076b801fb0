//! The integration tests: one binary, hermetic, on loopback only.
//!
//! Some files are for one system: the Action, install.sh and the release scripts pack with
//! GNU tar and start Linux programs (`distribution_action`, `_install`, `_release`), release
//! tools and screens need a pseudo-terminal of Linux (`recipes*`, `terminal_screens`,
//! `screens`), signals, devices and pipes are Unix's (`distribution_signals`,
//! `hostile_files`), PowerShell is Windows' (`distribution_powershell`). A test of another
//! file that is for Unix alone says why.

mod after_failure;
mod after_failure_oidc;
mod after_failure_workspace;
mod architecture;
mod cli;
mod cli_input;
mod compare;
mod contents;
mod differential_ci;
mod differential_config;
mod differential_manifest;
mod differential_packing;
mod distribution;
#[cfg(target_os = "linux")]
mod distribution_action;
#[cfg(target_os = "linux")]
mod distribution_install;
mod distribution_managers;
#[cfg(windows)]
mod distribution_powershell;
#[cfg(target_os = "linux")]
mod distribution_release;
#[cfg(unix)]
mod distribution_signals;
mod docs;
mod explain;
mod explain_advice;
mod explain_all;
mod explain_hostile;
mod explain_sources;
mod explain_words;
mod files;
mod first_day;
mod formats;
mod forwarding;
mod fuzz;
mod git_checks;
mod held_out;
mod hook;
mod hook_added;
mod hook_husky;
mod hook_install;
mod hook_proof;
mod hook_secrets;
mod hook_workspaces;
mod hostile;
mod hostile_fields;
#[cfg(unix)]
mod hostile_files;
mod hostile_memory;
mod hostile_patterns;
mod http2;
mod kinds;
mod layers;
mod matrix;
mod messages;
mod mistyped;
#[cfg(unix)]
mod npm_shims;
mod odd_bodies;
mod oracle;
mod overload;
mod peers;
mod readme;
#[cfg(target_os = "linux")]
mod recipes;
#[cfg(target_os = "linux")]
mod recipes_semantic;
#[cfg(target_os = "linux")]
mod recipes_workspaces;
mod registry_odd;
mod registry_reads;
mod registry_refusals;
mod registry_writes;
mod rehearsal;
mod rehearsal_contents;
mod rehearsal_ends;
mod rehearsal_fence;
mod rehearsal_mirror;
mod rehearsal_safety;
mod release;
mod release_run;
mod scenario;
mod schemas;
mod screens;
mod secrets;
mod secrets_npm;
mod secrets_together;
mod stage;
mod support;
mod tarballs;
#[cfg(target_os = "linux")]
mod terminal_screens;
mod tls;
mod verdaccio;
mod verify;
mod watchdog;
mod wrappings;
