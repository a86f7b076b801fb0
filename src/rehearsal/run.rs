//! The rehearsal from start to end: publishes with the real npm, examines what arrived,
//! installs it, tries every entry point, and leaves nothing behind.

use std::collections::BTreeMap;
use std::io;

use tempfile::TempDir;
use tokio::process::Command;

use super::args;
use super::entries::{self, EntryPoint};
use super::fence::Fence;
use super::input::Input;
use super::install::{InstallContext, Installed, install, resolved};
use super::publish::integrity;
use super::server::Registry;
use super::setup::{self, Address};
use super::state::State;
use super::store::AcceptedPublish;
use super::tarball::{self, PackedFile};
use super::upstream::Upstream;
use super::variables::{Sources, variables};
use crate::environment::Environment;
use crate::npm::{Npm, run::wait_for};
use crate::private;

/// A prepared rehearsal: a registry that lets the account publish, a fence, and a temporary
/// folder for npm's settings, cache and installations.
#[derive(Debug)]
pub struct Rehearsal {
    /// The registry.
    pub registry: Registry,
    /// What keeps npm and its scripts away from other registries.
    pub fence: Fence,
    args: Vec<String>,
    shown_args: Vec<String>,
    environment: Environment,
    folder: TempDir,
}

/// What happened to one package.
#[derive(Clone, Debug)]
pub struct PackageResult {
    /// The name that the registry received.
    pub name: String,
    /// The version.
    pub version: String,
    /// The dist-tag.
    pub tag: String,
    /// `sha512-…` of what arrived, as npm stated it.
    pub integrity: String,
    /// The packed files.
    pub files: Vec<PackedFile>,
    /// Size of the tarball in bytes.
    pub packed_size: u64,
    /// How installing it went.
    pub installed: Installed,
    /// Every entry point.
    pub entry_points: Vec<EntryPoint>,
}

impl PackageResult {
    /// Whether the package can be installed and every entry point resolves.
    pub fn is_sound(&self) -> bool {
        !matches!(self.installed, Installed::Failed { .. })
            && self.entry_points.iter().all(|way| way.problem.is_none())
    }
}

impl Rehearsal {
    /// Sets up a rehearsal.
    ///
    /// # Errors
    /// When no port or no temporary folder is available.
    pub async fn set_up(
        state: State,
        token: &str,
        upstream: Option<Upstream>,
        input: Input<'_>,
    ) -> io::Result<Self> {
        let registry = Registry::start_private(state, upstream).await?;
        let folder = private::temporary_folder("safe-publish-rehearsal-")?;
        let fence = Fence::set_up(&registry, folder.path(), input.environment).await;
        let redirect = {
            let (url, host) = (registry.url(), registry.host());
            let address = Address {
                url: &url,
                host: &host,
                token,
            };
            setup::fill(&folder, address, input)?
        };
        let scopes = args::scopes(input.config, input.manifests.iter());
        let settings = args::settings(&scopes, &redirect);
        let credentials: Vec<String> = input
            .config
            .entries()
            .iter()
            .filter(|entry| entry.key.starts_with("//"))
            .map(|entry| entry.key.clone())
            .collect();
        let secrets = input.config.secrets();
        let sources = Sources {
            settings: &settings,
            redirect: &redirect,
            secrets: &secrets,
            credentials: &credentials,
            moves_home: !fence.is_closed(),
        };
        Ok(Self {
            registry,
            fence,
            args: args::args(input.config.command_line(), &settings),
            shown_args: args::args(
                input.config.command_line(),
                &args::without_secrets(&settings, &redirect),
            ),
            environment: Environment {
                variables: variables(input.environment, sources),
                ..input.environment.clone()
            },
            folder,
        })
    }

    /// npm's arguments: the user's, redirected to the embedded registry. They contain its
    /// secrets, so they are for this process only.
    pub fn args(&self) -> &[String] {
        &self.args
    }

    /// npm's environment, redirected to the embedded registry.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Runs the real `npm publish` with all scripts; returns its exit code. If standard output
    /// is taken, npm and its scripts write to standard error.
    ///
    /// # Errors
    /// When npm cannot be started.
    pub async fn publish(&self, npm: &Npm, output_is_taken: bool) -> io::Result<i32> {
        let (program, script) = npm.program();
        let mut command = self.fence.command(program.as_os_str());
        command.args(script).arg("publish").args(&self.shown_args);
        if output_is_taken {
            command.stdout(io::stderr());
        }
        self.run(command, &self.environment.variables).await
    }

    /// Runs this program's own `release` with our options; returns its exit code. Its output
    /// goes to standard error, and its journal is a temporary one.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn release(&self, options: &[String]) -> io::Result<i32> {
        let program = std::env::current_exe()?;
        let mut command = self.fence.command(program.as_os_str());
        command
            .arg("release")
            .args(options)
            // Everything after it is npm's, and is read without a complaint.
            .arg("--")
            .args(&self.shown_args)
            .stdout(io::stderr());
        let mut variables = self.environment.variables.clone();
        // The journal is deleted with the rehearsal.
        let folder = self.folder.path().display().to_string();
        variables.insert("XDG_STATE_HOME".to_owned(), folder);
        self.run(command, &variables).await
    }

    async fn run(
        &self,
        mut command: Command,
        variables: &BTreeMap<String, String>,
    ) -> io::Result<i32> {
        command
            .env_clear()
            .envs(variables)
            .current_dir(&self.environment.cwd);
        // On a terminal, Ctrl-C reaches npm and its scripts without our help.
        let terminals = self.environment.terminals;
        let own_group = !terminals.stdin && !terminals.stderr;
        #[cfg(unix)]
        if own_group {
            command.process_group(0);
        }
        // The program must not outlive the registry that the fence connects it to.
        command.kill_on_drop(true);
        let mut running = command.spawn()?;
        self.fence.connect(&self.registry).await?;
        wait_for(&mut running, own_group).await
    }

    /// Requests and connections to other registries that were refused.
    pub fn refused(&self) -> Vec<String> {
        let mut refused = self.registry.refused();
        refused.extend(setup::refused(self.folder.path()));
        refused
    }

    /// Examines one package that arrived: its files, an installation, and every entry point.
    ///
    /// # Errors
    /// When a temporary folder is not available, or npm cannot be started.
    pub async fn examine(&self, npm: &Npm, package: &AcceptedPublish) -> io::Result<PackageResult> {
        let folder = TempDir::with_prefix_in("install-", self.folder.path())?;
        let context = InstallContext {
            npm,
            registry: &self.registry,
            fence: &self.fence,
            variables: &self.environment.variables,
            folder: folder.path(),
        };
        let installed = install(&context, package).await?;
        let files = tarball::files(&package.tarball)?;
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let mut entry_points = Vec::new();
        if !matches!(installed, Installed::Failed { .. }) {
            let manifest = context.manifest(package);
            entry_points = entries::entry_points(manifest.as_ref(), &paths);
            if let Some(manifest) = &manifest {
                entry_points.extend(resolved(&context, manifest, &package.name).await);
            }
        }
        Ok(PackageResult {
            name: package.name.clone(),
            version: package.version.clone(),
            tag: package.tag.clone(),
            integrity: integrity(&package.tarball),
            files,
            packed_size: package.tarball.len() as u64,
            installed,
            entry_points,
        })
    }
}
