//! Causes in the network and in npm itself, and the text for failures that fit no cause.

super::causes! {
    /// The publish may still have succeeded.
    ///
    /// npm says: `ETIMEDOUT`, `ECONNRESET`, `socket hang up`, `network timeout`.
    id: "network-timeout",
    summary: "the connection took too long or was cut",
    remedy: {
        look "try again, on another network if you can";
        help "a large package on a slow line" => NpmPublish "--fetch-timeout=600000";
        asks_presence "did it get through?" => View "{spec} dist.shasum";
    },

    /// A typo, a container without DNS, or a name that only the VPN knows.
    ///
    /// npm says: `ENOTFOUND` or `EAI_AGAIN`, `getaddrinfo`.
    id: "network-dns",
    summary: "the registry's name does not resolve",
    remedy: {
        why "the registry's name does not resolve here";
        help "check the name in the registry setting, then the DNS of this machine or container, and the VPN";
        asks "does the name resolve?" => "nslookup {hostname}";
    },

    /// Cloudflare refuses this address for every package, even without a token. It happens to
    /// shared CI runners, VPNs and cloud addresses.
    ///
    /// npm says: `E403` or `E429` on a GET, or a page `Access denied`.
    id: "network-address-blocked",
    summary: "the registry's firewall refuses this IP address",
    remedy: {
        why "the registry's firewall refuses this machine's IP address, whatever the package; \
            this happens to shared CI runners, VPNs and cloud addresses";
        help "try from another network or runner";
        help "npm's support can lift the block: give them the address and the page's Ray ID";
        asks "can any package be read?" => View "lodash version";
    },

    /// npm crashes, or is one of the versions that lose credentials on publish: 5.x, 7.3 to
    /// 7.19, early 8.
    ///
    /// npm says: `cb() never called!`, `Exit handler never called!`, `ENEEDAUTH` although a
    /// token is stored under the right key.
    id: "npm-bug",
    summary: "a bug in npm itself",
    remedy: {
        why "npm itself failed here; versions with known bugs in publishing are 5.x, 7.3 to 7.19 \
            and early 8";
        help "publish again with another version of npm" => Install "-g npm@latest";
        asks "which npm is it?" => "npm --version";
    },

    /// Tools install their own npm in node_modules, where it stays for years. It supports
    /// neither today's tokens nor trusted publishing.
    ///
    /// npm says: `You must be logged in`, `EINVALIDNPMTOKEN`, `Upgrade your client to
    /// npm@latest`.
    id: "npm-outdated",
    summary: "an outdated npm is used",
    remedy: {
        why "an old npm is used, perhaps one that a tool installed in node_modules";
        help "if `npm ls npm` shows one, update that tool or the lock file";
        help "or update npm itself" => Install "-g npm@latest";
        asks "which npm is it?" => "npm --version", "npm ls npm";
    },

    /// The text fits no known cause, and a guess would not help. The raw line is shown.
    ///
    /// npm says: something that safe-publish does not know yet.
    id: "unknown",
    summary: "no known cause fits",
    remedy: {
        why "no known cause fits this message";
        help "npm can report more" => NpmPublish "--loglevel verbose";
        help "safe-publish check examines everything that can be asked in advance";
    },
}
