//! How kinds of registries are recognised.

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// URLs as people write them.
const URLS: &[(&str, RegistryKind)] = {
    use RegistryKind as Kind;
    &[
        ("https://registry.npmjs.org/", Kind::Npmjs),
        ("https://registry.npmjs.org", Kind::Npmjs),
        ("http://REGISTRY.npmjs.org/", Kind::Npmjs),
        ("https://npm.pkg.github.com/", Kind::GitHub),
        ("https://npm.pkg.github.com/acme", Kind::GitHub),
        ("https://ghe.acme.example/_registry/npm/", Kind::GitHub),
        ("https://ghe.acme.example/_registry/npm/acme/", Kind::GitHub),
        (
            "https://gitlab.com/api/v4/projects/7/packages/npm/",
            Kind::GitLab,
        ),
        (
            "https://gitlab.com/api/v4/projects/acme%2Fcat/packages/npm/",
            Kind::GitLab,
        ),
        ("https://gitlab.com/api/v4/packages/npm/", Kind::GitLab),
        (
            "https://git.acme.example/api/v4/groups/12/-/packages/npm/",
            Kind::GitLab,
        ),
        (
            "https://code.example/gitlab/api/v4/packages/npm/",
            Kind::GitLab,
        ),
        (
            "https://acme.jfrog.io/artifactory/api/npm/npm-local/",
            Kind::Artifactory,
        ),
        ("https://acme.jfrog.io/acme/api/npm/npm/", Kind::Artifactory),
        (
            "https://art.acme.example:8443/artifactory/api/npm/npm-virtual/",
            Kind::Artifactory,
        ),
        ("https://acme.example/api/npm/npm/", Kind::Artifactory),
        ("https://nexus.example/repository/npm-hosted/", Kind::Nexus),
        (
            "https://nexus.example:8081/nexus/repository/npm/",
            Kind::Nexus,
        ),
        ("http://localhost:8081/repository/npm-private", Kind::Nexus),
        (
            "https://nexus.example/nexus/content/repositories/npm-internal/",
            Kind::Nexus,
        ),
        (
            "https://nexus.example/nexus/content/groups/npm-all/",
            Kind::Nexus,
        ),
        (
            "https://pkgs.dev.azure.com/o/p/_packaging/f/npm/registry/",
            Kind::Azure,
        ),
        (
            "https://pkgs.dev.azure.com/o/_packaging/f/npm/registry/",
            Kind::Azure,
        ),
        (
            "https://pkgs.dev.azure.com/o/_packaging/f@Release/npm/registry/",
            Kind::Azure,
        ),
        (
            "https://o.pkgs.visualstudio.com/_packaging/f/npm/registry/",
            Kind::Azure,
        ),
        (
            "https://o.pkgs.visualstudio.com/p/_packaging/f/npm/registry/",
            Kind::Azure,
        ),
        (
            "https://d-123456789012.d.codeartifact.eu-west-1.amazonaws.com/npm/r/",
            Kind::CodeArtifact,
        ),
        (
            "https://d-123456789012.d.codeartifact.us-east-1.amazonaws.com/npm/r",
            Kind::CodeArtifact,
        ),
        (
            "https://d-123456789012.d.codeartifact.us-east-1.on.aws/npm/r/",
            Kind::CodeArtifact,
        ),
        ("https://europe-npm.pkg.dev/p/r/", Kind::Google),
        (
            "https://us-west1-npm.pkg.dev/my-project/my-repo/",
            Kind::Google,
        ),
        ("https://git.example/api/packages/me/npm/", Kind::Gitea),
        ("https://codeberg.org/api/packages/acme/npm/", Kind::Gitea),
        (
            "https://example.org/git/api/packages/acme/npm/",
            Kind::Gitea,
        ),
        ("https://registry.npmmirror.com/", Kind::Cnpm),
        ("https://registry.npmmirror.com", Kind::Cnpm),
        ("https://registry.npm.taobao.org/", Kind::Cnpm),
        ("http://r.cnpmjs.org/", Kind::Cnpm),
        ("https://npm.cloudsmith.io/o/r/", Kind::Cloudsmith),
        ("https://npm.jsr.io/", Kind::Jsr),
        ("https://npm.jsr.io", Kind::Jsr),
        // Not registries, whatever their paths look like.
        (
            "https://mirrors.huaweicloud.com/repository/npm/",
            Kind::Other,
        ),
        ("https://mirrors.cloud.tencent.com/npm/", Kind::Other),
        ("https://cdn.jsdelivr.net/npm/", Kind::Other),
        ("https://unpkg.com/", Kind::Other),
        ("https://libraries.cgr.dev/javascript/", Kind::Other),
        ("https://registry.nes.herodevs.com/npm/pkg/", Kind::Other),
    ]
};

#[test]
fn each_kind_is_known_by_its_urls() {
    for (text, kind) in URLS {
        assert_eq!(by_url(&url(text), &[]), Some(*kind), "{text}");
    }
    for text in [
        "http://localhost:4873/",
        "https://npm.example/",
        "https://registry.npmjs.org.example/",
        "https://npm.pkg.github.com.example/",
        "https://notpkgs.dev.azure.com.example/",
        "https://example.org/api/packages/me/maven/",
        "https://example.org/api/v4/projects/7/packages/pypi/",
        "https://npm.jsr.io.example/",
        "https://npm.acme.example/npm/",
        "https://proget.acme.example/npm/feed/",
    ] {
        assert_eq!(by_url(&url(text), &[]), None, "{text}");
    }
}

#[test]
fn every_kind_but_verdaccio_has_a_url_of_its_own() {
    for kind in RegistryKind::ALL.iter().copied() {
        let known = URLS.iter().any(|(_, known)| *known == kind);
        assert!(known || kind == RegistryKind::Verdaccio, "{kind}");
    }
}

#[test]
fn each_kind_is_known_by_its_headers() {
    let table = [
        ("x-safe-publish-rehearsal", "npmjs", RegistryKind::Npmjs),
        ("server", "Artifactory/7.90", RegistryKind::Artifactory),
        (
            "x-jfrog-version",
            "Artifactory/7",
            RegistryKind::Artifactory,
        ),
        ("server", "Nexus/3.70.1 (OSS)", RegistryKind::Nexus),
        (
            "www-authenticate",
            "BASIC realm=\"Sonatype Nexus Repository Manager\"",
            RegistryKind::Nexus,
        ),
        ("x-powered-by", "hidden", RegistryKind::Verdaccio),
        ("x-powered-by", "verdaccio/6.2.0", RegistryKind::Verdaccio),
        (
            "www-authenticate",
            "Basic realm=\"GitHub Package Registry\"",
            RegistryKind::GitHub,
        ),
    ];
    for (name, value, kind) in table {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        assert_eq!(by_headers(&headers), Some(kind), "{name}: {value}");
    }
    assert_eq!(by_headers(&HeaderMap::new()), None);
}

#[test]
fn a_users_own_domain_is_recognised_by_its_longest_prefix() {
    let overrides = [
        ("https://npm.acme.example".to_owned(), RegistryKind::Nexus),
        (
            "https://npm.acme.example/art/".to_owned(),
            RegistryKind::Artifactory,
        ),
    ];
    let kind = |text: &str| by_url(&url(text), &overrides);
    assert_eq!(
        kind("https://npm.acme.example/x/"),
        Some(RegistryKind::Nexus)
    );
    assert_eq!(
        kind("https://npm.acme.example/art/x/"),
        Some(RegistryKind::Artifactory)
    );
    assert_eq!(kind("https://npm.acme.example.evil/"), None);
    let everything = [(String::new(), RegistryKind::Verdaccio)];
    assert_eq!(
        by_url(&url("http://h/"), &everything),
        Some(RegistryKind::Verdaccio)
    );
}

/// A registry's URL, and whether packages can be published there.
const PUBLISHABLE: [(&str, &str); 21] = [
    ("https://registry.npmjs.org/", "yes"),
    ("https://gitlab.com/api/v4/projects/7/packages/npm/", "yes"),
    ("https://gitlab.com/api/v4/groups/7/-/packages/npm/", "no"),
    ("https://gitlab.com/api/v4/packages/npm/", "no"),
    ("https://npm.jsr.io/", "no"),
    ("https://registry.npmmirror.com/", "no"),
    ("https://registry.npm.taobao.org/", "no"),
    ("https://unpkg.com/", "no"),
    ("https://mirrors.huaweicloud.com/repository/npm/", "no"),
    (
        "https://gitlab.com/api/v4/projects/acme%2Fcat/packages/npm/",
        "yes",
    ),
    (
        "https://nexus.example/nexus/content/groups/all/",
        "doubtful",
    ),
    (
        "https://pkgs.dev.azure.com/o/_packaging/f/npm/registry/",
        "yes",
    ),
    ("https://cdn.jsdelivr.net/npm/", "no"),
    ("https://registry.yarnpkg.com/", "doubtful"),
    (
        "https://a.jfrog.io/artifactory/api/npm/npm-remote/",
        "doubtful",
    ),
    ("https://a.jfrog.io/artifactory/api/npm/npm-local/", "yes"),
    ("https://nexus.example/repository/npm-group/", "doubtful"),
    ("https://nexus.example/repository/npm-proxy/", "doubtful"),
    ("https://nexus.example/repository/npm-hosted/", "yes"),
    (
        "https://pkgs.dev.azure.com/o/_packaging/f@Release/npm/registry/",
        "doubtful",
    ),
    ("http://localhost:4873/", "yes"),
];

#[test]
fn urls_that_take_no_packages_are_recognised() {
    for (text, wanted) in PUBLISHABLE {
        let kind = by_url(&url(text), &[]).unwrap_or(RegistryKind::Other);
        let said = match (traits(kind).publishable)(&url(text)) {
            Publishable::Yes => "yes",
            Publishable::No(_) => "no",
            Publishable::Doubtful(_) => "doubtful",
        };
        assert_eq!(said, wanted, "{text}");
    }
}

#[test]
fn a_whoami_without_an_account_is_anonymous() {
    assert_eq!(whoami(None), Whoami::Nobody);
    assert_eq!(whoami(Some("anonymous")), Whoami::Nobody);
    assert_eq!(whoami(Some("bob")), Whoami::Account("bob".to_owned()));
}

#[test]
fn every_kind_has_its_file() {
    for kind in RegistryKind::ALL.iter().copied() {
        assert_eq!(traits(kind).kind, kind);
    }
}
