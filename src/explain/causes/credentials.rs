//! Causes that concern credentials.

super::causes! {
    /// The package's setting cannot be read in advance. A package can also refuse all tokens
    /// and accept only trusted publishing or a one-time password.
    ///
    /// npm says: `E403 Two-factor authentication or granular access token with bypass 2fa
    /// enabled is required to publish packages.`
    id: "auth-two-factor-token",
    summary: "the account or the package requires two-factor authentication, or a token that \
        bypasses it",
    remedy: {
        why "the account or the package accepts a publish only with two-factor authentication, \
            or with a token that bypasses it";
        help "use trusted publishing, or tick \"bypass 2FA\" on a new granular token";
        help "or publish in a terminal, with a one-time password";
        help "the package's own setting: https://www.npmjs.com/package/{package}/access";
    },

    /// The code was mistyped, expired (codes last 30 seconds) or was already used; a long build
    /// between the command and the upload is enough. npm shows the same message as without a
    /// code.
    ///
    /// npm says: `EOTP This operation requires a one-time password from your authenticator.`,
    /// yarn: `Invalid OTP token`, pnpm: `ERR_PNPM_OTP_SECOND_CHALLENGE`.
    id: "auth-otp-rejected",
    summary: "a one-time password was given but not accepted",
    remedy: {
        why "a one-time password was given but not accepted: it was mistyped, already used, or \
            expired (a code lasts 30 seconds)";
        help "run it again with a fresh code, just before the upload" => Publish "--otp=123456";
        help "for several packages, let npm ask, or use trusted publishing or a token that bypasses two-factor authentication";
    },

    /// The client exchanges the identity token. bun and yarn 1 cannot; lerna can since 9,
    /// semantic-release since 25, pnpm since 11; np, changesets and pnpm up to 10 start npm,
    /// which can since 11.5.1.
    ///
    /// npm says: `E404 Not found` on the PUT, `ENEEDAUTH`, `ENONPMTOKEN No npm token
    /// specified`.
    id: "oidc-tool-too-old",
    summary: "the tool that publishes does not support trusted publishing",
    remedy: {
        why "{tool} does not support trusted publishing; npm 11.5.1, pnpm 11, yarn 4, lerna 9 \
            and semantic-release 25, and later versions, do";
        help "update the tool";
        help "or pack with it, and publish the tarball with npm: npm publish FILE.tgz";
        help "or use a token";
        asks "which version is it?" => "npm --version", "npm ls lerna semantic-release";
    },
}
