use super::is_allowed;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// Something would be packed that is hardly meant for users.
    ///
    /// Earlier tarballs, reports of test coverage, build caches, logs, files of editors and of version
    /// control.
    id: "contents-surprise",
    level: Note,
    summary: "a file would be packed that is hardly meant for users",
    basis: Contents,
    silence: LeavesOpen,
    remedy: {
        help "list what is to be packed in `files` in package.json, or allow the files in the setting `contents.allow`";
    },
}

/// So many files are named.
const SHOWN: usize = 4;

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let files = contents.packed.files.iter().map(|file| file.path.as_str());
    let own: Vec<&str> = files
        .filter(|path| is_junk(path) && !is_allowed(facts, path))
        .collect();
    let Some(first) = own.first() else {
        return Ok(Vec::new());
    };
    let shown: Vec<String> = own
        .iter()
        .take(SHOWN)
        .map(|path| format!("`{path}`"))
        .collect();
    let message = match own.len() {
        1 => format!("`{first}` would be packed, which is hardly meant for users"),
        count if count > SHOWN => format!(
            "{count} files would be packed that are hardly meant for users: {}, …",
            shown.join(", ")
        ),
        _ => format!(
            "{} would be packed, which are hardly meant for users",
            shown.join(", ")
        ),
    };
    Ok(vec![Finding::new(message)])
}

fn is_junk(path: &str) -> bool {
    let inside = path.strip_prefix("node_modules/").is_none();
    let top = path.split('/').next().unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_folder = path.contains('/');
    let folders = [
        "coverage",
        ".nyc_output",
        ".idea",
        ".vscode",
        ".github",
        ".turbo",
        ".cache",
    ];
    inside
        && ((is_folder && folders.contains(&top))
            || (!is_folder && (extension == "tgz" || name == ".eslintcache"))
            || matches!(extension, "tsbuildinfo" | "log")
            || name.ends_with('~')
            || matches!(name, "Thumbs.db" | ".gitattributes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{only, packed, quiet};

    #[test]
    fn fires_once_for_all() {
        let facts = packed(&["cat-0.9.0.tgz", "coverage/a.html", "a.js"], |_| {});
        let message = only(run(&facts)).message;
        assert!(message.contains("cat-0.9.0.tgz") && message.contains("coverage/a.html"));
    }

    #[test]
    fn stays_quiet_on_what_users_need() {
        let files = [
            "a.js",
            "lib/coverage/x.js",
            "node_modules/x/.github/a",
            "data/x.tgz",
        ];
        assert!(quiet(&run(&packed(&files, |_| {}))));
    }
}
