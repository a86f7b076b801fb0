//! A flag on the command line that npm ignores.

use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// npm does not know a flag on the command line.
    ///
    /// npm 10 and 11 ignore such a flag and publish. npm 12 refuses it. Usually it is a flag of
    /// pnpm or yarn (`--no-git-checks`, `--report-summary`), one that a release tool passed on,
    /// or a flag and its value in one argument (`"--registry URL"`).
    ///
    /// npm says: a warning with npm 11, `EUNKNOWNCONFIG` with npm 12.
    id: "npm-flag-unknown",
    level: Warning,
    summary: "npm ignores a flag on the command line",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        why "npm does not know a flag on this command line: {flags}";
        help "remove the flag from the command, or from the tool that passes it on; write shortened flags in full";
        asks "which npm is it?" => "npm --version";
    },
}

fn run(facts: &Facts) -> Verdict {
    let flags = facts.package.unknown_flags.iter();
    Ok(flags
        .map(|flag| {
            Finding::new(format!("npm does not know `{flag}` and ignores it"))
                .help("remove it; npm 12 refuses it")
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};

    #[test]
    fn fires_on_a_flag_that_npm_does_not_know() {
        let facts = fake().with(|facts| {
            facts
                .package
                .unknown_flags
                .push("--no-git-checks".to_owned());
        });
        let finding = only(run(&facts));
        assert!(finding.message.contains("`--no-git-checks`"), "{finding:?}");
    }

    #[test]
    fn stays_quiet_where_npm_knows_every_flag() {
        assert!(quiet(&run(&fake())));
    }
}
