//! What package.json says, or does not.

use super::super::rule::Rule;
use super::super::rule::When::{Code, NotOn, On, Status};
use super::Remedy;
use crate::registry::kind::RegistryKind::{Cnpm, GitHub};

pub(super) const RULES: &[Rule] = &[
    Rule::sure(
        "manifest-private",
        "this package has been marked as private",
        &[],
    ),
    Rule::sure(
        "manifest-private",
        "remove the private field from the package.json",
        &[],
    ),
    Rule::sure("manifest-private", "", &[Code("EPRIVATE")]),
    Rule::points(
        80,
        "name-missing",
        "package.json requires a name field",
        &[],
    ),
    Rule::points(80, "name-missing", "no name provided in package.json", &[]),
    Rule::points(
        70,
        "name-missing",
        "package.json must be actual json * name",
        &[],
    ),
    Rule::points(70, "name-missing", "name is required", &[]),
    Rule::sure("name-invalid", "is invalid for new packages", &[]),
    Rule::sure(
        "name-invalid",
        "name can no longer contain capital letters",
        &[],
    ),
    Rule::sure("name-invalid", "must have all-lowercase names", &[]),
    Rule::sure("name-invalid", "name must be lower case", &[]),
    Rule::points(80, "name-invalid", "name must be lowercase", &[]),
    Rule::sure(
        "name-invalid",
        "name can only contain url-friendly characters",
        &[],
    ),
    Rule::points(85, "name-invalid", "invalid name:", &[]),
    Rule::points(85, "name-invalid", "name invalid:", &[]),
    Rule::points(85, "name-invalid", "invalid package name", &[]),
    Rule::points(85, "name-invalid", "package name is invalid", &[]),
    Rule::points(85, "name-invalid", "name cannot start with", &[]),
    Rule::points(70, "name-invalid", "name is too long", &[]),
    Rule::points(85, "name-invalid", "EINVALIDPACKAGENAME", &[]),
    Rule::points(
        60,
        "name-invalid",
        "invalid package",
        &[Status(400), NotOn(GitHub)],
    ),
    Rule::points(80, "version-missing", "reading prerelease", &[]),
    Rule::points(
        80,
        "version-missing",
        "cannot read property prerelease of",
        &[],
    ),
    Rule::points(
        85,
        "version-missing",
        "no version provided in package.json",
        &[],
    ),
    Rule::points(60, "version-missing", "requires a valid version field", &[]),
    Rule::points(85, "version-missing", "version is empty", &[]),
    Rule::points(70, "version-invalid", "requires a valid version field", &[]),
    Rule::sure("version-invalid", "invalid semver 2.0 version", &[]),
    Rule::points(85, "version-invalid", "invalid version:", &[]),
    Rule::points(85, "version-invalid", "invalid version ", &[]),
    Rule::points(85, "version-invalid", "package version is invalid", &[]),
    Rule::points(80, "version-invalid", "EBADSEMVER", &[]),
    Rule::points(60, "version-invalid", "not a valid semver", &[]),
    Rule::points(85, "version-invalid", "invalid semver", &[]),
    Rule::sure(
        "dependency-protocol",
        "unsupported url type workspace:",
        &[],
    ),
    Rule::sure("dependency-protocol", "unsupported url type catalog:", &[]),
    Rule::sure("dependency-protocol", "unsupported url type link:", &[]),
    Rule::sure("dependency-protocol", "unsupported url type portal:", &[]),
    Rule::points(70, "dependency-protocol", "EUNSUPPORTEDPROTOCOL", &[]),
    Rule::points(
        60,
        "dependency-protocol",
        "workspace: * is not supported",
        &[],
    ),
    Rule::sure("package-extensions", "EPACKAGEEXTENSIONS", &[]),
    Rule::points(85, "package-extensions", "packageExtensions", &[]),
    Rule::sure("license-denied", "license * violat * polic", &[]),
    Rule::points(60, "license-denied", "forbidden by * license polic", &[]),
    Rule::points(60, "license-denied", "denied license", &[]),
    Rule::points(40, "name-invalid", "not a valid package name", &[On(Cnpm)]),
    // npm reads `dist` as a registry's package and `a/b` as a GitHub shorthand.
    Rule::points(
        70,
        "spec-names-a-package",
        "git ls-remote * ssh://git@github.com/",
        &[],
    ),
    Rule::points(
        52,
        "spec-names-a-package",
        "an unknown git error occurred",
        &[],
    ),
    Rule::points(
        40,
        "spec-names-a-package",
        "could not read from remote repository",
        &[],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "manifest-private",
        "package.json says `private`, so npm refuses to publish it; even the text \"false\" counts as true",
        &["npm pkg delete private, if it is meant to be published"],
    ),
    Remedy::new("name-missing", "package.json has no `name`", &["npm pkg set name=your-package"]),
    Remedy::new(
        "name-invalid",
        "the name breaks the rules for new packages: lower case, at most 214 characters, no spaces, none of ~)('!*, no leading dot or underscore",
        &["write the name in lower case with hyphens: npm pkg set name=my-package"],
    ),
    Remedy::new("version-missing", "package.json has no `version`", &["npm pkg set version=1.0.0"]),
    Remedy::new(
        "version-invalid",
        "the version is not three numbers with dots, as in 1.2.3 or 1.2.3-beta.1",
        &["1.0 is written 1.0.0, and 1.2.3beta is written 1.2.3-beta"],
    ),
    Remedy::new(
        "dependency-protocol",
        "a dependency is written for another package manager (`workspace:`, `catalog:`, `link:`), which npm does not understand",
        &[
            "publish with the tool that the workspace uses: pnpm publish, yarn npm publish",
            "or replace it with a version range before npm packs",
        ],
    ),
    Remedy::new(
        "package-extensions",
        "npm 12 and later refuse `packageExtensions` in a package that is published",
        &["npm pkg delete packageExtensions"],
    ),
    Remedy::new(
        "license-denied",
        "{host} refuses the licence of the package or of a dependency; that is a rule of the company's, not npm's",
        &["ask who runs {host} for an exception for {spec}, or choose another package"],
    ),
    Remedy::new(
        "spec-names-a-package",
        "npm takes the word behind `npm publish` for a package on the registry or a GitHub repository, not for the folder of that name",
        &["put ./ in front of the folder: npm publish ./dist"],
    )
    .asks(
        "is \"{package}\" the name in package.json, or a folder's?",
        "npm pkg get name",
    ),
];
