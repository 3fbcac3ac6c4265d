//! After construction nothing on the path of a packet or a frame allocates; an allocator counts.

#![allow(clippy::unwrap_used, clippy::panic)]

use cordboard_media::Codec;
use cordboard_media::conceal::Concealer;
use cordboard_media::dtmf::{self, EventPayload};
use cordboard_media::g711::Law;
use cordboard_media::g722;
use cordboard_media::jitter::{JitterBuffer, JitterConfig};
use cordboard_media::level::{LevelMeter, rms_dbfs};
use cordboard_media::mixer::Mixer;
use cordboard_media::opus_codec::{Decoder, Encoder, EncoderSettings};
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
use cordboard_media::recording::{FileHeader, RecordWriter, Side};
use cordboard_media::redundancy::{Distances, Packer};
use cordboard_media::resample::Resampler;
use cordboard_media::rtp::{self, Rewriter, RtpHeader};
use cordboard_media::tone::Tone;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

/// Counts what this thread asks for.
struct Counting;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call is passed on unchanged; counting touches a constant-initialised cell only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn asks_for_nothing(what: &str, mut work: impl FnMut()) {
    let before = ASKED.with(Cell::get);
    work();
    let asked = ASKED.with(Cell::get) - before;
    assert_eq!(asked, 0, "{what} allocated {asked} times");
}

#[test]
fn the_allocator_counts() {
    let before = ASKED.with(Cell::get);
    black_box(vec![1_u8; 100]);
    assert!(ASKED.with(Cell::get) > before);
}

#[test]
fn packets_and_digits() {
    let mut rewriter = Rewriter::new(1, 2, 3, 8_000, 0);
    let mut receiver = dtmf::Receiver::new();
    let mut sender = dtmf::Sender::new(8_000);
    let mut writer = RecordWriter::new(&FileHeader { start_us: 0, start_utc_ms: 0 }, 65_536);
    let mut bytes = [0; 256];
    asks_for_nothing("the way of a forwarded packet", || {
        for n in 0..1_000_u64 {
            let header = RtpHeader { sequence: n as u16, timestamp: n as u32 * 160, ..RtpHeader::default() };
            let length = header.write_packet(&[0; 160], &mut bytes).unwrap();
            let (header, payload) = rtp::parse(&bytes[..length]).unwrap();
            black_box(rewriter.forward(n * 20_000, n / 100, &header, 8, 160));
            black_box(rewriter.originate(n * 20_000, 8, 160));
            black_box(writer.packet(Side::Caller, n, Codec::Pcma, &header, payload)).ok();
            if n % 3 == 0 {
                writer.written(writer.pending().len());
            }
            let event = EventPayload { event: (n % 16) as u8, end: false, volume: 10, duration: 160 };
            black_box(receiver.receive(&header, &event.to_bytes()));
            sender.queue('5').ok();
            while black_box(sender.poll(n * 20_000)).is_some() {}
        }
    });
}

#[test]
fn codecs_and_samples() {
    let mut encoder = Encoder::new(&EncoderSettings::speech(16_000).with_fec(10)).unwrap();
    let mut decoder = Decoder::new(16_000).unwrap();
    let mut resampler = Resampler::new(16_000, 48_000).unwrap();
    let mut mixer = Mixer::new(10, 320);
    let mut tone = Tone::ringback(16_000);
    let mut meter = LevelMeter::new(20.0, 20);
    let mut concealer = Concealer::new();
    let (mut samples, mut packet, mut wide) = ([0_i16; 320], [0_u8; 1_275], [0_i16; 1_000]);
    asks_for_nothing("a frame's way through codecs and mixer", || {
        for n in 0..200 {
            tone.fill(&mut samples);
            black_box(meter.feed(&samples));
            black_box(rms_dbfs(&samples));
            let length = encoder.encode(&samples, &mut packet).unwrap();
            decoder.decode(&packet[..length], &mut samples).unwrap();
            decoder.decode_fec(&packet[..length], &mut samples).unwrap();
            decoder.conceal(&mut samples).unwrap();
            black_box(resampler.process(&samples, &mut wide));
            mixer.begin();
            (0..10).for_each(|source| assert!(mixer.add(source, &samples)));
            (0..10).for_each(|source| mixer.mix_minus(source, &mut samples));
            Law::A.encode_slice(&samples, &mut packet);
            Law::Mu.decode_slice(&packet, &mut samples);
            if n % 7 == 0 { concealer.conceal(&mut samples) } else { concealer.hear(&mut samples) }
        }
    });
}

#[test]
fn copies_and_wideband() {
    let mut opus = [0; 1_275];
    let length = Encoder::new(&EncoderSettings::speech(8_000)).unwrap().encode(&[1_000; 160], &mut opus).unwrap();
    let mut packer = Packer::new(Distances::of(&[1, 3]));
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(16_000)).unwrap();
    let (mut wide, mut narrow) = (g722::Encoder::new(), g722::Decoder::new());
    let (mut packed, mut frame) = ([0; 4_096], [0; 320]);
    asks_for_nothing("redundant packets through loss and jitter, and G.722", || {
        for n in 0..2_000_u64 {
            let (codec, payload_type, payload) =
                if n / 300 % 2 == 0 { (Codec::Opus, 111, &opus[..length]) } else { (Codec::Pcma, 8, &[0x2A; 160][..]) };
            let timestamp = n as u32 * codec.units_per_20_ms();
            let length = packer.pack(payload_type, timestamp, payload, &mut packed).unwrap();
            let header = RtpHeader { sequence: n as u16, timestamp, payload_type: 63, ..RtpHeader::default() };
            if n % 20 < 17 {
                let codec_of = |inside| Some(if inside == 8 { Codec::Pcma } else { Codec::Opus });
                let arrival_us = n * 20_000 + n * 7_919 % 60_000;
                black_box(playout.push_redundant(arrival_us, &header, &packed[..length], codec_of)).unwrap();
            }
            black_box(playout.pull(n * 20_000 + 30_000, &mut frame));
            let length = wide.encode(&frame, &mut packed);
            narrow.decode(&packed[..length], &mut frame);
        }
    });
    assert!(playout.stats().jitter.recovered > 100);
}

#[test]
fn jitter_buffer_and_playout() {
    let mut encoder = Encoder::new(&EncoderSettings::speech(8_000)).unwrap();
    let mut opus = [0; 1_275];
    let length = encoder.encode(&[1_000; 160], &mut opus).unwrap();
    let mut buffer = JitterBuffer::new(&JitterConfig::default());
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(48_000)).unwrap();
    let mut frame = [0; 960];
    asks_for_nothing("jitter buffer and playout", || {
        for n in 0..2_000_u64 {
            // Jitter, loss, reordering, changes of codec and source, all within.
            let (codec, payload) =
                if n / 200 % 2 == 0 { (Codec::Pcma, &[0x2A; 160][..]) } else { (Codec::Opus, &opus[..length]) };
            let header = RtpHeader {
                sequence: (n ^ (n % 11 / 10)) as u16,
                timestamp: n as u32 * codec.units_per_20_ms(),
                ssrc: (n / 700) as u32,
                ..RtpHeader::default()
            };
            let arrival_us = n * 20_000 + n * 7_919 % 60_000;
            if n % 13 != 0 {
                black_box(buffer.push(arrival_us, &header, codec, payload));
                black_box(playout.push(arrival_us, &header, codec, payload));
            }
            black_box(buffer.pop(n * 20_000 + 30_000));
            black_box(playout.pull(n * 20_000 + 30_000, &mut frame));
            black_box((buffer.stats(), playout.stats()));
        }
    });
}
