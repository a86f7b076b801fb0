use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::RequestFailure;

check! {
    /// The registry does not answer, so the verdict is undecided.
    ///
    /// The name does not resolve, the connection is refused or reset, the request times out, or
    /// the server answers with a 5xx, even after retries. This proves neither that the publish
    /// would fail nor that it would succeed.
    ///
    /// npm says: `ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT`, `E503`, after up to three tries of
    /// its own with long pauses.
    id: "registry-unreachable",
    level: Error,
    summary: "the registry does not answer",
    basis: Destination,
    silence: LeavesOpen,
    moots: ["auth-missing", "auth-elsewhere", "auth-variable-unset", "auth-placeholder"],
    remedy: {
        why "nothing answers at {registry}";
        help "check the URL and the port, and whether the registry is running";
        asks "does it answer?" => Ping "";
    },
}

fn run(facts: &Facts) -> Verdict {
    // Certificates and proxies have their own checks.
    super::silent_over(facts, |failure| {
        !matches!(failure, RequestFailure::Tls | RequestFailure::Proxy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, quiet, refused, silence, undecided};

    #[test]
    fn fires_never_and_is_undecided_in_silence() {
        let facts = fake().with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&facts)));
    }

    #[test]
    fn stays_quiet_where_the_registry_answers() {
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn a_refusal_is_an_answer() {
        assert!(quiet(&run(
            &fake().with(|facts| facts.answers.packument = Err(refused()))
        )));
    }
}
