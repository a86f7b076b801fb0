use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::*;
use crate::npm::{Npm, NpmVersion};
use crate::npmrc::{CommandLine, Config};

/// A package, a fake packer on PATH, and a folder to pack into.
struct Desk {
    folder: tempfile::TempDir,
    environment: Environment,
    npm: Npm,
}

impl Desk {
    fn new(packer: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "package", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let program = folder.path().join("bin/pnpm");
        let script =
            format!("#!/bin/sh\n[ \"$1\" = --version ] && echo 12.0.0 && exit\n{packer}\n");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", folder.path().join("bin").display());
        let environment = Environment::bare(folder.path())
            .with("PATH", &path)
            .with("npm_config_workspace", "x");
        let npm = Npm {
            path: folder.path().join("bin/npm"),
            version: NpmVersion::new(11, 0, 0),
            root: folder.path().to_owned(),
        };
        Self {
            folder,
            environment,
            npm,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn pack(&self, scripts: serde_json::Value) -> Result<PathBuf, PackFailure> {
        let found = (&self.npm, &self.environment);
        let tool = Tool::find(Packer::Pnpm, None, self.folder.path(), found).await;
        let tool = tool.unwrap();
        let config = Config::load(
            CommandLine::default(),
            &self.environment,
            Some(&self.npm),
            &|_, _| false,
        );
        let manifest =
            Manifest::from_json(json!({ "name": "cat", "version": "1.0.0", "scripts": scripts }));
        let packing = Packing {
            tool: &tool,
            scripts: Scripts::new(&tool, &config, &self.npm, &self.environment),
            environment: &self.environment,
        };
        let (folder, into) = (self.path("package"), self.path("out"));
        let job = Job {
            folder: &folder,
            manifest: &manifest,
            into: &into,
        };
        packing.pack(job).await
    }
}

/// Writes a stand-in for the tarball into the folder given by `--pack-destination`.
const WRITES: &str =
    "echo noise; echo '{\"filename\":\"evil.tgz\"}'; echo x > \"$4/cat-1.0.0.tgz\"";

#[tokio::test]
async fn the_scripts_that_no_packer_runs_come_first_with_npms_variables() {
    let desk = Desk::new(&format!("echo packed >> ran; {WRITES}"));
    let note = "echo $npm_lifecycle_event $npm_command $npm_package_name ${npm_config_workspace-none} $(basename $npm_package_json) ${npm_config_user_agent%% *} >> ran";
    let scripts = json!({
        "preprepublishOnly": "exit 1", "prepublishOnly": note, "prepublish": note,
        "prepack": "exit 1", "publish": "exit 1",
    });
    let tarball = desk.pack(scripts).await.unwrap();
    assert_eq!(tarball, desk.path("out/cat-1.0.0.tgz"));
    assert_eq!(
        fs::read_to_string(desk.path("package/ran")).unwrap(),
        "prepublishOnly publish cat none package.json pnpm/12.0.0\n\
         prepublish publish cat none package.json pnpm/12.0.0\npacked\n"
    );
}

#[tokio::test]
async fn a_script_that_fails_is_named_and_its_output_kept() {
    let desk = Desk::new(WRITES);
    let failure = desk
        .pack(json!({ "prepublishOnly": "echo why; exit 3" }))
        .await;
    let wanted = PackFailure {
        problem: Problem::Script("prepublishOnly", 3),
        output: "why\n".to_owned(),
    };
    assert_eq!(failure, Err(wanted));
}

#[tokio::test]
async fn only_a_packer_that_ends_well_with_one_tarball_has_packed() {
    let problem = async |packer: &str| {
        let packed = Desk::new(packer).pack(json!({})).await;
        packed.unwrap_err().problem
    };
    assert_eq!(
        problem(&format!("{WRITES}; exit 4")).await,
        Problem::Packer(4)
    );
    assert_eq!(
        problem("echo '[{\"filename\":\"x.tgz\"}]'").await,
        Problem::NoTarball
    );
    let two = format!("{WRITES}; echo x > \"$4/b.tgz\"");
    assert_eq!(problem(&two).await, Problem::Tarballs(2));
}

#[tokio::test]
async fn the_log_that_yarn_names_is_shown() {
    let desk = Desk::new(
        "echo inner words > $PWD/p.log; echo \"YN0035: prepack failed (exit code 1, logs can be found here: $PWD/p.log)\"; exit 1",
    );
    let failure = desk.pack(json!({})).await.unwrap_err();
    assert!(failure.output.ends_with("inner words\n"), "{failure:?}");
}
