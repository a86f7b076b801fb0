//! The parent's side of the fence: it starts helpers, and gets from each the listening socket
//! of its network namespace.

use std::ffi::OsStr;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use tokio::io::Interest;
use tokio::net::{UnixListener, UnixStream};
use tokio::process::Command;

use super::helper;
use crate::private;

/// A helper needs some milliseconds; one that takes longer is stuck.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A fence of network namespaces, one for each program.
#[derive(Debug)]
pub struct Namespace {
    socket: UnixListener,
    path: PathBuf,
    port: u16,
    program: PathBuf,
}

impl Namespace {
    /// Starts a helper that enters namespaces and exits.
    ///
    /// # Errors
    /// One line, if the system does not permit it.
    pub(super) async fn try_out(port: u16, folder: &Path) -> Result<Self, String> {
        let path = folder.join("fence");
        let own = || -> io::Result<Self> {
            Ok(Self {
                socket: UnixListener::bind(&path)?,
                program: std::env::current_exe()?,
                path: path.clone(),
                port,
            })
        };
        let namespace = own().map_err(|error| error.to_string())?;
        private::set_mode(&namespace.path).map_err(|error| error.to_string())?;
        let mut child = namespace
            .helper()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        tokio::select! {
            biased;
            listener = namespace.listener() => listener.map(drop).map_err(|error| error.to_string())?,
            _ = child.wait() => return Err("the helper of the fence exited immediately".to_owned()),
        }
        let _ = child.wait().await;
        Ok(namespace)
    }

    fn helper(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg0(helper::NAME)
            .arg(&self.path)
            .arg(self.port.to_string());
        command
    }

    /// A command that runs a program in its own namespaces.
    pub(super) fn command(&self, program: &OsStr) -> Command {
        let mut command = self.helper();
        command.arg(program);
        command
    }

    /// The listening socket of the last started helper.
    ///
    /// # Errors
    /// The helper's message, or that it sent nothing.
    pub(super) async fn listener(&self) -> io::Result<TcpListener> {
        let receiving = async {
            let (helper, _) = self.socket.accept().await?;
            receive(&helper).await
        };
        tokio::time::timeout(TIMEOUT, receiving)
            .await
            .unwrap_or_else(|_| Err(io::Error::other("the helper of the fence did not answer")))
    }
}

async fn receive(helper: &UnixStream) -> io::Result<TcpListener> {
    let mut text = [0; 300];
    let (length, socket) = helper
        .async_io(Interest::READABLE, || receive_now(helper, &mut text))
        .await?;
    match socket {
        Some(socket) => Ok(TcpListener::from(socket)),
        None => Err(io::Error::other(
            String::from_utf8_lossy(&text[..length]).into_owned(),
        )),
    }
}

fn receive_now(helper: &UnixStream, text: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC;
    let message = recvmsg(helper, &mut [IoSliceMut::new(text)], &mut control, flags)?;
    let mut sockets = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut sockets) => sockets.next(),
        _ => None,
    });
    Ok((message.bytes, sockets.next()))
}
