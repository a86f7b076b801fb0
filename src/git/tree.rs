//! The files of a commit, read from git's objects: those that a publish depends on, written to
//! a temporary folder.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::program::{Program, output};
use crate::private;

/// The files that npm, this program and the workspace tools read. All others are left out: what
/// would be packed is not examined here.
const READ_FILES: [&str; 6] = [
    "package.json",
    ".npmrc",
    "safe-publish.json",
    "pnpm-workspace.yaml",
    "lerna.json",
    "rush.json",
];
/// At most this many packages are read.
const MAX_FILES: usize = 50_000;

/// The wanted files of a commit, on disk until this is dropped.
#[derive(Debug)]
pub struct Tree {
    folder: tempfile::TempDir,
    root: PathBuf,
    files: Vec<PathBuf>,
    root_is_linked: bool,
}

impl Tree {
    /// Writes the wanted files of a commit, or of an annotated tag's commit, each as `laid_out`
    /// returns it. `here` is where git is started.
    ///
    /// # Errors
    /// When git fails, in one line, or the folder cannot be written.
    pub async fn of(
        git: &Program,
        here: &Path,
        object: &str,
        laid_out: &dyn Fn(&Path, &[u8]) -> Vec<u8>,
    ) -> Result<Self, String> {
        let mut list = git.here(here);
        list.args(["ls-tree", "-r", "-z", "--full-tree", object]);
        let said = output(list, &[]).await?;
        let (wanted, root_is_linked) = (wanted(&said), root_is_linked(&said));
        if wanted.len() > MAX_FILES {
            return Err(format!("it holds {} package.json files", wanted.len()));
        }
        let mut read = git.here(here);
        read.args(["cat-file", "--batch"]);
        let ids: Vec<&str> = wanted.iter().map(|(id, _)| id.as_str()).collect();
        let said = output(read, ids.join("\n").as_bytes()).await?;
        let mut tree = Self::empty().map_err(|error| format!("a temporary folder: {error}"))?;
        tree.root_is_linked = root_is_linked;
        tree.fill(&wanted, &said, laid_out)
    }

    /// A folder without files.
    pub(crate) fn empty() -> io::Result<Self> {
        let folder = private::temporary_folder("safe-publish-hook-")?;
        // Paths are compared, which needs a path without links.
        let root = dunce::canonicalize(folder.path())?;
        Ok(Self {
            folder,
            root,
            files: Vec::new(),
            root_is_linked: false,
        })
    }

    fn fill(
        mut self,
        wanted: &[(String, PathBuf)],
        said: &[u8],
        laid_out: &dyn Fn(&Path, &[u8]) -> Vec<u8>,
    ) -> Result<Self, String> {
        let mut rest = said;
        for (id, path) in wanted {
            let (bytes, after) = object(rest).ok_or_else(|| format!("git does not have {id}"))?;
            let to = self.root.join(path);
            let write = || {
                private::create_folders(to.parent().unwrap_or(&self.root))?;
                private::write(&to, laid_out(path, bytes))
            };
            write().map_err(|error| format!("writing {}: {error}", path.display()))?;
            self.files.push(path.clone());
            rest = after;
        }
        Ok(self)
    }

    /// Where the files are.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a file was written.
    pub fn holds(&self, path: &str) -> bool {
        self.files.iter().any(|file| file == Path::new(path))
    }

    /// Whether the root's package.json is a symbolic link, which is not followed.
    pub fn root_is_linked(&self) -> bool {
        self.root_is_linked
    }

    /// The folders with a package.json, the root as an empty path, the
    /// shallowest first.
    pub fn packages(&self) -> Vec<&Path> {
        let manifests = self.files.iter();
        let mut folders: Vec<&Path> = manifests
            .filter(|path| path.file_name().is_some_and(|name| name == "package.json"))
            .filter_map(|path| path.parent())
            .collect();
        folders.sort_by_key(|folder| (folder.components().count(), *folder));
        folders
    }

    /// Makes the dependencies installed in a work tree visible from here, for policies on their
    /// licences. If that fails, they are unknown.
    pub fn link_installed(&self, work_tree: &Path) {
        for folder in self.packages() {
            let installed = work_tree.join(folder).join("node_modules");
            if installed.is_dir() {
                let _ = link(&installed, &self.root.join(folder).join("node_modules"));
            }
        }
    }

    /// Removes the folder's path from a text, which is about a commit and not about a folder.
    pub fn without_folder(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for folder in [self.root.as_path(), self.folder.path()] {
            let folder = folder.display().to_string();
            for below in [format!("{folder}/"), format!("{folder}\\")] {
                text = text.replace(&below, "");
            }
            text = text.replace(&folder, "the repository's root");
        }
        text
    }
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(windows)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(from, to)
}

/// `<mode> <type> <object>\t<path>\0`: the wanted ones that are plain files and whose path
/// stays below a folder.
fn wanted(said: &[u8]) -> Vec<(String, PathBuf)> {
    let text = String::from_utf8_lossy(said);
    let entry = |line: &str| {
        let (about, path) = line.split_once('\t')?;
        let mut about = about.split(' ');
        let is_file = about.next()?.starts_with("100") && about.next()? == "blob";
        let id = about.next()?.to_owned();
        let path = PathBuf::from(path);
        let is_below = path
            .components()
            .all(|part| matches!(part, Component::Normal(name) if name != "node_modules" && name != ".git"));
        let name = path.file_name()?.to_str()?;
        (is_file && is_below && READ_FILES.contains(&name)).then_some((id, path))
    };
    text.split('\0').filter_map(entry).collect()
}

fn root_is_linked(said: &[u8]) -> bool {
    let mut entries = said.split(|&byte| byte == 0);
    entries.any(|entry| entry.starts_with(b"120000 ") && entry.ends_with(b"\tpackage.json"))
}

/// `<object> blob <size>\n<bytes>\n`: the bytes, and what follows.
fn object(said: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = said.iter().position(|&byte| byte == b'\n')?;
    let head = std::str::from_utf8(&said[..end]).ok()?;
    let (about, size) = head.rsplit_once(' ')?;
    let size: usize = size.parse().ok()?;
    let bytes = said.get(end + 1..end + 1 + size)?;
    about
        .ends_with(" blob")
        .then(|| (bytes, said.get(end + 2 + size..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_files_with_wanted_names_are_taken() {
        let said = "100644 blob aa\tpackage.json\x00100755 blob bb\tp/.npmrc\0\
            100644 blob cc\tREADME.md\x00120000 blob dd\tlinked/package.json\0\
            160000 commit ee\tsub/package.json\x00100644 blob ff\ta/node_modules/b/package.json\0\
            100644 blob 11\t../package.json\0";
        let found: Vec<_> = wanted(said.as_bytes())
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(found, ["aa", "bb"]);
        assert!(!root_is_linked(said.as_bytes()));
        assert!(root_is_linked(b"120000 blob dd\tpackage.json\0"));
    }

    #[test]
    fn objects_are_read_one_after_the_other() {
        let (bytes, rest) = object(b"aa blob 3\nx\ny\nbb missing\n").unwrap();
        assert_eq!((bytes, rest), (&b"x\ny"[..], &b"bb missing\n"[..]));
        assert_eq!(object(rest), None);
        assert_eq!(object(b"aa blob 9\nx\n"), None);
    }

    #[test]
    fn the_folder_is_taken_out_of_a_text() {
        let tree = Tree::empty().unwrap();
        let root = tree.root().display().to_string();
        let text = format!("reading {root}/a/package.json below {root}");
        assert_eq!(
            tree.without_folder(&text),
            "reading a/package.json below the repository's root"
        );
    }
}
