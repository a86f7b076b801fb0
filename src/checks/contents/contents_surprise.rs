use super::is_allowed;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::Comparison;
use crate::finding::Finding;

check! {
    /// Something would be packed that is probably not meant for users.
    ///
    /// Examples are earlier tarballs, coverage reports, build caches, logs, and files of
    /// editors and version control.
    id: "contents-surprise",
    level: Note,
    summary: "a file would be packed that is probably not meant for users",
    basis: Contents,
    silence: LeavesOpen,
    remedy: {
        help "list what is to be packed in `files` in package.json, or allow the files in the setting `contents.allow`";
    },
}

/// At most this many files are named.
const MAX_SHOWN: usize = 4;

/// Smaller growth is not reported, in bytes.
const MIN_GROWTH: u64 = 50_000;

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let files = contents.packed.files.iter().map(|file| file.path.as_str());
    let junk: Vec<&str> = files
        .filter(|path| is_junk(path) && !is_allowed(facts, path))
        .collect();
    let comparison = facts.comparison.as_ref();
    let new_contents = comparison.and_then(|known| new_contents(known.as_ref().ok()?));
    Ok(of_junk(&junk).into_iter().chain(new_contents).collect())
}

fn of_junk(junk: &[&str]) -> Option<Finding> {
    let first = junk.first()?;
    let shown = named(junk);
    let message = match junk.len() {
        1 => format!("`{first}` would be packed, which is probably not meant for users"),
        count if count > MAX_SHOWN => {
            format!(
                "{count} files would be packed that are probably not meant for users: \
                {shown}, …"
            )
        }
        _ => format!("{shown} would be packed, which are probably not meant for users"),
    };
    Some(Finding::new(message))
}

fn named(all: &[impl AsRef<str>]) -> String {
    let shown = all
        .iter()
        .take(MAX_SHOWN)
        .map(|it| format!("`{}`", it.as_ref()));
    shown.collect::<Vec<_>>().join(", ")
}

/// What the last published version does not have.
fn new_contents(found: &Comparison) -> Option<Finding> {
    let mut parts = Vec::new();
    let lists = [
        ("the folders", &found.new_folders),
        ("files ending in", &found.new_endings),
    ];
    for (what, names) in lists.iter().filter(|(_, names)| !names.is_empty()) {
        parts.push(format!("{what} {}", named(names)));
    }
    let (before, after) = (found.size_before, found.size_after);
    if after > before.saturating_mul(2) && after - before >= MIN_GROWTH {
        parts.push("more than twice the size".to_owned());
    }
    let version = &found.version;
    (!parts.is_empty()).then(|| {
        Finding::new(format!("new since {version}: {}", parts.join("; ")))
            .help("check whether this is intended: safe-publish files")
    })
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
    fn fires_on_what_the_last_version_did_not_have() {
        let comparison = Comparison {
            version: "1.4.0".to_owned(),
            new_folders: vec!["src".to_owned()],
            new_endings: vec![".map".to_owned()],
            size_before: 10_000,
            size_after: 90_000,
            ..Comparison::default()
        };
        let of = |comparison: Comparison| {
            packed(&["a.js"], |_| {}).with(|facts| facts.comparison = Some(Ok(comparison)))
        };
        let message = only(run(&of(comparison.clone()))).message;
        assert_eq!(
            message,
            "new since 1.4.0: the folders `src`; files ending in `.map`; more than twice the size"
        );
        let usual = Comparison {
            size_before: 10_000,
            size_after: 30_000,
            ..Comparison::default()
        };
        assert!(quiet(&run(&of(usual))));
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
