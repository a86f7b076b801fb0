//! The commands that remedies and questions use, and what each acts on.

use super::packer::PackerVerb;

/// The commands that remedies and questions use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `npm access`
    Access,
    /// `npm config`
    Config,
    /// `npm install`
    Install,
    /// `npm login`
    Login,
    /// `npm org`
    Org,
    /// `npm owner`
    Owner,
    /// `npm pack`, or the packer's equivalent
    Pack,
    /// `npm ping`
    Ping,
    /// `npm pkg delete`
    PkgDelete,
    /// `npm pkg get`
    PkgGet,
    /// `npm pkg set`
    PkgSet,
    /// `npm profile`
    Profile,
    /// `npm publish`, with flags that only npm knows
    NpmPublish,
    /// `npm publish`, or the packer's equivalent
    Publish,
    /// `safe-publish release`
    Release,
    /// `npm stage`
    Stage,
    /// `npm token`
    Token,
    /// `npm trust`
    Trust,
    /// `npm version`
    Version,
    /// `npm view`
    View,
    /// `npm whoami`
    Whoami,
}

/// What a command acts on.
pub(super) enum ActsOn {
    /// The package.json of the working folder.
    Manifest,
    /// The package that its argument names, otherwise the one in the working folder.
    Package(PackerVerb),
    /// A registry.
    Registry,
    /// This machine.
    Machine,
    /// A repository: one of our own commands.
    Repository,
}

impl Verb {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Config => "config",
            Self::Install => "install",
            Self::Login => "login",
            Self::Org => "org",
            Self::Owner => "owner",
            Self::Pack => "pack",
            Self::Ping => "ping",
            Self::PkgDelete => "pkg delete",
            Self::PkgGet => "pkg get",
            Self::PkgSet => "pkg set",
            Self::Profile => "profile",
            Self::NpmPublish | Self::Publish => "publish",
            Self::Release => "release",
            Self::Stage => "stage",
            Self::Token => "token",
            Self::Trust => "trust",
            Self::Version => "version",
            Self::View => "view",
            Self::Whoami => "whoami",
        }
    }

    pub(super) fn acts_on(self) -> ActsOn {
        match self {
            Self::PkgDelete | Self::PkgGet | Self::PkgSet | Self::Version => ActsOn::Manifest,
            Self::NpmPublish | Self::Publish => ActsOn::Package(PackerVerb::Publish),
            Self::Pack => ActsOn::Package(PackerVerb::Pack),
            Self::Config | Self::Install => ActsOn::Machine,
            Self::Release => ActsOn::Repository,
            Self::Access
            | Self::Login
            | Self::Org
            | Self::Owner
            | Self::Ping
            | Self::Profile
            | Self::Stage
            | Self::Token
            | Self::Trust
            | Self::View
            | Self::Whoami => ActsOn::Registry,
        }
    }
}
