//! The question that separates the causes of a refusal with several: the command that answers
//! it, and the causes that each answer leaves. The first one that fits is asked, unless its
//! answer is in the log.

use super::record::Notice::{
    Ci, Exchange, NoIdToken, Oidc, OtpGiven, Page, TokenExpired, Trouble, WhoamiAnswered,
    WhoamiRefused,
};
use super::record::Record;
use super::rules::When::{self, Bare, Code, Get, Not, Noticed, On, Put, Scoped, Status, Unscoped};
use crate::checks::remedy::{Ask, remedy};
use crate::registry::kind::RegistryKind::{Artifactory, GitHub, Npmjs};

/// A question to ask first.
#[derive(Debug)]
pub(super) struct QuestionRule {
    /// When to ask it.
    when: &'static [When],
    /// The question, and the commands that answer it.
    pub(super) ask: Ask,
    /// The possible answers, and the causes that each leaves, of those that are possible at
    /// all, separated by spaces.
    pub(super) answers: &'static [(&'static str, &'static str)],
}

/// The question that a record leads to.
pub(super) fn first(record: &Record) -> Option<&'static QuestionRule> {
    QUESTIONS
        .iter()
        .find(|rule| rule.when.iter().all(|when| when.holds(record)))
        .filter(|rule| !(record.is_absent && rule.ask.is_of_presence))
}

/// The causes in the token itself.
const TOKEN_CAUSES: &str = "\
    auth-rejected auth-variable-unset auth-placeholder auth-missing auth-elsewhere auth-malformed \
    oidc-shadowed";

/// The causes that are left if the token is good.
const RIGHTS_CAUSES: &str = "\
    scope-not-yours scope-unknown auth-package-not-covered auth-read-only name-owned-by-others \
    registry-permission registry-read-only registry-scope-owner registry-github-permission";

/// What may have been published by a publish that ended with an error.
const PRESENCE_ANSWERS: &[(&str, &str)] = &[
    (
        "yes, with your bytes",
        "publish-already-accepted provenance-log-conflict",
    ),
    ("yes, with other bytes", "version-taken"),
    (
        "no",
        "version-staged version-burnt registry-outage registry-conflict registry-rate-limited \
         network-timeout registry-proxy registry-uplink-down",
    ),
];

/// A table of questions: when to ask it, the question with the command that answers it, and the
/// causes that each answer leaves.
macro_rules! questions {
    ($(
        when $($when:expr),+;
        asks $question:literal => $($($verb:ident)? $args:literal),+;
        $(answers $given:ident;)?
        $($answer:literal => $ids:expr;)*
    )*) => {
        const QUESTIONS: &[QuestionRule] = &[$(QuestionRule {
            when: &[$($when),+],
            ask: Ask {
                text: $question,
                commands: &[$(remedy!(@command $($verb)? $args)),+],
                is_of_presence: questions!(@given $($given)?),
            },
            answers: questions!(@answers $($given)? $($answer => $ids),*),
        }),*];
    };
    (@given) => {
        false
    };
    (@given $given:ident) => {
        true
    };
    (@answers $given:ident) => { $given };
    (@answers $($answer:literal => $ids:expr),*) => { &[$(($answer, $ids)),*] };
}

questions! {
    when Status(404), On(Npmjs), Put, Noticed(Oidc), Not(Exchange), Not(NoIdToken);
    asks "what did the exchange of the identity token answer?" => "npm publish --loglevel verbose 2>&1 | grep -i oidc";
        "`package not found`" => "oidc-publisher-mismatch oidc-first-publish";
        "nothing, or no id token" => "oidc-permission-missing oidc-npm-too-old";
        "it succeeded" => "auth-rejected oidc-shadowed scope-not-yours";
    when Status(404), On(Npmjs), Put, Not(Exchange), Not(WhoamiRefused), Not(WhoamiAnswered), Not(TokenExpired);
    asks "does the registry accept the token that is sent?" => Whoami "";
        "401 or ENEEDAUTH" => TOKEN_CAUSES;
        "a name" => RIGHTS_CAUSES;
        "(with trusted publishing)" => "oidc-publisher-mismatch oidc-first-publish";
    when Code("ENEEDAUTH"), Not(Exchange);
    asks "where does npm publish to, and which credential does it find there?" => "safe-publish config";
        "none at all" => "auth-missing auth-npmrc-not-read oidc-publisher-mismatch oidc-permission-missing oidc-npm-too-old";
        "one for another address" => "auth-elsewhere";
        "one from an empty variable" => "auth-variable-unset";
        "not the registry you mean" => "registry-set-by-wrapper registry-read-only";
    when Status(401), Not(WhoamiRefused), Not(TokenExpired);
    asks "where does npm publish to, and which credential does it send?" => "safe-publish config";
        "none" => "auth-missing auth-variable-unset";
        "one for another address" => "auth-elsewhere";
        "the right one" => "auth-rejected auth-malformed";
    when Status(403), On(Npmjs), Put, Bare, Unscoped;
    asks "is the account's email address verified?" => Profile "get";
        "no" => "auth-email-unverified";
        "yes" => "auth-two-factor-token name-owned-by-others version-taken";
    when Status(403), On(Npmjs), Put, Bare, Scoped;
    asks "does the account belong to the scope?" => Whoami "", Org "ls {scope}";
        "no, or without write" => "scope-not-yours";
        "yes" => "auth-email-unverified auth-two-factor-token";
    when Status(403), On(GitHub), Put;
    asks "is the scope the login of the account that owns the repository?" => PkgGet "name repository";
        "no" => "registry-scope-owner";
        "yes" => "registry-github-permission ci-fork";
    when Status(403), On(Artifactory), Put;
    asks "is the version published already?" => View "{spec} version";
        "yes" => "version-taken";
        "no" => "registry-permission registry-read-only";
    when Status(403), Get;
    asks "can other packages be read?" => View "lodash version";
        "yes" => "registry-policy-block registry-permission";
        "no" => "network-address-blocked registry-proxy auth-elsewhere auth-missing";
    when Noticed(Trouble), Put;
    asks "did the publish succeed?" => View "{spec} version dist.shasum";
    answers PRESENCE_ANSWERS;
    when Status(403), On(Npmjs), Put;
    asks "whose is the package, and whose is the token?" => View "{package} maintainers versions", Whoami "";
        "others'" => "name-owned-by-others spec-names-a-package name-held";
        "yours, with this version" => "version-taken publish-already-accepted";
        "yours, without it" => "auth-read-only auth-package-not-covered auth-two-factor-token";
        "nobody's yet" => "auth-email-unverified scope-not-yours version-burnt";
    when Status(400), On(Npmjs), Put, Bare;
    asks "is the name new?" => View "{package} name";
        "404, so yes" => "name-refused-by-filter name-invalid";
        "no" => "version-burnt registry-repository-field";
    when Status(409), Not(Page);
    asks "is the version published by now?" => View "{spec} version dist.shasum";
    answers PRESENCE_ANSWERS;
    when Status(429), Get;
    asks "can any package be read from here?" => View "lodash version";
        "no" => "network-address-blocked";
        "after a while" => "registry-rate-limited";
    when Code("EOTP"), Not(Ci), Not(OtpGiven);
    asks "is there a terminal where somebody can type?" => "test -t 0 && test -t 1 && echo yes";
        "no" => "auth-otp-impossible auth-two-factor-token";
        "yes" => "auth-otp-expected";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_leads_to_causes_that_can_be_spoken_about() {
        for (_, ids) in QUESTIONS.iter().flat_map(|rule| rule.answers) {
            for id in ids.split(' ') {
                assert!(crate::explain::causes::said_of(id).is_some(), "{id}");
            }
        }
    }
}
