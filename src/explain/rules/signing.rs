//! Trusted publishing and provenance, as npmjs, sigstore and the tools word
//! their refusals.

use super::When::{At, By, CannotExchange, Code, Noticed, On, Put, Status, ToolKnowsNoExchange};
use crate::explain::record::Endpoint::Exchange as AtExchange;
use crate::explain::record::Notice::{ExchangeRefused, NoIdToken, Oidc, SelfHosted};
use crate::explain::record::Tool::Pnpm;
use crate::registry::kind::RegistryKind::Npmjs;

super::rules! {
    // Provenance.
    Certain "provenance-repository-mismatch" says "repository.url is * expected to match";
    Likely "provenance-repository-mismatch" says "failed to validate repository information";
    Certain "provenance-runner" says "unsupported github actions runner environment";
    Likely "provenance-runner" says "only github-hosted runners are supported";
    Certain "provenance-private-repository" says "source repository visibility";
    Likely "provenance-private-repository" says "only public source repositories are supported";
    Likely "provenance-certificate-incomplete" says "missing sourcerepository";
    Likely "provenance-certificate-incomplete" says "missing * in certificate";
    Likely "provenance-certificate-incomplete" says "certificate * missing * extension";
    Certain "provenance-permission-missing" says "provenance generation in github actions requires write";
    Certain "provenance-permission-missing" says "provenance generation in gitlab ci requires";
    Likely "provenance-permission-missing" says "ERR_PNPM_PROVENANCE_GITLAB_MISSING_TOKEN";
    Likely "provenance-permission-missing" when Code("ERR_PNPM_ID_TOKEN_GITHUB_WORKFLOW_INCORRECT_PERMISSIONS");
    Certain "provenance-access" says "can't generate provenance for new or private package";
    Certain "provenance-unsupported-ci" says "provenance generation not supported";
    Likely "provenance-unsupported-ci" says "ERR_PNPM_PROVENANCE_UNSUPPORTED_PROVIDER";
    Likely "provenance-unsupported-ci" says "cannot generate provenance statements";
    Likely "provenance-file-invalid" says "invalid provenance provided";
    Likely "provenance-file-invalid" says "no dsseenvelope with payload";
    Likely "provenance-file-invalid" says "found in sigstore bundle payload";
    Likely "provenance-file-invalid" says "more than one subject in the sigstore bundle";
    Likely "provenance-file-invalid" says "provenance subject * does not match";
    Likely "provenance-file-invalid" says "failed to parse payload from dsseenvelope";
    Likely "provenance-file-invalid" says "cannot be provided when using --provenance";
    Likely "provenance-file-invalid" says "provenance and provenancefile cannot be used together";
    Likely "provenance-log-conflict" says "equivalent entry already exists in the transparency log";
    Likely "provenance-log-conflict" says "error creating tlog entry * 409";
    Likely "registry-outage" says "error creating tlog entry - (5";
    Likely "registry-outage" says "error refreshing tuf metadata";
    Likely "registry-outage" says "TUF_REFRESH_METADATA_ERROR";
    Likely "registry-outage" says "TUF_FIND_TARGET_ERROR";
    Likely "registry-outage" says "TSA_CREATE_TIMESTAMP_ERROR";
    Likely "registry-outage" says "error creating signing certificate";
    Likely "provenance-log-conflict" says "TLOG_CREATE_ENTRY_ERROR 409";
    Possible "provenance-log-conflict" says "TLOG_CREATE_ENTRY_ERROR";
    Likely "provenance-permission-missing" when Code("IDENTITY_TOKEN_READ_ERROR");
    Likely "provenance-permission-missing" when Code("IDENTITY_TOKEN_PARSE_ERROR");
    Possible "registry-outage" when Code("IDENTITY_TOKEN_READ_ERROR");
    Likely "provenance-repository-mismatch" says "error verifying sigstore provenance bundle: $";
    Possible "provenance-repository-mismatch" when Status(422), On(Npmjs), Put;
    Possible "provenance-runner" when Status(422), On(Npmjs), Put;
    Possible "provenance-private-repository" when Status(422), On(Npmjs), Put;
    Possible "provenance-certificate-incomplete" when Status(422), On(Npmjs), Put;
    Possible "provenance-file-invalid" when Status(422), On(Npmjs), Put;
    Likely "provenance-permission-missing" says "ERR_PNPM_PROVENANCE_IDENTITY_TOKEN";
    Likely "registry-outage" says "ERR_PNPM_PROVENANCE_SIGN";
    Likely "provenance-certificate-incomplete" says "ERR_PNPM_PROVENANCE_INSUFFICIENT_INFORMATION";
    Likely "provenance-permission-missing" says "ERR_PNPM_PROVENANCE_MALFORMED_ID_TOKEN";
    Likely "registry-outage" says "ERR_PNPM_PROVENANCE_FAILED_TO_FETCH_VISIBILITY";
    // Trusted publishing.
    Likely "oidc-publisher-mismatch" says "ERR_PNPM_AUTH_TOKEN_EXCHANGE";
    Likely "oidc-first-publish" says "ERR_PNPM_AUTH_TOKEN_EXCHANGE";
    Likely "registry-outage" says "ERR_PNPM_AUTH_TOKEN_FETCH";
    Likely "oidc-permission-missing" says "ERR_PNPM_ID_TOKEN_REGISTRY_AUDIENCE_MISMATCH";
    Likely "registry-outage" says "ERR_PNPM_ID_TOKEN_GITHUB_INVALID_RESPONSE";
    Likely "registry-outage" says "ERR_PNPM_ID_TOKEN_GITHUB_JSON";
    Likely "oidc-runner" when Noticed(SelfHosted), Noticed(Oidc), Code("ENEEDAUTH");
    Likely "oidc-runner" when Noticed(SelfHosted), Noticed(Oidc), Status(404), Put;
    Likely "oidc-publisher-mismatch" says "oidc permission denied for this action";
    Possible "auth-stage-only" says "oidc permission denied for this action";
    Likely "oidc-publisher-mismatch" when Noticed(ExchangeRefused);
    Likely "oidc-first-publish" when Noticed(ExchangeRefused);
    Likely "oidc-publisher-mismatch" says "oidc publish authorize";
    Possible "registry-outage" says "oidc publish authorize: invalid token";
    Likely "oidc-publisher-mismatch" when At(AtExchange);
    Likely "oidc-permission-missing" when Noticed(NoIdToken);
    Likely "oidc-npm-too-old" when Noticed(Oidc), CannotExchange, Code("ENEEDAUTH");
    Likely "oidc-npm-too-old" when Noticed(Oidc), CannotExchange, Status(404), Put;
    Likely "oidc-tool-too-old" when Noticed(Oidc), ToolKnowsNoExchange;
    Possible "oidc-permission-missing" says "ID_TOKEN" when By(Pnpm);
}
