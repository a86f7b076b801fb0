//! See the check.

use super::new_scope;
use crate::check::{Finding, Level, Verdict, check};
use crate::facts::{Facts, Gap};
use crate::registry::documents::Scope;

check! {
    /// The organisation is there, and you do not belong to it.
    ///
    /// Only members can publish under an organisation's scope. Its roster is told to members with a
    /// login session; where it is told and does not name you, that is proof. Where it is not told,
    /// nothing is known, since most tokens may not ask.
    ///
    /// npm says: `E404 Not found`, or a bare `E403 Forbidden` for a member whose team may not write.
    ///
    /// What to do: ask an owner of the organisation to invite you, or publish under your own scope.
    "scope-not-yours", Error, "the scope belongs to an organisation without you"
}

fn run(facts: &Facts) -> Verdict {
    let Some(scope) = new_scope(facts)? else {
        return Ok(Vec::new());
    };
    let (account, whoami) = facts.account()?;
    if account == scope {
        return Ok(Vec::new());
    }
    if facts
        .scope()
        .is_ok_and(|scope| scope.value == Scope::NotFound)
    {
        return Err(Gap::NotAsked("there is no such organisation"));
    }
    let roster = facts.roster()?;
    if roster.value.contains_key(account) {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "@{scope} is an organisation, and {account} does not belong to it"
    ))
    .at("/name")
    .predicts("E404", "Not found")
    .because(roster.evidence(format!("the roster does not name {account}")))
    .because(whoami.evidence(format!("you are {account}")))
    .help(format!(
        "ask an owner of {scope}: npm org set {scope} {account} developer"
    ))
    .help(format!("or publish under your own scope, @{account}"));
    let hint = facts.package.credential.oidc_possible || roster.value.is_empty();
    Ok(vec![if hint {
        finding.level(Level::Warning)
    } else {
        finding
    }])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, refused, silence, undecided};

    fn acme(members: &[&str]) -> Facts {
        let roster: BTreeMap<_, _> = members
            .iter()
            .map(|name| ((*name).to_owned(), "developer".to_owned()))
            .collect();
        fake_of(json!({ "name": "@acme/cat", "version": "1.0.0" }))
            .with(|facts| facts.answers.roster = known(roster))
    }

    #[test]
    fn fires_where_the_roster_does_not_name_the_account() {
        let finding = only(run(&acme(&["bob"])));
        assert_eq!(
            (finding.level, finding.help[0].as_str()),
            (
                None,
                "ask an owner of acme: npm org set acme alice developer"
            )
        );
    }

    #[test]
    fn warns_where_it_is_no_proof() {
        assert_eq!(only(run(&acme(&[]))).level, Some(Level::Warning));
        let oidc = acme(&["bob"]).with(|facts| facts.package.credential.oidc_possible = true);
        assert_eq!(only(run(&oidc)).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_for_members_and_in_ones_own_scope() {
        assert!(quiet(&run(&acme(&["alice", "bob"]))));
        assert!(quiet(&run(&fake_of(
            json!({ "name": "@alice/cat", "version": "1.0.0" })
        ))));
        assert!(quiet(&run(&acme(&["bob"]).published(&["0.9.0"]))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_where_the_roster_is_not_told() {
        assert!(undecided(&run(
            &acme(&[]).with(|facts| facts.answers.roster = Err(refused()))
        )));
        assert!(undecided(&run(
            &acme(&[]).with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
