use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::RequestFailure;

check! {
    /// A proxy answered instead of the registry.
    ///
    /// The proxy's URL is malformed, or a gateway, a filter or a login page answered instead of
    /// the registry. npm takes its proxy from `proxy`, `https-proxy` and `noproxy`, and from
    /// HTTP_PROXY, HTTPS_PROXY and NO_PROXY in either case. The verdict is undecided.
    ///
    /// npm says: `Unexpected token '<'`, `ENOTFOUND http`, `E407`, or a bare `E403`.
    id: "registry-proxy",
    level: Error,
    summary: "a proxy or gateway answered instead of the registry",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "something between here and the registry answered or cut the connection: a proxy, a \
            gateway, a web filter, or a malformed proxy setting";
        help "the proxy settings, and the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY, must \
            be complete URLs with http://, not a .pac file" => Config "get proxy https-proxy noproxy";
        help "if no proxy is needed, add the registry's host to `noproxy`; on a network with a \
            login page, log in";
        help "your own reverse proxy must not decode %2f in scoped names (nginx: proxy_pass \
            without a path; Apache: AllowEncodedSlashes, nocanon)";
        asks "what answers?" => "curl -sI {registry}-/ping";
    },
}

fn run(facts: &Facts) -> Verdict {
    super::silent_over(facts, |failure| failure == RequestFailure::Proxy)
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
            failure: RequestFailure::Proxy,
        };
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(gap))
        )));
    }

    #[test]
    fn stays_quiet_where_the_registry_itself_answers_or_does_not() {
        assert!(quiet(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
        assert!(quiet(&run(&fake())));
    }
}
