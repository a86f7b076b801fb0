//! Causes that have to do with credentials.

super::causes! {
    /// The package's setting cannot be read beforehand. A package may also refuse tokens
    /// altogether and accept trusted publishing or a one-time password only.
    ///
    /// npm says: `E403 Two-factor authentication or granular access token with bypass 2fa enabled
    /// is required to publish packages.`
    id: "auth-two-factor-token",
    summary: "the account or the package requires two-factor authentication, or a token that may bypass it",
    remedy: {
        why "the account or the package accepts publishes only with two-factor authentication, or with a token that may bypass it";
        help "use trusted publishing, or tick \"bypass 2FA\" on a new granular token";
        help "or publish in a terminal, with a one-time password";
        help "the package's own setting: https://www.npmjs.com/package/{package}/access";
    },

    /// The code was mistyped, had expired (they last 30 seconds), or was used before; a long build
    /// between the command and the upload is enough. npm shows the same words as without a code.
    ///
    /// npm says: `EOTP This operation requires a one-time password from your authenticator.`,
    /// yarn: `Invalid OTP token`, pnpm: `ERR_PNPM_OTP_SECOND_CHALLENGE`.
    id: "auth-otp-rejected",
    summary: "a one-time password was given and not accepted",
    remedy: {
        why "a one-time password was given and not accepted: mistyped, used before, or expired (a code lasts 30 seconds)";
        help "run it again with a fresh code, directly before the upload" => Publish "--otp=123456";
        help "for several packages, let npm ask, or use trusted publishing or a token that bypasses two-factor authentication";
    },

    /// The exchange of the identity token happens in the client. bun and yarn 1 have none, lerna
    /// from 9 on, semantic-release from 25 on, pnpm from 11 on; np, changesets and pnpm up to 10
    /// start npm, which needs 11.5.1.
    ///
    /// npm says: `E404 Not found` on the PUT, `ENEEDAUTH`, `ENONPMTOKEN No npm token specified`.
    id: "oidc-tool-too-old",
    summary: "the tool that publishes does not support trusted publishing",
    remedy: {
        why "{tool} does not support trusted publishing: the exchange of the identity token is made by npm 11.5.1 and later, pnpm 11, yarn 4, lerna 9 and semantic-release 25";
        help "update the tool";
        help "or pack with it, and publish the tarball with npm: npm publish FILE.tgz";
        help "or use a token";
        asks "which version is it?" => "npm --version", "npm ls lerna semantic-release";
    },
}
