//! See the check.

use super::{closed, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};
use crate::plan::{OtherCredential, Unused};

check! {
    /// The credential stands in an .npmrc that npm does not read.
    ///
    /// npm reads the .npmrc beside the package.json of the working folder's project, the user's and
    /// the global one. It reads none of parent folders, none of the folder that is published, and in
    /// a workspace the root's, not the member's.
    ///
    /// npm says: `ENEEDAUTH This command requires you to be logged in to …`
    ///
    /// What to do: move the line into your own .npmrc, or name the file with `--userconfig`.
    id: "auth-npmrc-not-read",
    level: Error,
    summary: "the credential stands in an .npmrc that npm does not read",
    basis: Account,
    silence: RulesOut,
}

fn run(facts: &Facts) -> Verdict {
    let Some((key, _)) = closed(facts) else {
        return Ok(Vec::new());
    };
    let others = facts.package.credential.elsewhere.credentials.iter();
    let unread = |found: &'_ OtherCredential| match &found.why {
        Unused::Unread(why) if found.key.starts_with(key) => Some((found.clone(), why.clone())),
        _ => None,
    };
    let Some((found, why)) = others.filter_map(|found| unread(found)).next() else {
        return Ok(Vec::new());
    };
    unless_oidc(facts)?;
    let finding = Finding::new(format!(
        "`{}` stands in a file that npm does not read: {}",
        found.key, why
    ))
    .set_by(&found.origin)
    .step(
        "move the line into your own .npmrc, which this names",
        NpmCommand::new(Verb::Config, "get userconfig"),
    )
    .help("or publish from the folder beside that file");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet, undecided};
    use crate::npmrc::config::Unread;

    fn unread(key: &str) -> Facts {
        fake().without_credential().with(|facts| {
            facts.package.credential.elsewhere.credentials = vec![OtherCredential {
                key: key.to_owned(),
                origin: npmrc_line(2),
                why: Unused::Unread(Unread::OfMember),
            }];
        })
    }

    #[test]
    fn fires_on_the_very_key() {
        assert!(
            only(run(&unread("//registry.npmjs.org/:_authToken")))
                .message
                .contains("root's file")
        );
    }

    #[test]
    fn stays_quiet_on_other_keys_and_with_a_credential() {
        assert!(quiet(&run(&unread("//other.example/:_authToken"))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        let facts = unread("//registry.npmjs.org/:_authToken").oidc_may_serve();
        assert!(undecided(&run(&facts)));
    }
}
