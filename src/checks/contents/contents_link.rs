use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::pack::FileKind;

check! {
    /// A packed file has a second name that is packed, too: the tarball then holds a hard link.
    ///
    /// npm writes the second name as a link without bytes, and every client drops links when it
    /// installs: the file is not there for users. Stores of pnpm, Bazel and tools that save space by
    /// deduplication make such files.
    ///
    /// npm says: nothing.
    id: "contents-link",
    level: Error,
    summary: "a file is packed as a hard link, which clients drop",
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
    let findings = contents.packed.files.iter().filter_map(|file| {
        let FileKind::HardLink { to } = &file.kind else {
            return None;
        };
        Some(
            Finding::new(format!(
                "`{}` is the same file as `{to}` on disk: it is packed as a hard link, and users do not get it",
                file.path
            )),
        )
    });
    Ok(findings.collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{only, packed, quiet};

    #[test]
    fn fires_on_the_second_name() {
        let facts = packed(&["a.js", "b.js"], |contents| {
            Arc::make_mut(&mut contents.packed).files[1].kind = FileKind::HardLink {
                to: "a.js".to_owned(),
            };
        });
        assert!(only(run(&facts)).message.contains("b.js"));
    }

    #[test]
    fn stays_quiet_on_ordinary_files() {
        assert!(quiet(&run(&packed(&["a.js", "b.js"], |_| {}))));
    }
}
