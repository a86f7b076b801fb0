//! What a release has sent. It is written before and after each upload, so that the same
//! command can continue an interrupted run. The journal is only an aid: the registry decides
//! what is published, but its answers may lag behind an upload.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::escape::hex;
use crate::file;
use crate::private;

/// The format of the file.
const SCHEMA: &str = "safe-publish/journal@1";
/// Larger journals are not read; thousands of packages need less.
const MAX_JOURNAL: u64 = 16 << 20;
/// What was noted longer ago is forgotten: registries do not lag that long.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

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
    /// The commit that HEAD was on in that run.
    #[serde(default)]
    pub(crate) commit: Option<String>,
}

impl Entry {
    /// What is true from now on. The journal adds the commit.
    pub(crate) fn now(sent: UploadState, integrity: &str, shasum: &str) -> Self {
        Self {
            sent,
            integrity: integrity.to_owned(),
            shasum: shasum.to_owned(),
            at: jiff::Timestamp::now(),
            process: None,
            commit: None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    schema: String,
    /// Private folders of the run, removed by the next one if they are left.
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
    /// The commit that HEAD is on in this run.
    commit: Option<String>,
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
            commit: None,
            write_error: None,
        }
    }

    /// Nothing is written, and no folder removed, from now on.
    pub(crate) fn read_only(&mut self) {
        self.path = None;
        self.document.folders.clear();
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

    /// The commit of the last run that sent some of these versions and left others.
    pub(crate) fn unfinished_commit(&self, specs: &[String]) -> Option<&str> {
        let entries = specs.iter().filter_map(|spec| self.entry(spec));
        let (sent, left): (Vec<&Entry>, Vec<&Entry>) =
            entries.partition(|entry| entry.sent == UploadState::Accepted);
        let last = sent.into_iter().max_by_key(|entry| entry.at);
        last.filter(|_| !left.is_empty())?.commit.as_deref()
    }

    /// Begins a run: forgets what is long past, removes what an earlier run left in its
    /// private folders, and notes ours. Versions that are no part of this run stay: a later
    /// one may be about them.
    pub(crate) fn begin(&mut self, commit: Option<String>, folder: &Path) {
        self.clean();
        self.commit = commit;
        let now = jiff::Timestamp::now();
        let document = &mut self.document;
        SCHEMA.clone_into(&mut document.schema);
        let is_recent = |entry: &Entry| now.duration_since(entry.at).unsigned_abs() < MAX_AGE;
        document.packages.retain(|_, entry| is_recent(entry));
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
        self.note_all([(spec.to_owned(), entry)]);
    }

    /// Notes everything that is packed.
    pub(crate) fn note_all(&mut self, entries: impl IntoIterator<Item = (String, Entry)>) {
        let commit = &self.commit;
        let entries = entries.into_iter().map(|(spec, entry)| {
            let commit = commit.clone();
            (spec, Entry { commit, ..entry })
        });
        self.document.packages.extend(entries);
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
        Entry::now(sent, "sha512-x", "00")
    }

    fn state(journal: &Journal, spec: &str) -> Option<UploadState> {
        journal.entry(spec).map(|entry| entry.sent)
    }

    #[test]
    fn what_was_sent_is_there_in_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/x.json");
        let left = folder.path().join(format!("{FOLDER_PREFIX}a"));
        let other = folder.path().join("home");
        fs::create_dir(&left).unwrap();
        fs::create_dir(&other).unwrap();

        let mut first = Journal::open(Some(path.clone()));
        first.begin(None, &left);
        first.note("a@1.0.0", entry(UploadState::Accepted));
        first.note("b@1.0.0", entry(UploadState::Sending));
        let old = Entry {
            at: jiff::Timestamp::UNIX_EPOCH,
            ..entry(UploadState::Accepted)
        };
        first.note("a@0.9.0", old);

        let mut second = Journal::open(Some(path.clone()));
        assert_eq!(state(&second, "a@1.0.0"), Some(UploadState::Accepted));
        // A journal that names another folder does not make us remove it.
        second.document.folders.push(other.clone());
        second.begin(None, &folder.path().join("new"));
        assert!(!left.exists() && other.exists());
        // This run was about `a` alone.
        second.note("a@1.0.0", entry(UploadState::Accepted));
        let third = Journal::open(Some(path));
        assert_eq!(state(&third, "b@1.0.0"), Some(UploadState::Sending));
        assert_eq!(state(&third, "a@0.9.0"), None);
        assert_eq!(third.document.folders, [folder.path().join("new")]);
    }

    #[test]
    fn the_commit_of_an_unfinished_run_is_that_of_what_it_sent() {
        let specs = ["a@1.0.0".to_owned(), "b@1.0.0".to_owned()];
        let mut journal = Journal::open(None);
        let begin = |journal: &mut Journal, commit: &str| {
            journal.begin(Some(commit.to_owned()), Path::new("/x"));
        };
        begin(&mut journal, "c0ffee");
        journal.note("a@1.0.0", entry(UploadState::Accepted));
        assert_eq!(journal.unfinished_commit(&specs), None);
        journal.note("b@1.0.0", entry(UploadState::Packed));
        // A run about another package changes nothing.
        begin(&mut journal, "decaf");
        journal.note("c@1.0.0", entry(UploadState::Accepted));
        assert_eq!(journal.unfinished_commit(&specs), Some("c0ffee"));
        journal.note("b@1.0.0", entry(UploadState::Accepted));
        assert_eq!(journal.unfinished_commit(&specs), None);
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
