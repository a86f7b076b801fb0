//! cnpmcore and the mirrors that run it. Sources: cnpmcore's source, npm/npm#13646.

use url::Url;

use super::{Destination, Offers, Overwriting, Publishable, Refusal, Staging, Traits, host_is};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;
use crate::registry::url::NPMJS;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::Cnpm,
    login,
    by_url: |url| host_is(url, &MIRRORS),
    offers: Offers {
        trusted_publishing: true,
        scopes: false,
        similar: false,
        profile: false,
        ..Offers::EVERYTHING
    },
    publishable,
    overwriting: Overwriting::Refused {
        code: "E403",
        text: "[FORBIDDEN] Can't modify pre-existing version: {version}",
    },
    checks_new_names: true,
    has_uncached_packument: true,
    whoami_describes_token: true,
    phrases: &[
        "npm.taobao.org",
        "npmmirror.com",
        "cnpmjs.org",
        "only admin can publish this module",
    ],
    staging: Staging::Possible,
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    if to.in_ci {
        return vec![to.write_token("NPM_TOKEN", "make a token")];
    }
    vec![Help::run(to.npm_login())]
}

/// Mirrors of npmjs that accept no packages from the public.
const MIRRORS: [&str; 5] = [
    "registry.npmmirror.com",
    "registry.npm.taobao.org",
    "r.cnpmjs.org",
    "cnpmjs.org",
    "registry.nlark.com",
];

fn publishable(url: &Url) -> Publishable {
    if !host_is(url, &MIRRORS) {
        return Publishable::Yes;
    }
    Publishable::No(Refusal {
        reason: "it is a mirror of npmjs, which only serves packages".to_owned(),
        instead: NPMJS.to_owned(),
        npm_says: (
            "E403",
            "no_perms Private mode enable, only admin can publish this module",
        ),
    })
}
