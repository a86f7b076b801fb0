//! Findings from the comparison with the real npm, each as a named case.

mod files;

use std::fs;
use std::path::Path;

use serde_json::json;

use super::config::{ConfigProblem, FileState, ProblemKind};
use super::credentials::AuthCheck;
use super::value::Value;
use super::{CommandLine, Config};
use crate::environment::Environment;
use crate::manifest::Manifest;
use crate::npm::{Npm, NpmVersion};
use crate::origin::Layer;
use crate::registry::url::RegistryUrl;

/// Folders with files, variables, and an npm.
struct Fixture {
    folder: tempfile::TempDir,
    environment: Environment,
    version: NpmVersion,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::bare(folder.path().join("proj"));
        let fixture = Self {
            environment,
            folder,
            version: NpmVersion::new(11, 19, 1),
        };
        fixture.write("proj/package.json", "{}");
        for (name, text) in files {
            fixture.write(name, text);
        }
        let prefix = fixture.at("prefix");
        let mut fixture = fixture.with("PREFIX", &prefix);
        fixture.environment.home = Some(fixture.folder.path().join("home"));
        fixture
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.environment = self.environment.with(name, value);
        self
    }

    fn load(&self, args: &[&str]) -> Config {
        let args: Vec<_> = args.iter().map(|&word| word.to_owned()).collect();
        let npm = Npm {
            path: "npm".into(),
            version: self.version.clone(),
            root: self.folder.path().join("npm"),
        };
        let line = CommandLine::parse(&args, Some(&npm.version));
        Config::load(
            line,
            &self.environment,
            Some(&npm),
            &|_: &Path, _: &Path| false,
        )
    }
}

fn kinds(config: &Config) -> Vec<ProblemKind> {
    let kind = |problem: &ConfigProblem| problem.kind.clone();
    config.problems().iter().map(kind).collect()
}

fn manifest(publish_config: &serde_json::Value) -> Manifest {
    Manifest::from_json(json!({"name": "p", "publishConfig": publish_config}))
}

fn registry(text: &str) -> RegistryUrl {
    RegistryUrl::parse(text).unwrap()
}

fn url(text: &str) -> url::Url {
    url::Url::parse(text).unwrap()
}

#[test]
fn the_layer_that_names_the_global_file_first_counts_least() {
    let fixture = Fixture::new(&[("a", "tag=a"), ("b", "tag=b")]);
    let second = fixture.at("b");
    let fixture = fixture.with("npm_config_globalconfig", &second);
    let flag = format!("--globalconfig={}", fixture.at("a"));
    assert_eq!(fixture.load(&[&flag]).text("tag").as_deref(), Some("b"));
}

#[test]
fn npms_builtin_file_is_not_validated() {
    let fixture = Fixture::new(&[("npm/npmrc", "global = 0\naccess=bogus")]);
    let config = fixture.load(&[]);
    assert!(config.is_global());
    assert!(kinds(&config).is_empty());
}

#[test]
fn only_true_itself_keeps_npm_from_the_projects_file() {
    let fixture = Fixture::new(&[("proj/.npmrc", "tag=x")]).with("npm_config_global", "yes");
    let config = fixture.load(&[]);
    assert!(config.is_global());
    assert_eq!(config.text("tag").as_deref(), Some("x"));
    let fixture = fixture.with("npm_config_global", "true");
    assert_eq!(fixture.load(&[]).text("tag"), None);
}

#[test]
fn a_one_time_password_mends_the_auth_type_of_its_layer() {
    let fixture = Fixture::new(&[("home/.npmrc", "otp=1\nauth-type=bogus")]);
    assert!(kinds(&fixture.load(&[])).is_empty());
}

#[test]
fn a_registry_that_npm_makes_no_key_of_ends_npm_even_where_a_scope_has_its_own() {
    let package = Manifest::from_json(json!({"name": "@s/p"}));
    let text = "@s:registry=https://s.example/\nregistry=a:b:c";
    let config = Fixture::new(&[("proj/.npmrc", text)]).load(&[]);
    assert!(config.for_package(&package).registry("@s/p").is_err());
    // In the global file it is dropped early enough.
    let text = "registry=foo";
    let config = Fixture::new(&[
        ("prefix/etc/npmrc", text),
        ("proj/.npmrc", "@s:registry=https://s.example/"),
    ])
    .load(&[]);
    assert!(config.for_package(&package).registry("@s/p").is_ok());
}

#[test]
fn a_scope_without_its_sign_makes_npm_send_what_is_valid_only() {
    let package = manifest(&json!({}));
    let file = ("proj/.npmrc", "access=bogus");
    let config = Fixture::new(&[file]).load(&[]);
    let access = config.for_package(&package).access().unwrap();
    assert_eq!(access.value, "bogus");
    let config = Fixture::new(&[file]).load(&["--scope=s"]);
    assert!(config.for_package(&package).access().is_none());
}

#[test]
fn npm_ends_over_paths_that_are_not_strings() {
    for text in ["cache", "prefix"] {
        let config = Fixture::new(&[("home/.npmrc", text)]).load(&[]);
        assert_eq!(kinds(&config)[0], ProblemKind::Crash, "{text}");
    }
}

#[test]
fn npm_12_makes_a_second_file_of_the_prefix() {
    let mut fixture =
        Fixture::new(&[("home/.npmrc", "prefix")]).with("npm_config_globalconfig", "/x");
    let crashes = |fixture: &Fixture| kinds(&fixture.load(&[])).contains(&ProblemKind::Crash);
    assert!(!crashes(&fixture));
    fixture.version = NpmVersion::new(12, 2, 0);
    assert!(crashes(&fixture));
}

#[test]
fn one_file_for_two_layers_ends_npm() {
    let fixture = Fixture::new(&[("proj/.npmrc", "tag=x")]);
    let file = fixture.at("proj/.npmrc");
    let config = fixture.with("npm_config_globalconfig", &file).load(&[]);
    assert!(
        matches!(&kinds(&config)[..], [ProblemKind::DoubleLoaded { first, .. }] if *first == Layer::Project)
    );
    assert!(config.problems()[0].kind.ends_npm());
}

#[test]
fn npm_ends_over_a_prefix_before_it_loads_one_file_twice() {
    let fixture = Fixture::new(&[("prefix/etc/npmrc", "prefix")]);
    let file = fixture.at("prefix/etc/npmrc");
    let config = fixture.with("npm_config_userconfig", &file).load(&[]);
    assert_eq!(kinds(&config)[0], ProblemKind::Crash);
}

#[test]
fn a_chosen_workspace_clashes_where_it_has_a_length() {
    let clashes = |line: &str| {
        let fixture = Fixture::new(&[("npm/npmrc", line)]);
        fixture.load(&["--no-workspaces"]).workspaces_clash()
    };
    assert!(clashes("workspace=a"));
    assert!(!clashes("workspace = null\nworkspace\n"));
}

#[test]
fn provenance_with_a_provenance_file_ends_npm() {
    let fixture = Fixture::new(&[("proj/.npmrc", "provenance-file=x")]);
    let config = fixture.load(&["--provenance"]);
    assert!(matches!(
        &kinds(&config)[..],
        [ProblemKind::Exclusive { .. }]
    ));
    // A variable is skipped instead if the flag is set.
    let fixture = Fixture::new(&[]).with("npm_config_provenance_file", "x");
    assert!(kinds(&fixture.load(&["--provenance"])).is_empty());
}

#[test]
fn an_unscoped_credential_is_renamed_for_the_registry_as_written() {
    let fixture =
        Fixture::new(&[("home/.npmrc", "_authToken=x")]).with("npm_config_registry", "http:h");
    let unscoped = fixture.load(&[]).unscoped();
    assert_eq!(unscoped[0].rename_to.as_deref(), Some("//h/:_authToken"));
}

#[test]
fn only_true_asks_for_provenance() {
    let config = Fixture::new(&[("proj/.npmrc", "provenance=yes")]).load(&[]);
    let asked = |package: &Manifest| config.for_package(package).provenance().unwrap().value;
    assert!(!asked(&manifest(&json!({}))));
    assert!(!asked(&manifest(&json!({"provenance": "true"}))));
    assert!(asked(&manifest(&json!({"provenance": true}))));
}

#[test]
fn private_means_restricted_to_newer_npms() {
    let mut fixture = Fixture::new(&[]);
    let package = manifest(&json!({"access": "private"}));
    let sent = |fixture: &Fixture| {
        fixture
            .load(&[])
            .for_package(&package)
            .access()
            .unwrap()
            .value
    };
    assert_eq!(sent(&fixture), "restricted");
    fixture.version = NpmVersion::new(10, 9, 9);
    assert_eq!(sent(&fixture), "private");
}

#[test]
fn a_variable_that_says_null_closes_the_gate_and_is_sent() {
    let text = "//h/:_authToken=${TOKEN}";
    let fixture = Fixture::new(&[("proj/.npmrc", text)]).with("TOKEN", "null");
    let config = fixture.load(&[]);
    let package = manifest(&json!({}));
    let package = config.for_package(&package);
    let gate = package.auth_check(&registry("http://h/"));
    assert!(matches!(gate, AuthCheck::Fails { empty: Some(_), .. }));
    let header = package
        .request_credential(&url("http://h/p"))
        .unwrap()
        .header();
    assert_eq!(header.unwrap().expose(), "Bearer null");
}

#[test]
fn a_put_without_a_credential_takes_that_of_npms_registry_on_the_same_host() {
    let text = "scope=@s\n@s:registry=http://h/a/\nregistry=http://h/b/\n//h/b/:_authToken=x";
    let config = Fixture::new(&[("proj/.npmrc", text)]).load(&[]);
    let package = manifest(&json!({}));
    let package = config.for_package(&package);
    let to = url("http://h/a/p");
    assert!(package.request_credential(&to).is_none());
    assert_eq!(
        package.put_credential("p", &to).unwrap().key,
        "//h/b/:_authToken"
    );
}

#[test]
fn an_email_of_npms_own_registry_makes_its_comparison_use_what_is_valid() {
    let files = |email: &str| format!("registry=http://h/\n//h/:_authToken=${{T}}\n{email}");
    let package = manifest(&json!({}));
    let asked = |email: &str| {
        let fixture = Fixture::new(&[("proj/.npmrc", &files(email))]).with("T", "null");
        let config = fixture.load(&[]);
        let package = config.for_package(&package);
        package
            .comparison_credential("p", &url("http://h/p"))
            .is_some()
    };
    assert!(asked(""));
    assert!(!asked("//h/:email=a@b"));
}

#[test]
fn a_flag_that_npm_dropped_does_not_override_publish_config() {
    let package = manifest(&json!({"registry": "http://p/"}));
    let config = Fixture::new(&[]).load(&["--registry=foo"]);
    let package = config.for_package(&package);
    assert_eq!(package.registry("p").unwrap().value, registry("http://p/"));
    assert_eq!(package.dropped_registry().unwrap().value, "foo");
}

#[test]
fn two_spellings_of_a_variable_are_reported() {
    let fixture = Fixture::new(&[])
        .with("NPM_CONFIG_TAG", "a")
        .with("npm_config_tag", "b");
    assert!(matches!(
        &kinds(&fixture.load(&[]))[..],
        [ProblemKind::TwoVariables { .. }]
    ));
}

#[test]
fn of_several_certificate_files_the_strongest_layers_counts() {
    let fixture = Fixture::new(&[
        ("roots.pem", "x"),
        ("home/.npmrc", "ca=one"),
        ("proj/.npmrc", "cafile=../roots.pem"),
    ]);
    let network = fixture.load(&[]).network(&fixture.environment);
    assert_eq!(
        network.cafile,
        Some(fixture.folder.path().join("roots.pem"))
    );
    assert!(network.ca.is_empty());
    // A missing file is skipped.
    fixture.write("proj/.npmrc", "cafile=../nowhere.pem");
    let network = fixture.load(&[]).network(&fixture.environment);
    assert_eq!((network.cafile, network.ca), (None, vec!["one".to_owned()]));
}

#[test]
fn a_certificate_check_is_off_only_where_it_says_false() {
    for (text, on) in [
        ("strict-ssl=no", true),
        ("strict-ssl=0", true),
        ("strict-ssl=false", false),
    ] {
        let fixture = Fixture::new(&[("proj/.npmrc", text)]);
        let network = fixture.load(&[]).network(&fixture.environment);
        assert_eq!(network.strict_ssl, on, "{text}");
    }
}

#[test]
fn a_path_counts_up_to_its_last_slash() {
    let dart = |text: &str| super::nerf_dart(&url::Url::parse(text).unwrap());
    assert_eq!(dart("https://H.Example/npm/"), "//h.example/npm/");
    assert_eq!(dart("https://h/npm"), "//h/");
    assert_eq!(dart("http://u:p@h:80/a/b?c#d"), "//h/a/");
    assert_eq!(dart("http://h:4873"), "//h:4873/");
}

#[test]
fn a_text_that_npm_cannot_turn_into_a_key_has_no_key() {
    use super::nerf_dart_of;
    assert_eq!(nerf_dart_of("https://h/npm").as_deref(), Some("//h/"));
    assert_eq!(nerf_dart_of("a:b:c"), None);
    assert_eq!(nerf_dart_of("foo"), None);
    assert!(nerf_dart_of("localhost:4873").is_some());
}
