//! Refusals without a reason: the cause follows only from the status, the registry, the request
//! and what surrounds it. Ordered by how often each was the cause.

use super::When::{
    Answered, At, Bare, CannotExchange, Code, Get, HasCapital, Host, Not, NotOn, Noticed, NpmBelow,
    NpmFrom, NpmMaybeFrom, On, OnNobody, Put, Scoped, Silent, Status, ToolKnowsNoExchange,
    Unscoped,
};
use crate::explain::record::Endpoint::{Login, Whoami};
use crate::explain::record::Notice::{
    AskedByName, Ci, Exchange, Install, NoToken, Oidc, Page, Placeholder, Publish, Recent, Signed,
    TokenExpired, TokenGiven, TrustedCi, VariableUnset, WhoamiRefused, WordedBefore11_5,
    WordedSince11_5, WordedUpTo5, WordedUpTo6,
};
use crate::registry::kind::RegistryKind::{
    Artifactory, Azure, Cnpm, GitHub, GitLab, Gitea, Nexus, Npmjs, Other, Verdaccio,
};

super::rules! {
    // A token that is known to be bad.
    Likely "auth-rejected" when Noticed(WhoamiRefused);
    Likely "auth-rejected" when Noticed(TokenExpired), Status(403), Put;
    Likely "auth-missing" when Noticed(NoToken), Status(404), Put;
    Likely "auth-missing" when Noticed(NoToken), Code("ENEEDAUTH");
    Likely "auth-placeholder" when Noticed(Placeholder), Not(Oidc), Status(404);
    Likely "auth-placeholder" when Noticed(Placeholder), Not(Oidc), Status(401);
    Likely "auth-placeholder" when Noticed(Placeholder), Not(Oidc), Code("ENEEDAUTH");
    Likely "oidc-shadowed" when Noticed(Placeholder), Noticed(Oidc), Status(404);

    Likely "oidc-npm-too-old" when Noticed(Placeholder), Noticed(Oidc), CannotExchange;
    Likely "auth-placeholder" when Noticed(Placeholder), CannotExchange;
    Likely "auth-variable-unset" when Noticed(VariableUnset), Code("ENEEDAUTH");
    Likely "auth-variable-unset" when Noticed(VariableUnset), Status(401);
    Likely "auth-variable-unset" when Noticed(VariableUnset), Status(404), Put;

    // ENEEDAUTH: npm itself found no credential; nothing was sent.
    Likely "registry-set-by-wrapper" when Code("ENEEDAUTH"), Host("registry.yarnpkg.com");
    Likely "oidc-npm-too-old" when Code("ENEEDAUTH"), On(Npmjs), CannotExchange, Noticed(TrustedCi), Noticed(Recent);
    Likely "oidc-publisher-mismatch" when Code("ENEEDAUTH"), Noticed(Oidc), NpmMaybeFrom(11, 5, 1);
    Likely "oidc-npm-too-old" when Code("ENEEDAUTH"), On(Npmjs), Noticed(TrustedCi), Noticed(Recent);
    Likely "auth-missing" when Code("ENEEDAUTH");
    Possible "oidc-tool-too-old" when Code("ENEEDAUTH"), On(Npmjs), ToolKnowsNoExchange;
    Possible "oidc-permission-missing" when Code("ENEEDAUTH"), Noticed(Oidc), Not(Signed);
    Possible "oidc-permission-missing" when Code("ENEEDAUTH"), On(Npmjs), NpmFrom(11, 5, 1), Noticed(TrustedCi);
    Possible "oidc-npm-too-old" when Code("ENEEDAUTH"), Noticed(Oidc), Not(Signed);
    Possible "oidc-first-publish" when Code("ENEEDAUTH"), Noticed(Oidc);
    Possible "oidc-publisher-mismatch" when Code("ENEEDAUTH"), On(Npmjs), NpmFrom(10, 6, 0);
    Possible "oidc-npm-too-old" when Code("ENEEDAUTH"), On(Npmjs), NpmFrom(10, 6, 0);
    Possible "auth-variable-unset" when Code("ENEEDAUTH"), On(Npmjs);
    Possible "auth-elsewhere" when Code("ENEEDAUTH");
    Possible "npm-bug" when Code("ENEEDAUTH"), NotOn(Npmjs), NpmBelow(10, 6, 0);
    Possible "auth-unscoped" when Code("ENEEDAUTH"), NpmBelow(10, 6, 0);
    Possible "auth-npmrc-not-read" when Code("ENEEDAUTH");
    Possible "auth-variable-unset" when Code("ENEEDAUTH");
    Possible "registry-read-only" when Code("ENEEDAUTH"), OnNobody;
    Possible "oidc-npm-too-old" when Code("ENEEDAUTH"), On(Npmjs);
    Likely "auth-missing" when Code("ENONPMTOKEN");
    Likely "auth-variable-unset" when Code("ENONPMTOKEN");

    // 401.
    Likely "auth-rejected" when Status(401), At(Whoami);
    Likely "auth-missing" when Status(401), At(Whoami);
    Likely "auth-read-only" when Status(401), On(Gitea);
    Likely "auth-elsewhere" when Status(401), OnNobody;
    Likely "auth-malformed" when Status(401), On(Azure);
    Likely "auth-malformed" when Status(401), On(Nexus);
    Likely "auth-missing" when Status(401), On(GitHub);
    Likely "auth-rejected" when Status(401);
    Possible "auth-elsewhere" when Status(401);
    Possible "auth-missing" when Status(401);
    Possible "auth-variable-unset" when Status(401);
    Possible "auth-malformed" when Status(401);

    // 402.
    Likely "access-restricted-by-default" when Status(402), On(Npmjs);
    Possible "scope-not-yours" when Status(402), On(Npmjs), Scoped;

    // 404 on the PUT of npmjs: the credential, the right, or the exchange.
    Likely "auth-rejected" when Status(404), On(Npmjs), Put, Noticed(TokenGiven), Not(Signed), Not(Exchange);
    Likely "oidc-npm-too-old" when Status(404), On(Npmjs), Put, CannotExchange, Noticed(TrustedCi), Noticed(Recent);
    Likely "oidc-publisher-mismatch" when Status(404), On(Npmjs), Put, Noticed(Signed), Not(WordedBefore11_5);
    Likely "oidc-npm-too-old" when Status(404), On(Npmjs), Put, Noticed(Oidc), Noticed(WordedBefore11_5), Not(Signed);
    Likely "oidc-publisher-mismatch" when Status(404), On(Npmjs), Put, Noticed(Oidc);
    Likely "oidc-npm-too-old" when Status(404), On(Npmjs), Put, Noticed(Oidc), Not(WordedSince11_5);
    Likely "auth-rejected" when Status(404), On(Npmjs), Put, Noticed(TokenExpired);
    Likely "oidc-npm-too-old" when Status(404), On(Npmjs), Put, NpmFrom(10, 6, 0), Noticed(WordedBefore11_5), Scoped;
    Likely "scope-not-yours" when Status(404), On(Npmjs), Put, Scoped, Noticed(WordedUpTo5);
    // npm up to 6 sent a publish without any credential, which a fresh job has.
    Likely "auth-missing" when Status(404), On(Npmjs), Put, Noticed(WordedUpTo6), Noticed(Ci), Not(TokenExpired);
    Likely "scope-unknown" when Status(404), On(Npmjs), Put, Scoped, Noticed(WordedUpTo5);
    Likely "auth-rejected" when Status(404), On(Npmjs), Put;
    Possible "oidc-tool-too-old" when Status(404), On(Npmjs), Put, ToolKnowsNoExchange;
    Possible "oidc-first-publish" when Status(404), On(Npmjs), Put, Noticed(Signed), Noticed(WordedSince11_5);
    Possible "oidc-npm-too-old" when Status(404), On(Npmjs), Put, Noticed(Signed);
    Possible "oidc-shadowed" when Status(404), On(Npmjs), Put, Noticed(Oidc);
    Possible "oidc-publisher-mismatch" when Status(404), On(Npmjs), Put;
    Possible "oidc-npm-too-old" when Status(404), On(Npmjs), Put, NpmFrom(10, 6, 0), Not(WordedSince11_5);
    Possible "scope-not-yours" when Status(404), On(Npmjs), Put, Scoped;
    Possible "auth-variable-unset" when Status(404), On(Npmjs), Put;
    Possible "oidc-npm-too-old" when Status(404), On(Npmjs), Put, Noticed(WordedBefore11_5);
    Possible "auth-missing" when Status(404), On(Npmjs), Put, NpmBelow(10, 6, 0);
    Possible "auth-elsewhere" when Status(404), On(Npmjs), Put, NpmBelow(10, 6, 0);
    Possible "auth-malformed" when Status(404), On(Npmjs), Put, NpmBelow(10, 6, 0);
    Possible "auth-package-not-covered" when Status(404), On(Npmjs), Put;
    Possible "oidc-shadowed" when Status(404), On(Npmjs), Put;
    Possible "oidc-first-publish" when Status(404), On(Npmjs), Put;
    Possible "name-owned-by-others" when Status(404), On(Npmjs), Put, Unscoped;
    Possible "auth-read-only" when Status(404), On(Npmjs), Put;

    // 404 elsewhere.
    Likely "registry-scope-owner" when Status(404), On(GitHub), Put;
    Possible "registry-github-permission" when Status(404), On(GitHub);
    Possible "auth-rejected" when Status(404), On(GitHub);
    Possible "auth-elsewhere" when Status(404), On(GitHub), Put;
    Possible "auth-missing" when Status(404), On(GitHub);
    Likely "registry-permission" when Status(404), On(GitLab), Put;
    Possible "registry-scope-owner" when Status(404), On(GitLab), Put;
    Possible "auth-missing" when Status(404), On(GitLab), Put;
    Likely "registry-permission" when Status(404), On(Azure), Put;
    Possible "registry-permission" when Status(404), NotOn(Npmjs), Put;
    Possible "registry-proxy" when Status(404), NotOn(Npmjs), Put, Scoped;
    Possible "registry-endpoint-missing" when Status(404), NotOn(Npmjs), Put;
    Possible "registry-read-only" when Status(404), NotOn(Npmjs), Put;
    Possible "auth-missing" when Status(404), NotOn(Npmjs), Put;
    Possible "registry-scope-owner" when Status(404), On(Gitea), Put;
    Possible "auth-rejected" when Status(404), NotOn(Npmjs), Put;

    // Reading something that is not there.
    Likely "spec-names-a-package" when Status(404), Get, Noticed(AskedByName);
    Likely "spec-names-a-package" when Status(404), Get, Unscoped, Noticed(Publish), Not(Install);
    Likely "auth-missing" when Status(404), Get, Scoped;
    Likely "dependency-missing" when Status(404), Get;
    Possible "auth-elsewhere" when Status(404), Get, Scoped;
    Possible "auth-rejected" when Status(404), Get, Scoped;
    Possible "spec-names-a-package" when Status(404), Get, Unscoped, Not(Install);

    // 403 of npmjs.
    Likely "auth-two-factor-token" when Status(403), On(Npmjs), Put, Bare, Noticed(Signed);
    Likely "scope-not-yours" when Status(403), On(Npmjs), Put, Bare, Scoped;
    Likely "auth-email-unverified" when Status(403), On(Npmjs), Put, Bare;
    Possible "auth-two-factor-token" when Status(403), On(Npmjs), Put, Bare;
    Possible "name-owned-by-others" when Status(403), On(Npmjs), Put, Bare;
    Possible "version-taken" when Status(403), On(Npmjs), Put, Bare;
    Possible "auth-read-only" when Status(403), On(Npmjs), Put, Bare;
    Likely "version-taken" when Status(403), Put, Silent;
    Likely "name-owned-by-others" when Status(403), Put, Silent;
    Possible "registry-read-only" when Status(403), Put, Silent;
    Possible "auth-email-unverified" when Status(403), Put, Silent;
    Possible "scope-not-yours" when Status(403), Put, Silent;
    // A gateway answers in npmjs's place, and the log names no address.
    Likely "registry-proxy" when Status(403), OnNobody, Get, Bare;
    Likely "network-address-blocked" when Status(403), On(Npmjs), Get, Bare;
    Likely "registry-proxy" when Status(403), On(Npmjs), Get, Noticed(Page);
    Possible "registry-proxy" when Status(403), On(Npmjs), Get;
    Possible "registry-policy-block" when Status(403), On(Npmjs), Get;
    Possible "registry-rate-limited" when Status(403), On(Npmjs), Get;

    // 403 elsewhere.
    Likely "registry-github-permission" when Status(403), On(GitHub);
    Possible "registry-scope-owner" when Status(403), On(GitHub), Put;
    Likely "version-taken" when Status(403), On(Artifactory), Put;
    Likely "registry-permission" when Status(403), NotOn(Npmjs), Put;
    Possible "version-taken" when Status(403), NotOn(Npmjs), Put;
    Possible "registry-read-only" when Status(403), NotOn(Npmjs), Put;
    Possible "auth-rejected" when Status(403), NotOn(Npmjs), Put;
    Possible "auth-read-only" when Status(403), NotOn(Npmjs), Put;
    Likely "registry-permission" when Status(403), On(Other), Get;
    Possible "registry-policy-block" when Status(403), NotOn(Npmjs), Get;
    Possible "auth-elsewhere" when Status(403), NotOn(Npmjs), Get;
    Possible "registry-permission" when Status(403), NotOn(Npmjs), Get;

    // 400.
    Likely "registry-repository-field" when Status(400), On(GitHub), Put;
    Likely "name-invalid" when Status(400), Put, Bare, HasCapital;
    Likely "name-refused-by-filter" when Status(400), On(Npmjs), Put, Bare;
    Possible "version-burnt" when Status(400), On(Npmjs), Put, Bare;
    Possible "registry-scope-owner" when Status(400), On(GitHub), Put, Bare;
    Possible "name-invalid" when Status(400), Put, Bare;
    Possible "version-taken" when Status(400), NotOn(Npmjs), Put, Bare;
    Possible "registry-read-only" when Status(400), NotOn(Npmjs), Put, Bare;
    Possible "registry-read-only" when Status(400), OnNobody, Put, Bare;
    Possible "contents-too-large" when Status(400), OnNobody, Put, Bare;
    Possible "contents-too-large" when Status(400), NotOn(Npmjs), Put, Bare;
    Possible "registry-repository-field" when Status(400), Put, Bare;

    // 422 elsewhere.
    Possible "version-taken" when Status(422), NotOn(Npmjs), Put, Bare;
    Possible "name-invalid" when Status(422), NotOn(Npmjs), Put, Bare;
    Possible "version-invalid" when Status(422), NotOn(Npmjs), Put, Bare;

    // 409.
    Likely "auth-rejected" when Status(409), At(Login);
    Possible "registry-read-only" when Status(409), At(Login);
    Likely "version-taken" when Status(409), On(Verdaccio), Put;
    Likely "version-taken" when Status(409), On(GitHub), Put;
    Likely "version-taken" when Status(409), On(Gitea), Put;
    Likely "version-taken" when Status(409), On(Cnpm), Put;
    Likely "version-taken" when Status(409), NotOn(Npmjs), Put;
    Possible "registry-conflict" when Status(409), NotOn(Npmjs), Put;
    Possible "publish-already-accepted" when Status(409), NotOn(Npmjs), Put;
    Possible "registry-policy-block" when Status(409), On(Artifactory), Put;
    Likely "publish-already-accepted" when Status(409), On(Npmjs), Put;
    Likely "registry-conflict" when Status(409), On(Npmjs), Put;
    Possible "version-taken" when Status(409), On(Npmjs), Put;
    Possible "version-staged" when Status(409), On(Npmjs), Put;
    Possible "registry-outage" when Status(409), On(Npmjs), Put;

    // 429.
    Likely "registry-rate-limited" when Status(429), Put;
    Likely "registry-rate-limited" when Status(429), Get;
    Possible "network-address-blocked" when Status(429);

    // A status that no registry sends.
    Possible "registry-proxy" when Answered, Bare;
    Possible "registry-outage" when Answered, Bare;

    // The notice alone is all that some tools show of a failure. It also follows a failed
    // exchange, from the token that npm falls back to.
    Likely "auth-rejected" when Noticed(TokenExpired);
    Possible "oidc-publisher-mismatch" when Noticed(TokenExpired);
    Possible "oidc-first-publish" when Noticed(TokenExpired);
    Possible "oidc-shadowed" when Noticed(TokenExpired);
    Possible "auth-variable-unset" when Noticed(TokenExpired);
}
