use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{ConfigReport, human, json};
use crate::environment::Environment;
use crate::npm::{Npm, NpmVersion};
use crate::npmrc::{CommandLine, Config};
use crate::plan::{Input, Plan};
use crate::report::style::Style;

const TOKEN: &str = "npm_0123456789abcdefghijABCDEFGHIJwxyz";
const OTHER: &str = "ghp_secretsecretsecretsecretsecretsecret";

struct Fixture {
    folder: tempfile::TempDir,
    environment: Environment,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let mut environment = Environment::bare(folder.path().join("proj"));
        environment.home = Some(folder.path().join("home"));
        let prefix = folder.path().join("prefix").display().to_string();
        let environment = environment.with("PREFIX", &prefix);
        Self {
            folder,
            environment,
        }
    }

    fn report(&self, args: &[&str]) -> ConfigReport {
        let args: Vec<_> = args.iter().map(|&word| word.to_owned()).collect();
        let npm = Npm {
            path: "npm".into(),
            version: NpmVersion::new(11, 19, 1),
            root: self.folder.path().join("npm"),
        };
        let line = CommandLine::parse(&args, Some(&npm.version));
        let nobody = |_: &Path, _: &Path| false;
        let config = Config::load(line, &self.environment, Some(&npm), &nobody);
        let plan = Plan::build(Input {
            config: &config,
            environment: &self.environment,
            npm: Some(&npm),
            ci: &crate::ci::Ci::default(),
        })
        .unwrap();
        ConfigReport::of(&config, &plan, Some(&npm), &self.environment)
    }

    fn human(&self, args: &[&str]) -> String {
        let text = human::write(&self.report(args), Style::PLAIN);
        // Where the line breaks depends on the folder's length.
        let text = text.replace("\n                        ", " ");
        let folder = self.folder.path().display().to_string();
        text.replace(&folder.replace('\\', "/"), "")
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&json::write(&self.report(args))).unwrap()
    }
}

fn usual() -> Fixture {
    Fixture::new(&[
        (
            "proj/package.json",
            "{\n  \"name\": \"@s/p\",\n  \"version\": \"1.0.2\",\n  \"publishConfig\": {\"tag\": \"next\"}\n}",
        ),
        (
            "proj/.npmrc",
            "@s:registry=https://npm.example/\ntag=beta\n",
        ),
        (
            "home/.npmrc",
            &format!("//npm.example/:_authToken={TOKEN}\n//other.example/:_authToken={OTHER}\n"),
        ),
        (".npmrc", "registry=https://parent.example/\n"),
    ])
}

#[test]
fn the_table_says_what_holds_and_what_lost() {
    let text = usual().human(&["--registry", "https://r.example", "--access=public"]);
    insta::assert_snapshot!(text, @r"
    @s/p 1.0.2
      registry    https://npm.example/                    .npmrc:1:13 (@s:registry)
                  lost: https://r.example/                flag --registry (registry)
      tag         next (npm's own notice says beta)       package.json:4:28 (publishConfig.tag)
                  lost: beta                              .npmrc:2:5
      access      public                                  flag --access
      provenance  (not asked for)                         npm's default
      account     //npm.example/                          npm finds a credential
      credential  token npm_****wxyz, 38 characters       ~/.npmrc:1:27 (//npm.example/:_authToken)
                  elsewhere: //other.example/:_authToken  ~/.npmrc:2:29

    files, in npm's order
      missing     builtin   /npm/npmrc
      read        project   .npmrc
      ignored     project   /.npmrc: npm reads the file next to the project's own package.json, not those of parent folders
      read        user      ~/.npmrc
      missing     global    /prefix/etc/npmrc
    read as npm 11.19.1 reads it
    ");
}

#[test]
fn the_document_holds_the_same() {
    let document = usual().json(&["--registry=https://r.example/"]);
    assert_eq!(document["schema"], "safe-publish/config@1");
    let package = &document["packages"][0];
    assert_eq!(package["registry"]["value"], "https://npm.example/");
    assert_eq!(package["registry"]["key"], "@s:registry");
    assert_eq!(package["registry"]["origin"]["line"], 1);
    assert_eq!(
        package["registry"]["lost"][0]["origin"]["name"],
        "--registry"
    );
    assert_eq!(package["tag"]["origin"]["line"], 4);
    assert_eq!(package["tag"]["lost"][0]["value"], "beta");
    assert_eq!(package["account"]["found"], true);
    assert_eq!(package["credential"]["value"]["length"], 38);
    assert_eq!(package["credential"]["value"]["ending"], "wxyz");
    assert_eq!(
        package["elsewhere"][0]["key"],
        "//other.example/:_authToken"
    );
}

#[test]
fn no_form_shows_a_secret() {
    let fixture = usual();
    let args = [
        "--//npm.example/:_authToken=s3cret-s3cret-s3cret",
        "--otp=123456789",
    ];
    for text in [
        fixture.human(&args),
        json::write(&fixture.report(&args)),
        format!("{:?}", fixture.report(&args)),
    ] {
        for secret in [TOKEN, OTHER, "s3cret", "123456789"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    // Four characters are shown only of npm's own tokens.
    let credential = &fixture.json(&args)["packages"][0]["credential"];
    assert_eq!(credential["value"]["ending"], Value::Null);
    assert_eq!(
        credential["lost"][0]["value"],
        "token npm_****wxyz, 38 characters"
    );
}

#[test]
fn an_empty_credential_is_shown_with_what_it_hides() {
    let fixture = Fixture::new(&[
        ("proj/package.json", r#"{"name": "p", "version": "1.0.0"}"#),
        (
            "proj/.npmrc",
            "//registry.npmjs.org/:_authToken=${NPM_TOKEN?}\n",
        ),
        (
            "home/.npmrc",
            &format!("//registry.npmjs.org/:_authToken={TOKEN}\n"),
        ),
    ]);
    let document = fixture.json(&[]);
    let package = &document["packages"][0];
    assert_eq!(package["account"]["found"], false);
    assert_eq!(package["credential"]["remark"], "empty, for NPM_TOKEN is");
    assert_eq!(
        package["credential"]["lost"][0]["value"],
        "token npm_****wxyz, 38 characters"
    );
}

#[test]
fn an_unset_key_has_npms_default() {
    let fixture = Fixture::new(&[("proj/package.json", r#"{"name": "p", "version": "1.0.0"}"#)]);
    let document = fixture.json(&["--foo"]);
    let package = &document["packages"][0];
    assert_eq!(package["registry"]["origin"]["kind"], "default");
    assert_eq!(package["access"]["value"], Value::Null);
    assert_eq!(package["credential"]["value"], Value::Null);
    assert_eq!(document["notes"][0]["origin"]["name"], "--foo");
    assert!(
        document["files"]
            .as_array()
            .unwrap()
            .iter()
            .all(|file| file["state"] == "missing")
    );
}
