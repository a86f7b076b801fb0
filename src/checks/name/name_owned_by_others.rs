use std::collections::BTreeMap;

use super::is_held;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Answer, Finding, Gap, Level, NpmCommand, Verb};
use crate::registry::documents::{Packument, Right};
use crate::registry::kinds::traits;

check! {
    /// The name belongs to other accounts, and only they can publish under it.
    ///
    /// For an unscoped name the registry's list of collaborators is proof. If that cannot be
    /// read, the maintainers are only a strong hint, because rights may come from elsewhere. An
    /// account that is listed as a reader is also only a hint, and so is any list if trusted
    /// publishing is available. Scoped names, where teams grant rights, belong to
    /// `scope-not-yours`.
    ///
    /// npm says: `E403 You do not have permission to publish "cat". Are you logged in as the
    /// correct user?`
    id: "name-owned-by-others",
    level: Error,
    summary: "the name belongs to somebody else",
    basis: Account,
    silence: LeavesOpen,
    moots: ["version-taken", "version-burnt", "version-behind-latest", "tag-moves-backwards"],
    rests_on: [Name, Registry],
    remedy: {
        why "{package} exists, but the account that published is not one of its maintainers";
        help "if it is not yours, publish under your own scope (@you/{package}), which is \
            quickest, or choose another name";
        help "if it is yours, ask another owner to add your account" => Owner "add ACCOUNT {package}";
        help "an owner can transfer the package to you with the same command, and then remove themselves";
        help "a name that is held but not used can be disputed: write to the owner first, then \
            to npm's support (npmjs.com/support); it takes weeks";
        asks "who may publish {package}, and who are you?" => Owner "ls {package}", Whoami "";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).offers.collaborators {
        return Err(Gap::NotOffered);
    }
    if facts.package.dry_run || super::super::manifest::is_remote(facts) {
        return Ok(Vec::new());
    }
    let answer = facts.packument()?;
    let (Some(name), Some(packument)) = (facts.package.name.as_str(), &answer.value) else {
        return Ok(Vec::new());
    };
    let scoped = facts.package.name.scope().is_some();
    if packument.versions.is_empty() || is_held(packument) || scoped {
        return Ok(Vec::new());
    }
    let (account, whoami) = facts.account()?;
    let package = Package {
        name,
        account,
        packument,
    };
    let refused = |owners: &[&str]| {
        package
            .refused(owners)
            .because(whoami.evidence(format!("you are {account}")))
    };
    match named_collaborators(facts) {
        Ok(rights) => Ok(by_rights(facts, &package, rights, &refused)),
        Err(gap) => {
            let maintainers: Vec<&str> = packument.maintainers.iter().map(String::as_str).collect();
            if maintainers.contains(&account) || matches!(gap, Gap::NotOffered) {
                return Ok(Vec::new());
            }
            if maintainers.is_empty() {
                return Err(gap);
            }
            let finding = refused(&maintainers)
                .because(answer.evidence("maintainers does not list you"))
                .help(format!(
                    "if it is not yours, choose another name, such as @{account}/{name}"
                ))
                .level(Level::Warning);
            Ok(vec![finding])
        }
    }
}

struct Package<'a> {
    name: &'a str,
    account: &'a str,
    packument: &'a Packument,
}

impl Package<'_> {
    fn refused(&self, owners: &[&str]) -> Finding {
        let name = self.name;
        Finding::new(owned(name, owners, self.packument))
            .at("/name")
            .predicts("E403", format!("You do not have permission to publish \"{name}\". Are you logged in as the correct user?"))
    }
}

fn by_rights(
    facts: &Facts,
    package: &Package<'_>,
    rights: &Answer<BTreeMap<String, Right>>,
    refused: &dyn Fn(&[&str]) -> Finding,
) -> Vec<Finding> {
    let (name, account) = (package.name, package.account);
    let right = rights.value.get(account);
    if right == Some(&Right::Write) {
        return Vec::new();
    }
    let writers = rights
        .value
        .iter()
        .filter(|(_, right)| **right == Right::Write);
    let writers: Vec<&str> = writers.map(|(name, _)| name.as_str()).collect();
    let shown = right.map_or("does not list you", |_| "lists you as a reader");
    let finding = refused(&writers)
        .because(rights.evidence(shown))
        .help(format!("choose another name, such as @{account}/{name}"))
        .step(
            "or ask an owner",
            NpmCommand::with_args(Verb::Owner, &["add", account, name]),
        );
    let proven = right.is_none() && !facts.package.credential.oidc_possible;
    vec![if proven {
        finding
    } else {
        finding.level(Level::Warning)
    }]
}

/// Who may write. Every package has at least one such account, so an empty list proves nothing.
fn named_collaborators(facts: &Facts) -> Result<&Answer<BTreeMap<String, Right>>, Gap> {
    let answer = facts.collaborators()?;
    if answer.value.is_empty() {
        return Err(Gap::Unknown(format!(
            "{}: the list is empty",
            answer.request
        )));
    }
    Ok(answer)
}

fn owned(name: &str, owners: &[&str], packument: &Packument) -> String {
    let since = packument
        .created
        .as_deref()
        .and_then(|time| time.get(..10))
        .map_or(String::new(), |day| format!(", since {day}"));
    let shown = match owners {
        [] => "somebody else".to_owned(),
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        some => some.join(", "),
    };
    format!("{name} belongs to {shown}{since}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, refused, silence, undecided};
    use crate::registry::documents::Whoami;
    use crate::registry::kind::RegistryKind;

    fn bobs(facts: Facts) -> Facts {
        let rights = BTreeMap::from([("bob".to_owned(), Right::Write)]);
        facts
            .published(&["0.9.0"])
            .with(|facts| facts.answers.collaborators = known(rights))
            .packument_with(|packument| {
                packument.maintainers = vec!["bob".to_owned()];
                packument.created = Some("2020-01-02T03:04:05.000Z".to_owned());
            })
    }

    #[test]
    fn fires_where_the_collaborators_do_not_name_the_account() {
        let finding = only(run(&bobs(fake())));
        assert_eq!(finding.message, "cat belongs to bob, since 2020-01-02");
        assert_eq!(finding.level, None);
        assert!(finding.helps()[0].contains("@alice/cat"));
    }

    #[test]
    fn warns_on_maintainers_only_and_on_readers() {
        let hidden = bobs(fake()).with(|facts| facts.answers.collaborators = Err(refused()));
        assert_eq!(only(run(&hidden)).level, Some(Level::Warning));
        let reader = bobs(fake()).with(|facts| {
            let rights = BTreeMap::from([
                ("alice".to_owned(), Right::Read),
                ("bob".to_owned(), Right::Write),
            ]);
            facts.answers.collaborators = known(rights);
        });
        assert_eq!(only(run(&reader)).level, Some(Level::Warning));
        let nobody =
            bobs(fake()).with(|facts| facts.answers.collaborators = known(BTreeMap::new()));
        assert_eq!(only(run(&nobody)).level, Some(Level::Warning));
        let oidc = bobs(fake()).with(|facts| facts.package.credential.oidc_possible = true);
        assert_eq!(only(run(&oidc)).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_for_a_writer_and_for_a_new_name() {
        assert!(quiet(&run(&fake().published(&["0.9.0"]))));
        assert!(quiet(&run(&fake())));
        let maintainer = fake()
            .published(&["0.9.0"])
            .with(|facts| facts.answers.collaborators = Err(refused()));
        assert!(quiet(&run(&maintainer)));
        let scoped = bobs(fake_of(json!({ "name": "@acme/cat", "version": "1.0.0" })));
        assert!(quiet(&run(&scoped)));
    }

    #[test]
    fn not_applicable_where_owners_are_not_published() {
        let elsewhere = bobs(fake()).registry("http://localhost:4873/", RegistryKind::Verdaccio);
        assert_eq!(run(&elsewhere), Err(Gap::NotOffered));
    }

    #[test]
    fn undecided_without_the_account_or_in_silence() {
        assert!(undecided(&run(
            &bobs(fake()).with(|facts| facts.answers.whoami = known(Whoami::Rejected))
        )));
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
