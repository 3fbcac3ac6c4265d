//! The person prefers the system's browser for the customer's page: each call opens its page there once, the choice is kept
//! over a restart, and when no browser takes a page it is in the own window, and that is said.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Phone, PhoneCall, Rig, Sound, SystemBrowser, Weight, Window, WindowSound, story};
use serde_json::json;

use crate::checks::{SALES, SOON};
use crate::shift::{begin, chinese, sign_in};

#[test]
fn the_customer_s_page_opens_in_the_browser() -> Result<()> {
    let name = "the_customer_s_page_opens_in_the_browser";
    story(name, Weight::Heavy, Duration::from_secs(120), &[Rig::Desktop, Rig::Window], async |story| {
        let (browser, gateway, phone) =
            (SystemBrowser::new(&story)?, Gateway::demo(&story).await?, Phone::new().await?);
        let words = Sound::tone(300.0, 1_000);
        let path = browser.path();
        let mut alice = Window::open_with(&story, WindowSound::Says(&words), &[("PATH", &path)]).await?;
        alice.act(json!({ "do": "manage" })).await?;
        begin(&mut alice, &gateway.url()).await?;
        alice.click("button", "/^Menu/").await?;
        alice.click("menuitem", "Window settings").await?;
        alice.click("radio", "In the system's browser").await?;
        alice
            .becomes_true(
                "return document.querySelector('[type=radio]:checked')?.labels[0].textContent.includes('browser')",
            )
            .await?;
        alice.picture("window-settings-en").await?;
        alice.click("button", "Close").await?;

        let caller = taken(&mut alice, &phone, &gateway, "13800138011").await?;
        let opened = browser.opens(1, SOON).await?;
        assert!(opened[0].starts_with(&gateway.url()) && opened[0].contains("13800138011"), "{opened:?}");
        alice.click("button", "Hold").await?;
        alice.sees_button("Retrieve", SOON).await?;
        over(&mut alice, caller).await?;

        alice.signal("SIGKILL").await?;
        alice.open_again().await?;
        sign_in(&mut alice, &gateway.url()).await?;
        alice.sees("Waiting for a call", SOON).await?;
        let caller = taken(&mut alice, &phone, &gateway, "13800138012").await?;
        let opened = browser.opens(2, SOON).await?;
        assert!(opened.len() == 2 && opened[1].contains("13800138012"), "each call's page is opened once: {opened:?}");
        over(&mut alice, caller).await?;

        browser.refuse()?;
        let caller = taken(&mut alice, &phone, &gateway, "13800138013").await?;
        alice.sees("Browser did not open", SOON).await?;
        alice.sees("/Set a default browser/", SOON).await?;
        alice.act(json!({ "do": "window", "title": "Cordboard CRM" })).await?;
        alice.picture("window-browser-refused-en").await?;
        chinese(&mut alice).await?;
        alice.sees("浏览器未能打开", SOON).await?;
        alice.picture("window-browser-refused-zh").await?;
        alice.click("button", "/^菜单/").await?;
        alice.click("menuitem", "窗口设置").await?;
        alice.sees("在系统浏览器中", SOON).await?;
        alice.picture("window-settings-zh").await?;
        assert_eq!(browser.opened().len(), 2, "what was refused is not opened later");
        drop(caller);
        alice.close().await?;
        gateway.stop().await
    })
}

/// A customer calls and is answered.
async fn taken(alice: &mut Window, phone: &Phone, gateway: &Gateway, number: &str) -> Result<PhoneCall> {
    let mut caller = phone.call(gateway.sip, SALES, number).await?;
    caller.wait_answer().await?;
    alice.click("button", "Answer").await?;
    alice.sees_button("/Hang up/", SOON).await?;
    Ok(caller)
}

/// The call ends, and its wrap-up.
async fn over(alice: &mut Window, caller: PhoneCall) -> Result<()> {
    alice.click("button", "/Hang up/").await?;
    caller.wait_bye(SOON).await?;
    alice.click("button", "Done, take calls").await?;
    alice.sees("Waiting for a call", SOON).await
}
