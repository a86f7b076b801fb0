//! Whether the registries have the packages' dependencies. This decides no publish, so it never
//! delays a run for long.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Notify;

use super::asker::Asker;
use crate::facts::AskedDependency;
use crate::finding::{Answer, Gap};
use crate::manifest::range;
use crate::plan::{DependencyPlan, PackagePlan};
use crate::registry::documents::DependencyState;
use crate::registry::kind::RegistryKind;
use crate::registry::kinds;

/// How long these questions may take after the deciding ones are answered.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// Asks about the dependencies of all packages, each once. Packages published in the same run
/// count as present.
pub(super) async fn of_all(
    asker: &Asker<'_>,
    packages: &[PackagePlan],
    overrides: &[(String, RegistryKind)],
    ended: &Notify,
) -> Vec<Vec<AskedDependency>> {
    let late = async {
        ended.notified().await;
        tokio::time::sleep(TIMEOUT).await;
    };
    let each = packages.iter().map(|package| {
        join_all(
            package
                .dependencies
                .iter()
                .map(|plan| one(asker, plan, packages, overrides)),
        )
    });
    tokio::select! {
        all = join_all(each) => all,
        () = late => packages.iter().map(|package| {
            let unasked = |_| AskedDependency {
                state: Err(Gap::Unknown("the registry took too long to answer about the dependencies".to_owned())),
                kind: None,
            };
            package.dependencies.iter().map(unasked).collect()
        }).collect(),
    }
}

async fn one(
    asker: &Asker<'_>,
    plan: &DependencyPlan,
    packages: &[PackagePlan],
    overrides: &[(String, RegistryKind)],
) -> AskedDependency {
    if packages.iter().any(|package| comes_along(package, plan)) {
        return AskedDependency {
            state: Ok(Answer {
                value: DependencyState::Found,
                request: "this publish".to_owned(),
                status: 200,
            }),
            kind: None,
        };
    }
    let known = kinds::by_url(plan.registry.url(), overrides);
    asker.dependency(plan, known).await
}

/// Whether a package of the same publish is what a dependency asks for. The first
/// version of a package gets `latest` beside its own tag, and any later one finds it set.
fn comes_along(package: &PackagePlan, plan: &DependencyPlan) -> bool {
    let wanted = plan.wanted.as_str();
    let fits = |version: &str| range::satisfies(version, wanted, true);
    package.name.as_str() == Some(&plan.name)
        && package.version.as_ref().is_ok_and(|version| {
            fits(&version.to_string())
                || range::is_any(wanted)
                || [package.tag.sent.value.as_str(), "latest"].contains(&wanted)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::fake;
    use crate::registry::url::RegistryUrl;

    #[test]
    fn a_package_of_the_same_publish_answers_for_its_range_and_tags() {
        let package = |version: &str, tag: &str| {
            let manifest = serde_json::json!({ "name": "cat", "version": version });
            let mut package = crate::facts::fake::fake_of(manifest).package;
            package.tag.sent.value = tag.to_owned();
            package
        };
        let plan = |name: &str, wanted: &str| DependencyPlan {
            name: name.to_owned(),
            wanted: wanted.to_owned(),
            pointer: format!("/dependencies/{name}"),
            registry: RegistryUrl::parse("https://registry.npmjs.org/").unwrap(),
            credential: None,
        };
        let beta = package("2.0.0-beta.3", "beta");
        for (wanted, expected) in [
            ("^2.0.0-beta.1", true),
            ("*", true),
            ("latest", true),
            ("beta", true),
            ("next", false),
            ("x", false),
            (">=1", false),
        ] {
            assert_eq!(
                comes_along(&beta, &plan("cat", wanted)),
                expected,
                "{wanted}"
            );
        }
        assert!(!comes_along(&fake().package, &plan("dog", "*")));
    }
}
