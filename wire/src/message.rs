//! The messages of the desk's socket, both ways, as JSON text frames.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Command, DeskView, IceServer, Locale, QualityReport, Refusal};

/// What a desk says. At most 64 KiB a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message, within 5 s of the socket's opening.
    Hello {
        /// The protocol version the desk speaks.
        protocol: u16,
        /// Product and version, for support (`cordboard-ui/0.1.0`).
        client: String,
        /// The language of the sentences the desk is told.
        locale: Locale,
        /// True when the person asked for this desk to take over from another one that is open.
        take_over: bool,
        /// The media connection this desk still has from before its socket was lost; it goes on being used.
        #[serde(default)]
        media_id: Option<u32>,
    },
    /// An act; answered by `accepted` or `refused` with the same id.
    Command {
        /// Chosen by the desk, rising.
        id: u32,
        /// The act.
        command: Command,
    },
    /// Offers the desk's one media connection (WebRTC): answered by `media_answer` or `refused` with the same id.
    MediaOffer {
        /// Chosen by the desk, rising, shared with commands.
        id: u32,
        /// The whole SDP offer, at most 16 KiB.
        sdp: String,
    },
    /// What the desk measured, every second in a call.
    Quality {
        /// The measurements.
        report: QualityReport,
    },
    /// Has the gateway send back what the desk sends on its media connection, between calls, or ends that. Beginning
    /// is answered by `accepted`, ending by `path_checked`, either by `refused` in a call or without a connection.
    PathCheck {
        /// Chosen by the desk, rising, shared with commands.
        id: u32,
        /// Whether to begin.
        on: bool,
    },
    /// Asks for the current view.
    Resend,
}

/// What the gateway says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum GatewayMessage {
    /// The answer to `hello`; a view follows at once.
    Welcome {
        /// The version spoken from now on.
        protocol: u16,
        /// The gateway's name and version.
        gateway: String,
        /// For the media connection.
        ice_servers: Vec<IceServer>,
        /// The gateway pings the socket this often; a desk that hears nothing for twice as long reconnects.
        heartbeat_ms: u32,
    },
    /// The whole state of the desk's world. The newest one is the truth; older ones may be dropped.
    View {
        /// Rises by one with each view of this agent, across reconnections, until the gateway restarts.
        #[ts(type = "number")]
        seq: u64,
        /// The gateway's clock, UTC milliseconds, to set timers against.
        #[ts(type = "number")]
        now_ms: i64,
        /// The view.
        view: Box<DeskView>,
    },
    /// The command was carried out, or is under way; the view tells the rest.
    Accepted {
        /// The command's id.
        id: u32,
        /// The call it made or touched.
        call_id: Option<String>,
    },
    /// The command was not carried out; nothing changed.
    Refused {
        /// The command's id.
        id: u32,
        /// Why.
        refusal: Refusal,
    },
    /// The answer to a media offer.
    MediaAnswer {
        /// The offer's id.
        id: u32,
        /// Names this media connection, for a later `hello`.
        media_id: u32,
        /// The whole SDP answer.
        sdp: String,
    },
    /// The end of a check of the media connection: what the gateway counted in it.
    PathChecked {
        /// The id of the message that ended it.
        id: u32,
        /// Packets received from the desk.
        received: u32,
        /// Packets sent back.
        returned: u32,
        /// Jitter of what the desk sent, milliseconds, where it was measured.
        jitter_up_ms: Option<f32>,
    },
    /// The last message before the gateway closes the socket.
    Bye {
        /// Why.
        code: ByeCode,
        /// The same in a sentence, in the desk's language.
        message: String,
    },
}

/// Why the gateway closes a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ByeCode {
    /// The desk speaks a version the gateway does not.
    ProtocolUnsupported,
    /// A message could not be understood.
    BadMessage,
    /// Messages came faster than 50 a second, or the desk did not read for 10 s.
    TooFast,
    /// The session has ended: sign in again.
    SessionEnded,
    /// The same user is at another desk; say `take_over` to move here.
    InUseElsewhere,
    /// Another desk of the same user took over.
    TakenOver,
    /// The gateway is stopping; come back with growing pauses.
    GoingAway,
}
