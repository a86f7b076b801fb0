//! Failures of the network, of the registry itself, and of npm.

use super::prelude::*;

super::rules! {
    when Noticed(Accepted), AnyScript => Likely "publish-already-accepted";
    // The registry's own faults.
    says "internal.npmjs.com" => Certain "registry-outage";
    says "pound_internal_server_error" | "backend write error"
        | "failed to publish package: internal" | "first byte timeout"
        | "trouble with the npm registry (returned 5" | "the registry may be down"
        => Likely "registry-outage";
    says "first byte timeout" when Put => Possible "publish-already-accepted";
    when OneOf(&[407, 511]) => Likely "registry-proxy";
    when OneOf(&[509, 529]) => Likely "registry-rate-limited";
    when ServerError => Likely "registry-outage";
    when Code("EMAXREDIRECT") => Likely "registry-outage";
    when ServerError, Put => Possible "publish-already-accepted" "registry-proxy";
    when Status(503), Put, On(Npmjs) => Possible "registry-rate-limited";
    when Status(503), On(Verdaccio), Put => Possible "registry-uplink-down";
    // A proxy.
    says "tunneling socket" | "proxy authentication required" | "EINVALIDPROXY"
        | "ERR_PNPM_INVALID_PROXY" | "couldn't parse proxy url" | "proxy rejected connection"
        | "proxy connection ended" | "protocol https: not supported" | "parse error: expected http/"
        | "HPE_" => Likely "registry-proxy";
    says "connect ECONNREFUSED" | "connect ETIMEDOUT" | "connect EHOSTUNREACH"
        | "connect ENETUNREACH" when ConnectedElsewhere => Likely "registry-proxy";
    // Timeouts and cut connections.
    says "ETIMEDOUT" => Likely "network-timeout", Possible "registry-proxy" "registry-outage";
    says "network timeout" => Likely "network-timeout", Possible "registry-outage";
    says "ERR_SOCKET_TIMEOUT" => Likely "network-timeout";
    says "ECONNECTIONTIMEOUT" | "EIDLETIMEOUT" | "ERESPONSETIMEOUT" | "ETRANSFERTIMEOUT"
        | "ESOCKETTIMEDOUT" | "UND_ERR_HEADERS_TIMEOUT" | "UND_ERR_BODY_TIMEOUT"
        | "UND_ERR_CONNECT_TIMEOUT" | "timeout of * exceeded" | "timeout awaiting"
        | "trouble with your network connection" | "socket hang up" | "network aborted"
        | "premature close" | "EPIPE" | "ECONNABORTED" | "UND_ERR_SOCKET"
        => Likely "network-timeout";
    says "timed out after" when Put => Likely "network-timeout";
    says "ECONNRESET" => Likely "network-timeout", Possible "registry-proxy" "registry-outage";
    says "unexpected end of file" when NpmSpoke => Likely "network-timeout";
    says "publish * timeout" | "connectionclosed" when By(Bun) => Likely "network-timeout";
    says "ECONNRESET" | "socket hang up" | "ETIMEDOUT" | "network timeout" when Put
        => Possible "publish-already-accepted";
    // pnpm 12 says no more of a request that was not answered.
    says "error sending request for url" => Likely "registry-unreachable", Possible "network-dns"
        "network-timeout" "registry-untrusted-certificate" "registry-proxy";
    says "reach registry" | "reach npm registry" => Possible "registry-unreachable";
    says "connection to npm registry failed" => Likely "registry-unreachable";
    // Names and ports.
    says "ENOTFOUND http" | "getaddrinfo ENOTFOUND proxy" => Likely "registry-proxy";
    says "ENOTFOUND" => Likely "network-dns", Possible "registry-proxy" "registry-unreachable";
    says "EAI_AGAIN" | "EAI_FAIL" | "getaddrinfo" => Likely "network-dns";
    says "ECONNREFUSED" => Likely "registry-unreachable", Possible "registry-proxy";
    says "connect EACCES" | "connect EINVAL" | "EHOSTUNREACH" | "ENETUNREACH" | "ENETDOWN"
        | "EHOSTDOWN" | "EADDRNOTAVAIL" => Likely "registry-unreachable";
    says "connectionrefused" | "failedtoopensocket" when By(Bun) => Likely "registry-unreachable";
    when Code("ERR_PNPM_META_FETCH_FAIL") => Likely "registry-unreachable", Possible "network-dns"
        "network-timeout";
    // yarn's code of a refusal, without the answer.
    says "remote server failed to provide" when NoStatus => Possible "auth-rejected" "version-taken"
        "registry-permission";
    // Certificates.
    says "SELF_SIGNED_CERT_IN_CHAIN" | "DEPTH_ZERO_SELF_SIGNED_CERT" | "UNABLE_TO_GET_ISSUER_CERT"
        | "UNABLE_TO_VERIFY_LEAF_SIGNATURE" | "CERT_HAS_EXPIRED"
        => Certain "registry-untrusted-certificate";
    says "CERT_" | "unable to get local issuer certificate"
        | "unable to verify the first certificate" | "self signed certificate"
        | "self-signed certificate" | "certificate has expired" | "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"
        | "alert unknown ca" => Likely "registry-untrusted-certificate";
    // Something else answered.
    says "must use tls 1.2" | "alert protocol version" => Likely "npm-outdated";
    says "alert handshake failure" | "ERR_SSL_WRONG_VERSION_NUMBER" | "wrong version number"
        | "access to this site is blocked" | "web filter" | "websense" | "zscaler" | "fortigate"
        | "fortiguard" | "netskope" | "page blocked" | "transfer blocked" | "company policy"
        | "control violation" | "site blocked" | "web gateway" | "forcepoint" | "policy_denied"
        | "administrative rules" | "requested url could not be retrieved" | "cache access denied"
        | "web protection"
        => Likely "registry-proxy";
    when Code("EPROTO") => Likely "registry-proxy", Possible "registry-untrusted-certificate";
    says "used cloudflare to restrict access" | "attention required * cloudflare"
        | "cloudflare ray id" | "error 1020" | "incapsula" | "just a moment..."
        | "block access from your country" => Likely "network-address-blocked";
    says "access denied" | "request blocked" when Noticed(Page) => Likely "network-address-blocked";
    says "unexpected token <" when NoStatus => Likely "registry-proxy", Possible "registry-outage";
    says "unexpected token <" when Get, NoStatus => Possible "network-address-blocked";
    says "registry error parsing json" when NoStatus => Possible "registry-outage" "registry-proxy";
    says "invalid json response body" => Likely "registry-proxy", Possible "registry-outage";
    when Status(403), On(GitLab), Get, Noticed(Page) => Possible "network-address-blocked";
    // A tool that fails to read npm's answer hides the reason.
    says "cannot read properties of undefined (reading 'summary')"
        | "unexpected went wrong when checking for existing dist-tags" => Likely "unknown";
    // npm itself.
    says "cb() never called" | "exit handler never called" | "this is an error with npm itself"
        | "cannot find module * node_modules/npm/" => Likely "npm-bug";
    when Code("ERR_INVALID_ARG_TYPE") => Likely "npm-bug";
    says "npm v* does not support node.js" | "npm v* is known not to run on node.js"
        => Likely "npm-outdated";
    // npm was to be updated, and Node is too old for it.
    says "not compatible with your version of node/npm: npm@" => Likely "unknown";
    when Status(400), Put, Bare, ByAClient => Possible "npm-bug";
    when ServerError, Put, NotOn(Npmjs) => Possible "contents-too-large";
    when ServerError, Put, ByAClient => Possible "npm-bug";
}
