//! The network drops everything for a while: short, and the same connection goes on; for good, and a new connection
//! carries the same call.

use std::time::Duration;

use cordboard_engine::{Codec, PeerState};

use crate::gateway_peer::{HZ, Network};
use crate::listen::{part_heard, speech};
use crate::rig::{Rig, connect, reached};

#[tokio::test]
async fn a_short_outage_passes() {
    let rig = Rig::talking(vec![]).await;
    rig.gateway.network(Network::GONE);
    reached(&rig.peer, PeerState::Disconnected, Duration::from_secs(15)).await;
    rig.gateway.network(Network::GOOD);
    reached(&rig.peer, PeerState::Connected, Duration::from_secs(15)).await;
    hears_words(&rig, 5).await;
}

#[tokio::test]
async fn a_new_connection_carries_the_call_on() {
    let agent = speech(6, 60.0, HZ);
    let mut rig = Rig::talking(agent).await;
    rig.gateway.network(Network::GONE);
    reached(&rig.peer, PeerState::Disconnected, Duration::from_secs(15)).await;
    let (peer, gateway) = connect(&rig.path).await;
    let lost = std::mem::replace(&mut rig.peer, peer);
    rig.gateway = gateway;
    lost.close().await;
    hears_words(&rig, 7).await;
    rig.until(|rig| rig.gateway.heard().packets.len() > 50).await;
}

async fn hears_words(rig: &Rig, seed: u32) {
    let caller = speech(seed, 1.5, HZ);
    let before = rig.ear.heard().len();
    rig.gateway.speak(caller.clone(), Codec::Pcma);
    rig.until(|rig| rig.ear.heard().len() > before + HZ as usize * 5 / 2).await;
    let part = part_heard(&caller, &rig.ear.heard()[before..], HZ);
    assert!(part > 0.85, "{part}");
}
