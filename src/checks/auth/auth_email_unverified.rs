use super::needs_none;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap};
use crate::registry::kinds::traits;

check! {
    /// The account's email address is not confirmed, so npmjs accepts no new package from it.
    ///
    /// Existing packages are not affected. Only login sessions can read the profile; for other
    /// tokens it is unknown.
    ///
    /// npm says: `E403 you must verify your email before publishing a new package`, or a bare
    /// `Forbidden`.
    id: "auth-email-unverified",
    level: Error,
    summary: "the account's email address is not confirmed",
    basis: Account,
    silence: RulesOut,
    rests_on: [Credential],
    remedy: {
        why "the account's email address is not verified, and npm accepts no new package from it";
        help "follow the link in npm's email, or request it again: \
            https://www.npmjs.com/email-edit";
        asks "is the address verified?" => Profile "get";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    if needs_none(facts)
        || super::super::manifest::is_remote(facts)
        || facts.packument()?.value.is_some()
    {
        return Ok(Vec::new());
    }
    let profile = facts.profile()?;
    if profile.value.email_verified != Some(false) {
        return Ok(Vec::new());
    }
    let account = facts
        .account()
        .map_or("the account", |(account, _)| account);
    let finding = Finding::new(format!("{account}'s email address is not confirmed, so npmjs \
        accepts no new package from it"))
        .predicts("E403", "you must verify your email before publishing a new package: https://www.npmjs.com/email-edit")
        .because(profile.evidence("email_verified is false"))
        .help("confirm the address: https://www.npmjs.com/email-edit");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};
    use crate::registry::documents::TwoFactor;

    #[test]
    fn fires_for_a_new_package() {
        assert!(
            only(run(&fake().profile_is(TwoFactor::Off, false)))
                .message
                .starts_with("alice's")
        );
    }

    #[test]
    fn stays_quiet_for_an_update_and_a_confirmed_address() {
        assert!(quiet(&run(&fake()
            .profile_is(TwoFactor::Off, false)
            .published(&["0.9.0"]))));
        assert!(quiet(&run(&fake().profile_is(TwoFactor::Off, true))));
    }

    #[test]
    fn undecided_where_the_profile_is_unknown() {
        assert!(undecided(&run(&fake())));
    }
}
