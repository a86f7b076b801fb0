//! What is said about the causes of [`super::registry`].

use super::{AfterCause, Remedy, after};
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
        &["ask who runs {host} for the right on {package}; neither npm nor a security policy is involved"],
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

pub(super) const AFTER: &[AfterCause] = &[
    after(
        "registry-set-by-wrapper",
        "the registry comes from a variable that yarn or an outer npm exports",
        "Yarn 1 exports `npm_config_registry=https://registry.yarnpkg.com` to every script, and `npm run` hands on its own settings. Such a variable beats the project's .npmrc.\n",
    ),
    after(
        "registry-scope-owner",
        "the scope is not the owner",
        "GitHub Packages takes a package only under `@owner/`, the login of the account or organisation that owns it, in lower case. GitLab's instance endpoint wants the root namespace.\n",
    ),
    after(
        "registry-repository-field",
        "`repository` names another host or owner",
        "GitHub Packages links a package to a repository by package.json's `repository` and refuses other hosts (400 `invalid repo host`); Gitea and Forgejo check the right to write there (403).\n",
    ),
    after(
        "registry-github-permission",
        "the token may not write packages on GitHub",
        "`write_package` and its kin mean that GITHUB_TOKEN lacks `packages: write`, that the package is not linked to this repository (\"Manage Actions access\"), or that a personal token lacks `write:packages`.\n",
    ),
    after(
        "ci-fork",
        "the job runs for a pull request from a fork",
        "Its token is read-only, and secrets are empty.\n",
    ),
    after(
        "registry-permission",
        "the registry's own rules do not let this account do that",
        "Verdaccio's `packages:` rules, Nexus's and Artifactory's permissions, roles in Azure, Google and GitLab: they cannot be read beforehand. On an install, a 403 from Artifactory is most often the missing Deploy/Cache on a remote repository, from Azure the missing Collaborator role, from GitLab the job-token allow-list. npm's paragraph about a security policy is printed on every 403 and says nothing.\n",
    ),
    after(
        "registry-policy-block",
        "a policy of the registry's keeps the package back",
        "Nexus Firewall (`quarantined`), Xray (`download blocking policy`) and JFrog Curation stop packages by age, licence or findings, with E403 on GET. Whoever runs the registry can release it.\n",
    ),
    after(
        "registry-uplink-down",
        "Verdaccio cannot reach its uplink",
        "It answers 503 `one of the uplinks is down, refuse to publish`, since the version may exist there. `publish.allow_offline: true` lifts it.\n",
    ),
    after(
        "registry-rate-limited",
        "too many requests in a short time",
        "E429 on PUT, sometimes with `as user undefined`, which is no trouble with the login; sometimes a 403. Limits are not documented; many new packages at once meet them first. Wait, then publish what is missing.\n",
    ),
    after(
        "registry-conflict",
        "two writes met",
        "409 `Failed to save packument`: the registry was still busy with an earlier write of the same package. The version may be there; look before trying again.\n",
    ),
];
