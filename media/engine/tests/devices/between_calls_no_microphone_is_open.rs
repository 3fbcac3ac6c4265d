//! The microphone is open from the ring to the call's end and never in between, as the sound server sees it.

use crate::desk::Desk;
use crate::server::{Server, until};

#[test]
fn between_calls_no_microphone_is_open() {
    let Some(server) = Server::start("between_calls_no_microphone_is_open") else { return };
    let desk = Desk::idle(Default::default());
    let mut known = desk.devices.now();
    until("the devices are known", || !known.borrow_and_update().devices.is_empty());
    for call in 0..5 {
        assert_eq!(server.recording(), [""; 0], "before call {call}");
        assert_eq!(server.playing(), [""; 0], "before call {call}");
        desk.path.open();
        until("the microphone is open", || server.recording().len() == 1);
        until("the loudspeaker is open", || server.playing().len() == 1);
        // A ring: what the microphone hears is not sent.
        until("silence goes up", || {
            let sent = desk.sent_since(std::time::Instant::now() - std::time::Duration::from_secs(1));
            sent.len() > 5 && sent.iter().all(|(_, samples)| samples.iter().all(|sample| sample.unsigned_abs() < 16))
        });
        desk.path.close();
        until("the microphone is closed", || server.recording().is_empty());
        until("the loudspeaker is closed", || server.playing().is_empty());
    }
    crate::allocator::callbacks_allocated_nothing();
}
