//! The gateway crossfades from G.711 on one stream to Opus on the other and back; the desk hears one unbroken sound
//! and answers in kind.

use cordboard_engine::Codec;
use cordboard_media::tone::Tone;

use crate::gateway_peer::HZ;
use crate::listen::{longest_silence_ms, part_heard, speech, worst_break};
use crate::rig::Rig;

async fn changed(rig: &Rig, to: Codec, payload_type: u8) {
    rig.gateway.crossfade(to);
    rig.until(|rig| rig.gateway.heard().packets.last().is_some_and(|(_, last)| last.payload_type == payload_type))
        .await;
}

#[tokio::test]
async fn words_go_on_through_both_changes() {
    let (agent, caller) = (speech(3, 4.0, HZ), speech(4, 4.0, HZ));
    let rig = Rig::talking(agent.clone()).await;
    rig.gateway.speak(caller.clone(), Codec::Pcma);
    let passed = |samples: usize| move |rig: &Rig| rig.ear.heard().len() > samples;
    rig.until(passed(HZ as usize * 3 / 2)).await;
    changed(&rig, Codec::Opus, 63).await;
    rig.until(passed(HZ as usize * 5 / 2)).await;
    changed(&rig, Codec::Pcma, 8).await;
    rig.until(passed(HZ as usize * 5)).await;
    let (down, up) = (part_heard(&caller, &rig.ear.heard(), HZ), part_heard(&agent, &rig.gateway.heard().samples, HZ));
    assert!(down > 0.85, "down: {down}");
    assert!(up > 0.85, "up: {up}");
}

#[tokio::test]
async fn a_tone_neither_clicks_nor_stops() {
    let rig = Rig::talking(vec![]).await;
    let mut tone = vec![0; HZ as usize * 5];
    Tone::sine(440.0, -16.0, HZ).fill(&mut tone);
    rig.gateway.speak(tone, Codec::Pcma);
    let passed = |samples: usize| move |rig: &Rig| rig.ear.heard().len() > samples;
    rig.until(passed(HZ as usize * 3 / 2)).await;
    changed(&rig, Codec::Opus, 63).await;
    rig.until(passed(HZ as usize * 3)).await;
    changed(&rig, Codec::Pcma, 8).await;
    rig.until(passed(HZ as usize * 4)).await;
    let heard = rig.ear.heard();
    let steady = &heard[HZ as usize / 2..HZ as usize * 4];
    assert!(longest_silence_ms(steady, HZ) <= 20, "{} ms of silence", longest_silence_ms(steady, HZ));
    let breaks = worst_break(steady, 440.0, HZ);
    assert!(breaks < 0.3, "a break of {breaks}");
}
