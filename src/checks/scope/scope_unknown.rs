use super::new_scope;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::registry::documents::Scope;

check! {
    /// A scope is the name of an account or of an organisation, and this one is neither.
    ///
    /// An organisation must exist before anything can be published under it. npm's 404 reports
    /// a missing package, which hides the cause.
    ///
    /// npm says: `E404 Scope not found`.
    id: "scope-unknown",
    level: Error,
    summary: "the scope is neither an account nor an organisation",
    basis: Account,
    silence: RulesOut,
    rests_on: [Name, Registry],
    remedy: {
        why "the scope {scope} is neither your account's name nor an organisation that exists";
        help "use your account's name as the scope, or correct the spelling";
        help CREATE;
        asks "does the scope exist?" => Access "list packages {scope}";
    },
}

const CREATE: &str = "or create the organisation: https://www.npmjs.com/org/create";

fn run(facts: &Facts) -> Verdict {
    let Some(scope) = new_scope(facts)? else {
        return Ok(Vec::new());
    };
    let answer = facts.scope()?;
    if answer.value == Scope::Exists {
        return Ok(Vec::new());
    }
    // npmjs may not list an account's own scope there.
    let (account, whoami) = facts.account()?;
    if account == scope {
        return Ok(Vec::new());
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let bare = name.rsplit('/').next().unwrap_or_default();
    let finding = Finding::new(format!(
        "@{scope} is neither an account nor an organisation on npmjs"
    ))
    .at("/name")
    .predicts("E404", "Scope not found")
    .because(answer.evidence("Scope not found"))
    .because(whoami.evidence(format!("you are {account}, not {scope}")))
    .run(NpmCommand::pkg_set("name", &format!("@{account}/{bare}")))
    .help(CREATE);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, refused, silence, undecided};
    use crate::registry::documents::Whoami;

    fn nosuch() -> Facts {
        fake_of(json!({ "name": "@nosuch/cat", "version": "1.0.0" }))
            .with(|facts| facts.answers.scope = known(Scope::NotFound))
    }

    #[test]
    fn fires_where_the_registry_has_no_such_scope() {
        let finding = only(run(&nosuch()));
        assert_eq!(finding.helps()[0], "npm pkg set name=@alice/cat");
    }

    #[test]
    fn stays_quiet_on_existing_and_own_scopes_on_existing_packages_and_without_a_scope() {
        assert!(quiet(&run(
            &nosuch().with(|facts| facts.answers.scope = known(Scope::Exists))
        )));
        assert!(quiet(&run(&nosuch().with(
            |facts| facts.answers.whoami = known(Whoami::Account("nosuch".to_owned()))
        ))));
        assert!(quiet(&run(&nosuch().published(&["0.9.0"]))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_without_an_answer() {
        assert!(undecided(&run(
            &nosuch().with(|facts| facts.answers.scope = Err(refused()))
        )));
        assert!(undecided(&run(
            &nosuch().with(|facts| facts.answers.whoami = Err(silence()))
        )));
    }
}
