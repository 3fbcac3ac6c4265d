//! Sound on a real machine: the WebRTC connection to the gateway, and the path between it and a mouth and an ear.
//!
//! * [`Peer`] is the connection. It is made before it is needed and costs nearly nothing while nobody talks.
//! * [`SoundPath`] is the path: a thread that pulls a [`SoundSource`], encodes and sends, and that orders, decodes
//!   and mixes what arrives into a [`SoundSink`], every 20 ms while a call is on.
//! * Files stand in for devices: [`SpeechFile`], [`Tone`], [`HeardFile`], or by name through [`source_named`].
//!
//! Which calls there are, when the path is open and when a lost connection is replaced is not decided here; that is
//! the agent's. The codecs, the jitter buffer and the mixer are `cordboard-media`'s.

mod codec;
mod downlink;
mod ear;
mod file;
mod follow;
mod path;
mod peer;
mod priority;
mod sound;
mod voice;

pub use cordboard_media::Codec;
pub use downlink::{Downlink, ReceivedPacket};
pub use file::{HeardFile, SpeechFile, Tone, source_named};
pub use path::{SoundPath, SoundReport};
pub use peer::{IceServer, Negotiated, Peer, PeerConfig, PeerError, PeerState, Uplink, UplinkPacket};
pub use priority::come_first;
pub use sound::{Deaf, Silence, SoundError, SoundSink, SoundSource};
