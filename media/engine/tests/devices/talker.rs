//! Speaks into a microphone: plays into the null sink behind it.

use std::io::Write;
use std::process::{Child, Command, Stdio};

/// A mouth at a microphone; dropping it silences it.
pub struct Talker {
    child: Child,
}

impl Talker {
    /// Says `samples`, 16 kHz, over and over.
    pub fn over_and_over(sink: &str, samples: &[i16]) -> Talker {
        let mut child = Command::new("pacat")
            .args(["--playback", "--raw", "--format=s16le", "--channels=1", "--rate=16000", "--latency-msec=30"])
            .arg(format!("--device={sink}"))
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        std::thread::spawn(move || while pipe.write_all(&bytes).is_ok() {});
        Talker { child }
    }

    /// Hums a tone.
    pub fn humming(sink: &str, hz: u32) -> Talker {
        // A second holds whole periods, so that it can be repeated.
        let mut samples = vec![0; 16_000];
        cordboard_media::tone::Tone::sine(hz as f32, -16.0, 16_000).fill(&mut samples);
        Self::over_and_over(sink, &samples)
    }
}

impl Drop for Talker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
