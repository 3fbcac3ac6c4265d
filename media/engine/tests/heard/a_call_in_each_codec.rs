//! Words cross both ways in every codec, and each ear hears the other's and not its own.

use cordboard_engine::Codec;

use crate::gateway_peer::HZ;
use crate::listen::{part_heard, speech};
use crate::rig::Rig;

async fn a_call_in(codec: Codec, payload_type: u8) {
    let (agent, caller) = (speech(1, 2.5, HZ), speech(2, 2.5, HZ));
    let rig = Rig::connected(agent.clone()).await;
    rig.path.open();
    rig.gateway.speak([vec![0; HZ as usize / 2], caller.clone()].concat(), codec);
    // The desk answers in the codec it is spoken to in, once that has been heard for a while.
    rig.until(|rig| rig.gateway.heard().packets.last().is_some_and(|(_, last)| last.payload_type == payload_type))
        .await;
    rig.path.begin();
    rig.path.set_heard(true);
    let enough = HZ as usize * 4;
    rig.until(|rig| rig.ear.heard().len() > enough && rig.gateway.heard().samples.len() > enough).await;

    let (at_desk, at_gateway) = (rig.ear.heard(), rig.gateway.heard().samples);
    let (down, up) = (part_heard(&caller, &at_desk, HZ), part_heard(&agent, &at_gateway, HZ));
    assert!(down > 0.85, "{codec:?} down: {down}");
    assert!(up > 0.85, "{codec:?} up: {up}");
    for (words, ear) in [(&agent, &at_desk), (&caller, &at_gateway)] {
        assert!(part_heard(words, ear, HZ) < 0.4, "{codec:?}: an ear hears its own mouth");
    }
    let packets = rig.gateway.heard().packets;
    let last = packets.last().unwrap().1;
    assert_eq!(last.payload_type, payload_type);
    let report = rig.path.report();
    assert_eq!((report.codec_up, report.codec_down), (Some(codec), Some(codec)));
}

#[tokio::test]
async fn pcma() {
    a_call_in(Codec::Pcma, 8).await;
}

#[tokio::test]
async fn pcmu() {
    a_call_in(Codec::Pcmu, 0).await;
}

#[tokio::test]
async fn opus() {
    a_call_in(Codec::Opus, 63).await;
}

#[tokio::test]
async fn an_agent_who_is_not_heard_is_silent() {
    let agent = speech(1, 2.0, HZ);
    let rig = Rig::talking(agent.clone()).await;
    rig.path.set_heard(false);
    let before = rig.gateway.heard().samples.len();
    rig.until(|rig| rig.gateway.heard().samples.len() > before + HZ as usize * 2).await;
    let heard = rig.gateway.heard();
    let quiet = &heard.samples[before + HZ as usize / 4..];
    assert!(quiet.iter().all(|sample| sample.unsigned_abs() < 50), "mute is silence");
    assert!(heard.packets.len() > 90, "but packets go on");
}
