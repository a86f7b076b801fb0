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
    packer: Packer,
}

impl Desk {
    fn new(script: &str) -> Self {
        Self::of(Packer::Pnpm, script)
    }

    fn of(packer: Packer, script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "package", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let program = folder.path().join("bin").join(packer.name());
        let script =
            format!("#!/bin/sh\n[ \"$1\" = --version ] && echo 12.0.0 && exit\n{script}\n");
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
            packer,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn pack(&self, scripts: serde_json::Value) -> Result<PathBuf, PackFailure> {
        let found = (&self.npm, &self.environment);
        let tool = Tool::find(self.packer, None, self.folder.path(), found).await;
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
            groups: Groups::default(),
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
async fn one_log_that_yarn_names_is_shown_and_none_that_another_tool_names() {
    let script = "echo inner words > $PWD/p.log; echo other > $PWD/q.log; echo \"failed (logs can be found here: $PWD/p.log), $PWD/p.log $PWD/q.log\"; exit 1";
    let output = async |packer: Packer| {
        let packed = Desk::of(packer, script).pack(json!({})).await;
        packed.unwrap_err().output
    };
    let yarns = output(Packer::Yarn).await;
    assert!(yarns.ends_with("q.log\ninner words\n"), "{yarns}");
    let pnpms = output(Packer::Pnpm).await;
    assert!(pnpms.ends_with("q.log\n"), "{pnpms}");
}
