//! Brings up the loopback interface of a new network namespace: one message of
//! rtnetlink(7), answered by the kernel.

use std::io;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, sendto, socket};

/// `RTM_NEWLINK`.
const NEW_LINK: u16 = 16;
/// `NLM_F_REQUEST | NLM_F_ACK`.
const REQUEST_AND_ACK: u16 = 0x01 | 0x04;
/// `NLMSG_ERROR`; with error 0 it is the kernel's "done".
const ERROR: u16 = 2;
/// `IFF_UP`.
const UP: u32 = 1;
/// The loopback interface is the first of every namespace.
const LOOPBACK: i32 = 1;

pub(super) fn bring_up() -> io::Result<()> {
    let socket = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    sendto(
        &socket,
        &request(),
        SendFlags::empty(),
        &SocketAddrNetlink::new(0, 0),
    )?;
    let mut answer = [0; 1024];
    let (length, _) = recv(&socket, &mut answer[..], RecvFlags::empty())?;
    match error_of(&answer[..length]) {
        Some(0) => Ok(()),
        Some(error) => {
            let error = io::Error::from_raw_os_error(-error);
            let text = format!("the loopback interface of a network namespace: {error}");
            Err(io::Error::new(error.kind(), text))
        }
        None => Err(io::Error::other("rtnetlink gave no answer")),
    }
}

/// `struct nlmsghdr` and `struct ifinfomsg`, 16 bytes each.
fn request() -> Vec<u8> {
    let mut message = Vec::with_capacity(32);
    message.extend(32_u32.to_ne_bytes());
    message.extend(NEW_LINK.to_ne_bytes());
    message.extend(REQUEST_AND_ACK.to_ne_bytes());
    message.extend([0; 8]); // Sequence number and port: any.
    message.extend([0; 4]); // Family and type: any.
    message.extend(LOOPBACK.to_ne_bytes());
    message.extend(UP.to_ne_bytes());
    message.extend(UP.to_ne_bytes()); // The flags that change.
    message
}

/// The error in the kernel's answer, as a negative number; 0 for none.
fn error_of(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let error = i32::from_ne_bytes(answer.get(16..20)?.try_into().ok()?);
    (kind == ERROR).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_kernels_form() {
        let request = request();
        assert_eq!(request.len(), 32);
        assert_eq!(request[..4], 32_u32.to_ne_bytes());
        let mut answer = request.clone();
        answer[4..6].copy_from_slice(&ERROR.to_ne_bytes());
        answer[16..20].copy_from_slice(&(-1_i32).to_ne_bytes());
        assert_eq!(error_of(&answer), Some(-1));
        assert_eq!(error_of(&request), None);
        assert_eq!(error_of(b"short"), None);
    }
}
