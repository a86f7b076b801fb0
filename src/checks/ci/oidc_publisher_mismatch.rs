use super::{has_no_credential, oidc_is_available, oidc_may_work, variable};
use crate::checks::check::{Verdict, check};
use crate::ci::Ci;
use crate::facts::Facts;
use crate::finding::{Evidence, Finding};

check! {
    /// The package's trusted publisher on npmjs may not match this job.
    ///
    /// Its repository, workflow file (the caller's, for a reusable workflow) and environment
    /// must match exactly, including letter case, and it must allow the action: publish or
    /// stage. A trusted publisher added since September 2026 allows only staging, unless
    /// publishing was ticked (npm's changelog); one from before May 2026 allows only
    /// publishing. A new one expires if nothing is published with it within two days (npm's
    /// documentation). None of this can be read in advance, so this check only says what to
    /// compare. If it does not match, npm's exchange fails silently. A printed "Signed
    /// provenance statement" proves only that the job can get identity tokens.
    ///
    /// npm says: `ENEEDAUTH`, `E404 Not found` on the PUT, or `E403 OIDC permission denied for
    /// this action`.
    id: "oidc-publisher-mismatch",
    level: Note,
    summary: "the trusted publisher on npmjs cannot be read in advance",
    basis: Job,
    silence: LeavesOpen,
    remedy: {
        why "if trusted publishing is in use: the trusted publisher on npmjs does not match this \
            job (or does not allow this action), and npm hides that refusal";
        help "compare https://www.npmjs.com/package/{package}/access with the job, letter by \
            letter: owner and repository, workflow file name with its extension, environment; \
            for a reusable workflow the caller's file counts";
        help "show the answer of the exchange" => NpmPublish "--loglevel verbose";
        help "a trusted publisher may allow only staging, as new ones do by default: delete it \
            and add it again with publishing ticked, or stage the version" => Stage "publish";
        help "one from before May 2026 does not allow staging: delete it and add it again";
        help "check that the trusted publisher still exists: one that is not used within two \
            days may have expired" => Trust "list {package}";
        asks "what did the token exchange answer?" => "npm publish --loglevel verbose 2>&1 | grep oidc";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !oidc_is_available(facts) || !has_no_credential(facts) || !oidc_may_work(facts)? {
        return Ok(Vec::new());
    }
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = Finding::new(
        "only trusted publishing is configured, and whether the trusted publisher on npmjs \
         matches this job cannot be read in advance",
    )
    .help(format!(
        "if npm fails, compare with https://www.npmjs.com/package/{name}/access"
    ));
    let action = if facts.package.staged {
        "a trusted publisher from before May 2026 does not allow staging; delete it and add it \
         again"
    } else {
        "a trusted publisher may allow only staging, as those added since September 2026 do \
         unless publishing was ticked"
    };
    let finding = finding.help(action).help(
        "a new trusted publisher expires after two days without a publish: check that it \
            still exists",
    );
    let claims = claims(&facts.ci);
    Ok(vec![claims.into_iter().fold(finding, Finding::because)])
}

/// What npmjs compares, as far as the job reveals it.
fn claims(ci: &Ci) -> Vec<Evidence> {
    let claimed = |name: &str| ci.claims.get(name).map(String::as_str);
    let of_claims = [
        ("repository", "repository"),
        ("workflow_ref", "workflow"),
        ("job_workflow_ref", "reusable workflow"),
        ("environment", "environment"),
        ("project_path", "project"),
        ("ci_config_ref_uri", "configuration file"),
    ];
    let mut found: Vec<Evidence> = of_claims
        .into_iter()
        .filter_map(|(claim, title)| Some(variable(title, claimed(claim)?)))
        .collect();
    if found.is_empty() {
        let known = [("repository", &ci.repository), ("workflow", &ci.workflow)];
        found.extend(
            known
                .into_iter()
                .filter_map(|(title, value)| Some(variable(title, value.as_deref()?))),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::fake::{in_job, trusted};
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, silence, undecided};

    #[test]
    fn fires_with_what_is_to_be_compared() {
        let finding = only(run(&in_job(trusted())));
        let shown: Vec<_> = finding
            .evidence
            .iter()
            .map(|evidence| evidence.answer.as_str())
            .collect();
        assert_eq!(
            shown,
            [
                "https://github.com/acme/cat",
                ".github/workflows/release.yml"
            ]
        );
    }

    #[test]
    fn fires_with_the_tokens_own_claims_where_it_is_there() {
        let claims = [("repository", "acme/cat"), ("environment", "npm")];
        let ci = Ci {
            claims: claims
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..trusted()
        };
        let finding = only(run(&in_job(ci)));
        assert_eq!(finding.evidence[1].answer, "npm");
    }

    #[test]
    fn fires_with_the_action_that_the_record_must_allow() {
        let staged = in_job(trusted()).with(|facts| facts.package.staged = true);
        for (facts, action) in [
            (in_job(trusted()), "may allow only staging"),
            (staged, "does not allow staging"),
        ] {
            let helps = only(run(&facts)).helps();
            assert!(helps[1].contains(action), "{helps:?}");
        }
    }

    #[test]
    fn stays_quiet_with_a_token_and_where_trusted_publishing_cannot_serve() {
        assert!(quiet(&run(&fake().in_ci(trusted()))));
        let new = in_job(trusted()).with(|facts| facts.answers.packument = known(None));
        assert!(quiet(&run(&new)));
    }

    #[test]
    fn undecided_in_silence() {
        let facts = in_job(trusted()).with(|facts| facts.answers.packument = Err(silence()));
        assert!(undecided(&run(&facts)));
    }
}
