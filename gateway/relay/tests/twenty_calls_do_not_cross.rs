//! Twenty calls at once over two workers, ten of them at desks: every ear has its own caller and nobody else.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::House;
use common::desk::Desk;
use common::ear::{Ear, samples, share};
use common::phone::Phone;
use cordboard_relay::{Codec, EndpointId, RelayEvent};

/// Forty tones, 50 Hz apart: no harmonics of each other's neighbours matter at this purity.
fn hz(mouth: u64) -> f32 {
    500.0 + 50.0 * mouth as f32
}

#[test]
fn every_ear_has_its_own_mouth() {
    let house = House::new(2);
    let desks: Vec<_> = (0..10).map(|call| Desk::connect(&house.relay, 100 + call)).collect();
    for call in 0..10 {
        house.expect("connected", |event| *event == RelayEvent::DeskConnected { endpoint: EndpointId(100 + call) });
    }
    let callers: Vec<_> = (0..20).map(|call| Phone::connect(&house.relay, 1 + call, Codec::Pcma, hz(call))).collect();
    let agents: Vec<_> =
        (10..20).map(|call| Phone::connect(&house.relay, 100 + call, Codec::Pcmu, hz(20 + call))).collect();
    for (call, desk) in (0..10).zip(&desks) {
        // Every other desk speaks Opus, which is decoded here.
        let codec = if call % 2 == 0 { Codec::Pcma } else { Codec::Opus };
        desk.say_tone(hz(20 + call), codec);
    }
    for call in 0..20 {
        house.plan_recorded(1 + call, common::hear(&[100 + call]), Some(&format!("job-{call}")));
        house.plan(100 + call, common::hear(&[1 + call]));
    }
    let ears: Vec<(&Ear, f32)> = (0..20)
        .map(|call| (&callers[call as usize].ear, hz(20 + call)))
        .chain(desks.iter().enumerate().map(|(call, desk)| (&desk.g711, hz(call as u64))))
        .chain(agents.iter().enumerate().map(|(call, agent)| (&agent.ear, hz(10 + call as u64))))
        .collect();
    for (ear, tone) in &ears {
        ear.wait_for_tone(*tone, 25);
    }
    ears[0].0.listen(Duration::from_secs(1));
    for (ear, tone) in &ears {
        let packets = ear.packets();
        let last = samples(&packets[packets.len() - 40..]);
        let others = (0..40).map(hz).filter(|other| other != tone).map(|other| share(&last, other));
        assert!(share(&last, *tone) > 0.8, "{tone} Hz: {}", share(&last, *tone));
        let loudest = others.fold(0.0, f32::max);
        assert!(loudest < 0.05, "beside {tone} Hz there is {loudest}");
    }
    let used: std::collections::HashSet<_> =
        (1..=20).map(|id| house.relay.stats(EndpointId(id)).unwrap().worker).collect();
    assert_eq!(used.len(), 2, "both workers work");
    for call in 0..10 {
        let worker = |id| house.relay.stats(EndpointId(id)).unwrap().worker;
        assert_eq!(worker(1 + call), worker(100 + call), "a bridged leg is where its desk is");
    }
    (1..=20).for_each(|id| house.relay.close(EndpointId(id)));
    for call in 0..20 {
        let name = format!("job-{call}");
        let done = house.expect(
            "recorded",
            |event| matches!(event, RelayEvent::RecordingDone { recording, .. } if *recording == name),
        );
        let RelayEvent::RecordingDone { wav, .. } = done else { panic!() };
        let wav = cordboard_media::wav::read(std::fs::File::open(wav).unwrap()).unwrap();
        for (side, own) in [(0, hz(call)), (1, hz(20 + call))] {
            let channel: Vec<i16> = wav.samples.iter().skip(side).step_by(2).copied().collect();
            let last = &channel[channel.len() - 8_000..channel.len() - 800];
            assert!(share(last, own) > 0.8, "{name}, channel {}: {}", side + 1, share(last, own));
        }
    }
}
