//! What a failure is about that no server answered, by words that Node, OpenSSL and npm share
//! between many sentences. These rules count only for a reason that no other rule knows.

use super::prelude::*;

super::rules! {
    // JavaScript's own errors, if npm itself ends with one.
    given [NoStatus, NpmSpoke] {
        says "is not a function" | "is not a constructor" | "is not iterable" | "is not an object"
            | "is not defined" | "uri malformed" | "cannot find module" | "cannot read propert"
            | "cannot set propert" | "cannot destructure" | "cannot assign"
            | "cannot use in operator" | "before initialization" | "non-iterable"
            | "circular structure" | "invalid array length" | "call stack size"
            | "tracker * already exists" => Likely "npm-bug";
    }
    // The network, or what the program found itself.
    given [NoStatus] {
        says "certificate" | "key too small" | "unknown ca" | "hostname mismatch" | "pem routines"
            => Likely "registry-untrusted-certificate";
        says "timeout" | "timed out" | "disconnected" | "while reading" | "record mac"
            | "response body" | "aborted" => Likely "network-timeout", Possible "registry-proxy";
        says "proxy" | "ssl routines" | "redirect" => Likely "registry-proxy";
        says "protocol * not supported" | "request path" => Likely "registry-url-invalid";
        says "no versions available" => Likely "dependency-missing";
        says "devengines" | "for runtime" | "within runtime" | "for packagemanager"
            | "within packagemanager" => Likely "dev-engines-mismatch";
        says "name field must" => Likely "name-invalid";
        says "invalid * value:" | "invalid * config:" => Likely "npmrc-value-invalid";
        says "overrid" | "resolve reference" => Likely "overrides-conflict";
    }
}
