use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::environment::Environment;
use crate::npm::{Npm, NpmVersion};
use crate::npmrc::{CommandLine, Config};

/// A fake npm, and a tarball to send with it.
struct Desk {
    folder: tempfile::TempDir,
    environment: Environment,
    npm: Npm,
    output: Output,
}

impl Desk {
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("npm");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(folder.path().join("1")).unwrap();
        fs::write(folder.path().join("1/cat-1.0.0.tgz"), "x").unwrap();
        fs::write(folder.path().join("package.json"), "{}").unwrap();
        fs::write(folder.path().join(".npmrc"), "//h/:_authToken=secret\n").unwrap();
        let environment = Environment::bare(folder.path())
            .with("PATH", "/usr/bin:/bin")
            .with("ACTIONS_ID_TOKEN_REQUEST_URL", "https://ci")
            .with("npm_config_otp", "000000");
        let npm = Npm {
            path: program,
            version: NpmVersion::new(11, 0, 0),
            root: folder.path().to_owned(),
        };
        Self {
            output: Output::new(crate::cli::Color::Never, &environment),
            folder,
            environment,
            npm,
        }
    }

    fn uploads(&self, otp: Option<&str>, can_ask: bool) -> Uploads<'_> {
        let line = CommandLine::default();
        let config = Config::load(line, &self.environment, Some(&self.npm), &|_, _| false);
        let project = ProjectConfig::read(&config, self.folder.path(), 11).unwrap();
        Uploads {
            runs: NpmRuns {
                npm: &self.npm,
                staged: false,
                args: vec!["--provenance".to_owned()],
                environment: &self.environment,
                variables: project.variables.clone(),
            },
            project,
            otp: OneTimePassword::new(otp.map(str::to_owned), can_ask),
            output: &self.output,
            journal: RefCell::new(Journal::open(None)),
            has_gone_well: Cell::new(false),
            is_stopped: Cell::new(false),
            running: RefCell::default(),
        }
    }

    async fn upload(&self, uploads: &Uploads<'_>) -> Result<NpmExit, UploadFailure> {
        let tarball = self.folder.path().join("1/cat-1.0.0.tgz");
        let upload = Upload {
            spec: "cat@1.0.0",
            tarball: &tarball,
            args: vec!["./cat-1.0.0.tgz".into(), "--tag=next".into()],
            integrity: "sha512-x",
            shasum: "00",
        };
        uploads.upload(&upload).await
    }

    fn seen(&self) -> String {
        fs::read_to_string(self.folder.path().join("seen")).unwrap()
    }
}

fn sent(uploads: &Uploads<'_>) -> UploadState {
    uploads.journal.borrow().entry("cat@1.0.0").unwrap().sent
}

#[tokio::test]
async fn npm_starts_next_to_the_tarball_with_the_projects_npmrc() {
    let desk = Desk::new(
        "{ echo \"$@\"; basename \"$PWD\"; cat .npmrc; echo $ACTIONS_ID_TOKEN_REQUEST_URL ${npm_config_otp-none}; } > ../seen",
    );
    let uploads = desk.uploads(None, false);
    desk.upload(&uploads).await.unwrap();
    assert_eq!(
        desk.seen(),
        "publish ./cat-1.0.0.tgz --tag=next --provenance --json\n1\n//h/:_authToken=secret\nhttps://ci none\n"
    );
    assert!(!desk.folder.path().join("1/.npmrc").exists());
    assert_eq!(sent(&uploads), UploadState::Accepted);
}

#[tokio::test]
async fn a_refusal_was_not_sent_and_a_killed_npm_may_have_sent_it() {
    let desk = Desk::new("exit 1");
    let uploads = desk.uploads(None, false);
    let failure = desk.upload(&uploads).await.unwrap_err();
    assert!(matches!(
        failure,
        UploadFailure::Npm(NpmExit { code: 1, .. })
    ));
    assert_eq!(sent(&uploads), UploadState::Packed);
    let desk = Desk::new("kill -9 $$");
    let uploads = desk.uploads(None, false);
    desk.upload(&uploads).await.unwrap_err();
    assert_eq!(sent(&uploads), UploadState::Sending);
}

#[tokio::test]
async fn without_a_terminal_a_stale_password_is_sent_once() {
    let desk = Desk::new(
        "echo \"$npm_config_otp $*\" >> ../seen; echo '{\"error\":{\"code\":\"EOTP\"}}'; exit 1",
    );
    let uploads = desk.uploads(Some("123456"), false);
    desk.upload(&uploads).await.unwrap_err();
    let args = "./cat-1.0.0.tgz --tag=next --provenance --json";
    assert_eq!(desk.seen(), format!("123456 publish {args}\n"));
    assert_eq!(uploads.otp.code(), None, "it is not sent again");
}

#[test]
fn uploads_go_one_at_a_time_until_no_question_is_expected() {
    let desk = Desk::new("");
    let uploads = desk.uploads(None, true);
    assert_eq!(uploads.limit(), 1);
    uploads.has_gone_well.set(true);
    assert_eq!(uploads.limit(), MAX_UPLOADS);
    uploads.otp.forget();
    assert_eq!(uploads.limit(), 1);
    uploads.is_stopped.set(true);
    assert_eq!(uploads.limit(), 0);
    assert_eq!(desk.uploads(None, false).limit(), MAX_UPLOADS);
}
