//! What is in the tarball.

use super::super::rule::Rule;
use super::super::rule::When::{Is, Put, Status};
use super::super::signs::Sign::Page;
use super::Remedy;
use crate::registry::kind::RegistryKind::Verdaccio;

pub(super) const RULES: &[Rule] = &[
    Rule::sure("contents-too-large", "", &[Status(413)]),
    Rule::sure("contents-too-large", "413 request entity too large", &[]),
    Rule::sure("contents-too-large", "request entity too large", &[]),
    Rule::points(80, "contents-too-large", "payload too large", &[]),
    Rule::points(80, "contents-too-large", "payload exceeds size limit", &[]),
    Rule::points(80, "contents-too-large", "file is too large", &[]),
    Rule::points(70, "contents-too-large", "too many files", &[]),
    Rule::points(60, "contents-too-large", "", &[Status(415)]),
    Rule::points(
        70,
        "contents-too-large",
        "cannot create a string longer than",
        &[],
    ),
    Rule::points(60, "contents-too-large", "invalid string length", &[]),
    Rule::points(70, "contents-too-large", "maximum allowed size", &[]),
    Rule::points(20, "contents-too-large", "EPIPE", &[Put, Is(Page)]),
    Rule::points(40, "contents-too-large", "write EPIPE", &[Put]),
];

pub(super) const REMEDIES: &[Remedy] = &[
    Remedy::new(
        "contents-too-large",
        "the package is larger than {host}, or a proxy in front of it, takes; it grows by a third on the way (base64)",
        &["npm pack --dry-run lists files and sizes; narrow `files` in package.json", "limits: npmjs about 200 MB, GitHub 256 MB, Verdaccio 10 MB (max_body_size), nginx 1 MB (client_max_body_size)"],
    )
    .asks("what makes it large?", "npm pack --dry-run"),
    Remedy::new(
        "contents-too-large",
        "the package is larger than Verdaccio's max_body_size (10 MB where nobody set it), or than the proxy before it takes",
        &["npm pack --dry-run lists files and sizes; narrow `files` in package.json", "or raise max_body_size in Verdaccio's config.yaml, and client_max_body_size in nginx"],
    )
    .on(Verdaccio)
    .asks("what makes it large?", "npm pack --dry-run"),
];
