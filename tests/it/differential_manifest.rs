//! Our reading of manifests, compared with the modules of the npm on PATH over generated cases:
//! 500 of each kind, or as many as `SAFE_PUBLISH_DIFFERENTIAL` sets.
//! `SAFE_PUBLISH_DIFFERENTIAL_NPM` names the folder of another npm. The cases are the same in
//! every run.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod generate;
mod oracle;
mod tarballs;
// npm ignores case in workspace patterns on macOS and Windows; we do not.
#[cfg(target_os = "linux")]
mod trees;

use std::cmp::Ordering;
use std::path::Path;

use safe_publish::manifest::glob::{Glob, MatchOptions};
use safe_publish::manifest::name::Name;
use safe_publish::manifest::range::{is_valid_range, satisfies};
use safe_publish::manifest::spec::{SpecKind, absolute, classify_for};
use safe_publish::manifest::version::{Version, VersionProblem};
use safe_publish::manifest::{Manifest, ManifestError};
use serde_json::{Value, json};

use generate::Generator;
use oracle::Oracle;

/// Asks npm about every case, and prints each difference.
fn differ(cases: &[Value], seen: impl Fn(&Value, &Value) -> (String, String)) {
    let answers = Oracle::new().ask(cases);
    assert_eq!(answers.len(), cases.len());
    let differences: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter_map(|(case, answer)| {
            let (ours, npms) = seen(case, answer);
            (ours != npms).then(|| format!("{case}\n  ours: {ours}\n  npm:  {npms}"))
        })
        .collect();
    let (count, all) = (differences.len(), cases.len());
    let shown = differences[..count.min(15)].join("\n");
    assert!(count == 0, "{count} of {all} differ:\n{shown}");
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn names_are_judged_as_npm_judges_them() {
    let npm = oracle::npm_version();
    let cases = Generator::new(1).cases(|make| json!({"ask": "name", "value": make.name()}));
    differ(&cases, |case, answer| {
        let ours = match Name::of(Some(&case["value"]), &npm) {
            Name::Usable {
                name,
                only_for_old_packages,
            } => {
                // Earlier versions ask the running Node for its modules.
                let warnings: Vec<String> = only_for_old_packages
                    .into_iter()
                    .filter(|warning| !warning.ends_with("core module name"))
                    .collect();
                json!({"name": name, "warnings": warnings}).to_string()
            }
            Name::Missing => json!({"missing": true}).to_string(),
            name @ Name::Invalid { .. } => name.refusal("1.0.0").unwrap(),
        };
        let npms = if answer["error"] == true {
            text(answer, "message").to_owned()
        } else {
            let mut answer = answer.clone();
            if let Some(warnings) = answer.get_mut("warnings").and_then(Value::as_array_mut) {
                warnings.retain(|it| !it.as_str().unwrap().ends_with("core module name"));
            }
            answer.to_string()
        };
        (ours, npms)
    });
}

#[test]
fn versions_are_cleaned_as_npm_cleans_them() {
    let cases = Generator::new(2).cases(|make| json!({"ask": "version", "value": make.version()}));
    differ(&cases, |case, answer| {
        let ours = match Version::of(Some(&case["value"])) {
            Ok(version) => version.to_string(),
            Err(VersionProblem::Missing) => "missing".to_owned(),
            Err(VersionProblem::Invalid { nearest, .. }) => {
                if let Some(nearest) = nearest {
                    assert!(Version::parse(&nearest, false).is_some(), "{nearest}");
                }
                "refused".to_owned()
            }
        };
        let npms = match (&answer["missing"], &answer["version"]) {
            (Value::Bool(true), _) => "missing",
            (_, Value::String(version)) => version,
            _ => "refused",
        };
        (ours, npms.to_owned())
    });
}

#[test]
fn versions_are_ordered_as_npm_orders_them() {
    let cases = Generator::new(3).cases(
        |make| json!({"ask": "compare", "a": make.near_version(), "b": make.near_version()}),
    );
    differ(&cases, |case, answer| {
        let parse = |key| Version::parse(text(case, key), true);
        let ours = match (parse("a"), parse("b")) {
            (Some(a), Some(b)) => json!(match a.cmp(&b) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            }),
            _ => Value::Null,
        };
        (ours.to_string(), answer.to_string())
    });
}

#[test]
fn ranges_hold_what_npm_says_they_hold() {
    if !oracle::is_recent() {
        return;
    }
    let cases = Generator::new(4).cases(|make| {
        let loose = make.random.chance(2);
        json!({"ask": "range", "text": make.range(), "version": make.near_version(), "loose": loose})
    });
    differ(&cases, |case, answer| {
        let loose = case["loose"] == true;
        let range = text(case, "text");
        let ours = json!({
            "valid": is_valid_range(range, loose),
            "satisfies": satisfies(text(case, "version"), range, loose),
        });
        (ours.to_string(), answer.to_string())
    });
}

#[test]
fn arguments_are_taken_for_what_npm_takes_them_for() {
    if !oracle::is_recent() {
        return;
    }
    let cases = Generator::new(5).cases(|make| {
        let windows = cfg!(windows) || make.random.chance(3);
        json!({"ask": "spec", "argument": make.spec(), "windows": windows})
    });
    let cwd = std::env::current_dir().unwrap();
    let home = std::env::var("HOME").unwrap_or_default();
    differ(&cases, |case, answer| {
        let windows = case["windows"] == true;
        // On Windows only the kind is compared, because we do not build Node's paths there.
        let path = |path: &Path| {
            let path = absolute(path, &cwd, Some(Path::new(&home)));
            (!windows).then(|| path.to_string_lossy().into_owned())
        };
        let ours = match classify_for(text(case, "argument"), windows) {
            SpecKind::Folder(folder) => json!(["directory", path(&folder)]),
            SpecKind::Tarball(file) => json!(["file", path(&file)]),
            SpecKind::Registry => json!(["registry"]),
            SpecKind::GitHub => json!(["github"]),
            SpecKind::Git => json!(["git"]),
            SpecKind::Address => json!(["remote"]),
            SpecKind::Invalid { code, .. } => json!(["invalid", code]),
        };
        let npms = match text(answer, "type") {
            kind @ ("directory" | "file") => {
                let path = (!windows).then(|| answer["path"].clone());
                json!([kind, path])
            }
            "git" if answer["shortcut"] == true => json!(["github"]),
            kind @ ("git" | "remote") => json!([kind]),
            "version" | "range" | "tag" | "alias" => json!(["registry"]),
            _ => json!(["invalid", answer["code"].as_str().unwrap_or_default()]),
        };
        (ours.to_string(), npms.to_string())
    });
}

#[test]
fn repositories_are_written_as_npm_writes_them() {
    if !oracle::is_recent() {
        return;
    }
    let cases = Generator::new(6)
        .cases(|make| json!({"ask": "repository", "content": {"repository": make.repository()}}));
    differ(&cases, |case, answer| {
        let manifest = Manifest::from_json(case["content"].clone());
        let ours = manifest.repository().map(|repository| repository.url);
        let npms = answer["url"].as_str().filter(|url| !url.is_empty());
        (
            format!("{ours:?}"),
            format!("{:?}", npms.map(str::to_owned)),
        )
    });
}

#[test]
fn json_is_read_as_npm_reads_it() {
    let cases = Generator::new(7).cases(|make| json!({"ask": "json", "text": make.json()}));
    differ(&cases, |case, answer| {
        let manifest = Manifest::parse(Path::new("package.json"), text(case, "text").as_bytes());
        let same = |object: &Value| {
            let npms = Manifest::parse(Path::new("x"), text(answer, "content").as_bytes());
            npms.is_ok_and(|npms| oracle::same(object, &Value::Object((*npms.object).clone())))
        };
        match manifest {
            Ok(manifest) if same(&Value::Object((*manifest.object).clone())) => Default::default(),
            Ok(manifest) => (format!("{:?}", manifest.object), answer.to_string()),
            Err(ManifestError::NotAnObject { .. }) => {
                let accepted = answer["error"] != true && !text(answer, "content").starts_with('{');
                (true.to_string(), accepted.to_string())
            }
            Err(
                ManifestError::Utf16 { .. }
                | ManifestError::MergeConflict { .. }
                | ManifestError::Empty { .. },
            ) => ("EJSONPARSE".to_owned(), text(answer, "code").to_owned()),
            Err(ManifestError::Syntax { at, .. }) => {
                let text_there = at.text.strip_prefix('\u{feff}').unwrap_or(&at.text);
                let offset = at.offset - (at.text.len() - text_there.len());
                let ours = text_there[..offset].encode_utf16().count();
                let npms = oracle::npms_place(text(answer, "message")).unwrap_or(ours);
                let code = text(answer, "code");
                (format!("EJSONPARSE at {ours}"), format!("{code} at {npms}"))
            }
            Err(other) => (other.to_string(), answer.to_string()),
        }
    });
}

#[test]
fn globs_match_what_npms_globs_match() {
    if !oracle::is_recent() {
        return;
    }
    let cases = Generator::new(8).cases(|make| {
        let (plain, partial) = (make.random.chance(3), make.random.chance(3));
        json!({"ask": "glob", "path": make.path(), "pattern": make.pattern(),
               "partial": partial && !plain, "plain": plain})
    });
    differ(&cases, |case, answer| {
        let plain = case["plain"] == true;
        let pattern = text(case, "pattern");
        let glob = if plain {
            Glob::plain(pattern)
        } else {
            Glob::new(pattern)
        };
        let how = MatchOptions {
            partial: case["partial"] == true,
            dot: plain,
        };
        (
            glob.matches(text(case, "path"), how).to_string(),
            answer.to_string(),
        )
    });
}
