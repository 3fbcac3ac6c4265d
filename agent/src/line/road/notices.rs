//! When it is worth looking where the road leads: Linux tells when an address, a link or a route has changed; elsewhere it
//! is looked again and again. What has changed is found out by looking.

use std::time::Duration;

/// A question costs some tens of microseconds and sends nothing.
const WITHOUT_NOTICES: Duration = Duration::from_millis(100);
/// Where there are notices, one might be missed.
#[cfg(target_os = "linux")]
const WITH_NOTICES: Duration = Duration::from_secs(2);

/// The moments at which it is worth looking.
#[derive(Debug)]
pub(super) struct Notices {
    #[cfg(target_os = "linux")]
    kernel: Option<kernel::Notices>,
}

impl Notices {
    /// Begins to listen, so that nothing is missed from now on.
    pub(super) fn listen() -> Notices {
        Notices {
            #[cfg(target_os = "linux")]
            kernel: kernel::Notices::listen()
                .inspect_err(|error| tracing::debug!(%error, "the kernel tells nothing of the network"))
                .ok(),
        }
    }

    /// Waits for the next such moment.
    pub(super) async fn next(&mut self) {
        #[cfg(target_os = "linux")]
        if let Some(kernel) = &self.kernel {
            match tokio::time::timeout(WITH_NOTICES, kernel.next()).await {
                Ok(Ok(())) | Err(_) => return,
                Ok(Err(error)) => {
                    tracing::debug!(%error, "the kernel tells nothing of the network any more");
                    self.kernel = None;
                }
            }
        }
        tokio::time::sleep(WITHOUT_NOTICES).await;
    }
}

/// Linux' route sockets, rtnetlink(7).
#[cfg(target_os = "linux")]
mod kernel {
    use std::io::{Error, ErrorKind, Result};
    use std::os::fd::OwnedFd;

    use rustix::io::Errno;
    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
    use tokio::io::unix::AsyncFd;

    /// RTMGRP_LINK, and of both IP families RTMGRP_IPV*_IFADDR and RTMGRP_IPV*_ROUTE.
    const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    #[derive(Debug)]
    pub(super) struct Notices(AsyncFd<OwnedFd>);

    impl Notices {
        pub(super) fn listen() -> Result<Notices> {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            // The protocol of number 0 is NETLINK_ROUTE.
            let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
            bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
            // SAFETY: the socket is open, and closed by nobody else before this is dropped.
            Ok(Notices(unsafe { AsyncFd::register(socket) }?))
        }

        /// Waits for a notice; those that came with it are the same notice.
        pub(super) async fn next(&self) -> Result<()> {
            self.0.readable().await?.try_io(|socket| drain(socket.get_ref())).unwrap_or(Ok(()))
        }
    }

    /// Reads until there is nothing more, whatever it says.
    fn drain(socket: &OwnedFd) -> Result<()> {
        let mut message = [0_u8; 8_192];
        let mut any = false;
        loop {
            match recv(socket, &mut message, RecvFlags::empty()) {
                // More came than was kept: something has changed.
                Ok(_) | Err(Errno::NOBUFS) => any = true,
                Err(Errno::INTR) => {}
                // What has been read is a notice; what comes next is another.
                Err(Errno::AGAIN) if any => return Ok(()),
                Err(Errno::AGAIN) => return Err(Error::from(ErrorKind::WouldBlock)),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn the_kernel_is_listened_to_and_says_nothing_while_nothing_changes() {
        let mut notices = Notices::listen();
        assert!(notices.kernel.is_some(), "this kernel tells of its network");
        assert!(timeout(WITHOUT_NOTICES * 3, notices.next()).await.is_err());
        assert!(timeout(WITH_NOTICES * 2, notices.next()).await.is_ok(), "one that was missed is made up for");
    }
}
