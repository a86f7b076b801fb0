use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, NpmCommand, Verb};
use crate::registry::documents::TwoFactor;
use crate::registry::kinds::traits;

check! {
    /// A staged version waits until a person approves it with two-factor authentication, and
    /// this account has none.
    ///
    /// npmjs refuses an approval by an account without two-factor authentication, even the one
    /// that staged the version. Another maintainer who has it can approve. npmjs shows only to
    /// login sessions whether an account has it.
    ///
    /// npm says: nothing when it stages; `npm stage approve` ends with `E403 Please enable 2fa
    /// for your account`.
    id: "auth-approval-impossible",
    level: Warning,
    summary: "the account has no two-factor authentication to approve with",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Credential],
    remedy: {
        why "on npmjs only an account with two-factor authentication can approve or reject a \
            staged version";
        help "enable it in the account's settings on npmjs.com, or with npm" => Profile "enable-2fa auth-and-writes";
        help "or ask another maintainer, who has two-factor authentication, to approve the version";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !facts.package.staged || super::needs_none(facts) || !traits(facts.kind).npmjs_rules {
        return Ok(Vec::new());
    }
    let profile = facts.profile()?;
    match profile.value.two_factor {
        Some(TwoFactor::Off) => is_a_session(facts)?,
        Some(TwoFactor::Logins | TwoFactor::Writes) => return Ok(Vec::new()),
        None => return Err(Gap::Unknown("the profile does not state it".to_owned())),
    }
    super::unless_oidc(facts)?;
    let (account, _) = facts.account()?;
    let finding = Finding::new(format!(
        "{account} has no two-factor authentication, and cannot approve what it stages"
    ));
    Ok(vec![
        finding
            .because(profile.evidence("tfa is off"))
            .step(
                "enable it before you approve the version",
                NpmCommand::new(Verb::Profile, "enable-2fa auth-and-writes"),
            )
            .help("or ask another maintainer to approve it"),
    ])
}

/// npmjs may not show existing two-factor authentication to granular tokens. It lists an
/// account's tokens only for login sessions.
fn is_a_session(facts: &Facts) -> Result<(), Gap> {
    match facts.token() {
        Err(gap @ (Gap::NotAllowed { .. } | Gap::NoAnswer { .. })) => Err(gap),
        Ok(_) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, refused, undecided};
    use crate::registry::documents::Profile;
    use crate::registry::kind::RegistryKind;

    fn staging(two_factor: TwoFactor) -> Facts {
        let facts = fake().profile_is(two_factor, true).token_is(|_| {});
        facts.with(|facts| facts.package.staged = true)
    }

    #[test]
    fn fires_on_an_account_without_two_factors() {
        let finding = only(run(&staging(TwoFactor::Off)));
        assert!(finding.message.starts_with("alice has no two-factor"));
        assert_eq!(finding.helps().len(), 2);
    }

    #[test]
    fn stays_quiet_with_two_factors_for_a_publish_and_elsewhere() {
        for mode in [TwoFactor::Logins, TwoFactor::Writes] {
            assert!(quiet(&run(&staging(mode))));
        }
        let publish = staging(TwoFactor::Off).with(|facts| facts.package.staged = false);
        assert!(quiet(&run(&publish)));
        let dry = staging(TwoFactor::Off).with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
        let elsewhere = staging(TwoFactor::Off).with(|facts| facts.kind = RegistryKind::Verdaccio);
        assert!(quiet(&run(&elsewhere)));
    }

    #[test]
    fn undecided_where_the_profile_is_not_shown_and_where_a_job_may_stage() {
        let hidden = fake().with(|facts| facts.package.staged = true);
        assert!(undecided(&run(&hidden)));
        let unsaid = staging(TwoFactor::Off).with(|facts| {
            facts.answers.profile = known(Profile::default());
        });
        assert!(undecided(&run(&unsaid)));
        let granular = staging(TwoFactor::Off).with(|facts| facts.answers.token = Err(refused()));
        assert!(undecided(&run(&granular)));
        assert!(undecided(&run(&staging(TwoFactor::Off).with_oidc())));
    }
}
