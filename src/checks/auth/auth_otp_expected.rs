use super::auth_otp_impossible::asks;
use super::needs_none;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap};
use crate::registry::kinds::traits;

check! {
    /// npm will ask for a one-time password.
    ///
    /// The account requires one for every publish, and npm can ask for it in this terminal.
    ///
    /// npm says: `This operation requires a one-time password. Enter OTP:`, or shows an address to open.
    ///
    /// What to do: nothing; or pass `--otp=123456` at once.
    id: "auth-otp-expected",
    level: Note,
    summary: "npm will ask for a one-time password",
    basis: Account,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    // Staging asks for no second factor; the approval does.
    if facts.package.staged || needs_none(facts) || facts.package.otp || !asks(facts) {
        return Ok(Vec::new());
    }
    // Unknown: then there is nothing to note.
    let Ok(profile) = facts.profile() else {
        return Ok(Vec::new());
    };
    if profile.value.two_factor.as_deref() != Some("auth-and-writes") {
        return Ok(Vec::new());
    }
    let finding =
        Finding::new("npm will ask for a one-time password: keep your authenticator ready")
            .because(profile.evidence("tfa.mode is auth-and-writes"));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Terminals;
    use crate::facts::fake::{fake, only, quiet};

    fn on_terminal() -> Facts {
        fake().with(|facts| {
            facts.terminals = Terminals {
                stdin: true,
                stdout: true,
                stderr: true,
            }
        })
    }

    #[test]
    fn fires_on_a_terminal() {
        assert!(
            only(run(&on_terminal().profile_is(Some("auth-and-writes"), true)))
                .message
                .contains("one-time")
        );
    }

    #[test]
    fn stays_quiet_where_none_is_wanted_or_one_is_given() {
        assert!(quiet(&run(&on_terminal().profile_is(None, true))));
        let given = on_terminal()
            .profile_is(Some("auth-and-writes"), true)
            .with(|facts| facts.package.otp = true);
        assert!(quiet(&run(&given)));
        assert!(quiet(&run(
            &fake().profile_is(Some("auth-and-writes"), true)
        )));
    }

    #[test]
    fn stays_quiet_where_nobody_tells() {
        assert!(quiet(&run(&on_terminal())));
    }
}
