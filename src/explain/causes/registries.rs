//! Causes in a registry's own rules and state.

super::causes! {
    /// Verdaccio's `packages:` rules, permissions of Nexus and Artifactory, roles of Azure,
    /// Google and GitLab: they cannot be read in advance. On an install a 403 usually means a
    /// missing Deploy/Cache right on a remote repository (Artifactory), a missing Collaborator
    /// role (Azure), or the job-token allow-list (GitLab). npm prints its paragraph about a
    /// security policy after every 403; it means nothing.
    ///
    /// npm says: `E403 user bob is not allowed to publish package @acme/cat`, `must have
    /// required permissions`, `The caller does not have permission`, or nothing at all.
    id: "registry-permission",
    summary: "the registry's own rules do not allow this to the account",
    remedy: {
        why "{host} recognises the account but does not allow this: its own rules decide who may \
            do it";
        help "ask the administrators of {host} for rights on {package}, and name the account; \
            neither npm nor a security policy is involved";
        help "on an install with another host in the lock file, create the lock file again";
        asks "which account are you there?" => Whoami "";
    },
    on Artifactory: {
        why "Artifactory does not allow it: deploying needs the right Deploy on the local \
            repository, and a first download through a remote repository needs Deploy/Cache on \
            its cache";
        help "ask the administrator for Deploy/Cache (remote) or Deploy (local) on the \
            repository; no security policy of npm is involved";
        asks "can others read it, or can you read something else?" => View "{package}";
    },
    on Azure: {
        why "the feed does not allow it: saving a package from upstream needs the role \
            Collaborator, publishing needs Contributor";
        help "in the feed's settings, under Permissions, give the user or the build service \
            Collaborator (install) or Contributor (publish)";
    },
    on Google: {
        why "the identity that was sent has no rights on this repository, or none was sent";
        help "give it roles/artifactregistry.reader to install, or .writer to publish";
        help "if none was sent, log in with gcloud and run npx google-artifactregistry-auth";
        asks "which identity is it?" => "gcloud auth list";
    },
    on GitLab: {
        why "the token has no access to this project's packages";
        help "for a CI job of another project, allow that project under Settings, CI/CD, Job \
            token permissions";
        help "otherwise use a token with the scope api or write_package_registry";
    },
    on Gitea: {
        why "the token cannot write packages for this owner";
        help "create a token with write:package, as a member of the owner";
    },

    /// Nexus Firewall, Xray, JFrog Curation and similar products block packages by age, licence
    /// or vulnerabilities. The rule is the company's, not npm's.
    ///
    /// npm says: `E403 Requested item is quarantined`, `was not downloaded due to the download
    /// blocking policy configured in Xray`, `blocked by JFrog Packages Curation service`.
    id: "registry-policy-block",
    summary: "a policy of the registry blocks the package",
    remedy: {
        why "{host} blocks this package: quarantine, curation or a download policy of the \
            company; neither npm nor your token is the cause";
        help "ask the administrators of {host} to release {spec}, or use another version";
        asks "can other packages be read?" => View "lodash version";
    },

    /// The version may exist at the uplink, so Verdaccio refuses to publish until it can ask.
    ///
    /// npm says: `E503 one of the uplinks is down, refuse to publish`.
    id: "registry-uplink-down",
    summary: "Verdaccio cannot reach its uplink registry",
    remedy: {
        why "Verdaccio cannot reach its uplink registry and refuses to publish, because the \
            version might exist there";
        help "ask its administrator to set `publish: allow_offline: true` in config.yaml";
        help "or repair its connection to npmjs";
    },

    /// The limits are not documented; publishing many new packages at once reaches them first.
    /// `as user undefined` does not mean that the login failed.
    ///
    /// npm says: `E429 Could not publish, as user undefined: rate limited exceeded`.
    id: "registry-rate-limited",
    summary: "too many requests in a short time",
    remedy: {
        why "too many publishes in a short time, usually of many new packages; \"as user \
            undefined\" does not mean that the login failed";
        help "wait (Retry-After says how long; half an hour is usual), then publish what is \
            missing in small batches";
        asks_presence "which ones are published already?" => View "{spec} version";
    },

    /// The registry was still processing an earlier write of the same package. The version may
    /// still have been published.
    ///
    /// npm says: `E409 Failed to save packument. A common cause is if you try to publish a new
    /// package before the previous package has been fully processed.`
    id: "registry-conflict",
    summary: "two writes to the same package collided",
    remedy: {
        why "two writes to the same package collided at the registry; the version may still have \
            been published";
        look "run the publish again";
        help "publish a workspace's packages one after the other";
        asks_presence "is it published already?" => View "{spec} version";
    },

    /// No staged version has this id. The id is gone once the version is approved or rejected;
    /// a name and a version are not an id.
    ///
    /// npm says: `E404 Not Found - No staged package version found with the provided ID.`, or
    /// `stage-id must be a valid UUID`.
    id: "stage-id-unknown",
    summary: "no staged version has this id",
    remedy: {
        why "no staged version has this id: it was approved or rejected, or the id is incomplete";
        help "list the staged versions, and take the id from there" => Stage "list";
        help "or check whether it is already published" => View "{spec}";
    },

    /// Registries other than npmjs often lack `/-/whoami`, `/-/ping`, `/-/org` or `/-/stage`.
    /// Tools that check the login first fail there, although a publish would work.
    ///
    /// npm says: `E404 Not Found - GET …/-/whoami`, `E404 … /-/ping`, `EWHOAMI`.
    id: "registry-endpoint-missing",
    summary: "the registry does not have the endpoint that was asked for",
    remedy: {
        why "{host} does not have the endpoint that was asked for; that does not tell whether it \
            accepts the package";
        help "compare the registry's URL with the one that {host} shows, including project, feed \
            and repository";
        help "switch off the check in the tool that asked (release-it: npm.skipChecks; lerna: \
            omit --verify-access)";
        help "or publish with npm itself";
        asks "does the registry have the package?" => View "{package}";
    },

    /// A 5xx, a web page from a cache server instead of JSON, or a server whose own DNS fails.
    /// npm's hint about your proxy is then wrong. The publish may still have succeeded.
    ///
    /// npm says: `E500`, `E502`, `E503`, `E504`, `getaddrinfo ENOTFOUND
    /// couch.internal.npmjs.com`.
    id: "registry-outage",
    summary: "the registry itself failed",
    remedy: {
        why "{host} itself failed; the cause is not on your side";
        look "run the publish again later";
        help "https://status.npmjs.org lists known incidents at npmjs";
        asks "is the registry working at all?" => Ping "";
    },
}
