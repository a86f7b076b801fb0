use serde_json::json;

use super::*;

fn is(text: &str) -> Property {
    Property::Is(text.to_owned())
}

fn host() -> Host {
    Host {
        npm: is("11.19.1"),
        node: is("v20.20.2"),
        cpu: is("x64"),
        libc: is("glibc"),
        os: is("linux"),
        os_release: is("6.18.44-custom"),
    }
}

fn judged(dev_engines: &Value) -> Judgement {
    judge(
        &Manifest::from_json(json!({ "devEngines": dev_engines })),
        &host(),
    )
}

fn text(judgement: Judgement) -> String {
    match judgement {
        Judgement::Mismatch(complaint) | Judgement::Malformed(complaint) => complaint.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_npm_accepts() {
    for passing in [
        json!({}),
        json!({ "runtime": [] }),
        json!({ "runtime": { "name": "node", "version": ">=20.0.0-0" } }),
        json!({ "runtime": { "name": "node", "version": "" } }),
        json!({ "runtime": { "name": "deno", "onFail": "warn" } }),
        json!({ "packageManager": [{ "name": "pnpm" }, { "name": "npm", "version": "11.x" }] }),
        json!({ "packageManager": [{ "name": "pnpm" }, { "name": "yarn", "onFail": "ignore" }] }),
        json!({ "os": { "name": "linux" }, "cpu": { "name": "x64" }, "libc": { "name": "glibc" } }),
    ] {
        assert_eq!(judged(&passing), Judgement::Passes, "{passing}");
    }
}

#[test]
fn what_npm_refuses_unless_forced() {
    for (refused, words) in [
        (
            json!({ "runtime": { "name": "node", "version": ">=99", "onFail": "download" } }),
            "Invalid semver version \">=99\" does not match \"v20.20.2\" for \"runtime\"",
        ),
        (
            json!({ "runtime": { "name": "node", "version": "lts" } }),
            "Invalid version \"lts\" does not match \"v20.20.2\" for \"runtime\"",
        ),
        (
            json!({ "packageManager": [{ "name": "pnpm", "onFail": "warn" }, { "name": "yarn" }] }),
            "Invalid name \"pnpm\" does not match \"npm\" for \"packageManager\"",
        ),
        (
            json!({ "os": { "name": "linux", "version": ">=4" } }),
            "Invalid semver version \">=4\" does not match \"6.18.44-custom\" for \"os\"",
        ),
    ] {
        let judgement = judged(&refused);
        assert!(matches!(judgement, Judgement::Mismatch(_)), "{refused}");
        assert_eq!(text(judgement), words);
    }
}

#[test]
fn what_npm_refuses_even_if_forced() {
    for (refused, words) in [
        (json!(null), "Invalid non-object value for \"devEngines\""),
        (json!([]), "Invalid non-object value for \"devEngines\""),
        (
            json!({ "runtime": { "name": "deno" }, "node": "20" }),
            "Invalid property \"devEngines.node\"",
        ),
        (
            json!({ "runtime": { "version": "20" } }),
            "Missing \"name\" property for \"runtime\"",
        ),
        (
            json!({ "runtime": { "name": "node", "onFail": "explode" } }),
            "Invalid onFail value \"explode\" for \"runtime\"",
        ),
        (
            json!({ "runtime": [{ "name": "node" }, { "nme": "x" }] }),
            "Invalid property \"nme\" for \"runtime\"",
        ),
        (
            json!({ "cpu": { "name": "x64", "version": "1" } }),
            "Unable to determine \"version\" for \"cpu\" \"x64\"",
        ),
    ] {
        let judgement = judged(&refused);
        assert!(matches!(judgement, Judgement::Malformed(_)), "{refused}");
        assert_eq!(text(judgement), words);
    }
}

#[test]
fn an_unknown_value_is_not_a_mismatch() {
    let manifest = Manifest::from_json(json!({
        "devEngines": { "runtime": { "name": "node", "version": ">=99" } }
    }));
    assert_eq!(
        judge(&manifest, &Host::default()),
        Judgement::Unknown(Engine::Runtime)
    );
}
