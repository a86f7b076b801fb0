//! Whose credential a request carries, and what it may do, according to the registry's state.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::state::{AccountPlan, State, StoredPackage, Token, TokenKind};
use crate::npmrc::credentials::decode;

/// The sender of a request.
#[derive(Clone, Debug)]
pub(super) struct Caller<'a> {
    pub(super) user: &'a str,
    pub(super) token: Option<&'a Token>,
}

impl Caller<'_> {
    /// A login session or a password: it may ask about accounts.
    pub(super) fn is_session(&self) -> bool {
        self.token
            .is_none_or(|token| token.kind == TokenKind::Session)
    }

    /// Whether a granular token covers a package.
    pub(super) fn covers(&self, name: &str) -> bool {
        let Some(token) = self.token else { return true };
        let unlimited = token.packages.is_empty() && token.scopes.is_empty();
        let scope = name.split_once('/').map(|(scope, _)| scope);
        unlimited
            || token.packages.iter().any(|package| package == name)
            || token.scopes.iter().any(|own| Some(own.as_str()) == scope)
    }
}

impl State {
    /// The account of an `authorization` header; `None` if the registry does not accept it.
    pub(super) fn caller(&self, authorization: Option<&str>, now: Timestamp) -> Option<Caller<'_>> {
        let (scheme, value) = authorization?.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            let (_, token) = self.tokens.get_key_value(value.trim())?;
            let expired = token
                .expires
                .as_ref()
                .is_some_and(|end| end.resolve(now) <= now);
            let known = self.users.contains_key(&token.user);
            return (known && !token.revoked && !expired).then_some(Caller {
                user: &token.user,
                token: Some(token),
            });
        }
        let decoded = decode(value.trim());
        let (name, password) = decoded.split_once(':')?;
        let (name, user) = self.users.get_key_value(name)?;
        (user.password.as_deref() == Some(password)).then_some(Caller {
            user: name,
            token: None,
        })
    }

    /// The rights on a package by account, from its maintainers and teams.
    pub(super) fn rights(&self, name: &str, package: &StoredPackage) -> BTreeMap<String, String> {
        let mut rights = BTreeMap::new();
        if let Some(org) = scope_of(name).and_then(|scope| self.orgs.get(scope)) {
            for team in org.teams.values() {
                let Some(right) = team.packages.get(name) else {
                    continue;
                };
                for member in &team.members {
                    let known: &mut String = rights
                        .entry(member.clone())
                        .or_insert_with(|| right.clone());
                    if right == "write" {
                        known.clone_from(right);
                    }
                }
            }
            for (member, role) in &org.members {
                if matches!(role.as_str(), "owner" | "admin") {
                    rights.insert(member.clone(), "write".to_owned());
                }
            }
        }
        for maintainer in &package.maintainers {
            rights.insert(maintainer.clone(), "write".to_owned());
        }
        rights
    }

    /// Whether the sender may read a package.
    pub(super) fn may_read(
        &self,
        name: &str,
        package: &StoredPackage,
        caller: Option<&Caller<'_>>,
    ) -> bool {
        let named =
            caller.is_some_and(|caller| self.rights(name, package).contains_key(caller.user));
        let member = caller.is_some_and(|caller| self.is_member(name, caller.user));
        !package.restricted || named || member
    }

    /// Whether a name's scope is an account or an organisation.
    pub(super) fn scope_exists(&self, scope: &str) -> bool {
        self.users.contains_key(scope) || self.orgs.contains_key(scope)
    }

    /// Whether an account belongs to a name's scope.
    pub(super) fn is_member(&self, name: &str, user: &str) -> bool {
        scope_of(name).is_some_and(|scope| {
            scope == user
                || self
                    .orgs
                    .get(scope)
                    .is_some_and(|org| org.members.contains_key(user))
        })
    }

    /// Whether a name's scope has a plan that allows restricted packages.
    pub(super) fn has_paid_plan(&self, scope: &str) -> bool {
        let user = self.users.get(scope).map(|user| user.plan);
        let org = self.orgs.get(scope).map(|org| org.plan);
        user.or(org) == Some(AccountPlan::Paid)
    }
}

/// The scope of a name, without `@`.
pub(super) fn scope_of(name: &str) -> Option<&str> {
    name.strip_prefix('@')?
        .split_once('/')
        .map(|(scope, _)| scope)
}
