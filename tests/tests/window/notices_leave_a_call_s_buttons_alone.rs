//! Three notices nobody has read stand in a narrow window while a customer calls: every button of ring and call is still
//! under the pointer, also where the window is low.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Phone, Rig, Sound, Weight, Window, story};
use serde_json::json;

use crate::checks::{SALES, SOON, settings};
use crate::shift::begin;

/// As it opens, as narrow as it may be, and too low for notices beneath the call.
const SIZES: [(u32, u32); 4] = [(560, 800), (360, 800), (560, 600), (360, 600)];

#[test]
fn notices_leave_a_call_s_buttons_alone() -> Result<()> {
    let needs = &[Rig::Desktop, Rig::Window];
    story("notices_leave_a_call_s_buttons_alone", Weight::Heavy, Duration::from_secs(120), needs, async |story| {
        let phone = Phone::new().await?;
        // Without customers' pages: nothing but the desk is to be seen.
        let mut options = settings(&[("ScreenPopUrl", "")]);
        options.extend(["--trunk-peer".to_owned(), phone.address.to_string()]);
        let gateway = Gateway::demo_with(&story, "gateway", &options).await?;
        let mut alice = Window::open(&story, &Sound::tone(300.0, 1_000)).await?;
        begin(&mut alice, &gateway.url()).await?;
        alice.click("button", "Outbound").await?;
        for number in ["13900139051", "13900139052", "13900139053"] {
            alice.fill("Customer's number", number).await?;
            alice.click("button", "Call").await?;
            phone.next_call(SOON).await?.refuse(486, "Busy Here").await?;
            alice.click("button", "Done, take calls").await?;
            alice.sees("Waiting for a call", SOON).await?;
        }
        alice
            .becomes_true("return document.querySelectorAll('[aria-label=Notices] > [role=alert]').length === 3")
            .await?;

        let mut caller = phone.call(gateway.sip, SALES, "13800138054").await?;
        caller.wait_answer().await?;
        alice.sees_button("Answer", SOON).await?;
        in_every_size(&mut alice, &["Answer", "Decline"]).await?;
        alice.click("button", "Answer").await?;
        alice.sees_button("/Hang up/", SOON).await?;
        in_every_size(&mut alice, &["Mute", "Hold", "Keypad", "Hang up"]).await?;
        alice.click("button", "/Hang up/").await?;
        caller.wait_bye(SOON).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

/// Waits, in each size, until a press in the middle of each button would be that button's.
async fn in_every_size(alice: &mut Window, buttons: &[&str]) -> Result<()> {
    for (width, height) in SIZES {
        alice.act(json!({ "do": "resize", "width": width, "height": height })).await?;
        alice.becomes_true(&format!("return innerWidth === {width} && innerHeight === {height}")).await?;
        for name in buttons {
            let pressed = format!(
                "const button = [...document.querySelectorAll('main button')].find((one) => one.textContent.trim() === '{name}');
                 const box = button.getBoundingClientRect();
                 return button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));"
            );
            alice.becomes_true(&pressed).await?;
        }
        alice.picture(&format!("window-notices-{width}x{height}-{}", buttons[0].to_lowercase())).await?;
    }
    Ok(())
}
