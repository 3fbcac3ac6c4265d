//! Datagrams.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::AllowList;
use crate::config::Transport;
use crate::message::parse;
use crate::shell::Notice;
use crate::stats::{Count, Stats};
use crate::wire::{Flow, Input};

#[derive(Debug)]
pub(crate) struct UdpSender {
    socket: Arc<UdpSocket>,
    /// An IPv6 socket reaches IPv4 addresses only in their mapped form.
    mapped: bool,
}

impl UdpSender {
    pub(crate) fn new(socket: Arc<UdpSocket>) -> Self {
        let mapped = socket.local_addr().is_ok_and(|addr| addr.is_ipv6());
        Self { socket, mapped }
    }

    /// Sends a datagram; `false` when the network will not take it. One that does not fit into the socket's buffer
    /// is lost, as it could be anywhere else: what matters is repeated.
    pub(crate) fn send(&self, bytes: &Bytes, to: SocketAddr) -> bool {
        let to = match to {
            SocketAddr::V4(v4) if self.mapped => SocketAddr::from((v4.ip().to_ipv6_mapped(), v4.port())),
            other => other,
        };
        match self.socket.try_send_to(bytes, to) {
            Ok(_) => true,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => true,
            Err(error) => {
                tracing::debug!(%error, "datagram not sent");
                false
            }
        }
    }
}

/// Reads one socket until the loop is gone.
pub(crate) async fn read_udp(
    socket: Arc<UdpSocket>,
    listener: usize,
    allowed: AllowList,
    notices: mpsc::Sender<Notice>,
    stats: Arc<Stats>,
) {
    let mut buffer = vec![0; crate::message::MAX_MESSAGE_BYTES + 1];
    loop {
        let (length, source) = match socket.recv_from(&mut buffer).await {
            Ok(received) => received,
            Err(error) => {
                // Somebody's ICMP; the socket itself is fine.
                tracing::debug!(%error, "datagram not received");
                tokio::task::yield_now().await;
                continue;
            }
        };
        let data = &buffer[..length];
        // A response from an unknown address may be that of a proxy in a route set: its branch will tell.
        if !allowed.contains(source.ip()) && !data.starts_with(b"SIP/2.0 ") {
            stats.count(Count::UnknownSource);
            continue;
        }
        if data.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            // RFC 5626 §3.5.1: a keep-alive; over UDP it wants no answer but STUN's.
            continue;
        }
        let message = match parse(data) {
            Ok(message) => message,
            Err(error) => {
                tracing::debug!(%source, %error, length, "datagram is no SIP");
                stats.count(Count::Malformed);
                continue;
            }
        };
        let flow = Flow { transport: Transport::Udp, listener, source, connection: None };
        match notices.try_send(Notice::Input(Input::Received(flow, message))) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => stats.count(Count::Overloaded),
            Err(mpsc::error::TrySendError::Closed(_)) => return,
        }
    }
}
