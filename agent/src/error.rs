//! What can go wrong, in sentences for people: what happened, why, and what to do next.

use cordboard_engine::DeviceError;
use cordboard_wire::Refusal;

/// Why an agent could not connect.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is no address.
    #[error("{0:?} is not a gateway's address. Give it as http://HOST:PORT or https://HOST.")]
    BadAddress(String),
    /// Nothing answers there.
    #[error("The gateway at {gateway} cannot be reached: {reason}. Check the address, and that the gateway runs.")]
    Unreachable {
        /// The address.
        gateway: String,
        /// What the network said.
        reason: String,
    },
    /// Something answers, but not as a gateway does.
    #[error("What answers at {gateway} is not a Cordboard gateway: {reason}. Check the address.")]
    NotAGateway {
        /// The address.
        gateway: String,
        /// What was strange.
        reason: String,
    },
    /// The gateway does not let this person in.
    #[error("{message} (reference {reference})")]
    WrongPassword {
        /// Stable code.
        code: String,
        /// The gateway's sentence.
        message: String,
        /// To quote to support.
        reference: String,
    },
    /// The two speak different versions.
    #[error("{message} This agent speaks version {ours} of the protocol: update the older of the two.")]
    ProtocolMismatch {
        /// The version spoken here.
        ours: u16,
        /// The gateway's sentence.
        message: String,
    },
    /// The same user is at another desk.
    #[error("{message}")]
    InUseElsewhere {
        /// The gateway's sentence.
        message: String,
    },
    /// The gateway said no for another reason.
    #[error("{message} ({code}, reference {reference})")]
    Refused {
        /// Stable code.
        code: String,
        /// The gateway's sentence.
        message: String,
        /// To quote to support.
        reference: String,
    },
    /// The sound path could not be started.
    #[error("The sound could not be started: {0}")]
    Sound(std::io::Error),
    /// The machine's sound devices cannot be used at all.
    #[error("{0}")]
    Devices(#[from] DeviceError),
}

/// Why a command was not carried out, or is not known to have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The gateway refused; nothing changed.
    #[error("{} (reference {})", .0.message, .0.reference)]
    Refused(Refusal),
    /// There is no connection now; nothing was sent.
    #[error("The gateway cannot be reached at the moment, so nothing was sent. Try again when the desk is connected.")]
    NotConnected,
    /// The connection was lost before the answer; the next view tells what became of it.
    #[error("The connection was lost before the gateway answered. The desk shows what became of it.")]
    AnswerLost,
    /// The gateway did not answer in time; the next view tells what became of it.
    #[error("The gateway did not answer in time. The desk shows what became of it.")]
    NoAnswer,
    /// The agent has ended.
    #[error("This desk is closed.")]
    Ended,
}

/// How a desk ended for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Its own person signed out.
    SignedOut,
    /// Another desk of the same user took over.
    TakenOver {
        /// The gateway's sentence.
        message: String,
    },
    /// The same user is at another desk, and this one may not come back.
    InUseElsewhere {
        /// The gateway's sentence.
        message: String,
    },
    /// The session ended, and signing in again was refused.
    SessionEnded {
        /// The gateway's sentence.
        message: String,
    },
    /// The gateway no longer speaks this version.
    ProtocolMismatch {
        /// The gateway's sentence.
        message: String,
    },
    /// This program broke one of its own rules.
    Broken,
}

impl Ended {
    /// Returns a stable word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Ended::SignedOut => "signed_out",
            Ended::TakenOver { .. } => "taken_over",
            Ended::InUseElsewhere { .. } => "in_use_elsewhere",
            Ended::SessionEnded { .. } => "session_ended",
            Ended::ProtocolMismatch { .. } => "protocol_mismatch",
            Ended::Broken => "broken",
        }
    }

    /// Returns the sentence for the person.
    pub fn message(&self) -> &str {
        match self {
            Ended::SignedOut => "Signed out.",
            Ended::Broken => {
                "The connection's own task has ended. This is a fault of this program: report it, with its log."
            }
            Ended::TakenOver { message }
            | Ended::InUseElsewhere { message }
            | Ended::SessionEnded { message }
            | Ended::ProtocolMismatch { message } => message,
        }
    }
}
