use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::registry::kinds::traits;

check! {
    /// Tokens and trusted publishers on npmjs can be limited to `npm stage publish`: a person
    /// approves the version afterwards.
    ///
    /// npmjs lists an account's tokens only for login sessions, so most such tokens are noticed
    /// only when npmjs refuses. What a trusted publisher may do is never shown in advance.
    ///
    /// npm says: `E403 E_STAGE_REQUIRED`, or `OIDC permission denied for this action`.
    id: "auth-stage-only",
    level: Error,
    summary: "the token or the trusted publisher can only stage",
    basis: Account,
    silence: LeavesOpen,
    rests_on: [Credential],
    remedy: {
        why "the token or the trusted publisher can stage, but not publish directly";
        help "stage it, then approve the version" => Stage "publish";
        help "or allow publishing in the settings of the token or of the trusted publisher";
    },
}

fn run(facts: &Facts) -> Verdict {
    if facts.package.staged || super::needs_none(facts) || !traits(facts.kind).npmjs_rules {
        return Ok(Vec::new());
    }
    let token = facts.token()?;
    if !token.value.stage_only {
        return Ok(Vec::new());
    }
    super::unless_oidc(facts)?;
    let finding = super::of_token(facts, "the token can stage versions, but not publish them")
        .predicts("E403", "E_STAGE_REQUIRED")
        .because(token.evidence("publish_policy is stage_only"));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};

    fn stager() -> Facts {
        fake().token_is(|token| token.stage_only = true)
    }

    #[test]
    fn fires_on_a_token_that_may_only_stage() {
        let finding = only(run(&stager()));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E403");
        assert!(finding.place.is_some());
    }

    #[test]
    fn stays_quiet_on_one_that_publishes_and_where_it_stages() {
        assert!(quiet(&run(&fake().token_is(|_| ()))));
        assert!(quiet(&run(
            &stager().with(|facts| facts.package.staged = true)
        )));
    }

    #[test]
    fn undecided_where_the_token_is_not_shown_or_oidc_may_serve() {
        assert!(undecided(&run(&fake())));
        assert!(undecided(&run(&stager().with_oidc())));
    }
}
