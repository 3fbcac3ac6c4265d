//! Writes records, into a buffer of fixed size.

use crate::Codec;
use crate::rtp::{HEADER_BYTES, RtpHeader};

/// Bytes of the file's header.
pub const FILE_HEADER_BYTES: usize = 24;
pub(super) const MAGIC: [u8; 8] = *b"CBREC\0\x01\0";
pub(super) const RECORD_MARK: [u8; 2] = [0xC5, 0x5C];
/// Mark, kind, side, length, time.
pub(super) const RECORD_HEADER_BYTES: usize = 14;
pub(super) const KIND_PACKET: u8 = 1;
pub(super) const KIND_NOTE: u8 = 2;
/// Codec and RTP header.
pub(super) const PACKET_PREFIX_BYTES: usize = 1 + HEADER_BYTES;
/// The longest payload a record takes; no codec here makes longer ones.
pub(super) const MAX_PAYLOAD_BYTES: usize = 1_500;

/// Whose sound a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// What arrived from the caller: channel 1.
    Caller,
    /// What was sent to the caller: channel 2.
    Heard,
}

impl Side {
    /// Both, in the order of the channels.
    pub const BOTH: [Self; 2] = [Self::Caller, Self::Heard];

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Caller => 0,
            Self::Heard => 1,
        }
    }

    pub(super) const fn from_index(index: u8) -> Option<Self> {
        match index {
            0 => Some(Self::Caller),
            1 => Some(Self::Heard),
            _ => None,
        }
    }
}

/// Something worth knowing when gaps are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// This side is on hold from here.
    HoldBegan,
    /// This side is no longer on hold.
    HoldEnded,
    /// Recording of this side is switched off from here.
    PauseBegan,
    /// Recording of this side is on again.
    PauseEnded,
    /// Packets of this side just before this could not be written.
    Overflowed,
    /// The recording ended in good order; belongs to both sides.
    Ended,
}

impl Note {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::HoldBegan => 1,
            Self::HoldEnded => 2,
            Self::PauseBegan => 3,
            Self::PauseEnded => 4,
            Self::Overflowed => 5,
            Self::Ended => 6,
        }
    }

    pub(super) const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::HoldBegan),
            2 => Some(Self::HoldEnded),
            3 => Some(Self::PauseBegan),
            4 => Some(Self::PauseEnded),
            5 => Some(Self::Overflowed),
            6 => Some(Self::Ended),
            _ => None,
        }
    }
}

/// The head of a recording's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileHeader {
    /// The start on the clock of all arrival times in the file.
    pub start_us: u64,
    /// The same moment, UTC milliseconds.
    pub start_utc_ms: i64,
}

impl FileHeader {
    /// The header as the file begins.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; FILE_HEADER_BYTES] {
        let mut bytes = [0; FILE_HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..16].copy_from_slice(&self.start_us.to_le_bytes());
        bytes[16..].copy_from_slice(&self.start_utc_ms.to_le_bytes());
        bytes
    }

    pub(super) fn parse(bytes: &[u8; FILE_HEADER_BYTES]) -> Option<Self> {
        let (magic, times) = bytes.split_first_chunk::<8>()?;
        let (start, utc) = times.split_first_chunk::<8>()?;
        let utc = utc.first_chunk::<8>()?;
        (*magic == MAGIC).then(|| Self { start_us: u64::from_le_bytes(*start), start_utc_ms: i64::from_le_bytes(*utc) })
    }
}

/// Says that a record did not fit and was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the recorder's buffer is full")]
pub struct WriterFull;

/// Collects records until the worker appends them to the file.
///
/// It never allocates after construction. When it is full a record is refused and counted; the next record that
/// fits is preceded by [`Note::Overflowed`], so that the gap has a name.
#[derive(Debug)]
pub struct RecordWriter {
    buffer: Vec<u8>,
    capacity: usize,
    refused: [u64; 2],
    owes_note: [bool; 2],
}

impl RecordWriter {
    /// Begins a recording: the file's header is the first thing pending. 64 KiB of `capacity_bytes` hold more than
    /// a second of both sides.
    #[must_use]
    pub fn new(header: &FileHeader, capacity_bytes: usize) -> Self {
        let capacity = capacity_bytes.max(FILE_HEADER_BYTES + RECORD_HEADER_BYTES + MAX_PAYLOAD_BYTES);
        let mut buffer = Vec::with_capacity(capacity);
        buffer.extend_from_slice(&header.to_bytes());
        Self { buffer, capacity, refused: [0; 2], owes_note: [false; 2] }
    }

    /// Adds a packet that arrived, or was sent, at `time_us`.
    ///
    /// # Errors
    /// [`WriterFull`] if it does not fit; it is counted and lost.
    pub fn packet(
        &mut self,
        side: Side,
        time_us: u64,
        codec: Codec,
        header: &RtpHeader,
        payload: &[u8],
    ) -> Result<(), WriterFull> {
        let length = PACKET_PREFIX_BYTES + payload.len();
        let owed = self.owes_note[side.index()];
        let room = RECORD_HEADER_BYTES + length + if owed { RECORD_HEADER_BYTES + 1 } else { 0 };
        if payload.len() > MAX_PAYLOAD_BYTES || self.room() < room {
            self.refused[side.index()] += 1;
            self.owes_note[side.index()] = true;
            return Err(WriterFull);
        }
        if owed {
            self.owes_note[side.index()] = false;
            self.append_note(side, time_us, Note::Overflowed);
        }
        self.append_record_header(KIND_PACKET, side, length, time_us);
        self.buffer.push(codec.tag());
        self.buffer.extend_from_slice(&header.to_bytes());
        self.buffer.extend_from_slice(payload);
        Ok(())
    }

    /// Adds a note.
    ///
    /// # Errors
    /// [`WriterFull`] if it does not fit; write what is pending and try again.
    pub fn note(&mut self, side: Side, time_us: u64, note: Note) -> Result<(), WriterFull> {
        if self.room() < RECORD_HEADER_BYTES + 1 {
            return Err(WriterFull);
        }
        self.append_note(side, time_us, note);
        Ok(())
    }

    /// What is to be appended to the file.
    #[must_use]
    pub fn pending(&self) -> &[u8] {
        &self.buffer
    }

    /// Forgets the first `bytes` of what is pending: they are in the file.
    pub fn written(&mut self, bytes: usize) {
        let bytes = bytes.min(self.buffer.len());
        self.buffer.copy_within(bytes.., 0);
        self.buffer.truncate(self.buffer.len() - bytes);
    }

    /// Packets refused so far, of the caller and of what the caller heard.
    #[must_use]
    pub const fn refused(&self) -> [u64; 2] {
        self.refused
    }

    fn room(&self) -> usize {
        self.capacity - self.buffer.len()
    }

    fn append_note(&mut self, side: Side, time_us: u64, note: Note) {
        self.append_record_header(KIND_NOTE, side, 1, time_us);
        self.buffer.push(note.code());
    }

    fn append_record_header(&mut self, kind: u8, side: Side, length: usize, time_us: u64) {
        let mut bytes = [0; RECORD_HEADER_BYTES];
        bytes[..2].copy_from_slice(&RECORD_MARK);
        bytes[2] = kind;
        bytes[3] = side.index() as u8;
        bytes[4..6].copy_from_slice(&(length as u16).to_le_bytes());
        bytes[6..].copy_from_slice(&time_us.to_le_bytes());
        self.buffer.extend_from_slice(&bytes);
    }
}
