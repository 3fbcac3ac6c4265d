//! What a desk says its delays are is what a comparison of mouth and ear finds, stage by stage added up: the gateway
//! sends back what it hears, so one desk has the whole way.

use std::time::{Duration, Instant};

use cordboard_engine::{Cleaning, DeviceChoices, DeviceSettings};

use crate::a_call_on_devices::connected;
use crate::listen::speech;
use crate::listener::{HZ, Listener};
use crate::server::{Server, until};
use crate::talker::Talker;

/// How far the two may differ.
const ALLOWED_MS: f64 = 5.0;
/// When delays have settled, and how long is listened at most for five seconds in which they stand still.
const SETTLED: Duration = Duration::from_secs(4);
const MOST: Duration = Duration::from_secs(60);
/// What is told at a moment has been heard this long after it, a second and a half of it.
const HEARD_AFTER: Duration = Duration::from_millis(1_800);

#[test]
fn from_mouth_to_ear() {
    let Some(server) = Server::start("from_mouth_to_ear") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let settings = DeviceSettings { choices: DeviceChoices::default(), cleaning: Cleaning::NONE, hold: None };
    let (_devices, path, peer, gateway) = runtime.block_on(connected(settings));
    gateway.reflect();
    let (mouth, ear) = (Listener::at_source("mic_a"), Listener::at("desk"));
    let _agent = Talker::over_and_over("voice_a", &speech(3, 7.3, 16_000));
    path.open();
    path.set_heard(true);
    let began = Instant::now();
    // A monitor hears a block when the loudspeaker begins to play it.
    let block_ms = server.configured_latency_ms("desk");
    let mut reports = Vec::new();
    let mut differences = Vec::new();
    until("it was measured for long enough", || {
        if let Some(delay) = path.report().delay
            && reports.last().is_none_or(|(_, last)| *last != delay)
        {
            reports.push((Instant::now(), delay));
        }
        if let Some((at, delay)) = reports.first().copied()
            && at + HEARD_AFTER < Instant::now()
        {
            reports.remove(0);
            let round_trip_ms = runtime.block_on(peer.round_trip()).map_or(0.0, |trip| trip.as_secs_f64() * 1_000.0);
            let told_ms = f64::from(delay.up_ms() + delay.down_ms()) + round_trip_ms;
            let calm = at > began + SETTLED
                && reports.first().is_some_and(|(_, next)| {
                    (next.up_ms() + next.down_ms() - delay.up_ms() - delay.down_ms()).abs() < 2.0
                })
                && [&mouth, &ear]
                    .iter()
                    .all(|listener| listener.stalled_between(at - HEARD_AFTER, at + HEARD_AFTER).is_zero());
            if let Some(found_ms) = calm.then(|| steadily_found_ms(&mouth, &ear, at)).flatten() {
                eprintln!("told {told_ms:.1} ms, found {:.1} ms, {delay:.1?}", found_ms + block_ms);
                differences.push(told_ms - found_ms - block_ms);
            }
        }
        differences.len() >= 5 || began.elapsed() > MOST
    });
    assert!(!differences.is_empty(), "delays did not stand still in any of {} s: too much else to do", MOST.as_secs());
    let off_ms = median(&differences);
    eprintln!("off by {off_ms:.1} ms of {differences:.1?}");
    assert!(off_ms.abs() <= ALLOWED_MS, "off by {off_ms} ms");
}

/// The delay that is heard before, around and after `at`; none where it changes, because then a report is of one moment
/// and what is heard of another.
fn steadily_found_ms(mouth: &Listener, ear: &Listener, at: Instant) -> Option<f64> {
    let found = [1_200, 700, 200].map(|before| found_ms(mouth, ear, at - Duration::from_millis(before)));
    let (least, most) = (found.into_iter().fold(f64::MAX, f64::min), found.into_iter().fold(f64::MIN, f64::max));
    (most - least < 2.0).then_some(found[1])
}

/// How much later the ear hears what the mouth says in the second from `from` on.
fn found_ms(mouth: &Listener, ear: &Listener, from: Instant) -> f64 {
    let (said_at, said) = mouth.since(from);
    let (heard_at, heard) = ear.since(from);
    let second = HZ as usize;
    let (said, heard) = (&said[..second], &heard[..second + second / 2]);
    let best = (0..second / 2)
        .step_by(8)
        .map(|lag| {
            (
                said.iter()
                    .step_by(7)
                    .zip(heard[lag..].iter().step_by(7))
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum::<f64>(),
                lag,
            )
        })
        .fold((f64::MIN, 0), |best, next| if next.0 > best.0 { next } else { best });
    let offset = heard_at.saturating_duration_since(said_at).as_secs_f64()
        - said_at.saturating_duration_since(heard_at).as_secs_f64();
    (best.1 as f64 / f64::from(HZ) + offset) * 1_000.0
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
