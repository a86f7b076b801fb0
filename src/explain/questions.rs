//! The one question that separates the causes of a refusal which has several:
//! the command that answers it, and what each answer speaks for. The first that
//! fits is asked.

use super::record::Notice::{Oidc, Page, Trouble};
use super::record::Record;
use super::rules::When::{self, Bare, Code, Get, Not, Noticed, On, Put, Scoped, Status, Unscoped};
use crate::registry::kind::RegistryKind::{Artifactory, GitHub, Npmjs};

/// A question to ask first.
#[derive(Debug)]
pub(super) struct Fork {
    /// When it is the one to ask.
    when: &'static [When],
    pub(super) question: &'static str,
    pub(super) command: &'static str,
    /// What may be answered, and the causes that are left then, of those that
    /// are possible at all.
    pub(super) answers: &'static [(&'static str, &'static [&'static str])],
}

impl Fork {
    /// Whether it asks no more than whether the version is there.
    fn asks_presence(&self) -> bool {
        std::ptr::eq(self.answers, IS_IT_THERE)
    }
}

/// The question that a record leads to.
pub(super) fn fork(record: &Record) -> Option<&'static Fork> {
    FORKS
        .iter()
        .find(|fork| fork.when.iter().all(|when| when.holds(record)))
        .filter(|fork| !(record.is_absent && fork.asks_presence()))
}

const WHO_AM_I: &str = "npm whoami --registry {registry}";
const CONFIG: &str = "safe-publish config";

/// The causes that have to do with the token itself.
const TOKEN: &[&str] = &[
    "auth-rejected",
    "auth-variable-unset",
    "auth-placeholder",
    "auth-missing",
    "auth-elsewhere",
    "auth-malformed",
    "oidc-shadowed",
];

/// The causes that are left where the token is good.
const RIGHTS: &[&str] = &[
    "scope-not-yours",
    "scope-unknown",
    "auth-package-not-covered",
    "auth-read-only",
    "name-owned-by-others",
    "registry-permission",
    "registry-read-only",
    "registry-scope-owner",
    "registry-github-permission",
];

/// What may stand there after a publish that ended with an error.
static IS_IT_THERE: &[(&str, &[&str])] = &[
    (
        "yes, with your bytes",
        &["publish-already-accepted", "provenance-log-conflict"],
    ),
    ("yes, with other bytes", &["version-taken"]),
    (
        "no",
        &[
            "version-staged",
            "version-burnt",
            "registry-outage",
            "registry-conflict",
            "registry-rate-limited",
            "network-timeout",
            "registry-proxy",
            "registry-uplink-down",
        ],
    ),
];

pub(super) const FORKS: &[Fork] = &[
    Fork {
        when: &[Status(404), On(Npmjs), Put, Noticed(Oidc)],
        question: "what did the exchange of the identity token answer?",
        command: "npm publish --loglevel verbose 2>&1 | grep -i oidc",
        answers: &[
            (
                "`package not found`",
                &["oidc-publisher-mismatch", "oidc-first-publish"],
            ),
            (
                "nothing, or no id token",
                &["oidc-permission-missing", "oidc-npm-too-old"],
            ),
            (
                "it succeeded",
                &["auth-rejected", "oidc-shadowed", "scope-not-yours"],
            ),
        ],
    },
    Fork {
        when: &[Status(404), On(Npmjs), Put],
        question: "does the registry accept the token that is sent?",
        command: WHO_AM_I,
        answers: &[
            ("401 or ENEEDAUTH", TOKEN),
            ("a name", RIGHTS),
            (
                "(in a job with trusted publishing)",
                &["oidc-publisher-mismatch", "oidc-first-publish"],
            ),
        ],
    },
    Fork {
        when: &[Code("ENEEDAUTH")],
        question: "where does npm publish to, and which credential does it find there?",
        command: CONFIG,
        answers: &[
            (
                "none at all",
                &[
                    "auth-missing",
                    "auth-npmrc-not-read",
                    "oidc-publisher-mismatch",
                    "oidc-permission-missing",
                    "oidc-npm-too-old",
                ],
            ),
            ("one for another address", &["auth-elsewhere"]),
            ("one from an empty variable", &["auth-variable-unset"]),
            (
                "not the registry you mean",
                &["registry-set-by-wrapper", "registry-read-only"],
            ),
        ],
    },
    Fork {
        when: &[Status(401)],
        question: "where does npm publish to, and which credential does it send?",
        command: CONFIG,
        answers: &[
            ("none", &["auth-missing", "auth-variable-unset"]),
            ("one for another address", &["auth-elsewhere"]),
            ("the right one", &["auth-rejected", "auth-malformed"]),
        ],
    },
    Fork {
        when: &[Status(403), On(Npmjs), Put, Bare, Unscoped],
        question: "is the account's e-mail address verified?",
        command: "npm profile get",
        answers: &[
            ("no", &["auth-email-unverified"]),
            (
                "yes",
                &[
                    "auth-two-factor-token",
                    "name-owned-by-others",
                    "version-taken",
                ],
            ),
        ],
    },
    Fork {
        when: &[Status(403), On(Npmjs), Put, Bare, Scoped],
        question: "does the account belong to the scope?",
        command: "npm whoami && npm org ls {scope}",
        answers: &[
            ("no, or without write", &["scope-not-yours"]),
            ("yes", &["auth-email-unverified", "auth-two-factor-token"]),
        ],
    },
    Fork {
        when: &[Status(403), On(GitHub), Put],
        question: "is the scope the login of the account that owns the repository?",
        command: "npm pkg get name repository",
        answers: &[
            ("no", &["registry-scope-owner"]),
            ("yes", &["registry-github-permission", "ci-fork"]),
        ],
    },
    Fork {
        when: &[Status(403), On(Artifactory), Put],
        question: "is the version there already?",
        command: "npm view {spec} version --registry {registry}",
        answers: &[
            ("yes", &["version-taken"]),
            ("no", &["registry-permission", "registry-read-only"]),
        ],
    },
    Fork {
        when: &[Status(403), Get],
        question: "do other packages come through?",
        command: "npm view lodash version --registry {registry}",
        answers: &[
            ("yes", &["registry-policy-block", "registry-permission"]),
            (
                "no",
                &[
                    "network-address-blocked",
                    "registry-proxy",
                    "auth-elsewhere",
                    "auth-missing",
                ],
            ),
        ],
    },
    Fork {
        when: &[Noticed(Trouble), Put],
        question: "did the publish get through?",
        command: "npm view {spec} version dist.shasum --registry {registry}",
        answers: IS_IT_THERE,
    },
    Fork {
        when: &[Status(403), On(Npmjs), Put],
        question: "whose is the package, and whose is the token?",
        command: "npm view {package} maintainers versions; npm whoami",
        answers: &[
            (
                "others'",
                &["name-owned-by-others", "spec-names-a-package", "name-held"],
            ),
            (
                "yours, with this version",
                &["version-taken", "publish-already-accepted"],
            ),
            (
                "yours, without it",
                &[
                    "auth-read-only",
                    "auth-package-not-covered",
                    "auth-two-factor-token",
                ],
            ),
            (
                "nobody's yet",
                &["auth-email-unverified", "scope-not-yours", "version-burnt"],
            ),
        ],
    },
    Fork {
        when: &[Status(400), On(Npmjs), Put, Bare],
        question: "is the name new?",
        command: "npm view {package} name",
        answers: &[
            ("404, so yes", &["name-refused-by-filter", "name-invalid"]),
            ("no", &["version-burnt", "registry-repository-field"]),
        ],
    },
    Fork {
        when: &[Status(409), Not(Page)],
        question: "is the version there by now?",
        command: "npm view {spec} version dist.shasum --registry {registry}",
        answers: IS_IT_THERE,
    },
    Fork {
        when: &[Status(429), Get],
        question: "does any package come through from here?",
        command: "npm view lodash version --registry {registry}",
        answers: &[
            ("no", &["network-address-blocked"]),
            ("after a while", &["registry-rate-limited"]),
        ],
    },
    Fork {
        when: &[Code("EOTP")],
        question: "is there a terminal where somebody can type?",
        command: "test -t 0 && test -t 1 && echo yes",
        answers: &[
            ("no", &["auth-otp-impossible", "auth-two-factor-token"]),
            ("yes", &["auth-otp-expected"]),
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_leads_to_causes_that_can_be_spoken_about() {
        for (_, ids) in FORKS.iter().flat_map(|fork| fork.answers) {
            for id in *ids {
                assert!(crate::explain::remedies::remedy(id, None).is_some(), "{id}");
            }
        }
    }
}
