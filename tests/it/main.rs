//! The integration tests: one binary, hermetic, on loopback only.

mod aftermath;
mod cli;
mod differential_config;
mod differential_manifest;
mod explain;
mod explain_hostile;
mod hostile;
mod kinds;
mod matrix;
mod messages;
mod oracle;
mod peers;
mod readme;
mod registry_odd;
mod registry_reads;
mod registry_refusals;
mod rehearsal;
mod rehearsal_ends;
mod rehearsal_safety;
mod secrets;
mod support;
mod tls;
mod verdaccio;
mod verify;
mod wrappings;
