//! Our reading of a folder of files.

use std::collections::BTreeSet;

use safe_publish::environment::Environment;
use safe_publish::manifest::Manifest;
use safe_publish::npm::NpmVersion;
use safe_publish::npmrc::arguments::ArgumentProblem;
use safe_publish::npmrc::config::{FileState, ProblemKind};
use safe_publish::npmrc::credentials::{AuthCheck, RequestCredential};
use safe_publish::npmrc::{Config, PackageConfig, nerf_dart};
use safe_publish::origin::{Layer, Origin};
use safe_publish::registry::url::RegistryUrl;
use serde_json::{Map, Value, json};

use super::case::KEYS;
use super::seen::{layer_name, plain};

/// Our reading of a folder. npm's answer only tells how far npm got.
pub(super) fn seen(
    config: &Config,
    manifest: &Manifest,
    environment: &Environment,
    (name, npm): (&str, &NpmVersion),
    answer: &Value,
) -> Value {
    let refused = our_refusal(config, npm);
    if answer.get("error").is_some() {
        return json!({"refused": refused});
    }
    let mut all = json!({
        "localPrefix": config.local_prefix(),
        "implicit": config.implicit_workspace(),
        "entries": our_entries(config),
        "files": our_files(config),
    });
    if !refused.is_null() {
        all["refused"] = refused;
    }
    if answer.get("refused").is_some() {
        return all;
    }
    all["invalid"] = our_invalid(config);
    all["global"] = json!(config.is_global());
    let get = KEYS.iter().map(|&key| {
        let found = config
            .valid(key)
            .map(|(entry, value)| json!([layer_name(entry.layer), plain(&value)]));
        (key.to_owned(), found.unwrap_or_else(|| json!("default")))
    });
    all["get"] = get.collect::<Map<_, _>>().into();
    let package = config.for_package(manifest);
    requests(&package, name, answer, &mut all);
    let tag = package.tag();
    all["sent"] = json!({
        "tag": tag.sent.value,
        "default tag": !tag.explicit,
        "access": package.access().map(|access| access.value),
        "provenance": package.provenance().is_some_and(|it| it.value),
        "otp": package.has_otp(),
        "verified": config.network(environment).strict_ssl,
        "proxy": config.network(environment).proxy,
    });
    all
}

fn requests(package: &PackageConfig<'_>, name: &str, answer: &Value, all: &mut Value) {
    let Ok(registry) = package.registry(name) else {
        all["put"] = json!("unusable");
        return;
    };
    let registry = registry.value;
    if passes_over(&answer["put"], package, name, &registry) {
        all["put"] = json!("unusable");
        return;
    }
    let put = |url: &url::Url| package.put_credential(name, url);
    let got = |url: &url::Url| package.comparison_credential(name, url);
    all["put"] = request(&registry, name, &put);
    let other = package.comparison_registry(name);
    all["got"] = other.map_or(json!("unusable"), |other| request(&other, name, &got));
    let (AuthCheck::Passes { key } | AuthCheck::Fails { key, .. }) = package.auth_check(&registry);
    let is_open = matches!(package.auth_check(&registry), AuthCheck::Passes { .. });
    assert_eq!(key, nerf_dart(registry.url()));
    all["gate"] = match answer["gate"].get("error") {
        Some(_) => Value::Null,
        None => json!({"open": is_open, "key": key}),
    };
}

/// Where npm fails while it makes the request: a password that is not a string, or, only
/// without a credential (so that npm does not get that far), a `registry` that is not a URL
/// next to the one in use.
fn passes_over(put: &Value, package: &PackageConfig<'_>, name: &str, to: &RegistryUrl) -> bool {
    let url = url::Url::parse(&to.package(name)).ok();
    let credential = url.and_then(|url| package.put_credential(name, &url));
    match put["error"].as_str() {
        Some("ERR_INVALID_ARG_TYPE") => credential.is_some(),
        Some("ERR_INVALID_URL") => credential.is_none(),
        _ => false,
    }
}

fn request(
    registry: &RegistryUrl,
    name: &str,
    credential: &dyn Fn(&url::Url) -> Option<RequestCredential>,
) -> Value {
    let address = registry.package(name);
    let Ok(url) = url::Url::parse(&address) else {
        return json!("unusable");
    };
    let credential = credential(&url);
    json!({
        "url": address,
        "key": credential.as_ref().map(|it| it.key.rsplit_once(':').unwrap().0.to_owned()),
        "authorization": credential.and_then(|it| it.header()).map(|it| it.expose().to_owned()),
    })
}

fn our_refusal(config: &Config, npm: &NpmVersion) -> Value {
    let fatal = |problem: &ArgumentProblem| {
        matches!(
            problem,
            ArgumentProblem::Abbreviated { .. } | ArgumentProblem::SingleHyphen { .. }
        )
    };
    let flags = &config.command_line().problems;
    if npm.refuses_unknown_flags() && flags.iter().any(fatal) {
        return json!("flag");
    }
    if let Some(problem) = config
        .problems()
        .iter()
        .find(|problem| problem.kind.ends_npm())
    {
        return match &problem.kind {
            ProblemKind::DoubleLoaded { .. } => json!("double"),
            ProblemKind::Exclusive { .. } => json!("exclusive"),
            other => json!(format!("{other:?}")),
        };
    }
    if config.unusable_registry().is_some() {
        return json!("registry");
    }
    let unscoped = config.unscoped();
    if !unscoped.is_empty() {
        let all = unscoped.iter().map(|found| {
            let Origin::File(at) = &found.origin else {
                panic!("{found:?}")
            };
            json!([found.key, layer_name(at.layer), found.rename_to]).to_string()
        });
        return json!(all.collect::<BTreeSet<_>>());
    }
    if config.workspaces_clash() {
        return json!("workspaces");
    }
    Value::Null
}

fn our_entries(config: &Config) -> Value {
    let mut all =
        json!({"builtin": {}, "global": {}, "user": {}, "project": {}, "env": {}, "cli": {}});
    let entries = config.entries().into_iter();
    for entry in entries.filter(|entry| entry.layer != Layer::Default) {
        all[layer_name(entry.layer)][&entry.key] = plain(&entry.value);
    }
    all
}

fn our_files(config: &Config) -> Value {
    let mut seen = BTreeSet::new();
    let mut all = BTreeSet::new();
    for file in config.files() {
        let state = match file.state {
            FileState::Read => "read",
            FileState::Missing => "missing",
            FileState::Unreadable(_) => "unreadable",
            FileState::Ignored(_) => "ignored",
        };
        let layer = layer_name(file.layer);
        if !seen.insert(layer) {
            continue;
        }
        all.insert(match state {
            "ignored" => json!([layer, state]).to_string(),
            state => json!([layer, state, file.path]).to_string(),
        });
    }
    json!(all)
}

fn our_invalid(config: &Config) -> Value {
    let mut all = BTreeSet::new();
    for problem in &config.command_line().problems {
        if let ArgumentProblem::Invalid { key, .. } = problem {
            all.insert(json!([key, "command line options"]).to_string());
        }
    }
    for problem in config.problems() {
        if let ProblemKind::InvalidValue { key, .. } = &problem.kind {
            let place = match &problem.origin {
                Origin::File(at) => at.path.display().to_string(),
                _ => "environment".to_owned(),
            };
            all.insert(json!([key, place]).to_string());
        }
    }
    json!(all)
}
