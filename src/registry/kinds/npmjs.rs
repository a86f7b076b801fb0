//! npm's own public registry, and the rehearsal registry, which behaves the same. Sources:
//! npm's API documentation and client, and threads that quote its answers.

use super::{Destination, MB, Offers, Overwriting, Staging, TarballLimit, Traits};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;
use crate::registry::url::NPMJS_HOST;

/// The embedded registry marks its answers with this header.
pub(crate) const REHEARSAL_HEADER: &str = "x-safe-publish-rehearsal";

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Npmjs,
    login,
    by_url: |url| url.host_str() == Some(NPMJS_HOST),
    by_headers: |headers| headers.contains_key(REHEARSAL_HEADER),
    default_url: Some("https://registry.npmjs.org/"),
    public_host: Some(NPMJS_HOST),
    mistaken_hosts: &[
        "registry.npmjs.com",
        "npmjs.com",
        "npmjs.org",
        "www.npmjs.com",
        "www.npmjs.org",
    ],
    offers: Offers::EVERYTHING,
    overwriting: Overwriting::Refused {
        code: "E403",
        text: "You cannot publish over the previously published versions: {version}.",
    },
    npmjs_rules: true,
    checks_new_names: true,
    exchanges_identity_tokens: true,
    hides_with_404: true,
    has_uncached_packument: true,
    bad_credential: ("E404", "Not found"),
    token_prefixes: &["npm_"],
    page: Some(|name, version| format!("https://www.npmjs.com/package/{name}/v/{version}")),
    phrases: &["registry.npmjs.org", "npmjs.com/"],
    tarball: TarballLimit::Observed(150 * MB),
    staging: Staging::Offered,
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    if to.in_ci {
        return vec![
            Help::text(
                "use trusted publishing: add this workflow as a trusted publisher in the package's settings on npmjs",
            ),
            to.write_token("NPM_TOKEN", "or make a granular access token"),
        ];
    }
    vec![
        Help::run(to.npm_login()),
        to.write_token("NPM_TOKEN", "or use a granular access token"),
    ]
}
