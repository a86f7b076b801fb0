//! Trusted publishing and provenance, in the words of npmjs, sigstore and the tools.

use super::prelude::*;

super::rules! {
    // Provenance.
    says "repository.url is * expected to match" => Certain "provenance-repository-mismatch";
    says "repository.url is * expected" | "failed to validate repository information"
        => Likely "provenance-repository-mismatch";
    says "unsupported github actions runner environment" => Certain "provenance-runner";
    says "unsupported * runner environment" | "hosted runners are supported" => Likely "provenance-runner";
    says "source repository visibility" => Certain "provenance-private-repository";
    says "only public source repositories are supported" => Likely "provenance-private-repository";
    says "missing sourcerepository" | "missing * in certificate"
        | "certificate * missing * extension" | "ERR_PNPM_PROVENANCE_INSUFFICIENT_INFORMATION"
        => Likely "provenance-certificate-incomplete";
    says "provenance generation in github actions requires write"
        | "provenance generation in gitlab ci requires" => Certain "provenance-permission-missing";
    says "ERR_PNPM_PROVENANCE_GITLAB_MISSING_TOKEN" | "ERR_PNPM_PROVENANCE_IDENTITY_TOKEN"
        | "ERR_PNPM_PROVENANCE_MALFORMED_ID_TOKEN" => Likely "provenance-permission-missing";
    when Code("ERR_PNPM_ID_TOKEN_GITHUB_WORKFLOW_INCORRECT_PERMISSIONS")
        => Likely "provenance-permission-missing";
    says "can't generate provenance for new or private package" => Certain "provenance-access";
    says "provenance generation not supported" => Certain "provenance-unsupported-ci";
    says "ERR_PNPM_PROVENANCE_UNSUPPORTED_PROVIDER" | "cannot generate provenance statements"
        | "provenance generation is only supported in" => Likely "provenance-unsupported-ci";
    says "invalid provenance provided" | "no dsseenvelope with payload"
        | "found in sigstore bundle payload" | "more than one subject in the sigstore bundle"
        | "provenance subject * does not match" | "failed to parse payload from dsseenvelope"
        | "cannot be provided when using --provenance"
        | "provenance and provenancefile cannot be used together"
        => Likely "provenance-file-invalid";
    says "equivalent entry already exists in the transparency log"
        | "error creating tlog entry * 409" | "TLOG_CREATE_ENTRY_ERROR 409"
        => Likely "provenance-log-conflict";
    says "ERR_PNPM_PROVENANCE_SIGN" | "ERR_PNPM_PROVENANCE_FAILED_TO_FETCH_VISIBILITY"
        => Likely "registry-outage";
    says "TLOG_CREATE_ENTRY_ERROR" => Possible "provenance-log-conflict";
    // npm has seen before that the job may ask for one: libnpmpublish, lib/publish.js.
    says "retrieving identity token" => Likely "registry-outage",
        Possible "provenance-permission-missing";
    says "invalid identity token" => Likely "provenance-permission-missing",
        Possible "registry-outage";
    when At(Signing), Status(429) => Likely "registry-rate-limited";
    when At(Signing), Status(401) => Likely "provenance-permission-missing";
    // A statement that somebody else signed is verified before it is sent.
    when Code("TLOG_BODY_ERROR TLOG_INCLUSION_PROOF_ERROR TLOG_INCLUSION_PROMISE_ERROR \
        TLOG_MISSING_INCLUSION_ERROR CERTIFICATE_ERROR SIGNATURE_ERROR TIMESTAMP_ERROR \
        PUBLIC_KEY_ERROR UNTRUSTED_SIGNER_ERROR") => Likely "provenance-file-invalid";
    when At(Signing) => Likely "registry-outage";
    when Status(422), On(Npmjs), Put => Possible "provenance-repository-mismatch"
        "provenance-runner" "provenance-private-repository" "provenance-certificate-incomplete"
        "provenance-file-invalid";
    says "latest stable version of npm" => Likely "npm-outdated", Possible "npm-bug";
    // Trusted publishing.
    says "trusted publisher configuration not found" => Likely "unknown";
    says "ERR_PNPM_AUTH_TOKEN_EXCHANGE" => Likely "oidc-publisher-mismatch" "oidc-first-publish";
    says "ERR_PNPM_AUTH_TOKEN_FETCH" | "ERR_PNPM_ID_TOKEN_GITHUB_INVALID_RESPONSE"
        | "ERR_PNPM_ID_TOKEN_GITHUB_JSON" => Likely "registry-outage";
    says "ERR_PNPM_ID_TOKEN_REGISTRY_AUDIENCE_MISMATCH" => Likely "oidc-permission-missing";
    when Noticed(SelfHosted), Noticed(Oidc), Code("ENEEDAUTH") => Likely "oidc-runner";
    when Noticed(SelfHosted), Noticed(Oidc), Status(404), Put => Likely "oidc-runner";
    says "oidc permission denied for this action" => Likely "oidc-publisher-mismatch",
        Possible "auth-stage-only";
    when Noticed(ExchangeRefused) => Likely "oidc-publisher-mismatch" "oidc-first-publish";
    says "oidc publish authorize" => Likely "oidc-publisher-mismatch";
    says "oidc publish authorize: invalid token" => Possible "registry-outage";
    when At(TokenExchange) => Likely "oidc-publisher-mismatch";
    when Noticed(NoIdToken) => Likely "oidc-permission-missing";
    when Noticed(Oidc), CannotExchange, Code("ENEEDAUTH") => Likely "oidc-npm-too-old";
    when Noticed(Oidc), CannotExchange, Status(404), Put => Likely "oidc-npm-too-old";
    when Noticed(Oidc), ToolKnowsNoExchange => Likely "oidc-tool-too-old";
    says "ID_TOKEN" when By(Pnpm) => Possible "oidc-permission-missing";
}
