use super::is_allowed;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{Contents, NamedLink};
use crate::finding::{Finding, Level};
use crate::pack::FileKind;

check! {
    /// A packed file has a second name that is packed, too, or a file that users expect is a
    /// symbolic link.
    ///
    /// npm writes the second name of a file as a hard link without bytes, and every client
    /// drops links when it installs: users do not get the file. pnpm's store, Bazel and
    /// deduplication tools create such files. A symbolic link is not packed at all, and neither
    /// is its target: a package whose package.json is a symbolic link cannot be installed
    /// (`ENOENT: Could not read package.json`). For a README or an element of `files` it is a
    /// warning, or a note if a script may still replace it by a copy. For entry points see
    /// `contents-entry-missing`.
    ///
    /// Where the two names are not next to each other in the tarball, npm may make none at all: it waits
    /// for itself, or ends its stream twice.
    ///
    /// npm says: nothing, `Exit handler never called!` or `zlib: stream error`.
    id: "contents-link",
    level: Error,
    summary: "users do not get a file that is a link",
    basis: Contents,
    silence: RulesOut,
    remedy: {
        help "replace it by a copy (`cp --remove-destination`), or exclude one of the two names \
            from the package";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let files = &contents.packed.files;
    let mut findings = Vec::new();
    if !files.iter().any(|file| file.path == "package.json") {
        let message = "package.json is a symbolic link, which npm does not pack: \
                       nobody can install a package without it";
        findings.push(Finding::new(message).help("replace the link by the file itself"));
    }
    findings.extend(files.iter().filter_map(|file| {
        let FileKind::HardLink { to } = &file.kind else {
            return None;
        };
        if is_allowed(facts, &file.path) {
            return None;
        }
        let path = &file.path;
        Some(Finding::new(format!(
            "`{path}` is the same file as `{to}` on disk: it is packed as a hard link, and users do not get it"
        )))
    }));
    let links = contents
        .links
        .iter()
        .filter(|link| !is_allowed(facts, &link.path));
    findings.extend(links.map(|link| of_symbolic(link, contents)));
    Ok(findings)
}

fn of_symbolic(link: &NamedLink, contents: &Contents) -> Finding {
    let finding = Finding::new(format!(
        "`{}` is a symbolic link, which npm does not pack: users do not get it",
        link.path
    ))
    .help("replace the link by the file itself, or let a prepack script do so");
    let finding = match link.element {
        Some(index) => finding.at(&format!("/files/{index}")),
        None => finding,
    };
    let may_change = !contents.is_final() && !contents.scripts.is_empty();
    finding.level(if may_change {
        Level::Note
    } else {
        Level::Warning
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{only, packed, quiet};

    #[test]
    fn fires_on_the_second_name() {
        let facts = packed(&["package.json", "a.js", "b.js"], |contents| {
            Arc::make_mut(&mut contents.packed).files[2].kind = FileKind::HardLink {
                to: "a.js".to_owned(),
            };
        });
        assert!(only(run(&facts)).message.contains("b.js"));
    }

    #[test]
    fn fires_where_package_json_is_not_packed() {
        let facts = packed(&["a.js", "lib/package.json"], |_| {});
        assert!(only(run(&facts)).message.contains("package.json"));
    }

    #[test]
    fn a_symbolic_link_that_users_expect_is_a_warning_unless_a_script_may_replace_it() {
        let level = |scripts: &[&str]| {
            let facts = packed(&["package.json"], |contents| {
                contents.links = vec![NamedLink {
                    path: "README.md".to_owned(),
                    element: None,
                }];
                contents.scripts = scripts.iter().map(|it| (*it).to_owned()).collect();
            });
            only(run(&facts)).level
        };
        assert_eq!(level(&[]), Some(Level::Warning));
        assert_eq!(level(&["prepack"]), Some(Level::Note));
    }

    #[test]
    fn stays_quiet_on_ordinary_files() {
        assert!(quiet(&run(&packed(&["package.json", "a.js"], |_| {}))));
    }
}
