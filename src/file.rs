//! Reads files that others made: only regular ones (also through links), up to a size and
//! within a time. A pipe, a device or an endless file does no harm.

use std::fmt;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How much is read of each kind of file, in bytes. A larger file was made to cause trouble,
/// and is not read at all.
pub mod limit {
    /// `.npmrc` and other tools' configuration.
    pub const CONFIG: u64 = 4 << 20;
    /// `safe-publish.json`, workflows, lock files' heads and other small files.
    pub const SMALL: u64 = 1 << 20;
    /// Certificates and keys in PEM. The public authorities' certificates have 250 KB together.
    pub const CERTIFICATES: u64 = 4 << 20;
    /// GitHub's file about a run's event; GitHub limits payloads to 25 MB.
    pub const EVENT: u64 = 32 << 20;
}

/// A file system that takes longer is not working.
const TIMEOUT: Duration = Duration::from_secs(10);
const CHUNK: u64 = 1 << 20;

/// Why a file was not read.
#[derive(Debug)]
pub enum FileError {
    /// The system's error.
    Io(io::Error),
    /// It is a folder, a pipe, a socket or a device.
    NotRegular,
    /// It is larger than this many bytes, the limit for its kind.
    TooLarge(u64),
    /// The file system took too long.
    TooSlow,
}

impl FileError {
    /// Whether the file does not exist.
    pub fn is_missing(&self) -> bool {
        let kinds = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
        matches!(self, Self::Io(error) if kinds.contains(&error.kind()))
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::NotRegular => f.write_str("it is not a regular file"),
            Self::TooLarge(limit) => write!(f, "it is larger than {} KB", limit >> 10),
            Self::TooSlow => write!(f, "reading it took more than {} s", TIMEOUT.as_secs()),
        }
    }
}

impl std::error::Error for FileError {}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io(error) => error,
            other => Self::other(other),
        }
    }
}

/// Opens a regular file.
///
/// # Errors
/// See [`FileError`].
pub fn open(path: &Path) -> Result<File, FileError> {
    // Opening may already have an effect on a device, or wait for a pipe's other end.
    check(&std::fs::metadata(path)?)?;
    let file = without_waiting(OpenOptions::new().read(true)).open(path)?;
    // The path may name another file by now.
    check(&file.metadata()?)?;
    Ok(file)
}

/// A regular file, or a pipe whose writer ends within `timeout`.
///
/// # Errors
/// See [`FileError`].
pub fn open_stream(path: &Path, timeout: Duration) -> Result<Box<dyn Read>, FileError> {
    if is_null(path) {
        return Ok(Box::new(io::empty()));
    }
    if !is_pipe(&std::fs::metadata(path)?) {
        return Ok(Box::new(open(path)?));
    }
    // Opening waits for the other end, and so does each read: both happen on a
    // thread that is waited for no longer than this.
    let (sender, receiver) = mpsc::sync_channel(1);
    let path = path.to_owned();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        let file = File::open(path);
        let mut read = || {
            file.as_ref()
                .map_err(copied)?
                .read(&mut buffer)
                .map(|read| buffer[..read].to_vec())
        };
        loop {
            let part = read();
            let is_last = !matches!(&part, Ok(part) if !part.is_empty());
            if sender.send(part).is_err() || is_last {
                return;
            }
        }
    });
    Ok(Box::new(Pipe {
        parts: receiver,
        part: io::Cursor::default(),
        deadline: Instant::now() + timeout,
    }))
}

/// Reads a whole file. The null device counts as an empty file: people name it to have none.
///
/// # Errors
/// See [`FileError`].
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let begin = Instant::now();
    let file = match open(path) {
        Err(FileError::NotRegular) if is_null(path) => return Ok(Vec::new()),
        opened => opened?,
    };
    let size = file.metadata()?.len();
    if size > limit {
        return Err(FileError::TooLarge(limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    // A file may grow while it is read, and some report no size.
    let mut rest = file.take(limit + 1);
    while rest.by_ref().take(CHUNK).read_to_end(&mut bytes)? > 0 {
        if bytes.len() as u64 > limit {
            return Err(FileError::TooLarge(limit));
        }
        if begin.elapsed() > TIMEOUT {
            return Err(FileError::TooSlow);
        }
    }
    Ok(bytes)
}

/// Reads at most `limit` bytes of a file.
///
/// # Errors
/// See [`FileError`].
pub fn read_head(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    read_up_to(open(path)?, limit, &mut bytes)?;
    Ok(bytes)
}

/// A file that was just seen as a regular one of this size, read in as few system calls as
/// possible. If something has replaced it since, it is not waited for, and no more is read.
#[derive(Debug)]
pub struct Listed {
    rest: io::Take<File>,
    begin: Instant,
}

impl Listed {
    /// Opens a file of `size` bytes.
    ///
    /// # Errors
    /// When the system reports one.
    pub fn open(path: &Path, size: u64) -> Result<Self, FileError> {
        let file = without_waiting(OpenOptions::new().read(true)).open(path)?;
        Ok(Self {
            rest: file.take(size),
            begin: Instant::now(),
        })
    }

    /// Adds the next `length` bytes to a buffer, and returns how many there were.
    ///
    /// # Errors
    /// See [`FileError`].
    pub fn read(&mut self, length: u64, buffer: &mut Vec<u8>) -> Result<usize, FileError> {
        if self.begin.elapsed() > TIMEOUT {
            return Err(FileError::TooSlow);
        }
        let length = length.min(self.rest.limit());
        buffer.reserve_exact(usize::try_from(length).unwrap_or(0));
        Ok(self.rest.by_ref().take(length).read_to_end(buffer)?)
    }

    /// Whether all bytes were read.
    pub fn is_done(&self) -> bool {
        self.rest.limit() == 0
    }
}

fn read_up_to(file: File, limit: u64, bytes: &mut Vec<u8>) -> Result<(), FileError> {
    let begin = Instant::now();
    let mut rest = file.take(limit);
    while rest.by_ref().take(CHUNK).read_to_end(bytes)? > 0 {
        if begin.elapsed() > TIMEOUT {
            return Err(FileError::TooSlow);
        }
    }
    Ok(())
}

/// Reads a whole file as text; bytes that are not UTF-8 are replaced.
///
/// # Errors
/// See [`FileError`].
pub fn read_text(path: &Path, limit: u64) -> Result<String, FileError> {
    let bytes = read(path, limit)?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// Appends to a regular file, which is created if missing.
///
/// # Errors
/// When it is not a regular file, or cannot be written.
pub fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(_) if is_null(path) => return Ok(()),
        Ok(about) => check(&about)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut options = OpenOptions::new();
    let mut file = without_waiting(options.create(true).append(true)).open(path)?;
    check(&file.metadata()?)?;
    file.write_all(bytes)
}

/// The data that a pipe's thread has read.
struct Pipe {
    parts: mpsc::Receiver<io::Result<Vec<u8>>>,
    part: io::Cursor<Vec<u8>>,
    deadline: Instant,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        let rest = self.deadline.saturating_duration_since(Instant::now());
        match self.parts.recv_timeout(rest) {
            Ok(part) => self.part = io::Cursor::new(part?),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(0),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "its writer did not end in time",
                ));
            }
        }
        self.part.read(buffer)
    }
}

fn copied(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

#[cfg(unix)]
fn is_pipe(about: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&about.file_type())
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

fn check(about: &Metadata) -> Result<(), FileError> {
    about.is_file().then_some(()).ok_or(FileError::NotRegular)
}

fn is_null(path: &Path) -> bool {
    path.canonicalize()
        .is_ok_and(|path| path == Path::new("/dev/null"))
}

/// A pipe that replaces a file after it was examined is opened without waiting.
#[cfg(unix)]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = rustix::fs::OFlags::NONBLOCK.bits();
    options.custom_flags(i32::try_from(flags).unwrap_or(0))
}

#[cfg(not(unix))]
fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "hello").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"hello");
        let error = read(&path, 4).unwrap_err();
        assert!(matches!(error, FileError::TooLarge(4)), "{error}");
        assert!(read(&folder.path().join("y"), 4).unwrap_err().is_missing());
        assert!(matches!(read(folder.path(), 4), Err(FileError::NotRegular)));
        append(&path, b"!").unwrap();
        append(&folder.path().join("new"), b"!").unwrap();
        assert_eq!(read_text(&path, 9).unwrap(), "hello!");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("/dev/zero", path("zero")).unwrap();
        std::os::unix::fs::symlink("/dev/null", path("null")).unwrap();
        let made = std::process::Command::new("mkfifo")
            .args([path("pipe"), path("waiting")])
            .status();
        assert!(made.unwrap().success());
        for name in ["zero", "pipe"] {
            let read = read(&path(name), 9);
            assert!(
                matches!(read, Err(FileError::NotRegular)),
                "{name}: {read:?}"
            );
            assert!(append(&path(name), b"x").is_err(), "{name}");
        }
        let pipe = path("pipe");
        let mut waiting = open_stream(&path("waiting"), Duration::from_millis(50)).unwrap();
        let error = waiting.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let writer = std::thread::spawn(move || std::fs::write(pipe, "a log"));
        let mut stream = open_stream(&path("pipe"), Duration::from_secs(60)).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        writer.join().unwrap().unwrap();
        assert_eq!(text, "a log");
        assert_eq!(read(&path("null"), 9).unwrap(), b"");
        append(&path("null"), b"x").unwrap();
    }
}
