//! Stories over real sockets on loopback: two user agents against each other, and raw peers that misbehave.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod stories {
    pub mod support;

    mod both_change_media;
    mod far_end_misbehaves;
    mod many_calls;
    mod nobody_listens;
    mod strangers_and_garbage;
    mod trunks;
    mod two_agents_talk;
}
