use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level, NpmCommand};
use crate::registry::kinds::traits;

check! {
    /// The registry reads `repository` in package.json, and refuses the repository that the
    /// field names.
    ///
    /// GitHub Packages links the package to that repository, and refuses other hosts; Gitea and
    /// Forgejo look the repository up on their own server. An owner that differs from the scope
    /// is a warning: organisations can link packages to other repositories.
    ///
    /// npm says: `E400 invalid repo host '', only github (github.com) repositories allowed`, or
    /// `E403`.
    id: "registry-repository-field",
    level: Error,
    summary: "`repository` names a repository that this registry refuses",
    basis: Destination,
    silence: LeavesOpen,
    rests_on: [Registry, Repository],
    remedy: {
        why "the registry reads package.json's `repository` as the repository that the package \
            belongs to, and the token cannot write there";
        help "set the field to the repository that the package is built from, or remove it" => PkgDelete "repository";
        asks "what does package.json say?" => PkgGet "repository";
    },
    on GitHub: {
        why "the registry links a package to its repository by package.json's `repository`, which is missing or names another repository";
        help "where it is missing or wrong" => PkgSet "repository.url=git+https://github.com/OWNER/REPOSITORY.git";
        asks "what does package.json say?" => PkgGet "repository";
    },
}

fn run(facts: &Facts) -> Verdict {
    let (Ok(registry), Some(repository)) =
        (&facts.package.registry, facts.package.manifest.repository())
    else {
        return Ok(Vec::new());
    };
    if facts.package.dry_run || !traits(facts.kind).github_rules {
        return Ok(Vec::new());
    }
    // The host of a GitHub Enterprise server does not follow from its registry's URL.
    let is_public = traits(facts.kind).public_host == Some(registry.value.host());
    let Some((host, owner)) = place(&repository.url) else {
        return Ok(Vec::new());
    };
    let shown = crate::secret::mask_known_shapes(&repository.written);
    let finding = |message: String| Finding::new(message).at(&repository.pointer);
    if is_public && host != "github.com" {
        let finding = finding(format!(
            "`repository` is `{shown}`, but GitHub Packages accepts only repositories on github.com"
        ))
        .predicts(
            "E400",
            "failed to stream package from json: invalid repo host",
        )
        .run(NpmCommand::pkg_set(
            "repository.url",
            "https://github.com/OWNER/REPOSITORY",
        ));
        return Ok(vec![finding]);
    }
    let scope = facts.package.name.scope().unwrap_or_default();
    if is_public && !scope.is_empty() && !owner.eq_ignore_ascii_case(scope) {
        let finding = finding(format!(
            "`repository` belongs to {owner}, but the package goes to @{scope}"
        ))
        .help("GitHub links a package only to a repository of the same owner")
        .level(Level::Warning);
        return Ok(vec![finding]);
    }
    Ok(Vec::new())
}

/// Host and owner of `git+https://host/owner/repository.git`.
fn place(url: &str) -> Option<(String, String)> {
    let url = url::Url::parse(url.strip_prefix("git+").unwrap_or(url)).ok()?;
    let owner = url.path_segments()?.next()?.to_owned();
    (!owner.is_empty()).then_some((url.host_str()?.to_ascii_lowercase(), owner))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake_of, only, quiet};
    use crate::registry::kind::RegistryKind;

    fn of(repository: &str) -> Facts {
        fake_of(json!({ "name": "@acme/cat", "version": "1.0.0", "repository": repository }))
            .registry("https://npm.pkg.github.com/", RegistryKind::GitHub)
    }

    #[test]
    fn fires_on_another_host_and_warns_of_another_owner() {
        let finding = only(run(&of("https://gitlab.com/acme/cat.git")));
        assert_eq!(
            (finding.level, finding.predicts.unwrap().code),
            (None, Some("E400".to_owned()))
        );
        assert_eq!(
            only(run(&of("github:other/cat"))).level,
            Some(Level::Warning)
        );
    }

    #[test]
    fn stays_quiet_on_the_owners_repository_and_elsewhere() {
        for repository in [
            "acme/cat",
            "git@github.com:acme/cat.git",
            "https://github.com/Acme/cat",
        ] {
            assert!(quiet(&run(&of(repository))), "{repository}");
        }
        let npmjs =
            of("https://gitlab.com/acme/cat").with(|facts| facts.kind = RegistryKind::Npmjs);
        assert!(quiet(&run(&npmjs)));
        let own = of("https://git.acme.example/acme/cat")
            .registry("https://npm.git.acme.example/", RegistryKind::GitHub);
        assert!(quiet(&run(&own)));
    }
}
