//! Refusals without a reason: the cause follows only from the status, the registry, the request
//! and what surrounds it. Ordered by how often each was the cause.

use super::prelude::*;

super::rules! {
    // npm drops it, and asks the next setting's registry, most often its default.
    given [On(Npmjs)] {
        when Noticed(RegistryDropped) => Likely "registry-url-invalid";
    }
    // npm looks for a credential there, and sends nothing.
    given [NotHttp] {
        when Code("ENEEDAUTH") => Likely "registry-url-invalid";
    }
    // Endpoints that a registry does not have.
    given [OneOf(&[400, 404, 405, 410, 422, 501])] {
        when At(Whoami) => Likely "registry-endpoint-missing";
        when At(Ping) => Likely "registry-endpoint-missing";
        when At(Login) => Likely "registry-endpoint-missing", Possible "auth-rejected";
        when At(Stage), NotOn(Npmjs) => Likely "stage-unavailable" "registry-endpoint-missing";
        when At(Trust), On(Npmjs), Status(404) => Likely "oidc-first-publish",
            Possible "auth-package-not-covered";
        when At(Trust), NotOn(Npmjs) => Likely "registry-endpoint-missing";
        when At(Stage), Status(405) => Likely "stage-unavailable";
        when At(Service), NotOn(Npmjs) => Likely "registry-endpoint-missing";
        when Status(405), Put => Likely "registry-read-only", Possible "registry-proxy"
            "registry-endpoint-missing";
    }
    // A token that is known to be bad.
    given [] {
        when Noticed(WhoamiRefused) => Likely "auth-rejected";
        when Noticed(TokenExpired), Status(403), Put => Likely "auth-rejected";
        when Noticed(NoToken), Status(404), Put => Likely "auth-missing";
        when Noticed(NoToken), Code("ENEEDAUTH") => Likely "auth-missing";
    }
    given [Noticed(Placeholder)] {
        when Not(Oidc), Status(404) => Likely "auth-placeholder";
        when Not(Oidc), Status(401) => Likely "auth-placeholder";
        when Not(Oidc), Code("ENEEDAUTH") => Likely "auth-placeholder";
        when Noticed(Oidc), Status(404) => Likely "oidc-shadowed";
        when Noticed(Oidc), CannotExchange => Likely "oidc-npm-too-old";
        when CannotExchange => Likely "auth-placeholder";
    }
    given [Noticed(TokenEmpty), Not(Oidc), NpmMaybeBelow(11, 5, 1)] {
        when Code("ENEEDAUTH") => Likely "auth-variable-unset";
        when Status(401) => Likely "auth-variable-unset";
        when Status(404), Put => Likely "auth-variable-unset";
    }
    given [Noticed(VariableUnset)] {
        when Code("ENEEDAUTH") => Likely "auth-variable-unset";
        when Status(401) => Likely "auth-variable-unset";
        when Status(404), Put => Likely "auth-variable-unset";
    }
    // ENEEDAUTH: npm itself found no credential; nothing was sent.
    given [Code("ENEEDAUTH")] {
        when Host("registry.yarnpkg.com") => Likely "registry-set-by-wrapper";
        when Noticed(TokenGiven), Not(Oidc) => Likely "auth-missing" "auth-elsewhere";
        when On(Npmjs), CannotExchange, Noticed(TrustedCi), Noticed(Recent)
            => Likely "oidc-npm-too-old";
        when Noticed(Oidc), NpmMaybeFrom(11, 5, 1) => Likely "oidc-publisher-mismatch";
        any => Likely "auth-missing";
        when On(Npmjs), ToolKnowsNoExchange => Possible "oidc-tool-too-old";
        when Noticed(Oidc), Not(Signed) => Possible "oidc-permission-missing" "oidc-npm-too-old";
        when On(Npmjs), NpmFrom(11, 5, 1), Noticed(TrustedCi)
            => Possible "oidc-permission-missing";
        when Noticed(Oidc) => Possible "oidc-first-publish";
        when On(Npmjs), NpmFrom(10, 6, 0) => Possible "oidc-publisher-mismatch" "oidc-npm-too-old";
        when On(Npmjs) => Possible "auth-variable-unset";
        any => Possible "auth-elsewhere";
        when NotOn(Npmjs), NpmBelow(10, 6, 0) => Possible "npm-bug";
        when NpmBelow(10, 6, 0) => Possible "auth-unscoped";
        any => Possible "auth-npmrc-not-read" "auth-variable-unset";
        when OnNobody => Possible "registry-read-only";
        when On(Npmjs) => Possible "oidc-npm-too-old";
    }
    given [Code("ENONPMTOKEN")] {
        any => Likely "auth-missing" "auth-variable-unset";
    }
    // 401.
    given [Status(401)] {
        // Before 12.2, npm exchanges an identity token for a publish only.
        when On(Npmjs), Put, Noticed(Signed), Not(TokenGiven), At(Service)
            => Likely "auth-missing", Possible "oidc-publisher-mismatch";
        when At(Whoami) => Likely "auth-rejected" "auth-missing";
        when At(Ping) => Likely "auth-rejected" "auth-missing";
        when On(Gitea) => Likely "auth-read-only";
        when OnNobody => Likely "auth-elsewhere";
        when On(Azure) => Likely "auth-malformed";
        when On(Nexus) => Likely "auth-malformed";
        when On(GitHub) => Likely "auth-missing";
        any => Likely "auth-rejected", Possible "auth-elsewhere" "auth-missing"
            "auth-variable-unset" "auth-malformed";
    }
    // 402.
    given [Status(402), On(Npmjs)] {
        any => Likely "access-restricted-by-default";
        when Scoped => Possible "scope-not-yours";
    }
    // 404 on the PUT of npmjs: the credential, the right, or the exchange.
    given [Status(404), On(Npmjs), Put] {
        // A token for npmjs's own host is sent nowhere else.
        when Host("registry.yarnpkg.com"), NpmSpoke => Likely "registry-set-by-wrapper";
        when Host("registry.yarnpkg.com"), ByLerna => Likely "registry-set-by-wrapper";
        // The others of this run were accepted, with the same credential.
        when Noticed(SiblingAccepted), Not(TokenExpired), Not(TokenGiven), NpmMaybeFrom(11, 5, 1)
            => Likely "oidc-first-publish" "auth-package-not-covered";
        when Noticed(SiblingAccepted), Not(TokenExpired) => Likely "auth-package-not-covered";
        when Noticed(TokenGiven), Not(Signed), Not(Exchange) => Likely "auth-rejected";
        when Noticed(TokenGiven), NpmBelow(11, 5, 1) => Likely "auth-rejected";
        when Noticed(Oidc), NpmBelow(11, 5, 1) => Likely "oidc-npm-too-old";
        when Noticed(Oidc) => Likely "oidc-publisher-mismatch";
        when Noticed(Oidc), NpmMaybeBelow(11, 5, 1) => Likely "oidc-npm-too-old";
        when Noticed(TokenExpired) => Likely "auth-rejected";
        when Scoped, Noticed(WordedUpTo5) => Likely "scope-not-yours" "scope-unknown";
        when NpmBelow(10, 6, 0) => Likely "auth-rejected";
        when NpmBelow(11, 5, 1), Scoped
            => Likely "auth-rejected" "scope-not-yours" "oidc-npm-too-old";
        // A whole run would show a trusted publisher; an excerpt of a new npm most often hides it.
        when NpmFrom(11, 5, 1), Not(Listed), Not(Signed)
            => Likely "oidc-publisher-mismatch" "oidc-first-publish",
            Possible "auth-package-not-covered";
        when ByNpm, Scoped, NpmMaybeBelow(10, 6, 0) => Likely "scope-not-yours";
        any => Likely "auth-rejected";
        when NpmFrom(11, 5, 1), Scoped => Likely "scope-not-yours";
        when NpmFrom(10, 6, 0), NpmMaybeFrom(11, 5, 1), Scoped => Possible
            "oidc-publisher-mismatch" "scope-not-yours" "oidc-first-publish" "oidc-shadowed";
        when ToolKnowsNoExchange => Possible "oidc-tool-too-old";
        when Noticed(Signed), NpmFrom(11, 5, 1) => Possible "oidc-first-publish";
        when Noticed(Signed) => Possible "oidc-npm-too-old";
        when Noticed(Oidc) => Possible "oidc-shadowed";
        any => Possible "oidc-publisher-mismatch";
        // Neither the registry nor the package is known.
        when OnNobody => Possible "scope-not-yours";
        when NpmFrom(10, 6, 0), NpmMaybeBelow(11, 5, 1) => Possible "oidc-npm-too-old";
        when Scoped => Possible "scope-not-yours";
        any => Possible "auth-variable-unset";
        when NpmBelow(11, 5, 1) => Possible "oidc-npm-too-old";
        // npm up to 6 sent a publish without any credential, too.
        when NpmBelow(10, 6, 0) => Possible "auth-missing" "auth-elsewhere" "auth-malformed";
        any => Possible "auth-package-not-covered" "oidc-shadowed" "oidc-first-publish";
        when Unscoped => Possible "name-owned-by-others";
        any => Possible "auth-read-only";
    }
    // 404 elsewhere.
    given [Status(404)] {
        when On(GitHub), Put => Likely "registry-scope-owner", Possible "auth-elsewhere";
        when On(GitHub) => Possible "registry-github-permission" "auth-rejected" "auth-missing";
        when On(GitLab), Put => Likely "registry-permission", Possible "registry-scope-owner"
            "auth-missing";
        when On(Azure), Put => Likely "registry-permission";
        when NotOn(Npmjs), Put => Possible "registry-permission";
        when NotOn(Npmjs), Put, Scoped => Possible "registry-proxy";
        when NotOn(Npmjs), Put => Possible "registry-endpoint-missing" "registry-read-only"
            "auth-missing";
        when On(Gitea), Put => Possible "registry-scope-owner";
        when NotOn(Npmjs), Put => Possible "auth-rejected";
    }
    // Reading something that is not there.
    given [Status(404), Get] {
        when Noticed(AskedByName) => Likely "spec-names-a-package";
        when Unscoped, Noticed(Publish), Not(Install) => Likely "spec-names-a-package";
        when Scoped => Likely "auth-missing", Possible "auth-elsewhere" "auth-rejected";
        any => Likely "dependency-missing";
        when Unscoped, Not(Install) => Possible "spec-names-a-package";
    }
    // 403 of npmjs.
    given [Status(403), Put] {
        when On(Npmjs), Bare, Noticed(Signed) => Likely "auth-two-factor-token";
        when On(Npmjs), Bare, Scoped => Likely "scope-not-yours";
        when On(Npmjs), Bare => Likely "auth-email-unverified", Possible "auth-two-factor-token"
            "name-owned-by-others" "version-taken" "auth-read-only";
        when Silent => Likely "version-taken" "name-owned-by-others", Possible "registry-read-only"
            "auth-email-unverified" "scope-not-yours";
    }
    // A gateway answers in npmjs's place, and the log names no address.
    given [Status(403), Get] {
        when OnNobody, Bare => Likely "registry-proxy";
        // Tags, owners and the like may be read only with the right token.
        when Host("registry.yarnpkg.com"), At(Service) => Likely "registry-set-by-wrapper";
        when On(Npmjs), At(Trust) => Likely "name-owned-by-others" "auth-two-factor-token";
        when On(Npmjs), At(Service) => Likely "auth-read-only" "auth-package-not-covered",
            Possible "scope-not-yours" "auth-two-factor-token";
        when On(Npmjs), Bare => Likely "network-address-blocked";
        when On(Npmjs), Noticed(Page) => Likely "registry-proxy";
        when On(Npmjs) => Possible "registry-proxy" "registry-policy-block" "registry-rate-limited";
    }
    // 403 elsewhere.
    given [Status(403)] {
        when At(Whoami) => Likely "auth-rejected";
        when On(GitHub) => Likely "registry-github-permission";
        when On(GitHub), Put => Possible "registry-scope-owner";
        when On(Artifactory), Put => Likely "version-taken";
        // A caching proxy needs write access to store what is read through it.
        when NotOn(Npmjs) => Likely "registry-permission";
        when NotOn(Npmjs), Put => Possible "version-taken" "registry-read-only" "auth-rejected"
            "auth-read-only";
        when NotOn(Npmjs), Get => Possible "registry-policy-block" "auth-elsewhere";
        when Put => Possible "auth-read-only" "name-owned-by-others" "scope-not-yours"
            "name-refused-by-filter";
    }
    // 400, and 422 elsewhere.
    given [Status(400), Put] {
        when On(GitHub) => Likely "registry-repository-field";
        when Bare, HasCapital => Likely "name-invalid";
        when On(Npmjs), Bare => Likely "name-refused-by-filter", Possible "version-burnt";
        when On(GitHub), Bare => Possible "registry-scope-owner";
    }
    given [OneOf(&[400, 422]), Put] {
        when Noticed(Page) => Possible "registry-proxy";
        when NotOn(Npmjs) => Possible "version-taken" "registry-read-only";
        any => Possible "name-invalid";
        when NotOn(Npmjs) => Possible "contents-too-large";
        when OnNobody => Possible "registry-read-only" "contents-too-large";
        any => Possible "name-refused-by-filter" "version-invalid" "registry-repository-field";
    }
    // 409.
    given [Status(409)] {
        when At(Login) => Likely "auth-rejected", Possible "registry-read-only";
        when NotOn(Npmjs), Put => Likely "version-taken", Possible "registry-conflict"
            "publish-already-accepted";
        when On(Artifactory), Put => Possible "registry-policy-block";
        when On(Npmjs), Put => Likely "publish-already-accepted" "registry-conflict",
            Possible "version-taken" "version-staged";
        when On(Npmjs), At(Package) => Possible "registry-outage";
    }
    // 429.
    given [Status(429)] {
        any => Likely "registry-rate-limited", Possible "network-address-blocked";
    }
    // Statuses that servers between npm and the registry send, or few registries.
    given [Answered] {
        when Status(408) => Likely "network-timeout", Possible "registry-proxy";
        when OneOf(&[431, 494]) => Likely "auth-malformed";
        when Status(451) => Likely "registry-policy-block", Possible "network-address-blocked";
        when OneOf(&[495, 496]) => Likely "registry-untrusted-certificate" "auth-missing";
        when Status(497) => Likely "registry-insecure";
        when Status(498) => Likely "auth-rejected";
        when OneOf(&[525, 526]) => Possible "registry-untrusted-certificate";
        when Status(410) => Possible "registry-endpoint-missing" "registry-read-only";
        when Status(423) => Possible "registry-read-only" "registry-conflict"
            "registry-permission";
        when Status(424) => Possible "registry-uplink-down";
        when OneOf(&[412, 428]) => Possible "registry-conflict";
        when OneOf(&[499, 522, 524, 598, 599]) => Possible "network-timeout";
        when Bare => Possible "registry-proxy";
        when Bare, OneOf(&[406, 418, 444]) => Possible "network-address-blocked";
    }
    // The notice alone is all that some tools show of a failure. It also follows a failed
    // exchange, from the token that npm falls back to.
    given [Noticed(TokenExpired)] {
        any => Likely "auth-rejected", Possible "oidc-publisher-mismatch" "oidc-first-publish"
            "oidc-shadowed" "auth-variable-unset";
    }
}
