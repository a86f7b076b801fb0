//! What npm and the other tools refuse themselves: package.json, settings, arguments, the work
//! tree, local files.

use super::prelude::*;

super::rules! {
    // Private.
    says "this package has been marked as private"
        | "remove the private field from the package.json"
        | "private workspaces cannot be published" | "attempted to publish a private package"
        | "ERR_PNPM_PRIVATE_PACKAGE" | "package marked as private, not publishing"
        => Certain "manifest-private";
    when Code("EPRIVATE") => Certain "manifest-private";
    // Name.
    says "package.json requires a name field" | "no name provided in package.json"
        | "missing name string in package.json" | "missing name property in package.json"
        | "ERR_PNPM_PACKAGE_NAME_NOT_FOUND" | "package name is not defined in the"
        | "package.json must be actual json * name" | "name is required"
        | "package doesn't have a name" | "invalid tag name @latest of package"
        => Likely "name-missing";
    says "ERR_PNPM_MISSING_REQUIRED_FIELD" => Likely "name-missing" "version-missing";
    when Code("ENOPKGNAME") => Likely "name-missing";
    says "name and version fields must be non-empty" => Likely "name-missing",
        Possible "version-missing";
    says "must have valid names and versions to be published" | "must have name and version"
        => Likely "version-missing" "name-missing";
    // npm judges what it looked up in the same words: an argument, not the package's name.
    says "name can no longer contain capital letters" when Get
        => Likely "spec-names-a-package" "name-invalid";
    says "name can no longer contain capital letters" when Put => Certain "name-invalid";
    says "is invalid for new packages" | "must have all-lowercase names"
        | "name must be lower case" => Certain "name-invalid";
    says "name must be lowercase" | "invalid name:" | "name invalid:" | "invalid package name"
        | "package name is invalid"
        | "is not a valid scoped package name" | "name cannot start with" | "is a core module name"
        | "name contains illegal characters" | "EINVALIDPACKAGENAME"
        | "ERR_PNPM_INVALID_PACKAGE_NAME" | "ERR_PNPM_INVALID_SCOPED_PACKAGE_NAME"
        => Likely "name-invalid";
    // npm judges the URL of an archive as if it were a name.
    says "package name is not valid"
        | "name can only contain url-friendly characters" when Put => Likely "name-invalid";
    says "not a valid package name" when On(Cnpm) => Likely "name-invalid";
    says "invalid package" when Status(400) => Likely "name-invalid";
    // Version.
    says "reading prerelease" => Likely "version-missing", Possible "workspace-member-invalid";
    says "invalid semver:$" | "cannot read property prerelease of"
        | "no version provided in package.json" | "missing version string in package.json"
        | "package version is not defined in the" | "ERR_PNPM_PACKAGE_VERSION_NOT_FOUND"
        | "version is empty" | "package doesn't have a version" | "a version field is required"
        => Likely "version-missing";
    says "invalid semver 2.0 version" => Certain "version-invalid";
    says "requires a valid version field" => Likely "version-invalid", Possible "version-missing";
    says "invalid version:" | "invalid version " | "package version is invalid"
        | "invalid package version" | "version is not a valid semver"
        | "version must be a valid semantic version" | "should be a valid semver version"
        | "EBADSEMVER" | "ERR_PNPM_BAD_SEMVER" | "ERR_PNPM_INVALID_PACKAGE_VERSION"
        | "not a valid semver" | "failed to parse package version" | "invalid semver"
        => Likely "version-invalid";
    says "version * format invalid" when Status(422) => Likely "version-invalid";
    says "invalid semver:" => Possible "version-missing";
    // Dependencies and workspaces.
    says "unsupported url type workspace:" | "unsupported url type catalog:"
        | "unsupported url type link:" | "unsupported url type portal:"
        | "contains a local dependency protocol" => Certain "dependency-protocol";
    says "EUNSUPPORTEDPROTOCOL" | "ERR_PNPM_CANNOT_RESOLVE_WORKSPACE_PROTOCOL"
        | "cannot resolve workspace protocol" | "ERR_PNPM_CATALOG_ENTRY_NOT_FOUND_FOR_SPEC"
        | "no catalog entry * was found" | "failed to resolve workspace version"
        | "failed to resolve catalog version" | "ERR_PNPM_CATALOG_ENTRY"
        => Likely "dependency-protocol";
    says "must provide string spec" => Certain "dependency-invalid";
    says "the \"main\" attribute must be of type string" => Certain "manifest-field-invalid";
    says "ref.replace is not a function" | "description.trim is not a function"
        | "the \"path\" argument must be of type string"
        | "cannot read properties of null (reading 'name')" => Likely "manifest-field-invalid";
    says "EPACKAGEEXTENSIONS" => Certain "package-extensions";
    says "packageextensions is only honored" => Likely "package-extensions";
    when Code("EOVERRIDE EBUNDLEOVERRIDE") => Certain "overrides-conflict";
    says "override for * conflicts with direct dependency" => Certain "overrides-conflict";
    when Code("EWORKSPACESCONFIG EDUPLICATEWORKSPACE") => Certain "workspaces-invalid";
    says "workspaces config expects an array" | "multiple workspaces with the same name"
        | "used in multiple packages" => Certain "workspaces-invalid";
    says "no workspaces found:" => Likely "unknown";
    says "no workspaces found!" | "workspaces can only be enabled in private projects"
        => Likely "workspaces-invalid";
    says "missing entry points in published files" => Likely "contents-entry-missing";
    says "ERR_PNPM_BIN_CRLF" | "has a shebang line ending with crlf" => Likely "contents-bin";
    says "license * violat * polic" | "forbidden by * license polic" => Likely "license-denied";
    // Engines, settings, flags.
    says "invalid time value" | "the \"timeout\" argument must be of type number"
        => Likely "npmrc-value-invalid";
    when Code("EBADDEVENGINES") => Certain "dev-engines-mismatch";
    says "specified the following through devengines" => Certain "dev-engines-mismatch";
    says "invalid property devengines" | "ERR_PNPM_OTHER_PM_EXPECTED" | "ERR_PNPM_BAD_PM_VERSION"
        | "ERR_PNPM_BAD_RUNTIME_VERSION" | "this project is configured to use"
        => Likely "dev-engines-mismatch";
    says "unknown cli flag" | "is not a valid single-hyphen cli flag" | "invalid abbreviated flag"
        | "invalid option name (" => Likely "npm-flag-unknown";
    says "unknown option:" | "unknown argument" | "extraneous positional argument"
        | "unsupported option name" => Possible "npm-flag-unknown";
    says "invalid argument --" when By(Bun) => Possible "npm-flag-unknown";
    says "unexpected argument * found" when By(Pnpm) => Likely "npm-flag-unknown";
    says "unknown * config:" when Code("EUNKNOWNCONFIG") => Likely "npmrc-unknown-key";
    when Code("EUNKNOWNCONFIG") => Likely "npm-flag-unknown", Possible "npmrc-unknown-key";
    says "packages of type * have been disabled" => Likely "spec-type-disabled",
        Possible "spec-names-a-package";
    when Code("EALLOWGIT EALLOWFILE EALLOWREMOTE EALLOWDIRECTORY") => Likely "spec-type-disabled";
    says "ENPMEXTENSIONDUP" | "ENPMEXTENSIONSHAPE" => Certain "npm-extension-invalid";
    says "ENPMEXTENSION" | ".npm-extension" => Likely "npm-extension-invalid";
    // npm reads `dist` as a registry's package and `a/b` as a GitHub shorthand.
    says "ls-remote * ssh://git@github.com/" when Not(Install) => Likely "spec-names-a-package";
    says "an unknown git error occurred" when Noticed(Publish), Not(Install)
        => Likely "spec-names-a-package";
    says "could not read from remote repository" when NpmSpoke, Not(Install)
        => Possible "spec-names-a-package";
    says "no matching version found for" when Noticed(Publish), Not(Install)
        => Likely "spec-names-a-package";
    // The work tree, as judged by the tools that publish.
    says "ERR_PNPM_GIT_UNCLEAN" => Certain "git-dirty";
    says "ERR_PNPM_UNCLEAN_WORKING_TREE" | "unclean working tree"
        | "git working directory not clean" | "working tree has uncommitted changes"
        | "working dir must be clean" | "EUNCOMMIT" => Likely "git-dirty";
    says "ERR_PNPM_GIT_UNKNOWN_BRANCH" | "ERR_PNPM_GIT_NOT_CORRECT_BRANCH" => Certain "git-branch";
    says "branch is not on" | "not on * branch. use --any-branch" | "must be on branch"
        | "detached git head" | "no upstream configured" | "git symbolic-ref"
        | "ref HEAD is not a symbolic ref" | "not attached to any branch"
        | "is restricted from versioning due to allowbranch" | "ENOREMOTEBRANCH"
        | "ENOCURRENTBRANCH" => Likely "git-branch";
    says "ERR_PNPM_GIT_NOT_LATEST" => Certain "git-behind";
    says "remote history differs" | "is behind remote upstream" | "is behind the remote one"
        | "EBEHIND" => Likely "git-behind";
    says "tag * does not match * version" | "tag * version mismatch" => Likely "git-tag-mismatch";
    // Local files.
    says "ENOTDIR * .tgz/package.json" => Likely "npm-outdated" "npm-bug";
    says "files is not iterable" => Likely "contents-unpackable";
    when Code("EACCES EPERM ENOSPC EROFS EMFILE ENFILE EBUSY EDQUOT EIO ENOTEMPTY EXDEV ETXTBSY \
        ENOTDIR EEXIST") => Likely "local-file-unwritable";
    when Code("EISDIR") => Likely "local-file-unwritable", Possible "contents-unpackable";
    says "no space left on device" | "contains root-owned files"
        | "operation was rejected by your operating system" when NoStatus
        => Likely "local-file-unwritable";
    // Scripts.
    when ScriptIn(AfterThePut) => Likely "publish-already-accepted";
    says "postpublish * failed" => Likely "publish-already-accepted";
    when ScriptOfPublish, Not(Accepted) => Likely "script-failed";
    when Code("ELIFECYCLE"), Not(Accepted) => Likely "script-failed";
    // npm 1.
    says "weird error" when NpmSpoke, Not(Accepted) => Likely "script-failed";
    says "failed at the * script" when Not(Accepted) => Likely "script-failed";
    says "ERR_PNPM_EXECUTOR_LIFECYCLE_SCRIPT_FAILED" | "lifecycle * errored in"
        => Likely "script-failed";
    says "lifecycle script * with error" when AnyScript => Likely "script-failed";
    when Code("ETARGET ENOVERSIONS") => Likely "dependency-missing";
    // Only an install ends with it.
    when Code("EBADENGINE") => Likely "unknown";
    says "version is incompatible with" => Possible "dev-engines-mismatch" "npm-outdated";
    // npm view of a version that is to be published: a script's look-up, which expects it.
    says "no match found for version" => Likely "unknown", Possible "dependency-missing";
    says "no matching version found" => Possible "dependency-missing";
    says "workspace not found" | "is present in the workspace" => Likely "dependency-missing",
        Possible "dependency-protocol";
}
