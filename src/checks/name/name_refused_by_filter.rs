use super::is_new;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// The name contains a word that npmjs's filter has refused before.
    ///
    /// npmjs filters new names for spam and blocked words by rules that are not public; it has
    /// refused names with `download` several times. Only the publish itself decides, so this is a
    /// note. The filter may also refuse names close to a popular one.
    ///
    /// npm says: a bare `E400 Bad Request`, `E403 Package name triggered spam detection`, or `E403 Package name too similar`.
    id: "name-refused-by-filter",
    level: Note,
    summary: "npmjs's filter may refuse the name",
    basis: Registry,
    silence: LeavesOpen,
    remedy: {
        why "the registry gave no reason; for a new name it is usually npm's filter for blocked \
            words and spam";
        help "choose another name (without words such as download, free or hack), or a name in your scope";
        help "ask npm's support to lift the block";
        asks "is the name new?" => View "{package} name";
    },
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
            Finding::new(format!("npmjs has refused new names with `{word}` before"))
                .at("/name")
                .help("if the publish fails with 400 Bad Request, choose another name")
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
