//! What desk and gateway say to each other: types only, no behaviour beyond naming things in words.
//!
//! A desk signs in over HTTP ([`sign_in`]), opens a socket with a one-use ticket, says [`ClientMessage::Hello`]
//! and from then on receives its whole [`DeskView`] whenever it changes. It acts by [`Command`]s, each accepted
//! or refused with a [`RefusalCode`] and a sentence. `docs/protocol.md` tells the same story to people.

pub mod command;
pub mod message;
pub mod quality;
pub mod refusal;
pub mod sign_in;
pub mod view;

pub use command::Command;
pub use message::{ByeCode, ClientMessage, GatewayMessage};
pub use quality::{LegCodec, Quality, QualityLevel, QualityReport};
pub use refusal::{Locale, Refusal, RefusalCode};
pub use sign_in::{ApiError, IceServer, Role, SessionKind, SignInAnswer, SignInRequest, Ticket};
pub use view::{
    Activity, AgentView, CallPhase, CallView, CentreView, DeskView, Direction, EndCause, EndedCallView, GroupView,
    Notice, NoticeCode, Presence, SoundTrouble, SoundTroubleView, WhoseDoing, WrapUpView,
};

/// The protocol version this build speaks; the gateway accepts this one and the one before it.
pub const PROTOCOL: u16 = 1;
/// The oldest protocol version the gateway still accepts.
pub const OLDEST_PROTOCOL: u16 = 1;
