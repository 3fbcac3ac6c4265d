//! The sound thread: at the pace of the ends' clock while a call is on, asleep between calls.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::level::{SILENCE_DBFS, rms_dbfs};
use tokio::sync::oneshot;

use super::probe::Echoes;
use super::ticks::Ticks;
use super::{Control, PathProbe, SoundReport};
use crate::delay::{Delay, packetise_ms};
use crate::downlink::DownlinkEnd;
use crate::ear::Ear;
use crate::ends::{Beat, SoundEnds};
use crate::levels::{Levels, Meters};
use crate::peer::{Negotiated, Uplink};
use crate::voice::{FRAME, Voice};

/// What a packet gathers, as [`FRAME`].
const FRAME_MS: u32 = 20;
/// How long the last packet of a probe is waited for.
const PROBE_TAIL: Duration = Duration::from_millis(700);
/// A report every second.
const TICKS_A_REPORT: u64 = 50;
/// Whether anything arrives at all is told sooner.
const TICKS_A_COUNT: u64 = 5;

pub(super) struct SoundThread {
    ends: Box<dyn SoundEnds>,
    control: Receiver<Control>,
    arrived: DownlinkEnd,
    report: Arc<Mutex<SoundReport>>,
    levels: Arc<Levels>,
    meters: Meters,
    voice: Voice,
    ear: Ear,
    line: Option<(Uplink, Negotiated)>,
    preferred: Option<Codec>,
    heard: bool,
    /// Of what the source gave since the last report.
    loudest_dbfs: f32,
    ticks: Ticks,
    /// 20 ms of both, filled frame by frame of the ends.
    said: Vec<i16>,
    hears: Vec<i16>,
    frames_a_packet: usize,
    filled: usize,
}

/// Why a call's ticking ended.
enum Over {
    CallClosed,
    PathDropped,
}

impl SoundThread {
    pub(super) fn new(
        ends: Box<dyn SoundEnds>,
        control: Receiver<Control>,
        arrived: DownlinkEnd,
        report: Arc<Mutex<SoundReport>>,
        levels: Arc<Levels>,
    ) -> SoundThread {
        let voice = Voice::new(ends.said_hz());
        SoundThread {
            said: vec![0; voice.frame_samples()],
            hears: vec![0; ends.heard_hz() as usize / 50],
            frames_a_packet: (FRAME.as_millis() / ends.frame().as_millis().max(1)).max(1) as usize,
            filled: 0,
            ear: Ear::new(ends.heard_hz()),
            ends,
            control,
            arrived,
            report,
            levels,
            meters: Meters::new(FRAME_MS),
            voice,
            line: None,
            preferred: None,
            heard: false,
            loudest_dbfs: SILENCE_DBFS,
            ticks: Ticks::new(FRAME),
        }
    }

    pub(super) fn run(mut self) {
        while let Ok(control) = self.control.recv() {
            let opens = match control {
                Control::Open => true,
                Control::Probe(lasts, done) => self.probe(lasts, done),
                other => {
                    self.take(other);
                    false
                }
            };
            if !opens {
                continue;
            }
            self.open();
            let over = self.through_a_call();
            self.close();
            if matches!(over, Over::PathDropped) {
                return;
            }
        }
    }

    fn through_a_call(&mut self) -> Over {
        loop {
            let wait = match self.ends.beat(Instant::now()) {
                Beat::Due(due) => {
                    self.beat(due);
                    std::time::Duration::ZERO
                }
                Beat::NotBefore(then) => then.saturating_duration_since(Instant::now()),
            };
            match self.control.recv_timeout(wait) {
                Ok(Control::Close) => return Over::CallClosed,
                Ok(control) => self.take(control),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Over::PathDropped,
            }
        }
    }

    /// Sends numbered packets and counts what comes back; true when a call begins meanwhile, which comes first.
    fn probe(&mut self, lasts: Duration, done: oneshot::Sender<PathProbe>) -> bool {
        let Some((uplink, negotiated)) = self.line.clone() else { return false };
        let packets = (lasts.as_millis() / FRAME.as_millis()) as u32;
        let (mut echoes, began) = (Echoes::new(packets as usize), Instant::now());
        self.ticks.reopened();
        self.arrived.set_open(true);
        let mut sent = 0;
        let opens = loop {
            let due = if sent < packets { began + FRAME * sent } else { began + lasts + PROBE_TAIL };
            match self.control.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(Control::Open) => break true,
                Ok(Control::Probe(..)) => {}
                Ok(other) => self.take(other),
                Err(RecvTimeoutError::Disconnected) => break false,
                Err(RecvTimeoutError::Timeout) => {
                    while let Some(packet) = self.arrived.next() {
                        echoes.arrived(&packet);
                    }
                    if sent == packets {
                        // Whoever asked may have gone away.
                        let _ = done.send(echoes.found());
                        break false;
                    }
                    let codec = choose(&negotiated, Some(Codec::Pcma), None);
                    let tick = self.ticks.next(due);
                    uplink.send(self.voice.pass(codec, &echoes.next(Instant::now()), tick));
                    sent += 1;
                }
            }
        };
        self.arrived.set_open(false);
        opens
    }

    fn beat(&mut self, due: Instant) {
        while let Some(packet) = self.arrived.next() {
            self.ear.push(&packet);
        }
        let frame = |samples: usize| samples / self.frames_a_packet;
        let (hears, said) = (frame(self.hears.len()), frame(self.said.len()));
        let hears = &mut self.hears[self.filled * hears..(self.filled + 1) * hears];
        self.ear.fill(hears, due);
        self.ends.exchange(hears, &mut self.said[self.filled * said..(self.filled + 1) * said]);
        self.filled += 1;
        if self.filled >= self.frames_a_packet {
            self.filled = 0;
            self.ends.clean(&mut self.said);
            self.ear.follow();
            self.meters.feed(&self.said, &self.hears, &self.levels);
            let tick = self.ticks.next(due);
            self.say(tick);
            if tick.is_multiple_of(TICKS_A_REPORT) {
                self.measure();
            } else if tick.is_multiple_of(TICKS_A_COUNT) {
                self.report.lock().unwrap_or_else(PoisonError::into_inner).received_packets = Some(self.ear.received());
            }
        }
    }

    fn say(&mut self, tick: u64) {
        self.loudest_dbfs = self.loudest_dbfs.max(rms_dbfs(&self.said));
        // A muted mouth goes on speaking, and a device goes on being read; only nobody hears it.
        if !self.heard {
            self.said.fill(0);
        }
        let Some((uplink, negotiated)) = &self.line else { return };
        self.voice.use_codec(choose(negotiated, self.preferred, self.ear.codec()));
        if let Some(packet) = self.voice.encode(&self.said, tick) {
            uplink.send(packet);
        }
    }

    fn take(&mut self, control: Control) {
        match control {
            Control::Begin => self.ends.begin(),
            Control::Heard(heard) => self.heard = heard,
            Control::Connect(uplink, negotiated) => {
                self.ear.forget();
                self.voice.send_copies(negotiated.copies);
                self.line = Some((uplink, negotiated));
            }
            Control::Prefer(codec) => self.preferred = codec,
            // Opening what is open and closing what is closed change nothing.
            Control::Open | Control::Close => {}
            // A call has the connection; whoever asked learns that there is no probe.
            Control::Probe(..) => {}
        }
    }

    fn open(&mut self) {
        self.ear.forget();
        self.filled = 0;
        self.ticks.reopened();
        self.ends.open();
        self.arrived.set_open(true);
    }

    fn close(&mut self) {
        self.arrived.set_open(false);
        self.ends.close();
        self.heard = false;
        self.meters.rest(&self.levels);
        self.publish(SoundReport::default());
    }

    fn measure(&mut self) {
        let heard = self.ear.measure();
        let loudest_dbfs = std::mem::replace(&mut self.loudest_dbfs, SILENCE_DBFS);
        let codec_up = self.line.is_some().then(|| self.voice.codec());
        let ends = self.ends.measure();
        self.publish(SoundReport {
            jitter_ms: heard.jitter_ms,
            lost_percent: heard.lost_percent,
            concealed_percent: heard.concealed_percent,
            received_packets: Some(self.ear.received()),
            buffer_ms: heard.buffer_ms,
            source_dbfs: ends.captured_dbfs.unwrap_or(loudest_dbfs),
            sink_dbfs: rms_dbfs(&self.hears),
            codec_up,
            codec_down: self.ear.codec(),
            late_frames: ends.late_frames,
            devices: ends.devices,
            delay: ends.devices.map(|devices| Delay {
                capture_ms: devices.capture_ms,
                packetise_ms: packetise_ms(codec_up, self.ends.said_hz()),
                jitter_buffer_ms: heard.buffer_ms,
                playback_ms: devices.playback_ms,
            }),
        });
    }

    fn publish(&self, report: SoundReport) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }
}

/// Returns the codec to send: the one preferred, else the one the gateway sends, else PCMA, as far as negotiated.
fn choose(negotiated: &Negotiated, preferred: Option<Codec>, arriving: Option<Codec>) -> Codec {
    [preferred, arriving, Some(Codec::Pcma)]
        .into_iter()
        .flatten()
        .find(|codec| negotiated.allows(*codec))
        .or_else(|| negotiated.up.first().copied())
        .unwrap_or(Codec::Pcma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codec_is_chosen_among_those_negotiated() {
        let all = Negotiated { up: vec![Codec::Opus, Codec::Pcma, Codec::Pcmu], copies: false };
        assert_eq!(choose(&all, None, None), Codec::Pcma);
        assert_eq!(choose(&all, None, Some(Codec::Pcmu)), Codec::Pcmu);
        assert_eq!(choose(&all, Some(Codec::Opus), Some(Codec::Pcmu)), Codec::Opus);
        let only_opus = Negotiated { up: vec![Codec::Opus], copies: true };
        assert_eq!(choose(&only_opus, Some(Codec::Pcmu), Some(Codec::Pcma)), Codec::Opus);
    }
}
