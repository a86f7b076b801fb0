//! GitLab's package registry: only a project's endpoint accepts packages. Sources: GitLab's
//! documentation (`packages/npm_registry`), release-it#592.

use url::Url;

use super::{Destination, Overwriting, Publishable, Refusal, Traits, behind};
use crate::finding::Help;
use crate::registry::kind::RegistryKind;

pub(super) static TRAITS: Traits = Traits {
    kind: RegistryKind::GitLab,
    login,
    by_url: |url| is_gitlab(url),
    publishable,
    overwriting: Overwriting::Refused {
        code: "E403",
        text: "Package already exists.",
    },
    token_prefixes: &["glpat-"],
    phrases: &["/api/v4/projects/", "/api/v4/groups/"],
    ..Traits::USUAL
};

fn login(to: &Destination<'_>) -> Vec<Help> {
    if to.in_ci {
        return vec![to.write_token("CI_JOB_TOKEN", "use the job's own token")];
    }
    vec![to.write_token(
        "GITLAB_TOKEN",
        "make a personal access token with the scope api, or a deploy token with write_package_registry",
    )]
}

fn is_gitlab(url: &Url) -> bool {
    url.path().contains("/api/v4/") && url.path().contains("packages/npm")
}

fn publishable(url: &Url) -> Publishable {
    // On a company's own domain the path may be hidden.
    if behind(url, "/api/v4/projects/").is_some() || !is_gitlab(url) {
        return Publishable::Yes;
    }
    let endpoint = if url.path().contains("/groups/") {
        "group"
    } else {
        "instance"
    };
    Publishable::No(Refusal {
        reason: format!(
            "it is GitLab's {endpoint} endpoint, which serves packages but accepts none"
        ),
        instead: "https://HOST/api/v4/projects/PROJECT_ID/packages/npm/".to_owned(),
        npm_says: ("E404", "404 Not Found - PUT"),
    })
}
