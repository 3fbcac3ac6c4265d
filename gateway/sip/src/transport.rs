//! Sockets: datagrams, streams, names. What is read is parsed here and handed to the loop over a bounded queue.

mod allow;
mod framing;
mod lookup;
mod tcp;
mod udp;

pub(crate) use allow::AllowList;
#[cfg(test)]
pub(crate) use framing::next_frame;
pub(crate) use lookup::{Lookup, Lookups};
pub(crate) use tcp::{Accepted, Connections, accept};
pub(crate) use udp::{UdpSender, read_udp};
