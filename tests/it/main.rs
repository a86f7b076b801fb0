//! The integration tests: one binary, hermetic, on loopback only.

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
#[cfg(unix)]
mod distribution;
#[cfg(target_os = "linux")]
mod distribution_action;
#[cfg(target_os = "linux")]
mod distribution_install;
#[cfg(unix)]
mod distribution_managers;
#[cfg(target_os = "linux")]
mod distribution_release;
#[cfg(unix)]
mod distribution_signals;
mod docs;
mod explain;
mod explain_all;
mod explain_hostile;
mod explain_sources;
mod explain_words;
mod first_day;
mod formats;
mod forwarding;
mod fuzz;
#[cfg(unix)]
mod git_checks;
mod held_out;
#[cfg(unix)]
mod hook;
#[cfg(unix)]
mod hook_added;
#[cfg(unix)]
mod hook_husky;
#[cfg(unix)]
mod hook_install;
#[cfg(unix)]
mod hook_proof;
#[cfg(unix)]
mod hook_secrets;
#[cfg(unix)]
mod hook_workspaces;
mod hostile;
#[cfg(unix)]
mod hostile_fields;
#[cfg(unix)]
mod hostile_files;
mod hostile_memory;
mod http2;
mod kinds;
mod layers;
mod matrix;
mod messages;
mod mistyped;
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
#[cfg(unix)]
mod rehearsal_fence;
mod rehearsal_mirror;
mod rehearsal_safety;
mod release;
#[cfg(unix)]
mod release_run;
mod scenario;
mod schemas;
mod screens;
mod secrets;
mod stage;
mod support;
mod tarballs;
#[cfg(target_os = "linux")]
mod terminal_screens;
mod tls;
mod verdaccio;
mod verify;
mod wrappings;
