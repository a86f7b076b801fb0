use super::overrides_conflict;
use super::{dependency_invalid, name_invalid, name_missing, npm_extension_invalid};
use super::{version_invalid, version_missing};
use crate::checks::check::{Check, Verdict, check};
use crate::checks::registry::registry_url_invalid;
use crate::checks::version::tag_needed_for_prerelease;
use crate::facts::{Facts, ProjectFacts};
use crate::finding::{Finding, Level, Place};
use crate::manifest::version::VersionProblem;
use crate::npmrc::nerf_dart_of;

check! {
    /// npm reads and packs a private workspace member, and only then skips it.
    ///
    /// Whatever npm would refuse in any other package makes it fail there, when the members
    /// before it are already published: an invalid name or version, a missing version or a
    /// prerelease without a tag (npm 11 and later; not with `--force`), a registry that is not
    /// a URL, `overrides` or dependencies that it cannot read. The private root counts, too,
    /// under `--include-workspace-root`. npm also runs the scripts of private members.
    ///
    /// npm says: `Cannot read properties of null (reading 'prerelease')`, `Invalid name: "…"`,
    /// `You must specify a tag using --tag when publishing a prerelease version.`
    id: "workspace-member-invalid",
    level: Error,
    summary: "npm fails on a private workspace member before it skips it",
    basis: Commit,
    silence: LeavesOpen,
    about: Project,
    remedy: {
        why "npm stops at a private workspace member that has no version, no valid name, or a prerelease version without a tag";
        help "give the member a version" => PkgSet "version=0.0.0 -w MEMBER";
        help NAME_MEMBERS;
        asks "which member has no version?" => PkgGet "name version private --workspaces";
    },
}

/// What npm checks before it looks at `private`, in its order.
const BEFORE_PRIVATE: [Check; 9] = [
    name_invalid::CHECK,
    version_invalid::CHECK,
    dependency_invalid::CHECK,
    overrides_conflict::CHECK,
    npm_extension_invalid::CHECK,
    version_missing::CHECK,
    tag_needed_for_prerelease::CHECK,
    name_missing::CHECK,
    registry_url_invalid::CHECK,
];

const NAME_MEMBERS: &str = "or name the members to publish, with `-w`";

fn run(facts: &ProjectFacts) -> Verdict {
    let npm = facts.npm()?;
    let crashes = npm.wants_a_tag_for_prereleases();
    Ok(facts
        .private
        .iter()
        .filter_map(|member| refusal(member, crashes).or_else(|| scripts(member)))
        .collect())
}

/// What makes npm fail at this member, if anything.
fn refusal(member: &Facts, crashes: bool) -> Option<Finding> {
    // npm only makes a key for credentials from the registry.
    let has_key = member
        .package
        .registry
        .as_ref()
        .err()
        .is_some_and(|problem| nerf_dart_of(&problem.value).is_some());
    let without_version = member.package.version == Err(VersionProblem::Missing);
    // Only the check for a prerelease comes before `private`.
    let passes = without_version && (!crashes || member.package.force);
    let refusals = BEFORE_PRIVATE
        .iter()
        .filter(|check| !(passes && check.id == version_missing::CHECK.id))
        .filter(|check| !(has_key && check.id == registry_url_invalid::CHECK.id))
        .flat_map(|check| check.on(member).unwrap_or_default());
    let mut errors =
        refusals.filter(|finding| finding.level.is_none_or(|level| level == Level::Error));
    let first = errors.next()?;
    let message = format!(
        "{} is private, but npm fails on it before it skips it: {}",
        called(member),
        first.message
    );
    let finding = Finding { message, ..first };
    Some(at_home(finding, member).help(NAME_MEMBERS))
}

/// Reports that npm runs the scripts of a package that it does not publish.
fn scripts(member: &Facts) -> Option<Finding> {
    let scripts = &member.package.scripts;
    let first = scripts.first()?;
    let finding = Finding::new(format!(
        "{} is private, but npm runs its scripts before it skips it: {}",
        called(member),
        scripts.join(", ")
    ))
    .at(&format!("/scripts/{first}"))
    .level(Level::Note);
    Some(at_home(finding, member))
}

fn called(member: &Facts) -> String {
    match member.package.name.as_str() {
        Some(name) => format!("{name} ({})", member.package.directory),
        None => member.package.directory.clone(),
    }
}

/// Points the finding into the member's own package.json, and adapts its commands.
fn at_home(mut finding: Finding, member: &Facts) -> Finding {
    let context = crate::checks::judge::command_context(member);
    for help in &mut finding.help {
        help.fit(&context);
    }
    match finding.place.take() {
        Some(Place::Manifest(pointer)) => {
            finding.in_manifest(&member.package.manifest.path, &pointer)
        }
        place => Finding { place, ..finding },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::Answers;
    use crate::facts::fake::{fake_of, fake_project, only, quiet};
    use crate::finding::Gap;
    use crate::npm::NpmVersion;

    fn with(member: Value) -> ProjectFacts {
        let member = fake_of(member).with(|facts| {
            facts.package.as_workspace = true;
            facts.answers = Answers::none(&Gap::NotAsked("private"));
        });
        let mut facts = fake_project();
        facts.private.push(member);
        facts
    }

    #[test]
    fn fires_on_what_npm_judges_first() {
        for member in [
            json!({ "name": "z", "private": true }),
            json!({ "name": "z", "private": true, "version": "1.0" }),
            json!({ "name": "z", "private": true, "version": "1.0.0-a" }),
            json!({ "name": "My App", "private": true, "version": "1.0.0" }),
            json!({ "private": true, "version": "1.0.0" }),
            json!({ "name": "z", "private": true, "version": "1.0.0", "dependencies": { "x": 5 } }),
        ] {
            let finding = only(run(&with(member.clone())));
            assert_ne!(finding.level, Some(Level::Note), "{member}");
            assert!(finding.predicts.is_some(), "{member}");
        }
    }

    #[test]
    fn stays_quiet_on_what_npm_leaves_out() {
        for member in [
            json!({ "name": "z", "private": true, "version": "1.0.0" }),
            json!({ "name": "MyApp", "private": true, "version": "1.0.0" }),
        ] {
            assert!(quiet(&run(&with(member.clone()))), "{member}");
        }
    }

    #[test]
    fn npm_10_and_a_forced_npm_need_no_version() {
        let mut old = with(json!({ "name": "z", "private": true }));
        old.npm = Ok(NpmVersion::new(10, 9, 9));
        assert!(quiet(&run(&old)));
        let mut forced = with(json!({ "name": "z", "private": true }));
        forced.private[0].package.force = true;
        assert!(quiet(&run(&forced)));
    }

    #[test]
    fn scripts_are_a_note() {
        let member = json!({ "name": "z", "private": true, "version": "1.0.0" });
        let mut facts = with(member);
        facts.private[0].package.scripts = vec!["prepack".to_owned()];
        assert_eq!(run(&facts).unwrap()[0].level, Some(Level::Note));
    }
}
