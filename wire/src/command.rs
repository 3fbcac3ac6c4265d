//! What an agent asks for. The gateway decides; a client never acts on a command before its view says so.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One act of the agent at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Chooses ready: calls may be offered. During a call or wrap-up it is the wish for what comes next
    /// (in wrap-up it ends the wrap-up).
    Ready,
    /// Chooses a break with its reason (1 to 64 characters). During a call: what comes after the call.
    Break {
        /// The reason, one of the centre's break codes or free text.
        code: String,
    },
    /// Signs out of all skill groups. Refused during a call.
    SignOut,
    /// Answers the call that is ringing here.
    Answer {
        /// The call.
        call_id: String,
    },
    /// Declines the call that is ringing here: it goes back to its old place in the queue, the agent on break.
    Decline {
        /// The call.
        call_id: String,
    },
    /// Ends the call, or gives up a dial.
    HangUp {
        /// The call.
        call_id: String,
    },
    /// Puts the customer on hold: music there, silence here.
    Hold {
        /// The call.
        call_id: String,
    },
    /// Takes the customer back from hold.
    Retrieve {
        /// The call.
        call_id: String,
    },
    /// Mutes or unmutes the agent towards everybody in the call.
    Mute {
        /// The call.
        call_id: String,
        /// Whether the agent is to be muted.
        muted: bool,
    },
    /// Sends keys to the far side as RFC 4733 events.
    Digits {
        /// The call.
        call_id: String,
        /// One to 32 of `0-9 * # A-D`.
        digits: String,
    },
    /// Calls a number.
    Dial {
        /// What the person typed.
        callee: String,
        /// The outbound number to show; none: the centre picks one.
        caller: Option<String>,
    },
    /// Stops the wrap-up timer: wrap-up then lasts until `ready` or `break`.
    KeepWrapUp,
    /// Takes a notice off the desk, once it has been read.
    DismissNotice {
        /// The notice.
        notice_id: String,
    },
    /// Has the demo's built-in customer call in. Only in a demo centre.
    CustomerCalls {
        /// How many customers, 1 to 10.
        count: u8,
    },
}
