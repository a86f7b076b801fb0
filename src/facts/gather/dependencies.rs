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
    let comes_along = packages.iter().any(|package| {
        package.name.as_str() == Some(&plan.name)
            && package
                .version
                .as_ref()
                .is_ok_and(|version| range::satisfies(&version.to_string(), &plan.wanted, true))
    });
    if comes_along {
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
