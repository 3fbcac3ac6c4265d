//! `ear SAID.wav HEARD.wav`: what the ear makes of two files.
#![allow(clippy::print_stdout, reason = "a program that prints its finding")]

use std::path::Path;

use anyhow::{Result, bail};
use cordboard_ear::{Sound, listen};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [said, heard] = arguments.as_slice() else { bail!("usage: ear SAID.wav HEARD.wav") };
    let said = Sound::read(Path::new(said))?;
    for (channel, heard) in Sound::channels(Path::new(heard))?.iter().enumerate() {
        let verdict = listen(heard, &said);
        let word = match (verdict.is_heard(), verdict.is_absent()) {
            (true, _) => "heard",
            (_, true) => "absent",
            _ => "in part",
        };
        println!(
            "channel {}: {word}, score {:.2}, coverage {:.2}, lag {} ms, {:.1} dBFS",
            channel + 1,
            verdict.score,
            verdict.coverage(),
            verdict.lag_ms,
            heard.level_dbfs()
        );
        for piece in &verdict.pieces {
            println!(
                "  said at {:>6} ms, heard at {:>6} ms: {:.2} (anywhere {:.2})",
                piece.said_at_ms, piece.heard_at_ms, piece.score, piece.anywhere
            );
        }
    }
    Ok(())
}
