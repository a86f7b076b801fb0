use super::is_allowed;
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::facts::contents::{BinFile, Contents, FirstLine};
use crate::finding::{Finding, Level};
use crate::plan::Packing;

check! {
    /// A command starts with something that a system cannot run.
    ///
    /// The line `#!/usr/bin/env node` must be the first bytes of the file. Without it, or with a byte
    /// order mark before it, Linux and macOS run the file as a shell script. Windows needs the line,
    /// too, for the shim that npm writes. A missing line is not reported if the package has an install
    /// script, which may replace the file. If a build may still write the file, this is a warning.
    ///
    /// A line that ends in a carriage return is a warning: npm, pnpm and bun correct it when they
    /// install (npm's `bin-links`, `fix-bin.js`). Yarn with node_modules does not, and in a checkout
    /// the file fails, too: `env: 'node\r': No such file or directory`.
    ///
    /// npm says: nothing.
    id: "contents-bin",
    level: Error,
    summary: "a command of the package cannot be run",
    basis: Contents,
    silence: RulesOut,
    remedy: {
        help "write the file with LF line ends; `*.js text eol=lf` in .gitattributes keeps them";
        help SHEBANG;
    },
}

const SHEBANG: &str = "write `#!/usr/bin/env node` as its first line";

fn run(facts: &Facts) -> Verdict {
    let Some(contents) = facts.contents() else {
        return Ok(Vec::new());
    };
    let scripts = facts.package.manifest.object.get("scripts");
    let installs = ["preinstall", "install", "postinstall"]
        .iter()
        .any(|name| scripts.is_some_and(|scripts| scripts.get(*name).is_some()));
    let bins = contents.bins.iter();
    let bins = bins.filter(|bin| !is_allowed(facts, &bin.path));
    let findings = bins.filter_map(|bin| {
        let finding = complaint(bin, installs)?.at(&bin.pointer);
        let proven = contents.is_final() || bin.tracked || !may_be_built(contents, facts);
        Some(if proven {
            finding
        } else {
            finding.level(Level::Warning)
        })
    });
    Ok(findings.collect())
}

/// A folder whose scripts may still write files.
fn may_be_built(contents: &Contents, facts: &Facts) -> bool {
    matches!(facts.package.packing, Packing::Folder(_)) && !contents.scripts.is_empty()
}

fn complaint(bin: &BinFile, installs: bool) -> Option<Finding> {
    let path = &bin.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_script = match name.rsplit_once('.') {
        Some((_, extension)) => matches!(extension, "js" | "cjs" | "mjs"),
        None => true,
    };
    match bin.first_line {
        FirstLine::CarriageReturn => Some(
            Finding::new(format!(
                "the first line of `{path}` ends in a carriage return: npm corrects that when it installs, Yarn does not, and looks for `node\\r`"
            ))
            .help(format!("write it with LF line ends: sed -i 's/\\r$//' {path}"))
            .help("keep it so: `* text=auto eol=lf` in .gitattributes")
            .level(Level::Warning),
        ),
        FirstLine::ByteOrderMark => Some(
            Finding::new(format!(
                "`{path}` has a byte order mark before `#!`, so no system recognises that line"
            ))
            .help("save the file as UTF-8 without a byte order mark"),
        ),
        FirstLine::Text if is_script && !installs => Some(
            Finding::new(format!(
                "`{path}` is a command, but does not start with `#!`: a shell would run it as \
                 its own script"
            ))
            .help(SHEBANG),
        ),
        FirstLine::Text | FirstLine::Shell | FirstLine::Shebang | FirstLine::Binary => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{only, packed, packed_of, quiet};

    fn with(first_line: FirstLine) -> Facts {
        packed(&["cli.js"], |contents| {
            contents.bins = vec![bin(first_line)];
        })
    }

    fn bin(first_line: FirstLine) -> BinFile {
        BinFile {
            path: "cli.js".to_owned(),
            pointer: "/bin".to_owned(),
            first_line,
            tracked: false,
        }
    }

    #[test]
    fn fires_on_what_no_system_runs() {
        for line in [FirstLine::ByteOrderMark, FirstLine::Text] {
            assert_eq!(only(run(&with(line))).level, None, "{line:?}");
        }
    }

    #[test]
    fn warns_of_line_ends_that_most_clients_correct() {
        let finding = only(run(&with(FirstLine::CarriageReturn)));
        assert_eq!(finding.level, Some(Level::Warning));
    }

    #[test]
    fn an_install_script_excuses_a_placeholder() {
        let manifest =
            json!({"name": "cat", "version": "1.0.0", "scripts": {"postinstall": "node i.js"}});
        let facts = packed_of(manifest, &["cli.js"], |contents| {
            contents.bins = vec![bin(FirstLine::Text)];
        });
        assert!(quiet(&run(&facts)));
    }

    #[test]
    fn stays_quiet_with_a_shebang_and_with_a_program() {
        assert!(quiet(&run(&with(FirstLine::Shell))));
        assert!(quiet(&run(&with(FirstLine::Shebang))));
        assert!(quiet(&run(&with(FirstLine::Binary))));
    }
}
