//! Sends all questions to the registries at once. The only asynchronous code between the plan
//! and the report.

mod asker;
mod dependencies;
mod doubts;
mod once;
mod previous;
mod query;
mod replies;
mod secondary;
mod similar_names;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::{join, join3, join4};
use futures_util::stream;

use super::Answers;
use crate::finding::{Gap, Known};
use crate::plan::{PackagePlan, RemoteSpec, Spec};
use crate::registry::client::Client;
use crate::registry::documents::{Packument, Scope, Whoami};
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::{self, Traits};
use asker::Asker;
use doubts::Packuments;
use query::PackageQuery;
use replies::FoundPackument;

pub use previous::previous;

/// With more packages than this, questions wait for a connection anyway, so one that may be
/// unnecessary waits until that is known.
const MAX_EAGER: usize = 16;

/// How many packages are asked about at once: enough to use all connections, with little
/// memory.
const MAX_AT_ONCE: usize = 128;

/// How much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// With many packages, only what their packuments leave open.
    AsNeeded,
    /// Everything: just after an upload, any single answer may lag.
    Full,
}

/// The answers about one package.
#[derive(Debug)]
pub struct Gathered {
    /// The kind of its registry.
    pub kind: RegistryKind,
    /// What was answered.
    pub answers: Answers,
}

/// One package's answers while questions are still in flight.
struct PendingAnswers {
    gathered: Gathered,
    /// The packument came from a cache.
    is_cached: bool,
}

/// Asks about every package at once. `overrides` maps URL prefixes to kinds, as set by the
/// user.
pub async fn gather(
    client: &Client,
    packages: &[PackagePlan],
    overrides: &[(String, RegistryKind)],
    depth: Depth,
) -> Vec<Gathered> {
    let is_sparing = depth == Depth::AsNeeded && packages.len() > MAX_EAGER;
    let asker = Asker::new(client, is_sparing);
    let ended = tokio::sync::Notify::new();
    let main = async {
        let each = packages.iter();
        let each = each.map(|package| about(&asker, package, overrides));
        let mut all: Vec<PendingAnswers> = stream::iter(each).buffered(MAX_AT_ONCE).collect().await;
        if is_sparing {
            Box::pin(doubts::ask_the_rest(&asker, packages, &mut all)).await;
        }
        ended.notify_one();
        all
    };
    let secondary_facts = dependencies::of_all(&asker, packages, overrides, &ended);
    let (asked, dependencies) = join(Box::pin(main), secondary_facts).await;
    let each = asked.into_iter().zip(dependencies);
    each.map(|(asked, dependencies)| {
        let mut gathered = asked.gathered;
        gathered.answers.dependencies = dependencies;
        gathered
    })
    .collect()
}

async fn about(
    asker: &Asker<'_>,
    package: &PackagePlan,
    overrides: &[(String, RegistryKind)],
) -> PendingAnswers {
    let url = package.registry.as_ref().ok();
    let known = url.and_then(|registry| kinds::by_url(registry.value.url(), overrides));
    let traits = kinds::traits(known.unwrap_or(RegistryKind::Other));
    let query = match query_of(package, traits) {
        Ok(query) => query,
        Err(why) => {
            let gathered = Gathered {
                kind: traits.kind,
                answers: Answers::none(&Gap::NotAsked(why)),
            };
            return PendingAnswers {
                gathered,
                is_cached: false,
            };
        }
    };
    let (asked, compared) = join(
        Box::pin(questions(asker, &query)),
        Box::pin(compared(asker, package, query.name)),
    )
    .await;
    let (mut answers, found) = asked;
    let (seen, is_cached) = (found.kind, found.is_cached);
    let compared = compared.unwrap_or_else(|| found.clone());
    answers.compares_with_npmjs = compared.forwarded.is_some();
    answers.compared = Some(compared.read_as_npm());
    let kind = known.or(seen).unwrap_or(RegistryKind::Other);
    if known.is_none() {
        let traits = kinds::traits(kind);
        leave_out(&mut answers, traits);
        answers.whoami = proven_by_packument(traits, &answers.packument, answers.whoami);
    }
    let gathered = Gathered { kind, answers };
    PendingAnswers {
        gathered,
        is_cached,
    }
}

/// What is asked about a package, or why nothing is.
fn query_of<'a>(
    package: &'a PackagePlan,
    traits: &'static Traits,
) -> Result<PackageQuery<'a>, &'static str> {
    let Ok(registry) = &package.registry else {
        return Err("there is no usable registry");
    };
    if matches!(package.spec, Spec::Remote { kind, .. } if kind != RemoteSpec::Registry) {
        return Err("npm reads it as an address");
    }
    Ok(PackageQuery {
        registry: &registry.value,
        name: package.name.as_str().ok_or("there is no usable name")?,
        version: package.version.as_ref().ok().map(ToString::to_string),
        credential: package.credential.request.as_ref(),
        traits,
        wants_visibility: package.may_sign_provenance(),
        is_staged: package.staged,
    })
}

/// Sends all questions about one package together. Those that only make sense for a new name
/// are given up as soon as the packument shows that it is not new; with many packages they wait
/// for it.
async fn questions(asker: &Asker<'_>, query: &PackageQuery<'_>) -> (Answers, FoundPackument) {
    let (exists, existence) = tokio::sync::watch::channel(None);
    let packument = async {
        let found = asker.packument(query).await;
        let packument = found.known.as_ref().ok();
        let _ = exists.send(Some(packument.and_then(|answer| answer.value.clone())));
        found
    };
    let names = existence.clone();
    let others = join4(
        asker.repository(query),
        asker.whoami(query),
        asker.profile(query),
        doubts::details(asker, query, existence),
    );
    let of_a_publish = join3(
        asker.token(query),
        asker.visibility(query),
        asker.stage_area(query),
    );
    let others = join(others, of_a_publish);
    let of_a_new_name = of_a_new_name(asker, query, names);
    let (found, (of_a_new_name, others)) =
        Box::pin(join(packument, join(of_a_new_name, others))).await;
    let (others, (token, visibility, stage_area)) = others;
    let (repository, whoami, profile, details) = others;
    let whoami = proven_by_packument(query.traits, &found.known, whoami);
    let answers = Answers {
        packument: found.known.clone(),
        version: details.version,
        status: details.status,
        stage_area,
        whoami,
        collaborators: details.collaborators,
        scope: of_a_new_name.scope,
        has_paid_plan: of_a_new_name.has_paid_plan,
        org_members: of_a_new_name.org_members,
        similar_names: of_a_new_name.similar_names,
        profile,
        repository,
        visibility,
        compared: None,
        compares_with_npmjs: false,
        token,
        dependencies: Vec::new(),
    };
    (answers, found)
}

/// Answers that matter only for a new name.
struct NewNameAnswers {
    scope: Known<Scope>,
    has_paid_plan: Known<bool>,
    org_members: Known<BTreeMap<String, String>>,
    similar_names: Known<Vec<String>>,
}

async fn of_a_new_name(
    asker: &Asker<'_>,
    query: &PackageQuery<'_>,
    packument: Packuments,
) -> NewNameAnswers {
    let known = packument.clone();
    let asked = async {
        if asker.is_sparing {
            until_it_is_known(known).await;
        }
        // Few of many packages are new: the others use no memory for this.
        let asked = join4(
            asker.scope(query),
            asker.has_paid_plan(query),
            asker.org_members(query),
            asker.similar_names(query),
        );
        Box::pin(asked).await
    };
    let gap = Gap::NotAsked("the name exists");
    // Both may be ready at once: then nothing more is sent.
    let (scope, has_paid_plan, org_members, similar_names) = tokio::select! {
        biased;
        () = until_it_exists(packument) => {
            (Err(gap.clone()), Err(gap.clone()), Err(gap.clone()), Err(gap))
        }
        asked = asked => asked,
    };
    NewNameAnswers {
        scope,
        has_paid_plan,
        org_members,
        similar_names,
    }
}

async fn until_it_is_known(mut packument: Packuments) {
    // An error means that the sender was dropped: no answer will come.
    let _ = packument.wait_for(Option::is_some).await;
}

async fn until_it_exists(mut packument: Packuments) {
    let exists = packument.wait_for(|known| matches!(known, Some(Some(_))));
    // An error means that the sender was dropped: no answer will come.
    if exists.await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Without a whoami, a 401 on the packument proves the same.
fn proven_by_packument(
    traits: &Traits,
    packument: &Known<Option<Arc<Packument>>>,
    whoami: Known<Whoami>,
) -> Known<Whoami> {
    match packument {
        Err(Gap::NotAllowed {
            request,
            status: 401,
            ..
        }) if traits.packument_proves_credential && matches!(whoami, Err(Gap::NotOffered)) => {
            Ok(crate::finding::Answer {
                value: Whoami::Rejected,
                request: request.clone(),
                status: 401,
            })
        }
        _ => whoami,
    }
}

async fn compared(asker: &Asker<'_>, package: &PackagePlan, name: &str) -> Option<FoundPackument> {
    let comparison = package.comparison.as_ref()?;
    Some(
        asker
            .compared(&comparison.registry, name, comparison.credential.as_ref())
            .await,
    )
}

/// Removes what a registry does not offer, once its answers reveal its kind.
fn leave_out(answers: &mut Answers, traits: &Traits) {
    let offers = traits.offers;
    if !offers.whoami
        && !matches!(answers.whoami, Ok(ref answer) if answer.value == Whoami::Rejected && traits.packument_proves_credential)
    {
        answers.whoami = Err(Gap::NotOffered);
    }
    if !offers.version {
        answers.version = Err(Gap::NotOffered);
    }
    if !offers.collaborators {
        answers.collaborators = Err(Gap::NotOffered);
    }
    if !offers.scopes {
        answers.scope = Err(Gap::NotOffered);
        answers.has_paid_plan = Err(Gap::NotOffered);
        answers.org_members = Err(Gap::NotOffered);
    }
    if !offers.similar {
        answers.similar_names = Err(Gap::NotOffered);
    }
    if !offers.profile {
        answers.profile = Err(Gap::NotOffered);
        answers.token = Err(Gap::NotOffered);
        answers.status = Err(Gap::NotOffered);
    }
}
