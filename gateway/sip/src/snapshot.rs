//! What is kept of a dialog so that another process can end it.

use serde::{Deserialize, Serialize};

/// Everything that is needed to send BYE for a call from a process that did not set it up.
///
/// Serialises to JSON. It holds no secret: credentials are looked up by the trunk's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialogSnapshot {
    /// The trunk's name.
    pub trunk: String,
    /// Call-ID.
    pub call_id: String,
    /// Our From or To value without its tag.
    pub local: String,
    /// Our tag.
    pub local_tag: String,
    /// Theirs without its tag.
    pub remote: String,
    /// Their tag.
    pub remote_tag: String,
    /// The last sequence number we used.
    pub local_cseq: u32,
    /// Route values, first hop first.
    pub route_set: Vec<String>,
    /// Remote target: their Contact URI.
    pub target: String,
    /// How the dialog's requests travel.
    pub transport: crate::config::Transport,
    /// Host and port that stood in our Via and Contact.
    pub local_addr: String,
}
