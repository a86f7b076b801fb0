//! The working tree, as the tools that publish look at it.

use super::super::rule::Rule;
use super::Remedy;

pub(super) const RULES: &[Rule] = &[
    Rule::sure("git-dirty", "ERR_PNPM_GIT_UNCLEAN", &[]),
    Rule::points(85, "git-dirty", "unclean working tree", &[]),
    Rule::points(85, "git-dirty", "git working directory not clean", &[]),
    Rule::points(85, "git-dirty", "working tree has uncommitted changes", &[]),
    Rule::points(85, "git-dirty", "working dir must be clean", &[]),
    Rule::points(60, "git-dirty", "EUNCOMMIT", &[]),
    Rule::sure("git-branch", "ERR_PNPM_GIT_UNKNOWN_BRANCH", &[]),
    Rule::sure("git-branch", "ERR_PNPM_GIT_NOT_CORRECT_BRANCH", &[]),
    Rule::points(80, "git-branch", "branch is not on", &[]),
    Rule::points(80, "git-branch", "not on * branch. use --any-branch", &[]),
    Rule::points(80, "git-branch", "detached git head", &[]),
    Rule::points(85, "git-branch", "git symbolic-ref", &[]),
    Rule::points(85, "git-branch", "ref HEAD is not a symbolic ref", &[]),
    Rule::points(85, "git-branch", "not attached to any branch", &[]),
    Rule::points(
        70,
        "git-branch",
        "is restricted from versioning due to allowbranch",
        &[],
    ),
    Rule::sure("git-behind", "ERR_PNPM_GIT_NOT_LATEST", &[]),
    Rule::points(80, "git-behind", "remote history differs", &[]),
    Rule::points(80, "git-behind", "is behind remote upstream", &[]),
    Rule::points(80, "git-behind", "is behind the remote one", &[]),
    Rule::points(60, "git-behind", "EBEHIND", &[]),
    Rule::points(
        70,
        "git-tag-mismatch",
        "tag * does not match * version",
        &[],
    ),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "git-dirty",
        "the tool that publishes wants a clean work tree, and files are changed; in CI it is often the .npmrc that a step wrote",
        &["git status shows the files; commit or stash them", "pnpm: --no-git-checks in CI"],
    )
    .asks("which files are changed?", "git status --short"),
    Remedy::new(
        "git-branch",
        "the tool that publishes wants its release branch, and the checkout is on another one or on none (CI checks out a commit)",
        &["publish from the release branch, or name it: pnpm publish --publish-branch main", "pnpm: --no-git-checks in CI"],
    )
    .asks("on which branch is the checkout?", "git branch --show-current"),
    Remedy::new("git-behind", "the branch is behind its upstream", &["git pull, then publish"]),
    Remedy::new("git-tag-mismatch", "the git tag and package.json's version differ", &["make them equal: npm version sets both"]),
];
