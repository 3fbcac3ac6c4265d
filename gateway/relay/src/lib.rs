//! The gateway's media workers: who hears whom, packet by packet.
//!
//! The shell opens endpoints (trunk legs over plain RTP, desks over WebRTC), says in a [`Plan`] what each hears, and
//! receives [`RelayEvent`]s. It decides nothing: what a call is, is not known here.
//!
//! * One thread a worker, with its own sockets, endpoints and time. Desks stay on their worker; a trunk leg moves,
//!   socket and state, to that of the desk it is bridged with.
//! * A [`Relay`] is a handle; no call on it waits for a worker. A plan carries a revision, the newest wins, and none
//!   is lost however full a queue is. Events that matter are never dropped.
//! * Streams that leave here keep one SSRC, an unbroken sequence and timestamps on the wall clock, whatever feeds
//!   them, so that a browser never takes a pause for network delay.
//! * What everybody hears is what the plan says and nothing else: packets from foreign addresses are counted and
//!   dropped, and a source that is not in a listener's plan is not heard, wherever its packets were routed.

mod config;
mod demux;
mod desk;
mod directory;
mod endpoint;
mod event;
mod herald;
mod library;
mod line;
mod offer;
mod ports;
mod quality;
mod reception;
mod recording;
mod relay;
mod slot;
mod threads;
mod trunk;
mod worker;

pub use config::{CommandError, OpenError, RelayConfig, StartError};
pub use cordboard_media::Codec;
pub use endpoint::{EndpointId, EndpointStats, Hear, Plan, RecordingId, Remote};
pub use event::{QualitySample, RecordingGap, RelayEvent};
pub use offer::OfferError;
pub use recording::{FinishedRecording, finalise_leftovers};
pub use relay::Relay;
