use crate::checks::check::{Verdict, check};
use crate::checks::provisional::provisional;
use crate::facts::Facts;
use crate::finding::{Finding, Gap, NpmCommand};
use crate::manifest::name::Name;
use crate::plan::Field;
use crate::registry::kinds::traits;

check! {
    /// npm refuses some names, and npmjs refuses more of them for new packages.
    ///
    /// npm itself refuses a leading period or underscore, spaces, and characters that need
    /// encoding in a URL. For a new package the registry also refuses capital letters, the
    /// names of Node's built-in modules, more than 214 characters, and `~'!()*`. Existing
    /// packages with such names can still publish, so these are errors only if the registry
    /// confirms that the name is new.
    ///
    /// npm says: `EINVALIDPACKAGENAME`, `Invalid name: "…"`, or `E400 "…" is invalid for new
    /// packages`.
    id: "name-invalid",
    level: Error,
    summary: "the name breaks npm's rules",
    basis: Registry,
    silence: LeavesOpen,
    remedy: {
        why "the name breaks the rules for new packages: lower case, at most 214 characters, no spaces, none of ~)('!*, no leading dot or underscore";
        help "choose a name in lower case, with hyphens" => PkgSet "name=my-package";
    },
}

fn run(facts: &Facts) -> Verdict {
    if super::is_remote(facts) {
        return Ok(Vec::new());
    }
    match &facts.package.name {
        Name::Missing => Ok(Vec::new()),
        Name::Invalid {
            name,
            reasons,
            code,
        } => {
            let said = facts
                .package
                .name
                .refusal("latest")
                .unwrap_or_else(|| format!("Invalid name: \"{name}\""));
            let finding = Finding::new(format!(
                "`{name}` is not a valid name: {}",
                reasons.join(", ")
            ))
            .at("/name")
            .predicts(code, said)
            .run(proposal(name));
            // npm parses the name before its scripts, and as part of a spec after
            // them.
            let is_early = *code != "EINVALIDPACKAGENAME";
            Ok(vec![if is_early {
                finding
            } else {
                late(facts, finding)
            }])
        }
        Name::Usable {
            only_for_old_packages,
            ..
        } if only_for_old_packages.is_empty() => Ok(Vec::new()),
        Name::Usable {
            name,
            only_for_old_packages,
        } => for_new_packages(facts, name, only_for_old_packages),
    }
}

fn for_new_packages(facts: &Facts, name: &str, reasons: &[String]) -> Verdict {
    if !traits(facts.kind).checks_new_names {
        return Err(Gap::NotOffered);
    }
    let packument = facts.packument()?;
    if packument.value.is_some() || facts.package.dry_run {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "`{name}` is refused for a new package: {}",
        reasons.join(", ")
    ))
    .at("/name")
    .predicts("E400", format!("\"{name}\" is invalid for new packages"))
    .because(packument.evidence("no package of that name"))
    .run(proposal(name));
    Ok(vec![late(facts, finding)])
}

/// A script may change the name before npm reads it.
fn late(facts: &Facts, finding: Finding) -> Finding {
    provisional(&facts.package, finding, &[Field::Name])
}

/// The name in lower case, with hyphens for characters that are not allowed.
fn proposal(name: &str) -> NpmCommand {
    let lower = name.trim().to_lowercase();
    let kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '@' | '/');
    let plain: String = lower
        .chars()
        .map(|c| if kept(c) { c } else { '-' })
        .collect();
    let plain = plain
        .trim_start_matches(['.', '_', '-'])
        .trim_end_matches('-');
    let same = plain == name || plain.is_empty();
    NpmCommand::pkg_set("name", if same { "another-name" } else { plain })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn named(name: &str) -> Facts {
        fake_of(json!({ "name": name, "version": "1.0.0" }))
    }

    #[test]
    fn fires_on_names_that_npm_refuses() {
        for name in [".cat", "cat utils", "_cat", "node_modules", "@cat"] {
            assert!(
                only(run(&named(name))).message.contains("not a valid name"),
                "{name}"
            );
        }
    }

    #[test]
    fn fires_on_new_names_that_the_registry_refuses() {
        let finding = only(run(&named("CatUtils")));
        assert_eq!(finding.helps(), ["npm pkg set name=catutils"]);
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E400");
        assert!(!run(&named("http")).unwrap().is_empty());
    }

    #[test]
    fn stays_quiet_on_good_names_and_on_legacy_packages() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&named("CatUtils").published(&["1.0.0"]))));
    }

    #[test]
    fn undecided_where_it_is_unknown_whether_the_name_is_new() {
        let facts = named("CatUtils").with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&facts)));
        let elsewhere =
            named("CatUtils").registry("http://localhost:4873/", RegistryKind::Verdaccio);
        assert_eq!(run(&elsewhere), Err(Gap::NotOffered));
        let _ = known(());
    }
}
