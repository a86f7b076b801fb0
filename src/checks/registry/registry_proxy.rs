use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Trouble;

check! {
    /// A proxy answered instead of the registry.
    ///
    /// The proxy's address is malformed, or a gateway, a filter or a login page answers instead of
    /// the registry. npm takes its proxy from `proxy`, `https-proxy` and `noproxy`, and from
    /// HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case. The verdict is undecided.
    ///
    /// npm says: `Unexpected token '<'`, `ENOTFOUND http`, `E407`, or a bare `E403`.
    ///
    /// What to do: check `npm config get https-proxy` and the variables; add the registry's host
    /// to `noproxy` where no proxy is needed, or log in to the network.
    id: "registry-proxy",
    level: Error,
    summary: "a proxy or gateway answers instead of the registry",
    basis: Destination,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    super::silent_over(facts, |trouble| trouble == Trouble::Proxy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, quiet, silence, undecided};
    use crate::finding::Gap;

    #[test]
    fn fires_never_and_is_undecided_behind_a_gateway() {
        let gap = Gap::NoAnswer {
            request: "GET https://h/cat".to_owned(),
            reason: "a web page titled \"Login\" instead of JSON".to_owned(),
            trouble: Trouble::Proxy,
        };
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(gap))
        )));
    }

    #[test]
    fn stays_quiet_where_the_registry_itself_is_silent_or_answers() {
        assert!(quiet(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
        assert!(quiet(&run(&fake())));
    }
}
