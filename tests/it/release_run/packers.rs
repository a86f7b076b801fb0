//! Every packer, end to end.

use serde_json::json;

use super::{NEEDS, Repository};

/// Releases the five packages, and then does so again.
fn released(repository: &Repository) {
    let run = repository.release(&["--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    for (name, state) in super::states(&document) {
        let wanted = if name == "pkg-p" {
            "private"
        } else {
            "published"
        };
        assert_eq!(state, wanted, "{name}: {document:#}");
    }
    assert_eq!(repository.arrived().len(), NEEDS.len());
    for arrived in repository.server.arrived() {
        let (_, needs) = NEEDS
            .iter()
            .find(|(name, _)| *name == arrived.name)
            .expect("ours");
        for need in *needs {
            assert_eq!(
                arrived.manifest["dependencies"][need], "^1.0.0",
                "{}",
                arrived.name
            );
        }
        let resolved = arrived.manifest["_resolved"].as_str().unwrap_or_default();
        let project = repository.sandbox.project().display().to_string();
        assert!(!resolved.contains(&project), "{resolved}");
    }
    ran_once_in_order(repository);
    repository.assert_no_leftovers();

    let again = repository.release(&["--format", "json"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    for (name, state) in super::states(&again.json()) {
        assert_eq!(
            state,
            if name == "pkg-p" { "private" } else { "out" },
            "{name}"
        );
    }
    assert_eq!(
        repository.arrived().len(),
        NEEDS.len(),
        "nothing is sent twice"
    );
    assert_eq!(repository.ran(), [""; 0], "no script runs for what is out");
}

/// Each script of each package ran once: all that belong to packing before the first
/// that follows an upload.
fn ran_once_in_order(repository: &Repository) {
    let ran = repository.ran();
    for (name, _) in NEEDS {
        let own: Vec<&str> = ran
            .iter()
            .filter_map(|line| line.strip_suffix(name)?.strip_suffix(' '))
            .collect();
        let wanted = [
            "prepublishOnly",
            "prepack",
            "postpack",
            "publish",
            "postpublish",
        ];
        assert_eq!(own, wanted, "{name}: {ran:?}");
    }
    let first = ran.iter().position(|line| line.starts_with("publish "));
    let last = ran.iter().rposition(|line| line.starts_with("postpack "));
    assert!(last < first, "{ran:?}");
}

#[test]
fn npm_11() {
    released(&Repository::npm(11));
}

#[test]
fn npm_12() {
    released(&Repository::npm(12));
}

#[test]
fn pnpm_10() {
    released(&Repository::of("pnpm 10", 11));
}

#[test]
fn pnpm_12() {
    released(&Repository::of("pnpm 12", 12));
}

#[test]
fn yarn_4() {
    released(&Repository::of("yarn 4", 11));
}

#[test]
fn bun() {
    released(&Repository::of("bun", 11));
}

/// A package whose publish folder has another version, and one with another name there.
fn renamed_by_pnpm(manager: &str, major: u32, arrived: &[(&str, &str)]) {
    let repository = Repository::of(manager, major);
    let config = json!({ "directory": "dist" });
    let manifest =
        json!({ "name": "pkg-d", "version": "1.0.0", "license": "MIT", "publishConfig": config });
    repository.member("pkg-d", &manifest);
    let inner = json!({ "name": "pkg-d", "version": "5.0.0", "license": "MIT" });
    repository
        .sandbox
        .write("packages/pkg-d/dist/package.json", &inner.to_string());
    let config = json!({ "name": "pkg-named" });
    let manifest =
        json!({ "name": "pkg-a", "version": "1.0.0", "license": "MIT", "publishConfig": config });
    repository.member("pkg-a", &manifest);
    let run = repository.release(&["-w", "pkg-a", "-w", "pkg-d"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let seen = repository.server.arrived();
    let mut seen: Vec<(&str, &str)> = seen
        .iter()
        .map(|one| (one.name.as_str(), one.version.as_str()))
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, arrived);
}

#[test]
fn pnpm_12_takes_name_and_folder_of_publish_config() {
    renamed_by_pnpm("pnpm 12", 12, &[("pkg-d", "5.0.0"), ("pkg-named", "1.0.0")]);
}

#[test]
fn packages_that_need_one_by_its_old_name_are_named_before_the_upload() {
    let repository = Repository::of("pnpm 12", 12);
    let config = json!({ "name": "pkg-named" });
    let manifest =
        json!({ "name": "pkg-a", "version": "1.0.0", "license": "MIT", "publishConfig": config });
    repository.member("pkg-a", &manifest);
    let run = repository.release(&[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let warning = "warning[dependency-missing]: pkg-b@1.0.0: `pkg-a` of this repository is published as `pkg-named`";
    assert!(run.stderr.contains(warning), "{run:?}");
}

/// Nothing in the repository shows that it is pnpm 10, which does not change the name.
#[test]
fn pnpm_10_takes_the_folder_of_publish_config() {
    renamed_by_pnpm("pnpm 10", 11, &[("pkg-a", "1.0.0"), ("pkg-d", "5.0.0")]);
}

#[test]
fn in_place_of_yarn_1_npm_packs() {
    let repository = Repository::npm(11);
    repository
        .sandbox
        .write("yarn.lock", "# yarn lockfile v1\n");
    let run = repository.release(&["-w", "pkg-a"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let words = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("(yarn 1 does not support the workspace protocol, so npm packs)"),
        "{run:?}"
    );
    assert_eq!(repository.arrived(), ["pkg-a"]);
}

#[test]
fn a_single_package_is_a_repository_of_one() {
    let repository = Repository::npm(11);
    let manifest = json!({ "name": "pkg-d", "version": "2.0.0", "license": "MIT" });
    repository
        .sandbox
        .write("package.json", &manifest.to_string());
    let run = repository.release(&["--tag", "next"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let arrived = repository.server.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(
        (arrived[0].version.as_str(), arrived[0].tag.as_str()),
        ("2.0.0", "next")
    );
    assert!(run.stdout.contains("\npkg-d 2.0.0: published"), "{run:?}");
}
