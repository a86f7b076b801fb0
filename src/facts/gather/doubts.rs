//! With many packages, most cost one request: the packument. Requests that would only repeat it
//! are sent for the packages whose packument leaves a doubt, and what is the same for the whole
//! account is asked once.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{join, join_all, join3};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::asker::Asker;
use super::query::PackageQuery;
use super::replies::{answer, key};
use super::{PendingAnswers, query_of};
use crate::finding::{Answer, Gap, Known};
use crate::plan::PackagePlan;
use crate::registry::documents::{
    Packument, PublishedVersion, Right, VersionStatus, Whoami, entries_size,
};
use crate::registry::kinds::{self, Staging};
use crate::registry::read;
use crate::registry::url::STAGE_PATH;

/// How many packages without doubt are examined anyway, of new names and of others: they can
/// reveal a release in progress.
const SAMPLE: usize = 8;
/// A version younger than this means that a release is in progress, and that reads may lag.
/// Scans take up to an hour.
const RECENT: SignedDuration = SignedDuration::from_hours(1);
/// The registry lists at most this many staged versions at once.
const STAGE_PAGE: usize = 100;

/// The packument once it is known; the inner `None` if the package does not exist.
pub(super) type Packuments = watch::Receiver<Option<Option<Arc<Packument>>>>;

/// Questions that a packument mostly answers.
pub(super) struct Details {
    pub(super) version: Known<Option<PublishedVersion>>,
    pub(super) status: Known<Option<VersionStatus>>,
    pub(super) collaborators: Known<BTreeMap<String, Right>>,
}

/// PendingAnswers at once where there are few packages. Of many, the rights only, where the account's
/// own list does not hold them; [`ask_the_rest`] asks the rest.
pub(super) async fn details(
    asker: &Asker<'_>,
    query: &PackageQuery<'_>,
    packument: Packuments,
) -> Details {
    let (version, status, collaborators) = if asker.is_sparing {
        let gap = Gap::NotAsked("the packument leaves no doubt");
        let rights = rights(asker, query, packument).await;
        (Err(gap.clone()), Err(gap), rights)
    } else {
        Box::pin(join3(
            asker.version(query),
            asker.status(query),
            asker.collaborators(query),
        ))
        .await
    };
    Details {
        version,
        status,
        collaborators,
    }
}

/// Who may write a package, as far as the account is concerned.
async fn rights(
    asker: &Asker<'_>,
    query: &PackageQuery<'_>,
    mut packument: Packuments,
) -> Known<BTreeMap<String, Right>> {
    let known = packument.wait_for(Option::is_some).await;
    let known = known.ok().and_then(|known| known.clone().flatten());
    let Some(packument) = known else {
        return Err(Gap::NotAsked("there is no packument"));
    };
    let Ok(Answer {
        value: Whoami::Account(account),
        ..
    }) = asker.whoami(query).await
    else {
        return Err(Gap::NotAsked("the account is not known"));
    };
    match asker.own_rights(query, &account).await {
        Ok(own) if own.value.get(query.name) == Some(&Right::Write) => Ok(Answer {
            value: BTreeMap::from([(account, Right::Write)]),
            request: own.request,
            status: own.status,
        }),
        Err(_) if packument.maintainers.contains(&account) => {
            Err(Gap::NotAsked("the packument names the account"))
        }
        _ => asker.collaborators(query).await,
    }
}

impl Asker<'_> {
    /// The packages that an account may read or write, by name.
    async fn own_rights(
        &self,
        query: &PackageQuery<'_>,
        account: &str,
    ) -> Known<Arc<BTreeMap<String, Right>>> {
        if !query.traits.offers.collaborators {
            return Err(Gap::NotOffered);
        }
        let account: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
        let question = query.question(&format!("-/user/{account}/package"));
        let fetch = async {
            let own = self.introspect(query, &question, read::rights).await?;
            let size = entries_size(own.value.keys().map(String::len));
            self.keep(&question, size)?;
            Ok(Answer {
                value: Arc::new(own.value),
                request: own.request,
                status: own.status,
            })
        };
        self.own_rights.get(key(&question), Box::pin(fetch)).await
    }

    /// The names of the packages with a staged version; a gap if there are more than the
    /// registry lists.
    async fn staged_names(&self, query: &PackageQuery<'_>) -> Known<Arc<Vec<String>>> {
        if query.traits.staging == Staging::No {
            return Err(Gap::NotOffered);
        }
        let question = query.question(STAGE_PATH);
        if question.authorization.is_none() {
            return Err(Gap::NotAsked("there is no credential to ask with"));
        }
        let fetch = async {
            let reply = self.ask(&question).await?;
            let names = read::staged_names(&reply.body).filter(|_| reply.status == 200);
            match names {
                Some(names) if names.len() < STAGE_PAGE => {
                    Ok(answer(&question, &reply, Arc::new(names)))
                }
                Some(_) => Err(Gap::Unknown("the list is too long".to_owned())),
                None => Err(Gap::NotOffered),
            }
        };
        self.staged_names.get(key(&question), Box::pin(fetch)).await
    }
}

/// Asks for the version and its status where the packument leaves a doubt, and for a sample of
/// the others. If one of them already exists, or a package of the run was published a moment
/// ago, a release is in progress, and all are asked.
pub(super) async fn ask_the_rest(
    asker: &Asker<'_>,
    packages: &[PackagePlan],
    asked: &mut [PendingAnswers],
) {
    let each = packages.iter().zip(asked.iter());
    let queries: Vec<Option<PackageQuery<'_>>> = each
        .map(|(package, asked)| query_of(package, kinds::traits(asked.gathered.kind)).ok())
        .collect();
    let now = Timestamp::now();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    let mut left = (SAMPLE, SAMPLE);
    let mut is_under_way = false;
    for (at, query) in queries.iter().enumerate() {
        let Some(query) = query else { continue };
        let is_doubtful = match VersionAge::of(&asked[at], query.version.as_deref(), now) {
            VersionAge::Old => continue,
            VersionAge::Young => {
                is_under_way = true;
                continue;
            }
            VersionAge::Unsure => true,
            VersionAge::NewName => take_one(&mut left.0),
            VersionAge::NewVersion => take_one(&mut left.1),
        };
        if is_doubtful || is_staged(asker, query).await {
            first.push(at);
        } else {
            rest.push(at);
        }
    }
    is_under_way |= ask_of(asker, &queries, &first, asked).await;
    if is_under_way {
        ask_of(asker, &queries, &rest, asked).await;
    }
}

/// Takes one of a limited number; false if none is left.
fn take_one(left: &mut usize) -> bool {
    let is_left = *left > 0;
    *left = left.saturating_sub(1);
    is_left
}

async fn is_staged(asker: &Asker<'_>, query: &PackageQuery<'_>) -> bool {
    let staged = asker.staged_names(query).await;
    match staged {
        Ok(staged) => staged.value.iter().any(|name| name == query.name),
        Err(gap) => matches!(gap, Gap::Unknown(_)),
    }
}

/// What a packument shows about the version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VersionAge {
    /// It has existed for longer than a registry may lag.
    Old,
    /// It has existed only for a moment.
    Young,
    /// The package does not exist.
    NewName,
    /// The package exists, but the version does not.
    NewVersion,
    /// Unsure: there is no answer, or it came from a cache.
    Unsure,
}

impl VersionAge {
    fn of(asked: &PendingAnswers, version: Option<&str>, now: Timestamp) -> Self {
        let Ok(answer) = &asked.gathered.answers.packument else {
            return Self::Unsure;
        };
        let (Some(packument), Some(version)) = (&answer.value, version) else {
            return Self::NewName;
        };
        let time = packument.published.get(version).copied().flatten();
        let is_young = time.is_some_and(|time| now.duration_since(time.start()) < RECENT);
        match packument.versions.contains_key(version) {
            true if is_young => Self::Young,
            true => Self::Old,
            false if asked.is_cached => Self::Unsure,
            false => Self::NewVersion,
        }
    }
}

/// Whether one of them turned out to exist, or to be on its way.
async fn ask_of(
    asker: &Asker<'_>,
    queries: &[Option<PackageQuery<'_>>],
    which: &[usize],
    asked: &mut [PendingAnswers],
) -> bool {
    let each = which
        .iter()
        .filter_map(|&at| Some((at, queries[at].as_ref()?)));
    let each = each.map(|(at, query)| async move {
        let (version, status) = join(asker.version(query), asker.status(query)).await;
        (at, version, status)
    });
    let mut is_news = false;
    for (at, version, status) in join_all(each).await {
        use VersionStatus::{Published, Staged, Validating};
        let is_there = matches!(&version, Ok(answer) if answer.value.is_some());
        let is_coming = matches!(
            &status,
            Ok(answer) if matches!(answer.value, Some(Published | Validating | Staged))
        );
        is_news |= is_there || is_coming;
        let answers = &mut asked[at].gathered.answers;
        (answers.version, answers.status) = (version, status);
    }
    is_news
}
