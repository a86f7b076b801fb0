use super::{closed, hidden, oidc_is_available};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::registry::documents::Whoami;

check! {
    /// Trusted publishing is available, but an unusable token is configured as well.
    ///
    /// npm tries the exchange first. If that fails, npm silently sends whatever else is
    /// configured: setup-node's placeholder, an expired secret, the text of a variable that is
    /// not set. The error is then about that token and hides the real reason. An empty value in
    /// the project's .npmrc even hides an exchanged token from npm (before 11.21.0, and in 12.0
    /// and 12.1), which is an error.
    ///
    /// npm says: `E404 Not found` on the PUT, `E401`, or `ENEEDAUTH`.
    id: "oidc-shadowed",
    level: Warning,
    summary: "an unusable token hides why trusted publishing fails",
    basis: Job,
    silence: LeavesOpen,
    moots: ["auth-missing", "auth-variable-unset", "auth-placeholder"],
    remedy: {
        why "the token exchange failed silently, and npm then sent a stale or empty token instead (setup-node's registry-url, an old NODE_AUTH_TOKEN)";
        help "remove the token: no NODE_AUTH_TOKEN, and no `registry-url` in actions/setup-node";
        help "then npm shows the real reason" => NpmPublish "--loglevel verbose";
        asks "is a token configured as well?" => "safe-publish config";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !oidc_is_available(facts) || !facts.package.credential.oidc_possible {
        return Ok(Vec::new());
    }
    if let Some(empty) = hidden(facts) {
        let npm = facts.npm()?;
        let finding = Finding::new(format!(
            "`{}` is empty here, and npm {npm} uses that as its token even after an exchange",
            empty.key
        ))
        .set_by(&empty.origin)
        .predicts("ENEEDAUTH", super::need_auth(facts))
        .level(Level::Error);
        return Ok(vec![finding]);
    }
    let Some(request) = facts.package.credential.request.as_ref() else {
        return Ok(Vec::new());
    };
    let what = if request.placeholder().is_some() {
        "actions/setup-node's placeholder".to_owned()
    } else if let Some(variable) = request.unset_variables.first() {
        format!("the text `${{{variable}}}`, a variable that is not set")
    } else if closed(facts).is_none() && facts.whoami()?.value == Whoami::Rejected {
        "a token that the registry does not accept".to_owned()
    } else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(format!(
        "if trusted publishing fails, npm sends {what} instead, and its error is about that"
    ))
    .set_by(&request.origin);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::super::fake::{github, in_job, trusted};
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, silence, token, undecided};
    use crate::npmrc::credentials::{AuthCheck, EmptyCredential};
    use crate::origin::{FilePosition, Layer, Origin};

    fn with_token(text: &str) -> Facts {
        fake()
            .published(&["0.9.0"])
            .in_ci(trusted())
            .with(|facts| facts.package.credential.request = Some(token(text)))
    }

    fn empty_in(layer: Layer) -> Facts {
        in_job(trusted()).with(|facts| {
            facts.package.credential.auth_check = AuthCheck::Fails {
                key: "//registry.npmjs.org/".to_owned(),
                empty: Some(EmptyCredential {
                    key: "//registry.npmjs.org/:_authToken".to_owned(),
                    origin: Origin::File(FilePosition {
                        layer,
                        path: "/project/.npmrc".into(),
                        line: 1,
                        column: 1,
                    }),
                    variables: Vec::new(),
                }),
            };
        })
    }

    #[test]
    fn fires_on_the_placeholder_and_on_a_dead_token() {
        assert!(
            only(run(&with_token("XXXXX-XXXXX-XXXXX-XXXXX")))
                .message
                .contains("placeholder")
        );
        let dead =
            with_token("npm_dead").with(|facts| facts.answers.whoami = known(Whoami::Rejected));
        assert!(only(run(&dead)).message.contains("does not accept"));
    }

    #[test]
    fn fires_as_an_error_where_an_empty_value_hides_the_exchanged_token() {
        let finding = only(run(&empty_in(Layer::Project)));
        assert_eq!(finding.level, Some(Level::Error));
    }

    #[test]
    fn stays_quiet_where_nothing_is_hidden_and_without_an_identity_token() {
        assert!(quiet(&run(&with_token("npm_good"))));
        assert!(quiet(&run(&empty_in(Layer::User))));
        let other_field = empty_in(Layer::Project).with(|facts| {
            if let AuthCheck::Fails {
                empty: Some(empty), ..
            } = &mut facts.package.credential.auth_check
            {
                empty.key = "//registry.npmjs.org/:_auth".to_owned();
            }
        });
        assert!(quiet(&run(&other_field)));
        let newer = empty_in(Layer::Project).npm_is(12, 2, 0);
        assert!(quiet(&run(&newer)));
        let no_identity = with_token("XXXXX-XXXXX-XXXXX-XXXXX").in_ci(github());
        assert!(quiet(&run(&no_identity)));
    }

    #[test]
    fn undecided_where_the_tokens_owner_is_unknown() {
        let facts = with_token("npm_token").with(|facts| facts.answers.whoami = Err(silence()));
        assert!(undecided(&run(&facts)));
    }
}
