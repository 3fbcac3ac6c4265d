//! Twenty callers at once, ten agents, two media workers: the waiting are answered in the order they came, and no sound
//! crosses at any ear or in any recording.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::{
    AgentProcess, Gateway, Mouth, Phone, PhoneCall, Rig, Session, Sound, Story, Weight, assert_heard,
    assert_heard_in_rounds, assert_not_heard, story,
};
use serde_json::Value;

use crate::checks::{SALES, agents_of_sales, settings};

const CALLERS: usize = 20;
const AGENTS: usize = 10;

#[test]
fn twenty_calls_at_once() -> Result<()> {
    story("twenty_calls_at_once", Weight::Heavy, Duration::from_secs(240), &[Rig::Speech], async |story| {
        let mut words = settings(&[("AfterCallRule", "0")]);
        words.extend(["--workers".to_owned(), "2".to_owned()]);
        let gateway = Gateway::demo_with(&story, "gateway", &words).await?;
        let said = (0..CALLERS + AGENTS).map(|mouth| Mouth(mouth).says()).collect::<Result<Vec<Sound>>>()?;
        let (callers_say, agents_say) = said.split_at(CALLERS);
        let users = agents_of_sales(&gateway, AGENTS).await?;
        let mut agents = Vec::new();
        for (user, says) in users.iter().zip(agents_say) {
            agents.push(agent(&story, &gateway, user, says).await?);
        }

        let phone = Phone::new().await?;
        let mut calls = Vec::new();
        for number in 0..CALLERS {
            let mut call = phone.call(gateway.sip, SALES, &caller(number)).await?;
            call.wait_answer().await?;
            calls.push(call);
        }
        // Each caller speaks as soon as there is an agent, and hangs up when everything has been said.
        let talks = calls.into_iter().enumerate().map(|(number, call)| talk(call, number, &callers_say[number]));
        let heard: Vec<Sound> = futures_util::future::try_join_all(talks).await?;

        let manager = gateway.sign_in("carol").await?;
        let records = records(&manager).await?;
        assert_eq!(records.len(), CALLERS, "each call has one record");
        assert_in_order(&records);

        let agent_of: BTreeMap<usize, usize> = (0..CALLERS)
            .map(|number| {
                let agent = records[&caller(number)]["AgentIds"].as_str().unwrap_or_default();
                let position = users.iter().position(|user| format!("{user}@demo") == agent);
                position.map(|position| (number, position)).with_context(|| format!("caller {number} had {agent:?}"))
            })
            .collect::<Result<_>>()?;
        for (number, heard) in heard.iter().enumerate() {
            let mine = agent_of[&number];
            assert_heard_in_rounds(heard, &agents_say[mine], &format!("agent {mine} at caller {number}"));
            for (other, words) in agents_say.iter().enumerate().filter(|(other, _)| *other != mine) {
                assert_not_heard(heard, words, &format!("agent {other} at caller {number}"));
            }
        }
        for (number, says) in callers_say.iter().enumerate() {
            let id = records[&caller(number)]["ContactId"].as_str().unwrap_or_default().to_owned();
            let [one, two] = manager.recording(&id).await?;
            assert_heard(&one, says, &format!("caller {number} in channel 1 of the recording"));
            assert_heard_in_rounds(
                &two,
                &agents_say[agent_of[&number]],
                &format!("the agent of caller {number} in channel 2"),
            );
            let stranger = (number + 7) % CALLERS;
            assert_not_heard(&one, &callers_say[stranger], &format!("caller {stranger} in the recording of {number}"));
            let stranger = (agent_of[&number] + 3) % AGENTS;
            assert_not_heard(&two, &agents_say[stranger], &format!("agent {stranger} in the recording of {number}"));
        }
        for (position, agent) in agents.into_iter().enumerate() {
            let heard = agent.leave().await?;
            for (number, says) in callers_say.iter().enumerate() {
                let what = format!("caller {number} at agent {position}");
                if agent_of[&number] == position {
                    assert_heard(&heard, says, &what);
                } else {
                    assert_not_heard(&heard, says, &what);
                }
            }
        }
        gateway.stop().await
    })
}

fn caller(number: usize) -> String {
    format!("138000010{number:02}")
}

async fn agent(story: &Story, gateway: &Gateway, user: &str, says: &Sound) -> Result<AgentProcess> {
    let agent = AgentProcess::start(story, &gateway.url(), user, says, &["--ready", "--answer", "auto"]).await?;
    agent.wait_view("ready", |view| view.agent.presence == cordboard_wire::Presence::Ready).await?;
    Ok(agent)
}

/// From the moment an agent is there until all has been said; returns what the caller heard of the agent.
async fn talk(mut call: PhoneCall, number: usize, says: &Sound) -> Result<Sound> {
    // The caller cannot see the bridge; the words of the agent, different from music, are what there is to go by.
    let from = wait_until_music_ends(&call, number).await?;
    call.mouth.say(says);
    call.mouth.hears(says.milliseconds().max(11_500) + 1000, Duration::from_secs(40)).await?;
    let heard = call.mouth.heard().piece(from, u64::MAX);
    call.hang_up().await?;
    Ok(heard)
}

/// Waits until what is heard is no longer the music, and says since when.
async fn wait_until_music_ends(call: &PhoneCall, number: usize) -> Result<u64> {
    let music = crate::checks::prompt("music")?;
    let mut twice = music.clone();
    twice.samples.extend(&music.samples);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(120);
    loop {
        let from = call.mouth.heard_ms();
        call.mouth.hears(1500, Duration::from_secs(10)).await?;
        let piece = call.mouth.heard().piece(from, from + 1500);
        let verdict = cordboard_tests::listen(&twice, &piece);
        if verdict.pieces.is_empty() || verdict.pieces.iter().all(|piece| piece.anywhere < cordboard_ear::HEARD) {
            return Ok(from);
        }
        anyhow::ensure!(tokio::time::Instant::now() < deadline, "caller {number} hears nothing but music");
    }
}

/// The full record of each caller, by number.
async fn records(manager: &Session) -> Result<BTreeMap<String, Value>> {
    let all = cordboard_tests::lines::until("all records", Duration::from_secs(20), || async {
        manager.records().await.ok().filter(|records| records.len() >= CALLERS)
    })
    .await?;
    Ok(all
        .into_iter()
        .map(|record| (record["CallingNumber"].as_str().unwrap_or_default().to_owned(), record))
        .collect())
}

/// Whoever came earlier was answered earlier.
#[track_caller]
fn assert_in_order(records: &BTreeMap<String, Value>) {
    let answered: Vec<i64> = (0..CALLERS)
        .map(|number| {
            let record = &records[&caller(number)];
            let seconds = |name: &str| record[name].as_i64().unwrap_or(0);
            record["StartTime"].as_i64().unwrap_or(0) + 1000 * (seconds("QueueTime") + seconds("RingTime"))
        })
        .collect();
    // The record's waiting times are whole seconds.
    let out_of_order: Vec<_> = answered.windows(2).filter(|pair| pair[1] + 1500 < pair[0]).collect();
    assert!(out_of_order.is_empty(), "answered out of order: {answered:?}");
}
