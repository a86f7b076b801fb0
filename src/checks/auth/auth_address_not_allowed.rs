use crate::checks::check::{Verdict, check};
use crate::facts::Facts;

check! {
    /// The token is limited to a list of IP addresses.
    ///
    /// This machine's public address is unknown here, so this is a warning. npmjs shows the
    /// list only to login sessions; cnpm shows it in its whoami.
    ///
    /// npm says: `EAUTHIP Login is not allowed from your IP address`, or `E403`.
    id: "auth-address-not-allowed",
    level: Warning,
    summary: "the token is limited to certain IP addresses",
    basis: Account,
    silence: LeavesOpen,
    remedy: {
        why "the token is limited to certain IP addresses (CIDR), and this machine's is not \
            among them";
        help "publish from one of these addresses, or create a token without a list";
        asks "does the token have a CIDR list?" => Token "list";
    },
}

fn run(facts: &Facts) -> Verdict {
    if super::needs_none(facts) {
        return Ok(Vec::new());
    }
    let token = facts.token()?;
    let addresses = &token.value.addresses;
    if addresses.is_empty() || addresses.iter().any(|range| range.ends_with("/0")) {
        return Ok(Vec::new());
    }
    let shown: Vec<&str> = addresses.iter().take(3).map(String::as_str).collect();
    let finding = super::of_token(
        facts,
        format!("the token is accepted only from {}", shown.join(", ")),
    )
    .because(token.evidence("the token has a list of addresses"))
    .help("make sure that this machine's public address is among them");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, undecided};

    fn from(addresses: &[&str]) -> Facts {
        fake().token_is(|token| {
            token.addresses = addresses.iter().map(|text| (*text).to_owned()).collect();
        })
    }

    #[test]
    fn fires_on_a_list_of_addresses() {
        assert!(
            only(run(&from(&["203.0.113.0/24"])))
                .message
                .contains("203.0.113.0/24")
        );
    }

    #[test]
    fn stays_quiet_without_a_list_and_where_it_holds_every_address() {
        assert!(quiet(&run(&from(&[]))));
        assert!(quiet(&run(&from(&["0.0.0.0/0"]))));
    }

    #[test]
    fn undecided_where_the_token_is_unknown() {
        assert!(undecided(&run(&fake())));
    }
}
