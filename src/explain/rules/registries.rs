//! Messages of other registries: who may write, where nobody may publish, how much, and what
//! their owners forbid.

use super::When::{
    AcceptsNone, At, Bare, Code, Get, Host, NotOn, Noticed, On, Put, ServerError, Status, Unscoped,
};
use crate::explain::record::Endpoint::{Login, Ping, Service, Stage, Whoami};
use crate::explain::record::Notice::{Fork, Proxied};
use crate::registry::kind::RegistryKind::{
    Artifactory, Azure, Cloudsmith, Cnpm, CodeArtifact, GitHub, GitLab, Gitea, Google, Jsr, Nexus,
    Npmjs, Verdaccio,
};

super::rules! {
    // Endpoints that a registry does not have.
    Likely "registry-endpoint-missing" when At(Whoami), Status(404);
    Likely "registry-endpoint-missing" when At(Ping), Status(404);
    Likely "registry-endpoint-missing" when At(Ping), Status(400);
    Likely "registry-endpoint-missing" when At(Whoami), Status(405);
    Likely "registry-endpoint-missing" says "no oauth npm default login configuration";
    Possible "registry-permission" says "no oauth npm default login configuration";
    Likely "registry-endpoint-missing" when At(Login), Status(404);
    Likely "registry-endpoint-missing" when At(Service), Status(404), NotOn(Npmjs);
    Likely "registry-endpoint-missing" when At(Service), Status(400), NotOn(Npmjs), Get;
    Likely "registry-endpoint-missing" when At(Service), Status(405), NotOn(Npmjs);
    Likely "stage-unavailable" when At(Stage), Status(404), NotOn(Npmjs);
    Likely "stage-unavailable" when At(Stage), Status(405);
    Likely "stage-unavailable" says "unknown command: stage";
    // Failures of the approval itself.
    Certain "auth-approval-impossible" says "please enable 2fa for your account" when At(Stage);
    Certain "stage-id-unknown" says "no staged package version found with the provided id";
    Certain "stage-id-unknown" says "stage-id must be a valid uuid";
    Likely "name-owned-by-others" says "insufficient permissions to access this resource" when At(Stage);
    Possible "auth-package-not-covered" says "insufficient permissions to access this resource" when At(Stage);
    Possible "auth-read-only" says "insufficient permissions to access this resource" when At(Stage);
    Likely "version-staged" says "the request could not be completed due to a conflict" when At(Stage);
    Possible "registry-conflict" says "the request could not be completed due to a conflict" when At(Stage);
    Likely "stage-unavailable" says "unknown command stage";
    Possible "stage-unavailable" when Code("ERR_PNPM_STAGE_REGISTRY_ERROR");
    Likely "registry-permission" when Code("ERR_PNPM_FORBIDDEN");
    Likely "stage-unavailable" says "staged publishing requires";
    Likely "stage-unavailable" says "staged publishing is only supported with";
    Likely "registry-endpoint-missing" when At(Stage), Status(422);
    Likely "registry-endpoint-missing" when At(Stage), Status(404), NotOn(Npmjs);
    Likely "registry-endpoint-missing" says "invalid_param" when NotOn(Npmjs), Get;
    Possible "registry-read-only" says "invalid_param" when NotOn(Npmjs), Get;
    Possible "registry-read-only" when At(Stage), NotOn(Npmjs);
    Likely "registry-endpoint-missing" says "unable to determine npm username from third-party";
    Likely "registry-endpoint-missing" says "does not support publishing multiple packages";
    Likely "registry-endpoint-missing" says "ERR_PNPM_BATCH_PUBLISH_UNSUPPORTED";
    // GitHub Packages.
    Certain "registry-scope-owner" says "permission not_found: owner not found";
    Likely "registry-scope-owner" says "owner not found";
    Likely "registry-scope-owner" says "the requested installation does not exist";
    Likely "registry-scope-owner" says "the expected resource was not found";
    Likely "ci-fork" says "installation not allowed to" when Noticed(Fork);
    Likely "registry-github-permission" says "installation not allowed to";
    Likely "registry-github-permission" says "write_package" when NotOn(GitLab);
    Likely "registry-github-permission" says "create_package";
    Likely "registry-github-permission" says "does not match expected scopes";
    Likely "registry-github-permission" says "not been granted the required scopes";
    Likely "registry-github-permission" says "resource not accessible by integration";
    Likely "registry-github-permission" says "permission_denied" when On(GitHub);
    Possible "ci-fork" says "installation not allowed to";
    Likely "registry-repository-field" says "invalid repo host";
    Likely "registry-repository-field" says "failed to stream package from json";
    Possible "registry-scope-owner" when On(GitHub), Put, Unscoped;
    Likely "unknown" says "no attachments present in packument";
    Possible "npm-bug" says "no attachments present in packument";
    // Gitea.
    Likely "registry-repository-field" says "no permission to upload this package";
    Possible "registry-permission" says "no permission to upload this package";
    Possible "auth-read-only" says "no permission to upload this package";
    // Read-only registries.
    Likely "registry-read-only" says "only admin can publish this module";
    Likely "registry-read-only" says "can't modify npm public package";
    Likely "registry-read-only" says "no_perms";
    Likely "registry-read-only" says "can't publish non-scoped package";
    Likely "registry-read-only" says "deploying to groups is a pro-licensed feature";
    Likely "registry-read-only" says "does not support * publish";
    Likely "registry-read-only" says "no default deployment repository";
    Likely "registry-read-only" says "repository is read";
    Likely "registry-read-only" says "read-only" when Put, NotOn(Npmjs);
    Likely "registry-read-only" when Status(405), Put;
    Possible "registry-proxy" when Status(405), Put;
    Possible "registry-endpoint-missing" when Status(405), Put;
    Likely "registry-read-only" when Status(400), On(Nexus), Put, Bare;
    Possible "version-taken" when Status(400), On(Nexus), Put, Bare;
    Likely "registry-read-only" when Status(501), Put;
    Likely "registry-read-only" when On(Jsr), Put;
    Likely "registry-read-only" when Host("npmmirror.com"), Put;
    Likely "registry-read-only" when AcceptsNone, Status(404), Put;
    Likely "registry-read-only" when AcceptsNone, Status(403), Put;
    Likely "registry-read-only" when AcceptsNone, Status(400), Put;
    Certain "registry-insecure" says "426 upgrade required";
    Likely "registry-insecure" when Status(426);
    Likely "registry-overwrites" says "will overwrite the existing version";
    // Permissions.
    Likely "registry-policy-block" says "snapshot release handling policy";
    Likely "registry-policy-block" says "include/exclude patterns";
    Possible "registry-permission" says "snapshot release handling policy";
    Possible "registry-permission" says "include/exclude patterns";
    Likely "registry-policy-block" says "package origin configuration";
    Possible "registry-policy-block" when Status(402), NotOn(Npmjs);
    Possible "registry-rate-limited" when Status(402), NotOn(Npmjs);
    Likely "registry-permission" says "is not permitted to deploy";
    Likely "registry-permission" says "lacks permission to complete this action";
    Likely "registry-permission" says "is not allowed to publish package";
    Likely "registry-permission" says "not allowed to publish";
    Likely "registry-permission" says "not allowed to access package";
    Likely "registry-permission" says "must have required permissions";
    Likely "registry-permission" says "user registration disabled";
    Likely "registry-permission" says "permission artifactregistry" when On(Google);
    Likely "registry-permission" says "package protected" when On(GitLab);
    Likely "registry-permission" says "not authorized to perform: codeartifact";
    Likely "registry-permission" says "needs deploy";
    Likely "registry-permission" says "not enough permissions to";
    Likely "registry-permission" says "does not have permissions to";
    Likely "registry-permission" says "you need to have addpackage";
    Likely "registry-permission" says "TF401019";
    Likely "registry-permission" says "unregistered users are not allowed";
    Likely "registry-permission" says "insufficient * permission";
    Likely "registry-permission" says "legal scopes" when On(Cnpm);
    Likely "registry-permission" says "quota" when On(Gitea);
    Likely "registry-permission" when Status(403), On(Azure), Put, Bare;
    Likely "registry-permission" when Status(403), On(GitLab), Put, Bare;
    Likely "registry-permission" when Status(403), On(Verdaccio), Put, Bare;
    Likely "registry-permission" when Status(403), On(Gitea), Put, Bare;
    Likely "registry-permission" when Status(403), On(Google), Bare;
    Likely "registry-permission" when Status(403), On(CodeArtifact), Put, Bare;
    Likely "registry-permission" when Status(403), On(Cloudsmith), Put, Bare;
    // A caching proxy needs write access to store what is read through it.
    Likely "registry-permission" when Status(403), On(Artifactory), Get, Bare;
    Likely "registry-permission" when Status(403), On(Azure), Get;
    Likely "registry-permission" when Status(403), On(GitLab), Get;
    Possible "registry-policy-block" when Status(403), On(Artifactory), Get, Bare, Noticed(Proxied);
    // Curation.
    Certain "registry-policy-block" says "requested item is quarantined";
    Likely "registry-policy-block" says "quarantine";
    Likely "registry-policy-block" says "download blocking policy";
    Likely "registry-policy-block" says "configured in xray";
    Likely "registry-policy-block" says "blocked by * policy";
    Likely "registry-policy-block" says "curation" when Status(403);
    Likely "registry-policy-block" says "packages curation service";
    Likely "registry-policy-block" says "violates * polic";
    Likely "registry-policy-block" says "malicious" when Status(403);
    Likely "registry-policy-block" says "is not allowed by * policy";
    // Overload and rate limits.
    Certain "registry-uplink-down" says "uplinks is down";
    Likely "registry-uplink-down" says "uplink is offline";
    Certain "registry-rate-limited" says "rate limited exceeded";
    Likely "registry-rate-limited" says "rate limit";
    Likely "registry-conflict" says "failed to save packument";
    Possible "publish-already-accepted" says "failed to save packument";
    Likely "registry-conflict" says "document update conflict";
    Likely "registry-conflict" says "could not obtain package lease";
    Likely "registry-conflict" says "unable to create the publication lock";
    Possible "registry-outage" says "document update conflict";
    Likely "registry-conflict" says "must associate a single dist tag";
    Possible "registry-outage" says "must associate a single dist tag";
    Possible "unknown" says "must associate a single dist tag";
    Possible "registry-conflict" when Code("EPUBLISHCONFLICT"), On(Npmjs);
    Possible "registry-uplink-down" when ServerError, On(Verdaccio);
    // Wrong URLs.
    Likely "registry-permission" says "project not found" when On(GitLab);
    Possible "auth-missing" says "project not found" when On(GitLab);
    Possible "registry-endpoint-missing" says "project not found" when On(GitLab);
    Likely "registry-url-invalid" when Code("ERR_INVALID_URL");
    Likely "registry-url-invalid" says "ERR_PNPM_PUBLISH_UNSUPPORTED_REGISTRY_PROTOCOL";
    Likely "registry-url-invalid" says "has an unsupported protocol";
    Likely "registry-url-invalid" says "registry url invalid";
    Likely "registry-url-invalid" says "failed to parse registry url";
    Likely "registry-url-invalid" says "invalid url";
    Likely "registry-url-invalid" says "only absolute urls are supported";
    Likely "registry-url-invalid" says "only http(s) protocols are supported";
}
