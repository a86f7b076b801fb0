//! The program that packs: its path, its version and its arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use crate::environment::Environment;
use crate::error::Error;
use crate::finding::Packer;
use crate::manifest::range;
use crate::manifest::version::Version;
use crate::npm::Npm;
use crate::process::{self, Limits};

/// How long `--version` may take: pnpm may download another pnpm first.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A package manager that is installed.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// Which one.
    pub(crate) packer: Packer,
    /// Its version as printed in the repository's root: `yarnPath` or `packageManager` can
    /// choose another version than the one on PATH.
    pub(crate) version: String,
    /// The program to start.
    program: PathBuf,
    /// Arguments that precede all others.
    first: Vec<OsString>,
}

impl Tool {
    /// Finds a packer on PATH and asks for its version.
    ///
    /// # Errors
    /// When it is missing, does not run, or has another major version than `wanted`.
    pub(crate) async fn find(
        packer: Packer,
        wanted: Option<&str>,
        root: &Path,
        (npm, environment): (&Npm, &Environment),
    ) -> Result<Self, Error> {
        if packer == Packer::Npm {
            let (program, script) = npm.program();
            return Ok(Self {
                packer,
                version: npm.version.to_string(),
                program,
                first: script.map(PathBuf::into_os_string).into_iter().collect(),
            });
        }
        let name = packer.name();
        let doing = || format!("looking for {name}, which packs this repository");
        let found = environment
            .search_path()
            .and_then(|path| which::which_in_global(name, Some(path)).ok()?.next());
        let Some(program) = found else {
            return Err(Error::new(doing(), "it is not on PATH")
                .next(format!("install {name}, or name another with --packer")));
        };
        let mut tool = Self {
            packer,
            version: String::new(),
            program,
            first: Vec::new(),
        };
        tool.version = tool.ask_version(root, environment).await?;
        tool.fits(wanted)?;
        Ok(tool)
    }

    async fn ask_version(&self, root: &Path, environment: &Environment) -> Result<String, Error> {
        let doing = format!("asking {} for its version", self.program.display());
        let mut command = self.command(root, environment);
        command.arg("--version");
        let limits = Limits {
            stdout: 4096,
            stderr: 4096,
        };
        let run = tokio::time::timeout(TIMEOUT, process::output(command, b"", limits)).await;
        let output = match run {
            Ok(output) => output.map_err(|error| Error::new(&doing, error))?,
            Err(_) => return Err(Error::new(doing, "it did not answer")),
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let version = text.lines().map(str::trim).rfind(|line| !line.is_empty());
        match version.filter(|_| output.status.success()) {
            Some(version) => Ok(version.to_owned()),
            None => Err(
                Error::new(doing, String::from_utf8_lossy(&output.stderr).trim())
                    .next(format!("run `{} --version` here", self.packer.name())),
            ),
        }
    }

    /// Whether this is the major version that the repository asks for.
    fn fits(&self, wanted: Option<&str>) -> Result<(), Error> {
        let is_classic = self.version.starts_with("1.");
        let wanted = match (wanted, self.packer) {
            (Some(wanted), _) if self.is_other_than(wanted) => wanted,
            (None, Packer::Yarn) if is_classic => "2 or later",
            (None, Packer::YarnClassic) if !is_classic => "1",
            _ => return Ok(()),
        };
        let name = self.packer.name();
        Err(Error::new(
            format!("packing with {name}"),
            format!(
                "this repository asks for {name} {wanted}, but the one on PATH is {}",
                self.version
            ),
        )
        .next(format!("install {name} {wanted}, or use corepack")))
    }

    /// Whether a version has another major, or a range excludes this one.
    pub(crate) fn is_other_than(&self, wanted: &str) -> bool {
        let own = Version::parse(&self.version, true);
        match (Version::parse(wanted, true), own) {
            (Some(wanted), Some(own)) => wanted.0.major != own.0.major,
            _ => {
                range::is_valid_range(wanted, true)
                    && !range::satisfies(&self.version, wanted, true)
            }
        }
    }

    /// A command that runs this program.
    fn command(&self, folder: &Path, environment: &Environment) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.first)
            .current_dir(folder)
            .env_clear()
            .envs(super::inherited(environment));
        command
    }

    /// Packs the package of a folder into an empty folder.
    pub(super) fn pack(
        &self,
        folder: &Path,
        into: &Path,
        ignore_scripts: bool,
        environment: &Environment,
    ) -> Command {
        let mut command = self.command(folder, environment);
        let ignore = |command: &mut Command, word: &str| {
            if ignore_scripts {
                command.arg(word);
            }
        };
        match self.packer {
            Packer::Npm => {
                command.args(["pack", "--json", "--pack-destination"]);
                command.arg(into);
                ignore(&mut command, "--ignore-scripts");
            }
            Packer::Pnpm => {
                command.args(["pack", "--json", "--pack-destination"]);
                command.arg(into);
                // `pnpm pack` before 12 does not know `--ignore-scripts`.
                ignore(&mut command, "--config.ignore-scripts=true");
            }
            Packer::Yarn => {
                command.args(["pack", "--out"]);
                command.arg(into.join("package.tgz"));
            }
            Packer::YarnClassic => {
                command.args(["pack", "--filename"]);
                command.arg(into.join("package.tgz"));
                ignore(&mut command, "--ignore-scripts");
            }
            Packer::Bun => {
                command.args(["pm", "pack", "--quiet", "--destination"]);
                command.arg(into);
                ignore(&mut command, "--ignore-scripts");
            }
        }
        command
    }

    /// The value of `npm_config_user_agent`, which tells scripts what runs them.
    pub(super) fn user_agent(&self) -> String {
        format!(
            "{}/{} npm/? node/? {} {}",
            self.packer.name(),
            self.version,
            crate::npm::host::platform(),
            std::env::consts::ARCH
        )
    }

    /// The value of `npm_execpath`.
    pub(super) fn exec_path(&self) -> &Path {
        let script = self.first.first().map(Path::new);
        script.unwrap_or(&self.program)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npm::NpmVersion;

    fn tool(packer: Packer, version: &str) -> Tool {
        Tool {
            packer,
            version: version.to_owned(),
            program: PathBuf::from("/bin/x"),
            first: Vec::new(),
        }
    }

    #[test]
    fn another_major_version_than_wanted_is_reported() {
        let fits = |packer, version: &str, wanted| tool(packer, version).fits(wanted);
        assert!(fits(Packer::Pnpm, "12.21.0", None).is_ok());
        assert!(fits(Packer::Pnpm, "12.21.0", Some("12.0.0+sha512.00")).is_ok());
        let error = fits(Packer::Pnpm, "10.1.0", Some("12.0.0")).unwrap_err();
        assert!(
            error.to_string().contains("asks for pnpm 12.0.0"),
            "{error}"
        );
        for (wanted, is_fit) in [
            (">=10", true),
            ("^10.0.0", false),
            ("12", true),
            ("latest", true),
        ] {
            assert_eq!(
                fits(Packer::Pnpm, "12.21.0", Some(wanted)).is_ok(),
                is_fit,
                "{wanted}"
            );
        }
        assert!(fits(Packer::Yarn, "1.22.22", None).is_err());
        assert!(fits(Packer::YarnClassic, "1.22.22", None).is_ok());
        assert!(fits(Packer::YarnClassic, "4.1.0", None).is_err());
    }

    #[tokio::test]
    async fn a_packer_that_is_not_there_is_named() {
        let npm = Npm {
            path: PathBuf::from("/bin/npm"),
            version: NpmVersion::new(11, 0, 0),
            root: PathBuf::from("/lib/npm"),
        };
        let environment = Environment::bare("/").with("PATH", "/no/such/folder");
        let found = Tool::find(Packer::Bun, None, Path::new("/"), (&npm, &environment)).await;
        assert!(found.unwrap_err().to_string().contains("looking for bun"));
        let found = Tool::find(Packer::Npm, None, Path::new("/"), (&npm, &environment)).await;
        assert_eq!(found.unwrap().version, "11.0.0");
    }
}
