use crate::checks::check::{Verdict, check};
use crate::facts::Facts;

check! {
    /// The token can read and install, but not publish.
    ///
    /// npmjs lists an account's tokens only for login sessions; cnpm describes a token in its
    /// whoami. The check decides only if the token is described there: most granular tokens
    /// cannot ask about themselves.
    ///
    /// npm says: `E403 You may not perform that action with these credentials.`, or `E404` on
    /// the PUT.
    id: "auth-read-only",
    level: Error,
    summary: "the token is read-only",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Credential],
    remedy: {
        help "create a granular token with \"Read and write\" for {package}, and replace the old one";
        asks "what may the token do?" => Token "list";
    },
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
    let finding = super::of_token(facts, "the token is read-only")
        .predicts(
            "E403",
            "You may not perform that action with these credentials.",
        )
        .because(token.evidence("the token is listed as read-only"))
        .help("create a token with \"Read and write\" permission and replace this one");
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
    fn undecided_where_the_token_is_unknown_or_oidc_may_be_used() {
        assert!(undecided(&run(&fake())));
        let oidc = reader().with_oidc();
        assert!(undecided(&run(&oidc)));
    }
}
