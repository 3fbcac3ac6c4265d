//! Streams: accepting, connecting, one reader and one writer a connection (RFC 3261 §18, RFC 5626 §3.5.1).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::framing::{Frame, next_frame};
use crate::config::{Limits, Transport};
use crate::message::parse;
use crate::shell::Notice;
use crate::stats::{Count, Stats};
use crate::wire::{ConnectionId, Flow, Input};

/// A connection somebody opened to us.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    pub(crate) listener: usize,
}

/// All connections that stand or are being made.
pub(crate) struct Connections {
    open: HashMap<ConnectionId, Open>,
    by_peer: HashMap<SocketAddr, ConnectionId>,
    next: u64,
    limits: Limits,
    notices: mpsc::Sender<Notice>,
    stats: Arc<Stats>,
}

struct Open {
    peer: SocketAddr,
    writer: mpsc::Sender<Bytes>,
    /// Ends reader and writer.
    task: tokio::task::AbortHandle,
}

const CONNECT_PATIENCE: Duration = Duration::from_secs(8);
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
const PONG: &[u8] = b"\r\n";

impl Connections {
    pub(crate) fn new(limits: &Limits, notices: mpsc::Sender<Notice>, stats: Arc<Stats>) -> Self {
        Self { open: HashMap::new(), by_peer: HashMap::new(), next: 0, limits: limits.clone(), notices, stats }
    }

    /// Takes in a connection; `false` when there are too many.
    pub(crate) fn accept(&mut self, tasks: &mut JoinSet<()>, accepted: Accepted) -> bool {
        let Accepted { stream, peer, listener } = accepted;
        self.add(tasks, peer, listener, Some(stream)).is_some()
    }

    /// Puts a message on its way over the connection it belongs to, one to the same address, or a new one.
    pub(crate) fn send(
        &mut self,
        tasks: &mut JoinSet<()>,
        connection: Option<ConnectionId>,
        peer: SocketAddr,
        listener: usize,
        bytes: &Bytes,
    ) -> bool {
        let known = connection.filter(|id| self.open.contains_key(id)).or_else(|| self.by_peer.get(&peer).copied());
        let Some(id) = known.or_else(|| self.add(tasks, peer, listener, None)) else { return false };
        let Some(open) = self.open.get(&id) else { return false };
        if open.writer.try_send(bytes.clone()).is_ok() {
            return true;
        }
        // A peer that does not read, or a connection that is just closing.
        tracing::debug!(%peer, "TCP connection does not take a message and is closed");
        open.task.abort();
        let peer = open.peer;
        self.forget(id);
        // The reader is gone and cannot say so itself.
        let _ = self.notices.try_send(Notice::Input(Input::ConnectionClosed { connection: id, peer }));
        false
    }

    pub(crate) fn forget(&mut self, id: ConnectionId) {
        if let Some(open) = self.open.remove(&id)
            && self.by_peer.get(&open.peer) == Some(&id)
        {
            self.by_peer.remove(&open.peer);
        }
    }

    fn add(
        &mut self,
        tasks: &mut JoinSet<()>,
        peer: SocketAddr,
        listener: usize,
        stream: Option<TcpStream>,
    ) -> Option<ConnectionId> {
        if self.open.len() >= self.limits.tcp_connections {
            return None;
        }
        self.next += 1;
        let id = ConnectionId(self.next);
        let (writer, queue) = mpsc::channel(self.limits.tcp_write_queue.max(1));
        let reader = Reader {
            flow: Flow { transport: Transport::Tcp, listener, source: peer, connection: Some(id) },
            notices: self.notices.clone(),
            stats: Arc::clone(&self.stats),
            idle: self.limits.tcp_idle,
            pong: writer.clone(),
        };
        let task = tasks.spawn(run(stream, peer, reader, queue));
        // Finished tasks are taken out, or the set would grow with every connection.
        while tasks.try_join_next().is_some() {}
        self.open.insert(id, Open { peer, writer, task });
        self.by_peer.insert(peer, id);
        Some(id)
    }
}

/// Accepts until the loop is gone; the loop decides who may stay.
pub(crate) async fn accept(listener: TcpListener, index: usize, notices: mpsc::Sender<Notice>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let accepted = Accepted { stream, peer, listener: index };
                if notices.send(Notice::Accepted(accepted)).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                // Out of file descriptors: the next one will fare no better for a moment.
                tracing::warn!(%error, "TCP connection not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// The life of one connection.
async fn run(stream: Option<TcpStream>, peer: SocketAddr, reader: Reader, queue: mpsc::Receiver<Bytes>) {
    let connection = reader.flow.connection;
    let notices = reader.notices.clone();
    let stream = match stream {
        Some(stream) => Some(stream),
        None => match tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(peer)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%peer, %error, "TCP connection not made");
                None
            }
            Err(_) => {
                tracing::debug!(%peer, "TCP connection takes too long");
                None
            }
        },
    };
    if let Some(stream) = stream {
        // Signalling is small and wants to be quick.
        let _ = stream.set_nodelay(true);
        let (read_half, write_half) = stream.into_split();
        tokio::select! {
            () = reader.run(read_half) => {}
            () = write(write_half, queue) => {}
        }
    }
    if let Some(connection) = connection {
        let _ = notices.send(Notice::Input(Input::ConnectionClosed { connection, peer })).await;
    }
}

async fn write(mut half: OwnedWriteHalf, mut queue: mpsc::Receiver<Bytes>) {
    while let Some(bytes) = queue.recv().await {
        let written = tokio::time::timeout(WRITE_PATIENCE, half.write_all(&bytes)).await;
        if !matches!(written, Ok(Ok(()))) {
            return;
        }
    }
}

struct Reader {
    flow: Flow,
    notices: mpsc::Sender<Notice>,
    stats: Arc<Stats>,
    idle: Duration,
    pong: mpsc::Sender<Bytes>,
}

impl Reader {
    async fn run(self, mut half: OwnedReadHalf) {
        let mut buffer = BytesMut::with_capacity(4_096);
        loop {
            match next_frame(&mut buffer) {
                Ok(Some(Frame::Ping)) => {
                    // A peer that pings without reading gets no pong.
                    let _ = self.pong.try_send(Bytes::from_static(PONG));
                    continue;
                }
                Ok(Some(Frame::Message(bytes))) => {
                    if !self.hand_over(&bytes).await {
                        return;
                    }
                    continue;
                }
                Ok(None) => {}
                Err(error) => return self.refuse(&error.to_string()),
            }
            match tokio::time::timeout(self.idle, half.read_buf(&mut buffer)).await {
                Ok(Ok(0)) | Ok(Err(_)) => return,
                Ok(Ok(_)) => {}
                Err(_) => {
                    tracing::debug!(peer = %self.flow.source, "TCP connection was idle too long");
                    return;
                }
            }
        }
    }

    /// Waits while the loop is behind, so that the peer's window closes; `false` when the connection has to end.
    async fn hand_over(&self, bytes: &[u8]) -> bool {
        match parse(bytes) {
            Ok(message) => self.notices.send(Notice::Input(Input::Received(self.flow, message))).await.is_ok(),
            Err(error) => {
                self.refuse(&error.to_string());
                false
            }
        }
    }

    fn refuse(&self, why: &str) {
        tracing::debug!(peer = %self.flow.source, why, "TCP connection said something that is no SIP");
        self.stats.count(Count::Malformed);
        self.stats.count(Count::ConnectionRefused);
    }
}
