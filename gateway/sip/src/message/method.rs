//! Request methods. They are case-sensitive tokens (RFC 3261 §7.1), and unknown ones are kept so that they can be
//! answered.

/// A request method.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    Invite,
    Ack,
    Bye,
    Cancel,
    Options,
    Info,
    Update,
    /// Defined somewhere (REGISTER, REFER …), not done here.
    Unsupported(&'static str),
    /// Nothing that is defined anywhere.
    Unknown(String),
}

/// What goes into Allow.
pub(crate) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE";

const DEFINED: [&str; 7] = ["REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "REFER"];

impl Method {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "OPTIONS" => Self::Options,
            "INFO" => Self::Info,
            "UPDATE" => Self::Update,
            other => match DEFINED.iter().find(|defined| **defined == other) {
                Some(defined) => Self::Unsupported(defined),
                None if super::escape::is_token(other) && other.len() <= 32 => Self::Unknown(other.to_owned()),
                None => return None,
            },
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Info => "INFO",
            Self::Update => "UPDATE",
            Self::Unsupported(name) => name,
            Self::Unknown(name) => name,
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
