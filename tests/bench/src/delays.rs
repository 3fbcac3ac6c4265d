//! Where the time goes between mouth and ear, as desks tell it in their logs every second of a call.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::spread::Spread;

/// The stages a desk tells, in the order in which sound passes them.
const STAGES: [&str; 5] = ["capture_ms", "packetise_ms", "round_trip_ms", "jitter_buffer_ms", "playback_ms"];

/// The medians of all desks, milliseconds.
pub struct Delays([f64; STAGES.len()]);

impl Delays {
    /// Reads what desks have told since `settled` after they began.
    pub fn of(logs: [&Path; 2], settled: Duration) -> Result<Delays> {
        let mut told: [Vec<f64>; STAGES.len()] = Default::default();
        for log in logs {
            let text = std::fs::read_to_string(log).with_context(|| format!("reading {}", log.display()))?;
            let lines = text.lines().filter(|line| line.contains("delays"));
            for line in lines.skip(settled.as_secs() as usize) {
                for (stage, told) in STAGES.iter().zip(&mut told) {
                    told.extend(figure(line, stage));
                }
            }
        }
        ensure!(told.iter().all(|stage| !stage.is_empty()), "the desks told no delays");
        Ok(Delays(told.map(|stage| Spread::of(stage).median())))
    }

    /// The stages' medians, and what of a measured delay they do not account for.
    pub fn words(&self, measured_ms: f64) -> String {
        // Each way takes half of both round trips, which is one of them.
        let told: f64 = self.0.iter().sum();
        let [capture, packetise, round_trip, jitter_buffer, playback] = self.0;
        format!(
            "capture {capture:.1}, packet and codec {packetise:.1}, to the gateway and from it {round_trip:.1}, \
             jitter buffer {jitter_buffer:.1}, playback {playback:.1}, the rest {:.1}",
            measured_ms - told
        )
    }
}

/// The figure behind `name=` in a line of a log.
fn figure(line: &str, name: &str) -> Option<f64> {
    let behind = line.split_once(&format!("{name}="))?.1;
    behind.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read() {
        let line = "DEBUG cordboard_agent::desk::quality: delays capture_ms=10.5 packetise_ms=25.0";
        assert_eq!((figure(line, "capture_ms"), figure(line, "packetise_ms")), (Some(10.5), Some(25.0)));
        assert_eq!(figure(line, "playback_ms"), None);
    }
}
