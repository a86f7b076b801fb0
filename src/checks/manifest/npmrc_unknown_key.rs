use crate::checks::check::{Verdict, check};
use crate::facts::ProjectFacts;
use crate::finding::{Finding, Level};

check! {
    /// An .npmrc contains a key that npm does not know.
    ///
    /// npm ignores it; since 11.2 it warns each time. With npm 12's `strict-npmrc` it fails.
    /// Keys of other tools (pnpm, yarn) count as well as misspelt ones; variables do not.
    ///
    /// npm says: `EUNKNOWNCONFIG Unknown npm configuration key`.
    id: "npmrc-unknown-key",
    level: Error,
    summary: "an .npmrc contains a key that npm does not know",
    basis: CommandLine,
    silence: RulesOut,
    about: Project,
    remedy: {
        why "npm does not know a key in an .npmrc: {text}";
        help "remove the line, or move it into the other tool's own file";
        help "the files that npm reads" => Config "list";
    },
}

fn run(facts: &ProjectFacts) -> Verdict {
    let unknown = &facts.plan.unknown_keys;
    let Some(first) = unknown.first() else {
        return Ok(Vec::new());
    };
    let npm = facts.npm()?;
    if facts.plan.strict_npmrc && npm.knows_strict_npmrc() {
        let findings = unknown.iter().map(|key| {
            Finding::new(format!(
                "npm does not know `{}`, and fails because of strict-npmrc",
                key.key
            ))
            .set_by(&key.origin)
            .predicts("EUNKNOWNCONFIG", "Unknown npm configuration key")
            .help("remove the line, or strict-npmrc")
        });
        return Ok(findings.collect());
    }
    if !npm.warns_about_unknown_keys() {
        return Ok(Vec::new());
    }
    let keys: Vec<&str> = unknown.iter().map(|key| key.key.as_str()).collect();
    let finding = Finding::new(format!(
        "npm does not know these keys of .npmrc files: {}",
        keys.join(", ")
    ))
    .set_by(&first.origin)
    .help("npm ignores them; if another tool needs them, put them into its own file")
    .level(Level::Note);
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake_project, only, quiet};
    use crate::npm::NpmVersion;
    use crate::origin::{FilePosition, Layer, Origin};
    use crate::plan::UnknownKey;

    fn with(strict: bool, major: u64) -> ProjectFacts {
        let mut facts = fake_project();
        facts.npm = Ok(NpmVersion::new(major, 2, 0));
        facts.plan.strict_npmrc = strict;
        facts.plan.unknown_keys.push(UnknownKey {
            key: "foo".to_owned(),
            origin: Origin::File(FilePosition {
                layer: Layer::Project,
                path: ".npmrc".into(),
                line: 1,
                column: 1,
            }),
        });
        facts
    }

    #[test]
    fn fires_under_strict_npmrc() {
        let finding = only(run(&with(true, 12)));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EUNKNOWNCONFIG");
    }

    #[test]
    fn stays_quiet_or_a_note_elsewhere() {
        assert_eq!(only(run(&with(false, 12))).level, Some(Level::Note));
        assert_eq!(only(run(&with(true, 11))).level, Some(Level::Note));
        assert!(quiet(&run(&with(true, 10))));
        assert!(quiet(&run(&fake_project())));
    }
}
