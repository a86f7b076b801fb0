use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level, NpmCommand, Verb};

check! {
    /// A literal credential is in a file that others can read.
    ///
    /// Everybody with access to the repository can read a project's .npmrc that git tracks,
    /// even later: removing the line does not remove it from the history. An .npmrc in the
    /// tarball is published to everybody, which is an error; from a folder npm packs it only if
    /// `main` or `bin` names it. A reference such as `${NPM_TOKEN}` is not a credential.
    ///
    /// npm says: nothing.
    id: "auth-exposed",
    level: Warning,
    summary: "a literal credential is in a file that others can read",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        help "revoke the token, and write `${NPM_TOKEN}` instead, or move the line to your user .npmrc";
    },
}

fn run(facts: &Facts) -> Verdict {
    let tracked = facts.package.credential.exposed.iter().map(|exposed| {
        Finding::new(format!(
            "the credential under `{}` is in a file that git tracks",
            exposed.key
        ))
        .set_by(&exposed.origin)
        .step(
            "revoke it, here or on the registry's website",
            NpmCommand::new(Verb::Token, "revoke ID"),
        )
        .help("write ${NPM_TOKEN} instead, and set that variable where you publish")
    });
    let contents = facts.contents().into_iter();
    let packed = contents.flat_map(|contents| &contents.secrets.found);
    let packed = packed.filter(|secret| secret.is_npmrc()).map(|secret| {
        Finding::new(format!(
            "a credential is in `{}` line {} of what would be packed, where everybody can read it",
            secret.path, secret.line
        ))
        .step(
            "pack again: npm leaves .npmrc out",
            NpmCommand::new(Verb::Pack, ""),
        )
        .help("revoke the credential if it was ever sent")
        .level(Level::Error)
    });
    Ok(tracked.chain(packed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::contents::{FoundSecret, SecretKind};
    use crate::facts::fake::{fake, npmrc_line, only, packed, quiet};
    use crate::plan::Exposed;

    #[test]
    fn fires_on_a_file_that_git_tracks_as_a_warning() {
        let facts = fake().with(|facts| {
            facts.package.credential.exposed = vec![Exposed {
                key: "//registry.npmjs.org/:_authToken".to_owned(),
                origin: npmrc_line(2),
            }];
        });
        let finding = only(run(&facts));
        assert!(finding.level.is_none() && finding.place.is_some());
    }

    #[test]
    fn fires_on_a_packed_npmrc_as_an_error() {
        let facts = packed(&[".npmrc"], |contents| {
            contents.secrets.found = vec![FoundSecret {
                path: ".npmrc".to_owned(),
                line: 1,
                kind: SecretKind::Credentials,
                in_examples: false,
            }];
        });
        assert_eq!(only(run(&facts)).level, Some(Level::Error));
    }

    #[test]
    fn stays_quiet_without_any() {
        assert!(quiet(&run(&fake())));
    }
}
