use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level, RequestFailure};
use crate::plan::{RemoteSpec, Spec};

check! {
    /// npm reads a bare word such as `dist` as the name of a package, even if a folder with
    /// that name exists.
    ///
    /// `npm publish dist` downloads the package dist from the registry and publishes that
    /// again; npm reads `packages/cat` as a repository on GitHub. A folder needs a leading `./`
    /// or a trailing slash.
    ///
    /// npm says: `E404 Not Found - GET …/dist`, or a git error, or `E403 You do not have
    /// permission to publish "dist"`.
    id: "spec-names-a-package",
    level: Error,
    summary: "the argument names a package on the network, not a folder",
    basis: CommandLine,
    silence: LeavesOpen,
    moots: ["auth-missing", "name-owned-by-others", "version-taken"],
    remedy: {
        why "npm reads the word after `npm publish` as a package on the registry or a GitHub \
            repository, not as the folder with that name";
        help "put ./ in front of the folder" => Publish "./{folder}";
        asks "is the argument the name in package.json, or a folder?" => PkgGet "name";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Spec::Remote {
        word,
        kind,
        folder_exists,
    } = &facts.package.spec
    else {
        return Ok(Vec::new());
    };
    let taken = meaning(*kind);
    if *kind != RemoteSpec::Registry && !folder_exists {
        return Err(Gap::NoAnswer {
            request: crate::secret::mask_known_shapes(word),
            reason: format!(
                "npm reads this as {taken}, and fetches the package only when it publishes"
            ),
            failure: RequestFailure::NotRead,
        });
    }
    let finding = Finding::new(format!("npm reads `{word}` as {taken}"));
    let finding = if word.ends_with("package.json") {
        finding.help("for the working folder omit the argument; npm publishes folders and tarballs")
    } else if *folder_exists {
        finding.help(super::write_folder(word))
    } else {
        finding.help(
            "for a folder write `./` before its name; for the working folder omit the \
                argument",
        )
    };
    if *kind != RemoteSpec::Registry {
        return Ok(vec![of_git(facts, *kind, finding)]);
    }
    of_registry(facts, word, finding)
}

fn meaning(kind: RemoteSpec) -> &'static str {
    match kind {
        RemoteSpec::Registry => "the name of a package on the registry",
        RemoteSpec::GitHub => "a repository on GitHub",
        RemoteSpec::Git => "a git repository",
        RemoteSpec::Address => "the URL of a tarball",
    }
}

fn of_registry(facts: &Facts, word: &str, finding: Finding) -> Verdict {
    let packument = facts.packument()?;
    let there = packument
        .value
        .as_ref()
        .is_some_and(|packument| !packument.versions.is_empty());
    if there {
        let finding = finding.because(
            packument.evidence("a package with that name exists, and npm would publish it again"),
        );
        return Ok(vec![finding.level(Level::Warning)]);
    }
    let registry = facts
        .package
        .registry
        .as_ref()
        .map_or(String::new(), |registry| registry.value.package(word));
    let registry = crate::secret::mask_known_shapes(&registry);
    Ok(vec![
        finding
            .because(packument.evidence("no package with that name"))
            .predicts(
                "E404",
                format!("404 Not Found - GET {registry} - Not found"),
            ),
    ])
}

/// The folder exists, but npm would go to the network. Whatever it finds, it is not that
/// folder.
fn of_git(facts: &Facts, kind: RemoteSpec, finding: Finding) -> Finding {
    if facts.package.spec_type_disabled.is_some() {
        return finding.predicts(
            "EALLOWGIT",
            "Fetching packages of type \"git\" have been disabled",
        );
    }
    match kind {
        RemoteSpec::GitHub => finding.predicts("128", "An unknown git error occurred"),
        _ => finding.level(Level::Warning),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};

    fn remote(word: &str, kind: RemoteSpec, folder_exists: bool) -> Facts {
        fake().with(|facts| {
            facts.package.spec = Spec::Remote {
                word: word.to_owned(),
                kind,
                folder_exists,
            }
        })
    }

    #[test]
    fn fires_where_no_such_package_is_there() {
        let finding = only(run(&remote("dist", RemoteSpec::Registry, true)));
        assert_eq!(finding.level, None);
        assert_eq!(finding.helps(), ["for the folder write `./dist`"]);
        assert!(
            finding
                .predicts
                .unwrap()
                .text
                .contains("GET https://registry.npmjs.org/dist")
        );
    }

    #[test]
    fn warns_where_npm_would_find_something() {
        let published = remote("dist", RemoteSpec::Registry, true).published(&["1.0.0"]);
        assert_eq!(only(run(&published)).level, Some(Level::Warning));
        let git = remote("git@h.example:a/b", RemoteSpec::Git, true);
        assert_eq!(only(run(&git)).level, Some(Level::Warning));
    }

    #[test]
    fn fires_where_a_folder_exists_and_npm_asks_github() {
        let finding = only(run(&remote("a/b", RemoteSpec::GitHub, true)));
        assert_eq!(finding.level, None);
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "128");
    }

    #[test]
    fn stays_quiet_on_folders() {
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_where_the_registry_does_not_answer() {
        let facts = remote("dist", RemoteSpec::Registry, true)
            .with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&facts)));
        let elsewhere = remote("a/b", RemoteSpec::GitHub, false);
        assert!(run(&elsewhere).is_err_and(|gap| gap.is_silence()));
    }
}
