use serde_json::Value;

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::pack::Edition;

check! {
    /// An element of `files` in package.json packs nothing.
    ///
    /// Most such elements are left over, and do no harm. One kind surprises: before npm 12 a glob that
    /// names folders (`dist-*`) packs nothing of them; that is a warning.
    ///
    /// npm says: nothing.
    id: "contents-files-nothing",
    level: Note,
    summary: "an element of `files` packs nothing",
    basis: Contents,
    silence: RulesOut,
    remedy: {
        help "remove the element, or correct its path; a folder is written `dist-*/**`";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let files = facts.package.manifest.object.get("files");
    let text = |index: usize| {
        files
            .and_then(|files| files.get(index))
            .and_then(Value::as_str)
    };
    let mut findings = Vec::new();
    for &index in &contents.unused {
        let Some(element) = text(index) else { continue };
        let finding = Finding::new(format!("`{element}` in `files` packs nothing"))
            .at(&format!("/files/{index}"));
        let is_glob = element.contains(['*', '?', '[', '{', '(']);
        let newer = contents
            .other_npm
            .as_ref()
            .is_some_and(|other| other.edition == Edition::Npm12 && !other.more.is_empty());
        findings.push(if is_glob && newer && contents.edition != Edition::Npm12 {
            finding
                .help(format!(
                    "write `{}/**`: before npm 12 a glob packs no folder",
                    element.trim_end_matches('/')
                ))
                .level(Level::Warning)
        } else {
            finding.help("take it out, or correct the path")
        });
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::contents::Difference;
    use crate::facts::fake::{only, packed_of, quiet};

    fn with(element: &str, newer: bool) -> Facts {
        let manifest = json!({"name": "cat", "version": "1.0.0", "files": [element]});
        packed_of(manifest, &["package.json"], |contents| {
            contents.unused = vec![0];
            contents.edition = Edition::Npm11;
            contents.other_npm = newer.then(|| Difference {
                edition: Edition::Npm12,
                more: vec!["dist-a/x.js".to_owned()],
                fewer: Vec::new(),
            });
        })
    }

    #[test]
    fn fires_as_a_note_on_what_is_left_over() {
        assert_eq!(only(run(&with("old", false))).level, None);
    }

    #[test]
    fn warns_of_a_glob_of_folders_before_npm_12() {
        assert_eq!(only(run(&with("dist-*", true))).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_where_each_packs_something() {
        let facts = with("old", false).with(|facts| {
            facts
                .contents
                .as_mut()
                .unwrap()
                .as_mut()
                .unwrap()
                .unused
                .clear();
        });
        assert!(quiet(&run(&facts)));
    }
}
