//! Versions, tags, names, scopes, access and size, in the words of registries and tools.

use super::prelude::*;

/// Folder names that people mistakenly pass as a bare name.
const FOLDERS: &[&str] = &[
    "dist", "build", "lib", "out", "output", "pkg", "package", "packages", "release", "public",
    "bundle", "esm", "cjs", "target", "app", "src", "bin",
];

super::rules! {
    // A first try was cut off, so the second may have met it.
    says "previously published version" | "cannot publish over" when Noticed(Trouble)
        => Likely "publish-already-accepted";
    says "still published" | "published anyway" | "ERR_PNPM_PUBLISH_AVAILABILITY"
        => Likely "publish-already-accepted";
    says "ERR_PNPM_PUBLISHED_RELEASE" => Likely "version-taken",
        Possible "publish-already-accepted";
    // npmjs keeps unpublished versions: singular and in quotes.
    says "400 bad request * cannot publish over previously published version"
        => Certain "version-burnt";
    says "cannot publish over previously published version" when On(Npmjs)
        => Certain "version-burnt";
    says "previously published version * try bumping the version to" => Likely "version-burnt";
    says "previously published version" when Noticed(Force), NpmBelow(7, 0, 0)
        => Likely "version-burnt";
    says "cannot publish over previously staged version" => Certain "version-staged";
    // npmjs until 2015.
    says "attempting to modify version * previously published" => Likely "version-burnt";
    // An unpublished version may be meant, too.
    says "cannot stage previously published version" => Likely "version-staged";
    says "previously staged version" => Likely "version-staged",
        Possible "publish-already-accepted";
    // npm 11.0 prints this for a version that exists.
    when Noticed(SameVersionTwice) => Likely "version-taken";
    says "cannot implicitly apply the latest tag" when Not(SameVersionTwice)
        => Likely "version-behind-latest";
    says "cannot publish over the previously published version" => Likely "version-taken",
        Possible "version-burnt";
    says "cannot publish over existing version" | "is already published (likely"
        | "cannot modify pre-existing version" | "can't modify pre-existing version"
        | "version already exists" | "version that already exists" | "already been published"
        | "does not allow updating assets"
        | "does not allow updating artifacts" | "redeploy is not allowed"
        | "not enough permissions to * overwrite artifact" | "needs delete permission"
        => Likely "version-taken";
    says "already published" when Put => Likely "version-taken";
    says "the feed * already contains file" | "the feed already contains the package"
        => Certain "version-taken";
    when Code("EPUBLISHCONFLICT") => Likely "version-taken";
    says "previously published version" | "existing version" when Not(Trouble)
        => Possible "publish-already-accepted";
    says "publish fail cannot publish over existing version" when On(Npmjs)
        => Possible "registry-outage";
    // Tags.
    says "must specify a tag using --tag when publishing a prerelease"
        | "must specify a dist-tag using --tag when publishing"
        => Certain "tag-needed-for-prerelease";
    says "tag name must not be a valid semver range" | "cannot be a version or range"
        => Certain "tag-looks-like-version";
    says "the tag name is invalid" when On(Gitea) => Likely "tag-looks-like-version";
    when Code("EINVALIDTAGNAME") => Likely "tag-invalid";
    says "tags may not have any characters that encodeuricomponent encodes" | "invalid tag name"
        | "tag must be a non-empty string" => Likely "tag-invalid";
    // Names.
    says "name too similar to existing package" => Certain "name-too-similar";
    says "too similar to" => Likely "name-too-similar";
    says "cannot be republished until 24 hours" => Certain "name-cooling-down";
    says "republished until" => Likely "name-cooling-down";
    says "triggered spam detection" => Certain "name-refused-by-filter";
    says "unacceptable content" => Likely "name-refused-by-filter";
    says "security holding package" | "0.0.1-security" => Likely "name-held";
    says "do not have permission to publish" when Named(FOLDERS) => Likely "spec-names-a-package";
    when Status(404), Get, At(Package), Named(FOLDERS) => Likely "spec-names-a-package";
    says "do not have permission to publish" => Likely "name-owned-by-others",
        Possible "auth-read-only";
    says "do not have write permission" => Likely "name-owned-by-others",
        Possible "scope-not-yours";
    says "is not a collaborator for" | "not authorized to modify" => Likely "name-owned-by-others";
    says "can't modify npm public package" => Possible "name-owned-by-others";
    says "do not have permission to publish" when Scoped => Possible "scope-not-yours";
    says "do not have permission to publish" when Unscoped => Possible "spec-names-a-package"
        "name-held";
    says "please contact maintainers" when On(Cnpm) => Possible "name-owned-by-others";
    // Scope and access.
    says "scope not found" => Likely "scope-unknown", Possible "scope-not-yours";
    says "not a member of" => Likely "scope-not-yours";
    says "must sign up for private packages" => Likely "access-restricted-by-default",
        Possible "scope-not-yours" "scope-unknown";
    says "need a paid account" => Likely "access-restricted-by-default", Possible "scope-unknown";
    says "privately without a paid plan" => Likely "access-restricted-by-default";
    says "can't restrict access to unscoped packages" | "unscoped packages cannot be private"
        | "unable to restrict access to unscoped package"
        | "can't restrict access to the unscoped package" => Certain "access-restricted-unscoped";
    when Code("EUNSCOPED ERR_PNPM_UNSCOPED_RESTRICTED") => Certain "access-restricted-unscoped";
    // Size.
    says "request entity too large" => Certain "contents-too-large";
    when Status(413) => Certain "contents-too-large";
    says "payload too large" | "file is too large" | "too many files"
        | "cannot create a string longer than" | "invalid string length" | "is greater than 2 gib"
        | "exceeds the request content length"
        => Likely "contents-too-large";
    says "hard link" | "symbolic link" | "symlink" when Answered, Put => Likely "contents-link";
    when Status(415), On(Npmjs), Put => Likely "contents-too-large";
    says "write EPIPE" when Put => Possible "contents-too-large";
}
