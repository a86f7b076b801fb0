use super::needs_none;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, NpmCommand, Verb};
use crate::registry::kinds::traits;

check! {
    /// The account requires a one-time password for every publish, and npm cannot ask for one
    /// here.
    ///
    /// npm asks only where standard input and standard output are a terminal and no `--otp` is
    /// given. Only login sessions can read the profile, and those never bypass the question; what
    /// a granular token may do is unknown.
    ///
    /// npm says: `EOTP This operation requires a one-time password from your authenticator.`
    ///
    /// What to do: pass `--otp=123456`; in CI use trusted publishing, or a granular token that
    /// bypasses two-factor authentication.
    id: "auth-otp-impossible",
    level: Error,
    summary: "a one-time password is required, and npm cannot ask for one",
    basis: Account,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    // Staging asks for no second factor; the approval does.
    if facts.package.staged || needs_none(facts) || facts.package.otp || asks(facts) {
        return Ok(Vec::new());
    }
    let profile = facts.profile()?;
    if profile.value.two_factor.as_deref() != Some("auth-and-writes") {
        return Ok(Vec::new());
    }
    super::unless_oidc(facts)?;
    let finding = Finding::new("the account requires a one-time password for every publish, and without a terminal npm cannot ask for it")
        .predicts("EOTP", "This operation requires a one-time password from your authenticator.")
        .because(profile.evidence("tfa.mode is auth-and-writes"))
        .run(NpmCommand::new(Verb::Publish, "--otp=123456"))
        .help("in CI: trusted publishing, or a granular token that bypasses two-factor authentication");
    Ok(vec![finding])
}

/// Whether npm can ask: it needs both streams to be a terminal.
pub(super) fn asks(facts: &Facts) -> bool {
    facts.terminals.stdin && facts.terminals.stdout
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Terminals;
    use crate::facts::fake::{fake, only, quiet, undecided};

    fn guarded() -> Facts {
        fake().profile_is(Some("auth-and-writes"), true)
    }

    #[test]
    fn fires_without_a_terminal() {
        assert_eq!(
            only(run(&guarded())).predicts.unwrap().code.unwrap(),
            "EOTP"
        );
        let half = guarded().with(|facts| {
            facts.terminals = Terminals {
                stdin: true,
                stdout: false,
                stderr: true,
            }
        });
        assert!(!run(&half).unwrap().is_empty());
    }

    #[test]
    fn stays_quiet_with_a_password_on_a_terminal_and_where_none_is_wanted() {
        assert!(quiet(&run(
            &guarded().with(|facts| facts.package.otp = true)
        )));
        let terminal = Terminals {
            stdin: true,
            stdout: true,
            stderr: true,
        };
        assert!(quiet(&run(
            &guarded().with(|facts| facts.terminals = terminal)
        )));
        assert!(quiet(&run(&fake().profile_is(Some("auth-only"), true))));
        assert!(quiet(&run(&fake().profile_is(None, true))));
    }

    #[test]
    fn undecided_where_the_profile_is_not_told() {
        assert!(undecided(&run(&fake())));
    }
}
