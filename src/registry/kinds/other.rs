//! Any other registry, and hosts that look like a registry but are not.

use url::Url;

use super::{Destination, Offers, Publishable, Refusal, Staging, Traits, host_is};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;
use crate::registry::url::NPMJS;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Other,
    login,
    by_url: |url| host_is(url, &NO_REGISTRIES),
    offers: Offers::EVERYTHING,
    publishable,
    has_uncached_packument: true,
    whoami_is_conclusive: false,
    staging: Staging::Possible,
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    let token = to.write_token(
        "NPM_TOKEN",
        "make a token as the registry's documentation says",
    );
    if to.in_ci {
        return vec![token];
    }
    vec![
        token,
        Help::step("or, if the registry supports it", to.npm_login()),
    ]
}

/// Content delivery networks and feeds: they only serve packages.
const NO_REGISTRIES: [&str; 9] = [
    "unpkg.com",
    "cdn.jsdelivr.net",
    "esm.sh",
    "replicate.npmjs.com",
    "mirrors.cloud.tencent.com",
    "mirrors.huaweicloud.com",
    "libraries.cgr.dev",
    "npm.fontawesome.com",
    "registry.nes.herodevs.com",
];

fn publishable(url: &Url) -> Publishable {
    let host = url.host_str().unwrap_or_default();
    if host == "registry.yarnpkg.com" {
        return Publishable::Doubtful(Refusal {
            reason: "it is Yarn's alias of npmjs: npm keeps credentials by host, so it does not \
                send a token for npmjs there"
                .to_owned(),
            instead: NPMJS.to_owned(),
            npm_says: (
                "ENEEDAUTH",
                "This command requires you to be logged in to https://registry.yarnpkg.com/",
            ),
        });
    }
    if !host_is(url, &NO_REGISTRIES) {
        return Publishable::Yes;
    }
    Publishable::No(Refusal {
        reason: format!("{host} serves packages but accepts none"),
        instead: NPMJS.to_owned(),
        npm_says: ("E405", "405 Method Not Allowed - PUT"),
    })
}
