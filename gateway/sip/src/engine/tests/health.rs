//! OPTIONS to a trunk: up, down, up again.

use std::time::Duration;

use super::{Rig, respond};
use crate::event::SipEvent;

fn changed(rig: &mut Rig) -> (bool, String) {
    match rig.event() {
        SipEvent::TrunkChanged { trunk, up, reason } => {
            assert_eq!(trunk, "t");
            (up, reason)
        }
        other => panic!("not TrunkChanged: {other:?}"),
    }
}

#[test]
fn changes_are_told_once() {
    let mut rig = Rig::with(|trunk| trunk.options_interval = Some(Duration::from_secs(30)));
    assert_eq!(rig.stats.read_trunks()[0].up, None);
    rig.pass(Duration::ZERO);
    let ping = rig.request("OPTIONS");
    assert_eq!(ping.uri, "sip:192.0.2.1:5060");
    rig.receive(&respond(&ping, 404, "x", ""));
    assert_eq!(changed(&mut rig), (true, "404 Whatever".into()));
    assert_eq!(rig.stats.read_trunks()[0].up, Some(true));
    rig.pass(Duration::from_secs(30));
    let ping = rig.request("OPTIONS");
    rig.receive(&respond(&ping, 200, "x", ""));
    assert_eq!(rig.events(), []);
    // Silence.
    rig.pass(Duration::from_secs(63));
    assert_eq!(changed(&mut rig), (false, "no response to OPTIONS".into()));
    rig.outputs();
    rig.pass(Duration::from_secs(30));
    let ping = match rig.sent().into_iter().next() {
        Some(crate::message::Message::Request(ping)) => ping,
        other => panic!("{other:?}"),
    };
    rig.receive(&respond(&ping, 503, "x", ""));
    assert_eq!(rig.events(), []);
    rig.pass(Duration::from_secs(30));
    let ping = rig.request("OPTIONS");
    rig.receive(&respond(&ping, 200, "x", ""));
    assert_eq!(changed(&mut rig), (true, "200 Whatever".into()));
}

#[test]
fn a_trunk_that_is_not_watched_is_not_asked() {
    let mut rig = Rig::new();
    rig.pass(Duration::from_secs(600));
    assert_eq!((rig.said(), rig.events()), (vec![], vec![]));
}
