//! See the check.

use super::is_new;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// The name holds a word that npmjs's filter has refused before.
    ///
    /// New names pass a filter of spam and blocked words that is known by its refusals only; a name
    /// with `download` in it was refused several times. Nothing but the publish itself decides, so
    /// this is a note. Names close to a popular one can meet the same end.
    ///
    /// npm says: a bare `E400 Bad Request`, `E403 Package name triggered spam detection`, or `E403 Package name too similar`.
    ///
    /// What to do: should the publish be refused, choose another name or your own scope, or ask npm's support.
    id: "name-refused-by-filter",
    level: Note,
    summary: "the name may meet npmjs's filter",
    basis: Registry,
    silence: LeavesOpen,
}

/// Words in names that npmjs refused, by public reports (npm/cli 6090 and 2248).
const KNOWN: [&str; 1] = ["download"];

fn run(facts: &Facts) -> Verdict {
    if !is_new(facts)? {
        return Ok(Vec::new());
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let word = KNOWN.into_iter().find(|word| name.contains(word));
    Ok(word
        .map(|word| {
            Finding::new(format!(
                "new names with `{word}` in them were refused by npmjs before"
            ))
            .at("/name")
            .help("if it answers 400 Bad Request, choose another name: nothing else is wrong then")
        })
        .into_iter()
        .collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn named(name: &str) -> Facts {
        fake_of(json!({ "name": name, "version": "1.0.0" }))
    }

    #[test]
    fn fires_on_a_new_name_with_a_known_word() {
        assert!(
            only(run(&named("video-downloader")))
                .message
                .contains("`download`")
        );
    }

    #[test]
    fn stays_quiet_on_other_names_and_on_those_that_are_there() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(
            &run(&named("video-downloader").published(&["0.9.0"]))
        ));
    }

    #[test]
    fn undecided_in_silence_and_elsewhere() {
        let silent = named("downloader").with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&silent)));
        let elsewhere = named("downloader").with(|facts| facts.kind = RegistryKind::Verdaccio);
        assert!(undecided(&run(&elsewhere)));
    }
}
