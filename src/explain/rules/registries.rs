//! Messages of other registries: who may write, where nobody may publish, how much, and what
//! their owners forbid.

use super::prelude::*;

super::rules! {
    // Whatever it answers, a mirror has no accounts.
    when At(Login), On(Cnpm), AcceptsNone => Likely "registry-read-only";
    // Endpoints that a registry does not have.
    when At(Login), NoStatus => Possible "auth-missing";
    says "no oauth npm default login configuration" => Likely "registry-endpoint-missing",
        Possible "registry-permission";
    // Failures of the approval itself.
    says "please enable 2fa for your account" when At(Stage) => Certain "auth-approval-impossible";
    says "no staged package version found with the provided id" | "stage-id must be a valid uuid"
        => Certain "stage-id-unknown";
    says "insufficient permissions to access this resource"
        | "insufficient permissions to access trusted publisher" when On(Npmjs)
        => Likely "name-owned-by-others", Possible "auth-package-not-covered" "auth-read-only";
    says "the request could not be completed due to a conflict" when At(Stage)
        => Likely "version-staged", Possible "registry-conflict";
    says "unknown command stage" | "unknown command: stage" | "staged publishing requires"
        | "staged publishing is only supported with" => Likely "stage-unavailable";
    when Code("ERR_PNPM_STAGE_REGISTRY_ERROR") => Possible "stage-unavailable";
    when Code("ERR_PNPM_FORBIDDEN") => Likely "registry-permission";
    when At(Stage), NotOn(Npmjs) => Possible "registry-read-only";
    says "unable to determine npm username from third-party"
        | "does not support publishing multiple packages" | "ERR_PNPM_BATCH_PUBLISH_UNSUPPORTED"
        => Likely "registry-endpoint-missing";
    // GitHub Packages.
    says "permission not_found: owner not found" => Certain "registry-scope-owner";
    says "owner not found" | "the requested installation does not exist"
        | "the expected resource was not found" => Likely "registry-scope-owner";
    says "installation not allowed to" when Noticed(Fork) => Likely "ci-fork";
    says "installation not allowed to" => Likely "registry-github-permission", Possible "ci-fork";
    says "write_package" when NotOn(GitLab) => Likely "registry-github-permission";
    says "create_package" | "does not match expected scopes"
        | "not been granted the required scopes" | "resource not accessible by integration"
        => Likely "registry-github-permission";
    says "permission_denied" when On(GitHub) => Likely "registry-github-permission";
    says "invalid repo host" | "failed to stream package from json"
        => Likely "registry-repository-field";
    when On(GitHub), Put, Unscoped => Possible "registry-scope-owner";
    says "no attachments present in packument" => Likely "unknown", Possible "npm-bug";
    // Gitea.
    says "no permission to upload this package" => Likely "registry-repository-field",
        Possible "registry-permission" "auth-read-only";
    // Read-only registries.
    says "no_perms" => Likely "registry-read-only" "registry-permission";
    says "only admin can publish this module" | "can't modify npm public package"
        | "can't publish non-scoped package" | "deploying to groups is a pro-licensed feature"
        | "not support publish" | "no default deployment repository" | "repository is read"
        | "only cachable requests" => Likely "registry-read-only";
    when Status(501), Put => Likely "registry-read-only", Possible "registry-endpoint-missing";
    when Status(400), On(Nexus), Put, Bare => Likely "registry-read-only", Possible "version-taken";
    when On(Jsr), Put => Likely "registry-read-only";
    when Host("npmmirror.com"), Put => Likely "registry-read-only";
    when AcceptsNone, OneOf(&[400, 401, 403, 404]), Put => Likely "registry-read-only";
    says "426 upgrade required" => Certain "registry-insecure";
    when Status(426) => Likely "registry-insecure";
    says "unsafe http requests" => Likely "registry-insecure";
    says "will overwrite the existing version" => Likely "registry-overwrites";
    // Permissions.
    says "snapshot * release handling policy" | "include/exclude pattern"
        => Likely "registry-policy-block", Possible "registry-permission";
    says "package origin configuration" => Likely "registry-policy-block";
    when Status(402), NotOn(Npmjs) => Possible "registry-policy-block" "registry-rate-limited";
    says "is not permitted to deploy" | "permission artifactregistry"
        | "lacks permission to complete this action"
        | "not allowed to publish"
        | "not allowed to access package" | "must have required permissions"
        | "user registration disabled" | "not authorized to perform: codeartifact" | "needs deploy"
        | "not enough permissions to" | "does not have permissions to"
        | "you need to have addpackage" | "TF401019" | "unregistered users are not allowed"
        | "insufficient * permission" => Likely "registry-permission";
    says "legal scopes" => Likely "registry-permission";
    says "invalid scope" when Answered, NotOn(Npmjs), Put => Likely "registry-permission";
    when Status(403), On(Artifactory), Get, Bare, Noticed(Proxied)
        => Possible "registry-policy-block";
    // Curation.
    says "requested item is quarantined" => Certain "registry-policy-block";
    says "quarantine" | "download blocking policy" | "configured in xray" | "blocked by * policy"
        | "packages curation service" | "violates * polic" | "is not allowed by * policy"
        => Likely "registry-policy-block";
    says "curation" | "malicious" when Status(403) => Likely "registry-policy-block";
    // Overload and rate limits.
    says "uplinks is down" => Certain "registry-uplink-down";
    says "uplink is offline" => Likely "registry-uplink-down";
    says "rate limited exceeded" => Certain "registry-rate-limited";
    says "rate limit" => Likely "registry-rate-limited";
    says "failed to save packument" => Likely "registry-conflict",
        Possible "publish-already-accepted";
    says "document update conflict" => Likely "registry-conflict", Possible "registry-outage";
    says "could not obtain package lease" | "unable to create the publication lock"
        => Likely "registry-conflict";
    says "must associate a single dist tag" => Likely "registry-conflict",
        Possible "registry-outage" "unknown";
    when Code("EPUBLISHCONFLICT"), On(Npmjs) => Possible "registry-conflict";
    when ServerError, On(Verdaccio) => Possible "registry-uplink-down";
    // Wrong URLs.
    says "project not found" when On(GitLab) => Likely "registry-permission",
        Possible "auth-missing" "registry-endpoint-missing";
    when Code("ERR_INVALID_URL") => Likely "registry-url-invalid";
    says "unsupported protocol" | "invalid registry url" | "registry url invalid"
        | "failed to parse registry url" | "invalid url" | "only absolute urls are supported"
        | "only http(s) protocols are supported" => Likely "registry-url-invalid";
}
