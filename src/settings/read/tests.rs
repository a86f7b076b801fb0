//! What settings files may contain, and errors in them.

use std::fs;

use serde_json::json;

use super::*;

const KNOWN: [&str; 2] = ["version-taken", "git-dirty"];

fn read(value: &Value) -> Result<Settings, SettingsError> {
    let manifest = json!({ "safe-publish": value });
    load(
        None,
        Path::new("/nonexistent"),
        manifest.as_object(),
        &KNOWN,
    )
}

#[test]
fn every_key_of_the_contract_is_read() {
    let settings = read(&json!({
        "$schema": "x",
        "checks": {"version-taken": "off", "git-dirty": "error"},
        "licenses": {"allow": ["MIT"], "deny": ["GPL-3.0-only"]},
        "registries": {"allow": ["https://npm.example/"], "kinds": {"https://npm.example/": "nexus"}},
        "branches": ["main"],
        "contents": {"maxSize": 1000, "allow": ["*.pem"]},
        "hook": {"tags": ["release-{version}"]},
        "release": {"packer": "pnpm", "tag": "next", "access": "public"},
    }))
    .unwrap();
    assert_eq!(settings.checks["version-taken"], CheckLevel::Off);
    assert_eq!(settings.checks["git-dirty"], CheckLevel::At(Level::Error));
    assert_eq!(
        settings.registry_kinds,
        [("https://npm.example/".to_owned(), RegistryKind::Nexus)]
    );
    assert_eq!(settings.licenses.deny, ["GPL-3.0-only"]);
    assert_eq!(settings.contents.max_size, Some(1000));
    assert_eq!(settings.branches, ["main"]);
    assert_eq!(settings.hook.tags, ["release-{version}"]);
    assert_eq!(settings.release.packer, Some(Packer::Pnpm));
    let tag = settings.release.tag.unwrap();
    assert_eq!(tag.value, "next");
    let file = Path::new("/nonexistent").join("package.json");
    let origin = format!("safe-publish.release.tag in {}", file.display());
    assert_eq!(tag.origin.to_string(), origin);
    assert_eq!(settings.release.access.unwrap().value, "public");
}

#[test]
fn an_unknown_word_is_refused_with_the_nearest_known_one() {
    let problem = |value: Value| read(&value).unwrap_err().problem;
    assert_eq!(
        problem(json!({"chekcs": {}})),
        "unknown key `chekcs`; did you mean `checks`?"
    );
    assert_eq!(
        problem(json!({"checks": {"version-token": "off"}})),
        "unknown check `version-token`; did you mean `version-taken`?"
    );
    assert_eq!(
        problem(json!({"registries": {"kinds": {"https://h/": "nexsus"}}})),
        "unknown kind of registry `nexsus`; did you mean `nexus`?"
    );
    assert!(
        problem(json!({"checks": {"git-dirty": "fatal"}})).contains("checks.git-dirty must be")
    );
    assert!(problem(json!([])).contains("must be an object"));
    assert!(problem(json!({"hook": {"tags": ["v1"]}})).contains("hook.tags must be"));
    assert!(problem(json!({"hook": {"tag": []}})).contains("did you mean `tags`?"));
    for (release, wanted) in [
        (json!({"packer": "lerna"}), "release.packer must be"),
        (json!({"tag": ""}), "release.tag must be"),
        (json!({"access": "open"}), "release.access must be"),
        (json!({"tags": "x"}), "did you mean `tag`?"),
    ] {
        assert!(problem(json!({ "release": release })).contains(wanted));
    }
}

#[test]
fn the_projects_settings_win_over_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let user = folder.path().join("user.json");
    fs::write(
        &user,
        r#"{"checks": {"version-taken": "off", "git-dirty": "off"}}"#,
    )
    .unwrap();
    fs::write(
        folder.path().join("safe-publish.json"),
        r#"{"checks": {"git-dirty": "note"}}"#,
    )
    .unwrap();
    let settings = load(Some(&user), folder.path(), None, &KNOWN).unwrap();
    assert_eq!(settings.checks["version-taken"], CheckLevel::Off);
    assert_eq!(settings.checks["git-dirty"], CheckLevel::At(Level::Note));
    let both = json!({"safe-publish": {}});
    assert!(load(None, folder.path(), both.as_object(), &KNOWN).is_err());
}

#[test]
fn invalid_json_is_reported_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("safe-publish.json"), "{").unwrap();
    let error = load(None, folder.path(), None, &KNOWN).unwrap_err();
    assert!(error.place.ends_with("safe-publish.json") && error.problem.starts_with("not JSON"));
}
