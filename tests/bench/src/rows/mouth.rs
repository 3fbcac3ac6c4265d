//! From one agent's mouth to another's ear, both on devices of a sound server, through the whole gateway: what comes
//! out of a loudspeaker is compared with what went into the microphone at the other desk.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use cordboard_tests::{Gateway, Rig, Story, Weight, story};

use crate::carrier;
use crate::delays::Delays;
use crate::monitor::{HZ, Monitor};
use crate::options::Options;
use crate::row::Row;
use crate::rows::needs;
use crate::spread::Spread;
use crate::two_desks::TwoDesks;
use crate::wakeups::Sleeper;

pub const NAME: &str = "mouth to ear, two agents on virtual devices, p50";
const RAW: &str = "the same, the microphones' sound sent as it is (`--raw`)";
const MOST_MS: f64 = 60.0;
/// Pieces of speech in each direction, at most, and how far apart they begin.
const MOST_PIECES: u32 = 60;
const APART: Duration = Duration::from_millis(500);

/// What stumbled while devices were opened is forgotten: a jitter buffer remembers it for half a minute.
const SETTLED: Duration = Duration::from_secs(30);
/// A measurement compares this much of what was said.
const SAID: Duration = Duration::from_millis(400);
/// More than this no delay is.
const REACH: Duration = Duration::from_millis(400);
/// After this the last piece has been heard.
const LAST_HEARD: Duration = Duration::from_secs(2);
/// What is compared must be this much alike, and loud enough to be speech.
const ALIKE: f64 = 0.6;
const LOUD: f64 = 300.0;
const LIMIT: Duration = Duration::from_secs(300);

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    for program in ["pulseaudio", "pactl", "parec", "pacat"] {
        needs(program)?;
    }
    let pieces = u32::try_from(options.latencies).map_or(MOST_PIECES, |asked| asked.min(MOST_PIECES));
    let mut rows = Vec::new();
    for (name, kind, words) in [(NAME, "cleaned", &[][..]), (RAW, "raw", &["--raw"])] {
        story(&format!("bench-mouth-to-ear-{kind}"), Weight::Heavy, LIMIT, &[Rig::Speech], async |story| {
            let gateway = Gateway::demo_calling_itself(&story, carrier::beside).await?;
            rows.push(in_a_call(&story, gateway, name, words, pieces).await?);
            Ok(())
        })?;
    }
    ensure!(!rows.is_empty(), "there is no recorded speech");
    Ok(rows)
}

async fn in_a_call(story: &Story, gateway: Gateway, name: &str, words: &[&str], pieces: u32) -> Result<Row> {
    let desks = TwoDesks::in_a_call(story, &gateway, words).await?;
    tokio::time::sleep(SETTLED).await;
    let (sleeper, began) = (Sleeper::start(), Instant::now());
    // Nothing is compared before the call is over: that would be heard.
    tokio::time::sleep(APART * pieces + LAST_HEARD).await;
    let wakeups = sleeper.words();
    let ahead_ms = [desks.ahead_ms(0)?, desks.ahead_ms(1)?];
    let (mouths, ears) = desks.part().await?;
    gateway.stop().await?;
    let ways = [(0, 1), (1, 0)].into_iter();
    let found: Vec<f64> = (0..pieces)
        .map(|piece| began + APART * piece)
        .flat_map(|from| ways.clone().map(move |way| (from, way)))
        .filter_map(|(from, (speaks, listens))| {
            Some(delay_ms(&mouths[speaks], &ears[listens], from)? + ahead_ms[listens])
        })
        .collect();
    // There are pauses between words.
    ensure!(found.len() >= pieces as usize / 2, "only {} of {pieces} pieces of speech were heard again", found.len());
    let delays = Delays::of([&TwoDesks::log(story, 0), &TwoDesks::log(story, 1)], SETTLED)?;
    let spread = Spread::of(found);
    let measured = format!(
        "p50 {:.1}, p95 {:.1}, longest {:.1} ms; {} pieces of speech, both ways; {}; {wakeups}",
        spread.median(),
        spread.at(95),
        spread.at(100),
        spread.values().len(),
        delays.words(spread.median()),
    );
    Ok(Row::compared(name, spread.median(), MOST_MS, "ms", measured))
}

/// How much later the ear hears what the mouth says from `from` on; none where it says nothing, or is not understood.
fn delay_ms(mouth: &Monitor, ear: &Monitor, from: Instant) -> Option<f64> {
    let (said_at, said) = mouth.heard(from, SAID)?;
    let (heard_at, heard) = ear.heard(from, SAID + REACH)?;
    let said: Vec<f64> = said.into_iter().map(f64::from).collect();
    let heard: Vec<f64> = heard.into_iter().map(f64::from).collect();
    let own: f64 = said.iter().map(|sample| sample * sample).sum();
    if (own / said.len() as f64).sqrt() < LOUD {
        return None;
    }
    let alike = |lag: usize, stride: usize| {
        let pairs = said.iter().zip(&heard[lag..]).step_by(stride);
        let (both, own, other) = pairs.fold((0.0, 1e-9, 1e-9), |(both, own, other), (said, heard)| {
            (both + said * heard, own + said * said, other + heard * heard)
        });
        both / (own * other).sqrt()
    };
    let better = |best: (f64, usize), next: (f64, usize)| if next.0 > best.0 { next } else { best };
    let last = heard.len() - said.len();
    let (_, near) = (0..last).step_by(2).map(|lag| (alike(lag, 3), lag)).fold((f64::MIN, 0), better);
    let around = near.saturating_sub(3)..=(near + 3).min(last);
    let (likeness, lag) = around.map(|lag| (alike(lag, 1), lag)).fold((f64::MIN, 0), better);
    let offset = heard_at.saturating_duration_since(said_at).as_secs_f64()
        - said_at.saturating_duration_since(heard_at).as_secs_f64();
    (likeness > ALIKE).then_some((lag as f64 / f64::from(HZ) + offset) * 1e3)
}
