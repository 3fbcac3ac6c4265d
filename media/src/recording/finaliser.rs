//! Makes the stereo WAV of a recording: reads the file once to place every packet, then once more to decode.

use super::clock::{Found, Placed, RATE_HZ, place};
use super::format::{Note, Side};
use super::painter::{Painter, Payloads};
use super::reader::{Reader, RecordBody};
use super::{GapReason, RecordingGap, RecordingSummary};
use crate::wav::WavWriter;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// A recording is no longer than this; a time beyond it is damage.
const MOST_US: u64 = 24 * 3_600 * 1_000_000;
/// Notes and gaps are matched with this much tolerance, in milliseconds.
const NOTE_REACH_MS: u64 = 200;
/// Samples of each channel written at a time: one second.
const BLOCK: usize = 8_000;
/// Read around a payload, both channels being near each other in the file.
const WINDOW_BYTES: usize = 128 * 1024;
const WINDOW_BACK_BYTES: u64 = 32 * 1024;

/// Says that a file could not be read or the WAV not be written.
#[derive(Debug, thiserror::Error)]
pub enum FinaliseError {
    /// Reading the recording failed.
    #[error("the recording could not be read")]
    Read(#[source] io::Error),
    /// Writing the WAV failed.
    #[error("the recording's WAV could not be written")]
    Write(#[source] io::Error),
}

/// Makes a stereo WAV at 8 kHz of `recording`, channel 1 the caller, channel 2 what the caller heard.
///
/// A file cut at any byte gives a WAV of what is in it; one without even a header and a packet gives an empty
/// WAV. It decodes about a thousand times faster than the call was, and keeps 50 bytes a packet in memory.
///
/// # Errors
/// [`FinaliseError`] if reading or writing fails; never for what the file says.
pub fn finalise<R: Read + Seek, W: Write + Seek>(mut recording: R, wav: W) -> Result<RecordingSummary, FinaliseError> {
    recording.seek(SeekFrom::Start(0)).map_err(FinaliseError::Read)?;
    let index = Index::read(&mut recording).map_err(FinaliseError::Read)?;
    let [caller, heard] = [&index.packets[0], &index.packets[1]].map(|packets| place(packets));
    let total = index.total_samples(&[&caller, &heard]);
    let mut painters = [Painter::new(Side::Caller, caller, total), Painter::new(Side::Heard, heard, total)];
    let mut payloads = FilePayloads::new(recording);
    let mut writer = WavWriter::new(wav, RATE_HZ as u32, 2).map_err(FinaliseError::Write)?;
    let mut channels = [vec![0; BLOCK], vec![0; BLOCK]];
    let mut stereo = vec![0; BLOCK * 2];
    let mut left = usize::try_from(total).unwrap_or(0);
    while left > 0 {
        let count = left.min(BLOCK);
        for (painter, channel) in painters.iter_mut().zip(&mut channels) {
            painter.paint(&mut payloads, &mut channel[..count]).map_err(FinaliseError::Read)?;
        }
        for (n, pair) in stereo[..count * 2].chunks_exact_mut(2).enumerate() {
            pair.copy_from_slice(&[channels[0][n], channels[1][n]]);
        }
        writer.write(&stereo[..count * 2]).map_err(FinaliseError::Write)?;
        left -= count;
    }
    writer.finish().map_err(FinaliseError::Write)?;
    let [(mut gaps, caller_packets), (heard_gaps, heard_packets)] = painters.map(Painter::finish);
    gaps.extend(heard_gaps);
    gaps.iter_mut().for_each(|gap| index.rename(gap));
    gaps.sort_by_key(|gap| (gap.at_ms, gap.side));
    Ok(RecordingSummary {
        duration_ms: u64::try_from(total / 8).unwrap_or(0),
        start_utc_ms: index.start_utc_ms,
        packets: [caller_packets, heard_packets],
        cut: index.cut,
        gaps,
    })
}

/// What the first reading finds.
struct Index {
    start_utc_ms: Option<i64>,
    packets: [Vec<Found>; 2],
    /// Side, milliseconds from the start, note.
    notes: Vec<(Side, u64, Note)>,
    end_ms: Option<u64>,
    cut: bool,
}

impl Index {
    fn read(source: impl Read) -> io::Result<Self> {
        let mut reader = Reader::new(source)?;
        let header = reader.header();
        let mut start_us = header.map(|header| header.start_us);
        let mut index = Self {
            start_utc_ms: header.map(|header| header.start_utc_ms),
            packets: [Vec::new(), Vec::new()],
            notes: Vec::new(),
            end_ms: None,
            cut: header.is_none(),
        };
        let mut damage_told = [0; 2];
        loop {
            let damaged = reader.damaged_bytes();
            let Some(record) = reader.next_record()? else { break };
            let start_us = *start_us.get_or_insert(record.time_us);
            let time_us = record.time_us.saturating_sub(start_us);
            if time_us > MOST_US {
                index.cut = true;
                continue;
            }
            let side = record.side;
            match record.body {
                RecordBody::Packet { codec, header, payload } => {
                    let Some(units) = codec.duration_units(payload) else { continue };
                    let samples = units / (codec.clock_hz() / RATE_HZ as u32);
                    let payload_bytes = payload.len() as u16;
                    let payload_at = record.payload_at;
                    let told = &mut damage_told[side.index()];
                    let after_damage = *told < damaged;
                    *told = damaged;
                    index.packets[side.index()].push(Found {
                        time_us,
                        payload_at,
                        payload_bytes,
                        samples,
                        codec,
                        header,
                        after_damage,
                    });
                }
                RecordBody::Note(Note::Ended) => index.end_ms = Some(time_us / 1000),
                RecordBody::Note(note) => index.notes.push((side, time_us / 1000, note)),
            }
        }
        index.cut |= index.end_ms.is_none() || reader.damaged_bytes() > 0;
        Ok(index)
    }

    /// Where the later of the two sides, or the recording itself, ends.
    fn total_samples(&self, sides: &[&Vec<Placed>]) -> i64 {
        let ends =
            sides.iter().flat_map(|side| side.iter()).map(|packet| packet.start + i64::from(packet.found.samples));
        let end = self.end_ms.map_or(0, |ms| i64::try_from(ms * 8).unwrap_or(0));
        ends.max().unwrap_or(0).max(end).max(0)
    }

    /// Gives a gap the better reason that a note knows.
    fn rename(&self, gap: &mut RecordingGap) {
        let end_ms = gap.at_ms + gap.length_ms;
        if gap.reason == GapReason::Over && self.end_ms.is_none() {
            gap.reason = GapReason::FileDamaged;
        }
        for (began, ended, reason) in [
            (Note::HoldBegan, Note::HoldEnded, GapReason::OnHold),
            (Note::PauseBegan, Note::PauseEnded, GapReason::RecordingPaused),
        ] {
            if self.was_between(gap.side, gap.at_ms, end_ms, began, ended) {
                gap.reason = reason;
            }
        }
        let overflowed = self.notes.iter().any(|&(side, at_ms, note)| {
            side == gap.side && note == Note::Overflowed && (gap.at_ms..=end_ms + NOTE_REACH_MS).contains(&at_ms)
        });
        if overflowed {
            gap.reason = GapReason::NotWritten;
        }
    }

    /// Whether most of the span lies between two such notes.
    fn was_between(&self, of: Side, from_ms: u64, to_ms: u64, began: Note, ended: Note) -> bool {
        let mut since = None;
        let mut covered = 0;
        let mut add = |since: u64, until: u64| {
            covered += until.min(to_ms).saturating_sub(since.saturating_sub(NOTE_REACH_MS).max(from_ms));
        };
        for &(side, at_ms, note) in &self.notes {
            if side == of && note == began {
                since.get_or_insert(at_ms);
            } else if side == of
                && note == ended
                && let Some(since) = since.take()
            {
                add(since, at_ms);
            }
        }
        if let Some(since) = since {
            add(since, u64::MAX);
        }
        covered * 2 > to_ms - from_ms
    }
}

/// Payloads read through a window that moves along the file.
struct FilePayloads<R> {
    file: R,
    window: Vec<u8>,
    window_at: u64,
    window_end: usize,
}

impl<R: Read + Seek> FilePayloads<R> {
    fn new(file: R) -> Self {
        Self { file, window: vec![0; WINDOW_BYTES], window_at: 0, window_end: 0 }
    }
}

impl<R: Read + Seek> Payloads for FilePayloads<R> {
    fn read(&mut self, at: u64, bytes: usize) -> io::Result<&[u8]> {
        let end = at + bytes as u64;
        if at < self.window_at || end > self.window_at + self.window_end as u64 {
            self.window_at = at.saturating_sub(WINDOW_BACK_BYTES);
            self.file.seek(SeekFrom::Start(self.window_at))?;
            self.window_end = 0;
            while self.window_end < self.window.len() {
                match self.file.read(&mut self.window[self.window_end..]) {
                    Ok(0) => break,
                    Ok(read) => self.window_end += read,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        let from = usize::try_from(at - self.window_at).unwrap_or(usize::MAX).min(self.window_end);
        let to = from.saturating_add(bytes).min(self.window_end);
        Ok(&self.window[from..to])
    }
}
