//! The sound path: from the mouth up, from the gateway down to the ear, at the pace of the ends' clock.
//!
//! It has a thread of its own, which sleeps for ever between calls.
//!
//! ```text
//!            mouth ─► Voice (encode) ─► Uplink ─► Peer ─► gateway
//! SoundEnds <
//!            ear   ◄─ Ear (order, decode, mix) ◄─ Downlink ◄─ Peer
//! ```

mod probe;
mod thread;
mod ticks;

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use cordboard_media::Codec;
use tokio::sync::oneshot;

use crate::delay::Delay;
use crate::downlink::Downlink;
use crate::ends::{DevicesReport, Paced, SoundEnds};
use crate::levels::Levels;
use crate::peer::{Negotiated, Uplink};
use crate::priority::come_first;
use crate::sound::{SoundSink, SoundSource};
pub use probe::PathProbe;
use thread::SoundThread;

/// What a sound path measured of late.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoundReport {
    /// Interarrival jitter of what arrives, milliseconds (RFC 3550 §6.4.1).
    pub jitter_ms: f32,
    /// Packets that never came or came too late, percent of the last interval.
    pub lost_percent: f32,
    /// Sound that had to be made up, percent of the last interval.
    pub concealed_percent: f32,
    /// Packets that arrived since the path was opened, newest of all figures here; none while it is closed.
    pub received_packets: Option<u64>,
    /// How long packets wait for their turn, milliseconds.
    pub buffer_ms: f32,
    /// The loudest 10 or 20 ms the source gave since the last report, muted or not, before cleaning, −127 to 0 dBFS.
    pub source_dbfs: f32,
    /// Level of what the sink hears, −127 to 0 dBFS.
    pub sink_dbfs: f32,
    /// The codec going up.
    pub codec_up: Option<Codec>,
    /// The codec coming down.
    pub codec_down: Option<Codec>,
    /// Frames the thread came too late for since the path was opened: a machine with too much to do.
    pub late_frames: u64,
    /// How the devices do; none for files.
    pub devices: Option<DevicesReport>,
    /// Where the time goes between mouth and ear; none for files.
    pub delay: Option<Delay>,
}

impl Default for SoundReport {
    fn default() -> Self {
        SoundReport {
            jitter_ms: 0.0,
            lost_percent: 0.0,
            concealed_percent: 0.0,
            received_packets: None,
            buffer_ms: 0.0,
            source_dbfs: cordboard_media::level::SILENCE_DBFS,
            sink_dbfs: cordboard_media::level::SILENCE_DBFS,
            codec_up: None,
            codec_down: None,
            late_frames: 0,
            devices: None,
            delay: None,
        }
    }
}

/// What the thread is told.
pub(crate) enum Control {
    /// A call rings or is dialled.
    Open,
    /// The call is over.
    Close,
    /// The agent is heard in a call for the first time.
    Begin,
    /// The agent is heard, or silence is sent instead.
    Heard(bool),
    /// A connection was negotiated; it replaces the former.
    Connect(Uplink, Negotiated),
    /// The codec to send, whatever the gateway sends.
    Prefer(Option<Codec>),
    /// Send numbered packets and count what comes back.
    Probe(Duration, oneshot::Sender<PathProbe>),
}

/// The handle to a sound path; dropping it closes source and sink and ends the thread.
#[derive(Debug)]
pub struct SoundPath {
    control: Option<Sender<Control>>,
    downlink: Downlink,
    report: Arc<Mutex<SoundReport>>,
    levels: Arc<Levels>,
    thread: Option<JoinHandle<()>>,
}

impl SoundPath {
    /// Starts a path between files, closed and not connected.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(source: Box<dyn SoundSource>, sink: Box<dyn SoundSink>) -> std::io::Result<SoundPath> {
        Self::start_between(Box::new(Paced::new(source, sink)))
    }

    /// Starts a path between any two ends, closed and not connected.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start_between(ends: Box<dyn SoundEnds>) -> std::io::Result<SoundPath> {
        // Unbounded, but only the owner writes, and only when a call or a connection changes.
        let (control, controlled) = channel();
        let (downlink, arrived) = Downlink::new();
        let report = Arc::new(Mutex::new(SoundReport::default()));
        let levels = Arc::new(Levels::default());
        let thread = SoundThread::new(ends, controlled, arrived, Arc::clone(&report), Arc::clone(&levels));
        let thread = std::thread::Builder::new().name("sound".to_owned()).spawn(move || {
            come_first();
            thread.run();
        })?;
        Ok(SoundPath { control: Some(control), downlink, report, levels, thread: Some(thread) })
    }

    /// Returns where packets of a connection go.
    pub fn downlink(&self) -> Downlink {
        self.downlink.clone()
    }

    /// Opens source and sink: silence goes up, the sink hears.
    pub fn open(&self) {
        self.tell(Control::Open);
    }

    /// Closes source and sink; nothing goes up.
    pub fn close(&self) {
        self.tell(Control::Close);
    }

    /// The source starts from its beginning.
    pub fn begin(&self) {
        self.tell(Control::Begin);
    }

    /// Lets the source be heard, or sends silence in its place.
    pub fn set_heard(&self, heard: bool) {
        self.tell(Control::Heard(heard));
    }

    /// Uses a connection from now on; what is still on the way on the former is forgotten.
    pub fn connect(&self, uplink: Uplink, negotiated: Negotiated) {
        self.tell(Control::Connect(uplink, negotiated));
    }

    /// Sends this codec if it was negotiated; none: the one the gateway sends, PCMA before it has sent anything.
    pub fn prefer(&self, codec: Option<Codec>) {
        self.tell(Control::Prefer(codec));
    }

    /// Sends numbered packets for so long, between calls, and counts those that the gateway sends back; nothing is
    /// opened or played. The receiver gets nothing where a call comes, or there is no connection.
    pub fn probe(&self, lasts: Duration) -> oneshot::Receiver<PathProbe> {
        let (done, found) = oneshot::channel();
        self.tell(Control::Probe(lasts, done));
        found
    }

    /// Returns what was measured of late.
    pub fn report(&self) -> SoundReport {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the levels, which go on being written while a call is on.
    pub fn levels(&self) -> Arc<Levels> {
        Arc::clone(&self.levels)
    }

    fn tell(&self, control: Control) {
        if let Some(sender) = &self.control
            && sender.send(control).is_err()
        {
            tracing::error!("the sound thread has ended");
        }
    }
}

impl Drop for SoundPath {
    fn drop(&mut self) {
        self.control = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sound thread ended in a panic");
        }
    }
}
