use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::pack::FileKind;

check! {
    /// A packed file has a second name that is packed, too, or package.json is a symbolic link.
    ///
    /// npm writes the second name of a file as a hard link without bytes, and every client drops links
    /// when it installs: users do not get the file. Stores of pnpm, Bazel and tools that save space by
    /// deduplication make such files. A symbolic link is not packed at all, and a package without
    /// package.json cannot be installed (`ENOENT: Could not read package.json`).
    ///
    /// npm says: nothing.
    id: "contents-link",
    level: Error,
    summary: "users do not get a file that is a link",
    basis: Contents,
    silence: RulesOut,
    remedy: {
        help "put a copy in its place (`cp --remove-destination`), or leave one of the two names out of the package";
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
        findings.push(Finding::new(message).help("put the file itself in place of the link"));
    }
    findings.extend(files.iter().filter_map(|file| {
        let FileKind::HardLink { to } = &file.kind else {
            return None;
        };
        let path = &file.path;
        Some(Finding::new(format!(
            "`{path}` is the same file as `{to}` on disk: it is packed as a hard link, and users do not get it"
        )))
    }));
    Ok(findings)
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
    fn stays_quiet_on_ordinary_files() {
        assert!(quiet(&run(&packed(&["package.json", "a.js"], |_| {}))));
    }
}
