//! What a source of a sound server gives, as it comes.

use std::io::Read;
use std::process::{Child, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use super::{SoundServer, end};

/// A program that records; dropping it ends it.
pub struct Recorder(Child);

impl Recorder {
    /// Records a source in mono from now on and hands over each chunk with the moment it came, on a thread of its own.
    /// Chunks are as long as a desk's own, so that listening makes no device quicker.
    ///
    /// # Errors
    /// When parec cannot be started.
    pub fn start(
        server: &SoundServer,
        source: &str,
        rate_hz: u32,
        mut take: impl FnMut(Instant, &[i16]) + Send + 'static,
    ) -> Result<Recorder> {
        let mut child = server
            .client("parec")
            .args(["--raw", "--format=s16le", "--channels=1", "--latency-msec=10", "--process-time-msec=10"])
            .args([&format!("--rate={rate_hz}"), &format!("--device={source}")])
            .stdout(Stdio::piped())
            .spawn()
            .context("starting parec")?;
        let mut pipe = child.stdout.take().context("parec's output is not piped")?;
        std::thread::spawn(move || {
            let (mut bytes, mut odd, mut heard) = ([0; 4_096], Vec::new(), Vec::new());
            while let Ok(length) = pipe.read(&mut bytes)
                && length > 0
            {
                let now = Instant::now();
                odd.extend_from_slice(&bytes[..length]);
                let (whole, _) = odd.as_chunks::<2>();
                heard.clear();
                heard.extend(whole.iter().map(|two| i16::from_le_bytes(*two)));
                odd.drain(..heard.len() * 2);
                take(now, &heard);
            }
        });
        Ok(Recorder(child))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}
