use super::{
    exchanges_identity_tokens, has_no_credential, needs_none, oidc_is_available, oidc_may_work,
    signs_on_request, variable,
};
use crate::checks::check::{Verdict, check};
use crate::ci::{Provider, Visibility};
use crate::facts::Facts;
use crate::finding::{Finding, Level, NpmCommand};
use crate::manifest::Repository;
use crate::manifest::place::place;

check! {
    /// `repository` in package.json is not the repository in which the package is built.
    ///
    /// npmjs compares the two exactly, including letter case, before it accepts a provenance
    /// statement; the statement is in the public log by then. This applies to each package of a
    /// monorepo. Trusted publishing from a public repository also enables provenance; then it
    /// is an error if no other credential is available, and a warning otherwise.
    ///
    /// npm says: `E422 Failed to validate repository information: package.json:
    /// "repository.url" is "…", expected to match "…" from provenance`.
    id: "provenance-repository-mismatch",
    level: Error,
    summary: "`repository` is not the building repository",
    basis: Job,
    silence: LeavesOpen,
    rests_on: [Repository, Provenance],
    remedy: {
        why "package.json's repository.url is not the repository that builds, and npmjs compares \
            them exactly, including letter case";
        help "in every package of the workspace" => PkgSet "repository.url={repository}";
        help "a fork publishes with its own repository in the field, or with --provenance=false";
        asks "what does package.json say?" => PkgGet "repository", "echo $GITHUB_REPOSITORY";
    },
}

fn run(facts: &Facts) -> Verdict {
    if needs_none(facts) || !exchanges_identity_tokens(facts) {
        return Ok(Vec::new());
    }
    let level = if signs_on_request(facts) {
        Level::Error
    } else if signs_by_itself(facts)? {
        if has_no_credential(facts) {
            Level::Error
        } else {
            Level::Warning
        }
    } else {
        return Ok(Vec::new());
    };
    let Some(building) = &facts.ci.repository else {
        return Ok(Vec::new());
    };
    let written = facts.package.manifest.repository();
    if written
        .as_ref()
        .is_some_and(|written| is_same(&written.url, building))
    {
        return Ok(Vec::new());
    }
    Ok(vec![
        finding(facts, written.as_ref(), building).level(level),
    ])
}

/// Whether an exchange would enable provenance: npm does that if its configuration does not
/// mention it and repository and package are public.
fn signs_by_itself(facts: &Facts) -> Result<bool, crate::finding::Gap> {
    let signs = match facts.ci.provider {
        Some(Provider::GitHub) => true,
        Some(Provider::GitLab) => facts.ci.has_sigstore_token,
        _ => false,
    };
    let unsaid = facts.package.provenance.unsaid && facts.package.provenance.asked.is_none();
    let public = facts
        .ci
        .visibility
        .is_some_and(|sourced| sourced.value == Visibility::Public);
    if !signs || !unsaid || !public || !oidc_is_available(facts) || !oidc_may_work(facts)? {
        return Ok(false);
    }
    Ok(facts.visibility()?.value)
}

fn finding(facts: &Facts, written: Option<&Repository>, building: &str) -> Finding {
    let shown = written.map_or_else(String::new, |written| {
        crate::secret::mask_known_shapes(&written.written)
    });
    let finding = match written {
        Some(written) => Finding::new(format!(
            "`repository` is {shown}, but the package is built in {building}"
        ))
        .at(&written.pointer),
        None => Finding::new(format!(
            "package.json has no `repository`, but the package is built in {building}"
        ))
        .at(""),
    };
    let source = match facts.ci.provider {
        Some(Provider::GitLab) => "CI_PROJECT_URL",
        _ => "GITHUB_SERVER_URL and GITHUB_REPOSITORY",
    };
    finding
        .because(variable(source, building))
        .predicts(
            "E422",
            format!(
                "Error verifying sigstore provenance bundle: Failed to validate repository information: package.json: \"repository.url\" is \"{shown}\", expected to match \"{building}\" from provenance"
            ),
        )
        .run(NpmCommand::pkg_set(
            "repository.url",
            &format!("git+{building}.git"),
        ))
        .help("letter case counts: Acme/Cat is not acme/cat")
}

/// Whether a URL, as npm writes it, names a repository.
fn is_same(url: &str, building: &str) -> bool {
    match (place(url), place(building)) {
        (Some(written), Some(building)) => written == building,
        // npmjs decides about URLs that cannot be parsed.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fake::{github, trusted};
    use super::*;
    use crate::facts::fake::{fake_of, known, only, quiet, refused, undecided};

    fn of(repository: &str) -> Facts {
        let manifest = if repository.is_empty() {
            json!({ "name": "cat", "version": "1.0.0" })
        } else {
            json!({ "name": "cat", "version": "1.0.0", "repository": repository })
        };
        fake_of(manifest).published(&["0.9.0"]).in_ci(trusted())
    }

    fn by_itself(repository: &str) -> Facts {
        of(repository).with(|facts| {
            facts.package.provenance.unsaid = true;
            facts.answers.visibility = known(true);
        })
    }

    #[test]
    fn fires_on_another_repository_another_case_and_a_missing_one() {
        for repository in [
            "github:acme/dog",
            "Acme/Cat",
            "https://gitlab.com/acme/cat.git",
            "",
        ] {
            let finding = only(run(&of(repository).provenance()));
            assert_eq!(finding.level, Some(Level::Error), "{repository}");
            assert!(finding.helps()[0].ends_with("git+https://github.com/acme/cat.git"));
        }
    }

    #[test]
    fn fires_as_a_warning_where_trusted_publishing_signs_despite_a_token() {
        assert_eq!(
            only(run(&by_itself("acme/dog"))).level,
            Some(Level::Warning)
        );
        let alone = by_itself("acme/dog").without_credential();
        assert_eq!(only(run(&alone)).level, Some(Level::Error));
    }

    #[test]
    fn fires_as_a_warning_where_a_script_may_rewrite_the_manifest() {
        let manifest = json!({ "name": "cat", "version": "1.0.0" });
        let facts = fake_of(manifest).in_ci(trusted()).provenance().rewritten();
        assert_eq!(only(CHECK.on(&facts)).level, Some(Level::Warning));
    }

    #[test]
    fn stays_quiet_on_the_building_repository_however_it_is_written() {
        for repository in [
            "acme/cat",
            "github:acme/cat",
            "git@github.com:acme/cat.git",
            "https://github.com/acme/cat/",
            "git+https://github.com/acme/cat.git",
            "git://github.com/acme/cat.git#main",
        ] {
            assert!(quiet(&run(&of(repository).provenance())), "{repository}");
            assert!(quiet(&run(&by_itself(repository))), "{repository}");
        }
    }

    #[test]
    fn stays_quiet_where_no_statement_is_signed() {
        assert!(quiet(&run(&of("acme/dog"))));
        assert!(quiet(&run(&of("acme/dog").in_ci(github()).provenance())));
        let private = by_itself("acme/dog").with(|facts| facts.answers.visibility = known(false));
        assert!(quiet(&run(&private)));
    }

    #[test]
    fn undecided_where_the_visibility_is_unknown() {
        let facts = by_itself("acme/dog").with(|facts| facts.answers.visibility = Err(refused()));
        assert!(undecided(&run(&facts)));
    }
}
