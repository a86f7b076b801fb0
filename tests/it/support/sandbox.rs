//! A process that sees nothing of this machine: only named variables, a temporary home, a fixed
//! width.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A temporary home and project folder, and the variables of every run in it.
pub(crate) struct Sandbox {
    /// Removed with the sandbox.
    _folder: tempfile::TempDir,
    /// The same folder without links and short names, as programs report it.
    root: PathBuf,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    /// An empty project folder, an empty home, and no npm on PATH.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = dunce::canonicalize(folder.path()).expect("it is there");
        for name in ["project", "home", "empty"] {
            fs::create_dir(root.join(name)).expect("a fresh folder");
        }
        let mut sandbox = Self {
            _folder: folder,
            root,
            variables: Vec::new(),
        };
        let empty = sandbox.root().join("empty").display().to_string();
        sandbox.set("HOME", &sandbox.home().display().to_string());
        sandbox.set("PATH", &empty);
        sandbox.set("COLUMNS", "80");
        sandbox.set("TZ", "UTC");
        // npm's global npmrc would be the machine's.
        let global = sandbox.root().join("no-global-npmrc").display().to_string();
        sandbox.set("npm_config_globalconfig", &global);
        sandbox.set("npm_config_update_notifier", "false");
        sandbox.set_user_folders();
        #[cfg(windows)]
        for (name, value) in windows_variables(&sandbox.home()) {
            sandbox.set(&name, &value);
        }
        sandbox
    }

    /// Keeps settings and state in the sandbox on macOS and Windows, too. Otherwise they would
    /// be in the folders of the user who runs the tests.
    fn set_user_folders(&mut self) {
        if cfg!(target_os = "linux") {
            return;
        }
        for (name, folder) in [
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_STATE_HOME", ".local/state"),
        ] {
            let folder = self.home().join(folder).display().to_string();
            self.set(name, &folder);
        }
    }

    /// PATH for every later run: these folders, then the system's own.
    pub(crate) fn set_path(&mut self, folders: &[&Path]) {
        self.set("PATH", &search_path(folders));
    }

    /// The npm on PATH.
    pub(crate) fn npm(&self) -> PathBuf {
        self.program("npm")
    }

    /// The program that a shell would start for a word.
    pub(crate) fn program(&self, word: &str) -> PathBuf {
        which::which_in(word, self.variable("PATH"), self.root()).expect("it is on PATH")
    }

    /// An empty folder for the temporary files of every later run.
    pub(crate) fn own_temporary_folder(&mut self) -> PathBuf {
        let folder = self.root().join("tmp");
        fs::create_dir(&folder).expect("a fresh folder");
        for name in ["TMPDIR", "TEMP", "TMP"] {
            self.set(name, &folder.display().to_string());
        }
        folder
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.root().join("project")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// Sets a variable for every later run.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// A variable of later runs.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Writes a file below the project folder.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.project().join(path);
        fs::create_dir_all(path.parent().expect("below the project")).expect("a fresh folder");
        fs::write(path, text).expect("a writable folder");
    }

    /// Writes a workspace of this many packages, from `pkg-0` on.
    pub(crate) fn write_workspace(&self, packages: usize, version: &str) {
        let root = serde_json::json!({
            "name": "root", "version": "1.0.0", "private": true, "workspaces": ["p/*"]
        });
        self.write("package.json", &root.to_string());
        for number in 0..packages {
            let package = serde_json::json!({
                "name": format!("pkg-{number}"), "version": version, "license": "MIT"
            });
            self.write(&format!("p/{number}/package.json"), &package.to_string());
        }
    }

    /// A workspace whose members `a`, `b` and `c` are called `a-cat` and so on.
    pub(crate) fn write_three_cats(&self) {
        let root = r#"{"name":"root","private":true,"workspaces":["a","b","c"]}"#;
        self.write("package.json", root);
        for name in ["a", "b", "c"] {
            let manifest = format!(r#"{{"name":"{name}-cat","version":"1.0.0"}}"#);
            self.write(&format!("{name}/package.json"), &manifest);
        }
    }

    /// Puts something on PATH that only looks like this npm: `check`
    /// reads its version and never starts it.
    pub(crate) fn npm_is(&mut self, version: &str) {
        let bin = looks_like_npm(self.root(), version);
        self.set("PATH", &bin.display().to_string());
    }

    /// A command in the project folder with only the sandbox's variables.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.project())
            .stdin(Stdio::null());
        command
    }

    /// Runs safe-publish with the given arguments.
    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, args: &[S]) -> Run {
        Run::of(self.command(env!("CARGO_BIN_EXE_safe-publish")).args(args))
    }
}

/// Variables that every Windows program needs, and where it keeps a user's files.
#[cfg(windows)]
pub(crate) fn windows_variables(home: &Path) -> Vec<(String, String)> {
    let kept = ["SystemRoot", "SystemDrive", "ComSpec", "PATHEXT"].into_iter();
    let mut variables: Vec<(String, String)> = kept
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
        .collect();
    let mut set = |name: &str, folder: &Path| {
        variables.push((name.to_owned(), folder.display().to_string()));
    };
    set("USERPROFILE", home);
    for (name, folder) in [("APPDATA", "Roaming"), ("LOCALAPPDATA", "Local")] {
        let folder = home.join("AppData").join(folder);
        fs::create_dir_all(&folder).expect("a fresh folder");
        set(name, &folder);
    }
    for name in ["TEMP", "TMP"] {
        set(name, &std::env::temp_dir());
    }
    variables
}

/// A folder for PATH with an `npm` of this version that does nothing.
pub(crate) fn looks_like_npm(below: &Path, version: &str) -> PathBuf {
    let root = below.join(format!("npm-{version}"));
    let bin = root.join("bin");
    fs::create_dir_all(&bin).expect("a fresh folder");
    let manifest = format!(r#"{{"name":"npm","version":"{version}"}}"#);
    fs::write(root.join("package.json"), manifest).expect("a writable folder");
    #[cfg(windows)]
    fs::write(bin.join("npm.cmd"), "@exit /b 70\r\n").expect("a writable folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::write(bin.join("npm"), "#!/bin/sh\nexit 70\n").expect("a writable folder");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(bin.join("npm"), executable).expect("our own file");
    }
    bin
}

/// A PATH of these folders, then the system's own.
pub(crate) fn search_path(folders: &[&Path]) -> String {
    let folders = folders.iter().map(|folder| folder.to_path_buf());
    let path = std::env::join_paths(folders.chain(system_folders()));
    let path = path.expect("no folder of ours holds a separator");
    path.into_string().expect("UTF-8")
}

/// The system's program folders; on Windows also git's, which has no fixed place there.
fn system_folders() -> Vec<PathBuf> {
    if cfg!(unix) {
        return vec!["/usr/bin".into(), "/bin".into()];
    }
    let root = std::env::var("SystemRoot").map_or_else(|_| r"C:\Windows".into(), PathBuf::from);
    let git = which::which("git").ok();
    let git = git.and_then(|git| Some(git.parent()?.to_path_buf()));
    [Some(root.join("System32")), Some(root), git]
        .into_iter()
        .flatten()
        .collect()
}

/// A text whose paths are written with Unix's slashes.
pub(crate) fn slashes(text: &str) -> String {
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.to_owned()
    }
}

/// Random letters.
pub(crate) fn noise(length: usize) -> String {
    let mut state = 0x9e37_79b9_u32;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from(b'!' + (state % 90) as u8)
    };
    (0..length).map(letter).collect()
}

/// A process's output and exit status.
#[must_use = "look at the exit code or at what was said"]
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Run {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().expect("the program starts"))
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not JSON: {error}\n{}\n{}", self.stdout, self.stderr))
    }
}
