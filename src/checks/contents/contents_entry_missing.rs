use serde_json::{Map, Value};

use super::{field, is_allowed, why};
use crate::checks::check::{Verdict, check};
use crate::checks::limited::listed;
use crate::facts::Facts;
use crate::facts::contents::{Absence, Contents, Entry, EntryKind, Target};
use crate::finding::{Finding, Level};
use crate::pack::RuleSource;

check! {
    /// An entry point of the package is not among the files that would be packed.
    ///
    /// Entry points are `main` (unless `exports` or an index.js replaces it), each `bin`, each
    /// target of `exports` that Node itself uses, and the file that an install script runs. It
    /// is an error if this is proven: the file exists, but a rule, a link or npm itself
    /// excludes it; or git tracks its folder, so no build creates it; or everything is built (a
    /// tarball, `--built`, a rehearsal); or npm starts immediately and runs no script first.
    /// Otherwise the file may still be built, and this is a note. Types, and what only bundlers
    /// read, are warnings.
    ///
    /// A dependency in `bundleDependencies` that would not be packed is a warning, too, or a note while
    /// it may still be built. npm does not install bundled dependencies from the registry, and packs only
    /// those in the package's own node_modules, not those that a workspace has in its root's.
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
        help "safe-publish files --why PATH names the rule that excludes it";
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
        // Different letter case has its own check.
        let is_case = matches!(absence, Absence::OtherCase { .. });
        (!is_case && !is_allowed(facts, entry.written.trim_start_matches("./")))
            .then_some((entry, absence))
    });
    let mut findings = listed(
        missing.collect(),
        |(entry, absence)| level(entry.kind, contents.proves(absence)),
        |(entry, absence)| finding(entry, absence, contents, facts),
    );
    findings.extend(unbundled(facts, contents));
    Ok(findings)
}

/// The dependencies that are to be bundled and are not packed.
fn unbundled<'a>(
    facts: &'a Facts,
    contents: &'a Contents,
) -> impl Iterator<Item = Finding> + use<'a> {
    let object = &facts.package.manifest.object;
    let field = ["bundleDependencies", "bundledDependencies"];
    let field = field.into_iter().find(|field| object.contains_key(*field));
    let names: Vec<&String> = match field.and_then(|field| object.get(field)) {
        Some(Value::Array(names)) => names.iter().filter_map(as_text).collect(),
        Some(Value::Object(names)) => names.keys().collect(),
        Some(Value::Bool(true)) => {
            let dependencies = object.get("dependencies").and_then(Value::as_object);
            dependencies.into_iter().flat_map(Map::keys).collect()
        }
        _ => Vec::new(),
    };
    let is_needed = |name: &&String| {
        let dependencies = object.get("dependencies");
        dependencies.is_some_and(|all| all.get(name.as_str()).is_some())
    };
    let missing = names
        .into_iter()
        .filter(is_needed)
        .filter(|name| !contents.packed.bundled.contains(name));
    let level = if contents.is_final() {
        Level::Warning
    } else {
        Level::Note
    };
    missing.map(move |name| {
        Finding::new(format!(
            "`{name}` is to be bundled and is not packed: npm does not install it for users"
        ))
        .at(&format!("/{}", field.unwrap_or_default()))
        .help(format!(
            "install it into the package's own node_modules, or take it out of {}",
            field.unwrap_or_default()
        ))
        .level(level)
    })
}

fn as_text(value: &Value) -> Option<&String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn finding(entry: &Entry, absence: &Absence, contents: &Contents, facts: &Facts) -> Finding {
    let proven = contents.proves(absence);
    let reason = if proven {
        why(absence, facts)
    } else {
        "it does not exist yet".to_owned()
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
        Absence::Link(_) | Absence::HardLink => finding.help("replace the link by a copy"),
        _ if proven => {
            finding.help("build it before you publish, or correct the path in package.json")
        }
        _ => finding.help(
            "build it before you publish; `check --built` then gives a definite \
                answer",
        ),
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
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::facts::contents::Stage;
    use crate::facts::fake::{fake, only, packed, packed_of, quiet};

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
    fn a_dependency_that_is_to_be_bundled_must_be_packed() {
        let of = |bundle: Value, stage: Stage| {
            let manifest = json!({
                "name": "cat", "version": "1.0.0", "bundleDependencies": bundle,
                "dependencies": { "dep": "^1.0.0" }, "peerDependencies": { "peer": "1" },
            });
            packed_of(manifest, &["index.js"], |contents| contents.stage = stage)
        };
        for bundle in [json!(["dep"]), json!(true), json!({ "dep": true })] {
            let finding = only(run(&of(bundle, Stage::Built)));
            assert_eq!(finding.level, Some(Level::Warning));
        }
        let finding = only(run(&of(json!(["dep"]), Stage::Before)));
        assert_eq!(finding.level, Some(Level::Note));
        assert!(quiet(&run(&of(json!(["peer"]), Stage::Built))));
        let bundled = of(json!(["dep"]), Stage::Built).with(|facts| {
            let contents = facts.contents.as_mut().unwrap().as_mut().unwrap();
            Arc::make_mut(&mut contents.packed).bundled = vec!["dep".to_owned()];
        });
        assert!(quiet(&run(&bundled)));
    }

    #[test]
    fn stays_quiet_where_all_is_packed_or_nothing_is_known() {
        assert!(quiet(&run(&packed(&["index.js"], |_| {}))));
        assert!(quiet(&run(&fake())));
    }
}
