//! Between here and the registry, and the registry's own bad days.

use super::super::rule::Rule;
use super::super::rule::When::{Bare, Code, Get, Is, Not, NotOn, OldNpm, On, Put, Status};
use super::super::signs::Sign::{Page, Trouble};
use super::Remedy;
use crate::registry::kind::RegistryKind::{GitLab, Npmjs};

pub(super) const RULES: &[Rule] = &[
    Rule::sure("registry-outage", "internal.npmjs.com", &[]),
    Rule::points(
        20,
        "registry-outage",
        "publish fail cannot publish over existing version",
        &[OldNpm, On(Npmjs)],
    ),
    Rule::points(62, "registry-outage", "", &[Status(500)]),
    Rule::points(70, "registry-outage", "", &[Status(502)]),
    Rule::points(66, "registry-outage", "", &[Status(503)]),
    Rule::points(66, "registry-outage", "", &[Status(504)]),
    Rule::points(60, "registry-outage", "", &[Status(520)]),
    Rule::points(60, "registry-outage", "", &[Status(522)]),
    Rule::points(60, "registry-outage", "", &[Status(524)]),
    Rule::points(40, "registry-outage", "backend write error", &[]),
    Rule::points(
        60,
        "registry-outage",
        "failed to publish package: internal",
        &[],
    ),
    Rule::points(60, "registry-outage", "service unavailable", &[]),
    Rule::points(60, "registry-outage", "bad gateway", &[]),
    Rule::points(
        30,
        "publish-already-accepted",
        "",
        &[Status(500), Put, On(Npmjs)],
    ),
    Rule::points(36, "publish-already-accepted", "", &[Status(502), Put]),
    Rule::points(40, "publish-already-accepted", "", &[Status(503), Put]),
    Rule::points(45, "publish-already-accepted", "", &[Status(504), Put]),
    Rule::points(40, "publish-already-accepted", "first byte timeout", &[Put]),
    Rule::points(
        20,
        "registry-rate-limited",
        "",
        &[Status(503), Put, On(Npmjs)],
    ),
    Rule::points(
        20,
        "registry-uplink-down",
        "",
        &[Status(503), NotOn(Npmjs), Put],
    ),
    // Timeouts and cut connections.
    Rule::points(65, "network-timeout", "ETIMEDOUT", &[]),
    Rule::points(65, "network-timeout", "network timeout", &[]),
    Rule::points(65, "network-timeout", "ERR_SOCKET_TIMEOUT", &[]),
    Rule::points(60, "network-timeout", "ESOCKETTIMEDOUT", &[]),
    Rule::points(55, "network-timeout", "timeout of * exceeded", &[]),
    Rule::points(55, "network-timeout", "idle timeout", &[]),
    Rule::points(52, "network-timeout", "ECONNRESET", &[]),
    Rule::points(50, "network-timeout", "socket hang up", &[]),
    Rule::points(45, "network-timeout", "EPIPE", &[]),
    Rule::points(
        52,
        "network-timeout",
        "invalid response body while trying to fetch",
        &[],
    ),
    Rule::points(
        45,
        "registry-outage",
        "invalid response body while trying to fetch",
        &[],
    ),
    Rule::points(50, "registry-outage", "ECONNRESET", &[]),
    Rule::points(34, "registry-proxy", "ECONNRESET", &[]),
    Rule::points(30, "registry-proxy", "ETIMEDOUT", &[]),
    Rule::points(30, "registry-outage", "ETIMEDOUT", &[]),
    Rule::points(28, "registry-outage", "network timeout", &[]),
    Rule::points(
        30,
        "publish-already-accepted",
        "",
        &[Is(Trouble), Put, Not(Page)],
    ),
    // Names that do not resolve.
    Rule::points(62, "network-dns", "getaddrinfo", &[]),
    Rule::points(40, "network-dns", "ENOTFOUND", &[]),
    Rule::points(40, "network-dns", "EAI_AGAIN", &[]),
    Rule::points(40, "network-dns", "EAI_FAIL", &[]),
    Rule::points(30, "registry-proxy", "ENOTFOUND", &[]),
    Rule::points(25, "registry-url-invalid", "ENOTFOUND", &[]),
    Rule::points(80, "registry-proxy", "ENOTFOUND http ", &[]),
    Rule::points(80, "registry-proxy", "getaddrinfo * http:", &[]),
    Rule::points(80, "registry-proxy", "ENOTFOUND proxy", &[]),
    Rule::points(
        80,
        "registry-proxy",
        "tunneling socket could not be established",
        &[],
    ),
    Rule::points(70, "registry-proxy", "proxy authentication required", &[]),
    Rule::points(70, "registry-proxy", "", &[Status(407)]),
    Rule::points(60, "registry-proxy", "ERR_INVALID_PROXY", &[]),
    Rule::points(60, "registry-proxy", "invalid protocol * proxy", &[]),
    Rule::points(60, "registry-unreachable", "ECONNREFUSED", &[]),
    Rule::points(45, "registry-proxy", "ECONNREFUSED", &[]),
    Rule::points(60, "registry-unreachable", "EHOSTUNREACH", &[]),
    Rule::points(60, "registry-unreachable", "ENETUNREACH", &[]),
    // Certificates.
    Rule::sure(
        "registry-untrusted-certificate",
        "SELF_SIGNED_CERT_IN_CHAIN",
        &[],
    ),
    Rule::sure(
        "registry-untrusted-certificate",
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        &[],
    ),
    Rule::sure(
        "registry-untrusted-certificate",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        &[],
    ),
    Rule::sure(
        "registry-untrusted-certificate",
        "UNABLE_TO_GET_ISSUER_CERT",
        &[],
    ),
    Rule::sure("registry-untrusted-certificate", "CERT_HAS_EXPIRED", &[]),
    Rule::sure(
        "registry-untrusted-certificate",
        "ERR_TLS_CERT_ALTNAME_INVALID",
        &[],
    ),
    Rule::sure(
        "registry-untrusted-certificate",
        "unable to get local issuer certificate",
        &[],
    ),
    Rule::sure(
        "registry-untrusted-certificate",
        "unable to verify the first certificate",
        &[],
    ),
    Rule::points(
        90,
        "registry-untrusted-certificate",
        "self signed certificate",
        &[],
    ),
    Rule::points(
        90,
        "registry-untrusted-certificate",
        "self-signed certificate",
        &[],
    ),
    Rule::points(
        80,
        "registry-untrusted-certificate",
        "certificate has expired",
        &[],
    ),
    Rule::points(60, "registry-proxy", "ERR_SSL_WRONG_VERSION_NUMBER", &[]),
    Rule::points(60, "registry-proxy", "wrong version number", &[]),
    // A page where JSON should be.
    Rule::points(58, "registry-proxy", "unexpected token <", &[]),
    Rule::points(45, "registry-outage", "unexpected token <", &[]),
    Rule::points(45, "registry-outage", "registry error parsing json", &[]),
    Rule::points(40, "registry-proxy", "registry error parsing json", &[]),
    Rule::points(40, "registry-proxy", "<!doctype html", &[]),
    Rule::points(80, "registry-proxy", "access to this site is blocked", &[]),
    Rule::points(70, "registry-proxy", "web filter", &[]),
    Rule::points(70, "registry-proxy", "websense", &[]),
    Rule::points(70, "registry-proxy", "zscaler", &[]),
    Rule::points(70, "registry-proxy", "fortigate", &[]),
    Rule::points(20, "network-address-blocked", "unexpected token <", &[Get]),
    // Addresses that the registry's edge keeps out.
    Rule::points(
        110,
        "network-address-blocked",
        "used cloudflare to restrict access",
        &[],
    ),
    Rule::points(
        90,
        "network-address-blocked",
        "attention required * cloudflare",
        &[],
    ),
    Rule::points(90, "network-address-blocked", "cloudflare ray id", &[]),
    Rule::points(70, "network-address-blocked", "error 1020", &[]),
    Rule::points(60, "network-address-blocked", "access denied", &[Is(Page)]),
    Rule::points(60, "network-address-blocked", "your ip * blocked", &[]),
    Rule::points(
        60,
        "network-address-blocked",
        "",
        &[Status(403), On(Npmjs), Get, Bare],
    ),
    Rule::points(
        46,
        "registry-proxy",
        "",
        &[Status(403), On(Npmjs), Get, Bare],
    ),
    Rule::points(
        30,
        "registry-policy-block",
        "",
        &[Status(403), On(Npmjs), Get, Bare],
    ),
    Rule::points(
        25,
        "registry-rate-limited",
        "",
        &[Status(403), On(Npmjs), Get, Bare],
    ),
    Rule::points(
        55,
        "registry-proxy",
        "",
        &[Status(403), On(Npmjs), Get, Is(Page)],
    ),
    Rule::points(
        30,
        "network-address-blocked",
        "",
        &[Status(403), On(GitLab), Get, Is(Page)],
    ),
    Rule::points(40, "registry-outage", "", &[Code("EMAXREDIRECT")]),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "registry-outage",
        "{host} itself failed; it is not your fault",
        &["look first whether it is there: npm view {spec}; then run again later", "https://status.npmjs.org tells of known trouble at npmjs"],
    )
    .asks("does the registry work at all?", "npm ping --registry {registry}"),
    Remedy::new(
        "registry-unreachable",
        "nobody listens at {registry}",
        &["check the address and the port, and whether the registry runs"],
    )
    .asks("does it answer?", "npm ping --registry {registry}"),
    Remedy::new(
        "registry-proxy",
        "something between here and the registry answered or cut the connection: a proxy, a gateway, a web filter, or a badly written proxy setting",
        &["npm config get proxy https-proxy noproxy, and HTTP_PROXY, HTTPS_PROXY, NO_PROXY: whole addresses with http://, no .pac file", "behind a reverse proxy of your own: it must not decode %2f in scoped names (nginx: proxy_pass without a path; Apache: AllowEncodedSlashes, nocanon)"],
    )
    .asks("who answers?", "curl -sI {registry}-/ping"),
    Remedy::new(
        "registry-untrusted-certificate",
        "the certificate of {host} is not signed by anybody this machine trusts",
        &["npm config set cafile /path/company-ca.pem, or NODE_EXTRA_CA_CERTS=/path/company-ca.pem", "\"unable to verify the first certificate\": the server must send its intermediate certificates", "do not switch strict-ssl off: it would send your token to anybody"],
    ),
    Remedy::new(
        "network-timeout",
        "the connection took too long or was cut",
        &["look first whether it got through: npm view {spec}; then try again, on another network if you can", "a large package on a slow line: --fetch-timeout=600000"],
    )
    .asks("did it get through?", "npm view {spec} dist.shasum"),
    Remedy::new(
        "network-dns",
        "the registry's name does not resolve here",
        &["check the name in the registry setting, the DNS of this machine or container, and VPN"],
    )
    .asks("does the name resolve?", "nslookup {hostname}"),
    Remedy::new(
        "network-address-blocked",
        "the registry's edge refuses this machine's address, whatever the package: shared CI runners, VPNs and cloud addresses meet that",
        &["try from another network or runner", "npm's support lifts it: give them the address and the page's Ray ID"],
    )
    .asks("does any package come through?", "npm view lodash version"),
];
