use super::new_scope;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level, NpmCommand, Verb};
use crate::registry::documents::{Right, Scope};

check! {
    /// The scope belongs to an organisation that you are not a member of.
    ///
    /// Only members can publish under an organisation's scope. Members with a login session can
    /// read the member list; a list without you is proof. Most tokens cannot read it, and then
    /// it is unknown. For an existing package, a list of collaborators without you, or with you
    /// as a reader, is a hint: teams grant rights, too.
    ///
    /// npm says: `E404 Not found`, or a bare `E403 Forbidden` for a member whose team may not
    /// write.
    id: "scope-not-yours",
    level: Error,
    summary: "you are not a member of the organisation that owns the scope",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Name, Registry],
    remedy: {
        why "the account cannot write to {scope}: it is not a member of the organisation, or its \
            team has no write access";
        help "ask an owner of the organisation to add you" => Org "set {scope} ACCOUNT developer";
        help "for an existing package, ask an owner to give your team write access" => Access "grant read-write {scope}:developers {package}";
        help OWN_SCOPE;
        asks "is the account a member of the organisation?" => Whoami "", Org "ls {scope}";
    },
}

const OWN_SCOPE: &str = "or publish under your own scope";

fn run(facts: &Facts) -> Verdict {
    let Some(scope) = new_scope(facts)? else {
        return existing(facts);
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
    let org_members = facts.org_members()?;
    if org_members.value.contains_key(account) {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "@{scope} is an organisation, and {account} is not a member"
    ))
    .at("/name")
    .predicts("E404", "Not found")
    .because(org_members.evidence(format!("the member list does not contain {account}")))
    .because(whoami.evidence(format!("you are {account}")))
    .step(
        format!("ask an owner of {scope}"),
        NpmCommand::with_args(Verb::Org, &["set", scope, account, "developer"]),
    )
    .help(format!("{OWN_SCOPE}, @{account}"));
    let hint = facts.package.credential.oidc_possible || org_members.value.is_empty();
    Ok(vec![if hint {
        finding.level(Level::Warning)
    } else {
        finding
    }])
}

/// For an existing package: whether the account may write it.
fn existing(facts: &Facts) -> Verdict {
    let (Some(name), Some(scope)) = (facts.package.name.as_str(), facts.package.name.scope())
    else {
        return Ok(Vec::new());
    };
    if facts.package.dry_run {
        return Ok(Vec::new());
    }
    let (account, whoami) = facts.account()?;
    let rights = facts.collaborators()?;
    let right = rights.value.get(account);
    if right == Some(&Right::Write) || rights.value.is_empty() || account == scope {
        return Ok(Vec::new());
    }
    let shown = right.map_or("does not list you", |_| "lists you as a reader");
    let finding = Finding::new(format!("{account} seems to have no write access to {name}"))
        .at("/name")
        .predicts("E403", "Forbidden")
        .because(rights.evidence(shown))
        .because(whoami.evidence(format!("you are {account}")))
        .step(
            format!("ask an owner of {scope}"),
            NpmCommand::with_args(
                Verb::Access,
                &["grant", "read-write", &format!("{scope}:TEAM"), name],
            ),
        )
        .level(Level::Warning);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, refused, silence, undecided};

    fn acme(members: &[&str]) -> Facts {
        let org_members: BTreeMap<_, _> = members
            .iter()
            .map(|name| ((*name).to_owned(), "developer".to_owned()))
            .collect();
        fake_of(json!({ "name": "@acme/cat", "version": "1.0.0" }))
            .with(|facts| facts.answers.org_members = known(org_members))
    }

    #[test]
    fn fires_where_the_members_do_not_include_the_account() {
        let finding = only(run(&acme(&["bob"])));
        assert_eq!(
            (finding.level, finding.helps()[0].as_str()),
            (
                None,
                "ask an owner of acme: npm org set acme alice developer"
            )
        );
    }

    #[test]
    fn warns_where_it_is_not_proven() {
        assert_eq!(only(run(&acme(&[]))).level, Some(Level::Warning));
        let oidc = acme(&["bob"]).with(|facts| facts.package.credential.oidc_possible = true);
        assert_eq!(only(run(&oidc)).level, Some(Level::Warning));
    }

    #[test]
    fn warns_where_a_package_of_the_scope_may_be_written_by_others_only() {
        let theirs = |right: Option<Right>| {
            let mut rights = BTreeMap::from([("bob".to_owned(), Right::Write)]);
            rights.extend(right.map(|right| ("alice".to_owned(), right)));
            acme(&["alice"])
                .published(&["0.9.0"])
                .with(|facts| facts.answers.collaborators = known(rights))
        };
        for right in [None, Some(Right::Read)] {
            let finding = only(run(&theirs(right)));
            assert_eq!(finding.level, Some(Level::Warning));
            assert!(finding.helps()[0].contains("npm access grant read-write acme:TEAM @acme/cat"));
        }
        assert!(quiet(&run(&theirs(Some(Right::Write)))));
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
    fn undecided_where_the_members_are_unknown() {
        assert!(undecided(&run(
            &acme(&[]).with(|facts| facts.answers.org_members = Err(refused()))
        )));
        assert!(undecided(&run(
            &acme(&[]).with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
