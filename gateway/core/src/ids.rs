//! Names of things. Every id is made outside or counted inside; none is guessed.

use serde::{Deserialize, Serialize};

macro_rules! text_ids {
    ($($(#[doc = $doc:literal])* $name:ident;)+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text_ids! {
    /// An instance (tenant): the word in the desk's address, `demo`.
    InstanceId;
    /// An agent: `login@instance`.
    AgentId;
    /// A skill group: `name@instance`.
    SkillGroupId;
    /// A call: `job-<uuid>` inbound, `job-<digits>` outbound.
    CallId;
    /// A contact flow.
    FlowId;
    /// A trunk, as named in the configuration.
    TrunkId;
    /// A telephone number: E.164 with `+` where it could be understood, else what was received.
    Number;
}

/// One party's connection in a call. Counted by the centre, never reused while the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LegId(pub u64);

/// One playing of prompts on one leg, so that a late *prompt ended* is told from the present one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlayId(pub u64);

/// Ties a command to its acceptance or refusal. Chosen by the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);
