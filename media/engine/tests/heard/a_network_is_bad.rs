//! 40 ms of jitter, 3 % of loss and packets overtaking each other, both ways: the words are still the words, and the
//! desk knows how bad it is.

use cordboard_engine::Codec;

use crate::gateway_peer::{HZ, Network};
use crate::listen::{part_heard, speech};
use crate::rig::Rig;

async fn a_bad_call_in(codec: Codec) {
    let (agent, caller) = (speech(8, 8.0, HZ), speech(9, 8.0, HZ));
    let rig = Rig::talking(agent.clone()).await;
    rig.gateway.network(Network::BAD);
    rig.path.prefer(Some(codec));
    rig.gateway.speak(caller.clone(), codec);
    let mut worst_loss = 0.0_f32;
    let mut worst_jitter = 0.0_f32;
    while rig.ear.heard().len() < HZ as usize * 9 {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let report = rig.path.report();
        worst_loss = worst_loss.max(report.lost_percent);
        worst_jitter = worst_jitter.max(report.jitter_ms);
    }
    let (down, up) = (part_heard(&caller, &rig.ear.heard(), HZ), part_heard(&agent, &rig.gateway.heard().samples, HZ));
    assert!(down > 0.6, "{codec:?} down: {down}");
    assert!(up > 0.6, "{codec:?} up: {up}");
    assert!(part_heard(&agent, &rig.ear.heard(), HZ) < 0.4);
    assert!(worst_loss >= 1.0, "loss was noticed: {worst_loss}");
    assert!((5.0..40.0).contains(&worst_jitter), "jitter was noticed: {worst_jitter}");
}

#[tokio::test]
async fn in_g711() {
    a_bad_call_in(Codec::Pcma).await;
}

#[tokio::test]
async fn in_opus() {
    a_bad_call_in(Codec::Opus).await;
}
