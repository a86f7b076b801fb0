use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::registry::kinds::traits;

check! {
    /// From January 2027 on, tokens that bypass two-factor authentication cannot publish
    /// directly.
    ///
    /// npmjs announced this with npm 12: such tokens will only be able to stage a version,
    /// which a person then approves. npmjs shows the kind of a token only to login sessions.
    ///
    /// npm says: nothing yet; from then on `E403`, or `E_STAGE_REQUIRED`.
    id: "auth-bypass-retiring",
    level: Warning,
    summary: "the token bypasses two-factor authentication",
    basis: Account,
    silence: LeavesOpen,
    remedy: {
        why "tokens that bypass two-factor authentication can no longer publish directly, but \
            they can stage";
        help "move to trusted publishing: on npmjs.com, or with npm 11.15 and later" => Trust "github {package} --file WORKFLOW.yml --repo OWNER/REPO --allow-publish";
        help "or stage the version, so that a person approves it" => Stage "publish";
    },
}

fn run(facts: &Facts) -> Verdict {
    // Such a token can still stage after that.
    if facts.package.staged || super::needs_none(facts) || !traits(facts.kind).npmjs_rules {
        return Ok(Vec::new());
    }
    let token = facts.token()?;
    if token.value.bypasses_two_factor != Some(true) {
        return Ok(Vec::new());
    }
    let finding = super::of_token(
        facts,
        "from January 2027 on, npmjs will not let this token publish, because it bypasses \
         two-factor authentication",
    );
    Ok(vec![finding.because(token.evidence("bypass_2fa is true"))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};
    use crate::registry::kind::RegistryKind;

    fn bypassing() -> Facts {
        fake().token_is(|token| token.bypasses_two_factor = Some(true))
    }

    #[test]
    fn fires_on_a_token_that_bypasses_it() {
        assert!(only(run(&bypassing())).message.contains("January 2027"));
    }

    #[test]
    fn stays_quiet_on_others_and_elsewhere() {
        assert!(quiet(&run(&fake().token_is(|_| ()))));
        assert!(quiet(&run(
            &bypassing().with(|facts| facts.kind = RegistryKind::Verdaccio)
        )));
    }

    #[test]
    fn undecided_where_the_token_is_unknown() {
        assert!(undecided(&run(&fake())));
    }
}
