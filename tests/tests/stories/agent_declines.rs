//! An agent declines: break `RejectCall`, the caller keeps the place and the next agent is rung.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{AgentProcess, Gateway, Phone, Sound, Weight, story};
use cordboard_wire::{CallPhase, Command, Presence};

use crate::checks::{SALES, moments};

#[test]
fn agent_declines() -> Result<()> {
    story("agent_declines", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &Sound::silence(500)).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800000003").await?;
        caller.wait_answer().await?;
        let rung = alice.wait_call(CallPhase::Ringing).await?;
        alice.act(&Command::Decline { call_id: rung.call_id.clone() }).await?;
        alice
            .wait_view("on break", |view| view.agent.presence == Presence::Break { code: "RejectCall".to_owned() })
            .await?;

        let bob = AgentProcess::ready(&story, &gateway, "bob", &Sound::silence(500)).await?;
        let offered = bob.wait_call(CallPhase::Ringing).await?;
        assert_eq!(offered.call_id, rung.call_id);
        assert!(!caller.is_over());
        // Whoever declined and becomes ready again is not asked twice at the same time.
        alice.act(&Command::Ready).await?;
        alice.wait_view("ready again", |view| view.agent.presence == Presence::Ready).await?;
        assert!(alice.view()?.calls.is_empty());

        caller.hang_up().await?;
        bob.wait_view("no call", |view| view.calls.is_empty()).await?;
        let record = gateway.sign_in("carol").await?.record(&rung.call_id).await?;
        assert!(moments(&record, "AgentEvents").contains(&"Rejected".to_owned()), "{record:#}");
        assert_eq!(record["ContactDisposition"], "AbandonedInRing");
        gateway.stop().await
    })
}
