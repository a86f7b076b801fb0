//! The process that becomes a program inside the fence: this program, under another name. It
//! enters new namespaces, passes one of their listening sockets to its parent, and then
//! executes the program.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IoSlice, Write as _};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::thread::UnshareFlags;

use super::loopback;

/// The name (`argv[0]`) of this program when it runs as the helper.
pub(super) const NAME: &str = "safe-publish-fence";

/// What the helper sends with the socket.
pub(super) const READY: &[u8] = b"ready";

/// The exit code of a helper that failed, like a shell's when it finds no program.
const COULD_NOT_WORK: i32 = 127;

/// Runs as the helper if started as one. Arguments: the path of the parent's socket, the port
/// of the registry, and the program with its arguments. Without a program it only tests whether
/// this works.
pub(super) fn enter() -> Option<i32> {
    let mut arguments = std::env::args_os();
    if arguments.next()? != OsStr::new(NAME) {
        return None;
    }
    let arguments: Vec<OsString> = arguments.collect();
    let [socket, port, program @ ..] = arguments.as_slice() else {
        return Some(COULD_NOT_WORK);
    };
    let Ok(parent) = UnixStream::connect(socket) else {
        return Some(COULD_NOT_WORK);
    };
    let listener = port
        .to_str()
        .and_then(|port| port.parse().ok())
        .ok_or_else(|| io::Error::other("no port"))
        .and_then(enter_namespaces);
    let sent = match &listener {
        Ok(listener) => send(&parent, READY, Some(listener)),
        Err(error) => send(&parent, error.to_string().as_bytes(), None),
    };
    drop(parent);
    let ([program, arguments @ ..], Ok(_), Ok(())) = (program, &listener, sent) else {
        return Some(COULD_NOT_WORK);
    };
    let error = Command::new(program).args(arguments).exec();
    let _ = writeln!(io::stderr(), "{}: {error}", program.display());
    Some(COULD_NOT_WORK)
}

/// Enters a network namespace whose loopback interface is up, and listens there. Root needs no
/// user namespace, and would lose access to other users' files in one.
fn enter_namespaces(port: u16) -> io::Result<TcpListener> {
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    if user.is_root() {
        unshare(UnshareFlags::NEWNET)?;
    } else {
        unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNET)?;
        // A process may map its group only after it gives up the right to drop groups.
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    loopback::bring_up()?;
    TcpListener::bind(("127.0.0.1", port))
}

/// rustix deprecates the safe function because of `FILES`, which would give this thread its own
/// file table. It is not used here.
#[expect(deprecated, reason = "only UnshareFlags::FILES is unsafe")]
fn unshare(flags: UnshareFlags) -> io::Result<()> {
    rustix::thread::unshare(flags).map_err(|error| {
        let error = io::Error::from(error);
        io::Error::new(error.kind(), format!("a network namespace: {error}"))
    })
}

fn send(parent: &UnixStream, text: &[u8], listener: Option<&TcpListener>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let sockets: Vec<_> = listener.iter().map(|listener| listener.as_fd()).collect();
    if !sockets.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(&sockets));
    }
    sendmsg(
        parent,
        &[IoSlice::new(text)],
        &mut control,
        SendFlags::empty(),
    )?;
    Ok(())
}
