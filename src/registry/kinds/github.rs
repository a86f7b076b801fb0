//! GitHub Packages, on github.com and GitHub Enterprise Server. Sources: GitHub's
//! documentation ("Working with the npm registry"), npm/cli#4751.

use super::{Destination, MB, Overwriting, TarballLimit, Traits, header_holds};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

const PUBLIC_HOST: &str = "npm.pkg.github.com";

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::GitHub,
    login,
    by_url: |url| url.host_str() == Some(PUBLIC_HOST) || url.path().starts_with("/_registry/npm"),
    by_headers: |headers| header_holds(headers, "www-authenticate", "github package registry"),
    overwriting: Overwriting::Refused {
        code: "E409",
        text: "Cannot publish over existing version",
    },
    public_host: Some(PUBLIC_HOST),
    packument_proves_credential: true,
    github_rules: true,
    token_prefixes: &["ghp_", "gho_", "ghs_", "ghu_", "github_pat_"],
    phrases: &[
        "GitHub Package Registry",
        "GitHub Packages service",
        "npm.pkg.github.com",
        "permission permission_denied:",
        "permission_denied: the requested installation",
        "permission installation not allowed",
        "permission not_found: owner not found",
        "organization package",
        "user cannot be authenticated with the token provided",
    ],
    tarball: TarballLimit::Documented(256 * MB),
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    if to.in_ci {
        return vec![
            Help::text("give the job the permission `packages: write`"),
            to.write_token(
                "NODE_AUTH_TOKEN",
                "set NODE_AUTH_TOKEN to ${{ secrets.GITHUB_TOKEN }} for the step",
            ),
        ];
    }
    vec![to.write_token(
        "GITHUB_TOKEN",
        "make a classic personal access token with the scope write:packages",
    )]
}
