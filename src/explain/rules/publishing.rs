//! Versions, tags, names, scopes, access and size, in the words of registries and tools.

use super::When::{At, Code, Get, Named, Not, Noticed, On, Put, Scoped, Status, Unscoped};
use crate::explain::record::Endpoint::Package;
use crate::explain::record::Notice::{Force, SameVersionTwice, Trouble};
use crate::registry::kind::RegistryKind::{Azure, Cnpm, GitLab, Gitea, Npmjs};

/// Folder names that people mistakenly pass as a bare name.
const FOLDERS: &[&str] = &[
    "dist", "build", "lib", "out", "output", "pkg", "package", "packages", "release", "public",
    "bundle", "esm", "cjs", "target", "app", "src", "bin",
];

super::rules! {
    // A first try was cut off, so the second may have met it.
    Likely "publish-already-accepted" says "previously published version" when Noticed(Trouble);
    Likely "publish-already-accepted" says "cannot publish over" when Noticed(Trouble);
    Likely "publish-already-accepted" says "still published";
    Likely "publish-already-accepted" says "published anyway";
    Likely "publish-already-accepted" says "ERR_PNPM_PUBLISH_AVAILABILITY";
    Likely "version-taken" says "ERR_PNPM_PUBLISHED_RELEASE";
    Possible "publish-already-accepted" says "ERR_PNPM_PUBLISHED_RELEASE";
    // npmjs keeps unpublished versions: singular and in quotes.
    Certain "version-burnt" says "400 bad request * cannot publish over previously published version";
    Certain "version-burnt" says "cannot publish over previously published version" when On(Npmjs);
    Likely "version-burnt" says "previously published version * try bumping the version to";
    Likely "version-burnt" says "previously published version" when Noticed(Force), super::When::NpmBelow(7, 0, 0);
    Certain "version-staged" says "cannot publish over previously staged version";
    // npmjs until 2015.
    Likely "version-burnt" says "attempting to modify version * previously published";
    // An unpublished version may be meant, too.
    Likely "version-staged" says "cannot stage previously published version";
    Likely "version-staged" says "previously staged version";
    Possible "publish-already-accepted" says "previously staged version";
    // npm 11.0 prints this for a version that exists.
    Likely "version-taken" when Noticed(SameVersionTwice);
    Likely "version-behind-latest" says "cannot implicitly apply the latest tag" when Not(SameVersionTwice);
    Likely "version-taken" says "cannot publish over the previously published version";
    Likely "version-taken" says "cannot publish over existing version";
    Likely "version-taken" says "is already published (likely";
    Likely "version-taken" says "cannot modify pre-existing version";
    Likely "version-taken" says "can't modify pre-existing version";
    Likely "version-taken" says "version already exists";
    Likely "version-taken" says "same version already exists";
    Likely "version-taken" says "already exists" when Status(409);
    Likely "version-taken" says "already exists" when Status(422);
    Likely "version-taken" says "already exists" when Status(400), Put;
    Likely "version-taken" says "republishing is disabled";
    Likely "version-taken" says "duplicates another package";
    Likely "version-taken" says "package already exists" when On(GitLab);
    Likely "version-taken" says "already been published";
    Likely "version-taken" says "already published" when Put;
    Certain "version-taken" says "the feed * already contains file";
    Certain "version-taken" says "the feed already contains the package";
    Likely "version-taken" says "already contains" when On(Azure);
    Likely "version-taken" says "this package is already present";
    Likely "version-taken" says "does not allow updating assets";
    Likely "version-taken" says "does not allow updating artifacts";
    Likely "version-taken" says "redeploy is not allowed";
    Likely "version-taken" says "not enough permissions to * overwrite artifact";
    Likely "version-taken" says "needs delete permission";
    Likely "version-taken" when Code("EPUBLISHCONFLICT");
    Possible "version-burnt" says "cannot publish over the previously published version";
    Possible "publish-already-accepted" says "previously published version" when Not(Trouble);
    Possible "publish-already-accepted" says "existing version" when Not(Trouble);
    Possible "registry-outage" says "publish fail cannot publish over existing version" when On(Npmjs);
    // Tags.
    Certain "tag-needed-for-prerelease" says "must specify a tag using --tag when publishing a prerelease";
    Certain "tag-needed-for-prerelease" says "must specify a dist-tag using --tag when publishing";
    Certain "tag-looks-like-version" says "tag name must not be a valid semver range";
    Certain "tag-looks-like-version" says "cannot be a version or range";
    Likely "tag-looks-like-version" says "the tag name is invalid" when On(Gitea);
    Likely "tag-invalid" when Code("EINVALIDTAGNAME");
    Likely "tag-invalid" says "tags may not have any characters that encodeuricomponent encodes";
    Likely "tag-invalid" says "invalid tag name";
    Likely "tag-invalid" says "tag must be a non-empty string";
    // Names.
    Certain "name-too-similar" says "name too similar to existing package";
    Likely "name-too-similar" says "too similar to";
    Certain "name-cooling-down" says "cannot be republished until 24 hours";
    Likely "name-cooling-down" says "republished until";
    Certain "name-refused-by-filter" says "triggered spam detection";
    Likely "name-refused-by-filter" says "unacceptable content";
    Likely "name-held" says "security holding package";
    Likely "name-held" says "0.0.1-security";
    Likely "spec-names-a-package" says "do not have permission to publish" when Named(FOLDERS);
    Likely "spec-names-a-package" when Status(404), Get, At(Package), Named(FOLDERS);
    Likely "name-owned-by-others" says "do not have permission to publish";
    Likely "name-owned-by-others" says "do not have write permission";
    Likely "name-owned-by-others" says "is not a collaborator for";
    Possible "name-owned-by-others" says "can't modify npm public package";
    Likely "name-owned-by-others" says "not authorized to modify";
    Possible "scope-not-yours" says "do not have permission to publish" when Scoped;
    Possible "scope-not-yours" says "do not have write permission";
    Possible "auth-read-only" says "do not have permission to publish";
    Possible "spec-names-a-package" says "do not have permission to publish" when Unscoped;
    Possible "name-held" says "do not have permission to publish" when Unscoped;
    Possible "name-owned-by-others" says "please contact maintainers" when On(Cnpm);
    // Scope and access.
    Likely "scope-unknown" says "scope not found";
    Possible "scope-not-yours" says "scope not found";
    Likely "scope-not-yours" says "not a member of";
    Likely "access-restricted-by-default" says "must sign up for private packages";
    Likely "access-restricted-by-default" says "need a paid account";
    Likely "access-restricted-by-default" says "privately without a paid plan";
    Possible "scope-not-yours" says "must sign up for private packages";
    Possible "scope-unknown" says "must sign up for private packages";
    Possible "scope-unknown" says "need a paid account";
    Certain "access-restricted-unscoped" says "can't restrict access to unscoped packages";
    Certain "access-restricted-unscoped" says "unscoped packages cannot be private";
    Certain "access-restricted-unscoped" says "unable to restrict access to unscoped package";
    Certain "access-restricted-unscoped" says "can't restrict access to the unscoped package";
    Certain "access-restricted-unscoped" when Code("EUNSCOPED");
    Certain "access-restricted-unscoped" when Code("ERR_PNPM_UNSCOPED_RESTRICTED");
    // Size.
    Certain "contents-too-large" says "request entity too large";
    Certain "contents-too-large" when Status(413);
    Likely "contents-too-large" says "payload too large";
    Likely "contents-too-large" says "file is too large";
    Likely "contents-too-large" says "too many files";
    Likely "contents-too-large" says "cannot create a string longer than";
    Likely "contents-too-large" says "invalid string length";
    Likely "contents-too-large" says "is greater than 2 gib";
    Likely "contents-too-large" when Status(415);
    Possible "contents-too-large" says "write EPIPE" when Put;
}
