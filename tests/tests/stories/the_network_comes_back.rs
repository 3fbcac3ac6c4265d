//! An agent's network silently loses everything for a while, in a call; then the agent's machine gets another address.
//! Each time both are heard again by themselves, and the desk does what it is told.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::{AgentProcess, Gateway, Mouth, Phone, PhoneCall, Rig, Room, Story, Weight, places, story};
use cordboard_wire::{Command, DeskView};

use crate::checks::{SALES, SOON, speaks};

/// Shorter than a heartbeat; longer than a desk waits for one; longer than either side keeps a silent connection.
const GONE: [Duration; 3] = [Duration::from_secs(3), Duration::from_secs(10), Duration::from_secs(15)];

#[test]
fn the_network_comes_back() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Room];
    story("the_network_comes_back", Weight::Middle, Duration::from_secs(150), needs, async |story| {
        let (caller_words, agent_words) = (Mouth(13).says()?, Mouth(14).says()?);
        let mut room = Room::build()?;
        let gateway = node(&story, &room).await?;
        let program = room.command(places::binary("cordboard-agent")?);
        let mut alice =
            AgentProcess::start_as(program, &story, &gateway.url(), "alice", &agent_words, &["--ready"]).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, "13800138096").await?;
        caller.wait_answer().await?;
        alice.answer().await?;
        speaks(&caller.mouth, &caller_words).await?;

        for gone in GONE {
            caller.mouth.say_again_and_again(&caller_words);
            room.cut()?;
            tokio::time::sleep(gone).await;
            room.mend()?;
            is_back(&format!("the network, gone for {} s,", gone.as_secs()), &mut alice, &caller).await?;
        }
        room.change_address()?;
        is_back("the machine's address", &mut alice, &caller).await?;

        assert!(!caller.is_over(), "the caller stayed");
        caller.hang_up().await?;
        alice.wait_view("no call", |view| view.calls.is_empty()).await?;
        gateway.stop().await
    })
}

/// Waits until both hear the other and a command has shown its effect; says how long each took.
async fn is_back(what: &str, alice: &mut AgentProcess, caller: &PhoneCall) -> Result<()> {
    let back = Instant::now();
    let muted = |view: &DeskView| view.calls.iter().any(|call| call.muted);
    let heard_ms = alice.heard()?.milliseconds();
    let agent_hears = cordboard_tests::lines::until("sound at the agent", SOON, || async {
        let heard = alice.heard().ok()?;
        (heard.milliseconds() > heard_ms + 100).then(|| back.elapsed())
    });
    let (at_caller, at_agent) = tokio::join!(caller.mouth.hears_sound(SOON), agent_hears);
    let (at_caller, at_agent) = (at_caller? - back, at_agent?);
    for mute in [true, false] {
        let call_id = alice.view()?.calls.first().map(|call| call.call_id.clone()).unwrap_or_default();
        let ends = Instant::now() + SOON;
        // A desk without a line refuses; a person would press again.
        loop {
            alice.act(&Command::Mute { call_id: call_id.clone(), muted: mute }).await?;
            let shown = alice.wait_view_within("mute", Duration::from_millis(100), |view| muted(view) == mute).await;
            if shown.is_ok() || Instant::now() > ends {
                shown?;
                break;
            }
        }
        eprintln!(
            "{what} was back: at the caller after {at_caller:?}, at the agent {at_agent:?}, obeyed {:?}",
            back.elapsed()
        );
    }
    Ok(())
}

/// A centre that desks reach by the room's cable, and carriers by loopback.
async fn node(story: &Story, room: &Room) -> Result<Gateway> {
    let (http, sip) = (places::free_address()?, places::free_address()?);
    let http = std::net::SocketAddr::from((room.outside(), http.port()));
    let rtp = places::rtp_ports();
    let text = format!(
        "data = {:?}\n[http]\nbind = \"{http}\"\nallow_plain = true\n[sip]\nudp = [\"{sip}\"]\ntcp = [\"{sip}\"]\n\
         [media]\ndesk_ip = \"{}\"\nrtp_ports = [{}, {}]\n[[instance]]\nid = \"demo\"\nname = \"Test\"\n[[trunk]]\n\
         id = \"loopback\"\nallow = [\"127.0.0.0/8\"]\noptions_interval_seconds = 0\n",
        story.path("node"),
        room.outside(),
        rtp.start(),
        rtp.end()
    );
    Gateway::seeded_then_run(story, http, sip, &text).await
}
