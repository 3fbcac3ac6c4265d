//! Words cross both ways between a sound card and a gateway, and each ear hears the other's and not its own.

use std::time::{Duration, Instant};

use cordboard_engine::{Cleaning, Codec, DeviceSettings, Devices, Peer, PeerConfig, PeerState, SoundPath, come_first};
use cordboard_media::level::rms_dbfs;

use crate::gateway_peer::{GatewayPeer, HZ};
use crate::listen::{find, part_heard, speech};
use crate::listener::Listener;
use crate::server::{Server, until};
use crate::talker::Talker;

/// A path on devices, connected to a gateway's peer.
pub async fn connected(settings: DeviceSettings) -> (Devices, SoundPath, Peer, GatewayPeer) {
    come_first();
    let (devices, ends) = Devices::start(settings).unwrap();
    let path = SoundPath::start_between(Box::new(ends)).unwrap();
    let config = PeerConfig { bind: vec!["127.0.0.1".parse().unwrap()], ice_servers: vec![] };
    let (peer, offer) = Peer::offer(&config, path.downlink()).await.unwrap();
    let (gateway, answer) = GatewayPeer::answer(&offer);
    let negotiated = peer.accept(&answer).await.unwrap();
    path.connect(peer.uplink(), negotiated);
    let mut states = peer.state();
    let connecting = states.wait_for(|state| *state == PeerState::Connected);
    tokio::time::timeout(Duration::from_secs(20), connecting).await.unwrap().unwrap();
    (devices, path, peer, gateway)
}

#[test]
fn a_call_on_devices() {
    let Some(_server) = Server::start("a_call_on_devices") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    // Cleaning changes words' shape, by which they are told apart here; it has tests of its own.
    let settings = DeviceSettings { cleaning: Cleaning::NONE, ..DeviceSettings::default() };
    let (_devices, path, _peer, gateway) = runtime.block_on(connected(settings));
    let (agent, caller) = (speech(1, 4.0, HZ), speech(2, 4.0, HZ));
    let _mouth = Talker::over_and_over("voice_a", &[agent, vec![0; HZ as usize]].concat());
    let (ear, at_mouth) = (Listener::at("desk"), Listener::at_source("mic_a"));
    path.open();
    path.set_heard(true);
    let talked = Instant::now();
    until("the agent is heard", || {
        let heard = gateway.heard().samples;
        heard.len() > HZ as usize && rms_dbfs(&heard[heard.len() - HZ as usize..]) > -50.0
    });
    gateway.speak([vec![0; HZ as usize / 2], caller.clone()].concat(), Codec::Opus);
    until("it has been talked for long enough", || gateway.heard().samples.len() > HZ as usize * 12);
    let up = gateway.heard().samples;
    // What the microphone really heard, from when the room is known until the call is nearly over.
    let from = talked + Duration::from_secs(4);
    let said: Vec<i16> = at_mouth.since(from).1.chunks_exact(3).take(HZ as usize * 4).map(|three| three[1]).collect();
    let heard_up = part_heard(&said, &up, HZ);
    let down: Vec<i16> = ear.since(talked).1.chunks_exact(3).map(|three| three[1]).collect();
    let heard_down = part_heard(&caller, &down, HZ);
    // While the server had no processor, it played and took nothing: that much of four seconds may be missing.
    let [stalled_down, stalled_up] = [&ear, &at_mouth].map(|listener| listener.stalled(talked).as_secs_f64() / 4.0);
    eprintln!("up {heard_up:.2}, down {heard_down:.2}, stalled {stalled_up:.2}, {stalled_down:.2}");
    assert!(heard_down > 0.85 - stalled_down, "{heard_down} with {:?}", path.report().devices);
    assert!(heard_up > 0.8 - stalled_up, "{heard_up} with {:?}", path.report().devices);
    // All of it: a second may be one in which nothing was said.
    assert!(find(&said, &down).likeness < 0.5, "an ear hears its own mouth");
    let report = path.report();
    assert!(report.microphone_is_measured(), "{report:?}");
    crate::allocator::callbacks_allocated_nothing();
}

trait Measured {
    fn microphone_is_measured(&self) -> bool;
}

impl Measured for cordboard_engine::SoundReport {
    /// Gaps of callbacks and delays are there, and sound as if they could be true.
    fn microphone_is_measured(&self) -> bool {
        self.devices.is_some_and(|devices| {
            devices.capture_gap_ms > 1.0
                && devices.playback_gap_ms > 1.0
                && devices.capture_ms > 0.0
                && devices.playback_ms > 5.0
        })
    }
}
