use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::registry::documents::StageArea;
use crate::registry::kinds::{Staging, traits};

check! {
    /// A package can be staged only with npm 11.15 or later, and only on npm's own registry.
    ///
    /// Older npm has no `npm stage`. Other registries answer the request with an error, after
    /// all scripts have run and provenance was signed.
    ///
    /// npm says: `Unknown command: "stage"`, `E404` or `E405`.
    id: "stage-unavailable",
    level: Error,
    summary: "npm or the registry has no staged publishing",
    basis: CommandLine,
    silence: LeavesOpen,
    remedy: {
        why "{host} has no staging; only npmjs has it, with npm 11.15 and later";
        help "publish it without staging";
        help "or update npm, if the registry is npmjs";
    },
}

fn run(facts: &Facts) -> Verdict {
    if !facts.package.staged {
        return Ok(Vec::new());
    }
    if let Ok(npm) = &facts.npm
        && !npm.knows_staging()
    {
        let finding = Finding::new(format!(
            "npm {npm} has no `npm stage`, which came with npm 11.15"
        ))
        .help("npm install -g npm@latest");
        return Ok(vec![finding]);
    }
    let Ok(registry) = &facts.package.registry else {
        return Ok(Vec::new());
    };
    let proof = match traits(facts.kind).staging {
        Staging::Offered => return Ok(Vec::new()),
        Staging::No => None,
        Staging::Possible => {
            let area = facts.stage_area()?;
            if area.value != StageArea::Missing {
                return Ok(Vec::new());
            }
            Some(area.evidence("it has no staging"))
        }
    };
    let finding = Finding::new(format!("{} has no staged publishing", registry.value))
        .set_by(&registry.origin)
        .help("publish without `stage`, or to npm's own registry");
    Ok(vec![proof.into_iter().fold(finding, Finding::because)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, refused, undecided};
    use crate::npm::NpmVersion;
    use crate::registry::kind::RegistryKind;

    fn staged(kind: RegistryKind, npm: NpmVersion) -> Facts {
        fake().with(|facts| {
            facts.package.staged = true;
            facts.kind = kind;
            facts.npm = Ok(npm);
        })
    }

    #[test]
    fn fires_with_an_old_npm_and_on_other_registries() {
        let old = only(run(&staged(
            RegistryKind::Npmjs,
            NpmVersion::new(11, 14, 9),
        )));
        assert!(old.message.contains("npm 11.14.9 has no `npm stage`"));
        let new = NpmVersion::new(11, 15, 0);
        let github = only(run(&staged(RegistryKind::GitHub, new.clone())));
        assert!(github.message.ends_with("has no staged publishing"));
        let asked = staged(RegistryKind::Other, new)
            .with(|facts| facts.answers.stage_area = known(StageArea::Missing));
        assert_eq!(only(run(&asked)).evidence.len(), 1);
    }

    #[test]
    fn undecided_where_the_registry_does_not_say_whether_it_has_a_stage() {
        let new = NpmVersion::new(11, 15, 0);
        let other = staged(RegistryKind::Other, new)
            .with(|facts| facts.answers.stage_area = Err(refused()));
        assert!(undecided(&run(&other)));
    }

    #[test]
    fn stays_quiet_on_npms_registry_and_for_a_publish() {
        let new = NpmVersion::new(12, 0, 0);
        assert!(quiet(&run(&staged(RegistryKind::Npmjs, new))));
        let has_one = staged(RegistryKind::Other, NpmVersion::new(12, 0, 0))
            .with(|facts| facts.answers.stage_area = known(StageArea::Holds(Vec::new())));
        assert!(quiet(&run(&has_one)));
        let publish = fake().with(|facts| facts.kind = RegistryKind::GitHub);
        assert!(quiet(&run(&publish)));
    }
}
