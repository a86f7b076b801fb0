//! What npm does from which version on. Each rule names its source in the code of `npm
//! publish`; all were measured with real npm 10 to 12.

use std::fmt;

/// A version of npm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NpmVersion(semver::Version);

impl NpmVersion {
    /// Parses the version in npm's package.json.
    pub fn parse(text: &str) -> Option<Self> {
        semver::Version::parse(text).ok().map(Self)
    }

    /// A release, by its numbers.
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self(semver::Version::new(major, minor, patch))
    }

    fn since(&self, major: u64, minor: u64, patch: u64) -> bool {
        (self.0.major, self.0.minor, self.0.patch) >= (major, minor, patch)
    }

    /// The major version.
    pub fn major(&self) -> u64 {
        self.0.major
    }

    /// `You must specify a tag using --tag when publishing a prerelease version.`
    pub fn wants_a_tag_for_prereleases(&self) -> bool {
        self.since(11, 0, 0)
    }

    /// Asks the registry for the packument before the PUT, and refuses to move `latest`
    /// backwards.
    pub fn compares_with_published_versions(&self) -> bool {
        self.since(11, 0, 0)
    }

    /// Since 11.1.0 the comparison itself refuses an existing version, and honours `--force`
    /// and `publishConfig.tag`.
    pub fn refuses_published_versions_itself(&self) -> bool {
        self.since(11, 1, 0)
    }

    /// `ERR_INVALID_AUTH` for `_auth`, `_authToken`, … without a registry.
    pub fn refuses_unscoped_credentials(&self) -> bool {
        self.since(9, 0, 0)
    }

    /// Also refuses top-level `email`, `certfile` and `keyfile`.
    pub fn refuses_unscoped_email_and_certificates(&self) -> bool {
        self.since(12, 0, 0)
    }

    /// `--ignore-scripts` applies to `prepare`, too (pacote 21's `dir.js`).
    pub fn ignores_prepare(&self) -> bool {
        self.since(11, 0, 0)
    }

    /// A flag on the command line beats the same key in publishConfig.
    pub fn flags_beat_publish_config(&self) -> bool {
        self.since(10, 5, 2)
    }

    /// Supports `${VAR?}`: unset means empty.
    pub fn knows_optional_variables(&self) -> bool {
        self.since(11, 6, 0)
    }

    /// Checks the project's `devEngines` before every command.
    pub fn checks_dev_engines(&self) -> bool {
        self.since(10, 9, 0)
    }

    /// Chooses the rule of `overrides` for a dependency by what package.json asks for (Arborist
    /// in npm 11.3.0). npm 10 and 11.0 look again with the result of the first rule. `None` for
    /// versions that were not measured.
    pub fn chooses_overrides_by_dependencies(&self) -> Option<bool> {
        if self.since(11, 3, 0) {
            return Some(true);
        }
        (!self.since(11, 0, 1)).then_some(false)
    }

    /// Has `allow-git` (since 11.10.0), and `allow-file`, `allow-remote` and `allow-directory`
    /// (in 11.14.0, not in 11.10.0).
    pub fn knows_allowed_spec_types(&self, is_git: bool) -> bool {
        self.since(11, 14, 0) || (is_git && self.since(11, 10, 0))
    }

    /// Fetches nothing from git or a URL unless it is allowed.
    pub fn fetches_packages_only(&self) -> bool {
        self.since(12, 0, 0)
    }

    /// Loads `.npm-extension.mjs` or `.cjs` from a folder that it packs.
    pub fn loads_extensions(&self) -> bool {
        self.since(12, 0, 0)
    }

    /// Has `strict-npmrc`, with which an unknown key ends the run.
    pub fn knows_strict_npmrc(&self) -> bool {
        self.since(12, 0, 0)
    }

    /// Has `min-release-age` (in 11.10.0, not yet in 11.9.0).
    pub fn knows_min_release_age(&self) -> bool {
        self.since(11, 10, 0)
    }

    /// Warns about keys that it does not know.
    pub fn warns_about_unknown_keys(&self) -> bool {
        self.since(11, 2, 0)
    }

    /// Unknown and abbreviated flags end the run with EUNKNOWNCONFIG.
    pub fn refuses_unknown_flags(&self) -> bool {
        self.since(12, 0, 0)
    }

    /// Validates `name@tag` before packing (EINVALIDTAGNAME).
    pub fn validates_tag_names(&self) -> bool {
        self.since(10, 8, 0)
    }

    /// A name may not start with a hyphen (validate-npm-package-name 7.0.2,
    /// which came with 11.8.0; 11.7.0 still has 7.0.0). A scope may.
    pub fn refuses_names_with_leading_hyphen(&self) -> bool {
        self.since(11, 8, 0)
    }

    /// `@scope/.name` is refused (validate-npm-package-name 6.0.1, which came with 11.4.2, and
    /// with 10.9.3 in the previous line).
    pub fn refuses_scoped_names_with_leading_period(&self) -> bool {
        self.since(11, 4, 2) || (self.since(10, 9, 3) && self.major() == 10)
    }

    /// `access=private` is a synonym for `restricted`.
    pub fn knows_private_access(&self) -> bool {
        self.since(11, 16, 0)
    }

    /// Client certificates count as a credential.
    pub fn accepts_client_certificates(&self) -> bool {
        self.since(8, 15, 0)
    }

    /// Supports `provenance`: statements are signed on GitHub Actions.
    pub fn signs_provenance(&self) -> bool {
        self.since(9, 5, 0)
    }

    /// Trusted publishing: an OIDC token is exchanged before the PUT.
    pub fn exchanges_oidc_tokens(&self) -> bool {
        self.since(11, 5, 1)
    }

    /// `CI=false` disables its CI detection (ci-info 4.4.0, which came with 11.9.0, and with
    /// 10.9.5 in the previous line).
    pub fn respects_disabled_ci(&self) -> bool {
        self.since(11, 9, 0) || (self.since(10, 9, 5) && self.major() == 10)
    }

    /// Has `npm stage`.
    pub fn knows_staging(&self) -> bool {
        self.since(11, 15, 0)
    }

    /// The same on CircleCI (in 11.11.0, not yet in 11.10.0).
    pub fn exchanges_oidc_tokens_on_circle_ci(&self) -> bool {
        self.since(11, 11, 0)
    }

    /// An exchanged token takes precedence over every configured one. Earlier it went into the
    /// user's layer, and an empty value in the project's .npmrc, a variable or a flag hid it
    /// from npm's own check (so in 11.20.0, and again in 12.0.0 and 12.1.0).
    pub fn lets_oidc_tokens_beat_the_project(&self) -> bool {
        (self.major() == 11 && self.since(11, 21, 0)) || self.since(12, 2, 0)
    }
}

impl fmt::Display for NpmVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
