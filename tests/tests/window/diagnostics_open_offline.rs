//! After a call the person exports diagnostics: one file among the downloads, without a secret or a whole telephone number,
//! which a browser opens without a network and shows the call, its quality and the timeline.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use cordboard_tests::lines::until;
use cordboard_tests::{Browser, Gateway, Mouth, Phone, Rig, Story, Weight, Window, WindowSound, places, story};
use serde_json::json;

use crate::checks::{SALES, SOON};
use crate::shift::begin;

const CALLER: &str = "13800138041";
/// The log says more than it does by itself, and so has more to be taken out.
const TALKATIVE: (&str, &str) = ("CORDBOARD_LOG", "debug");

#[test]
fn diagnostics_open_offline() -> Result<()> {
    let needs = &[Rig::Speech, Rig::Chromium, Rig::Window];
    story("diagnostics_open_offline", Weight::Heavy, Duration::from_secs(120), needs, async |story| {
        let downloads = story.path("home/Downloads");
        std::fs::create_dir_all(&downloads)?;
        std::fs::create_dir_all(story.path("home/config"))?;
        std::fs::write(story.path("home/config/user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n")?;
        let words = Mouth(29).says()?;
        let gateway = Gateway::demo(&story).await?;
        let mut alice = Window::open_with(&story, WindowSound::Says(&words), &[TALKATIVE]).await?;
        begin(&mut alice, &gateway.url()).await?;
        let phone = Phone::new().await?;
        let mut caller = phone.call(gateway.sip, SALES, CALLER).await?;
        caller.wait_answer().await?;
        caller.mouth.say_again_and_again(&words);
        alice.click("button", "Answer").await?;
        caller.mouth.hears(6_000, SOON).await?;
        alice.click("button", "/Hang up/").await?;
        caller.wait_bye(SOON).await?;
        alice.click("button", "Done, take calls").await?;

        // A page that is loaded anew has not forgotten the call.
        alice.reload().await?;
        alice.sees("Waiting for a call", SOON).await?;
        alice.click("button", "/^Menu/").await?;
        alice.click("menuitem", "Export diagnostics").await?;
        alice.click("button", "Save the file").await?;
        alice.sees("/Saved: .*Downloads/", SOON).await?;
        alice.picture("window-diagnostics").await?;
        let file = until("the file", SOON, || async { exported(&downloads) }).await?;
        let text = std::fs::read_to_string(&file)?;
        assert!(text.contains("</html>"), "the file is whole");
        let (key, secret) = &gateway.access_key;
        for kept_out in [CALLER, SALES, "cordboard&quot;", key, secret, "ice-pwd", "Bearer"] {
            assert!(!text.contains(kept_out), "{kept_out} stands in the file");
        }
        opens_offline(&story, &file).await?;
        alice.close().await?;
        gateway.stop().await
    })
}

fn exported(folder: &Path) -> Option<std::path::PathBuf> {
    let found = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    found.into_iter().find(|path| path.extension().is_some_and(|end| end == "html"))
}

/// Opens the file as whoever it was sent to does, and finds what it is for.
async fn opens_offline(story: &Story, file: &Path) -> Result<()> {
    let nothing = json!({ "hosts": "MAP * ~NOTFOUND", "width": 1_100, "height": 900 });
    let mut support = Browser::start_with(story, &cordboard_ear::Sound::silence(100), &nothing).await?;
    support.act(json!({ "do": "offline" })).await?;
    let address = format!("file://{}", file.display());
    support.open(&address).await?;
    for seen in [
        "Cordboard diagnostics",
        "/^job-/",
        "/ringing .* s, talking .* s/",
        "/Rating of what the agent heard/",
        "Timeline",
    ] {
        support.sees(seen, SOON).await?;
    }
    assert_eq!(support.act(json!({ "do": "complaints" })).await?, json!([]), "what the browser complained of");
    let asked = support.act(json!({ "do": "requests" })).await?;
    assert_eq!(asked, json!([address]), "the file is whole in itself");
    let pictures = places::build_folder()?.join("pictures");
    std::fs::create_dir_all(&pictures)?;
    let picture = pictures.join("diagnostics.png");
    support.act(json!({ "do": "picture", "file": picture, "whole": false })).await?;
    picture.exists().then_some(()).context("no picture")?;
    support.close().await
}
