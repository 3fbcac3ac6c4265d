//! The sound thread: one tick every 20 ms while a call is on, nothing between calls.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::level::{SILENCE_DBFS, rms_dbfs};

use super::{Control, SoundReport};
use crate::downlink::DownlinkEnd;
use crate::ear::Ear;
use crate::peer::{Negotiated, Uplink};
use crate::sound::{SoundSink, SoundSource};
use crate::voice::{FRAME, Voice};

/// Further behind than this, the machine was asleep: the missed frames are left out instead of made up for.
const MOST_BEHIND: Duration = Duration::from_millis(500);
/// A report every second; the desk sends every other one.
const TICKS_A_REPORT: u64 = 50;

pub(super) struct SoundThread {
    source: Box<dyn SoundSource>,
    sink: Box<dyn SoundSink>,
    control: Receiver<Control>,
    arrived: DownlinkEnd,
    report: Arc<Mutex<SoundReport>>,
    voice: Voice,
    ear: Ear,
    line: Option<(Uplink, Negotiated)>,
    preferred: Option<Codec>,
    heard: bool,
    usable: Usable,
    said: Vec<i16>,
    hears: Vec<i16>,
    late_frames: u64,
}

/// Which ends could be opened.
#[derive(Debug, Clone, Copy, Default)]
struct Usable {
    source: bool,
    sink: bool,
}

/// Why a call's ticking ended.
enum Over {
    CallClosed,
    PathDropped,
}

impl SoundThread {
    pub(super) fn new(
        source: Box<dyn SoundSource>,
        sink: Box<dyn SoundSink>,
        control: Receiver<Control>,
        arrived: DownlinkEnd,
        report: Arc<Mutex<SoundReport>>,
    ) -> SoundThread {
        let voice = Voice::new(source.rate_hz());
        let ear = Ear::new(sink.rate_hz());
        SoundThread {
            said: vec![0; voice.frame_samples()],
            hears: vec![0; ear.frame_samples()],
            source,
            sink,
            control,
            arrived,
            report,
            voice,
            ear,
            line: None,
            preferred: None,
            heard: false,
            usable: Usable::default(),
            late_frames: 0,
        }
    }

    pub(super) fn run(mut self) {
        let epoch = Instant::now();
        while let Ok(control) = self.control.recv() {
            if !matches!(control, Control::Open) {
                self.take(control);
                continue;
            }
            self.open();
            let over = self.tick_through_call(epoch);
            self.close();
            if matches!(over, Over::PathDropped) {
                return;
            }
        }
    }

    /// Ticks on a grid that began with the thread, so that ticks count wall-clock time across calls too.
    fn tick_through_call(&mut self, epoch: Instant) -> Over {
        let mut tick = tick_at(epoch, Instant::now()) + 1;
        loop {
            let due = epoch + FRAME.saturating_mul(u32::try_from(tick).unwrap_or(u32::MAX));
            loop {
                let wait = due.saturating_duration_since(Instant::now());
                match self.control.recv_timeout(wait) {
                    Ok(Control::Close) => return Over::CallClosed,
                    Ok(control) => self.take(control),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return Over::PathDropped,
                }
            }
            let now = Instant::now();
            let behind = now.saturating_duration_since(due);
            if behind > FRAME {
                self.late_frames += 1;
            }
            self.tick(tick, due);
            tick = if behind > MOST_BEHIND { tick_at(epoch, now) + 1 } else { tick + 1 };
        }
    }

    fn tick(&mut self, tick: u64, due: Instant) {
        while let Some(packet) = self.arrived.next() {
            self.ear.push(&packet);
        }
        self.ear.fill(&mut self.hears, due);
        if self.usable.sink {
            self.sink.take(&self.hears);
        }
        self.say(tick);
        if tick.is_multiple_of(TICKS_A_REPORT) {
            self.measure();
        }
    }

    fn say(&mut self, tick: u64) {
        // A muted mouth goes on speaking, and a device goes on being read; only nobody hears it.
        if self.usable.source {
            self.source.pull(&mut self.said);
        }
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
            Control::Begin => self.source.begin(),
            Control::Heard(heard) => self.heard = heard,
            Control::Connect(uplink, negotiated) => {
                self.ear.forget();
                self.line = Some((uplink, negotiated));
            }
            Control::Prefer(codec) => self.preferred = codec,
            // Opening what is open and closing what is closed change nothing.
            Control::Open | Control::Close => {}
        }
    }

    fn open(&mut self) {
        self.late_frames = 0;
        self.ear.forget();
        self.usable.source = usable(self.source.open(), "the agent cannot be heard");
        self.usable.sink = usable(self.sink.open(), "the agent cannot hear");
        self.arrived.set_open(true);
    }

    fn close(&mut self) {
        self.arrived.set_open(false);
        self.source.close();
        self.sink.close();
        self.heard = false;
        self.usable = Usable::default();
        self.publish(SoundReport::default());
    }

    fn measure(&mut self) {
        let heard = self.ear.measure();
        let said_dbfs = if self.heard { rms_dbfs(&self.said) } else { SILENCE_DBFS };
        self.publish(SoundReport {
            jitter_ms: heard.jitter_ms,
            lost_percent: heard.lost_percent,
            concealed_percent: heard.concealed_percent,
            buffer_ms: heard.buffer_ms,
            source_dbfs: said_dbfs,
            sink_dbfs: rms_dbfs(&self.hears),
            codec_up: self.line.is_some().then(|| self.voice.codec()),
            codec_down: self.ear.codec(),
            late_frames: self.late_frames,
        });
    }

    fn publish(&self, report: SoundReport) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }
}

fn tick_at(epoch: Instant, now: Instant) -> u64 {
    u64::try_from(now.saturating_duration_since(epoch).as_millis() / FRAME.as_millis()).unwrap_or(u64::MAX)
}

fn usable(opened: Result<(), crate::sound::SoundError>, consequence: &str) -> bool {
    opened.inspect_err(|error| tracing::error!(%error, consequence, "the sound could not be opened")).is_ok()
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
        let all = Negotiated { up: vec![Codec::Opus, Codec::Pcma, Codec::Pcmu] };
        assert_eq!(choose(&all, None, None), Codec::Pcma);
        assert_eq!(choose(&all, None, Some(Codec::Pcmu)), Codec::Pcmu);
        assert_eq!(choose(&all, Some(Codec::Opus), Some(Codec::Pcmu)), Codec::Opus);
        let only_opus = Negotiated { up: vec![Codec::Opus] };
        assert_eq!(choose(&only_opus, Some(Codec::Pcmu), Some(Codec::Pcma)), Codec::Opus);
    }
}
