//! Two hundred calls open their customers' pages, which refuse frames, in the one window for them, while a robot types into
//! another program under a window manager: each page is asked for before its ring is heard, and no keystroke is lost.

use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_tests::customer_pages::Visit;
use cordboard_tests::lines::until;
use cordboard_tests::sound_server::Listener;
use cordboard_tests::{CustomerPages, Gateway, Phone, Rig, SoundServer, Weight, Window, story};
use serde_json::json;

use crate::checks::{SALES, SOON, settings};
use crate::shift::{begin, say_how_soon};

const CALLS: usize = 200;

#[test]
fn customer_pages_leave_the_keyboard() -> Result<()> {
    let needs = &[Rig::SoundServer, Rig::Desktop, Rig::Window];
    story("customer_pages_leave_the_keyboard", Weight::Heavy, Duration::from_secs(400), needs, async |story| {
        let sound = SoundServer::start(&story).await?;
        let pages = CustomerPages::open().await?;
        let words = settings(&[("ScreenPopUrl", &pages.address)]);
        let gateway = Gateway::demo_with(&story, "gateway", &words).await?;
        let mut alice = Window::open_on(&story, &sound).await?;
        alice.act(json!({ "do": "manage" })).await?;
        begin(&mut alice, &gateway.url()).await?;
        let speaker = sound.listen().await?;
        let notes = story.path("notes.txt");
        alice.act(json!({ "do": "notepad", "file": notes })).await?;
        alice.act(json!({ "do": "robot_begins", "pause_ms": 40 })).await?;

        let phone = Phone::new().await?;
        let mut rings = Vec::new();
        for number in 0..CALLS {
            if number % 10 == 9 {
                alice.act(json!({ "do": "minimise", "title": "^Cordboard CRM$" })).await?;
            }
            rings.push(one_call(&phone, &gateway, &pages, &speaker).await?);
        }

        let robot = alice.act(json!({ "do": "robot_ends" })).await?;
        let typed = robot["keys"].as_str().unwrap_or_default();
        assert!(typed.len() > CALLS, "the robot typed: {typed}");
        let noted = || std::fs::read_to_string(&notes).unwrap_or_default();
        let all = until("the last keystroke", SOON, || async { (noted() == typed).then_some(()) });
        assert!(all.await.is_ok(), "{} of {} keys were noted; {}", noted().len(), typed.len(), robot["owners"]);
        alice.picture("window-customer-page").await?;
        report(&rings);
        alice.close().await?;
        gateway.stop().await
    })
}

/// What one ring took, from the INVITE.
struct Ring {
    page_asked: Duration,
    heard: Duration,
}

async fn one_call(phone: &Phone, gateway: &Gateway, pages: &CustomerPages, speaker: &Listener) -> Result<Ring> {
    let (before, visited) = (speaker.place(), pages.visits.len());
    let invited = Instant::now();
    let mut caller = phone.call(gateway.sip, SALES, "13800138091").await?;
    let visit =
        |beginning: &'static str| move |visit: &Visit| visit.target.starts_with(beginning).then(|| visit.clone());
    let (_, asked) = pages.visits.wait("the customer's page", visited, SOON, visit("/customer?")).await?;
    let heard = speaker.sound_after(before, SOON).await?;
    caller.wait_answer().await?;
    let (_, seen) = pages.visits.wait("the page seen", visited, SOON, visit("/seen?")).await?;
    let id = asked.target.split("id=").nth(1).unwrap_or_default().to_owned();
    assert!(seen.target.contains(&format!("Customer+of+{id}")), "what is read on the page: {}", seen.target);
    assert!(seen.target.contains("framed=false"), "a page of its own: {}", seen.target);
    caller.hang_up().await?;
    speaker.is_silent_for(Duration::from_millis(200), SOON).await?;
    Ok(Ring { page_asked: asked.at - invited, heard: heard - invited })
}

fn report(rings: &[Ring]) {
    let late = rings.iter().filter(|ring| ring.page_asked > ring.heard).count();
    eprintln!("{late} of {} pages were asked for after their ring", rings.len());
    // What a machine with too much to do turns round is not held against the window.
    assert!(late * 10 <= rings.len(), "{late} pages were asked for after their ring was heard");
    say_how_soon("the page awake", rings.iter().map(|ring| ring.heard).collect());
}
