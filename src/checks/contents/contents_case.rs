use super::{field, is_allowed};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{Absence, EntryKind, Target};
use crate::finding::{Finding, Level};

check! {
    /// An entry point is packed under a name with different letter case.
    ///
    /// macOS and Windows find it anyway, so it works there but fails on Linux. If git does not
    /// track the file, a build may still create the right one; then this is a note until
    /// everything is built.
    ///
    /// npm says: nothing; users on Linux see `Cannot find module`.
    id: "contents-case",
    level: Error,
    summary: "an entry point exists only with different letter case",
    basis: Contents,
    silence: RulesOut,
    rests_on: [EntryPoints],
    remedy: {
        help "write the name in package.json as the file has it, or rename the file";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    for entry in &contents.entries {
        let Target::Absent(absence @ Absence::OtherCase { packed, .. }) = &entry.target else {
            continue;
        };
        if is_allowed(facts, packed) {
            continue;
        }
        let finding = Finding::new(format!(
            "`{}`, named by {}, is packed as `{packed}`, which is another file on Linux",
            entry.written,
            field(entry.kind)
        ))
        .at(&entry.pointer)
        .help(format!("write `{packed}` instead, or rename the file"));
        let harmless = !matches!(
            entry.kind,
            EntryKind::Main | EntryKind::Bin | EntryKind::Export | EntryKind::InstallScript
        );
        findings.push(match (contents.proves(absence), harmless) {
            (true, false) => finding,
            (true, true) => finding.level(Level::Warning),
            (false, _) => finding.level(Level::Note),
        });
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::contents::Entry;
    use crate::facts::fake::{only, packed, quiet};

    fn with(tracked: bool) -> Facts {
        packed(&["dist/Index.js"], |contents| {
            contents.entries = vec![Entry {
                kind: EntryKind::Main,
                written: "dist/index.js".to_owned(),
                pointer: "/main".to_owned(),
                target: Target::Absent(Absence::OtherCase {
                    packed: "dist/Index.js".to_owned(),
                    tracked,
                }),
            }];
        })
    }

    #[test]
    fn fires_where_git_tracks_the_file() {
        let finding = only(run(&with(true)));
        assert!(finding.level.is_none() && finding.message.contains("dist/Index.js"));
    }

    #[test]
    fn is_a_note_where_a_build_may_make_another() {
        assert_eq!(only(run(&with(false))).level, Some(Level::Note));
    }

    #[test]
    fn stays_quiet_where_the_case_is_right() {
        assert!(quiet(&run(&packed(&["index.js"], |_| {}))));
    }
}
