//! The rehearsal from end to end: seed, publish with the real npm, look at
//! what arrived, install it, try every way in, leave nothing behind.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

use super::install::{Ground, Installed, WayIn, install, ways_in};
use super::publish::integrity;
use super::server::Registry;
use super::setup::{self, Address};
use super::state::{Org, Package, State, Token, TokenKind, Unpublished, User, Version};
use super::store::Arrived;
use super::tarball::{self, PackedFile};
use super::upstream::Upstream;
use super::variables::{Sources, variables};
use super::when::When;
use super::words;
use crate::environment::Environment;
use crate::manifest::Manifest;
use crate::npm::{Npm, run::wait_for};
use crate::npmrc::Config;
use crate::registry::documents::Packument;

/// The account that publishes in a rehearsal.
pub const ACCOUNT: &str = "rehearsal";

/// A stage for a rehearsal: a registry that lets the account publish, and a
/// temporary folder for npm's cache, logs and the installation.
#[derive(Debug)]
pub struct Stage {
    /// The registry.
    pub registry: Registry,
    words: Vec<String>,
    environment: Environment,
    folder: TempDir,
}

/// What a rehearsal is made from.
#[derive(Clone, Copy, Debug)]
pub struct Cast<'a> {
    /// npm's configuration.
    pub config: &'a Config,
    /// The user's variables and working folder.
    pub environment: &'a Environment,
    /// The packages that would be published.
    pub manifests: &'a [Manifest],
}

/// What happened to one package.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// What the registry received.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The dist-tag it stands under.
    pub tag: String,
    /// `sha512-…` of what arrived, which is what npm said it packed.
    pub integrity: String,
    /// The packed files.
    pub files: Vec<PackedFile>,
    /// Bytes of the tarball.
    pub packed_size: u64,
    /// How installing it went.
    pub installed: Installed,
    /// Every way into it.
    pub ways_in: Vec<WayIn>,
}

impl Rehearsed {
    /// Whether everything went as a user of the package would want it.
    pub fn is_sound(&self) -> bool {
        !matches!(self.installed, Installed::Failed { .. })
            && self.ways_in.iter().all(|way| way.problem.is_none())
    }
}

/// A package to rehearse, with what the real registry knows of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Its name.
    pub name: &'a str,
    /// The real packument, where one was answered.
    pub known: Option<&'a Packument>,
}

/// A registry in which the account may publish these packages, and nothing
/// else is there.
pub fn seed<'a>(subjects: impl Iterator<Item = Subject<'a>>, token: &str) -> State {
    let mut state = State::default();
    state.users.insert(ACCOUNT.to_owned(), User::default());
    state.tokens.insert(
        token.to_owned(),
        Token {
            user: ACCOUNT.to_owned(),
            kind: TokenKind::Session,
            packages: Vec::new(),
            scopes: Vec::new(),
            bypass_two_factor: false,
            expires: None,
            revoked: false,
            address_refused: false,
        },
    );
    for subject in subjects {
        if let Some(scope) = super::rights::scope_of(subject.name).filter(|scope| *scope != ACCOUNT)
        {
            let members = BTreeMap::from([(ACCOUNT.to_owned(), "owner".to_owned())]);
            state.orgs.insert(
                scope.to_owned(),
                Org {
                    members,
                    ..Org::default()
                },
            );
        }
        if let Some(known) = subject.known {
            state
                .packages
                .insert(subject.name.to_owned(), mirrored(known));
        }
    }
    state
}

/// The real package's history, owned by the account.
fn mirrored(known: &Packument) -> Package {
    let time = |version: &str| {
        known
            .published
            .get(version)
            .and_then(|time| time.parse().ok())
            .map(When::at)
    };
    Package {
        versions: known
            .versions
            .iter()
            .map(|(number, version)| {
                let deprecated = version.deprecated.then(|| "deprecated".to_owned());
                (
                    number.clone(),
                    Version {
                        time: time(number),
                        deprecated,
                        ..Version::default()
                    },
                )
            })
            .collect(),
        dist_tags: Some(known.dist_tags.clone()),
        maintainers: vec![ACCOUNT.to_owned()],
        unpublished_versions: known
            .published
            .keys()
            .filter(|number| !known.versions.contains_key(*number))
            .filter_map(|number| Some((number.clone(), time(number)?)))
            .collect(),
        unpublished: known.unpublished.as_ref().and_then(|gone| {
            Some(Unpublished {
                time: When::at(gone.time.as_deref()?.parse().ok()?),
                versions: gone.versions.clone(),
            })
        }),
        description: known.description.clone(),
        repository: known.repository.clone(),
        ..Package::default()
    }
}

/// A token that nobody can guess: another process on this machine shall not
/// publish into the rehearsal by accident.
pub fn new_token() -> String {
    use std::hash::{BuildHasher as _, Hasher as _};
    let random = || {
        std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish()
    };
    format!("rehearsal-{:016x}{:016x}", random(), random())
}

impl Stage {
    /// Sets the stage.
    ///
    /// # Errors
    /// When no port or no temporary folder can be had.
    pub async fn set(
        state: State,
        token: &str,
        upstream: Option<Upstream>,
        cast: Cast<'_>,
    ) -> io::Result<Self> {
        let registry = Registry::start(state, upstream).await?;
        let folder = TempDir::with_prefix("safe-publish-rehearsal-")?;
        let here = {
            let (url, host) = (registry.url(), registry.host());
            let address = Address {
                url: &url,
                host: &host,
                token,
            };
            let Cast {
                config,
                environment,
                manifests,
            } = cast;
            setup::fill(&folder, address, config, environment, manifests.iter())?
        };
        let settings = words::settings(&words::scopes(cast.config, cast.manifests.iter()), &here);
        let credentials: Vec<String> = cast
            .config
            .entries()
            .iter()
            .filter(|entry| entry.key.starts_with("//"))
            .map(|entry| entry.key.clone())
            .collect();
        let secrets = cast.config.secrets();
        let variables = variables(
            cast.environment,
            Sources {
                settings: &settings,
                here: &here,
                secrets: &secrets,
                credentials: &credentials,
            },
        );
        Ok(Self {
            registry,
            words: words::words(cast.config.command_line(), &settings),
            environment: Environment {
                variables,
                ..cast.environment.clone()
            },
            folder,
        })
    }

    /// npm's words, all of them leading here.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// npm's variables, all of them leading here.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Runs the real `npm publish` with every script; gives its exit code.
    /// Where standard output is taken, npm and its scripts write to standard
    /// error.
    ///
    /// # Errors
    /// When npm cannot be started.
    pub async fn publish(&self, npm: &Npm, output_is_taken: bool) -> io::Result<i32> {
        let mut command = Command::new(&npm.path);
        command
            .arg("publish")
            .args(&self.words)
            .env_clear()
            .envs(&self.environment.variables)
            .current_dir(&self.environment.cwd);
        if output_is_taken {
            command.stdout(io::stderr());
        }
        // On a terminal Ctrl-C reaches npm and its scripts by itself.
        let terminals = self.environment.terminals;
        let own_group = !terminals.stdin && !terminals.stderr;
        #[cfg(unix)]
        if own_group {
            command.process_group(0);
        }
        wait_for(&mut command.spawn()?, own_group).await
    }

    /// Requests and connections to other registries that were turned away.
    pub fn refused(&self) -> Vec<String> {
        let mut refused = self.registry.refused();
        refused.extend(setup::turned_away(self.folder.path()));
        refused
    }

    /// Looks at one package that arrived: its files, an installation, and
    /// every way in.
    ///
    /// # Errors
    /// When a temporary folder cannot be had, or npm cannot be started.
    pub async fn examine(&self, npm: &Npm, package: &Arrived) -> io::Result<Rehearsed> {
        let folder = TempDir::with_prefix_in("install-", self.folder.path())?;
        let ground = Ground {
            npm,
            registry: &self.registry,
            variables: &self.environment.variables,
            folder: folder.path(),
        };
        let installed = install(&ground, package).await?;
        let files = tarball::files(&package.tarball)?;
        let paths = files.iter().map(|file| file.path.clone()).collect();
        let ways_in = match installed {
            Installed::Failed { .. } => Vec::new(),
            _ => ways_in(&ground, package, &paths).await,
        };
        Ok(Rehearsed {
            name: package.name.clone(),
            version: package.version.clone(),
            tag: package.tag.clone(),
            integrity: integrity(&package.tarball),
            files,
            packed_size: package.tarball.len() as u64,
            installed,
            ways_in,
        })
    }

    /// Where npm's cache and logs are during the rehearsal.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
