//! Exit codes, so that a script knows what happened without reading.

use std::process::ExitCode;

use cordboard_agent::{ConnectError, Ended};

/// How the process ends. The numbers are documented in `--help` and do not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    AsAsked = 0,
    Other = 1,
    Usage = 2,
    NotLetIn = 3,
    Unreachable = 4,
    ProtocolMismatch = 5,
    Elsewhere = 6,
    SoundFile = 7,
    Unfit = 8,
}

impl Exit {
    /// Says why on standard error and returns the code.
    pub fn because(self, sentence: &str) -> ExitCode {
        use std::io::Write;
        // Nobody may be there to read it.
        let _ = writeln!(std::io::stderr(), "cordboard-agent: {sentence}");
        self.into()
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl From<&ConnectError> for Exit {
    fn from(error: &ConnectError) -> Self {
        match error {
            ConnectError::BadAddress(_) => Exit::Usage,
            ConnectError::Unreachable { .. } | ConnectError::NotAGateway { .. } => Exit::Unreachable,
            ConnectError::WrongPassword { .. } => Exit::NotLetIn,
            ConnectError::ProtocolMismatch { .. } => Exit::ProtocolMismatch,
            ConnectError::InUseElsewhere { .. } => Exit::Elsewhere,
            ConnectError::Devices(_) => Exit::SoundFile,
            ConnectError::Refused { .. } | ConnectError::Sound(_) => Exit::Other,
        }
    }
}

impl From<&Ended> for Exit {
    fn from(ended: &Ended) -> Self {
        match ended {
            Ended::SignedOut => Exit::AsAsked,
            Ended::TakenOver { .. } | Ended::InUseElsewhere { .. } => Exit::Elsewhere,
            Ended::SessionEnded { .. } => Exit::NotLetIn,
            Ended::ProtocolMismatch { .. } => Exit::ProtocolMismatch,
            Ended::Broken => Exit::Other,
        }
    }
}
