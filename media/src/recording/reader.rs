//! Reads records from a file that may be cut off or damaged anywhere.

use super::format::{
    FILE_HEADER_BYTES, FileHeader, KIND_NOTE, KIND_PACKET, MAX_PAYLOAD_BYTES, Note, PACKET_PREFIX_BYTES,
    RECORD_HEADER_BYTES, RECORD_MARK, Side,
};
use crate::Codec;
use crate::rtp::{self, RtpHeader};
use std::io::{self, Read};

/// Room for several records; refilled as they are read.
const BUFFER_BYTES: usize = 64 * 1024;

/// One record of a recording.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Whose sound.
    pub side: Side,
    /// When it arrived or was sent, on the file's clock.
    pub time_us: u64,
    /// Where in the file the payload begins; 0 for a note.
    pub payload_at: u64,
    /// What it says.
    pub body: RecordBody<'a>,
}

/// What a record says.
#[derive(Debug, PartialEq, Eq)]
pub enum RecordBody<'a> {
    /// A packet.
    Packet {
        /// Its codec.
        codec: Codec,
        /// Its RTP header.
        header: RtpHeader,
        /// Its payload.
        payload: &'a [u8],
    },
    /// A note.
    Note(Note),
}

/// Reads one file from its beginning.
///
/// Damage is skipped and counted; the end of the file is the end, wherever it is.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    header: Option<FileHeader>,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    /// Where in the file `buffer[from]` stands.
    position: u64,
    damaged_bytes: u64,
    at_end: bool,
}

impl<R: Read> Reader<R> {
    /// Reads the file's header.
    ///
    /// # Errors
    /// What reading said; a header that is cut off or wrong is no error, see [`Reader::header`].
    pub fn new(source: R) -> io::Result<Self> {
        let buffer = vec![0; BUFFER_BYTES];
        let mut reader =
            Self { source, header: None, buffer, from: 0, to: 0, position: 0, damaged_bytes: 0, at_end: false };
        reader.fill(FILE_HEADER_BYTES)?;
        reader.header = reader.ahead().first_chunk().and_then(FileHeader::parse);
        if reader.header.is_some() {
            reader.consume(FILE_HEADER_BYTES);
        }
        Ok(reader)
    }

    /// The file's header, if it has one.
    pub const fn header(&self) -> Option<FileHeader> {
        self.header
    }

    /// Bytes skipped so far because they are no record, an unfinished record at the end included.
    pub const fn damaged_bytes(&self) -> u64 {
        self.damaged_bytes
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// What reading said.
    pub fn next_record(&mut self) -> io::Result<Option<Record<'_>>> {
        loop {
            self.fill(RECORD_HEADER_BYTES)?;
            let Some(head) = self.ahead().first_chunk::<RECORD_HEADER_BYTES>().copied() else {
                let rest = self.ahead().len();
                self.damaged_bytes += rest as u64;
                self.consume(rest);
                return Ok(None);
            };
            let length = usize::from(u16::from_le_bytes([head[4], head[5]]));
            if is_plausible(&head, length) {
                self.fill(RECORD_HEADER_BYTES + length)?;
                if parse(&head, self.ahead(), 0).is_some() {
                    let (from, at) = (self.from, self.position);
                    self.consume(RECORD_HEADER_BYTES + length);
                    return Ok(parse(&head, &self.buffer[from..self.from], at));
                }
            }
            self.damaged_bytes += 1;
            self.consume(1);
        }
    }

    fn ahead(&self) -> &[u8] {
        &self.buffer[self.from..self.to]
    }

    fn consume(&mut self, bytes: usize) {
        self.from += bytes;
        self.position += bytes as u64;
    }

    /// Brings at least `wanted` bytes into the buffer, unless the file ends before.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.to - self.from >= wanted || self.at_end {
            return Ok(());
        }
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        while self.to < wanted {
            match self.source.read(&mut self.buffer[self.to..]) {
                Ok(0) => {
                    self.at_end = true;
                    break;
                }
                Ok(read) => self.to += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn is_plausible(head: &[u8; RECORD_HEADER_BYTES], length: usize) -> bool {
    let fits = match head[2] {
        KIND_PACKET => (PACKET_PREFIX_BYTES..=PACKET_PREFIX_BYTES + MAX_PAYLOAD_BYTES).contains(&length),
        KIND_NOTE => length == 1,
        _ => false,
    };
    head[..2] == RECORD_MARK && fits && head[3] < 2
}

/// Parses one record that stands at `at` in the file; `bytes` begin with its header.
fn parse<'a>(head: &[u8; RECORD_HEADER_BYTES], bytes: &'a [u8], at: u64) -> Option<Record<'a>> {
    let length = usize::from(u16::from_le_bytes([head[4], head[5]]));
    let rest = bytes.get(RECORD_HEADER_BYTES..RECORD_HEADER_BYTES + length)?;
    let side = Side::from_index(head[3])?;
    let time_us = u64::from_le_bytes(*head[6..].first_chunk()?);
    let (&first, packet) = rest.split_first()?;
    if head[2] == KIND_NOTE {
        return Some(Record { side, time_us, payload_at: 0, body: RecordBody::Note(Note::from_code(first)?) });
    }
    let codec = Codec::from_tag(first)?;
    // The writer keeps plain headers only; anything else is damage, and would move the payload.
    let (header, payload) = rtp::parse(packet).ok().filter(|_| packet[0] == 0x80)?;
    let payload_at = at + (RECORD_HEADER_BYTES + PACKET_PREFIX_BYTES) as u64;
    Some(Record { side, time_us, payload_at, body: RecordBody::Packet { codec, header, payload } })
}
