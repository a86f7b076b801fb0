use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::plan::ExtensionFault;

check! {
    /// npm 12 loads `.npm-extension.mjs` or `.npm-extension.cjs` from the folder that it packs.
    ///
    /// It fails if both exist, or if the existing one exports no function `transformManifest`.
    /// This check runs no code: it recognises two files, and a file without a statement; other
    /// faults show only when npm runs. `--ignore-scripts` and `--force` do not help. If
    /// `node_modules/.package-lock.json` describes the tree, npm does not load the file.
    ///
    /// npm says: `ENPMEXTENSIONDUP found both .npm-extension.mjs and .npm-extension.cjs; keep
    /// only one`, `ENPMEXTENSIONSHAPE .npm-extension must export a transformManifest function`.
    id: "npm-extension-invalid",
    level: Error,
    summary: "npm cannot load the folder's .npm-extension",
    basis: CommandLine,
    silence: LeavesOpen,
    rests_on: [Tree],
    remedy: {
        why "npm's extension file is wrong: there are two of them, or it exports no transformManifest";
        help "keep one of .npm-extension.mjs and .npm-extension.cjs, and export `transformManifest` from it";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(fault) = &facts.package.extension_fault else {
        return Ok(Vec::new());
    };
    if !facts.npm()?.loads_extensions() {
        return Ok(Vec::new());
    }
    let finding = Finding::new(fault.to_string());
    Ok(vec![match fault {
        ExtensionFault::Both { .. } => finding
            .predicts(
                "ENPMEXTENSIONDUP",
                "found both .npm-extension.mjs and .npm-extension.cjs; keep only one",
            )
            .help("remove one of them"),
        ExtensionFault::Empty { .. } => finding
            .predicts(
                "ENPMEXTENSIONSHAPE",
                ".npm-extension must export a transformManifest function",
            )
            .help("export transformManifest from it, or remove it"),
        ExtensionFault::Folder { .. } => finding
            .predicts("EISDIR", "EISDIR: illegal operation on a directory, read")
            .help("remove it"),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};

    fn with_both() -> Facts {
        fake().with(|facts| {
            facts.package.extension_fault = Some(ExtensionFault::Both {
                path: ".npm-extension.mjs".into(),
            });
        })
    }

    #[test]
    fn fires_with_npm_12() {
        let finding = only(run(&with_both().npm_is(12, 2, 0)));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "ENPMEXTENSIONDUP");
    }

    #[test]
    fn stays_quiet_with_npm_11_and_without_a_fault() {
        assert!(quiet(&run(&with_both().npm_is(11, 19, 1))));
        assert!(quiet(&run(&fake().npm_is(12, 2, 0))));
    }
}
