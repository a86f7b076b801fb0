//! Failures of the network, of the registry itself, and of npm.

use super::When::{
    AnyScript, At, Bare, By, ByAClient, Code, Get, Host, NoStatus, Not, NotOn, Noticed, NpmSpoke,
    On, Put, ServerError, Status,
};
use crate::explain::record::Endpoint::Signing;
use crate::explain::record::Notice::{Accepted, Page, Publish, Trouble};
use crate::explain::record::Tool::Bun;
use crate::registry::kind::RegistryKind::{GitLab, Npmjs, Verdaccio};

super::rules! {
    Likely "publish-already-accepted" when Noticed(Accepted), AnyScript;
    // The registry's own faults.
    Certain "registry-outage" says "internal.npmjs.com";
    Likely "registry-outage" says "pound_internal_server_error";
    Likely "registry-outage" says "backend write error";
    Likely "registry-outage" says "failed to publish package: internal";
    Likely "registry-outage" says "first byte timeout";
    Likely "registry-outage" says "trouble with the npm registry (returned 5";
    Likely "registry-outage" says "the registry may be down";
    Possible "publish-already-accepted" says "first byte timeout" when Put;
    Likely "registry-outage" when ServerError, Not(Trouble);
    Likely "registry-outage" when ServerError, Noticed(Trouble);
    Likely "registry-outage" when At(Signing);
    Likely "registry-outage" when Code("EMAXREDIRECT");
    Possible "publish-already-accepted" when ServerError, Put;
    Possible "registry-proxy" when ServerError, Put;
    Possible "registry-rate-limited" when Status(503), Put, On(Npmjs);
    Possible "registry-uplink-down" when Status(503), On(Verdaccio), Put;
    // A proxy.
    Likely "registry-proxy" says "tunneling socket";
    Likely "registry-proxy" says "proxy authentication required";
    Likely "registry-proxy" says "EINVALIDPROXY";
    Likely "registry-proxy" says "ERR_PNPM_INVALID_PROXY";
    Likely "registry-proxy" says "couldn't parse proxy url";
    Likely "registry-proxy" says "proxy rejected connection";
    Likely "registry-proxy" says "proxy connection ended";
    Likely "registry-proxy" when Status(407);
    Likely "registry-proxy" says "connect ECONNREFUSED 127." when Host("registry.npmjs.org");
    Likely "registry-proxy" says "connect ECONNREFUSED 10." when Host("registry.npmjs.org");
    Likely "registry-proxy" says "connect ECONNREFUSED 192.168." when Host("registry.npmjs.org");
    Likely "registry-proxy" says "protocol https: not supported";
    Likely "registry-proxy" says "parse error: expected http/";
    Likely "registry-proxy" says "HPE_INVALID_CONSTANT";
    // Timeouts and cut connections.
    Likely "network-timeout" says "ETIMEDOUT";
    Likely "network-timeout" says "network timeout";
    Likely "network-timeout" says "ERR_SOCKET_TIMEOUT";
    // The names that npm's own agent uses.
    Likely "network-timeout" says "ECONNECTIONTIMEOUT";
    Likely "network-timeout" says "EIDLETIMEOUT";
    Likely "network-timeout" says "ERESPONSETIMEOUT";
    Likely "network-timeout" says "ETRANSFERTIMEOUT";
    Likely "network-timeout" says "ESOCKETTIMEDOUT";
    Likely "network-timeout" says "UND_ERR_HEADERS_TIMEOUT";
    Likely "network-timeout" says "UND_ERR_BODY_TIMEOUT";
    Likely "network-timeout" says "UND_ERR_CONNECT_TIMEOUT";
    Likely "network-timeout" says "timeout of * exceeded";
    Likely "network-timeout" says "timeout awaiting";
    Likely "network-timeout" says "trouble with your network connection";
    Likely "network-timeout" says "timed out after" when Put;
    Likely "network-timeout" says "ECONNRESET";
    Likely "network-timeout" says "socket hang up";
    Likely "network-timeout" says "network aborted";
    Likely "network-timeout" says "premature close";
    Likely "network-timeout" says "EPIPE";
    Likely "network-timeout" says "ECONNABORTED";
    Likely "network-timeout" says "UND_ERR_SOCKET";
    Likely "network-timeout" says "unexpected end of file" when Noticed(Publish);
    Likely "network-timeout" says "publish * timeout" when By(Bun);
    Likely "network-timeout" says "connectionclosed" when By(Bun);
    Possible "publish-already-accepted" says "ECONNRESET" when Put;
    Possible "publish-already-accepted" says "socket hang up" when Put;
    Possible "publish-already-accepted" says "ETIMEDOUT" when Put;
    Possible "publish-already-accepted" says "network timeout" when Put;
    Possible "registry-proxy" says "ECONNRESET";
    Possible "registry-proxy" says "ETIMEDOUT";
    Possible "registry-outage" says "ETIMEDOUT";
    Possible "registry-outage" says "ECONNRESET";
    Possible "registry-outage" says "network timeout";
    // pnpm 12 says no more of a request that was not answered.
    Likely "registry-unreachable" says "error sending request for url";
    Possible "network-dns" says "error sending request for url";
    Possible "network-timeout" says "error sending request for url";
    Possible "registry-untrusted-certificate" says "error sending request for url";
    Possible "registry-proxy" says "error sending request for url";
    Possible "registry-unreachable" says "unable to reach npm registry";
    Likely "registry-unreachable" says "connection to npm registry failed";
    // Names and ports.
    Likely "registry-proxy" says "ENOTFOUND http";
    Likely "registry-proxy" says "getaddrinfo ENOTFOUND proxy";
    Likely "network-dns" says "ENOTFOUND";
    Likely "network-dns" says "EAI_AGAIN";
    Likely "network-dns" says "EAI_FAIL";
    Likely "network-dns" says "getaddrinfo";
    Possible "registry-proxy" says "ENOTFOUND";
    Possible "registry-unreachable" says "ENOTFOUND";
    Likely "registry-unreachable" says "ECONNREFUSED";
    Likely "registry-unreachable" says "EHOSTUNREACH";
    Likely "registry-unreachable" says "ENETUNREACH";
    Likely "registry-unreachable" says "ENETDOWN";
    Likely "registry-unreachable" says "EHOSTDOWN";
    Likely "registry-unreachable" says "EADDRNOTAVAIL";
    Likely "registry-unreachable" says "connectionrefused" when By(Bun);
    Likely "registry-unreachable" says "failedtoopensocket" when By(Bun);
    Possible "registry-proxy" says "ECONNREFUSED";
    Likely "registry-unreachable" when Code("ERR_PNPM_META_FETCH_FAIL");
    Possible "network-dns" when Code("ERR_PNPM_META_FETCH_FAIL");
    Possible "network-timeout" when Code("ERR_PNPM_META_FETCH_FAIL");
    // yarn's code of a refusal, without the answer.
    Possible "auth-rejected" says "remote server failed to provide" when NoStatus;
    Possible "version-taken" says "remote server failed to provide" when NoStatus;
    Possible "registry-permission" says "remote server failed to provide" when NoStatus;
    // Certificates.
    Certain "registry-untrusted-certificate" says "SELF_SIGNED_CERT_IN_CHAIN";
    Certain "registry-untrusted-certificate" says "DEPTH_ZERO_SELF_SIGNED_CERT";
    Certain "registry-untrusted-certificate" says "UNABLE_TO_GET_ISSUER_CERT";
    Certain "registry-untrusted-certificate" says "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    Certain "registry-untrusted-certificate" says "CERT_HAS_EXPIRED";
    Likely "registry-untrusted-certificate" says "CERT_";
    Likely "registry-untrusted-certificate" says "unable to get local issuer certificate";
    Likely "registry-untrusted-certificate" says "unable to verify the first certificate";
    Likely "registry-untrusted-certificate" says "self signed certificate";
    Likely "registry-untrusted-certificate" says "self-signed certificate";
    Likely "registry-untrusted-certificate" says "certificate has expired";
    Likely "registry-untrusted-certificate" says "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA";
    Likely "registry-untrusted-certificate" says "alert unknown ca";
    // Something else answered.
    Likely "npm-outdated" says "must use tls 1.2";
    Likely "npm-outdated" says "alert protocol version";
    Likely "registry-proxy" says "alert handshake failure";
    Likely "registry-proxy" when Code("EPROTO");
    Possible "registry-untrusted-certificate" when Code("EPROTO");
    Likely "registry-proxy" says "ERR_SSL_WRONG_VERSION_NUMBER";
    Likely "registry-proxy" says "wrong version number";
    Likely "registry-proxy" says "access to this site is blocked";
    Likely "registry-proxy" says "web filter";
    Likely "registry-proxy" says "websense";
    Likely "registry-proxy" says "zscaler";
    Likely "registry-proxy" says "fortigate";
    Likely "network-address-blocked" says "used cloudflare to restrict access";
    Likely "network-address-blocked" says "attention required * cloudflare";
    Likely "network-address-blocked" says "cloudflare ray id";
    Likely "network-address-blocked" says "error 1020";
    Likely "network-address-blocked" says "access denied" when Noticed(Page);
    Likely "registry-proxy" says "unexpected token <" when NoStatus;
    Possible "registry-outage" says "unexpected token <" when NoStatus;
    Possible "network-address-blocked" says "unexpected token <" when Get, NoStatus;
    Possible "registry-outage" says "registry error parsing json" when NoStatus;
    Possible "registry-proxy" says "registry error parsing json" when NoStatus;
    Possible "registry-outage" says "invalid json response body";
    Likely "registry-proxy" says "invalid json response body";
    Possible "network-address-blocked" when Status(403), On(GitLab), Get, Noticed(Page);
    // A tool that fails to read npm's answer hides the reason.
    Likely "unknown" says "cannot read properties of undefined (reading 'summary')";
    Likely "unknown" says "unexpected went wrong when checking for existing dist-tags";
    // npm itself.
    Likely "npm-bug" says "cb() never called";
    Likely "npm-bug" says "exit handler never called";
    Likely "npm-bug" says "this is an error with npm itself";
    Likely "npm-bug" says "cannot find module * node_modules/npm/";
    Likely "npm-bug" says "maximum call stack size exceeded" when NpmSpoke;
    Likely "npm-bug" says "is not a function" when NpmSpoke;
    Likely "npm-bug" says "is not a constructor" when NpmSpoke;
    Likely "npm-bug" says "is not iterable" when NpmSpoke;
    Likely "npm-bug" says "cannot set propert" when NpmSpoke;
    Likely "npm-bug" says "tracker * already exists" when NpmSpoke;
    Likely "npm-bug" when Code("ERR_INVALID_ARG_TYPE");
    Likely "npm-bug" says "cannot read properties of undefined" when NpmSpoke;
    Likely "npm-bug" says "cannot read property * of undefined" when NpmSpoke;
    Likely "npm-bug" says "cannot read properties of null" when NpmSpoke;
    Likely "npm-outdated" says "npm v* does not support node.js";
    Likely "npm-outdated" says "npm v* is known not to run on node.js";
    Likely "npm-outdated" says "not compatible with your version of node/npm: npm@";
    Possible "npm-bug" when Status(400), Put, Bare, ByAClient;
    Possible "contents-too-large" when ServerError, Put, NotOn(Npmjs);
    Possible "npm-bug" when ServerError, Put, ByAClient;
}
