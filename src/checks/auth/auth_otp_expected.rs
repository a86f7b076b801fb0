use super::auth_otp_impossible::{may_be_asked, token_bypasses};
use crate::checks::check::{Verdict, check};
use crate::facts::{Facts, Prompt};
use crate::finding::{Finding, Gap};
use crate::registry::documents::TwoFactor;
use crate::registry::kinds::traits;

check! {
    /// npm will ask for a one-time password.
    ///
    /// The account requires one for every publish. `check` reports this on a terminal and in a
    /// pipe alike, since it does not know where npm will be started. A token that bypasses the
    /// question is not reported.
    ///
    /// npm says: `This operation requires a one-time password. Enter OTP:`, or shows an address
    /// to open.
    id: "auth-otp-expected",
    level: Note,
    summary: "npm will ask for a one-time password",
    basis: Account,
    silence: LeavesOpen,
    remedy: {
        why "the account requires a one-time password; npm asks for it only if both input and \
            output are a terminal";
        help "pass a fresh code immediately; a wrong or late one gives the same error" => Publish "--otp=123456";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    if facts.prompt == Prompt::Impossible || !may_be_asked(facts) {
        return Ok(Vec::new());
    }
    // Unknown, so there is nothing to note.
    let Ok(profile) = facts.profile() else {
        return Ok(Vec::new());
    };
    if profile.value.two_factor != Some(TwoFactor::Writes) {
        return Ok(Vec::new());
    }
    let message = match token_bypasses(facts) {
        Some(true) => return Ok(Vec::new()),
        Some(false) => "npm will ask for a one-time password: keep your authenticator ready",
        None => {
            "npm will ask for a one-time password, unless the token bypasses it: keep your authenticator ready"
        }
    };
    let finding = Finding::new(message).because(profile.evidence("tfa.mode is auth-and-writes"));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};

    fn asked() -> Facts {
        fake()
            .profile_is(TwoFactor::Writes, true)
            .token_is(|token| token.bypasses_two_factor = Some(false))
    }

    #[test]
    fn fires_on_a_terminal_and_where_the_terminal_is_unknown() {
        let finding = |prompt| only(run(&asked().with(|facts| facts.prompt = prompt)));
        assert!(finding(Prompt::Possible).message.contains("one-time"));
        assert_eq!(finding(Prompt::Possible), finding(Prompt::Unknown));
    }

    #[test]
    fn a_token_of_which_nothing_is_known_may_bypass_it() {
        let finding = only(run(&fake().profile_is(TwoFactor::Writes, true)));
        assert!(finding.message.contains("unless the token"));
    }

    #[test]
    fn stays_quiet_where_none_is_wanted_or_one_is_given() {
        assert!(quiet(&run(&asked().profile_is(TwoFactor::Off, true))));
        let given = asked().with(|facts| facts.package.otp = true);
        assert!(quiet(&run(&given)));
        let bypasses = asked().token_is(|token| token.bypasses_two_factor = Some(true));
        assert!(quiet(&run(&bypasses)));
    }

    #[test]
    fn stays_quiet_where_npm_cannot_ask_and_where_the_profile_is_not_shown() {
        let blind = asked().with(|facts| facts.prompt = Prompt::Impossible);
        assert!(quiet(&run(&blind)));
        assert!(quiet(&run(&fake())));
    }
}
