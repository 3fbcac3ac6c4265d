//! What went wrong, as the web view is told: the same three kinds and fields a browser's desk makes of HTTP errors.

use cordboard_agent::ConnectError;
use serde::Serialize;

/// Why something asked for was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    kind: TroubleKind,
    code: String,
    message: String,
    reference: Option<String>,
}

/// Whether asking again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The gateway, or this machine, said no.
    Refused,
    /// Nobody is signed in.
    Unauthorised,
    /// The gateway could not be asked.
    Unreachable,
}

impl Trouble {
    /// Nobody is signed in here.
    pub fn nobody() -> Trouble {
        Trouble {
            kind: TroubleKind::Unauthorised,
            code: "SessionEnded".to_owned(),
            message: "Nobody is signed in at this desk. Sign in first.".to_owned(),
            reference: None,
        }
    }

    /// An operation's envelope that says no.
    pub fn refused(envelope: &serde_json::Value) -> Trouble {
        let text = |name: &str| envelope[name].as_str().unwrap_or_default().to_owned();
        Trouble {
            kind: TroubleKind::Refused,
            code: text("Code"),
            message: text("Message"),
            reference: Some(text("RequestId")),
        }
    }

    /// Something of this machine's own.
    pub fn here(code: &str, message: impl Into<String>) -> Trouble {
        Trouble { kind: TroubleKind::Refused, code: code.to_owned(), message: message.into(), reference: None }
    }
}

impl From<ConnectError> for Trouble {
    fn from(error: ConnectError) -> Trouble {
        let sentence = error.to_string();
        let (kind, code, message, reference) = match error {
            ConnectError::Unreachable { .. } => (TroubleKind::Unreachable, "Unreachable".to_owned(), sentence, None),
            ConnectError::WrongPassword { code, message, reference } => {
                (TroubleKind::Unauthorised, code, message, Some(reference))
            }
            ConnectError::Refused { code, message, reference } => {
                (TroubleKind::Refused, code, message, Some(reference))
            }
            ConnectError::BadAddress(_) => (TroubleKind::Refused, "BadAddress".to_owned(), sentence, None),
            ConnectError::NotAGateway { .. } => (TroubleKind::Refused, "NotAGateway".to_owned(), sentence, None),
            ConnectError::ProtocolMismatch { .. } => {
                (TroubleKind::Refused, "ProtocolMismatch".to_owned(), sentence, None)
            }
            ConnectError::InUseElsewhere { message } => {
                (TroubleKind::Refused, "InUseElsewhere".to_owned(), message, None)
            }
            ConnectError::Sound(_) | ConnectError::Devices(_) => {
                (TroubleKind::Refused, "Sound".to_owned(), sentence, None)
            }
        };
        Trouble { kind, code, message, reference }
    }
}
