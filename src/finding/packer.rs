//! The tools that pack and publish a project.

use std::fmt;

/// A tool that makes the tarball and publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packer {
    /// npm.
    Npm,
    /// pnpm.
    Pnpm,
    /// yarn 2 and later.
    Yarn,
    /// yarn 1.
    YarnClassic,
    /// bun.
    Bun,
}

impl Packer {
    /// The names that a flag and a setting accept.
    pub const NAMES: [&str; 4] = ["npm", "pnpm", "yarn", "bun"];

    /// The command of the tool.
    pub fn name(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::Yarn | Self::YarnClassic => "yarn",
            Self::Bun => "bun",
        }
    }

    /// One of [`Packer::NAMES`]; `yarn` is yarn 2 or later.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Npm, Self::Pnpm, Self::Yarn, Self::Bun]
            .into_iter()
            .find(|packer| packer.name() == name)
    }

    /// The one that `packageManager` in package.json names, as in `pnpm@10.2.0`.
    pub fn of_package_manager(value: &str) -> Option<Self> {
        let (name, version) = value.split_once('@').unwrap_or((value, ""));
        Some(match name {
            "npm" => Self::Npm,
            "pnpm" => Self::Pnpm,
            "yarn" if version.starts_with("1.") => Self::YarnClassic,
            "yarn" => Self::Yarn,
            "bun" => Self::Bun,
            _ => return None,
        })
    }

    /// The command that publishes or packs a member or a folder, up to its arguments.
    pub(super) fn write(
        self,
        f: &mut fmt::Formatter<'_>,
        verb: PackerVerb,
        member: Option<&str>,
        folder: Option<&str>,
    ) -> fmt::Result {
        let name = match (self, verb) {
            (Self::Yarn, PackerVerb::Publish) => "npm publish",
            (Self::Bun, PackerVerb::Pack) => "pm pack",
            (_, PackerVerb::Publish) => "publish",
            (_, PackerVerb::Stage) => "stage publish",
            (_, PackerVerb::Pack) => "pack",
        };
        match (self, member, folder) {
            (Self::Npm, Some(member), _) => write!(f, "npm {name} -w {member}"),
            (Self::Npm, None, Some(folder)) => write!(f, "npm {name} {folder}"),
            (Self::Npm, None, None) => write!(f, "npm {name}"),
            (Self::Pnpm, Some(member), _) => write!(f, "pnpm --filter {member} {name}"),
            (Self::Pnpm, None, Some(folder)) => write!(f, "pnpm --dir {folder} {name}"),
            (Self::Pnpm, None, None) => write!(f, "pnpm {name}"),
            (Self::Yarn | Self::YarnClassic, Some(member), _) => {
                write!(f, "yarn workspace {member} {name}")
            }
            (Self::Yarn | Self::YarnClassic, None, Some(folder)) => {
                write!(f, "yarn --cwd {folder} {name}")
            }
            (Self::Yarn | Self::YarnClassic, None, None) => write!(f, "yarn {name}"),
            (Self::Bun, _, Some(folder)) => write!(f, "bun {name} --cwd {folder}"),
            (Self::Bun, _, None) => write!(f, "bun {name}"),
        }
    }
}

/// The verbs that every packer has.
#[derive(Clone, Copy)]
pub(super) enum PackerVerb {
    Publish,
    Stage,
    Pack,
}

#[cfg(test)]
mod tests {
    use super::super::{CommandContext, NpmCommand, Packer, Verb};

    #[test]
    fn each_packer_publishes_and_packs_with_its_own_command() {
        let publish = |packer, member: bool, folder: bool| {
            let mut command = NpmCommand::publish_with_tag("next");
            command.fit(&CommandContext {
                directory: folder.then(|| "packages/cat".to_owned()),
                member: member.then(|| "@acme/cat".to_owned()),
                packer: Some(packer),
                ..CommandContext::default()
            });
            command.to_string()
        };
        for (packer, alone, member, folder) in [
            (
                Packer::Npm,
                "npm publish --tag next",
                "npm publish -w @acme/cat --tag next",
                "npm publish ./packages/cat --tag next",
            ),
            (
                Packer::Pnpm,
                "pnpm publish --tag next",
                "pnpm --filter @acme/cat publish --tag next",
                "pnpm --dir ./packages/cat publish --tag next",
            ),
            (
                Packer::Yarn,
                "yarn npm publish --tag next",
                "yarn workspace @acme/cat npm publish --tag next",
                "yarn --cwd ./packages/cat npm publish --tag next",
            ),
            (
                Packer::YarnClassic,
                "yarn publish --tag next",
                "yarn workspace @acme/cat publish --tag next",
                "yarn --cwd ./packages/cat publish --tag next",
            ),
            (
                Packer::Bun,
                "bun publish --tag next",
                "bun publish --cwd ./packages/cat --tag next",
                "bun publish --cwd ./packages/cat --tag next",
            ),
        ] {
            assert_eq!(publish(packer, false, false), alone);
            assert_eq!(publish(packer, true, true), member);
            assert_eq!(publish(packer, false, true), folder);
        }
    }

    #[test]
    fn what_only_npm_knows_is_left_to_npm() {
        let context = CommandContext {
            packer: Some(Packer::Bun),
            ..CommandContext::default()
        };
        for (verb, args, shown) in [
            (Verb::Pack, "--dry-run", "bun pm pack --dry-run"),
            (
                Verb::NpmPublish,
                "--loglevel verbose",
                "npm publish --loglevel verbose",
            ),
            (Verb::Version, "patch", "npm version patch"),
        ] {
            let mut command = NpmCommand::new(verb, args);
            command.fit(&context);
            assert_eq!(command.to_string(), shown);
        }
    }

    #[test]
    fn npm_stages_whatever_packs() {
        let mut command = NpmCommand::publish_with_tag("next");
        command.fit(&CommandContext {
            member: Some("@acme/cat".to_owned()),
            packer: Some(Packer::Pnpm),
            staged: true,
            ..CommandContext::default()
        });
        assert_eq!(
            command.to_string(),
            "npm stage publish -w @acme/cat --tag next"
        );
    }

    #[test]
    fn package_manager_names_the_packer() {
        for (value, packer) in [
            ("pnpm@10.2.0+sha512.0", Some(Packer::Pnpm)),
            ("yarn@1.22.22", Some(Packer::YarnClassic)),
            ("yarn@4.1.0", Some(Packer::Yarn)),
            ("bun@1.2.0", Some(Packer::Bun)),
            ("npm@11.0.0", Some(Packer::Npm)),
            ("vlt@1.0.0", None),
        ] {
            assert_eq!(Packer::of_package_manager(value), packer, "{value}");
        }
    }
}
