//! Recordings: a worker hands what passes to a ring, one thread appends the rings to files, another makes the WAVs.
//!
//! A worker never touches a file. Each recording has a ring of its own that moves with its leg; a ring that is full
//! loses packets, counted and noted in the file, so that the gap has its name in the end.

mod finaliser;
mod writer;

use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use cordboard_media::Codec;
use cordboard_media::recording::{FileHeader, Note, RecordWriter, Side};
use cordboard_media::rtp::RtpHeader;
use rtrb::{Producer, RingBuffer};

pub use finaliser::{FinishedRecording, finalise_leftovers};

use crate::endpoint::RecordingId;
use crate::herald::Herald;

/// What a recording may have waiting for the disk: 3.4 s of a G.711 call.
const RING_BYTES: usize = 64 * 1024;
/// What waits for the ring: some packets and the note of an overflow.
const BUFFER_BYTES: usize = 4 * 1024;

/// A new recording on its way to the writer.
struct Opening {
    id: RecordingId,
    ring: rtrb::Consumer<u8>,
}

/// Starts recordings; one in each worker.
#[derive(Clone)]
pub(crate) struct Recorder {
    openings: Sender<Opening>,
}

impl Recorder {
    /// Starts the threads. They end when the last recorder and the last tap are gone and all is written.
    pub fn start(folder: PathBuf, herald: Herald) -> std::io::Result<(Self, Vec<JoinHandle<()>>)> {
        let (openings, opened) = channel();
        let (finished, finishing) = channel();
        let finaliser_herald = herald.clone();
        let finaliser = std::thread::Builder::new()
            .name("relay-finaliser".into())
            .spawn(move || finaliser::run(&finishing, &finaliser_herald))?;
        let writer = std::thread::Builder::new()
            .name("relay-recorder".into())
            .spawn(move || writer::Writer::new(folder, herald, finished).run(&opened))?;
        Ok((Self { openings }, vec![writer, finaliser]))
    }

    /// Begins a recording now.
    pub fn begin(&self, id: RecordingId, now_us: u64) -> Tap {
        let utc = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        let header = FileHeader { start_us: now_us, start_utc_ms: utc };
        let (tap, ring) = Tap::new(id.clone(), &header, RING_BYTES);
        // If the writer is gone the ring has no reader, fills up, and the tap counts what it loses.
        let _ = self.openings.send(Opening { id, ring });
        tap
    }
}

/// The near end of a recording, held by the leg that is recorded.
pub(crate) struct Tap {
    pub id: RecordingId,
    writer: RecordWriter,
    ring: Producer<u8>,
}

impl Tap {
    fn new(id: RecordingId, header: &FileHeader, ring_bytes: usize) -> (Self, rtrb::Consumer<u8>) {
        let (ring, consumer) = RingBuffer::new(ring_bytes);
        (Self { id, writer: RecordWriter::new(header, BUFFER_BYTES), ring }, consumer)
    }

    /// Takes a packet; false if it was lost because the disk does not keep up.
    pub fn packet(&mut self, side: Side, now_us: u64, codec: Codec, header: &RtpHeader, payload: &[u8]) -> bool {
        let kept = self.writer.packet(side, now_us, codec, header, payload).is_ok();
        self.push();
        kept
    }

    /// Notes the end. What does not fit the ring any more is lost, and the file will say that it was cut.
    pub fn end(mut self, now_us: u64) {
        for side in Side::BOTH {
            let _ = self.writer.note(side, now_us, Note::Ended);
        }
        self.push();
    }

    fn push(&mut self) {
        let (pushed, _) = self.ring.push_partial_slice(self.writer.pending());
        let length = pushed.len();
        self.writer.written(length);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use cordboard_media::recording::{GapReason, finalise};

    use super::*;

    #[test]
    fn a_disk_that_does_not_keep_up_costs_a_gap_with_its_name() {
        let header = FileHeader { start_us: 0, start_utc_ms: 0 };
        let (mut tap, mut ring) = Tap::new(RecordingId::new("slow").unwrap(), &header, 8 * 1024);
        let mut file = Vec::new();
        let mut lost = 0;
        for index in 0..200_u16 {
            let rtp = RtpHeader { sequence: index, timestamp: u32::from(index) * 160, ..RtpHeader::default() };
            let kept = tap.packet(Side::Caller, u64::from(index) * 20_000, Codec::Pcma, &rtp, &[0x55; 160]);
            lost += usize::from(!kept);
            // The writer stands still for two seconds.
            if !(50..150).contains(&index) {
                let length = ring.slots();
                let chunk = ring.read_chunk(length).unwrap();
                let (one, two) = chunk.as_slices();
                file.extend_from_slice(one);
                file.extend_from_slice(two);
                chunk.commit_all();
            }
        }
        tap.end(4_000_000);
        assert!(lost > 20, "{lost}");
        let mut wav = Cursor::new(Vec::new());
        let summary = finalise(Cursor::new(file), &mut wav).unwrap();
        let gap = summary.gaps.iter().find(|gap| gap.side == Side::Caller && gap.reason == GapReason::NotWritten);
        assert!(gap.is_some_and(|gap| gap.length_ms.abs_diff(lost as u64 * 20) <= 60), "{:?}", summary.gaps);
    }
}
