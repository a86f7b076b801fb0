//! Credentials: missing, elsewhere, wrong, too weak.

use super::super::rule::Rule;
use super::super::rule::When::{
    Bare, Code, Get, Host, Is, Not, NotOn, OldNpm, On, OnNobody, Put, Status,
};
use super::super::signs::Sign::{Ci, Oidc, Placeholder};
use super::Remedy;
use crate::registry::kind::RegistryKind::{GitHub, Gitea, Google, Nexus, Npmjs, Verdaccio};

pub(super) const RULES: &[Rule] = &[
    // ENEEDAUTH: npm itself found no credential; nothing was sent.
    Rule::points(62, "auth-missing", "", &[Code("ENEEDAUTH")]),
    Rule::points(46, "auth-elsewhere", "", &[Code("ENEEDAUTH")]),
    Rule::points(44, "auth-variable-unset", "", &[Code("ENEEDAUTH")]),
    Rule::points(
        20,
        "auth-variable-unset",
        "",
        &[Code("ENEEDAUTH"), Is(Ci), Not(Oidc)],
    ),
    Rule::points(20, "auth-npmrc-not-read", "", &[Code("ENEEDAUTH")]),
    // At companies' registries it is rather a key, a file, or npm itself.
    Rule::points(
        -20,
        "auth-variable-unset",
        "",
        &[Code("ENEEDAUTH"), NotOn(Npmjs), NotOn(GitHub)],
    ),
    Rule::points(
        18,
        "auth-npmrc-not-read",
        "",
        &[Code("ENEEDAUTH"), NotOn(Npmjs)],
    ),
    Rule::points(
        24,
        "auth-unscoped",
        "",
        &[Code("ENEEDAUTH"), OldNpm, NotOn(Npmjs)],
    ),
    Rule::points(15, "auth-unscoped", "", &[Code("ENEEDAUTH"), OldNpm]),
    Rule::points(
        30,
        "registry-read-only",
        "auth required for publishing",
        &[Code("ENEEDAUTH"), OldNpm, OnNobody],
    ),
    Rule::points(
        130,
        "registry-set-by-wrapper",
        "",
        &[Code("ENEEDAUTH"), Host("registry.yarnpkg.com")],
    ),
    Rule::points(60, "auth-missing", "auth required for publishing", &[]),
    Rule::points(60, "auth-missing", "you must be logged in", &[]),
    Rule::points(45, "auth-rejected", "you must be logged in", &[]),
    Rule::points(50, "auth-missing", "no authentication configured", &[]),
    Rule::points(
        56,
        "auth-variable-unset",
        "no authentication configured",
        &[],
    ),
    Rule::points(50, "auth-missing", "no npm token specified", &[]),
    Rule::points(54, "auth-variable-unset", "no npm token specified", &[]),
    Rule::points(60, "auth-missing", "", &[Code("ENONPMTOKEN")]),
    Rule::points(50, "auth-variable-unset", "", &[Code("ENONPMTOKEN")]),
    Rule::points(55, "auth-missing", "missing authentication", &[]),
    Rule::points(60, "auth-missing", "please log in before writing", &[]),
    Rule::points(60, "auth-missing", "not logged in", &[]),
    Rule::points(
        60,
        "auth-missing",
        "this command requires you to be logged in",
        &[Not(Oidc)],
    ),
    Rule::points(
        55,
        "auth-variable-unset",
        "failed to replace env in config",
        &[],
    ),
    Rule::points(
        90,
        "auth-variable-unset",
        "environment variable not found",
        &[],
    ),
    // 401.
    Rule::points(46, "auth-rejected", "", &[Status(401)]),
    Rule::points(42, "auth-missing", "", &[Status(401)]),
    Rule::points(40, "auth-elsewhere", "", &[Status(401)]),
    Rule::points(38, "auth-variable-unset", "", &[Status(401)]),
    Rule::points(28, "auth-malformed", "", &[Status(401)]),
    Rule::points(
        20,
        "auth-elsewhere",
        "unable to authenticate, need: basic",
        &[],
    ),
    Rule::points(
        16,
        "auth-missing",
        "unable to authenticate, need: basic",
        &[],
    ),
    Rule::points(
        16,
        "auth-variable-unset",
        "user cannot be authenticated with the token provided",
        &[Put],
    ),
    Rule::points(
        20,
        "auth-missing",
        "user cannot be authenticated with the token provided",
        &[Get],
    ),
    Rule::points(
        20,
        "auth-rejected",
        "your authentication token seems to be invalid",
        &[],
    ),
    Rule::points(16, "auth-rejected", "incorrect or missing password", &[]),
    Rule::points(20, "auth-malformed", "incorrect or missing password", &[]),
    Rule::points(45, "auth-read-only", "", &[Status(401), On(Gitea)]),
    Rule::points(
        20,
        "auth-missing",
        "authorization required to publish",
        &[On(Verdaccio)],
    ),
    Rule::points(20, "auth-malformed", "", &[Status(401), On(Nexus)]),
    Rule::points(70, "auth-rejected", "invalid npm token", &[]),
    Rule::points(65, "auth-rejected", "", &[Code("EINVALIDNPMTOKEN")]),
    Rule::points(30, "auth-variable-unset", "", &[Code("EINVALIDNPMTOKEN")]),
    Rule::points(28, "auth-otp-impossible", "", &[Code("EINVALIDNPMTOKEN")]),
    Rule::points(26, "npm-outdated", "", &[Code("EINVALIDNPMTOKEN")]),
    Rule::points(24, "auth-elsewhere", "", &[Code("EINVALIDNPMTOKEN")]),
    Rule::points(60, "auth-rejected", "invalid authentication", &[]),
    Rule::points(40, "auth-elsewhere", "invalid authentication", &[]),
    Rule::points(30, "auth-missing", "invalid authentication", &[]),
    Rule::points(
        60,
        "auth-rejected",
        "authentication error. use npm whoami",
        &[],
    ),
    Rule::points(
        50,
        "auth-missing",
        "authentication error. use npm whoami",
        &[],
    ),
    Rule::points(45, "auth-rejected", "", &[Code("EWHOAMI")]),
    Rule::points(48, "auth-missing", "", &[Code("EWHOAMI")]),
    Rule::points(70, "auth-rejected", "token expired", &[]),
    Rule::points(60, "auth-rejected", "invalid token", &[Not(Oidc)]),
    Rule::points(60, "auth-rejected", "bad credentials", &[]),
    Rule::sure("auth-unscoped", "invalid auth configuration found", &[]),
    Rule::points(90, "auth-unscoped", "", &[Code("ERR_INVALID_AUTH")]),
    Rule::points(
        75,
        "auth-placeholder",
        "",
        &[Is(Placeholder), Not(Oidc), Status(404)],
    ),
    Rule::points(
        75,
        "auth-placeholder",
        "",
        &[Is(Placeholder), Not(Oidc), Status(401)],
    ),
    Rule::points(
        50,
        "auth-placeholder",
        "",
        &[Is(Placeholder), Code("ENEEDAUTH")],
    ),
    // What the account or the token may not do.
    Rule::sure("auth-email-unverified", "must verify your email", &[]),
    Rule::points(80, "auth-email-unverified", "email * not verified", &[]),
    Rule::sure(
        "auth-two-factor-token",
        "two-factor authentication or granular access token",
        &[],
    ),
    Rule::points(
        85,
        "auth-two-factor-token",
        "two-factor authentication * is required",
        &[],
    ),
    Rule::points(80, "auth-two-factor-token", "bypass 2fa", &[]),
    Rule::points(60, "auth-two-factor-token", "please enable 2fa", &[]),
    Rule::points(
        72,
        "auth-read-only",
        "may not perform that action with these credentials",
        &[],
    ),
    Rule::points(
        45,
        "auth-package-not-covered",
        "may not perform that action with these credentials",
        &[],
    ),
    Rule::points(
        40,
        "auth-two-factor-token",
        "may not perform that action with these credentials",
        &[],
    ),
    Rule::points(
        30,
        "auth-rejected",
        "may not perform that action with these credentials",
        &[],
    ),
    Rule::sure("auth-read-only", "read-only token", &[]),
    Rule::sure(
        "auth-address-not-allowed",
        "login is not allowed from your ip",
        &[],
    ),
    Rule::sure("auth-address-not-allowed", "", &[Code("EAUTHIP")]),
    Rule::sure("auth-bypass-retiring", "E_STAGE_REQUIRED", &[]),
    // One-time passwords. In CI nobody can type one.
    Rule::points(70, "auth-otp-impossible", "", &[Code("EOTP")]),
    Rule::points(55, "auth-otp-expected", "", &[Code("EOTP")]),
    Rule::points(30, "auth-two-factor-token", "", &[Code("EOTP")]),
    Rule::points(70, "auth-otp-impossible", "one-time pass", &[]),
    Rule::points(50, "auth-otp-expected", "one-time pass", &[]),
    Rule::points(90, "auth-otp-impossible", "OTP_NON_INTERACTIVE", &[]),
    Rule::points(90, "auth-otp-impossible", "EINVALIDNPMAUTH", &[]),
    Rule::points(40, "auth-elsewhere", "", &[Status(403), On(Google), Bare]),
    Rule::points(
        35,
        "auth-missing",
        "the caller does not have permission",
        &[On(Google)],
    ),
    Rule::points(
        30,
        "auth-elsewhere",
        "the caller does not have permission",
        &[On(Google)],
    ),
    Rule::points(
        25,
        "auth-read-only",
        "",
        &[Status(403), On(Npmjs), Put, Bare],
    ),
    Rule::points(25, "auth-elsewhere", "", &[Status(404), On(GitHub), Put]),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "auth-missing",
        "npm has no credential for {registry}: it looks under exactly the key {key}_authToken, and nothing stands there",
        &["npm login --registry {registry}, or write {key}_authToken=${NPM_TOKEN} into ~/.npmrc", "in GitHub Actions: actions/setup-node with registry-url, and NODE_AUTH_TOKEN in env of the publishing step"],
    )
    .asks("which registry, and which credential does npm find?", "safe-publish config"),
    Remedy::new(
        "auth-missing",
        "GitHub Packages wants a token for everything, reading included, and none was sent",
        &["//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN} in .npmrc, with GITHUB_TOKEN or a classic token in the environment"],
    )
    .on(GitHub)
    .asks("which registry, and which credential does npm find?", "safe-publish config"),
    Remedy::new(
        "auth-missing",
        "Artifact Registry got no credential, or one that has run out (they last an hour)",
        &["gcloud auth application-default login, then npx google-artifactregistry-auth"],
    )
    .on(Google),
    Remedy::new(
        "auth-elsewhere",
        "there may be a credential, but for another host, path or slash than {registry}; npm does not send it there",
        &["compare the key of your token with {key}_authToken", "or publish where the token belongs: check registry, @scope:registry and publishConfig.registry", "on an install: where \"resolved\" in the lock file names a host that is not yours, delete that file and install again"],
    )
    .asks("for which addresses are there credentials?", "safe-publish config"),
    Remedy::new(
        "auth-elsewhere",
        "it was GitHub Packages that answered; the token may be for npmjs, or the package meant for npmjs",
        &["if it should go to npmjs: take the @scope:registry or publishConfig.registry line for npm.pkg.github.com away", "else put a GitHub token under //npm.pkg.github.com/:_authToken"],
    )
    .on(GitHub)
    .asks("which setting chose the registry?", "safe-publish config"),
    Remedy::new(
        "auth-npmrc-not-read",
        "the credential may stand in an .npmrc that npm does not read: it reads the one beside package.json and ~/.npmrc, no parent folder's and no workspace member's",
        &["move it to ~/.npmrc, or name the file: NPM_CONFIG_USERCONFIG=path"],
    )
    .asks("which files does npm read?", "npm config ls -l | grep npmrc; safe-publish config"),
    Remedy::new(
        "auth-variable-unset",
        "the variable that the token is read from may be unset or empty in this job",
        &["check the secret's name; secrets do not reach pull requests from forks, other environments, or repositories the organisation did not share them with", "NODE_AUTH_TOKEN belongs into env of the very step that publishes"],
    )
    .asks("is the variable set, and how long is it?", "echo ${#NODE_AUTH_TOKEN}"),
    Remedy::new(
        "auth-placeholder",
        "actions/setup-node's placeholder XXXXX-XXXXX-XXXXX-XXXXX was sent as the token: nobody set NODE_AUTH_TOKEN",
        &["set NODE_AUTH_TOKEN in env of the publishing step, or drop registry-url where trusted publishing serves"],
    ),
    Remedy::new(
        "auth-unscoped",
        "a credential stands in .npmrc without its registry, which npm 9 and later refuse",
        &["npm config fix", "or write it as {key}_authToken=…"],
    ),
    Remedy::new(
        "auth-malformed",
        "the credential may be damaged: quotes, a newline, a missing colon inside the base64",
        &["build it anew: printf '%s' 'user:password' | base64 -w0 (no newline)", "a token stands without quotes and spaces"],
    )
    .asks("does the registry know you?", "npm whoami --registry {registry}"),
    Remedy::new(
        "auth-rejected",
        "{host} does not accept the token: expired, revoked or not its own",
        &["make a new token (npmjs: granular, read and write, at most 90 days; classic ones were revoked in December 2025), or use trusted publishing", "npm login --registry {registry}"],
    )
    .asks("does the registry accept the token?", "npm whoami --registry {registry}"),
    Remedy::new(
        "auth-rejected",
        "{host} does not accept the token: expired, revoked or not its own; on a publish npmjs says 404 for that",
        &["make a new token (npmjs: granular, read and write, at most 90 days; classic ones were revoked in December 2025), or use trusted publishing", "npm login --registry {registry}"],
    )
    .on(Npmjs)
    .asks("does the registry accept the token?", "npm whoami --registry {registry}"),
    Remedy::new(
        "auth-read-only",
        "the token may read only",
        &["make a granular token with \"Read and write\" for {package}"],
    )
    .asks("what may the token do?", "npm token list"),
    Remedy::new(
        "auth-package-not-covered",
        "the token is accepted, but was made for other packages or scopes",
        &["add {package} or its whole scope to the token; a package that does not exist yet needs \"All packages\" or the scope"],
    )
    .asks("do other packages publish with this token?", "npm whoami; npm access list packages"),
    Remedy::new(
        "auth-address-not-allowed",
        "the token is limited to certain addresses (CIDR), and this machine's is none of them",
        &["publish from an allowed network, or make a token without the limit"],
    )
    .asks("does the token carry a CIDR list?", "npm token list"),
    Remedy::new(
        "auth-email-unverified",
        "the account's e-mail address is not verified, and npm takes no new package from it",
        &["follow the link in npm's mail, or send it again: https://www.npmjs.com/email-edit"],
    )
    .asks("is the address verified?", "npm profile get"),
    Remedy::new(
        "auth-otp-impossible",
        "the account wants a one-time password for every publish, and here nobody can type one",
        &["use trusted publishing, or a granular token with \"bypass 2FA\"", "by hand: npm publish --otp=123456 in a terminal"],
    ),
    Remedy::new(
        "auth-otp-expected",
        "the account wants a one-time password; npm asks for it only when input and output are a terminal",
        &["npm publish --otp=123456, with a fresh code; a wrong or late one gives the same error"],
    ),
    Remedy::new(
        "auth-two-factor-token",
        "the account or the package takes publishes only with two-factor authentication, or with a token that may bypass it",
        &["make a granular token with \"bypass 2FA\" ticked, or use trusted publishing", "the package's own setting: https://www.npmjs.com/package/{package}/access"],
    ),
    Remedy::new(
        "auth-bypass-retiring",
        "tokens that bypass two-factor authentication can no longer publish directly; they can stage",
        &["use trusted publishing, or npm stage publish and approve it"],
    ),
];
