//! Between calls the connection is idle; the next call's timestamps have gone on with the clock, and its source
//! starts from its beginning.

use std::time::Duration;

use crate::gateway_peer::HZ;
use crate::listen::{part_heard, speech};
use crate::rig::Rig;

#[tokio::test]
async fn a_pause_between_two_calls() {
    let agent = speech(1, 1.0, HZ);
    let rig = Rig::talking(agent.clone()).await;
    rig.until(|rig| rig.gateway.heard().packets.len() >= 60).await;
    rig.path.close();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let before = rig.gateway.heard();
    let frames_heard = rig.ear.heard().len();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(rig.gateway.heard().packets.len(), before.packets.len(), "nothing goes up");
    assert_eq!(rig.ear.heard().len(), frames_heard, "nothing is heard");

    rig.path.open();
    rig.path.begin();
    rig.path.set_heard(true);
    rig.until(|rig| rig.gateway.heard().packets.len() >= before.packets.len() + 60).await;
    let heard = rig.gateway.heard();
    let (last, first) = (before.packets.last().unwrap(), heard.packets[before.packets.len()]);
    let slept = first.0.saturating_duration_since(last.0).as_millis() as i64;
    let counted = i64::from(first.1.timestamp.wrapping_sub(last.1.timestamp)) / 8;
    assert!((counted - slept).abs() < 60, "{counted} ms of timestamps for {slept} ms of time");
    assert_eq!(first.1.sequence, last.1.sequence.wrapping_add(1));
    assert!(first.1.marker, "the first packet after a pause is marked");
    let second = &heard.samples[before.samples.len()..];
    assert!(part_heard(&agent, second, HZ) > 0.8, "said from the beginning again");
}
