//! The SIP user agent of the gateway: calls over trunks, as dialogs with sound to be connected.
//!
//! It owns messages, transports, transactions, dialogs and offer/answer. It knows nothing of agents, queues or RTP:
//! sound is an address and a codec here ([`LocalMedia`], [`RemoteMedia`]), and what a call means is decided by whoever
//! reads the [`SipEvent`]s.
//!
//! One task owns everything; the [`UserAgent`] handle puts commands into its bounded queue and returns at once.
//! Below the sockets nothing does I/O or reads a clock: the engine takes messages, commands and deadlines, and hands
//! back messages and events.
//!
//! ```no_run
//! use cordboard_sip::{
//!     Codec, Dial, Direction, Listen, LocalMedia, SipEvent, TrunkConfig, UserAgent, UserAgentConfig,
//! };
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let mut trunk = TrunkConfig::new("carrier");
//! trunk.peer = Some("192.0.2.10:5060".parse()?);
//! trunk.allow = vec!["192.0.2.0/24".parse()?];
//! let config = UserAgentConfig {
//!     udp: vec![Listen::on("192.0.2.1:5060".parse()?)],
//!     tcp: vec![Listen::on("192.0.2.1:5060".parse()?)],
//!     trunks: vec![trunk],
//!     ..UserAgentConfig::default()
//! };
//! let (events_in, mut events) = tokio::sync::mpsc::channel(256);
//! let agent = UserAgent::start(config, events_in).await?;
//!
//! let ours = LocalMedia {
//!     addr: "192.0.2.1:20000".parse()?, // where the media worker listens
//!     codecs: vec![Codec::Pcma, Codec::Pcmu],
//!     direction: Direction::SendRecv,
//! };
//! agent.dial(Dial {
//!     trunk: "carrier".into(),
//!     caller: "+862165001000".into(),
//!     caller_display: String::new(),
//!     callee: "+8613800000000".into(),
//!     media: ours.clone(),
//!     timeout: std::time::Duration::from_secs(60),
//!     late_offer: false,
//! })?;
//! while let Some(event) = events.recv().await {
//!     match event {
//!         SipEvent::Incoming { dialog, .. } => {
//!             agent.ring(dialog)?; // or progress(dialog, ours), or refuse(dialog, 486, "")
//!             agent.answer(dialog, ours.clone())?;
//!         }
//!         SipEvent::Progress { media: Some(early), .. } => { /* let the agent hear `early.addr` */ }
//!         SipEvent::Answered { dialog, media } => {
//!             /* send RTP to media.addr as media.codecs[0] says; and in the end */
//!             agent.hang_up(dialog)?;
//!         }
//!         SipEvent::MediaChanged { held_by_far_side, .. } => { /* stop or go on sending */ }
//!         SipEvent::DialogKnown { snapshot, .. } => { /* journal it for hang_up_lost */ }
//!         SipEvent::Ended { cause, .. } => { /* the last word about this dialog */ }
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What a user can rely on
//!
//! * [`SipEvent::Ended`] comes exactly once for every dialog that `Incoming` named or `dial` returned, and nothing
//!   comes after it.
//! * [`SipEvent::Answered`] comes at most once, before any `MediaChanged`.
//! * Re-INVITE and UPDATE are answered here with the media of `answer`, `dial` or the last `set_media`; a refresh
//!   without a change gets the same answer under the same version and no event.
//! * A peer outside every trunk's allow list is answered nothing and counted ([`UserAgent::stats`]).
//! * Numbers, SDP and messages are logged at DEBUG only.

mod config;
mod dialog;
mod digest;
mod engine;
mod event;
mod leg;
mod media;
mod message;
#[cfg(test)]
mod mutations;
mod offer_answer;
mod random;
mod sdp;
mod shell;
mod snapshot;
mod stats;
mod timers;
mod transaction;
mod transport;
mod trunk;
mod user_agent;
mod wire;

pub use config::{
    CalledFrom, CallerFrom, Cidr, CidrError, Credentials, Limits, Listen, PeerAddr, PeerAddrError, Timing, Transport,
    TrunkConfig, UserAgentConfig,
};
pub use engine::LostError;
pub use event::{DialogId, EndCause, EndKind, SipEvent};
pub use media::{Codec, Direction, LocalMedia, RemoteMedia};
pub use shell::StartError;
pub use snapshot::DialogSnapshot;
pub use stats::{TrunkStats, UserAgentStats};
pub use user_agent::{CommandError, Dial, LocalAddrs, UserAgent};
