use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::RequestFailure;

check! {
    /// The registry's certificate is not trusted here, or the TLS handshake fails.
    ///
    /// The usual reason is a company's proxy with its own certificate authority. npm trusts what
    /// `cafile`, `ca` and NODE_EXTRA_CA_CERTS name, and so does this check; Node does not use the
    /// system's certificate store by default, so npm may not trust what a browser trusts. The
    /// verdict is undecided.
    ///
    /// npm says: `SELF_SIGNED_CERT_IN_CHAIN`, `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, `CERT_HAS_EXPIRED`.
    id: "registry-untrusted-certificate",
    level: Error,
    summary: "the registry's certificate is not trusted",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "the certificate of {host} is not signed by an authority that this machine trusts";
        help "trust your company's certificate" => Config "set cafile /path/to/company-ca.pem";
        help "or set the variable NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem";
        help "\"unable to verify the first certificate\": the server must send its intermediate certificates";
        help "do not turn `strict-ssl` off: your token would go to anybody who answers";
    },
}

fn run(facts: &Facts) -> Verdict {
    super::silent_over(facts, |failure| failure == RequestFailure::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, quiet, silence, undecided};
    use crate::finding::Gap;

    fn failing(failure: RequestFailure) -> Facts {
        let gap = Gap::NoAnswer {
            request: "GET https://h/cat".to_owned(),
            reason: "the TLS handshake failed".to_owned(),
            failure,
        };
        fake().with(|facts| facts.answers.packument = Err(gap))
    }

    #[test]
    fn fires_never_and_is_undecided_over_a_handshake() {
        assert!(undecided(&run(&failing(RequestFailure::Tls))));
    }

    #[test]
    fn stays_quiet_over_everything_else() {
        for failure in [
            RequestFailure::Dns,
            RequestFailure::Proxy,
            RequestFailure::Server,
            RequestFailure::Timeout,
        ] {
            assert!(quiet(&run(&failing(failure))));
        }
        assert!(quiet(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
