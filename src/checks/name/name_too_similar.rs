use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, NpmCommand};
use crate::registry::kinds::traits;

check! {
    /// npmjs refuses a new, unscoped name that differs from an existing one only in
    /// punctuation.
    ///
    /// It compares the names without periods, hyphens and underscores: `react-native`,
    /// `reactnative` and `react.native` are the same. So a free name may still be refused.
    /// Existing similar names stay, and scoped names are not compared. npmjs also refuses some
    /// names that look like popular ones, by a rule that is not public.
    ///
    /// npm says: `E403 Package name too similar to existing package …`
    id: "name-too-similar",
    level: Error,
    summary: "an existing name differs only in punctuation",
    basis: Registry,
    silence: LeavesOpen,
    rests_on: [Name, Registry],
    remedy: {
        why "npm refuses new names that are too similar to an existing one, even if nobody has \
            the exact name";
        help "publish under your own scope, @you/{package} with --access public, or choose a name with other letters";
        help "npm's support can allow the name";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    let Some(name) = facts
        .package
        .name
        .as_str()
        .filter(|_| !facts.package.dry_run && !super::super::manifest::is_remote(facts))
    else {
        return Ok(Vec::new());
    };
    if name.starts_with('@') || facts.packument()?.value.is_some() {
        return Ok(Vec::new());
    }
    let similar = facts.similar_names()?;
    if similar.value.is_empty() {
        return Ok(Vec::new());
    }
    let scope = facts.account().map_or("your-scope", |(account, _)| account);
    let finding = Finding::new(format!(
        "{name} is new and differs from {} only in punctuation",
        similar.value.join(", ")
    ))
    .at("/name")
    .predicts(
        "E403",
        format!(
            "Package name too similar to existing package {}",
            similar.value.join(",")
        ),
    )
    .because(similar.evidence(format!("{} exists", similar.value[0])))
    .step(
        "use your own scope, and publish with --access public",
        NpmCommand::pkg_set("name", &format!("@{scope}/{name}")),
    )
    .help("or choose a name with other letters");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, refused, silence, undecided};

    fn similar_to(facts: Facts) -> Facts {
        facts.with(|facts| facts.answers.similar_names = known(vec!["c.at".to_owned()]))
    }

    #[test]
    fn fires_on_a_new_name_with_a_similar_one() {
        let finding = only(run(&similar_to(fake())));
        assert_eq!(
            finding.message,
            "cat is new and differs from c.at only in punctuation"
        );
        assert!(finding.helps()[0].contains("@alice/cat"));
    }

    #[test]
    fn stays_quiet_on_existing_and_scoped_names_and_without_a_twin() {
        assert!(quiet(&run(&similar_to(fake().published(&["0.9.0"])))));
        assert!(quiet(&run(&similar_to(fake_of(
            json!({ "name": "@a/cat", "version": "1.0.0" })
        )))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_without_an_answer() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.similar_names = Err(refused()))
        )));
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
