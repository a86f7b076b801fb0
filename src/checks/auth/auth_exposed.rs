use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level, NpmCommand, Verb};
use crate::plan::Exposure;

check! {
    /// A literal credential is in a file that others can read.
    ///
    /// Everybody with access to the repository can read a project's .npmrc that git tracks, also
    /// later: removing the line does not remove it from the history. npm never packs an .npmrc
    /// from a folder, whatever `files` says; in a tarball that another tool made it would be
    /// published, which is an error here. A reference such as `${NPM_TOKEN}` is not a credential.
    ///
    /// npm says: nothing.
    ///
    /// What to do: revoke the token, and write `${NPM_TOKEN}` instead, or move the line to your
    /// user .npmrc.
    id: "auth-exposed",
    level: Warning,
    summary: "a literal credential is in a file that others can read",
    basis: Commit,
    silence: LeavesOpen,
}

fn run(facts: &Facts) -> Verdict {
    let findings = facts
        .package
        .credential
        .exposed
        .iter()
        .map(|exposed| match &exposed.how {
            Exposure::TrackedByGit => Finding::new(format!(
                "the credential under `{}` is in a file that git tracks",
                exposed.key
            ))
            .set_by(&exposed.origin)
            .step(
                "revoke it, here or on the registry's website",
                NpmCommand::new(Verb::Token, "revoke ID"),
            )
            .help("write ${NPM_TOKEN} instead, and set that variable where you publish"),
            Exposure::Packed { path } => Finding::new(format!(
                "the credential under `{}` is in {path} of the tarball, which everybody can read",
                exposed.key
            ))
            .step(
                "pack again, which leaves .npmrc out",
                NpmCommand::new(Verb::Pack, ""),
            )
            .help("revoke the credential if it was ever sent")
            .level(Level::Error),
        });
    Ok(findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet};
    use crate::plan::Exposed;

    fn exposed(how: Exposure) -> Facts {
        fake().with(|facts| {
            facts.package.credential.exposed = vec![Exposed {
                key: "//registry.npmjs.org/:_authToken".to_owned(),
                origin: npmrc_line(2),
                how,
            }];
        })
    }

    #[test]
    fn fires_on_a_file_that_git_tracks_as_a_warning() {
        let finding = only(run(&exposed(Exposure::TrackedByGit)));
        assert!(finding.level.is_none() && finding.place.is_some());
    }

    #[test]
    fn fires_on_a_tarball_as_an_error() {
        let packed = exposed(Exposure::Packed {
            path: "package/.npmrc".to_owned(),
        });
        assert_eq!(only(run(&packed)).level, Some(Level::Error));
    }

    #[test]
    fn stays_quiet_without_any() {
        assert!(quiet(&run(&fake())));
    }
}
