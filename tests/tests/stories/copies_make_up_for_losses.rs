//! A call through a network that loses a tenth of all packets, three in a row each time, both ways. Opus with copies of
//! earlier frames (RFC 2198) brings the words through; without them, the same losses are heard as missing words.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{AgentProcess, DeskProxy, Gateway, Melody, Misfortune, Phone, Sound, Story, Weight, story};
use cordboard_wire::{Command, DeskView, LegCodec};

use crate::checks::{SALES, next_piece};

/// How long words are listened to, once both ways are in Opus.
const LISTENED_MS: u64 = 24_000;
/// Heard with copies at least, at three places; each word is 60 ms, so a lost one is a lost burst. Measured: 0.96 to 0.996.
const WITH_COPIES: f64 = 0.95;
/// Heard without them at most. Measured: 0.89 to 0.93.
const WITHOUT_COPIES: f64 = 0.94;

/// What arrived of the words: at the caller, in the recording of that, and at the agent.
#[derive(Debug)]
struct Heard {
    caller: f64,
    recorded: f64,
    agent: f64,
}

impl Heard {
    /// A single burst is worth half a percent at one ear; the three together say more than any alone.
    fn mean(&self) -> f64 {
        (self.caller + self.recorded + self.agent) / 3.0
    }
}

async fn call(story: &Story, copies: bool) -> Result<Heard> {
    let (caller_says, agent_says) = (Melody::new(20_261_122, 97), Melody::new(19_700_101, 89));
    let gateway = Gateway::demo(story).await?;
    let network = DeskProxy::before(gateway.http, Misfortune::NONE, 20_261_122).await?;
    network.lets_copies_be_offered(copies);
    let mut alice = AgentProcess::start(story, &network.url(), "alice", &agent_says.sound(), &["--ready"]).await?;
    let phone = Phone::new().await?;
    let mut caller = phone.call(gateway.sip, SALES, "13800000041").await?;
    caller.wait_answer().await?;
    let talking = alice.answer().await?;
    caller.mouth.say_again_and_again(&caller_says.sound());

    network.set(Misfortune::TENTH_IN_THREES);
    let opus = |view: &DeskView| {
        let quality = view.agent.quality.as_ref();
        quality.map(|quality| (quality.codec_up, quality.codec_down))
            == Some((Some(LegCodec::Opus), Some(LegCodec::Opus)))
    };
    alice.wait_view_within("Opus both ways", Duration::from_secs(40), opus).await?;
    // The receivers' buffers learn within seconds that waiting is worth it.
    next_piece(&caller.mouth, 8_000).await?;
    let heard = next_piece(&caller.mouth, LISTENED_MS).await?;
    let (taken, lost) = network.counts();
    assert!(lost * 100 > taken * 4, "the network was bad: {lost} of {taken} lost");

    alice.act(&Command::HangUp { call_id: talking.call_id.clone() }).await?;
    caller.wait_bye(Duration::from_secs(10)).await?;
    let session = gateway.sign_in("alice").await?;
    let [_, recorded] = session.recording(&talking.call_id).await?;
    let at_agent = alice.leave().await?;
    gateway.stop().await?;
    Ok(Heard {
        caller: agent_says.share_in(&heard),
        recorded: agent_says.share_in(&last(&recorded)),
        agent: caller_says.share_in(&last(&at_agent)),
    })
}

/// The last that was heard, but for the end of the call.
fn last(sound: &Sound) -> Sound {
    let end = sound.milliseconds().saturating_sub(1_000);
    sound.piece(end.saturating_sub(LISTENED_MS), end)
}

#[test]
fn copies_make_up_for_losses() -> Result<()> {
    story("copies_make_up_for_losses", Weight::Middle, Duration::from_secs(200), &[], async |story| {
        let with = call(&story, true).await?;
        let without = call(&story, false).await?;
        assert!(with.mean() >= WITH_COPIES, "with copies {with:?}, without {without:?}");
        assert!(without.mean() <= WITHOUT_COPIES, "with copies {with:?}, without {without:?}");
        assert!(
            with.agent > without.agent && with.caller > without.caller,
            "with copies {with:?}, without {without:?}"
        );
        Ok(())
    })
}
