//! One of the two stops hearing the other: the desk says in one sentence whose side it is on, says nothing when it was
//! somebody's choice, and takes it back when it is over.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::lines::until;
use cordboard_tests::{AgentProcess, Gateway, Mouth, Phone, Rig, Sound, Weight, story};
use cordboard_wire::{CallView, Command, SoundTrouble};

use crate::checks::{CALLER, SALES};

/// Two seconds are promised; a busy machine may take as much again.
const AT_ONCE: Duration = Duration::from_secs(4);

fn trouble(call: &CallView) -> Option<SoundTrouble> {
    call.sound_trouble.as_ref().map(|trouble| trouble.code)
}

async fn wait_trouble(agent: &AgentProcess, wanted: Option<SoundTrouble>) -> Result<()> {
    let is = |calls: &[CallView]| calls.first().is_some_and(|call| trouble(call) == wanted);
    agent.wait_view_within(&format!("{wanted:?}"), AT_ONCE, |view| is(&view.calls)).await?;
    Ok(())
}

/// The call goes on for three views, of which there is one every two seconds, and none names any trouble.
async fn goes_on_without_a_word(agent: &AgentProcess) -> Result<()> {
    let from = agent.lines.len();
    let enough = || async { (agent.views_since(from).len() >= 3).then_some(()) };
    until("three views", Duration::from_secs(15), enough).await?;
    for view in agent.views_since(from) {
        for call in &view.calls {
            assert_eq!(trouble(call), None, "{:?}", call.sound_trouble);
        }
    }
    Ok(())
}

#[test]
fn one_way_sound_is_named() -> Result<()> {
    story("one_way_sound_is_named", Weight::Light, Duration::from_secs(90), &[Rig::Speech], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &Mouth(21).says()?).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, CALLER).await?;
        caller.wait_answer().await?;
        caller.mouth.say_again_and_again(&Mouth(22).says()?);
        let talking = alice.answer().await?;
        goes_on_without_a_word(&alice).await?;

        caller.mouth.sends(false);
        wait_trouble(&alice, Some(SoundTrouble::NothingFromCustomer)).await?;
        let message = alice.view()?.calls[0].sound_trouble.clone().expect("it is there").message;
        assert!(message.contains("carrier"), "{message}");
        caller.mouth.sends(true);
        wait_trouble(&alice, None).await?;

        alice.act(&Command::Mute { call_id: talking.call_id.clone(), muted: true }).await?;
        goes_on_without_a_word(&alice).await?;
        alice.act(&Command::Mute { call_id: talking.call_id.clone(), muted: false }).await?;
        caller.renegotiate("sendonly").await?;
        alice.wait_view("held by the far side", |view| view.calls.iter().any(|call| call.held_by_far_side)).await?;
        let from = alice.lines.len();
        caller.mouth.sends(false);
        caller.renegotiate("sendrecv").await?;
        alice.wait_view("taken back", |view| view.calls.iter().any(|call| !call.held_by_far_side)).await?;
        assert!(alice.views_since(from).iter().flat_map(|view| &view.calls).all(|call| trouble(call).is_none()));
        wait_trouble(&alice, Some(SoundTrouble::NothingFromCustomer)).await?;
        alice.hang_up(&talking.call_id).await?;
        alice.leave().await?;
        gateway.stop().await
    })
}

#[test]
fn a_dead_microphone_is_named() -> Result<()> {
    story("a_dead_microphone_is_named", Weight::Light, Duration::from_secs(60), &[Rig::Speech], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let mut alice = AgentProcess::ready(&story, &gateway, "alice", &Sound::silence(1_000)).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, CALLER).await?;
        caller.wait_answer().await?;
        caller.mouth.say_again_and_again(&Mouth(23).says()?);
        let talking = alice.answer().await?;
        wait_trouble(&alice, Some(SoundTrouble::MicrophoneSilent)).await?;
        alice.act(&Command::Mute { call_id: talking.call_id.clone(), muted: true }).await?;
        wait_trouble(&alice, None).await?;
        alice.hang_up(&talking.call_id).await?;
        alice.leave().await?;
        gateway.stop().await
    })
}
