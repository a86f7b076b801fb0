//! Asks the registries all questions at once. The only asynchronous code between
//! the plan and the report.

mod asker;
mod dependencies;
mod once;
mod previous;
mod query;
mod replies;
mod secondary;
mod similar_names;

use std::sync::Arc;

use futures_util::future::{join, join_all, join4, join5};

use super::Answers;
use crate::finding::{Gap, Known};
use crate::plan::{PackagePlan, RemoteSpec, Spec};
use crate::registry::client::Client;
use crate::registry::documents::{Packument, Whoami};
use crate::registry::kind::RegistryKind;
use crate::registry::kinds::{self, Traits};
use asker::Asker;
use query::PackageQuery;
use replies::FoundPackument;

pub use previous::previous;

/// With more packages than that, their questions wait for a connection anyway: one
/// that may be needless is not asked before that is known.
const MAX_EAGER: usize = 16;

/// What the answers say about one package.
#[derive(Debug)]
pub struct Gathered {
    /// The kind of its registry.
    pub kind: RegistryKind,
    /// What was answered.
    pub answers: Answers,
}

/// Asks about every package at once. `overrides` maps URL prefixes to kinds, as the
/// user sets them.
pub async fn gather(
    client: &Client,
    packages: &[PackagePlan],
    overrides: &[(String, RegistryKind)],
) -> Vec<Gathered> {
    let asker = Asker::new(client, packages.len() > MAX_EAGER);
    let ended = tokio::sync::Notify::new();
    let main = async {
        let all = join_all(
            packages
                .iter()
                .map(|package| about(&asker, package, overrides)),
        )
        .await;
        ended.notify_one();
        all
    };
    let secondary_facts = dependencies::of_all(&asker, packages, overrides, &ended);
    let (mut gathered, dependencies) = join(main, secondary_facts).await;
    for (gathered, dependencies) in gathered.iter_mut().zip(dependencies) {
        gathered.answers.dependencies = dependencies;
    }
    gathered
}

async fn about(
    asker: &Asker<'_>,
    package: &PackagePlan,
    overrides: &[(String, RegistryKind)],
) -> Gathered {
    let nothing = |kind, why| Gathered {
        kind,
        answers: Answers::none(&Gap::NotAsked(why)),
    };
    let Ok(registry) = &package.registry else {
        return nothing(RegistryKind::Other, "there is no usable registry");
    };
    let known = kinds::by_url(registry.value.url(), overrides);
    let traits = kinds::traits(known.unwrap_or(RegistryKind::Other));
    if matches!(package.spec, Spec::Remote { kind, .. } if kind != RemoteSpec::Registry) {
        return nothing(traits.kind, "npm reads an address there");
    }
    let Some(name) = package.name.as_str() else {
        return nothing(traits.kind, "there is no usable name");
    };
    let query = PackageQuery {
        registry: &registry.value,
        name,
        version: package.version.as_ref().ok().map(ToString::to_string),
        credential: package.credential.request.as_ref(),
        traits,
        wants_visibility: package.may_sign_provenance(),
        is_staged: package.staged,
    };
    let (asked, compared) = join(
        Box::pin(questions(asker, &query)),
        Box::pin(compared(asker, package, name)),
    )
    .await;
    let (mut answers, found) = asked;
    let seen = found.kind;
    let compared = compared.unwrap_or_else(|| found.clone());
    answers.compares_with_npmjs = compared.forwarded.is_some();
    answers.compared = Some(compared.read_as_npm());
    let kind = known.or(seen).unwrap_or(RegistryKind::Other);
    if known.is_none() {
        let traits = kinds::traits(kind);
        leave_out(&mut answers, traits);
        answers.whoami = proven_by_packument(traits, &answers.packument, answers.whoami);
    }
    Gathered { kind, answers }
}

/// Everything about one package leaves together. Questions that make sense for
/// a new name only are given up as soon as the packument says that it is not new; where
/// there are many packages they wait for it.
async fn questions(asker: &Asker<'_>, query: &PackageQuery<'_>) -> (Answers, FoundPackument) {
    let (exists, existence) = tokio::sync::watch::channel(None);
    let packument = async {
        let found = asker.packument(query).await;
        let _ = exists.send(Some(
            matches!(&found.known, Ok(answer) if answer.value.is_some()),
        ));
        found
    };
    let known = existence.clone();
    let for_new_names = async {
        let asked = async {
            if asker.is_patient {
                until_it_is_known(known).await;
            }
            // Of many packages few are new: the others take no room for these.
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
        tokio::select! {
            biased;
            () = until_it_exists(existence) => {
                (Err(gap.clone()), Err(gap.clone()), Err(gap.clone()), Err(gap))
            }
            asked = asked => asked,
        }
    };
    let others = join5(
        asker.repository(query),
        asker.version(query),
        asker.whoami(query),
        asker.collaborators(query),
        asker.profile(query),
    );
    let of_a_publish = join4(
        asker.token(query),
        asker.visibility(query),
        asker.status(query),
        asker.stage_area(query),
    );
    let others = join(others, of_a_publish);
    let (found, (for_new_names, others)) =
        Box::pin(join(packument, join(for_new_names, others))).await;
    let (scope, has_paid_plan, org_members, similar_names) = for_new_names;
    let (others, (token, visibility, status, stage_area)) = others;
    let (repository, version, whoami, collaborators, profile) = others;
    let whoami = proven_by_packument(query.traits, &found.known, whoami);
    let answers = Answers {
        packument: found.known.clone(),
        version,
        status,
        stage_area,
        whoami,
        collaborators,
        scope,
        has_paid_plan,
        org_members,
        similar_names,
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

async fn until_it_is_known(mut existence: tokio::sync::watch::Receiver<Option<bool>>) {
    // An error means that the sender was dropped: no answer will come.
    let _ = existence.wait_for(Option::is_some).await;
}

async fn until_it_exists(mut existence: tokio::sync::watch::Receiver<Option<bool>>) {
    // An error means that the sender was dropped: no answer will come.
    if existence
        .wait_for(|exists| *exists == Some(true))
        .await
        .is_err()
    {
        std::future::pending::<()>().await;
    }
}

/// Where there is no whoami, a 401 on the packument says the same.
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

/// Removes what a registry that was recognised by its answers does not offer.
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
