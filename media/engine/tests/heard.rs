//! What is heard at both ends of a desk's connection, against a gateway made of str0m as the real one is: ICE-lite,
//! RTP mode, one plain thread. One binary, so that the WebRTC stack is linked once.
#![allow(clippy::unwrap_used, clippy::panic)]

#[allow(dead_code)]
#[path = "heard/gateway_peer.rs"]
mod gateway_peer;
#[path = "heard/listen.rs"]
mod listen;
#[path = "heard/rig.rs"]
mod rig;

#[path = "heard/a_call_in_each_codec.rs"]
mod a_call_in_each_codec;
#[path = "heard/a_network_goes_away.rs"]
mod a_network_goes_away;
#[path = "heard/a_network_is_bad.rs"]
mod a_network_is_bad;
#[path = "heard/between_calls_nothing_is_sent.rs"]
mod between_calls_nothing_is_sent;
#[path = "heard/the_codec_changes_in_mid_call.rs"]
mod the_codec_changes_in_mid_call;
