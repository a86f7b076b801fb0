//! The requests, one by one, and the meaning of their answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{join, join_all};

use super::once::OnceMap;
use super::query::{PackageQuery, question};
use super::replies::{
    FoundPackument, answer, key, not_offered, not_understood, read_packument, refused,
    scope_question, secondary, wants_one_time_password,
};
use super::similar_names;
use crate::finding::{Answer, Gap, Known};
use crate::npmrc::credentials::RequestCredential;
use crate::registry::client::{Client, Question, Reply};
use crate::registry::documents::{Profile, PublishedVersion, Right, Scope, Whoami, entries_size};
use crate::registry::kinds;
use crate::registry::read;
use crate::registry::url::{RegistryUrl, escaped_name};

/// Asks each question once.
pub(super) struct Asker<'a> {
    client: &'a Client,
    /// Questions that an answer may make unnecessary wait for it, or are left out.
    pub(super) is_sparing: bool,
    pub(super) own_rights: OnceMap<Known<Arc<BTreeMap<String, Right>>>>,
    pub(super) staged_names: OnceMap<Known<Arc<Vec<String>>>>,
    packuments: OnceMap<FoundPackument>,
    others: OnceMap<Result<Arc<Reply>, Gap>>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(client: &'a Client, is_sparing: bool) -> Self {
        Self {
            client,
            is_sparing,
            own_rights: OnceMap::default(),
            staged_names: OnceMap::default(),
            packuments: OnceMap::default(),
            others: OnceMap::default(),
        }
    }

    pub(super) async fn ask(&self, question: &Question) -> Result<Arc<Reply>, Gap> {
        let question = Question {
            is_small: true,
            ..question.clone()
        };
        let fetch = async {
            let reply = self.client.ask(&question).await?;
            self.client.keep(&question, reply.size())?;
            Ok(Arc::new(reply))
        };
        self.others.get(key(&question), fetch).await
    }

    /// See [`Client::keep`].
    pub(super) fn keep(&self, question: &Question, bytes: usize) -> Result<(), Gap> {
        self.client.keep(question, bytes)
    }

    /// The full packument, bypassing caches where that is known to work.
    pub(super) async fn packument(&self, query: &PackageQuery<'_>) -> FoundPackument {
        let write = if query.traits.has_uncached_packument {
            "?write=true"
        } else {
            ""
        };
        let question = query.question(&format!("{}{write}", escaped_name(query.name)));
        let fetch = self.fetch_packument(&question);
        self.packuments.get(key(&question), fetch).await
    }

    /// A packument, and also npmjs's if the registry redirects there for names that it does not
    /// have: asked without a credential, as npm does.
    async fn fetch_packument(&self, question: &Question) -> FoundPackument {
        let reply = self.client.ask(question).await;
        let to = reply.as_ref().ok().and_then(Reply::forwards_to);
        let found = read_packument(question, reply);
        let forwarded = match to {
            Some(to) => {
                let question = Question {
                    abbreviated: true,
                    ..Question::new(to.into())
                };
                let reply = self.client.ask(&question).await;
                let there = self.kept(&question, read_packument(&question, reply));
                // npm continues without an answer.
                Some(there.known.map_err(|gap| secondary(&gap)))
            }
            None => None,
        };
        FoundPackument {
            forwarded,
            ..self.kept(question, found)
        }
    }

    /// A packument that is kept until the end of the run, if there is memory for it.
    fn kept(&self, question: &Question, found: FoundPackument) -> FoundPackument {
        let size = match &found.known {
            Ok(answer) => answer
                .value
                .as_ref()
                .map_or(0, |packument| packument.size()),
            Err(_) => 0,
        };
        match self.client.keep(question, size) {
            Ok(()) => found,
            Err(gap) => FoundPackument {
                known: Err(gap),
                ..found
            },
        }
    }

    /// The packument that npm itself compares with, if it is on another registry.
    pub(super) async fn compared(
        &self,
        registry: &RegistryUrl,
        name: &str,
        credential: Option<&RequestCredential>,
    ) -> FoundPackument {
        self.abbreviated(registry, name, credential).await
    }

    /// The packument that npm uses to install.
    pub(super) async fn abbreviated(
        &self,
        registry: &RegistryUrl,
        name: &str,
        credential: Option<&RequestCredential>,
    ) -> FoundPackument {
        let question = Question {
            abbreviated: true,
            ..question(registry.package(name), credential)
        };
        let fetch = self.fetch_packument(&question);
        self.packuments.get(key(&question), fetch).await
    }

    /// The document of the exact version, which is visible immediately after a publish.
    pub(super) async fn version(
        &self,
        query: &PackageQuery<'_>,
    ) -> Known<Option<PublishedVersion>> {
        if !query.traits.offers.version {
            return Err(Gap::NotOffered);
        }
        let Some(version) = &query.version else {
            return Err(Gap::NotAsked("there is no usable version"));
        };
        let question = query.question(&format!("{}/{version}", escaped_name(query.name)));
        let reply = self.ask(&question).await?;
        match reply.status {
            200 => {
                let value = read::version(&reply.body).ok_or_else(|| not_understood(&question))?;
                Ok(answer(&question, &reply, Some(value)))
            }
            404 => Ok(answer(&question, &reply, None)),
            401 | 403 => Err(refused(&question, &reply)),
            _ => Err(Gap::NotOffered),
        }
    }

    /// The account of the credential. A missing answer is decisive, since nothing else names
    /// the account.
    pub(super) async fn whoami(&self, query: &PackageQuery<'_>) -> Known<Whoami> {
        if !query.traits.offers.whoami {
            return Err(Gap::NotOffered);
        }
        let question = query.question("-/whoami");
        if question.authorization.is_none() && question.certificate.is_none() {
            return Err(Gap::NotAsked("there is no credential to ask with"));
        }
        let reply = self.ask(&question).await?;
        match reply.status {
            200 => match read::username(&reply.body) {
                Some(name) => Ok(answer(&question, &reply, kinds::whoami(name.as_deref()))),
                None => Err(Gap::Unknown(format!(
                    "{}: 200, without an account",
                    question.shown()
                ))),
            },
            // The registry wants a one-time password, which a read does not send.
            401 if wants_one_time_password(&reply) => Err(refused(&question, &reply)),
            401 => Ok(answer(&question, &reply, Whoami::Rejected)),
            403 => Err(refused(&question, &reply)),
            _ => Err(not_offered(query, &question, &reply)),
        }
    }

    /// Who may write. If the credential may not ask, the question is asked once without it.
    pub(super) async fn collaborators(
        &self,
        query: &PackageQuery<'_>,
    ) -> Known<BTreeMap<String, Right>> {
        if !query.traits.offers.collaborators {
            return Err(Gap::NotOffered);
        }
        let path = format!("-/package/{}/collaborators", escaped_name(query.name));
        let question = query.question(&path);
        let first = self.introspect(query, &question, read::rights).await;
        let rights = match first {
            Err(Gap::NotAllowed { .. }) if question.authorization.is_some() => {
                let anonymous = Question::new(question.url.clone());
                self.introspect(query, &anonymous, read::rights)
                    .await
                    .or(first)
            }
            first => first,
        }?;
        let size = entries_size(rights.value.keys().map(String::len));
        self.keep(&question, size).map_err(|gap| secondary(&gap))?;
        Ok(rights)
    }

    /// Whether the scope exists.
    pub(super) async fn scope(&self, query: &PackageQuery<'_>) -> Known<Scope> {
        let question = scope_question(query, "package")?;
        let reply = self.ask(&question).await.map_err(|gap| secondary(&gap))?;
        let words = read::refusal(&reply.body).unwrap_or_default();
        match reply.status {
            200 => Ok(answer(&question, &reply, Scope::Exists)),
            404 if words.eq_ignore_ascii_case("scope not found") => {
                Ok(answer(&question, &reply, Scope::NotFound))
            }
            401 | 403 => Err(refused(&question, &reply)),
            _ => Err(not_offered(query, &question, &reply)),
        }
    }

    /// Whether the credential sees more of the scope's packages than an anonymous reader.
    /// Unknown for a scope without packages.
    pub(super) async fn has_paid_plan(&self, query: &PackageQuery<'_>) -> Known<bool> {
        let question = scope_question(query, "package")?;
        if question.authorization.is_none() {
            return Err(Gap::NotAsked("there is no credential to ask with"));
        }
        let anonymous = Question::new(question.url.clone());
        // Both lists arrive before either is parsed, since they take more memory when parsed.
        let _ = join(self.ask(&question), self.ask(&anonymous)).await;
        let mine = self.introspect(query, &question, read::texts).await?;
        let all = self.introspect(query, &anonymous, read::texts).await?;
        let value = mine.value.keys().any(|name| !all.value.contains_key(name));
        if !value && mine.value.is_empty() {
            return Err(Gap::NotAsked("the scope has no packages to compare"));
        }
        Ok(Answer {
            value,
            request: mine.request,
            status: mine.status,
        })
    }

    /// Who belongs to the scope.
    pub(super) async fn org_members(
        &self,
        query: &PackageQuery<'_>,
    ) -> Known<BTreeMap<String, String>> {
        let question = scope_question(query, "user")?;
        let members = self.introspect(query, &question, read::texts).await?;
        let lengths = members.value.iter();
        let size = entries_size(lengths.map(|(name, role)| name.len() + role.len()));
        self.keep(&question, size).map_err(|gap| secondary(&gap))?;
        Ok(members)
    }

    /// The account's own settings.
    pub(super) async fn profile(&self, query: &PackageQuery<'_>) -> Known<Profile> {
        if !query.traits.offers.profile {
            return Err(Gap::NotOffered);
        }
        let question = query.question("-/npm/v1/user");
        if question.authorization.is_none() {
            return Err(Gap::NotAsked("there is no credential to ask with"));
        }
        self.introspect(query, &question, read::profile).await
    }

    /// Whether the package is public, as npm asks before it signs provenance: npm reads a 404
    /// as "no" at any registry.
    pub(super) async fn visibility(&self, query: &PackageQuery<'_>) -> Known<bool> {
        if !query.wants_visibility {
            return Err(Gap::NotAsked("no provenance is signed"));
        }
        let path = format!("-/package/{}/visibility", escaped_name(query.name));
        let question = query.question(&path);
        let reply = self.ask(&question).await.map_err(|gap| secondary(&gap))?;
        match reply.status {
            200 => Ok(answer(&question, &reply, read::is_public(&reply.body))),
            404 => Ok(answer(&question, &reply, false)),
            _ => Err(refused(&question, &reply)),
        }
    }

    /// Existing names that differ only in punctuation.
    pub(super) async fn similar_names(&self, query: &PackageQuery<'_>) -> Known<Vec<String>> {
        if !query.traits.offers.similar {
            return Err(Gap::NotOffered);
        }
        if query.scope().is_some() {
            return Err(Gap::NotAsked("scoped names are not compared"));
        }
        let text: String = url::form_urlencoded::byte_serialize(query.name.as_bytes()).collect();
        let search = Question::new(
            query
                .registry
                .join(&format!("-/v1/search?text={text}&size=20")),
        );
        let spellings = similar_names::spellings(query.name);
        let each = spellings
            .iter()
            .map(|spelling| self.spelling_exists(query, spelling));
        let (found, spelt) = join(
            self.introspect(query, &search, read::found_names),
            join_all(each),
        )
        .await;
        let mut names = Vec::new();
        let mut proof = None;
        for (spelling, exists) in spellings.iter().zip(spelt) {
            if let Ok(answer) = exists {
                names.push(spelling.clone());
                proof.get_or_insert(answer);
            }
        }
        let searched = found?;
        for name in &searched.value {
            if similar_names::is_similar(query.name, name) && !names.contains(name) {
                names.push(name.clone());
            }
        }
        let (request, status) = proof.unwrap_or((searched.request, searched.status));
        Ok(Answer {
            value: names,
            request,
            status,
        })
    }

    async fn spelling_exists(
        &self,
        query: &PackageQuery<'_>,
        name: &str,
    ) -> Result<(String, u16), Gap> {
        let question = query.question(&format!("-/package/{}/dist-tags", escaped_name(name)));
        let reply = self.ask(&question).await?;
        match reply.status {
            200 if read::texts(&reply.body).is_some_and(|tags| !tags.is_empty()) => {
                Ok((question.shown(), 200))
            }
            _ => Err(refused(&question, &reply)),
        }
    }

    /// A question that decides nothing by itself: without an answer, the registry does not
    /// count as down.
    pub(super) async fn introspect<T>(
        &self,
        query: &PackageQuery<'_>,
        question: &Question,
        read: fn(&[u8]) -> Option<T>,
    ) -> Known<T> {
        let reply = self.ask(question).await.map_err(|gap| secondary(&gap))?;
        match reply.status {
            200 => {
                let value = read(&reply.body).ok_or_else(|| not_understood(question))?;
                Ok(answer(question, &reply, value))
            }
            401 | 403 => Err(refused(question, &reply)),
            _ => Err(not_offered(query, question, &reply)),
        }
    }
}
