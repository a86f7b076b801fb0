//! Keeps the programs of a rehearsal off the network. On Linux they run in a separate network
//! namespace whose only open port is the embedded registry's. On other systems, or if that is
//! not permitted, their settings are hidden instead (`home.rs`).

#[cfg(target_os = "linux")]
mod helper;
#[cfg(target_os = "linux")]
mod loopback;
#[cfg(target_os = "linux")]
mod namespace;

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use tokio::process::Command;

use super::server::Registry;
use crate::environment::Environment;
use crate::process;

/// The variable that switches the network namespace off, for builds that need
/// the network: `SAFE_PUBLISH_FENCE=off`.
const VARIABLE: &str = "SAFE_PUBLISH_FENCE";

/// How the programs of a rehearsal are kept from other registries.
#[derive(Debug)]
pub enum Fence {
    /// A network namespace: only the embedded registry can be reached.
    #[cfg(target_os = "linux")]
    Namespace(namespace::Namespace),
    /// None. The network can be reached, but not the user's settings.
    Open {
        /// Why there is none.
        reason: String,
    },
}

impl Fence {
    /// Tests what this system permits. A socket is created in `folder`.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(clippy::unused_async, reason = "only a namespace is waited for")
    )]
    pub(super) async fn set_up(
        registry: &Registry,
        folder: &Path,
        environment: &Environment,
    ) -> Self {
        if environment.variable(VARIABLE) == Some("off") {
            let reason = format!("{VARIABLE} is off");
            return Self::Open { reason };
        }
        #[cfg(target_os = "linux")]
        match namespace::Namespace::try_out(registry.port(), folder).await {
            Ok(namespace) => Self::Namespace(namespace),
            Err(reason) => Self::Open { reason },
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = (registry, folder);
            Self::Open {
                reason: "this system has no network namespaces".to_owned(),
            }
        }
    }

    /// Why programs can reach the network; `None` if they cannot.
    pub fn open_because(&self) -> Option<&str> {
        match self {
            Self::Open { reason } => Some(reason),
            #[cfg(target_os = "linux")]
            Self::Namespace(_) => None,
        }
    }

    /// Whether the network cannot be reached.
    pub(super) fn is_closed(&self) -> bool {
        self.open_because().is_none()
    }

    /// A command that runs a program inside the fence.
    pub(super) fn command(&self, program: &OsStr) -> Command {
        match self {
            #[cfg(target_os = "linux")]
            Self::Namespace(namespace) => namespace.command(program),
            Self::Open { .. } => Command::new(program),
        }
    }

    /// Lets the embedded registry answer a program that was just started.
    ///
    /// # Errors
    /// When the program could not enter the fence, and so was not started.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(clippy::unused_async, reason = "only a namespace is waited for")
    )]
    pub(super) async fn connect(&self, registry: &Registry) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Namespace(namespace) => registry.listen_also(namespace.listener().await?),
            Self::Open { .. } => {
                let _ = registry;
                Ok(())
            }
        }
    }

    /// Runs a program inside the fence to its end, and reads its output.
    ///
    /// # Errors
    /// When it cannot be started, or cannot enter the fence.
    pub(super) async fn output(
        &self,
        command: Command,
        registry: &Registry,
        limits: process::Limits,
    ) -> io::Result<process::Output> {
        let running = process::output(command, &[], limits);
        let connecting = self.connect(registry);
        tokio::pin!(running);
        tokio::select! {
            biased;
            connected = connecting => connected?,
            ended = &mut running => return ended,
        }
        running.await
    }
}

/// Becomes a program inside the fence if this process was started as its helper. Must be called
/// first, because the helper must not have threads. Returns an exit code if it failed.
pub fn enter() -> Option<i32> {
    #[cfg(target_os = "linux")]
    return helper::enter();
    #[cfg(not(target_os = "linux"))]
    None
}
