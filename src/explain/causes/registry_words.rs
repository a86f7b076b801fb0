//! What is said about the causes of [`super::registry`].

use super::Remedy;
use crate::registry::kind::RegistryKind::{
    Artifactory, Azure, Cnpm, GitHub, GitLab, Gitea, Google, Nexus,
};

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "registry-url-invalid",
        "the registry's address is wrong or misses a part",
        &["safe-publish config shows which setting it comes from; it must be a whole address with https:// (project, feed and repository included)"],
    ),
    Remedy::new(
        "registry-insecure",
        "the registry is configured as http:// instead of https://",
        &["npm config set registry https://registry.npmjs.org/, and look into the project's .npmrc and publishConfig"],
    )
    .asks("which setting says http?", "safe-publish config"),
    Remedy::new(
        "registry-read-only",
        "{registry} takes no packages: it is a mirror, a group or a proxy of other registries",
        &["npm publish --registry https://registry.npmjs.org/, or the repository that is made for publishing", "npm pkg set publishConfig.registry=…, so that it holds for everybody"],
    )
    .asks("which setting chose this registry?", "safe-publish config"),
    Remedy::new(
        "registry-read-only",
        "{registry} is a mirror for installing, set with `registry=` for faster downloads; it takes no packages of yours",
        &["npm publish --registry https://registry.npmjs.org/ (after npm login with the same --registry)", "npm pkg set publishConfig.registry=https://registry.npmjs.org/"],
    )
    .on(Cnpm)
    .asks("which setting chose this registry?", "safe-publish config"),
    Remedy::new(
        "registry-read-only",
        "the address is likely a group or proxy repository of Nexus; those are for reading",
        &["publish to the hosted repository: https://HOST/repository/npm-hosted/ (the name behind /repository/ decides)"],
    )
    .on(Nexus)
    .asks("of which type is the repository?", "curl -s https://HOST/service/rest/v1/repositories"),
    Remedy::new(
        "registry-read-only",
        "the address is likely a remote repository, or a virtual one without a default for deploying",
        &["publish to the local repository: …/artifactory/api/npm/npm-local/, or let the administrator set the virtual one's default deployment repository"],
    )
    .on(Artifactory)
    .asks("of which class is the repository?", "curl -s https://HOST/artifactory/api/repositories/NAME"),
    Remedy::new(
        "registry-read-only",
        "GitLab takes packages at a project's endpoint only, not at a group's or the instance's",
        &["registry: https://HOST/api/v4/projects/ID/packages/npm/"],
    )
    .on(GitLab),
    Remedy::new(
        "registry-set-by-wrapper",
        "yarn hands its own registry on to every script it runs, so npm publishes to {registry}, for which there is no credential",
        &["npm run release instead of yarn release", "or npm publish --registry https://registry.npmjs.org/, or publishConfig.registry"],
    )
    .asks("which variable says so?", "env | grep -i npm_config_registry"),
    Remedy::new(
        "registry-scope-owner",
        "GitHub Packages takes packages only under a scope that is the owner's login",
        &["name it @OWNER/name, in lower case, where OWNER is the account or organisation that owns the repository"],
    )
    .asks("are scope and repository owner the same?", "npm pkg get name repository"),
    Remedy::new(
        "registry-scope-owner",
        "where the address is the instance's, GitLab wants the scope to be the name of the topmost group; a project's own address takes any",
        &["registry: https://HOST/api/v4/projects/ID/packages/npm/, with the ID of the project"],
    )
    .on(GitLab),
    Remedy::new(
        "registry-repository-field",
        "the registry links a package to its repository by package.json's `repository`, which is missing or names another place",
        &["npm pkg set repository.url=git+https://github.com/OWNER/REPOSITORY.git"],
    )
    .on(GitHub)
    .asks("what does package.json say?", "npm pkg get repository"),
    Remedy::new(
        "registry-repository-field",
        "the registry reads package.json's `repository` as the repository the package belongs to, and the token may not write there",
        &["correct `repository`, or take it away: npm pkg delete repository"],
    )
    .asks("what does package.json say?", "npm pkg get repository"),
    Remedy::new(
        "registry-github-permission",
        "the token may not write packages for this owner or repository",
        &[
            "workflow: permissions: packages: write (and contents: read) on the job",
            "a package that exists: give the repository write under the package's settings, \"Manage Actions access\"",
            "a personal token: classic, with write:packages; GitHub Packages takes no fine-grained ones",
        ],
    )
    .asks("may the job write packages?", "grep -A3 permissions: .github/workflows/*.yml"),
    Remedy::new(
        "ci-fork",
        "the job runs for a pull request from a fork, whose token may only read",
        &["publish on push or release, not on pull requests: if: github.event_name == 'push'"],
    )
    .asks("what started the job?", "echo $GITHUB_EVENT_NAME"),
    Remedy::new(
        "registry-permission",
        "{host} knows you and does not let you: its own rules decide who may do this",
        &[
            "ask who runs {host} for the right on {package}; neither npm nor a security policy is involved",
            "on an install: where \"resolved\" in the lock file names a host that is not yours, delete that file and install again",
        ],
    )
    .asks("who are you there?", "npm whoami --registry {registry}"),
    Remedy::new(
        "registry-permission",
        "Artifactory does not let you: deploying needs Deploy on the local repository, and a first download through a remote needs Deploy/Cache on its cache",
        &["ask the administrator for Deploy/Cache (remote) or Deploy (local) on the repository; it is no security policy of npm's"],
    )
    .on(Artifactory)
    .asks("may others read it, or you something else?", "npm view {package} --registry {registry}"),
    Remedy::new(
        "registry-permission",
        "the feed does not let you: saving a package from upstream needs the role Collaborator, publishing needs Contributor",
        &["feed settings, Permissions: give the user or the build service Collaborator (install) or Contributor (publish)"],
    )
    .on(Azure),
    Remedy::new(
        "registry-permission",
        "the identity that was sent has no right on this repository, or none was sent",
        &["gcloud auth application-default login, then npx google-artifactregistry-auth", "roles/artifactregistry.reader to install, .writer to publish"],
    )
    .on(Google)
    .asks("who is it?", "gcloud auth list"),
    Remedy::new(
        "registry-permission",
        "the token may not use this project's packages",
        &["a CI job of another project: Settings, CI/CD, Job token permissions: allow it there", "else a token with api or write_package_registry"],
    )
    .on(GitLab),
    Remedy::new(
        "registry-permission",
        "the token may not write packages for this owner",
        &["make a token with write:package, as a member of the owner"],
    )
    .on(Gitea),
    Remedy::new(
        "registry-policy-block",
        "{host} keeps this package back: quarantine, curation or a download policy of the company's",
        &["name {spec} to whoever runs {host} and ask for a release; until then take another version", "neither npm nor your token is to blame"],
    )
    .asks("do other packages come through?", "npm view lodash version --registry {registry}"),
    Remedy::new(
        "registry-uplink-down",
        "Verdaccio cannot reach the registry behind it and refuses to publish, because the version might exist there",
        &["publish: allow_offline: true in Verdaccio's config.yaml", "or mend its connection to npmjs"],
    ),
    Remedy::new(
        "registry-rate-limited",
        "too many publishes in a short time, mostly many new packages; \"as user undefined\" is no trouble with the login",
        &["wait (Retry-After says how long; half an hour is usual), then publish those that are missing, in small batches"],
    )
    .asks("which ones are there already?", "npm view {spec} version"),
    Remedy::new(
        "registry-conflict",
        "two writes to the same package met at the registry; the version may be there all the same",
        &["look first: npm view {spec}; if it is not there, run again", "publish a workspace's packages one after the other"],
    )
    .asks("is it there already?", "npm view {spec} version"),
];
