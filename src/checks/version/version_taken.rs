use super::{for_same_name, published_on, replacements, version};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, NpmCommand, Verb};
use crate::manifest::version::Version;
use crate::npm::NpmVersion;
use crate::registry::documents::{Packument, VersionStatus};
use crate::registry::kinds::{Overwriting, traits};

check! {
    /// A registry accepts each version once. Prereleases and deprecated versions count, too.
    ///
    /// Build metadata does not make a version new: `1.0.0+a` and `1.0.0+b` are both published
    /// as `1.0.0`. npm 11 itself compares before it sends anything, but sees neither
    /// prereleases nor deprecated versions, nor what was published a moment ago; `--force`
    /// disables that comparison, but the registry still refuses. `registry-overwrites` covers
    /// registries that may replace a version.
    ///
    /// npm says: `E403 You cannot publish over the previously published versions: 1.0.2.`
    id: "version-taken",
    level: Error,
    summary: "the version is already on the registry",
    basis: Registry,
    silence: RulesOut,
    rests_on: [Name, Version, Registry],
    remedy: {
        why "this version of {package} is already on the registry, and a version is never replaced";
        help "raise the version" => Version "patch";
        help TAKEN => View "{package} versions";
        help "if that version is yours, from an earlier attempt, there is nothing left to do";
        asks_presence "is that version your own publish, which succeeded?" => View "{spec} dist.shasum gitHead";
    },
    on Verdaccio: {
        why "this version exists already; Verdaccio counts the versions of its uplinks (npmjs) \
            as its own";
        help "raise the version" => Version "patch";
        help TAKEN => View "{package} versions";
        asks "does the version come from the uplink?" => "npm view {package} versions --registry https://registry.npmjs.org/";
    },
    on Artifactory: {
        why "the version exists, and you may write but not overwrite (Artifactory calls that \
            delete)";
        help "raise the version" => Version "patch";
        help "or ask the administrator for the delete/overwrite right on the repository";
        asks_presence "does the version exist?" => View "{spec}";
    },
}

/// The message of npm itself, before it sends anything, and of npmjs.
fn said(version: &Version) -> String {
    format!("You cannot publish over the previously published versions: {version}.")
}

const TAKEN: &str = "the versions that are taken";

fn run(facts: &Facts) -> Verdict {
    let Some(version) = version(facts) else {
        return Ok(Vec::new());
    };
    if let Some(finding) = refused_by_npm(facts, version) {
        return Ok(vec![finding]);
    }
    if facts.package.dry_run {
        return Ok(Vec::new());
    }
    let Overwriting::Refused { code, text } = traits(facts.kind).overwriting else {
        return exists(facts, version).map(|_| Vec::new());
    };
    let Some(proof) = exists(facts, version)? else {
        return Ok(Vec::new());
    };
    let text = text.replace("{version}", &version.to_string());
    Ok(vec![finding(facts, version, proof).predicts(code, text)])
}

/// Proof that a version exists on the registry.
pub(in crate::checks) struct Proof<'a> {
    pub(in crate::checks) evidence: crate::finding::Evidence,
    packument: Option<&'a Packument>,
}

/// Whether the version exists there: by the packument, by its own document, which appears
/// immediately after a publish, or by its status.
pub(in crate::checks) fn exists<'a>(
    facts: &'a Facts,
    version: &Version,
) -> Result<Option<Proof<'a>>, Gap> {
    let packument = facts.packument();
    if let Ok(answer) = &packument
        && let Some(packument) = &answer.value
        && packument.versions.contains_key(&version.to_string())
    {
        let evidence = answer.evidence(format!("versions holds {version}"));
        return Ok(Some(Proof {
            evidence,
            packument: Some(packument),
        }));
    }
    if let Ok(answer) = facts.version()
        && answer.value.is_some()
    {
        let evidence = answer.evidence("the version exists");
        return Ok(Some(Proof {
            evidence,
            packument: None,
        }));
    }
    if let Ok(answer) = facts.status()
        && answer.value == Some(VersionStatus::Published)
    {
        return Ok(Some(Proof {
            evidence: answer.evidence("status is published"),
            packument: None,
        }));
    }
    packument.map(|_| None)
}

/// npm 11.1 and later refuse versions that their own comparison finds, whatever the registry
/// would do.
fn refused_by_npm(facts: &Facts, version: &Version) -> Option<Finding> {
    let compares = facts
        .npm
        .as_ref()
        .is_ok_and(NpmVersion::refuses_published_versions_itself);
    if !compares || facts.package.force {
        return None;
    }
    let answer = facts.compared_packument().ok()?;
    let packument = answer.value.as_ref()?;
    let published = packument.versions.get(&version.to_string())?;
    let all_are_semver = packument
        .versions
        .keys()
        .all(|text| Version::parse(text, false).is_some());
    if version.is_prerelease() || published.deprecated || !all_are_semver {
        return None;
    }
    let evidence = answer.evidence(format!("versions holds {version}"));
    let proof = Proof {
        evidence,
        packument: Some(packument),
    };
    let finding = finding(facts, version, proof).predicts("", said(version));
    Some(for_same_name(facts, finding))
}

fn finding(facts: &Facts, version: &Version, proof: Proof<'_>) -> Finding {
    let name = facts.package.name.as_str().unwrap_or_default();
    let day = proof
        .packument
        .and_then(|packument| published_on(packument, &version.to_string()));
    let when = day.map_or(String::new(), |day| format!(", on {day}"));
    let finding = Finding::new(format!("{name} {version} was published before{when}"))
        .at("/version")
        .because(proof.evidence);
    let steps = match proof.packument {
        Some(packument) => replacements(facts, packument, version),
        None if version.is_prerelease() => {
            vec![NpmCommand::new(Verb::Version, "prerelease").into()]
        }
        None => vec![NpmCommand::new(Verb::Version, "patch").into()],
    };
    let finding = steps.into_iter().fold(finding, Finding::help);
    if !facts.package.as_workspace {
        return finding;
    }
    let release = NpmCommand::new(Verb::Release, "");
    finding.step("or publish the members that are not published yet", release)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, known, only, quiet, silence, undecided};
    use crate::finding::Level;
    use crate::registry::documents::{Installable, PublishedVersion};
    use crate::registry::kind::RegistryKind;

    #[test]
    fn fires_where_the_packument_has_it() {
        let finding = only(run(&fake().published(&["0.9.0", "1.0.0", "1.0.3"])));
        assert_eq!(
            finding.message,
            "cat 1.0.0 was published before, on 2026-10-24"
        );
        assert_eq!(finding.helps(), ["npm version 1.0.4"]);
        assert_eq!(
            finding.predicts.unwrap().code,
            None,
            "npm 11 says it by itself"
        );
        let finding = only(run(&fake().npm_is(10, 9, 9).published(&["1.0.0"])));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "E403");
    }

    #[test]
    fn what_it_proposes_passes_the_next_check() {
        let helps = |facts: &Facts| only(run(facts)).helps();
        let behind = fake().published(&["1.0.0", "1.0.1", "2.3.4"]);
        assert_eq!(
            helps(&behind),
            [
                "npm version 2.3.5",
                "for the release line: npm version 1.0.2",
                "with its own tag: npm publish --tag release-1.x",
            ]
        );
        let prerelease = |version: &str, published: &[&str]| {
            fake_of(json!({ "name": "cat", "version": version })).published(published)
        };
        let rc = prerelease("1.0.0-rc.1", &["1.0.0-rc.1", "1.0.0-rc.3"]);
        assert_eq!(helps(&rc), ["npm version 1.0.0-rc.4"]);
        let lone = prerelease("1.0.0-0", &["1.0.0-0"]);
        assert_eq!(helps(&lone), ["npm version 1.0.0-1"]);
        let word = prerelease("1.0.0-beta", &["1.0.0-beta"]);
        assert_eq!(helps(&word), ["npm version 1.0.0-beta.0"]);
    }

    #[test]
    fn fires_where_only_the_version_document_has_it() {
        let facts =
            fake().with(|facts| facts.answers.version = known(Some(PublishedVersion::default())));
        assert!(
            only(run(&facts)).evidence[0]
                .answer
                .contains("the version exists")
        );
    }

    #[test]
    fn fires_on_prereleases_and_deprecated_versions_which_npm_does_not_see() {
        let facts =
            fake_of(json!({ "name": "cat", "version": "1.0.0-rc.1" })).published(&["1.0.0-rc.1"]);
        assert_eq!(only(run(&facts)).predicts.unwrap().code.unwrap(), "E403");
        let facts = fake().published(&["1.0.0"]).packument_with(|packument| {
            let deprecated = Installable { deprecated: true };
            packument.versions.insert("1.0.0", deprecated);
        });
        assert_eq!(only(run(&facts)).predicts.unwrap().code.unwrap(), "E403");
    }

    #[test]
    fn fires_on_any_registry_where_npm_itself_compares() {
        let nexus = fake()
            .published(&["1.0.0"])
            .registry("https://n.example/repository/npm/", RegistryKind::Nexus);
        assert!(!run(&nexus).unwrap().is_empty());
        assert!(
            quiet(&run(&nexus.clone().npm_is(10, 9, 9))),
            "Nexus may overwrite"
        );
        assert!(quiet(&run(&nexus.with(|facts| facts.package.force = true))));
    }

    #[test]
    fn stays_quiet_on_a_new_version_and_on_a_dry_run_that_npm_lets_pass() {
        assert!(quiet(&run(&fake().published(&["0.9.0"]))));
        assert!(quiet(&run(&fake())));
        let dry = fake()
            .published(&["1.0.0"])
            .npm_is(10, 9, 9)
            .with(|facts| facts.package.dry_run = true);
        assert!(quiet(&run(&dry)));
    }

    #[test]
    fn names_the_release_of_the_other_members() {
        let member = fake()
            .published(&["1.0.0"])
            .with(|facts| facts.package.as_workspace = true);
        let helps = only(run(&member)).helps();
        assert_eq!(
            helps.last().unwrap(),
            "or publish the members that are not published yet: safe-publish release"
        );
    }

    #[test]
    fn undecided_without_an_answer() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.packument = Err(silence()))
        )));
    }

    #[test]
    fn a_script_that_bumps_makes_it_a_warning() {
        let facts = fake().published(&["1.0.0"]).rewritten();
        assert_eq!(only(CHECK.on(&facts)).level, Some(Level::Warning));
    }
}
