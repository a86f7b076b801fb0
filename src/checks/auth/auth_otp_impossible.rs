use super::needs_none;
use crate::checks::check::{Verdict, check};
use crate::facts::{Facts, Prompt};
use crate::finding::{Finding, Gap, Level};
use crate::registry::documents::TwoFactor;
use crate::registry::kinds::traits;

check! {
    /// The account requires a one-time password for every publish, and npm cannot ask for one.
    ///
    /// npm asks only if its standard input and standard output are terminals and no `--otp` is
    /// given. `safe-publish` knows this about the npm that it starts, and in a CI job nobody
    /// can answer. `check` elsewhere does not know how npm will publish later, so its own pipes
    /// prove nothing. A token may bypass the question, and npmjs describes tokens only to login
    /// sessions: without such a description this is a note.
    ///
    /// npm says: `EOTP This operation requires a one-time password from your authenticator.`
    id: "auth-otp-impossible",
    level: Error,
    summary: "a one-time password is required, and npm cannot ask for one",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Credential],
    remedy: {
        why "the account requires a one-time password for every publish, and nobody can type one \
            here";
        help "in CI, use trusted publishing, or a granular token with \"bypass 2FA\"";
        help "manually, in a terminal" => Publish "--otp=123456";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    if facts.prompt != Prompt::Impossible || !may_be_asked(facts) {
        return Ok(Vec::new());
    }
    let profile = facts.profile()?;
    if profile.value.two_factor != Some(TwoFactor::Writes) {
        return Ok(Vec::new());
    }
    super::unless_oidc(facts)?;
    let finding = |message: &str| {
        Finding::new(message).because(profile.evidence("tfa.mode is auth-and-writes"))
    };
    match token_bypasses(facts) {
        Some(true) => Ok(Vec::new()),
        Some(false) => {
            let text = "This operation requires a one-time password from your authenticator.";
            let finding = finding("the account requires a one-time password for every publish, and without a terminal npm cannot ask for it")
                .predicts("EOTP", text)
                .because(facts.token()?.evidence("the token does not bypass two-factor authentication"));
            Ok(vec![finding])
        }
        None => Ok(vec![
            finding("the account requires a one-time password unless the token bypasses it, and without a terminal npm cannot ask for it")
                .level(Level::Note),
        ]),
    }
}

/// Whether the registry may ask for a one-time password at all: staging does not (the approval
/// does), and one may already be given.
pub(super) fn may_be_asked(facts: &Facts) -> bool {
    !facts.package.staged && !needs_none(facts) && !facts.package.otp
}

/// Whether the token publishes without a one-time password; `None` if the registry does not
/// state it.
pub(super) fn token_bypasses(facts: &Facts) -> Option<bool> {
    facts.token().ok()?.value.bypasses_two_factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};

    /// An account with two-factor authentication, and an npm without a terminal.
    fn guarded() -> Facts {
        fake()
            .profile_is(TwoFactor::Writes, true)
            .with(|facts| facts.prompt = Prompt::Impossible)
    }

    fn with_token(bypasses: Option<bool>) -> Facts {
        guarded().token_is(|token| token.bypasses_two_factor = bypasses)
    }

    #[test]
    fn fires_where_npm_cannot_ask_and_the_token_does_not_bypass_it() {
        let finding = only(run(&with_token(Some(false))));
        assert_eq!(finding.level, None);
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EOTP");
        assert_eq!(finding.evidence.len(), 2);
    }

    #[test]
    fn a_token_of_which_nothing_is_known_is_a_note() {
        for facts in [guarded(), with_token(None)] {
            let finding = only(run(&facts));
            assert_eq!(finding.level, Some(Level::Note));
            assert!(finding.predicts.is_none());
        }
    }

    #[test]
    fn stays_quiet_with_a_token_that_bypasses_it() {
        assert!(quiet(&run(&with_token(Some(true)))));
    }

    #[test]
    fn stays_quiet_where_npm_can_ask_and_where_that_is_unknown() {
        for prompt in [Prompt::Possible, Prompt::Unknown] {
            let facts = with_token(Some(false)).with(|facts| facts.prompt = prompt);
            assert!(quiet(&run(&facts)), "{prompt:?}");
        }
    }

    #[test]
    fn stays_quiet_with_a_password_and_where_none_is_wanted() {
        let given = with_token(Some(false)).with(|facts| facts.package.otp = true);
        assert!(quiet(&run(&given)));
        for mode in [TwoFactor::Logins, TwoFactor::Off] {
            assert!(quiet(&run(&guarded().profile_is(mode, true))));
        }
    }

    #[test]
    fn undecided_where_the_profile_is_not_shown_and_where_trusted_publishing_can_serve() {
        let hidden = fake().with(|facts| facts.prompt = Prompt::Impossible);
        assert!(undecided(&run(&hidden)));
        assert!(undecided(&run(&with_token(Some(false)).with_oidc())));
    }
}
