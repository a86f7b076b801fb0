//! npm's commands as data, so that each can be adapted to the package, workspace member or
//! registry in question.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use super::packer::{Packer, PackerVerb};
use super::verb::{ActsOn, Verb};

/// An npm command, with everything that its arguments depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpmCommand {
    verb: Verb,
    args: Cow<'static, str>,
    context: CommandContext,
}

/// What a command has to act on. If not set, the defaults of the user who types the command
/// apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandContext {
    /// The package's folder, relative to the working folder.
    pub directory: Option<String>,
    /// The package as a member of the workspace in the working folder.
    pub member: Option<String>,
    /// The registry to ask.
    pub registry: Option<String>,
    /// The tool that publishes the project.
    pub packer: Option<Packer>,
    /// The version is staged, which only npm does.
    pub staged: bool,
    /// `safe-publish release` sends it.
    pub by_release: bool,
}

impl NpmCommand {
    /// A command, with its arguments written for a shell.
    pub const fn new(verb: Verb, args: &'static str) -> Self {
        Self {
            verb,
            args: Cow::Borrowed(args),
            context: CommandContext {
                directory: None,
                member: None,
                registry: None,
                packer: None,
                staged: false,
                by_release: false,
            },
        }
    }

    fn with(verb: Verb, args: String) -> Self {
        Self {
            args: Cow::Owned(args),
            ..Self::new(verb, "")
        }
    }

    /// `npm version 1.0.4`
    pub fn version(version: &str) -> Self {
        Self::with(Verb::Version, quoted(version))
    }

    /// `npm pkg set license=MIT`
    pub fn pkg_set(key: &str, value: &str) -> Self {
        Self::with(Verb::PkgSet, quoted(&format!("{key}={value}")))
    }

    /// `npm publish --tag next`
    pub fn publish_with_tag(tag: &str) -> Self {
        Self::with(Verb::Publish, format!("--tag {}", quoted(tag)))
    }

    /// A command whose arguments are data: each is quoted if a shell would interpret it.
    pub fn with_args(verb: Verb, args: &[&str]) -> Self {
        let args: Vec<String> = args.iter().copied().map(quoted).collect();
        Self::with(verb, args.join(" "))
    }

    /// Names this registry, even if it is npm's default.
    #[must_use]
    pub fn at(mut self, registry: &str) -> Self {
        self.context.registry = Some(registry.to_owned());
        self
    }

    /// The arguments, written for a shell.
    pub fn args(&self) -> &str {
        &self.args
    }

    /// Adapts it to a package. Values that are already set are kept.
    pub fn fit(&mut self, context: &CommandContext) {
        let own = &mut self.context;
        for (own, given) in [
            (&mut own.directory, &context.directory),
            (&mut own.member, &context.member),
            (&mut own.registry, &context.registry),
        ] {
            if own.is_none() {
                own.clone_from(given);
            }
        }
        own.packer = own.packer.or(context.packer);
        own.staged |= context.staged;
        own.by_release |= context.by_release;
    }

    /// Whether its answer is about the registry itself, or an account there, so that another
    /// registry would answer another question.
    pub fn is_about_a_registry(&self) -> bool {
        matches!(
            self.verb,
            Verb::Login | Verb::Ping | Verb::Profile | Verb::Whoami
        )
    }

    fn packer(&self) -> Packer {
        match self.verb {
            Verb::NpmPublish => Packer::Npm,
            _ if self.context.staged => Packer::Npm,
            _ => self.context.packer.unwrap_or(Packer::Npm),
        }
    }

    /// The same release again, of this member alone.
    fn write_release(&self, f: &mut fmt::Formatter<'_>, member: Option<&str>) -> fmt::Result {
        f.write_str("safe-publish release")?;
        if self.context.staged {
            f.write_str(" --stage")?;
        }
        if let Some(member) = member {
            write!(f, " -w {member}")?;
        }
        if !self.args.is_empty() {
            write!(f, " {}", self.args)?;
        }
        Ok(())
    }

    /// Rewrites the arguments and the context.
    #[must_use]
    pub fn map(&self, word: impl Fn(&str) -> String) -> Self {
        let mapped = |own: &Option<String>| own.as_deref().map(&word);
        Self {
            verb: self.verb,
            args: Cow::Owned(word(&self.args)),
            context: CommandContext {
                directory: mapped(&self.context.directory),
                member: mapped(&self.context.member),
                registry: mapped(&self.context.registry),
                packer: self.context.packer,
                staged: self.context.staged,
                by_release: self.context.by_release,
            },
        }
    }
}

impl fmt::Display for NpmCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.verb.name();
        let member = self.context.member.as_deref().map(quoted);
        let directory = self.context.directory.as_deref();
        match (self.verb.acts_on(), member, directory) {
            (ActsOn::Package(verb), member, directory) => {
                let folder = directory.map(|folder| quoted(&as_folder(folder)));
                let verb = match verb {
                    PackerVerb::Publish if self.context.by_release => {
                        return self.write_release(f, member.or(folder).as_deref());
                    }
                    PackerVerb::Publish if self.context.staged => PackerVerb::Stage,
                    _ => verb,
                };
                self.packer()
                    .write(f, verb, member.as_deref(), folder.as_deref())?;
            }
            (ActsOn::Manifest, Some(member), _) => write!(f, "npm {name} -w {member}")?,
            (ActsOn::Manifest, None, Some(folder)) => {
                write!(f, "npm --prefix {} {name}", quoted(folder))?;
            }
            (ActsOn::Repository, ..) => write!(f, "safe-publish {name}")?,
            _ => write!(f, "npm {name}")?,
        }
        if !self.args.is_empty() {
            write!(f, " {}", self.args)?;
        }
        match (self.verb.acts_on(), &self.context.registry) {
            (ActsOn::Registry, Some(registry)) => write!(f, " --registry {}", quoted(registry)),
            _ => Ok(()),
        }
    }
}

/// A folder written so that npm reads it as one: without the dot `packages/cat` is a repository
/// on GitHub.
fn as_folder(path: &str) -> Cow<'_, str> {
    if path.starts_with('.') || Path::new(path).is_absolute() {
        Cow::Borrowed(path)
    } else {
        Cow::Owned(format!("./{path}"))
    }
}

/// An argument, quoted so that a shell takes it literally.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "@/._-=:+,%~".contains(c);
    if !word.is_empty() && !word.starts_with('~') && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(command: NpmCommand, context: &CommandContext) -> String {
        let mut command = command;
        command.fit(context);
        command.to_string()
    }

    #[test]
    fn commands_act_on_the_package_in_its_folder() {
        let folder = CommandContext {
            directory: Some("packages/two words".to_owned()),
            ..CommandContext::default()
        };
        assert_eq!(
            fitted(NpmCommand::version("1.0.4"), &folder),
            "npm --prefix 'packages/two words' version 1.0.4"
        );
        assert_eq!(
            fitted(NpmCommand::publish_with_tag("next"), &folder),
            "npm publish './packages/two words' --tag next"
        );
        let config = NpmCommand::new(Verb::Config, "fix");
        assert_eq!(fitted(config, &folder), "npm config fix");
    }

    #[test]
    fn commands_act_on_the_member_of_a_workspace() {
        let member = CommandContext {
            directory: Some("packages/cat".to_owned()),
            member: Some("@acme/cat".to_owned()),
            ..CommandContext::default()
        };
        assert_eq!(
            fitted(NpmCommand::pkg_set("name", "@acme/dog"), &member),
            "npm pkg set -w @acme/cat name=@acme/dog"
        );
        assert_eq!(
            fitted(NpmCommand::publish_with_tag("next"), &member),
            "npm publish -w @acme/cat --tag next"
        );
    }

    #[test]
    fn a_release_is_repeated_by_its_own_command() {
        let release = |member: Option<&str>, staged| CommandContext {
            directory: member.map(|_| "packages/cat".to_owned()),
            member: member.map(str::to_owned),
            packer: Some(Packer::Pnpm),
            staged,
            by_release: true,
            ..CommandContext::default()
        };
        let otp = || NpmCommand::new(Verb::NpmPublish, "--otp=123456");
        for (context, shown) in [
            (
                release(Some("@acme/cat"), false),
                "safe-publish release -w @acme/cat --otp=123456",
            ),
            (
                release(None, true),
                "safe-publish release --stage --otp=123456",
            ),
        ] {
            assert_eq!(fitted(otp(), &context), shown);
        }
    }

    #[test]
    fn questions_go_to_the_registry_of_the_package_unless_they_name_one() {
        let verdaccio = CommandContext {
            registry: Some("http://localhost:4873/".to_owned()),
            ..CommandContext::default()
        };
        let whoami = || NpmCommand::new(Verb::Whoami, "");
        assert_eq!(
            fitted(whoami(), &verdaccio),
            "npm whoami --registry http://localhost:4873/"
        );
        assert_eq!(
            fitted(whoami().at("https://npm.example/"), &verdaccio),
            "npm whoami --registry https://npm.example/"
        );
        assert_eq!(
            fitted(NpmCommand::version("patch"), &verdaccio),
            "npm version patch"
        );
    }

    #[test]
    fn data_is_quoted_where_a_shell_would_act_on_it() {
        let command = NpmCommand::with_args(Verb::Owner, &["add", "$(touch x)", "o'cat"]);
        assert_eq!(
            command.to_string(),
            r"npm owner add '$(touch x)' 'o'\''cat'"
        );
        assert_eq!(
            NpmCommand::publish_with_tag("").to_string(),
            "npm publish --tag ''"
        );
    }
}
