//! Causes that a registry's own rules and state have.

super::causes! {
    /// Verdaccio's `packages:` rules, permissions of Nexus and Artifactory, roles of Azure, Google
    /// and GitLab: they cannot be read beforehand. On an install a 403 from Artifactory is most
    /// often the missing Deploy/Cache right on a remote repository, from Azure the missing role
    /// Collaborator, from GitLab the job-token allow-list. npm's paragraph about a security policy
    /// is printed below every 403 and says nothing.
    ///
    /// npm says: `E403 user bob is not allowed to publish package @acme/cat`, `must have required
    /// permissions`, `The caller does not have permission`, or nothing at all.
    id: "registry-permission",
    summary: "the registry's own rules do not let this account do that",
    remedy: {
        why "{host} knows you and does not let you: its own rules decide who may do this";
        help "ask who runs {host} for the right on {package}, and name the account; neither npm nor a security policy is involved";
        help "on an install with a foreign host in the lock file, create the lock file again";
        asks "who are you there?" => Whoami "";
    },
    on Artifactory: {
        why "Artifactory does not let you: deploying needs Deploy on the local repository, and a first download through a remote needs Deploy/Cache on its cache";
        help "ask the administrator for Deploy/Cache (remote) or Deploy (local) on the repository; no security policy of npm is involved";
        asks "may others read it, or you something else?" => View "{package}";
    },
    on Azure: {
        why "the feed does not let you: saving a package from upstream needs the role Collaborator, publishing needs Contributor";
        help "feed settings, Permissions: give the user or the build service Collaborator (install) or Contributor (publish)";
    },
    on Google: {
        why "the identity that was sent has no right on this repository, or none was sent";
        help "give it roles/artifactregistry.reader to install, .writer to publish";
        help "where none was sent, log in with gcloud and run npx google-artifactregistry-auth";
        asks "who is it?" => "gcloud auth list";
    },
    on GitLab: {
        why "the token may not use this project's packages";
        help "a CI job of another project: Settings, CI/CD, Job token permissions: allow it there";
        help "else use a token with api or write_package_registry";
    },
    on Gitea: {
        why "the token may not write packages for this owner";
        help "create a token with write:package, as a member of the owner";
    },

    /// Nexus Firewall, Xray, JFrog Curation and similar products stop packages by age, licence or
    /// vulnerabilities. It is a rule of the company, not of npm.
    ///
    /// npm says: `E403 Requested item is quarantined`, `was not downloaded due to the download
    /// blocking policy configured in Xray`, `blocked by JFrog Packages Curation service`.
    id: "registry-policy-block",
    summary: "a policy of the registry keeps the package back",
    remedy: {
        why "{host} keeps this package back: quarantine, curation or a download policy of the company; neither npm nor your token is the cause";
        help "name {spec} to whoever runs {host} and ask for its release, or take another version";
        asks "do other packages come through?" => View "lodash version";
    },

    /// The version may exist there, so Verdaccio refuses to publish until it can ask.
    ///
    /// npm says: `E503 one of the uplinks is down, refuse to publish`.
    id: "registry-uplink-down",
    summary: "Verdaccio cannot reach the registry behind it",
    remedy: {
        why "Verdaccio cannot reach the registry behind it and refuses to publish, because the version might exist there";
        help "let its administrator set `publish: allow_offline: true` in config.yaml";
        help "or repair its connection to npmjs";
    },

    /// The limits are not documented; many new packages at once meet them first. `as user
    /// undefined` is no trouble with the login.
    ///
    /// npm says: `E429 Could not publish, as user undefined: rate limited exceeded`.
    id: "registry-rate-limited",
    summary: "too many requests in a short time",
    remedy: {
        why "too many publishes in a short time, mostly many new packages; \"as user undefined\" is no trouble with the login";
        help "wait (Retry-After says how long; half an hour is usual), then publish what is missing, in small batches";
        asks_presence "which ones are there already?" => View "{spec} version";
    },

    /// The registry was still busy with an earlier write of the same package. The version may be
    /// there all the same.
    ///
    /// npm says: `E409 Failed to save packument. A common cause is if you try to publish a new
    /// package before the previous package has been fully processed.`
    id: "registry-conflict",
    summary: "two writes to the same package met",
    remedy: {
        why "two writes to the same package met at the registry; the version may be there all the same";
        look "run again";
        help "publish a workspace's packages one after the other";
        asks_presence "is it there already?" => View "{spec} version";
    },

    /// The stage holds no version under this id. It is gone as soon as somebody has approved or
    /// rejected the version; a name and a version are no id.
    ///
    /// npm says: `E404 Not Found - No staged package version found with the provided ID.`, or
    /// `stage-id must be a valid UUID`.
    id: "stage-id-unknown",
    summary: "the stage has no version under this id",
    remedy: {
        why "the stage has no version under this id: somebody has approved or rejected it, or the id is not complete";
        help "look which versions wait, and take the id from there" => Stage "list";
        help "or look whether it is published already" => View "{spec}";
    },

    /// Registries other than npmjs often lack `/-/whoami`, `/-/ping`, `/-/org` or `/-/stage`.
    /// Tools that check the login first stop there, although a publish would work.
    ///
    /// npm says: `E404 Not Found - GET …/-/whoami`, `E404 … /-/ping`, `EWHOAMI`.
    id: "registry-endpoint-missing",
    summary: "the registry does not have what was asked for",
    remedy: {
        why "{host} does not have what was asked for; that says nothing about whether it accepts the package";
        help "compare the registry's address with the one that {host} shows: project, feed and repository included";
        help "switch the check off in the tool that asked (release-it: npm.skipChecks; lerna: leave --verify-access out)";
        help "or publish with npm itself";
        asks "does the registry know the package?" => View "{package}";
    },

    /// A 5xx, a web page from a cache server instead of JSON, or a server whose own DNS fails.
    /// npm's hint at your proxy is wrong then. A publish may have got through.
    ///
    /// npm says: `E500`, `E502`, `E503`, `E504`, `getaddrinfo ENOTFOUND
    /// couch.internal.npmjs.com`.
    id: "registry-outage",
    summary: "the registry itself fails",
    remedy: {
        why "{host} itself failed; you are not the cause";
        look "run again later";
        help "https://status.npmjs.org lists known trouble at npmjs";
        asks "does the registry work at all?" => Ping "";
    },
}
