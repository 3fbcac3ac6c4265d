//! After a stop that was none: every call that was under way gets its end, its BYE, its record and its recording.

use std::{
    collections::HashMap,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Result;
use cordboard_core::{AgentId, Fact, JournalEntry, UtcMs, end_lost, end_lost_agents};
use cordboard_relay::{FinishedRecording, finalise_leftovers};
use cordboard_sip::{DialogSnapshot, UserAgent};
use cordboard_store::Store;

use crate::{centre::clock::utc_ms, folder, journal, recordings};

/// What an earlier run was still recording, by call, and when it last wrote to it.
pub type Leftovers = HashMap<String, (FinishedRecording, UtcMs)>;

/// Completes the recordings that an earlier run left unfinished; before this run records anything.
pub fn leftovers(recordings: &Path) -> Leftovers {
    let Ok(entries) = std::fs::read_dir(recordings) else { return Leftovers::new() };
    let written: HashMap<String, UtcMs> = entries
        .flatten()
        .filter_map(|entry| {
            let at = entry.metadata().and_then(|file| file.modified()).ok()?;
            let path = entry.path();
            path.extension().filter(|extension| *extension == "rec")?;
            Some((path.file_stem()?.to_string_lossy().into_owned(), utc(at)))
        })
        .collect();
    match finalise_leftovers(recordings) {
        Ok(finished) => finished
            .into_iter()
            .map(|recording| {
                let at = written.get(&recording.recording).copied().unwrap_or_default();
                (recording.recording.clone(), (recording, at))
            })
            .collect(),
        Err(error) => {
            tracing::error!(%error, "recordings of an earlier run cannot be completed");
            Leftovers::new()
        }
    }
}

fn utc(at: SystemTime) -> UtcMs {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Ends what an earlier run left unfinished. BYEs go out beside everything else; nothing waits for far sides.
///
/// # Errors
/// The store's.
pub async fn recover(
    store: &Store,
    instance: &str,
    epoch: u64,
    user_agent: &UserAgent,
    leftovers: &Leftovers,
) -> Result<()> {
    let unfinished = store.unfinished_calls(instance).await?;
    for (call, rows) in &unfinished {
        let timeline: Vec<JournalEntry> = rows.iter().filter_map(|row| journal::entry(&row.row)).collect();
        for snapshot in dialogs(&timeline) {
            hang_up(user_agent.clone(), call.clone(), snapshot);
        }
        let ended = end_lost(&timeline, last_evidence(call, &timeline, leftovers));
        if let Some(row) = journal::row(&ended) {
            store.append(instance, epoch, &[row]).await?;
        }
    }
    if !unfinished.is_empty() {
        tracing::warn!(
            instance,
            calls = unfinished.len(),
            "calls that were under way when the gateway stopped were ended"
        );
    }
    folder::catch_up(store, instance).await?;
    sign_out_agents(store, instance, epoch).await?;
    for (call, (finished, _)) in leftovers {
        if store.record(instance, call).await?.is_some() {
            recordings::note(store, instance, finished.clone().into()).await;
        }
    }
    Ok(())
}

/// Ends the states of agents whom the earlier run left signed in: nobody is, after a start.
async fn sign_out_agents(store: &Store, instance: &str, epoch: u64) -> Result<()> {
    let now = utc_ms();
    let mut last = Vec::new();
    for user in store.load_directory(instance).await?.users {
        let states = store.agent_states(instance, &user.user_id, now, now, 10).await?;
        last.extend(states.into_iter().filter(|state| state.ended_ms.is_none()).filter_map(|state| {
            let fact = Fact::AgentChanged {
                agent: AgentId(state.user_id),
                state: serde_json::from_value(serde_json::Value::String(state.state)).ok()?,
                break_code: None,
            };
            Some(JournalEntry { at: UtcMs(state.started_ms), call: None, fact })
        }));
    }
    let rows: Vec<_> = end_lost_agents(&last, UtcMs(now)).iter().filter_map(journal::row).collect();
    if !rows.is_empty() {
        store.append(instance, epoch, &rows).await?;
        folder::catch_up(store, instance).await?;
    }
    Ok(())
}

/// The last dialog known of each leg.
fn dialogs(timeline: &[JournalEntry]) -> Vec<DialogSnapshot> {
    let mut last = std::collections::BTreeMap::new();
    for entry in timeline {
        if let Fact::DialogKnown { leg, dialog } = &entry.fact {
            match serde_json::from_str(dialog) {
                Ok(snapshot) => {
                    last.insert(*leg, snapshot);
                }
                Err(error) => {
                    tracing::error!(%error, "a dialog in the journal cannot be read; its far side gets no BYE");
                }
            }
        }
    }
    last.into_values().collect()
}

fn hang_up(user_agent: UserAgent, call: String, snapshot: DialogSnapshot) {
    tokio::spawn(async move {
        match user_agent.hang_up_lost(&snapshot).await {
            Ok(()) => tracing::info!(call, "a lost call's far side was told"),
            Err(error) => tracing::warn!(call, %error, "a lost call's far side could not be told"),
        }
    });
}

/// When the call was last known to be alive: its last fact, or the last sound written of it.
fn last_evidence(call: &str, timeline: &[JournalEntry], leftovers: &Leftovers) -> UtcMs {
    let last_fact = timeline.last().map(|entry| entry.at).unwrap_or_default();
    let last_sound = leftovers.get(call).map(|(_, at)| *at).unwrap_or_default();
    last_fact.max(last_sound)
}
