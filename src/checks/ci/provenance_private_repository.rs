use super::{exchanges_identity_tokens, of_request, private_repository, signs_on_request};
use crate::checks::check::{Verdict, check};
use crate::ci::Provider;
use crate::facts::Facts;
use crate::finding::Level;

check! {
    /// Provenance is requested in a private repository, but npmjs refuses such statements.
    ///
    /// npm signs the statement, writes it with the repository's name to the public log, and
    /// only then does the registry refuse it. With trusted publishing and no request, npm omits
    /// provenance. How npmjs treats GitLab's private projects is not documented, so there it is
    /// a warning.
    ///
    /// npm says: `E422 Unsupported GitHub Actions source repository visibility: "private"`.
    id: "provenance-private-repository",
    level: Error,
    summary: "npmjs accepts provenance only from public repositories",
    basis: Job,
    silence: LeavesOpen,
    rests_on: [Provenance],
    remedy: {
        why "provenance needs a public source repository, but this one is private";
        help "remove `provenance` from publishConfig and .npmrc until the repository is public" => NpmPublish "--provenance=false";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !signs_on_request(facts) || !exchanges_identity_tokens(facts) {
        return Ok(Vec::new());
    }
    let Some(evidence) = private_repository(facts) else {
        return Ok(Vec::new());
    };
    let finding = of_request(
        facts,
        "provenance is requested in a repository that is not public, which npmjs refuses",
    )
    .because(evidence)
    .help("publish without it until the repository is public: add --no-provenance");
    Ok(vec![if facts.ci.provider == Some(Provider::GitHub) {
        finding.predicts(
            "E422",
            "Error verifying sigstore provenance bundle: Unsupported GitHub Actions source repository visibility: \"private\".",
        )
    } else {
        finding.level(Level::Warning)
    }])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{sourced, trusted};
    use super::*;
    use crate::ci::{Ci, Visibility};
    use crate::facts::fake::{fake, only, quiet};

    fn of(visibility: Option<Visibility>) -> Ci {
        Ci {
            visibility: visibility.and_then(sourced),
            ..trusted()
        }
    }

    #[test]
    fn fires_in_a_private_repository_and_warns_on_gitlab() {
        let facts = fake().in_ci(of(Some(Visibility::Private))).provenance();
        let finding = only(run(&facts));
        assert_eq!(
            (finding.level, finding.predicts.unwrap().code),
            (None, Some("E422".to_owned()))
        );
        let gitlab = Ci {
            provider: Some(Provider::GitLab),
            has_sigstore_token: true,
            ..of(Some(Visibility::Private))
        };
        let finding = only(run(&fake().in_ci(gitlab).provenance()));
        assert_eq!(finding.level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_in_a_public_one_and_where_that_is_unknown() {
        for visibility in [Some(Visibility::Public), None] {
            assert!(quiet(&run(&fake().in_ci(of(visibility)).provenance())));
        }
    }

    #[test]
    fn stays_quiet_without_provenance() {
        let facts = fake().in_ci(of(Some(Visibility::Private)));
        assert!(quiet(&run(&facts)));
    }
}
