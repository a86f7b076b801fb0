use serde_json::Value;

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::Contents;
use crate::finding::{Finding, Level};
use crate::manifest::glob::{Glob, MatchOptions};
use crate::pack::Edition;

check! {
    /// An element of `files` in package.json packs nothing.
    ///
    /// Most such elements are leftovers, and do no harm. One kind is surprising: before npm 12
    /// a glob that matches folders (`dist-*`) packs nothing of them; that is a warning. So is a
    /// `files` that is a string: npm treats each of its characters as a path.
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
    if files
        .and_then(Value::as_str)
        .is_some_and(|it| !it.is_empty())
    {
        let message = "`files` is a string, and npm treats each of its characters as a path";
        let finding = Finding::new(message).at("/files");
        let finding = finding.help("write a list: `[\"lib\"]`");
        return Ok(vec![finding.level(Level::Warning)]);
    }
    // contents-link reports links.
    let is_link = |index: usize| contents.links.iter().any(|it| it.element == Some(index));
    for &index in contents.unused.iter().filter(|index| !is_link(**index)) {
        let Some(element) = text(index) else { continue };
        let finding = Finding::new(format!("`{element}` in `files` packs nothing"))
            .at(&format!("/files/{index}"));
        findings.push(if names_a_folder(element, contents) {
            finding
                .help(format!(
                    "write `{}/**`: before npm 12 a glob packs no folder",
                    element.trim_end_matches('/')
                ))
                .level(Level::Warning)
        } else {
            finding.help("remove it, or correct the path")
        });
    }
    Ok(findings)
}

/// Whether npm 12 packs files of a folder whose name an element matches, but the installed npm
/// does not.
fn names_a_folder(element: &str, contents: &Contents) -> bool {
    let other = contents.other_npm.as_ref();
    let Some(newer) = other.filter(|other| other.edition == Edition::Npm12) else {
        return false;
    };
    let bare = element.trim_start_matches("./").trim_start_matches('/');
    let glob = Glob::plain(bare.trim_end_matches('/'));
    let options = MatchOptions {
        partial: false,
        dot: true,
    };
    let folders = |path: &'_ str| {
        let ends = path.match_indices('/').map(|(at, _)| at);
        ends.map(|end| path[..end].to_owned()).collect::<Vec<_>>()
    };
    let mut more = newer.more.iter();
    more.any(|path| {
        folders(path)
            .iter()
            .any(|folder| glob.matches(folder, options))
    })
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
    fn warns_of_a_text_in_place_of_a_list() {
        let manifest = json!({"name": "cat", "version": "1.0.0", "files": "lib"});
        let facts = packed_of(manifest, &["package.json"], |_| {});
        assert_eq!(only(run(&facts)).level, Some(Level::Warning));
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
