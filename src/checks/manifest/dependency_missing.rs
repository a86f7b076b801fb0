use crate::checks::check::{Verdict, check};
use crate::facts::{AskedDependency, Facts};
use crate::finding::{Finding, Gap, NpmCommand, Verb};
use crate::plan::DependencyPlan;
use crate::registry::documents::DependencyState;
use crate::registry::kinds::traits;

check! {
    /// A dependency does not exist on the registry, or no version of it satisfies the range.
    ///
    /// Nobody could install the package. Common reasons are a member of the same monorepo that
    /// was not published yet, a typo, and a version that was raised too early. Packages that
    /// this run publishes and optional dependencies do not count. A registry that refuses to
    /// answer proves nothing, and neither does a 404 for a scoped name, which may be private.
    ///
    /// npm says: nothing; an install fails with `E404 Not Found` or `ETARGET No matching
    /// version found`.
    id: "dependency-missing",
    level: Warning,
    summary: "users cannot install one of the dependencies",
    basis: Registry,
    silence: LeavesOpen,
    remedy: {
        why "{package} is not on {host}, or it is private, which looks like a 404 to everybody \
            else";
        help "publish the dependency first, or correct its name or range";
        help "if it is private" => Login "";
        asks "which registry is asked for it?" => View "{package} name", Config "get registry";
    },
}

fn run(facts: &Facts) -> Verdict {
    if super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    let mut gap = None;
    let asked = &facts.answers.dependencies;
    for (plan, asked) in facts.package.dependencies.iter().zip(asked) {
        match judge(facts, plan, asked) {
            Ok(finding) => findings.extend(finding.map(|found| found.at(&plan.pointer))),
            Err(why) => {
                gap.get_or_insert(why);
            }
        }
    }
    match gap {
        Some(gap) if findings.is_empty() => Err(gap),
        _ => Ok(findings),
    }
}

fn judge(
    facts: &Facts,
    plan: &DependencyPlan,
    asked: &AskedDependency,
) -> Result<Option<Finding>, Gap> {
    let answer = asked.state.as_ref().map_err(Clone::clone)?;
    let (name, host) = (&plan.name, plan.registry.host());
    let is_private_here = facts.package.siblings.get(name) == Some(&true);
    Ok(match &answer.value {
        DependencyState::Found => None,
        DependencyState::Missing if is_private_here => Some(
            Finding::new(format!(
                "`{name}` is private in this repository, and {host} shows no such package"
            ))
            .because(answer.evidence("no such package"))
            .help(format!("publish {name}, too, or bundle it")),
        ),
        DependencyState::Missing if !proves_absence(facts, plan, asked) => {
            return Err(Gap::Unknown(format!(
                "{}: 404, also the answer for a private package",
                answer.request
            )));
        }
        DependencyState::Missing => Some(
            Finding::new(format!("`{name}` is not on {host}"))
                .because(answer.evidence("no such package"))
                .help(format!("publish {name} first, or correct the name")),
        ),
        DependencyState::Staged { version } => {
            let finding = staged(plan, version);
            Some(finding.because(answer.evidence(format!("{version} is staged"))))
        }
        DependencyState::NoVersionFits { latest } => {
            let finding = unfitting(plan, latest.as_deref());
            Some(finding.because(answer.evidence("no version fits")))
        }
    })
}

fn staged(plan: &DependencyPlan, version: &str) -> Finding {
    let DependencyPlan { name, wanted, .. } = plan;
    let host = plan.registry.host();
    Finding::new(format!(
        "`{name}` {version}, which fits `{wanted}`, is staged at {host}: nobody can install it yet"
    ))
    .step(
        format!("approve {name} first; its id"),
        NpmCommand::with_args(Verb::Stage, &["list", name]).at(&plan.registry.to_string()),
    )
}

fn unfitting(plan: &DependencyPlan, latest: Option<&str>) -> Finding {
    let DependencyPlan { name, wanted, .. } = plan;
    let host = plan.registry.host();
    let newest = latest.map_or(String::new(), |latest| format!("; latest is {latest}"));
    Finding::new(format!(
        "no version of `{name}` on {host} fits `{wanted}`{newest}"
    ))
    .help(format!(
        "publish that version of {name} first, or correct the range"
    ))
}

/// Whether a 404 proves that the package does not exist: npmjs also answers 404 for private
/// packages, which have a scope.
fn proves_absence(facts: &Facts, plan: &DependencyPlan, asked: &AskedDependency) -> bool {
    let own = facts.package.registry.as_ref();
    let is_own = own.is_ok_and(|own| own.value == plan.registry);
    let kind = asked.kind.or(is_own.then_some(facts.kind));
    kind.is_some_and(|kind| traits(kind).npmjs_rules) && !plan.name.starts_with('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, refused, undecided};
    use crate::registry::kind::RegistryKind;
    use crate::registry::url::RegistryUrl;

    fn needing(name: &str, state: crate::finding::Known<DependencyState>) -> Facts {
        fake().with(|facts| {
            facts.package.dependencies = vec![DependencyPlan {
                name: name.to_owned(),
                wanted: "^2.0.0".to_owned(),
                pointer: format!("/dependencies/{name}"),
                registry: RegistryUrl::parse("https://registry.npmjs.org/").unwrap(),
                credential: None,
            }];
            facts.answers.dependencies = vec![AskedDependency { state, kind: None }];
        })
    }

    #[test]
    fn fires_where_the_name_or_every_fitting_version_is_missing() {
        let finding = only(run(&needing("dog", known(DependencyState::Missing))));
        assert_eq!(finding.message, "`dog` is not on registry.npmjs.org");
        let latest = Some("1.9.0".to_owned());
        let state = DependencyState::NoVersionFits { latest };
        let finding = only(run(&needing("@s/dog", known(state))));
        assert_eq!(
            finding.message,
            "no version of `@s/dog` on registry.npmjs.org fits `^2.0.0`; latest is 1.9.0"
        );
    }

    #[test]
    fn a_private_package_of_the_repository_is_called_so() {
        for name in ["dog", "@s/dog"] {
            let facts = needing(name, known(DependencyState::Missing)).with(|facts| {
                facts.package.siblings = std::sync::Arc::new([(name.to_owned(), true)].into());
            });
            let finding = only(run(&facts));
            assert_eq!(
                finding.message,
                format!(
                    "`{name}` is private in this repository, and registry.npmjs.org shows no such package"
                )
            );
        }
    }

    #[test]
    fn fires_where_the_only_fitting_version_waits_in_the_stage() {
        let version = "2.1.0".to_owned();
        let finding = only(run(&needing(
            "dog",
            known(DependencyState::Staged { version }),
        )));
        assert!(
            finding.message.contains("`dog` 2.1.0"),
            "{}",
            finding.message
        );
        assert_eq!(
            finding.helps(),
            [
                "approve dog first; its id: npm stage list dog --registry https://registry.npmjs.org/"
            ]
        );
    }

    #[test]
    fn stays_quiet_where_it_is_there() {
        assert!(quiet(&run(&needing("dog", known(DependencyState::Found)))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_where_a_404_may_hide_it_or_without_an_answer() {
        assert!(undecided(&run(&needing(
            "@s/dog",
            known(DependencyState::Missing)
        ))));
        assert!(undecided(&run(&needing("dog", Err(refused())))));
        let elsewhere = needing("dog", known(DependencyState::Missing))
            .with(|facts| facts.answers.dependencies[0].kind = Some(RegistryKind::Verdaccio));
        assert!(undecided(&run(&elsewhere)));
    }
}
