//! How the relay is set up, and why it may not start.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use thiserror::Error;

/// The relay's settings.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// Address that trunk RTP is bound to.
    pub rtp_ip: IpAddr,
    /// Address that trunks are told, if it differs.
    pub advertised_rtp_ip: Option<IpAddr>,
    /// UDP ports for trunk RTP: even ones for RTP, the next for RTCP.
    pub rtp_ports: RangeInclusive<u16>,
    /// Address that desks' media is bound to, one port a worker, chosen by the system.
    pub desk_bind: IpAddr,
    /// Address that desks are told, if it differs; needed if `desk_bind` is unspecified.
    pub desk_advertised: Option<IpAddr>,
    /// Worker threads; 0 means one a core.
    pub workers: usize,
    /// Folder of prompts: `<language>/<name>.wav` and `music.wav`.
    pub prompts: PathBuf,
    /// Folder that recordings are written to; made if missing.
    pub recordings: PathBuf,
}

/// Why the relay did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A socket for desks could not be bound.
    #[error("cannot bind desk media on {ip}: {source}")]
    DeskSocket {
        /// The address.
        ip: IpAddr,
        /// The system's word.
        source: std::io::Error,
    },
    /// Desks need one address to send to.
    #[error("desk media is bound to {0}: say with desk_advertised which address desks should use")]
    NoDeskAddress(IpAddr),
    /// The range holds no pair of ports.
    #[error("RTP ports {start} to {end} hold no even port with its neighbour")]
    NoPorts {
        /// First.
        start: u16,
        /// Last.
        end: u16,
    },
    /// A thread or its poll could not be made.
    #[error("cannot start a media worker: {0}")]
    Worker(std::io::Error),
    /// The folder for recordings is not usable.
    #[error("cannot use the recordings folder {path}: {source}")]
    Recordings {
        /// The folder.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
}

/// Why a trunk leg was not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The id is in use.
    #[error("endpoint {0} exists already")]
    Exists(u64),
    /// The id is out of range.
    #[error("endpoint {0} is out of range")]
    BadId(u64),
    /// Every port pair of the range is taken.
    #[error("no RTP port is free between {start} and {end}")]
    PortsExhausted {
        /// First.
        start: u16,
        /// Last.
        end: u16,
    },
    /// The worker's queue is full.
    #[error("the media worker is overloaded")]
    Busy,
    /// The relay has been stopped.
    #[error("the relay has stopped")]
    Stopped,
}

/// Why a command on an endpoint was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommandError {
    /// No such endpoint.
    #[error("no such endpoint")]
    NoSuchEndpoint,
    /// More than 32 digits wait already.
    #[error("too many digits wait")]
    DigitsWaiting,
    /// The value cannot be used: not a key, a codec that trunks do not speak …
    #[error("the value does not fit")]
    Unfit,
}
