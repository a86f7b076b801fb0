//! What is said about the network, the registry's health and npm itself.

super::remedies! {
    "registry-outage": "{host} itself failed; it is not your fault";
        look "run again later";
        help "https://status.npmjs.org tells of known trouble at npmjs";
        asks "does the registry work at all?" => "npm ping --registry {registry}";
    "registry-unreachable": "nobody listens at {registry}";
        help "check the address and the port, and whether the registry runs";
        asks "does it answer?" => "npm ping --registry {registry}";
    "registry-proxy": "something between here and the registry answered or cut the connection: a proxy, a gateway, a web filter, or a badly written proxy setting";
        help "npm config get proxy https-proxy noproxy, and HTTP_PROXY, HTTPS_PROXY, NO_PROXY: whole addresses with http://, no .pac file";
        help "behind a reverse proxy of your own: it must not decode %2f in scoped names (nginx: proxy_pass without a path; Apache: AllowEncodedSlashes, nocanon)";
        asks "who answers?" => "curl -sI {registry}-/ping";
    "registry-untrusted-certificate": "the certificate of {host} is not signed by anybody this machine trusts";
        help "npm config set cafile /path/company-ca.pem, or NODE_EXTRA_CA_CERTS=/path/company-ca.pem";
        help "\"unable to verify the first certificate\": the server must send its intermediate certificates";
        help "do not switch strict-ssl off: it would send your token to anybody";
    "network-timeout": "the connection took too long or was cut";
        look "try again, on another network if you can";
        help "a large package on a slow line: --fetch-timeout=600000";
        asks_presence "did it get through?" => "npm view {spec} dist.shasum";
    "network-dns": "the registry's name does not resolve here";
        help "check the name in the registry setting, the DNS of this machine or container, and VPN";
        asks "does the name resolve?" => "nslookup {hostname}";
    "network-address-blocked": "the registry's edge refuses this machine's address, whatever the package: shared CI runners, VPNs and cloud addresses meet that";
        help "try from another network or runner";
        help "npm's support lifts it: give them the address and the page's Ray ID";
        asks "does any package come through?" => "npm view lodash version";
    "npm-bug": "npm itself stumbled here; versions with known faults in publishing are 5.x, 7.3 to 7.19 and early 8";
        help "npm install -g npm@latest, then publish again";
        asks "which npm is it?" => "npm --version";
    "npm-outdated": "an old npm is at work, perhaps one in node_modules that a tool brought along";
        help "npm ls npm; refresh the lock file or the tool";
        help "npm install -g npm@latest";
        asks "which npm is it?" => "npm --version; npm ls npm";
    "unknown": "nothing known fits; npm said: {text}";
        help "npm publish --loglevel verbose says more; safe-publish check looks at everything that can be asked beforehand";
}
