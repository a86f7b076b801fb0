use super::{field, is_allowed, why};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{Absence, Contents, Entry, EntryKind, Target};
use crate::finding::{Finding, Level};
use crate::pack::RuleSource;

check! {
    /// An entry point of the package is not among the files that would be packed.
    ///
    /// `main` (where no `exports` and no index.js takes its place), each `bin`,
    /// each target of `exports` that Node itself uses, and the file that an install
    /// script runs. It is an error where that is proven: the file exists and a
    /// rule, a link or npm itself keeps it out; or git tracks its folder, so that
    /// no build makes it; or all is built already (a tarball, `--built`, a
    /// rehearsal), or npm starts at once and runs no script before. Otherwise the
    /// file may still be built, and this is a note. Types, and what only bundlers
    /// read, are warnings.
    ///
    /// npm says: nothing; users read `Cannot find module`.
    id: "contents-entry-missing",
    level: Error,
    summary: "an entry point of the package would not be packed",
    basis: Contents,
    silence: LeavesOpen,
    rests_on: [EntryPoints],
    remedy: {
        help "build before you publish, or add the file to `files` in package.json";
        help "safe-publish files --why PATH names the rule that leaves it out";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let missing = contents.entries.iter().filter_map(|entry| {
        let Target::Absent(absence) = &entry.target else {
            return None;
        };
        // Another letter case is a check of its own.
        let is_case = matches!(absence, Absence::OtherCase { .. });
        (!is_case && !is_allowed(facts, entry.written.trim_start_matches("./")))
            .then(|| finding(entry, absence, contents, facts))
    });
    Ok(missing.collect())
}

fn finding(entry: &Entry, absence: &Absence, contents: &Contents, facts: &Facts) -> Finding {
    let proven = contents.proves(absence);
    let reason = if proven {
        why(absence, facts)
    } else {
        "it is not there yet".to_owned()
    };
    let message = format!(
        "`{}`, named by {}, is not packed: {reason}",
        entry.written,
        field(entry.kind)
    );
    let finding = Finding::new(message).at(&entry.pointer);
    let finding = match absence {
        Absence::Excluded(RuleSource::NotInFiles) => {
            finding.help("add it, or its folder, to `files` in package.json")
        }
        Absence::Excluded(_) => {
            finding.help("change that rule, or name the file in `files` in package.json")
        }
        Absence::Link(_) | Absence::HardLink => finding.help("put a copy in place of the link"),
        _ if proven => {
            finding.help("build it before you publish, or correct the path in package.json")
        }
        _ => {
            finding.help("build it before you publish; `check --built` then checks again, for sure")
        }
    };
    match level(entry.kind, proven) {
        Level::Error => finding,
        other => finding.level(other),
    }
}

fn level(kind: EntryKind, proven: bool) -> Level {
    match kind {
        _ if !proven => Level::Note,
        EntryKind::Main | EntryKind::Bin | EntryKind::Export | EntryKind::InstallScript => {
            Level::Error
        }
        EntryKind::Types | EntryKind::Bundler | EntryKind::ExportPattern => Level::Warning,
        EntryKind::DeadMain | EntryKind::OtherExport => Level::Note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::contents::Stage;
    use crate::facts::fake::{fake, only, packed, quiet};

    fn with(kind: EntryKind, absence: Absence) -> Facts {
        packed(&["package.json"], |contents| {
            contents.entries = vec![Entry {
                kind,
                written: "dist/index.js".to_owned(),
                pointer: "/main".to_owned(),
                target: Target::Absent(absence),
            }];
        })
    }

    #[test]
    fn fires_where_a_rule_or_a_link_keeps_it_out() {
        for absence in [
            Absence::Excluded(RuleSource::NotInFiles),
            Absence::Link("dist".to_owned()),
            Absence::HardLink,
            Absence::Missing { source: true },
        ] {
            let finding = only(run(&with(EntryKind::Main, absence.clone())));
            assert_eq!(finding.level, None, "{absence:?}");
        }
    }

    #[test]
    fn is_a_note_where_a_build_may_still_make_it() {
        let absence = Absence::Missing { source: false };
        let facts = with(EntryKind::Bin, absence);
        assert_eq!(only(run(&facts)).level, Some(Level::Note));
        let set = |stage: Stage, scripts: &[&str]| {
            facts.clone().with(|facts| {
                let contents = facts.contents.as_mut().unwrap().as_mut().unwrap();
                contents.stage = stage;
                contents.scripts = scripts.iter().map(|it| (*it).to_owned()).collect();
            })
        };
        assert_eq!(
            only(run(&set(Stage::Publishing, &["prepack"]))).level,
            Some(Level::Note)
        );
        assert_eq!(only(run(&set(Stage::Publishing, &[]))).level, None);
        assert_eq!(only(run(&set(Stage::Built, &["prepack"]))).level, None);
    }

    #[test]
    fn is_milder_for_what_node_does_not_read() {
        let absence = || Absence::Missing { source: true };
        for (kind, level) in [
            (EntryKind::Types, Level::Warning),
            (EntryKind::Bundler, Level::Warning),
            (EntryKind::DeadMain, Level::Note),
            (EntryKind::OtherExport, Level::Note),
        ] {
            assert_eq!(
                only(run(&with(kind, absence()))).level,
                Some(level),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn stays_quiet_where_all_is_packed_or_nothing_is_known() {
        assert!(quiet(&run(&packed(&["index.js"], |_| {}))));
        assert!(quiet(&run(&fake())));
    }
}
