use crate::checks::check::{Verdict, check};
use crate::facts::Facts;

check! {
    /// The token is limited to some packages and scopes, which do not include this one.
    ///
    /// npmjs answers with a 404. A granular token for selected packages cannot create a
    /// package; a token for all packages, or for the scope, can. The check decides only if the
    /// registry describes the token: npmjs does to login sessions, cnpm in its whoami.
    ///
    /// npm says: `E404 Not Found` on the PUT, or `E403`.
    id: "auth-package-not-covered",
    level: Error,
    summary: "the token does not cover this package",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Name, Credential],
    remedy: {
        why "the token is accepted, but was made for other packages or scopes";
        help "add {package} or its whole scope to the token; a package that does not exist yet needs \"All packages\" or the scope";
        asks "can this token publish other packages?" => Whoami "", Access "list packages";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(name) = facts.package.name.as_str() else {
        return Ok(Vec::new());
    };
    if super::needs_none(facts) || super::super::manifest::is_remote(facts) {
        return Ok(Vec::new());
    }
    let token = facts.token()?;
    let covers = &token.value.covers;
    let scope = facts.package.name.scope();
    let fits = |covered: &String| {
        let bare = covered.trim_start_matches('@').trim_end_matches("/*");
        covered == name || scope.is_some_and(|scope| bare == scope && !covered.contains("/@"))
    };
    if covers.is_empty() || covers.iter().any(fits) {
        return Ok(Vec::new());
    }
    super::unless_oidc(facts)?;
    let shown: Vec<&str> = covers.iter().take(3).map(String::as_str).collect();
    let finding = super::of_token(
        facts,
        format!("the token covers only {}, not {name}", shown.join(", ")),
    )
    .predicts("E404", "Not found")
    .because(token.evidence("the token's packages and scopes do not include it"))
    .help(format!(
        "create a token that covers {name}; for a new name: all packages, or its scope"
    ));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, undecided};

    fn covering(name: &str, covers: &[&str]) -> Facts {
        fake_of(json!({ "name": name, "version": "1.0.0" }))
            .token_is(|token| token.covers = covers.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn fires_on_a_package_that_is_not_listed() {
        assert!(
            only(run(&covering("cat", &["dog", "@acme"])))
                .message
                .contains("covers only dog, @acme")
        );
        assert_eq!(run(&covering("@other/cat", &["@acme"])).unwrap().len(), 1);
    }

    #[test]
    fn stays_quiet_where_it_is_covered_or_not_limited() {
        assert!(quiet(&run(&covering("cat", &[]))));
        assert!(quiet(&run(&covering("cat", &["cat"]))));
        assert!(quiet(&run(&covering("@acme/cat", &["@acme"]))));
        assert!(quiet(&run(&covering("@acme/cat", &["acme"]))));
    }

    #[test]
    fn undecided_where_the_token_is_unknown() {
        assert!(undecided(&run(&fake())));
    }
}
