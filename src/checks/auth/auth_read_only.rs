//! See the check.

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;

check! {
    /// The token may read and install, and not publish.
    ///
    /// The registry lists an account's tokens to its login sessions; cnpm tells of a token in its
    /// whoami. Only where the very token is described there, this is decided: most granular tokens
    /// may not ask about themselves.
    ///
    /// npm says: `E403 You may not perform that action with these credentials.`, or `E404` on the PUT.
    ///
    /// What to do: make a token with the permission to read and write, and put it in the old one's place.
    id: "auth-read-only",
    level: Error,
    summary: "the token may only read",
    basis: Account,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    if super::needs_none(facts) {
        return Ok(Vec::new());
    }
    let token = facts.token()?;
    if !token.value.read_only {
        return Ok(Vec::new());
    }
    super::unless_oidc(facts)?;
    let finding = super::of_token(facts, "the token may only read")
        .predicts(
            "E403",
            "You may not perform that action with these credentials.",
        )
        .because(token.evidence("the token is listed as read-only"))
        .help("make a token with \"Read and write\" permission and put it in this one's place");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};

    fn reader() -> Facts {
        fake().token_is(|token| token.read_only = true)
    }

    #[test]
    fn fires_on_a_token_that_may_only_read() {
        let finding = only(run(&reader()));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E403");
        assert!(finding.place.is_some());
    }

    #[test]
    fn stays_quiet_on_one_that_writes_and_in_a_dry_run() {
        assert!(quiet(&run(&fake().token_is(|_| ()))));
        assert!(quiet(&run(
            &reader().with(|facts| facts.package.dry_run = true)
        )));
    }

    #[test]
    fn undecided_where_the_token_is_not_told_or_oidc_may_serve() {
        assert!(undecided(&run(&fake())));
        let oidc = reader().oidc_may_serve();
        assert!(undecided(&run(&oidc)));
    }
}
