//! The documentation of the causes that no check foretells, in the form of a
//! check's: what it is, what npm says, what to do. Where a check takes a cause
//! over, its own documentation goes before, and the entry here can go.

/// A cause that nothing foretells, or no check does yet.
#[derive(Debug)]
pub struct AfterCause {
    /// The id.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Markdown.
    pub documentation: &'static str,
}

macro_rules! after {
    ($id:literal, $summary:literal, $about:literal, $says:literal, $help:literal $(,)?) => {
        AfterCause {
            id: $id,
            summary: $summary,
            documentation: concat!(
                $about,
                "\n\nnpm says: ",
                $says,
                "\n\nWhat to do: ",
                $help,
                "\n"
            ),
        }
    };
}

pub(super) const AFTER: &[AfterCause] = &[
    after!(
        "version-staged",
        "the registry holds this version already, staged or unfinished",
        "npmjs keeps a version once for publishing and staging together. This answer comes when the version waits in the stage area, when another run publishes it at the same moment, and when an earlier try is still being worked on: also to people who never staged anything.",
        "`E409 Cannot publish over previously staged version \"1.0.2\".`",
        "look first whether it has appeared (`npm view NAME@VERSION`), some minutes long; then at `npm stage list`, and approve or reject it. Only then take the next number.",
    ),
    after!(
        "publish-already-accepted",
        "npm reports an error, but the version is there with your bytes",
        "A publish can reach the registry although its answer is lost: npm tries again after a timeout or a 5xx, and the second try is told that the version exists. A failing `publish` or `postpublish` script ends with an error, too, although the package is out.",
        "`E403` or `E409` about a version that was not there a minute ago, `E503`, a timeout, or the code of a script.",
        "compare what stands there with what was sent (`npm view NAME@VERSION dist.shasum`). The same bytes mean that it is published: neither publish again nor raise the version.",
    ),
    after!(
        "registry-permission",
        "the registry's own rules do not let this account do that",
        "Verdaccio's `packages:` rules, permissions of Nexus and Artifactory, roles of Azure, Google and GitLab: nobody can read them beforehand. On an install a 403 from Artifactory is most often the missing Deploy/Cache right on a remote repository, from Azure the missing role Collaborator, from GitLab the job-token allow-list. npm's paragraph about a security policy stands below every 403 and says nothing.",
        "`E403 user bob is not allowed to publish package @acme/cat`, `must have required permissions`, `The caller does not have permission`, or nothing at all.",
        "ask whoever runs the registry for the right, and name the package and the account (`npm whoami --registry URL`). If the lock file names a host that is not yours, make it anew.",
    ),
    after!(
        "registry-policy-block",
        "a policy of the registry's keeps the package back",
        "Nexus Firewall, Xray, JFrog Curation and their kin stop packages by age, licence or findings. It is a rule of the company's, not of npm's.",
        "`E403 Requested item is quarantined`, `was not downloaded due to the download blocking policy configured in Xray`, `blocked by JFrog Packages Curation service`.",
        "name package and version to whoever runs the registry and ask for a release, or take another version.",
    ),
    after!(
        "registry-uplink-down",
        "Verdaccio cannot reach the registry behind it",
        "The version may exist there, so Verdaccio refuses to publish until it can ask.",
        "`E503 one of the uplinks is down, refuse to publish`.",
        "mend Verdaccio's connection, or let its administrator set `publish: allow_offline: true`.",
    ),
    after!(
        "registry-rate-limited",
        "too many requests in a short time",
        "The limits are not documented; many new packages at once meet them first. `as user undefined` is no trouble with the login.",
        "`E429 Could not publish, as user undefined: rate limited exceeded`.",
        "wait (half an hour is usual; `Retry-After` says how long), then publish what is missing, in small batches.",
    ),
    after!(
        "registry-conflict",
        "two writes to the same package met",
        "The registry was still busy with an earlier write of the same package. The version may be there all the same.",
        "`E409 Failed to save packument. A common cause is if you try to publish a new package before the previous package has been fully processed.`",
        "look first (`npm view NAME@VERSION`), then try again. Publish the packages of a workspace one after the other.",
    ),
    after!(
        "auth-two-factor-token",
        "the account or the package wants two-factor authentication, or a token that may bypass it",
        "The package's setting cannot be read beforehand. A package may also refuse tokens altogether and take trusted publishing or a one-time password only.",
        "`E403 Two-factor authentication or granular access token with bypass 2fa enabled is required to publish packages.`",
        "use trusted publishing; or make a granular token with \"bypass 2FA\"; or publish on a terminal with a one-time password.",
    ),
    after!(
        "provenance-log-conflict",
        "the transparency log has the statement already",
        "The same statement was sent before, most often by a try whose answer was lost.",
        "`TLOG_CREATE_ENTRY_ERROR error creating tlog entry - (409)`.",
        "look whether the version is there (`npm view NAME@VERSION`); else run again.",
    ),
    after!(
        "contents-too-large",
        "the package is larger than the registry, or a proxy before it, takes",
        "A publish is one JSON document with the tarball in base64, a third larger than the file. Known limits: npmjs about 200 MB (undocumented), GitHub Packages 256 MB, Azure 500 MB, Verdaccio's max_body_size 10 MB, nginx's client_max_body_size 1 MB.",
        "`E413 Payload Too Large`, or a web page of nginx's that npm cannot read.",
        "`npm pack --dry-run` lists files and sizes; narrow `files` in package.json, or have the limit raised.",
    ),
    after!(
        "registry-outage",
        "the registry itself fails",
        "A 5xx, a web page from a cache server instead of JSON, or a server's own DNS failing. npm's hint at your proxy is wrong then. A publish may have got through.",
        "`E500`, `E502`, `E503`, `E504`, `getaddrinfo ENOTFOUND couch.internal.npmjs.com`.",
        "look whether the version is there (`npm view NAME@VERSION`), then run again later; https://status.npmjs.org tells of known trouble.",
    ),
    after!(
        "network-timeout",
        "the connection took too long or was cut",
        "A publish may have got through all the same.",
        "`ETIMEDOUT`, `ECONNRESET`, `socket hang up`, `network timeout`.",
        "look at `npm view NAME@VERSION` first, then try again; for a large package on a slow line, `--fetch-timeout=600000`.",
    ),
    after!(
        "network-dns",
        "the registry's name does not resolve",
        "A typing error, a container without DNS, or a name that only the VPN knows.",
        "`ENOTFOUND` or `EAI_AGAIN`, `getaddrinfo`.",
        "check the name in the registry setting, then DNS and VPN.",
    ),
    after!(
        "network-address-blocked",
        "the registry's edge refuses this address",
        "Cloudflare refuses it for every package and without a token: shared CI runners, VPNs and cloud addresses meet that.",
        "`E403` or `E429` on a GET, or a page `Access denied`.",
        "try another network or runner; npm's support lifts it, with the address and the page's Ray ID.",
    ),
    after!(
        "npm-bug",
        "a fault of npm's own",
        "Crashes, and known ranges that lose credentials on publish: npm 5.x, 7.3 to 7.19, early 8.",
        "`cb() never called!`, `Exit handler never called!`, `ENEEDAUTH` although a token stands under the right key.",
        "`npm install -g npm@latest`, then publish again.",
    ),
    after!(
        "npm-outdated",
        "an outdated npm is at work",
        "Tools bring their own npm into node_modules, where it stays for years. It knows neither today's tokens nor trusted publishing.",
        "`You must be logged in`, `EINVALIDNPMTOKEN`, `Upgrade your client to npm@latest`.",
        "`npm ls npm` shows it; refresh the lock file or the tool.",
    ),
    after!(
        "script-failed",
        "a lifecycle script ended the run with an error",
        "npm runs prepublishOnly, prepack, prepare and postpack before it sends anything, publish and postpublish afterwards. When one of them fails, npm stops; neither npm nor the registry is the cause.",
        "`code 1` with `command failed` and `command sh -c …`; `ELIFECYCLE` and `Failed at the … script` up to npm 6; pnpm: `ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL`; lerna: `lifecycle \"prepublishOnly\" errored`.",
        "run the script by itself, correct what it complains about, and publish again. After `publish` or `postpublish` the package is out already: look with `npm view NAME@VERSION` first.",
    ),
    after!(
        "auth-otp-rejected",
        "a one-time password was given and not accepted",
        "The code was mistyped, had run out (they last 30 seconds), or was used before; a long build between the command and the upload is enough. npm shows the same words as without a code.",
        "`EOTP This operation requires a one-time password from your authenticator.`, yarn: `Invalid OTP token`, pnpm: `ERR_PNPM_OTP_SECOND_CHALLENGE`.",
        "run it again with a fresh code: `npm publish --otp=CODE`; for several packages let npm ask, or use a token that bypasses two-factor authentication.",
    ),
    after!(
        "auth-stage-only",
        "the token or the trusted publisher may only stage",
        "npmjs lets tokens and trusted publishers be limited to `npm stage publish`: a person approves the version afterwards.",
        "`E403 E_STAGE_REQUIRED`, or `OIDC permission denied for this action`.",
        "use `npm stage publish` and approve it, or allow direct publishing in the settings of the token or of the trusted publisher.",
    ),
    after!(
        "oidc-tool-too-old",
        "the tool that publishes knows no trusted publishing",
        "The exchange of the identity token happens in the client. bun and yarn 1 have none, lerna from 9 on, semantic-release from 25 on, pnpm from 11 on; np, changesets and pnpm up to 10 start npm, which needs 11.5.1.",
        "`E404 Not found` on the PUT, `ENEEDAUTH`, `ENONPMTOKEN No npm token specified`.",
        "update the tool, pack with it and publish the tarball with `npm publish` (11.5.1 or later), or use a token.",
    ),
    after!(
        "provenance-certificate-incomplete",
        "the signing certificate lacks a claim that npmjs wants",
        "npmjs reads the building repository, its ref and the workflow from the certificate. A job that is started in an unusual way (a tag that was deleted, a nested workflow, a runner of another kind) has an identity token without them.",
        "`E422 Error verifying sigstore provenance bundle: Missing SourceRepositoryRef`.",
        "start the job from a branch or a tag that exists, or publish with `--provenance=false`.",
    ),
    after!(
        "registry-endpoint-missing",
        "the registry does not have what was asked for",
        "Registries other than npmjs often lack `/-/whoami`, `/-/ping`, `/-/org` or `/-/stage`. Tools that check the login first stop there, although a publish would work.",
        "`E404 Not Found - GET …/-/whoami`, `E404 … /-/ping`, `EWHOAMI`.",
        "switch the check off in the tool (release-it: `npm.skipChecks`; lerna: leave `--verify-access` away), or publish with npm itself.",
    ),
    after!(
        "local-file-unwritable",
        "npm could not read or write a local file",
        "The disk is full, the folder belongs to somebody else, or another program holds the file. npm's own cache belongs to root after a `sudo npm`.",
        "`EACCES`, `EPERM`, `ENOSPC`, `EROFS`, with the path on a line of its own.",
        "look at the path: give it to the user who publishes, or make room; for npm's cache, `npm config get cache` names the folder.",
    ),
    after!(
        "stage-unavailable",
        "there is no staging here",
        "`npm stage` came with npm 11.15, and only npmjs offers it.",
        "`Unknown command: \"stage\"`, `E404` or `E405` on `/-/stage`.",
        "publish directly, or stage with npm 11.15 or later at npmjs.",
    ),
    after!(
        "unknown",
        "nothing known fits",
        "The text fits no known cause, and a guess would not help. The raw line is shown.",
        "something that nobody has described yet.",
        "`npm publish --loglevel verbose` tells more; `safe-publish check` looks at everything that can be asked beforehand.",
    ),
];
