//! Sound on a real machine.

mod codec;
mod downlink;
mod file;
mod peer;
mod sound;

pub use downlink::{Downlink, ReceivedPacket};
pub use file::{HeardFile, SpeechFile, Tone, source_named};
pub use peer::{IceServer, Negotiated, Peer, PeerConfig, PeerError, PeerState, Uplink, UplinkPacket};
pub use sound::{Deaf, Silence, SoundError, SoundSink, SoundSource};
