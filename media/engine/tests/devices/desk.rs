//! A desk's sound path on devices, without a gateway: a tone comes down as packets, and what goes up is kept.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cordboard_engine::{
    Cleaning, Codec, DeviceChoices, DeviceSettings, Devices, Downlink, Negotiated, ReceivedPacket, SoundPath, Uplink,
    Use,
};
use cordboard_media::g711::{decode_alaw_slice, encode_alaw_slice};
use cordboard_media::rtp::RtpHeader;
use cordboard_media::tone::Tone;

use crate::server::until;

/// What comes down.
pub const TONE_HZ: f64 = 1_000.0;

/// What went up, packet by packet: when, and its samples.
type Sent = Vec<(Instant, Vec<i16>)>;

/// A desk in a call.
pub struct Desk {
    pub devices: Devices,
    pub path: SoundPath,
    up: Arc<Mutex<Sent>>,
    stalls: Arc<Mutex<Vec<(Instant, Duration)>>>,
    over: Arc<AtomicBool>,
}

impl Desk {
    /// A desk whose call has not begun.
    pub fn idle(choices: DeviceChoices) -> Desk {
        let settings = DeviceSettings { choices, cleaning: Cleaning::NONE, hold: None };
        let (devices, ends) = Devices::start(settings).unwrap();
        let path = SoundPath::start_between(Box::new(ends)).unwrap();
        let (uplink, mut packets) = Uplink::to_channel(64);
        path.connect(uplink, Negotiated { up: vec![Codec::Pcma], copies: false });
        let up = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&up);
        std::thread::spawn(move || {
            while let Some(packet) = packets.blocking_recv() {
                let mut samples = vec![0; packet.payload.len()];
                decode_alaw_slice(&packet.payload, &mut samples);
                kept.lock().unwrap().push((Instant::now(), samples));
            }
        });
        let over = Arc::new(AtomicBool::new(false));
        let (downlink, ends) = (path.downlink(), Arc::clone(&over));
        std::thread::spawn(move || speak(&downlink, &ends));
        let stalls = Arc::new(Mutex::new(Vec::new()));
        let (noted, ends) = (Arc::clone(&stalls), Arc::clone(&over));
        std::thread::spawn(move || note_stalls(&noted, &ends));
        Desk { devices, path, up, stalls, over }
    }

    /// A desk in a call in which the agent is heard, all devices open.
    pub fn talking(choices: DeviceChoices) -> Desk {
        let desk = Self::idle(choices);
        desk.path.open();
        desk.path.set_heard(true);
        let now = desk.devices.now();
        until("both devices are open", || {
            let now = now.borrow();
            matches!(now.microphone, Use::Open(_)) && matches!(now.speaker, Use::Open(_))
        });
        desk
    }

    /// Returns how late a clock beside the sound thread ticked, in all since `from`.
    pub fn stalled(&self, from: Instant) -> Duration {
        self.stalls.lock().unwrap().iter().filter(|(at, _)| *at >= from).map(|(_, late)| *late).sum()
    }

    /// Returns the packets that went up since `from`: when, and 20 ms of samples at 8 kHz.
    pub fn sent_since(&self, from: Instant) -> Sent {
        self.up.lock().unwrap().iter().filter(|(at, _)| *at >= from).cloned().collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Notes when the machine lets a thread that should wake every 5 ms sleep for much longer.
fn note_stalls(stalls: &Mutex<Vec<(Instant, Duration)>>, over: &AtomicBool) {
    cordboard_engine::come_first();
    while !over.load(Ordering::Relaxed) {
        let asleep = Instant::now();
        std::thread::sleep(Duration::from_millis(5));
        let late = asleep.elapsed().saturating_sub(Duration::from_millis(5));
        if late > Duration::from_millis(10) {
            stalls.lock().unwrap().push((Instant::now(), late));
        }
    }
}

/// Sends a tone down, 20 ms at a time.
fn speak(downlink: &Downlink, over: &AtomicBool) {
    let mut tone = Tone::sine(TONE_HZ as f32, -16.0, 8_000);
    let mut due = Instant::now();
    for n in 0_u32.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let (mut samples, mut payload) = ([0; 160], [0; 160]);
        tone.fill(&mut samples);
        encode_alaw_slice(&samples, &mut payload);
        let header =
            RtpHeader { payload_type: 8, marker: n == 0, sequence: n as u16, timestamp: n.wrapping_mul(160), ssrc: 7 };
        downlink.push(ReceivedPacket { arrival: Instant::now(), header, payload: Bytes::copy_from_slice(&payload) });
        due += Duration::from_millis(20);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}
