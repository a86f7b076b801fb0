//! Whether a .gitignore may keep a path out of git.

use std::path::Path;

use super::rules::{Question, RuleSource, Rules};
use crate::file::{self, FileError};
use crate::manifest::glob::Name;

/// Whether a path below a working tree's root may be ignored by git. In doubt the
/// answer is yes: negated lines are skipped, and letter case is ignored.
pub fn may_be_ignored(root: &Path, path: &Path) -> bool {
    let Ok(inside) = path.strip_prefix(root) else {
        return true;
    };
    let names: Vec<Name> = inside
        .components()
        .map(|part| Name::new(&part.as_os_str().to_string_lossy()))
        .collect();
    let names: Vec<&Name> = names.iter().collect();
    let mut folder = root.to_path_buf();
    if hits(&folder.join(".git/info/exclude"), &names) {
        return true;
    }
    for depth in 0..names.len() {
        if hits(&folder.join(".gitignore"), &names[depth..]) {
            return true;
        }
        folder.push(names[depth].text());
    }
    false
}

fn hits(file: &Path, names: &[&Name]) -> bool {
    let text = match file::read_text(file, file::limit::SMALL) {
        Ok(text) => text,
        Err(FileError::Io(_)) => return false,
        // What git reads of a pipe or a huge file is not known.
        Err(_) => return true,
    };
    let mut rules = Rules::default();
    let lines = text.lines().filter(|line| !line.trim().starts_with('!'));
    for line in lines {
        if rules.add(line, |_| RuleSource::Default).is_err() {
            return true;
        }
    }
    // The path itself may be a folder: `main` may name one.
    (1..=names.len()).any(|count| {
        let names = &names[..count];
        rules.last_match(names, Question::Folder, false).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_above_and_lines_that_bring_back_count_as_ignored() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        std::fs::create_dir_all(at("lib/sub")).unwrap();
        std::fs::write(at(".gitignore"), "dist/\n*.gen.js\n!keep.gen.js\n").unwrap();
        std::fs::write(at("lib/.gitignore"), "/sub\n").unwrap();
        for (path, expected) in [
            ("dist/a/b.js", true),
            ("lib/x.gen.js", true),
            ("keep.gen.js", true),
            ("lib/sub/x.js", true),
            ("lib/x.js", false),
            ("sub/x.js", false),
        ] {
            assert_eq!(may_be_ignored(root.path(), &at(path)), expected, "{path}");
        }
    }
}
