//! What lost packets cost in speech quality and what making up for them costs in delay and bytes.
//!
//! Real speech goes through encoder, a lossy network and a receiver, in virtual time and by seeded chance; what comes
//! out is written as WAV beside what went in, and `score.py` judges the pairs by PESQ (ITU-T P.862, P.862.2 for 16
//! kHz). `docs/benchmarks/concealment.md` has the commands and the results.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod network;
mod receiver;
mod sender;
mod speech;

use network::Network;
use receiver::{Filling, Listener};
use sender::Sender;
use speech::Item;
use std::io::Write;
use std::path::{Path, PathBuf};

const USAGE: &str = "concealment --speech FOLDER --out FOLDER [--items N] [--only WORDS]
  FOLDER of speech: prompts as .wav (8 kHz) and .g722 (16 kHz) under the same names
  --only: rows whose `codec method pattern loss jitter` has all the words, for example \"opus16 threes 10\"";

fn main() {
    let Some(options) = Options::read() else {
        println!("{USAGE}");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&options.out).unwrap();
    let mut manifest = std::fs::File::create(options.out.join("manifest.csv")).unwrap();
    writeln!(manifest, "codec,method,pattern,loss,jitter,delay_ms,kbit_s,rate_hz,reference,heard").unwrap();
    for sender in sender::all() {
        let items = speech::items(&options.speech, sender.rate_hz(), options.items);
        assert!(!items.is_empty(), "no speech of {} Hz in {}", sender.rate_hz(), options.speech.display());
        for network in network::all() {
            for listener in receiver::all(sender.codec) {
                if listener.fits(&sender) && options.wants(&sender, &listener, &network) {
                    run(&options.out, &mut manifest, &sender, &network, &listener, &items);
                }
            }
        }
    }
}

/// Lets one listener hear all items over one network.
fn run(
    out: &Path,
    manifest: &mut std::fs::File,
    sender: &Sender,
    network: &Network,
    listener: &Listener,
    items: &[Item],
) {
    for (n, item) in items.iter().enumerate() {
        let reference = format!("said-{}-{n}.wav", sender.rate_hz());
        if !out.join(&reference).exists() {
            write_wav(&out.join(&reference), item.scored(), sender.rate_hz());
        }
        let sent = sender.send(&item.samples);
        let bytes: usize = sent.iter().map(|packet| packet.payload.len()).sum();
        let kbit_s = bytes as f64 * 8.0 / (sent.len() as f64 * 20.0);
        let heard = listener.listen(network.carry(sent, n as u64), sender, network, item.samples.len());
        let name = format!("{}-{}-{}-{n}.wav", sender.name(), listener.name(), network.name()).replace([' ', '+'], "_");
        let from = item.warm_up.min(heard.samples.len());
        write_wav(&out.join(&name), &heard.samples[from..], sender.rate_hz());
        let method = method(sender, listener);
        writeln!(
            manifest,
            "{},{method},{},{},{},{:.1},{kbit_s:.1},{},{reference},{name}",
            sender.codec_name(),
            network.pattern.name(),
            network.loss_percent,
            network.jitter_ms,
            heard.delay_ms,
            sender.rate_hz(),
        )
        .unwrap();
    }
}

fn method(sender: &Sender, listener: &Listener) -> String {
    match listener {
        Listener::Fixed(Filling::Codec) if sender.is_plain() => "plain".to_owned(),
        Listener::Fixed(_) => listener.name().to_owned(),
        Listener::Ours => sender.guard_name(),
    }
}

fn write_wav(path: &Path, samples: &[i16], rate_hz: u32) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
    writer.finalize().unwrap();
}

struct Options {
    speech: PathBuf,
    out: PathBuf,
    items: usize,
    only: Vec<String>,
}

impl Options {
    fn read() -> Option<Self> {
        let mut options = Self { speech: PathBuf::new(), out: PathBuf::new(), items: 8, only: Vec::new() };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let value = arguments.next()?;
            match argument.as_str() {
                "--speech" => options.speech = value.into(),
                "--out" => options.out = value.into(),
                "--items" => options.items = value.parse().ok()?,
                "--only" => options.only = value.split_ascii_whitespace().map(str::to_owned).collect(),
                _ => return None,
            }
        }
        (options.speech.is_dir() && !options.out.as_os_str().is_empty()).then_some(options)
    }

    fn wants(&self, sender: &Sender, listener: &Listener, network: &Network) -> bool {
        let row = format!(
            " {} {} {} {} {} ",
            sender.codec_name(),
            method(sender, listener).replace(' ', "_"),
            network.pattern.name(),
            network.loss_percent,
            network.jitter_ms
        );
        self.only.iter().all(|word| word.split('|').any(|word| row.contains(&format!(" {word} "))))
    }
}
