//! What a release has sent. It is written before and after each upload, so that the same
//! command can continue an interrupted run. The journal is only an aid: the registry decides
//! what is published, but its answers may lag behind an upload.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::escape::hex;
use crate::file;
use crate::private;

/// The format of the file.
const SCHEMA: &str = "safe-publish/journal@1";
/// Larger journals are not read; thousands of packages need less.
const MAX_JOURNAL: u64 = 16 << 20;

/// How far the upload of a version has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UploadState {
    /// Packed, not sent.
    Packed,
    /// npm was started with it; how it ended was not seen.
    Sending,
    /// npm said that the registry accepted it.
    Accepted,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// How far its upload has got.
    pub(crate) sent: UploadState,
    /// `sha512-…` of the tarball.
    pub(crate) integrity: String,
    /// Its SHA-1 in hexadecimal.
    pub(crate) shasum: String,
    /// When this was noted.
    pub(crate) at: jiff::Timestamp,
    /// The process that is uploading it.
    #[serde(default)]
    pub(crate) process: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    schema: String,
    /// The commit at HEAD.
    commit: Option<String>,
    /// Private folders of the run. The next run removes any that are left.
    folders: Vec<PathBuf>,
    /// By `name@version`.
    packages: BTreeMap<String, Entry>,
}

/// The journal of a repository and a registry.
#[derive(Debug)]
pub(crate) struct Journal {
    /// `None` if the platform has no folder for it.
    path: Option<PathBuf>,
    document: Document,
    write_error: Option<String>,
}

/// The path of the journal and the lock of a repository and a registry: in `XDG_STATE_HOME`,
/// on every system, else in the platform's state folder. `None` if the platform has none.
pub(crate) fn place(root: &Path, registry: &str) -> Option<PathBuf> {
    let named = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = named
        .filter(|folder| folder.is_absolute())
        .or_else(dirs::state_dir)
        .or_else(dirs::data_local_dir)?;
    let root = dunce::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let key = format!("{}\n{registry}", root.display());
    let sum = digest(&SHA256, key.as_bytes());
    let name = hex(&sum.as_ref()[..16]) + ".json";
    Some(state.join("safe-publish").join("releases").join(name))
}

impl Journal {
    /// Reads the journal of an earlier run. An unreadable one counts as empty.
    pub(crate) fn open(path: Option<PathBuf>) -> Self {
        let read = path
            .as_ref()
            .and_then(|path| file::read(path, MAX_JOURNAL).ok());
        let document = read.and_then(|bytes| serde_json::from_slice::<Document>(&bytes).ok());
        Self {
            path,
            document: document
                .filter(|document| document.schema == SCHEMA)
                .unwrap_or_default(),
            write_error: None,
        }
    }

    /// Why it could not be written. The release continues: the registry knows what is
    /// published.
    pub(crate) fn write_error(&self) -> Option<&str> {
        self.write_error.as_deref()
    }

    /// The entry of a version.
    pub(crate) fn entry(&self, spec: &str) -> Option<&Entry> {
        self.document.packages.get(spec)
    }

    /// Whether an earlier run sent some packages and did not finish.
    pub(crate) fn is_unfinished(&self) -> bool {
        let mut entries = self.document.packages.values();
        let is_left = |entry: &Entry| entry.sent != UploadState::Accepted;
        entries.clone().any(is_left) && entries.any(|entry| !is_left(entry))
    }

    /// The commit of the earlier run.
    pub(crate) fn commit(&self) -> Option<&str> {
        self.document.commit.as_deref()
    }

    /// Begins a run: forgets versions that are not part of it, removes what an earlier run left
    /// in its private folders, and notes ours.
    pub(crate) fn begin(&mut self, specs: &[String], commit: Option<String>, folder: &Path) {
        self.clean();
        let document = &mut self.document;
        SCHEMA.clone_into(&mut document.schema);
        document.packages.retain(|spec, _| specs.contains(spec));
        document.commit = commit;
        document.folders.push(folder.to_owned());
        self.write();
    }

    /// Removes what an earlier run left in its private folders.
    pub(crate) fn clean(&mut self) {
        if !self.document.folders.is_empty() {
            self.document.folders.retain(|left| !remove_left_over(left));
            self.write();
        }
    }

    /// Notes how far a version has got.
    pub(crate) fn note(&mut self, spec: &str, entry: Entry) {
        self.document.packages.insert(spec.to_owned(), entry);
        self.write();
    }

    /// Notes everything that is packed.
    pub(crate) fn note_all(&mut self, entries: impl IntoIterator<Item = (String, Entry)>) {
        self.document.packages.extend(entries);
        self.write();
    }

    /// Ends a run, whose private folder is gone.
    pub(crate) fn end(&mut self) {
        self.document.folders.clear();
        self.write();
    }

    fn write(&mut self) {
        if let Err(error) = self.try_write() {
            self.write_error = Some(error.to_string());
        }
    }

    fn try_write(&self) -> io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        private::create_folders(folder)?;
        let bytes = serde_json::to_vec_pretty(&self.document)?;
        // tempfile makes its files with mode 0600.
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        beside.write_all(&bytes)?;
        beside.as_file().sync_all()?;
        beside.persist(path).map_err(|error| error.error)?;
        sync_folder(folder)
    }
}

/// A rename is durable once the folder is synced. Windows cannot open folders.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The prefix of the names of private folders.
pub(crate) const FOLDER_PREFIX: &str = "safe-publish-release-";

/// Removes a folder that an earlier run left behind; true if it is gone. Only folders with our
/// prefix are removed, in case somebody else wrote the journal.
fn remove_left_over(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let is_ours = folder.is_absolute() && name.starts_with(FOLDER_PREFIX);
    let is_folder = fs::symlink_metadata(folder).is_ok_and(|about| about.is_dir());
    !is_ours || !is_folder || fs::remove_dir_all(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(sent: UploadState) -> Entry {
        Entry {
            sent,
            integrity: "sha512-x".to_owned(),
            shasum: "00".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            process: None,
        }
    }

    #[test]
    fn what_was_sent_is_there_in_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/x.json");
        let left = folder.path().join(format!("{FOLDER_PREFIX}a"));
        let other = folder.path().join("home");
        fs::create_dir(&left).unwrap();
        fs::create_dir(&other).unwrap();
        let specs = ["a@1.0.0".to_owned(), "b@1.0.0".to_owned()];

        let mut first = Journal::open(Some(path.clone()));
        first.begin(&specs, Some("c0ffee".to_owned()), &left);
        first.note("a@1.0.0", entry(UploadState::Accepted));
        first.note("b@1.0.0", entry(UploadState::Sending));

        let mut second = Journal::open(Some(path.clone()));
        assert_eq!(second.commit(), Some("c0ffee"));
        assert_eq!(second.entry("a@1.0.0"), Some(&entry(UploadState::Accepted)));
        // A journal that names another folder does not make us remove it.
        second.document.folders.push(other.clone());
        second.begin(&specs[..1], None, &folder.path().join("new"));
        assert!(!left.exists() && other.exists());
        let third = Journal::open(Some(path));
        assert_eq!(third.entry("b@1.0.0"), None);
        assert_eq!(third.document.folders, [folder.path().join("new")]);
    }

    #[test]
    fn a_journal_that_cannot_be_written_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let mut journal = Journal::open(Some(file.join("x.json")));
        journal.note("a@1", entry(UploadState::Packed));
        assert!(journal.write_error().is_some());
        let mut nowhere = Journal::open(None);
        nowhere.note("a@1", entry(UploadState::Packed));
        assert_eq!(
            (nowhere.write_error(), nowhere.entry("a@1").is_some()),
            (None, true)
        );
    }

    #[test]
    fn a_broken_journal_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        for text in [
            "",
            "{",
            "[]",
            "{\"schema\":\"other\",\"packages\":{\"a@1\":{\"sent\":\"sending\",\"integrity\":\"x\"}}}",
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(
                Journal::open(Some(path.clone())).document,
                Document::default()
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        Journal::open(Some(path.clone())).note("a@1", entry(UploadState::Packed));
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn each_repository_and_registry_has_its_own() {
        let places =
            [("/a", "r"), ("/b", "r"), ("/a", "s")].map(|(root, r)| place(Path::new(root), r));
        assert!(places[0] != places[1] && places[0] != places[2]);
    }
}
