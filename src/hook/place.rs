//! Where git looks for its hooks: `core.hooksPath`, worktrees, submodules,
//! husky's folder.

use std::path::{Component, Path, PathBuf};

use crate::error::Error;
use crate::git::{Program, program};

/// The hook's name.
pub const HOOK: &str = "pre-push";

/// A folder for hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookFolder {
    /// The folder.
    pub folder: PathBuf,
    /// Who it belongs to.
    pub kind: Kind,
}

/// Who a hooks folder belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// This clone: it is next to git's objects.
    Clone,
    /// The project: it is in the work tree, for every clone.
    Project,
    /// The project, and husky calls its files.
    Husky,
}

impl HookFolder {
    /// Finds it for the repository that git's variables name, otherwise for that of a folder.
    ///
    /// # Errors
    /// Outside git, and if the folder is shared with other repositories.
    pub async fn find(git: &Program, cwd: &Path) -> Result<Self, Error> {
        let outside = |reason| {
            Error::new(
                format!("looking for the repository of {}", cwd.display()),
                reason,
            )
            .next("run this inside a git repository; `git init` makes one")
        };
        let common = match ask(git, cwd, &["rev-parse", "--git-common-dir"]).await {
            Ok(path) => cwd.join(path),
            Err(reason) => return Err(outside(reason)),
        };
        // A bare repository has no work tree; its hooks run in the repository itself.
        let top = ask(git, cwd, &["rev-parse", "--show-toplevel"]).await;
        let top = top.map_or_else(|_| common.clone(), PathBuf::from);
        // A relative core.hooksPath is relative to the work tree's root.
        let hooks = ask(git, &top, &["rev-parse", "--git-path", "hooks"]).await;
        let hooks = real(&top.join(hooks.map_err(outside)?));
        let kind = if hooks.starts_with(real(&common)) {
            Kind::Clone
        } else if hooks.starts_with(real(&top)) {
            Kind::Project
        } else {
            return Err(shared(git, &top, &hooks).await);
        };
        Ok(of_husky(&hooks).map_or(
            Self {
                folder: hooks,
                kind,
            },
            |folder| Self {
                folder,
                kind: Kind::Husky,
            },
        ))
    }

    /// The hook itself.
    pub fn hook(&self) -> PathBuf {
        self.folder.join(HOOK)
    }
}

/// Since version 9 husky lets git look into `.husky/_`, and calls the files next to that
/// folder; before, into `.husky`, which contains `_/husky.sh`.
fn of_husky(hooks: &Path) -> Option<PathBuf> {
    let is_inner = hooks.file_name().is_some_and(|name| name == "_");
    if is_inner && (hooks.join("h").is_file() || hooks.join("husky.sh").is_file()) {
        return hooks.parent().map(Path::to_path_buf);
    }
    hooks
        .join("_/husky.sh")
        .is_file()
        .then(|| hooks.to_path_buf())
}

async fn shared(git: &Program, top: &Path, hooks: &Path) -> Error {
    let args = ["config", "--show-origin", "--get", "core.hooksPath"];
    let origin = ask(git, top, &args).await.unwrap_or_default();
    let origin = origin.split('\t').next().unwrap_or_default();
    let by = if origin.is_empty() {
        String::new()
    } else {
        format!(" (core.hooksPath in {origin})")
    };
    let line = r#"safe-publish hook run "$@""#;
    Error::new(
        "finding the folder of the hook",
        format!(
            "git takes this repository's hooks from {}{by}, which other repositories may use, too",
            hooks.display()
        ),
    )
    .next(format!(
        "add `{line}` to {HOOK} there yourself, or give this repository its own hooks: \
        git config core.hooksPath .githooks"
    ))
}

async fn ask(git: &Program, folder: &Path, args: &[&str]) -> Result<String, String> {
    let mut command = git.here(folder);
    command.args(args);
    let said = program::output(command, &[]).await?;
    let said = String::from_utf8_lossy(&said);
    Ok(said.trim_end_matches(['\n', '\r']).to_owned())
}

/// The path without `..` and links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    let there = plain
        .ancestors()
        .find_map(|above| Some((above, dunce::canonicalize(above).ok()?)));
    match there {
        Some((above, found)) => match plain.strip_prefix(above) {
            Ok(rest) if rest.as_os_str().is_empty() => found,
            Ok(rest) => found.join(rest),
            Err(_) => found,
        },
        None => plain,
    }
}
