//! How a release is made: the scripts that the workflow calls, for one target where they build
//! something, and the table of targets that all of them share.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::json;

use crate::distribution::{repository, stripped_program, targets, text, this_target};
use crate::support::managers::clean_command;
use crate::support::npm_versions::npm;
use crate::support::registry::Server;
use crate::support::sandbox::Run;

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn packaged_and_smoke_tested_as_the_workflow_does_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = this_target();
    let program = stripped_program(folder.path());
    let programs = folder.path().join("programs");
    let place = programs.join(format!("program-{}", text(&target, "target")));
    fs::create_dir_all(&place).expect("fresh");
    fs::rename(program, place.join("safe-publish")).expect("ours");
    let out = folder.path().join("release");
    let install = npm(11);
    let script = |name: &str| {
        let script = repository().join("packaging").join(name);
        let mut command = clean_command(&script, &install.path_dir, folder.path(), folder.path());
        // Nothing comes from a registry: the other platforms' packages are optional.
        command.env("npm_config_registry", "http://127.0.0.1:9/");
        command
            .env("npm_config_fetch_retries", "0")
            .env("ONLY_THESE", "1");
        command
    };
    let run = Run::of(script("package.sh").arg(&programs).arg(&out));
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = Run::of(
        script("smoke.sh")
            .arg(out.join("npm"))
            .arg(text(&target, "npm")),
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("rehearsed: 1 package arrived"),
        "{run:?}"
    );
    rehearsed_and_published(&out);
}

/// What the workflow does with the packages: a rehearsal on each pull request, which
/// has no credential, then the release.
fn rehearsed_and_published(release: &Path) {
    let state = json!({
        "users": { "alice": {} },
        "orgs": { "safe-publish": { "members": { "alice": "owner" } } },
        "tokens": { "token-of-alice": { "user": "alice", "kind": "session" } },
    });
    let server = Server::start(serde_json::from_value(state).expect("a state"));
    let home = tempfile::tempdir().expect("a temporary folder");
    let install = npm(11);
    let run = |npmrc: &str, step: &str| {
        fs::write(home.path().join(".npmrc"), npmrc).expect("writable");
        let script = repository().join("packaging/npm.sh");
        let mut command = clean_command(&script, &install.path_dir, home.path(), home.path());
        Run::of(command.arg(release).arg(step))
    };
    let registry = format!("registry={}\n", server.url());
    let rehearsal = run(&registry, "rehearse");
    assert_eq!(rehearsal.code, Some(0), "{rehearsal:?}");
    for said in [
        "rehearsed: 2 packages arrived",
        concat!("@safe-publish/cli ", env!("CARGO_PKG_VERSION"), ": publish"),
    ] {
        assert!(rehearsal.stdout.contains(said), "{said}: {rehearsal:?}");
    }
    assert!(server.arrived().is_empty());
    let npmrc = format!("{registry}//{}/:_authToken=token-of-alice\n", server.host());
    let published = run(&npmrc, "publish");
    assert_eq!(published.code, Some(0), "{published:?}");
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 2);
    assert_eq!(arrived[1].name, "@safe-publish/cli");
    assert_eq!(run(&npmrc, "sell").code, Some(2));
}

/// Renders everything for archives that have the given checksum.
fn rendered(folder: &Path) -> Run {
    for target in targets() {
        let triple = text(&target, "target");
        let kind = if target["os"] == "win32" {
            "zip"
        } else {
            "tar.gz"
        };
        let name = format!("safe-publish-{triple}.{kind}");
        let sum = format!("{:064x}  {name}\n", triple.len());
        fs::write(folder.join(format!("{name}.sha256")), sum).expect("writable");
    }
    render(folder, &folder.join("out"))
}

/// Renders the installers and manifests of the archives in a folder.
fn render(archives: &Path, out: &Path) -> Run {
    let script = repository().join("packaging/render.mjs");
    let mut command = Command::new(npm(11).node);
    Run::of(command.arg(script).arg(archives).arg(out))
}

/// The fields that winget's schemas 1.9.0 demand, by the type of the manifest.
const WINGET: [(&str, &[&str]); 3] = [
    ("version", &["PackageIdentifier", "DefaultLocale"]),
    ("installer", &["PackageIdentifier", "Installers"]),
    (
        "defaultLocale",
        &[
            "PackageIdentifier",
            "PackageLocale",
            "Publisher",
            "PackageName",
            "License",
            "ShortDescription",
        ],
    ),
];

/// Fields that are missing, and values that the schema's patterns refuse.
fn has_what_winget_wants(manifest: &Yaml<'_>) {
    let field = |name: &str| manifest.as_mapping_get(name);
    assert_eq!(
        field("ManifestVersion").and_then(Yaml::as_str),
        Some("1.9.0")
    );
    let kind = field("ManifestType").and_then(Yaml::as_str);
    let wanted = WINGET.iter().find(|(known, _)| Some(*known) == kind);
    for name in wanted.expect("a known type").1 {
        assert!(field(name).is_some(), "{kind:?}: {name}");
    }
    let description = field("ShortDescription").and_then(Yaml::as_str);
    assert!(description.is_none_or(|text| (3..=256).contains(&text.len())));
    for installer in field("Installers")
        .and_then(Yaml::as_sequence)
        .into_iter()
        .flatten()
    {
        // A checksum of digits alone must stay a text.
        let sum = scalar(installer, "InstallerSha256");
        assert!(sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert!(scalar(installer, "InstallerUrl").starts_with("https://"));
        assert!(matches!(scalar(installer, "Architecture"), "x64" | "arm64"));
    }
}

fn scalar<'a>(node: &'a Yaml<'_>, name: &str) -> &'a str {
    let value = node.as_mapping_get(name).and_then(Yaml::as_str);
    value.unwrap_or_else(|| panic!("{name} is no text: {node:?}"))
}

/// Whether the text has a placeholder that was not replaced: `@VERSION@`.
fn has_placeholder(text: &str) -> bool {
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    text.split('@')
        .any(|part| part.len() > 3 && part.bytes().all(is_name))
}

#[test]
fn installers_and_manifests_know_the_release() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = rendered(folder.path());
    assert_eq!(run.code, Some(0), "{run:?}");
    let files: Vec<&Path> = run.stdout.lines().map(Path::new).collect();
    assert_eq!(files.len(), 6, "{files:?}");
    let version = env!("CARGO_PKG_VERSION");
    for file in files {
        let text = fs::read_to_string(folder.path().join("out").join(file)).expect("written");
        let name = file.display();
        assert!(text.contains(version), "{name}");
        assert!(!has_placeholder(&text), "{name}: {text}");
        if file.extension().is_some_and(|kind| kind == "yaml") {
            let manifest = Yaml::load_from_str(&text).expect("YAML").remove(0);
            assert_eq!(scalar(&manifest, "PackageVersion"), version, "{name}");
            has_what_winget_wants(&manifest);
        }
    }
    let installer = folder.path().join("out/install.sh");
    let run = Run::of(Command::new("sh").arg("-n").arg(&installer));
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn the_formula_knows_the_checksums_without_which_nothing_is_rendered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(rendered(folder.path()).code, Some(0));
    let formula = folder.path().join("out/homebrew/safe-publish.rb");
    let formula = fs::read_to_string(formula).expect("ours");
    for target in targets().iter().filter(|target| target["os"] == "darwin") {
        let triple = text(target, "target");
        let sum = format!("{:064x}", triple.len());
        assert!(formula.contains(&sum), "{triple}: {formula}");
    }
    let sum = "safe-publish-x86_64-apple-darwin.tar.gz.sha256";
    fs::remove_file(folder.path().join(sum)).expect("ours");
    let run = render(folder.path(), &folder.path().join("again"));
    assert_eq!(run.code, Some(1), "{run:?}");
}

#[test]
fn the_installer_of_a_release_needs_no_argument() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(rendered(folder.path()).code, Some(0));
    let target = this_target();
    let downloads = crate::distribution_install::release(folder.path(), &[text(&target, "target")]);
    let mut command = Command::new("sh");
    command
        .arg(folder.path().join("out/install.sh"))
        .env_clear();
    command
        .env("HOME", folder.path())
        .env("PATH", "/usr/bin:/bin");
    command.env(
        "SAFE_PUBLISH_DOWNLOAD",
        format!("file://{}", downloads.display()),
    );
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(folder.path().join(".local/bin/safe-publish").exists());
}

#[test]
fn a_tag_that_is_not_the_version_or_a_repository_that_is_not_named_stops_the_release() {
    let plan = |tag: &str, owner: &str| {
        let mut command = Command::new(repository().join("packaging/plan.sh"));
        command
            .env("GITHUB_REF", tag)
            .env("GITHUB_REPOSITORY", format!("{owner}/safe-publish"));
        Run::of(&mut command)
    };
    let version = env!("CARGO_PKG_VERSION");
    let run = plan("refs/pull/1/merge", "somebody");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout
            .starts_with(&format!("version={version}\ntargets=[")),
        "{run:?}"
    );
    let run = plan("refs/tags/v99.0.0", "somebody");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains(&format!("Cargo.toml says {version}")),
        "{run:?}"
    );
    let run = plan(&format!("refs/tags/v{version}"), "nobody");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("provenance would be refused"),
        "{run:?}"
    );
    let run = Run::of(Command::new(repository().join("packaging/changelog.sh")).arg("99.0.0"));
    assert_eq!(run.code, Some(1), "{run:?}");
    let run = Run::of(Command::new(repository().join("packaging/changelog.sh")).arg("Unreleased"));
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn every_file_names_the_same_targets() {
    let installer = read("install.sh");
    let windows = read("install.ps1");
    let cargo = read("Cargo.toml");
    let mut names = BTreeSet::new();
    for target in targets() {
        let triple = text(&target, "target");
        assert!(
            names.insert(text(&target, "npm").to_owned()),
            "{triple} is there twice"
        );
        match text(&target, "os") {
            "linux" => {
                let machine = triple.split('-').next().expect("a machine");
                assert!(
                    installer.contains(&format!("{machine}-unknown-linux-$(libc)")),
                    "{triple}"
                );
            }
            "win32" => {
                assert!(
                    installer.contains(triple) && windows.contains(triple),
                    "{triple}"
                );
                assert!(
                    cargo.contains(&format!("{triple} = {{ pkg-fmt = \"zip\" }}")),
                    "{triple}"
                );
            }
            _ => assert!(installer.contains(triple), "{triple}"),
        }
    }
}

#[test]
fn every_action_is_pinned_by_a_commit() {
    let mut pinned = 0;
    for file in ["ci.yml", "release.yml"] {
        let workflow = read(&format!(".github/workflows/{file}"));
        for line in workflow.lines() {
            let Some((_, action)) = line.split_once("uses: ") else {
                continue;
            };
            let (_, rest) = action.split_once('@').expect("a version");
            let (commit, comment) = rest.split_once(" # v").expect("the version as a comment");
            let is_commit =
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && !comment.is_empty(), "{file}: {line}");
            pinned += 1;
        }
    }
    assert!(pinned > 10, "{pinned}");
}
