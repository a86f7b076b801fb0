//! See the check.

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Trouble;

check! {
    /// The registry does not answer, so nothing can be foretold.
    ///
    /// The name does not resolve, the connection is refused or reset, nothing comes in time, or the
    /// server answers with an error of its own, also after retries. That is never proof that the publish would fail, and never a sign that it would
    /// succeed: the verdict is undecided.
    ///
    /// npm says: `ECONNREFUSED`, `ENOTFOUND`, `ETIMEDOUT`, `E503`, after
    /// up to three tries of its own with long pauses.
    ///
    /// What to do: look at the reason; try again; `--allow-undecided` goes on all the same.
    id: "registry-unreachable",
    level: Error,
    summary: "the registry does not answer",
    basis: Destination,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    // Certificates and proxies have checks of their own.
    super::silent_over(facts, |trouble| {
        !matches!(trouble, Trouble::Tls | Trouble::Proxy)
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
