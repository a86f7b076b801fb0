use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::otp::ReadLine;
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
        for name in ["1", "2"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("cat-1.0.0.tgz"), "x").unwrap();
        }
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

    fn uploads(&self, otp: Option<&str>, read_line: Option<ReadLine>) -> Uploads<'_> {
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
            otp: OneTimePassword::new(otp.map(str::to_owned), read_line),
            output: &self.output,
            journal: RefCell::new(Journal::open(None)),
            has_gone_well: Cell::new(false),
            stop: Stop::default(),
            running: Groups::default(),
        }
    }

    async fn upload(&self, uploads: &Uploads<'_>) -> Result<NpmExit, UploadFailure> {
        self.upload_from("1", uploads).await
    }

    async fn upload_from(
        &self,
        folder: &str,
        uploads: &Uploads<'_>,
    ) -> Result<NpmExit, UploadFailure> {
        let tarball = self.folder.path().join(folder).join("cat-1.0.0.tgz");
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
    let uploads = desk.uploads(None, None);
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
    // npm ends with `-errno & 255`, too: 254 is ENOENT, 236 ENOTDIR.
    for (script, wanted) in [
        ("exit 1", UploadState::Packed),
        ("exit 254", UploadState::Packed),
        ("exit 236", UploadState::Packed),
        ("kill -9 $$", UploadState::Sending),
    ] {
        let desk = Desk::new(script);
        let uploads = desk.uploads(None, None);
        let failure = desk.upload(&uploads).await.unwrap_err();
        assert!(matches!(failure, UploadFailure::Npm(_)), "{failure:?}");
        assert_eq!(sent(&uploads), wanted, "{script}");
    }
}

#[tokio::test]
async fn what_npm_never_started_with_was_not_sent() {
    let desk = Desk::new("exit 0");
    fs::remove_file(desk.folder.path().join("npm")).unwrap();
    let uploads = desk.uploads(None, None);
    let failure = desk.upload(&uploads).await.unwrap_err();
    assert!(matches!(failure, UploadFailure::Io(_)), "{failure:?}");
    assert_eq!(sent(&uploads), UploadState::Packed);
}

#[tokio::test]
async fn without_a_terminal_a_stale_password_is_sent_once() {
    let desk = Desk::new(
        "echo \"$npm_config_otp $*\" >> ../seen; echo '{\"error\":{\"code\":\"EOTP\"}}'; exit 1",
    );
    let uploads = desk.uploads(Some("123456"), None);
    desk.upload(&uploads).await.unwrap_err();
    let args = "./cat-1.0.0.tgz --tag=next --provenance --json";
    assert_eq!(desk.seen(), format!("123456 publish {args}\n"));
    assert_eq!(uploads.otp.code(), None, "it is not sent again");
}

thread_local! {
    /// How often a person was asked.
    static QUESTIONS: Cell<usize> = const { Cell::new(0) };
}

fn count_question() {
    QUESTIONS.set(QUESTIONS.get() + 1);
}

/// Somebody who types the password that is taken.
fn types_it() -> tokio::sync::oneshot::Receiver<String> {
    count_question();
    let (send, receive) = tokio::sync::oneshot::channel();
    send.send("654321\n".to_owned()).unwrap();
    receive
}

/// Somebody who never types anything.
fn types_nothing() -> tokio::sync::oneshot::Receiver<String> {
    count_question();
    let (send, receive) = tokio::sync::oneshot::channel();
    std::mem::forget(send);
    receive
}

/// An npm that takes one password only.
const WANTS_654321: &str = "echo \"${npm_config_otp-none}\" >> ../seen; [ \"$npm_config_otp\" = 654321 ] && exit 0; echo '{\"error\":{\"code\":\"EOTP\"}}'; exit 1";

#[tokio::test]
async fn uploads_that_need_another_password_at_once_ask_once() {
    let desk = Desk::new(WANTS_654321);
    let uploads = desk.uploads(Some("123456"), Some(types_it));
    let both = tokio::join!(
        desk.upload_from("1", &uploads),
        desk.upload_from("2", &uploads)
    );
    assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
    assert_eq!(QUESTIONS.get(), 1);
    // Which of the two npms writes first is left to the system.
    let seen = desk.seen();
    let mut seen: Vec<&str> = seen.lines().collect();
    seen.sort_unstable();
    assert_eq!(seen, ["123456", "123456", "654321", "654321"]);
}

#[tokio::test]
async fn whoever_stops_at_the_question_sends_nothing() {
    let desk = Desk::new(WANTS_654321);
    let uploads = desk.uploads(None, Some(types_nothing));
    let stop = async {
        let wait = || tokio::time::sleep(std::time::Duration::from_millis(5));
        while QUESTIONS.get() == 0 {
            wait().await;
        }
        // The other npm may still be about to end.
        for _ in 0..4000 {
            if uploads.running.is_empty() {
                break;
            }
            wait().await;
        }
        assert!(uploads.running.is_empty(), "no npm runs on");
        uploads.stop();
    };
    let (ended, other, ()) = tokio::join!(
        desk.upload_from("1", &uploads),
        desk.upload_from("2", &uploads),
        stop
    );
    assert!(matches!(ended, Err(UploadFailure::NotSent)), "{ended:?}");
    assert!(matches!(other, Err(UploadFailure::NotSent)), "{other:?}");
    assert_eq!(QUESTIONS.get(), 1);
    assert_eq!(sent(&uploads), UploadState::Packed);
    // Neither with a password nor on the terminal has another npm started.
    assert_eq!(desk.seen(), "none\nnone\n");
}

#[test]
fn uploads_go_one_at_a_time_until_no_question_is_expected() {
    let desk = Desk::new("");
    let uploads = desk.uploads(None, Some(types_nothing));
    assert_eq!(uploads.limit(), 1);
    uploads.has_gone_well.set(true);
    assert_eq!(uploads.limit(), MAX_UPLOADS);
    uploads.otp.refuse(None);
    assert_eq!(uploads.limit(), 1);
    uploads.stop();
    assert_eq!(uploads.limit(), 0);
    assert_eq!(desk.uploads(None, None).limit(), MAX_UPLOADS);
    // A password that is in use becomes stale.
    let with_password = desk.uploads(Some("123456"), Some(types_nothing));
    with_password.has_gone_well.set(true);
    assert_eq!(with_password.limit(), 1);
}

#[test]
fn a_password_that_was_typed_meanwhile_is_kept() {
    let otp = OneTimePassword::new(Some("654321".to_owned()), Some(types_nothing));
    otp.refuse(Some("123456"));
    assert_eq!(otp.code().as_deref(), Some("654321"));
    otp.refuse(Some("654321"));
    assert_eq!(otp.code(), None);
}
