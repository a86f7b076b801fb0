use super::{closed, level_of_a_dummy, need_auth, needs_none, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::registry::kinds::traits;

check! {
    /// The credential refers to a variable that is not set, or is empty.
    ///
    /// npm does not replace `${NPM_TOKEN}` when the variable is not set, and sends those
    /// characters as the token; such a line in the project's .npmrc overrides a good token in the
    /// user's file. An empty variable gives an empty token, which counts as none. Workflows of
    /// forks and jobs of other environments get no secrets. Where trusted publishing is available,
    /// this proves nothing. A registry on this machine or in its private network may accept any
    /// text, so there it is a warning.
    ///
    /// npm says: `E404 Not found` on the PUT, `E401`, or `ENEEDAUTH`.
    id: "auth-variable-unset",
    level: Error,
    summary: "the credential refers to a variable that is not set",
    basis: Account,
    silence: RulesOut,
    rests_on: [Credential],
    remedy: {
        why "the variable that holds the token may be unset or empty in this job";
        help "set the variable where npm runs; NODE_AUTH_TOKEN belongs in env of the step that \
            publishes";
        help "check the secret's name: secrets do not reach pull requests from forks, other environments, or repositories that the organisation did not share them with";
        help "or remove the line";
        asks "is the variable set, and how long is it?" => "echo ${#NODE_AUTH_TOKEN}";
    },
}

fn run(facts: &Facts) -> Verdict {
    if needs_none(facts) {
        return Ok(Vec::new());
    }
    if let Some((_, Some(empty))) = closed(facts)
        && let Some(variable) = empty.variables.first()
    {
        unless_oidc(facts)?;
        let finding = Finding::new(format!(
            "the variable {variable} is empty or not set, so there is no token in `{}`",
            empty.key
        ))
        .set_by(&empty.origin)
        .predicts("ENEEDAUTH", need_auth(facts));
        return Ok(vec![remedied(finding, variable)]);
    }
    let Some(request) = &facts.package.credential.request else {
        return Ok(Vec::new());
    };
    // `${{ secrets.X }}` is another tool's template: auth-placeholder reports it.
    if request.placeholder().is_some() {
        return Ok(Vec::new());
    }
    let Some(variable) = request.unset_variables.first() else {
        return Ok(Vec::new());
    };
    unless_oidc(facts)?;
    let finding = Finding::new(format!("the variable {variable} is not set, so npm sends `${{{variable}}}` itself as the credential"))
        .set_by(&request.origin)
        .level(level_of_a_dummy(facts));
    let (code, text) = traits(facts.kind).bad_credential;
    Ok(vec![remedied(finding.predicts(code, text), variable)])
}

fn remedied(finding: Finding, variable: &str) -> Finding {
    finding
        .help(format!(
            "set {variable} in the environment of the publish (in CI: as a secret of this job)"
        ))
        .help("or remove the line, if npm should use a credential in another file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, npmrc_line, only, quiet, token, undecided};
    use crate::finding::Level;
    use crate::npmrc::credentials::{AuthCheck, EmptyCredential};
    use crate::registry::documents::Whoami;
    use crate::registry::kind::RegistryKind;

    fn unset() -> Facts {
        fake().with(|facts| {
            let mut request = token("${NPM_TOKEN}");
            request.unset_variables = vec!["NPM_TOKEN".to_owned()];
            facts.package.credential.request = Some(request);
        })
    }

    #[test]
    fn fires_on_a_variable_that_is_not_set() {
        let finding = only(run(&unset()));
        assert!(finding.message.contains("sends `${NPM_TOKEN}` itself"));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E404");
    }

    #[test]
    fn fires_on_an_empty_variable() {
        let facts = fake().without_credential().with(|facts| {
            let key = "//registry.npmjs.org/:_authToken".to_owned();
            let empty = EmptyCredential {
                key,
                origin: npmrc_line(2),
                variables: vec!["NPM_TOKEN".to_owned()],
            };
            facts.package.credential.auth_check = AuthCheck::Fails {
                key: "//registry.npmjs.org/".to_owned(),
                empty: Some(empty),
            };
        });
        assert_eq!(
            only(run(&facts)).predicts.unwrap().code.unwrap(),
            "ENEEDAUTH"
        );
    }

    #[test]
    fn warns_on_this_machine_where_any_text_may_do() {
        let local = unset()
            .registry("http://localhost:4873/", RegistryKind::Verdaccio)
            .with(|facts| facts.answers.whoami = known(Whoami::Nobody));
        assert_eq!(only(run(&local)).level, Some(Level::Warning));
        assert_eq!(only(run(&unset())).level, Some(Level::Error));
    }

    #[test]
    fn stays_quiet_with_a_whole_token_and_in_a_dry_run() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(
            &unset().with(|facts| facts.package.dry_run = true)
        )));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        assert!(undecided(&run(&unset().with_oidc())));
    }
}
