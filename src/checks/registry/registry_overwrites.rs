use super::registry_read_only;
use crate::checks::check::{Verdict, check};
use crate::checks::version::version_taken;
use crate::facts::Facts;
use crate::finding::{Finding, Gap, NpmCommand};
use crate::plan::Spec;
use crate::registry::kinds::{Overwriting, traits};

check! {
    /// The version exists on a registry that may replace it silently.
    ///
    /// Nexus with "allow redeploy", Artifactory for accounts with the delete permission, and
    /// Cloudsmith depending on a setting accept the same version again, so earlier and later
    /// installs get different contents. npm 11's own comparison is the only protection, and
    /// does not cover `--force`, prereleases and deprecated versions.
    ///
    /// npm says: nothing.
    id: "registry-overwrites",
    level: Warning,
    summary: "the version exists, and the registry may replace it",
    basis: Destination,
    silence: LeavesOpen,
    remedy: {
        why "the version exists, and this registry replaces it without a warning";
        help "raise the version, so that nobody's copy changes" => Version "patch";
    },
}

fn run(facts: &Facts) -> Verdict {
    if matches!(traits(facts.kind).overwriting, Overwriting::Refused { .. }) {
        return Err(Gap::NotOffered);
    }
    let version = match (&facts.package.spec, &facts.package.version) {
        (Spec::Folder | Spec::Tarball, Ok(version)) if !facts.package.dry_run => version,
        _ => return Ok(Vec::new()),
    };
    // If npm itself or the whole registry refuses, only that is reported.
    let said = [version_taken::CHECK, registry_read_only::CHECK];
    if said
        .iter()
        .any(|check| !check.on(facts).unwrap_or_default().is_empty())
    {
        return Ok(Vec::new());
    }
    let Some(proof) = version_taken::exists(facts, version)? else {
        return Ok(Vec::new());
    };
    let name = facts.package.name.as_str().unwrap_or_default();
    let finding = Finding::new(format!(
        "{name} {version} already exists, and this registry may replace it"
    ))
    .at("/version")
    .because(proof.evidence)
    .run(NpmCommand::version("patch"));
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn nexus() -> Facts {
        fake()
            .registry("https://n.example/repository/npm/", RegistryKind::Nexus)
            .npm_is(10, 9, 9)
    }

    #[test]
    fn fires_where_the_registry_may_replace_it() {
        assert!(
            only(run(&nexus().published(&["1.0.0"])))
                .message
                .contains("may replace it")
        );
        let forced = nexus()
            .npm_is(11, 19, 1)
            .published(&["1.0.0"])
            .with(|facts| facts.package.force = true);
        assert!(!run(&forced).unwrap().is_empty());
    }

    #[test]
    fn stays_quiet_on_a_new_version_and_where_npm_refuses() {
        assert!(quiet(&run(&nexus().published(&["0.9.0"]))));
        assert!(quiet(&run(&nexus()
            .npm_is(11, 19, 1)
            .published(&["1.0.0"]))));
    }

    #[test]
    fn not_applicable_where_versions_are_for_ever_and_undecided_in_silence() {
        assert_eq!(run(&fake().published(&["1.0.0"])), Err(Gap::NotOffered));
        assert!(undecided(&run(
            &nexus().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }
}
