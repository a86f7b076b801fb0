//! Real git repositories, isolated from this machine's configuration.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use safe_publish::rehearsal::State;
use serde_json::{Value, json};

use super::registry::Server;
use super::sandbox::{Run, Sandbox, looks_like_npm};

/// A repository in the sandbox's project folder, a bare remote called
/// `origin`, and a registry that the commits name.
pub(crate) struct Repository {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Option<Server>,
    pub(crate) registry: String,
}

impl Repository {
    /// An empty repository. `taken` 1.0.0 and 1.1.0 are on the registry.
    pub(crate) fn new() -> Self {
        let server = Server::start(state());
        let mut sandbox = Sandbox::new();
        let npm = looks_like_npm(sandbox.root(), "11.19.1");
        sandbox.set_path(&[&npm, &programs(&sandbox)]);
        sandbox.set("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            sandbox.set(&format!("GIT_{who}_NAME"), "Alice");
            sandbox.set(&format!("GIT_{who}_EMAIL"), "alice@example.com");
        }
        let config = "[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n";
        fs::write(sandbox.home().join(".gitconfig"), config).expect("writable");
        let registry = server.url();
        let repository = Self {
            sandbox,
            server: Some(server),
            registry,
        };
        let remote = repository.remote().display().to_string();
        repository.git(&["init", "-q", "--bare", &remote]);
        repository.git(&["init", "-q"]);
        repository.git(&["remote", "add", "origin", &remote]);
        repository
    }

    /// A repository with `cat` 1.2.3 at its root, committed.
    pub(crate) fn with_cat() -> Self {
        let repository = Self::new();
        repository.package(".", &json!({ "name": "cat", "version": "1.2.3" }));
        repository.npmrc();
        repository.commit("first");
        repository
    }

    /// A repository with a package at its root, committed and pushed, and the hook installed.
    pub(crate) fn with_hook(name: &str, version: &str) -> Self {
        let repository = Self::new();
        repository.package(".", &json!({ "name": name, "version": version }));
        repository.npmrc();
        repository.commit("first");
        repository.git(&["push", "-q", "-u", "origin", "main"]);
        repository.install();
        repository
    }

    pub(crate) fn remote(&self) -> PathBuf {
        self.sandbox.root().join("remote.git")
    }

    /// Writes a package.json, with a licence.
    pub(crate) fn package(&self, folder: &str, manifest: &Value) {
        let mut manifest = manifest.clone();
        manifest["license"] = "MIT".into();
        let text = serde_json::to_string_pretty(&manifest).expect("a manifest");
        self.sandbox.write(&format!("{folder}/package.json"), &text);
    }

    /// An .npmrc in the project that names the registry.
    pub(crate) fn npmrc(&self) {
        self.npmrc_in(".");
    }

    /// Writes the registry into a folder's own .npmrc.
    pub(crate) fn npmrc_in(&self, folder: &str) {
        let text = format!("registry={}\n", self.registry);
        self.sandbox.write(&format!("{folder}/.npmrc"), &text);
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--no-verify", "-m", message]);
    }

    /// Installs the hook.
    pub(crate) fn install(&self) {
        let run = self.sandbox.run(&["hook", "install"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }

    /// Runs git in the project; it must succeed.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.sandbox.project(), args)
    }

    /// Runs git in a folder; it must succeed.
    pub(crate) fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let run = Run::of(
            self.sandbox
                .command(git_program())
                .args(args)
                .current_dir(folder),
        );
        assert_eq!(run.code, Some(0), "git {args:?}: {}", run.stderr);
        run.stdout
    }

    /// Tags HEAD and pushes the tag.
    pub(crate) fn tag_and_push(&self, tag: &str) -> Run {
        self.git(&["tag", tag]);
        self.push(&[&format!("refs/tags/{tag}")])
    }

    /// Pushes to the remote.
    pub(crate) fn push(&self, args: &[&str]) -> Run {
        self.push_in(&self.sandbox.project(), args)
    }

    pub(crate) fn push_in(&self, folder: &Path, args: &[&str]) -> Run {
        let mut command = self.sandbox.command(git_program());
        command
            .args(["push", "-q", "origin"])
            .args(args)
            .current_dir(folder);
        Run::of(&mut command)
    }

    /// Runs `safe-publish hook` with an argument; it must succeed. Returns its output.
    pub(crate) fn hook(&self, word: &str) -> String {
        let run = self.sandbox.run(&["hook", word]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout
    }

    /// The hook works in a folder whose package is `cat` 1.2.3: a matching tag is pushed,
    /// another one is not.
    pub(crate) fn hook_works_in(&self, folder: &Path) {
        if self.has_arrived("v1.2.3") {
            self.git_in(&self.remote(), &["tag", "-d", "v1.2.3"]);
        }
        for (tag, code) in [("v1.2.3", 0), ("v1.2.4", 1)] {
            self.git_in(folder, &["tag", "--force", tag]);
            let run = self.push_in(folder, &[&format!("refs/tags/{tag}")]);
            assert_eq!(run.code, Some(code), "{tag}: {}", run.stderr);
            let fits = run.stderr.contains("ready: cat 1.2.3");
            assert!(fits || code == 1, "{tag}: {}", run.stderr);
        }
    }

    /// The same in the project.
    pub(crate) fn hook_works(&self) {
        self.hook_works_in(&self.sandbox.project());
    }

    /// Runs the hook by hand with git's input.
    pub(crate) fn run_hook(&self, args: &[&str], input: &str) -> Run {
        let mut command = self.sandbox.command(env!("CARGO_BIN_EXE_safe-publish"));
        let mut child = command
            .args(["hook", "run"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(input.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        Run {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// HEAD's commit.
    pub(crate) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Whether the remote has a tag.
    pub(crate) fn has_arrived(&self, tag: &str) -> bool {
        let tags = self.git_in(&self.remote(), &["tag", "--list"]);
        tags.lines().any(|line| line == tag)
    }

    /// How many requests the registry got.
    pub(crate) fn questions(&self) -> usize {
        self.server
            .as_ref()
            .map_or(0, |server| server.requests().len())
    }
}

/// A folder for PATH with this program in it.
fn programs(sandbox: &Sandbox) -> PathBuf {
    let bin = sandbox.root().join("bin");
    fs::create_dir(&bin).expect("a fresh folder");
    put_program(
        &bin,
        "safe-publish",
        Path::new(env!("CARGO_BIN_EXE_safe-publish")),
    );
    bin
}

fn state() -> State {
    let state = json!({
        "users": { "alice": {} },
        "tokens": { "token-of-alice": { "user": "alice" } },
        "packages": {
            "taken": { "versions": { "1.0.0": {}, "1.1.0": {} }, "maintainers": ["alice"] },
        },
    });
    serde_json::from_value(state).expect("a state")
}

/// git itself, whatever is on the sandbox's PATH.
pub(crate) fn git_program() -> PathBuf {
    if cfg!(unix) {
        return "/usr/bin/git".into();
    }
    which::which("git").expect("the tests need git on PATH")
}

/// Puts a program into a folder for PATH under another name.
pub(crate) fn put_program(folder: &Path, name: &str, program: &Path) {
    let to = folder
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    #[cfg(unix)]
    let put = std::os::unix::fs::symlink(program, to);
    // Windows lets few people make symbolic links.
    #[cfg(windows)]
    let put = fs::hard_link(program, &to).or_else(|_| fs::copy(program, &to).map(|_| ()));
    put.expect("a fresh folder");
}

/// Writes a script.
pub(crate) fn script(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
    fs::write(path, text).expect("writable");
    set_mode(path, mode);
}

/// Sets the mode of a file. Windows has none: there git runs every hook.
#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("our own file");
}

#[cfg(windows)]
pub(crate) fn set_mode(_path: &Path, _mode: u32) {}

/// Whether a file is there and has this mode, where files have modes.
#[cfg(unix)]
pub(crate) fn has_mode(path: &Path, mode: u32) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let about = fs::metadata(path).expect("it is there");
    about.permissions().mode() & 0o777 == mode
}

#[cfg(windows)]
pub(crate) fn has_mode(path: &Path, _mode: u32) -> bool {
    path.exists()
}

/// git's null object id.
pub(crate) const NONE: &str = "0000000000000000000000000000000000000000";

/// git's line for a new tag.
pub(crate) fn line(tag: &str, object: &str) -> String {
    format!("refs/tags/{tag} {object} refs/tags/{tag} {NONE}\n")
}
