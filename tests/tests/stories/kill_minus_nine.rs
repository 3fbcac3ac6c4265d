//! kill -9 at random points of calls. After the restart every call has exactly one record, ended as *gateway lost*; the
//! caller gets a BYE; the recording plays up to 100 ms before the kill.

use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Phone, PhoneCall, Rig, Sound, Weight, assert_not_heard, listen, story,
};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use crate::checks::{SALES, WELCOME};

/// How often the gateway is killed.
const KILLS: usize = 50;
/// A kill falls within this long after the call's beginning.
const WINDOW_MS: u64 = 4000;
/// What the recording may lack at its end.
const MAY_LACK_MS: i64 = 100;

#[test]
fn kill_minus_nine() -> Result<()> {
    story("kill_minus_nine", Weight::Middle, Duration::from_secs(420), &[Rig::Speech], async |story| {
        let seed = std::env::var("CORDBOARD_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
        let mut chance = SmallRng::seed_from_u64(seed);
        let (caller_words, agent_words) = (Mouth(17).says()?, Mouth(18).says()?);
        let words = crate::checks::settings(&[("AfterCallRule", "0")]);
        let mut gateway = Gateway::demo_with(&story, "gateway", &words).await?;
        let phone = Phone::new().await?;
        let mut ends: Vec<End> = Vec::new();
        let mut recorded = 0;
        for number in 0..KILLS {
            let straight = chance.random_bool(0.75);
            let after = Duration::from_millis(chance.random_range(0..WINDOW_MS));
            let agent = AgentProcess::start(
                &story,
                &gateway.url(),
                "alice",
                &agent_words,
                &["--ready", "--answer", "auto", "--take-over"],
            )
            .await?;
            agent.wait_view("ready", |view| view.agent.presence == cordboard_wire::Presence::Ready).await?;

            let caller = format!("1390000{number:04}");
            let mut call = phone.call(gateway.sip, if straight { SALES } else { WELCOME }, &caller).await?;
            let begun = tokio::time::Instant::now();
            let killed_at = begun + after;
            let answered =
                tokio::time::timeout_at(killed_at, call.wait_answer()).await.is_ok_and(|answer| answer.is_ok());
            if answered {
                call.mouth.say(&caller_words);
            }
            let speaking_since = tokio::time::Instant::now();
            tokio::time::sleep_until(killed_at).await;
            let said_ms = speaking_since.elapsed().as_millis() as i64;
            gateway.kill_minus_nine().await?;
            agent.vanish().await?;
            gateway = gateway.return_from_death().await?;
            if answered {
                call.wait_bye(Duration::from_secs(15)).await.with_context(|| format!("kill {number}, seed {seed}"))?;
            }
            ends.push(End { caller, answered, said_ms, call });
            let end = ends.last().context("it was just put there")?;
            recorded += usize::from(check(&gateway, end, &caller_words, &agent_words).await.with_context(|| {
                format!("kill {number} after {after:?}, seed {seed}, straight: {straight}, answered: {answered}")
            })?);
        }
        assert!(recorded > KILLS / 4, "only {recorded} of {KILLS} kills fell into a talk that was recorded");

        // Nothing was told twice: at the end there still is one record for each call.
        let manager = gateway.sign_in("carol").await?;
        let records = manager.records().await?;
        for end in &ends {
            let mine = records.iter().filter(|record| record["CallingNumber"] == end.caller.as_str()).count();
            assert!(mine == 1 || (mine == 0 && !end.answered), "{} has {mine} records", end.caller);
        }
        gateway.stop().await
    })
}

/// How a call went until the kill.
struct End {
    caller: String,
    answered: bool,
    said_ms: i64,
    call: PhoneCall,
}

/// Checks record and recording. True: there was a talk to hear in the recording.
async fn check(gateway: &Gateway, end: &End, caller_words: &Sound, agent_words: &Sound) -> Result<bool> {
    let manager = gateway.sign_in("carol").await?;
    let records = manager.records().await?;
    let mine: Vec<&Value> = records.iter().filter(|record| record["CallingNumber"] == end.caller.as_str()).collect();
    if mine.is_empty() && !end.answered {
        // Killed before the call was written down: nobody was told of it either.
        return Ok(false);
    }
    anyhow::ensure!(mine.len() == 1, "the call has {} records", mine.len());
    let id = mine[0]["ContactId"].as_str().context("a record without an id")?;
    let record = manager.record(id).await?;
    let reason = record["ReleaseReason"].as_str().unwrap_or_default().to_lowercase();
    anyhow::ensure!(reason.contains("gateway") && reason.contains("lost"), "the record does not say why: {record:#}");
    let talked = record["AgentEvents"].as_array().into_iter().flatten().any(|events| {
        events["EventSequence"].as_array().into_iter().flatten().any(|event| event["Event"] == "Established")
    });
    if !talked || end.said_ms < 2500 {
        return Ok(false);
    }
    let [one, two] = manager.recording(id).await?;
    let heard = listen(&one, caller_words);
    // The last stretch the recording can hold tells where its end lies in what was said.
    let best =
        heard.pieces.iter().filter(|piece| piece.score > cordboard_ear::HEARD).max_by_key(|piece| piece.said_at_ms);
    let best = best.with_context(|| format!("the caller's words are not in the recording: [{}]", heard.picture()))?;
    let ends_at = best.said_at_ms as i64 + (one.milliseconds() as i64 - best.heard_at_ms as i64);
    // The mouth sends every 20 ms, and what lies in a socket when the process dies was never received.
    anyhow::ensure!(
        end.said_ms - ends_at <= MAY_LACK_MS + 40,
        "said until {} ms, recorded until {ends_at} ms",
        end.said_ms
    );
    assert_not_heard(&two, caller_words, "the caller's words in channel 2");
    assert_not_heard(&one, agent_words, "the agent's words in channel 1");
    let _ = &end.call;
    Ok(true)
}
