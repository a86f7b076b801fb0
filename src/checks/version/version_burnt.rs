use super::{published_on, replacements, version};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap};
use crate::registry::kinds::traits;

check! {
    /// A version that was published and then unpublished can never be used again on npmjs.
    ///
    /// The packument still lists the version in `time`, but not in `versions`. Nobody can free
    /// it, `--force` does not help, and npm's own comparison does not see it.
    ///
    /// npm says: `E400 Cannot publish over previously published version "1.1.0".`
    id: "version-burnt",
    level: Error,
    summary: "the version was unpublished and cannot be used again",
    basis: Registry,
    silence: RulesOut,
    rests_on: [Name, Version, Registry],
    remedy: {
        why "this version was published and then unpublished; npm never frees a number, and \
            --force does not help";
        help "use the next number" => Version "patch";
        asks "is the version in the registry's history but not installable?" => View "{package} time versions";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !traits(facts.kind).npmjs_rules {
        return Err(Gap::NotOffered);
    }
    let Some(version) = version(facts).filter(|_| !facts.package.dry_run) else {
        return Ok(Vec::new());
    };
    let answer = facts.packument()?;
    let Some(packument) = &answer.value else {
        return Ok(Vec::new());
    };
    let text = version.to_string();
    let whole = packument
        .unpublished
        .as_ref()
        .is_some_and(|gone| gone.versions.contains(&text));
    let single = packument.published.contains_key(&text);
    if packument.versions.contains_key(&text)
        || !(whole || single)
        || super::super::name::is_blocked(facts, packument)
    {
        return Ok(Vec::new());
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let when = published_on(packument, &text).map_or(String::new(), |day| format!(" on {day}"));
    let finding = Finding::new(format!(
        "{name} {version} was published{when} and later unpublished, and npm never frees a version"
    ))
    .at("/version")
    .because(answer.evidence(format!("time holds {version}, versions does not")));
    // npmjs documents no message of its own for staging: these are the ones for a staged
    // version.
    let (code, text) = if facts.package.staged {
        ("E409", "Cannot stage previously published version")
    } else {
        ("E400", "Cannot publish over previously published version")
    };
    let finding = finding.predicts(code, format!("{text} \"{version}\"."));
    let steps = replacements(facts, packument, version).into_iter();
    let finding = steps.fold(finding, Finding::help);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn burnt() -> Facts {
        fake().published(&["0.9.0"]).packument_with(|packument| {
            let time = "2026-05-01T10:00:00.000Z".parse().ok();
            packument.published.insert("1.0.0", time);
        })
    }

    #[test]
    fn fires_on_a_version_that_time_remembers() {
        let finding = only(run(&burnt()));
        assert!(finding.message.contains("on 2026-05-01"));
        assert_eq!(finding.helps(), ["npm version 1.0.1"]);
    }

    #[test]
    fn fires_on_a_version_of_a_package_that_was_unpublished_long_ago() {
        let facts = fake().unpublished("2026-05-03T10:00:00.000Z", &["1.0.0"]);
        assert_eq!(only(run(&facts)).predicts.unwrap().code.unwrap(), "E400");
    }

    #[test]
    fn fires_for_the_stage_with_its_own_words() {
        let staged = burnt().with(|facts| facts.package.staged = true);
        assert_eq!(only(run(&staged)).predicts.unwrap().code.unwrap(), "E409");
    }

    #[test]
    fn stays_quiet_on_new_and_on_published_versions() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&fake().published(&["1.0.0"]))));
        assert!(quiet(&run(
            &burnt().with(|facts| facts.package.dry_run = true)
        )));
    }

    #[test]
    fn stays_quiet_while_the_name_rests_which_is_said_elsewhere() {
        assert!(quiet(&run(
            &fake().unpublished("2026-11-24T10:00:00.000Z", &["1.0.0"])
        )));
    }

    #[test]
    fn undecided_in_silence_and_not_applicable_elsewhere() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
        let elsewhere = burnt().registry("http://localhost:4873/", RegistryKind::Verdaccio);
        assert_eq!(run(&elsewhere), Err(Gap::NotOffered));
    }
}
