use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{EntryKind, Target};
use crate::finding::{Finding, Level};

check! {
    /// Only package.json and the files that npm always packs would be in the tarball, although
    /// package.json names entry points.
    ///
    /// Usually the build did not run, or `files` names nothing that exists: `files: ["."]`
    /// packs nothing at all (write `["*"]`, or omit `files`). It is an error if nothing can be
    /// built any more; see `contents-entry-missing`.
    ///
    /// npm says: nothing.
    id: "contents-empty",
    level: Error,
    summary: "nothing of the package itself would be packed",
    basis: Contents,
    silence: RulesOut,
    moots: ["contents-entry-missing"],
    rests_on: [EntryPoints],
    remedy: {
        help "build before you publish; safe-publish files shows what is packed";
    },
}

/// Elements of `files` that mean the package's folder but pack nothing, with npm 12 or with
/// every npm.
const ROOTS: [&str; 4] = [".", "./", "/", ""];

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let promised = contents.entries.iter().filter(|entry| {
        matches!(
            entry.kind,
            EntryKind::Main | EntryKind::Bin | EntryKind::Export
        )
    });
    let promised: Vec<_> = promised.collect();
    let only_always = contents
        .packed
        .files
        .iter()
        .all(|file| is_always(&file.path));
    if promised.is_empty() || !only_always {
        return Ok(Vec::new());
    }
    let files = facts.package.manifest.object.get("files");
    let roots = files
        .and_then(|files| files.as_array())
        .is_some_and(|files| {
            !files.is_empty()
                && files
                    .iter()
                    .all(|file| file.as_str().is_some_and(|it| ROOTS.contains(&it)))
        });
    let proven = roots
        || promised.iter().any(
            |entry| matches!(&entry.target, Target::Absent(absence) if contents.proves(absence)),
        );
    let finding = Finding::new("only package.json and the like would be packed");
    let finding = if roots {
        finding
            .at("/files")
            .help("write `[\"*\"]` instead, or omit `files`")
    } else {
        finding
    };
    Ok(vec![if proven {
        finding
    } else {
        finding.level(Level::Note)
    }])
}

fn is_always(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let starts = ["readme", "license", "licence", "copying", "changelog"];
    lower == "package.json"
        || (!lower.contains('/') && starts.iter().any(|start| lower.starts_with(start)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::contents::{Absence, Contents, Entry};
    use crate::facts::fake::{only, packed, packed_of, quiet};

    fn entry(contents: &mut Contents, source: bool) {
        contents.entries = vec![Entry {
            kind: EntryKind::Main,
            written: "dist/index.js".to_owned(),
            pointer: "/main".to_owned(),
            target: Target::Absent(Absence::Missing { source }),
        }];
    }

    #[test]
    fn fires_where_nothing_can_still_be_built() {
        let facts = packed(&["package.json", "README.md"], |it| entry(it, true));
        assert_eq!(only(run(&facts)).level, None);
        let manifest = json!({"name": "cat", "version": "1.0.0", "files": ["."]});
        let facts = packed_of(manifest, &["package.json"], |it| entry(it, false));
        assert_eq!(only(run(&facts)).level, None);
    }

    #[test]
    fn is_a_note_before_the_build() {
        let facts = packed(&["package.json"], |it| entry(it, false));
        assert_eq!(only(run(&facts)).level, Some(Level::Note));
    }

    #[test]
    fn stays_quiet_where_something_is_packed_or_nothing_is_promised() {
        let facts = packed(&["package.json", "x.js"], |it| entry(it, true));
        assert!(quiet(&run(&facts)));
        assert!(quiet(&run(&packed(&["package.json"], |_| {}))));
    }
}
