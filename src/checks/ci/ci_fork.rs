use super::{has_no_credential, needs_none, without_oidc};
use crate::checks::check::{Verdict, check};
use crate::ci::Visibility;
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::npmrc::credentials::RequestCredential;
use crate::registry::kinds::traits;

check! {
    /// A job for a pull request from a fork has a read-only token, or none.
    ///
    /// GitHub gives the workflows of a fork's pull request no secrets, no identity tokens, and
    /// a read-only GITHUB_TOKEN, whatever the workflow's `permissions` say. Private
    /// repositories may be configured differently, so there it is a warning if a token is
    /// available.
    ///
    /// npm says: `E403 Permission installation not allowed to Write organization package` at
    /// GitHub Packages, `ENEEDAUTH` elsewhere.
    id: "ci-fork",
    level: Error,
    summary: "a pull request from a fork cannot publish",
    basis: Job,
    silence: LeavesOpen,
    remedy: {
        why "the job runs for a pull request from a fork, so its token can only read";
        help "publish on push or release, not on pull requests: `if: github.event_name == 'push'`";
        asks "what started the job?" => "echo $GITHUB_EVENT_NAME";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(fork) = &facts.ci.fork else {
        return Ok(Vec::new());
    };
    if needs_none(facts) || facts.ci.has_id_token {
        return Ok(Vec::new());
    }
    let visibility = facts.ci.visibility.map(|sourced| sourced.value);
    let is_public = visibility == Some(Visibility::Public);
    let request = facts.package.credential.request.as_ref();
    let by_installation = request.is_some_and(RequestCredential::is_github_installation_token);
    let message = format!("this runs for a pull request from the fork {}", fork.head);
    let finding = if has_no_credential(facts) {
        without_oidc(facts, format!("{message}, which gets no secrets"))
    } else if by_installation && traits(facts.kind).github_rules {
        let level = if is_public {
            Level::Error
        } else {
            Level::Warning
        };
        let finding = Finding::new(format!("{message}, whose GITHUB_TOKEN is read-only"));
        finding.level(level).predicts(
            "E403",
            "Permission installation not allowed to Write organization package",
        )
    } else {
        return Ok(Vec::new());
    };
    let finding = finding
        .because(super::variable(
            "the event's payload (GITHUB_EVENT_PATH)",
            &format!("head {}, base {}", fork.head, fork.base),
        ))
        .help("publish from the repository's own branches and tags: on: push")
        .help("or skip the step: if: github.event.pull_request.head.repo.full_name == github.repository");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{github, in_job, sourced};
    use super::*;
    use crate::ci::{Ci, Fork};
    use crate::facts::fake::{fake, known, only, quiet, token};
    use crate::registry::documents::Whoami;
    use crate::registry::kind::RegistryKind;

    fn of_fork() -> Ci {
        Ci {
            fork: Some(Fork {
                head: "eve/cat".to_owned(),
                base: "acme/cat".to_owned(),
            }),
            ..github()
        }
    }

    fn with_token(text: &str) -> Facts {
        fake()
            .registry("https://npm.pkg.github.com/", RegistryKind::GitHub)
            .in_ci(of_fork())
            .with(|facts| facts.package.credential.request = Some(token(text)))
    }

    #[test]
    fn fires_without_a_credential_and_on_githubs_own_token() {
        assert!(only(run(&in_job(of_fork()))).message.contains("no secrets"));
        let finding = only(run(&with_token("ghs_0123456789")));
        assert_eq!(
            (finding.level, finding.predicts.unwrap().code.unwrap()),
            (Some(Level::Error), "E403".to_owned())
        );
        let private = Ci {
            visibility: sourced(Visibility::Private),
            ..of_fork()
        };
        let finding = only(run(&with_token("ghs_0123456789").in_ci(private)));
        assert_eq!(finding.level, Some(Level::Warning));
    }

    /// Jobs for forks, too, publish to a Verdaccio of their own, with any text as the token.
    #[test]
    fn stays_quiet_at_a_registry_of_the_job_that_may_take_any_token() {
        let at = |url: &str| with_token("${NOPE}").registry(url, RegistryKind::Verdaccio);
        let unset = |url: &str| {
            at(url).with(|facts| {
                let request = facts.package.credential.request.as_mut();
                let variables = &mut request.unwrap().unset_variables;
                variables.push("NOPE".to_owned());
                facts.answers.whoami = known(Whoami::Nobody);
            })
        };
        assert!(quiet(&run(&unset("http://localhost:4873/"))));
        assert!(quiet(&run(&unset("http://verdaccio:4873/"))));
        assert!(
            only(run(&unset("https://npm.example/")))
                .message
                .contains("no secrets")
        );
    }

    #[test]
    fn stays_quiet_on_other_tokens_other_events_and_in_a_dry_run() {
        assert!(quiet(&run(&with_token("ghp_0123456789"))));
        assert!(quiet(&run(&in_job(github()))));
        let trusted = Ci {
            has_id_token: true,
            ..of_fork()
        };
        assert!(quiet(&run(&in_job(trusted))));
        let dry = in_job(of_fork()).with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
    }

    #[test]
    fn stays_quiet_outside_ci() {
        assert!(quiet(&run(&fake().without_credential())));
    }
}
