use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Evidence, Finding, Level};
use crate::npmrc::credentials::RequestCredential;
use crate::registry::kinds::traits;

check! {
    /// The job publishes to GitHub Packages with GITHUB_TOKEN, but the workflow does not let it
    /// write packages.
    ///
    /// The workflow file sets the permissions of the job's token; a `permissions` block grants
    /// nothing that it does not name. A package that was created by hand must also let the
    /// repository write: "Manage Actions access" on the package's page. It is a warning,
    /// because GitHub may have used another version of the file, and a note if it is unknown
    /// whether the token is the job's.
    ///
    /// npm says: `E403 Permission permission_denied: write_package`.
    id: "registry-github-permission",
    level: Warning,
    summary: "the workflow does not let its token write packages",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "the token cannot write packages for this owner or repository";
        help "in the workflow, on the publishing job: `permissions: { contents: read, packages: write }`";
        help "for an existing package, give the repository write access in the package's \
            settings, under \"Manage Actions access\"";
        help "as a personal token, use a classic one with write:packages; GitHub Packages \
            accepts no fine-grained ones";
        asks "can the job write packages?" => "grep -A3 permissions: .github/workflows/*.yml";
    },
}

fn run(facts: &Facts) -> Verdict {
    let request = facts.package.credential.request.as_ref();
    let own_token = request.is_some_and(RequestCredential::is_github_installation_token);
    let Some(packages) = facts
        .github_packages_permission
        .as_ref()
        .filter(|packages| !packages.write)
    else {
        return Ok(Vec::new());
    };
    let is_github_token = facts.package.credential.is_github_token;
    if !traits(facts.kind).github_rules
        || !own_token
        || is_github_token == Some(false)
        || facts.package.dry_run
    {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "the job `{}` publishes with GITHUB_TOKEN, which cannot write packages",
        packages.job
    ))
    .because(Evidence {
        request: packages.file.clone(),
        answer: "`permissions` does not name `packages: write`".to_owned(),
    })
    .predicts("E403", "Permission permission_denied: write_package");
    // The token of another app has the same prefix.
    Ok(vec![if is_github_token.is_none() {
        finding.level(Level::Note)
    } else {
        finding
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ci::PackagesPermission;
    use crate::facts::fake::{fake, only, quiet, token};
    use crate::registry::kind::RegistryKind;

    fn with(write: bool, text: &str) -> Facts {
        fake()
            .registry("https://npm.pkg.github.com/", RegistryKind::GitHub)
            .with(|facts| {
                facts.github_packages_permission = Some(PackagesPermission {
                    file: ".github/workflows/release.yml".to_owned(),
                    job: "publish".to_owned(),
                    write,
                });
                facts.package.credential.is_github_token = Some(true);
                facts.package.credential.request = Some(token(text));
            })
    }

    #[test]
    fn fires_on_the_jobs_own_token_without_the_permission() {
        let finding = only(run(&with(false, "ghs_0123456789")));
        assert_eq!(finding.evidence[0].request, ".github/workflows/release.yml");
        let untold = with(false, "ghs_0123456789")
            .with(|facts| facts.package.credential.is_github_token = None);
        assert_eq!(only(run(&untold)).level, Some(Level::Note));
    }

    #[test]
    fn stays_quiet_with_the_permission_and_with_other_tokens() {
        assert!(quiet(&run(&with(true, "ghs_0123456789"))));
        assert!(quiet(&run(&with(false, "ghp_0123456789"))));
        let of_an_app = with(false, "ghs_0123456789")
            .with(|facts| facts.package.credential.is_github_token = Some(false));
        assert!(quiet(&run(&of_an_app)));
    }

    #[test]
    fn stays_quiet_where_the_file_does_not_say() {
        let facts =
            with(false, "ghs_0123456789").with(|facts| facts.github_packages_permission = None);
        assert!(quiet(&run(&facts)));
    }
}
