//! Sound on a real machine: the WebRTC connection to the gateway, and the path between it and a mouth and an ear.
//!
//! * [`Peer`] is the connection. It is made before it is needed and costs nearly nothing while nobody talks.
//! * [`SoundPath`] is the path: a thread that takes frames from a mouth, encodes and sends, and that orders, decodes
//!   and mixes what arrives for an ear, while a call is on. The two are its [`SoundEnds`], and bring their clock.
//! * [`Devices`] are the machine's microphone, loudspeaker and ringer; [`DeviceEnds`] the ends they make. What the
//!   microphone hears is cleaned on the way ([`Cleaning`]).
//! * Files stand in for devices, as a [`SoundSource`] and a [`SoundSink`] on the wall clock: [`SpeechFile`], [`Tone`],
//!   [`HeardFile`], or by name through [`source_named`].
//!
//! * [`Rehearsal`] opens the devices outside any call: for a meter, a test tone, a test ring, and to hear what the
//!   microphone hears of what the loudspeaker plays.
//!
//! Which calls there are, when the path is open and when a lost connection is replaced is not decided here; that is
//! the agent's. The codecs, the jitter buffer and the mixer are `cordboard-media`'s.

mod cleaning;
mod codec;
mod delay;
mod device;
mod downlink;
mod ear;
mod ends;
mod file;
mod follow;
mod levels;
mod path;
mod peer;
mod priority;
mod rehearsal;
mod room;
mod sound;
mod voice;

pub use cleaning::{Cleaner, Cleaning};
pub use cordboard_media::Codec;
pub use delay::Delay;
pub use device::{
    Choice, DeviceChoices, DeviceEnds, DeviceError, DeviceSettings, Devices, DevicesNow, Direction, Lack, Ring,
    RingHold, SoundDevice, Use, in_callback,
};
pub use downlink::{Downlink, ReceivedPacket};
pub use ends::{Beat, DevicesReport, EndsReport, SoundEnds};
pub use file::{HeardFile, SpeechFile, Tone, source_named};
pub use levels::{Levels, LevelsNow};
pub use path::{PathProbe, SoundPath, SoundReport};
pub use peer::{IceServer, Negotiated, Peer, PeerConfig, PeerError, PeerState, Uplink, UplinkPacket};
pub use priority::come_first;
pub use rehearsal::{Rehearsal, Take};
pub use room::{EchoFound, Loudness, echo_in, loudness, probe_sound};
pub use sound::{Deaf, Silence, SoundError, SoundSink, SoundSource};
