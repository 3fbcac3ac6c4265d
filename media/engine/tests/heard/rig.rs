//! A desk's engine connected to a gateway's peer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cordboard_engine::{Peer, PeerConfig, PeerState, SoundPath, SoundSink, SoundSource, come_first};

use crate::gateway_peer::{GatewayPeer, HZ};

const PATIENCE: Duration = Duration::from_secs(20);

/// A mouth that says given samples from its beginning, once.
pub struct Mouth {
    samples: Vec<i16>,
    at: usize,
}

impl Mouth {
    pub fn saying(samples: Vec<i16>) -> Box<dyn SoundSource> {
        Box::new(Mouth { samples, at: 0 })
    }
}

impl SoundSource for Mouth {
    fn rate_hz(&self) -> u32 {
        HZ
    }

    fn begin(&mut self) {
        self.at = 0;
    }

    fn pull(&mut self, frame: &mut [i16]) {
        for sample in frame {
            *sample = self.samples.get(self.at).copied().unwrap_or(0);
            self.at += 1;
        }
    }
}

/// An ear whose memory can be read.
#[derive(Clone, Default)]
pub struct Ear(Arc<Mutex<Vec<i16>>>);

impl Ear {
    pub fn heard(&self) -> Vec<i16> {
        self.0.lock().unwrap().clone()
    }
}

impl SoundSink for Ear {
    fn rate_hz(&self) -> u32 {
        HZ
    }

    fn take(&mut self, frame: &[i16]) {
        self.0.lock().unwrap().extend_from_slice(frame);
    }
}

/// Both ends, connected.
pub struct Rig {
    pub path: SoundPath,
    pub ear: Ear,
    pub peer: Peer,
    pub gateway: GatewayPeer,
}

impl Rig {
    /// An agent who will say `words`, connected, no call yet.
    pub async fn connected(words: Vec<i16>) -> Rig {
        // Here as in a real desk and gateway; the threads started from now on inherit it.
        come_first();
        let ear = Ear::default();
        let path = SoundPath::start(Mouth::saying(words), Box::new(ear.clone())).unwrap();
        let (peer, gateway) = connect(&path).await;
        Rig { path, ear, peer, gateway }
    }

    /// The same in a call in which the agent is heard.
    pub async fn talking(words: Vec<i16>) -> Rig {
        let rig = Self::connected(words).await;
        rig.path.open();
        rig.path.begin();
        rig.path.set_heard(true);
        rig
    }

    /// Waits until `done` says so.
    pub async fn until(&self, done: impl Fn(&Rig) -> bool) {
        until(|| done(self)).await;
    }
}

/// Makes a connection for `path`.
pub async fn connect(path: &SoundPath) -> (Peer, GatewayPeer) {
    let config = PeerConfig { bind: vec!["127.0.0.1".parse().unwrap()], ice_servers: vec![] };
    let (peer, offer) = Peer::offer(&config, path.downlink()).await.unwrap();
    let (gateway, answer) = GatewayPeer::answer(&offer);
    let negotiated = peer.accept(&answer).await.unwrap();
    path.connect(peer.uplink(), negotiated);
    reached(&peer, PeerState::Connected, PATIENCE).await;
    until(|| gateway.connected()).await;
    (peer, gateway)
}

/// Waits for a state.
pub async fn reached(peer: &Peer, state: PeerState, limit: Duration) {
    let mut states = peer.state();
    let waiting = states.wait_for(|now| *now == state);
    tokio::time::timeout(limit, waiting).await.unwrap_or_else(|_| panic!("never {state:?}")).unwrap();
}

/// Waits until `done` says so; sound has no event to wait for but its own arrival.
pub async fn until(done: impl Fn() -> bool) {
    let waiting = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it did not happen in time");
}
