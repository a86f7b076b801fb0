//! Causes of the network and of npm itself, and what is said where no cause fits.

super::causes! {
    /// A publish may have got through all the same.
    ///
    /// npm says: `ETIMEDOUT`, `ECONNRESET`, `socket hang up`, `network timeout`.
    id: "network-timeout",
    summary: "the connection took too long or was cut",
    remedy: {
        look "try again, on another network if you can";
        help "a large package on a slow line" => NpmPublish "--fetch-timeout=600000";
        asks_presence "did it get through?" => View "{spec} dist.shasum";
    },

    /// A typing error, a container without DNS, or a name that only the VPN knows.
    ///
    /// npm says: `ENOTFOUND` or `EAI_AGAIN`, `getaddrinfo`.
    id: "network-dns",
    summary: "the registry's name does not resolve",
    remedy: {
        why "the registry's name does not resolve here";
        help "check the name in the registry setting, then the DNS of this machine or container, and the VPN";
        asks "does the name resolve?" => "nslookup {hostname}";
    },

    /// Cloudflare refuses it for every package and without a token: shared CI runners, VPNs and
    /// cloud addresses meet that.
    ///
    /// npm says: `E403` or `E429` on a GET, or a page `Access denied`.
    id: "network-address-blocked",
    summary: "the registry's edge refuses this address",
    remedy: {
        why "the registry's edge refuses this machine's address, whatever the package: shared CI runners, VPNs and cloud addresses meet that";
        help "try from another network or runner";
        help "npm's support lifts it: give them the address and the page's Ray ID";
        asks "does any package come through?" => View "lodash version";
    },

    /// Crashes, and known ranges that lose credentials on publish: npm 5.x, 7.3 to 7.19, early 8.
    ///
    /// npm says: `cb() never called!`, `Exit handler never called!`, `ENEEDAUTH` although a token
    /// is there under the right key.
    id: "npm-bug",
    summary: "a fault of npm itself",
    remedy: {
        why "npm itself failed here; versions with known faults in publishing are 5.x, 7.3 to 7.19 and early 8";
        help "publish again with another npm" => Install "-g npm@latest";
        asks "which npm is it?" => "npm --version";
    },

    /// Tools bring their own npm into node_modules, where it stays for years. It knows neither
    /// today's tokens nor trusted publishing.
    ///
    /// npm says: `You must be logged in`, `EINVALIDNPMTOKEN`, `Upgrade your client to npm@latest`.
    id: "npm-outdated",
    summary: "an outdated npm is at work",
    remedy: {
        why "an old npm is at work, perhaps one in node_modules that a tool brought along";
        help "refresh the lock file or the tool, where npm ls npm shows one";
        help "or update npm itself" => Install "-g npm@latest";
        asks "which npm is it?" => "npm --version", "npm ls npm";
    },

    /// The text fits no known cause, and a guess would not help. The raw line is shown.
    ///
    /// npm says: something that is not known yet.
    id: "unknown",
    summary: "nothing known fits",
    remedy: {
        why "nothing known fits; npm said: {text}";
        help "npm can say more" => NpmPublish "--loglevel verbose";
        help "safe-publish check looks at everything that can be asked beforehand";
    },
}
