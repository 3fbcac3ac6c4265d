//! A ring is heard at the ringer's device and at no other, and no microphone is opened for it.

use std::time::Instant;

use cordboard_engine::{Choice, DeviceChoices, Ring};
use cordboard_media::level::rms_dbfs;

use crate::desk::Desk;
use crate::listener::{HZ, Listener};
use crate::server::{Server, until};

#[test]
fn the_ringer_has_its_own() {
    let Some(server) = Server::start("the_ringer_has_its_own") else { return };
    let ringer = Choice::Device("headset".to_owned());
    let desk = Desk::idle(DeviceChoices { ringer, ..DeviceChoices::default() });
    let (at_desk, at_headset) = (Listener::at("desk"), Listener::at("headset"));
    // Those two listeners record monitors, and nobody records anything else.
    assert_eq!(server.recording().len(), 2);
    let began = Instant::now();
    desk.devices.ring(Ring::Aloud);
    until("it rings", || rms_dbfs(&at_headset.last(300)) > -25.0);
    until("it pauses", || rms_dbfs(&at_headset.last(300)) < -80.0);
    until("it rings again", || rms_dbfs(&at_headset.last(300)) > -25.0);
    assert_eq!(server.recording().len(), 2, "a ring is no call");
    desk.devices.ring(Ring::Off);
    until("it stops", || server.playing().is_empty());
    let (_, elsewhere) = at_desk.since(began);
    assert!(rms_dbfs(&elsewhere) < -100.0, "heard where nobody rang: {}", rms_dbfs(&elsewhere));

    // In a call, another one knocks in the ear.
    desk.path.open();
    desk.devices.ring(Ring::Knocking);
    until("it knocks", || {
        let heard = at_desk.last(100);
        crate::listener::is_tone(&heard, 1_000.0, HZ) || rms_dbfs(&heard) > -40.0
    });
    assert!(server.playing().len() == 1, "on the loudspeaker's stream");

    // And the ringer plays beside an open loudspeaker, on another device.
    desk.devices.ring(Ring::Aloud);
    until("both streams play", || server.playing().len() == 2);
    until("it rings beside the loudspeaker", || rms_dbfs(&at_headset.last(300)) > -25.0);
    assert_eq!(server.playing().len(), 2, "the loudspeaker stays open");
    crate::allocator::callbacks_allocated_nothing();
}
