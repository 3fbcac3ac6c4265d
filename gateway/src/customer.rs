//! The built-in customer: a SIP peer of its own, outside the gateway's parts, that calls in over the trunk or answers
//! what the centre dials, speaks recorded speech, presses keys, repeats what it is told and reports what it heard.

mod call;
mod listener;
mod options;
mod peer;
mod sound;
mod voice;

use std::net::SocketAddr;

use anyhow::Result;
use cordboard_core::AgentId;
use tokio::sync::mpsc;

pub use call::{Report, Script};
pub use options::CustomerOptions;
pub use peer::CustomerPeer;
pub use voice::Voice;

use crate::centre::Input;

/// How many customers may be calling for desks at once.
const AT_ONCE: usize = 30;

/// What a desk asks the demo's customer for.
#[derive(Debug, Clone)]
pub struct CustomerCalls {
    wishes: mpsc::Sender<Wish>,
}

#[derive(Debug)]
struct Wish {
    agent: AgentId,
    count: u8,
    centre: mpsc::Sender<Input>,
}

/// Too many customers call already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many customers call already")]
pub struct TooMany;

impl CustomerCalls {
    /// Has `peer` call numbers in turn, as desks ask: one that goes straight to a queue, so that the desk rings at
    /// once.
    pub fn new(peer: CustomerPeer, number: &'static str) -> Self {
        let (wishes, queue) = mpsc::channel(AT_ONCE);
        tokio::spawn(grant(peer, number, queue));
        Self { wishes }
    }

    /// Has customers call in; what goes wrong is told to the agent's desk.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn call_in(&self, agent: AgentId, count: u8, centre: &mpsc::Sender<Input>) -> Result<(), TooMany> {
        self.wishes.try_send(Wish { agent, count, centre: centre.clone() }).map_err(|_| TooMany)
    }
}

async fn grant(peer: CustomerPeer, number: &'static str, mut wishes: mpsc::Receiver<Wish>) {
    let mut called = 0_usize;
    while let Some(wish) = wishes.recv().await {
        for _ in 0..wish.count {
            called += 1;
            let script = Script { caller: demo_caller(called), ..Script::to(number) };
            let (peer, agent, centre) = (peer.clone(), wish.agent.clone(), wish.centre.clone());
            tokio::spawn(async move {
                let reason = match peer.call(script).await {
                    Ok(report) => report.failure,
                    Err(error) => Some(error.to_string()),
                };
                if let Some(reason) = reason {
                    let _ = centre.send(Input::CustomerFailed { agent, reason }).await;
                }
            });
        }
    }
}

/// Callers that the demo's CRM page knows, and others.
fn demo_caller(nth: usize) -> String {
    const KNOWN: [&str; 4] = ["13800138000", "02161234567", "01088886666", "13912345678"];
    match KNOWN.get((nth - 1) % 10) {
        Some(number) => (*number).to_owned(),
        None => format!("1370000{:04}", nth % 10_000),
    }
}

/// `cordboard-gateway customer`.
///
/// # Errors
/// What kept the customer from calling.
pub async fn command(options: CustomerOptions) -> Result<()> {
    let gateway: SocketAddr = options.gateway;
    let peer = CustomerPeer::start(gateway, SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let calls = (0..options.count).map(|_| peer.call(options.script()));
    let mut failed = false;
    for report in futures_util::future::join_all(calls).await {
        let report = report?;
        failed |= report.failure.is_some();
        if let (Some(path), Some(heard)) = (&options.hear, &report.heard) {
            sound::save(path, heard)?;
        }
        crate::commands::say(&serde_json::to_string(&report)?);
    }
    peer.stop().await;
    anyhow::ensure!(!failed, "not every call went through; the lines above say why");
    Ok(())
}
