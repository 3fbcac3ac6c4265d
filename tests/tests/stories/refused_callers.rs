//! Callers who are refused: an unknown number (404), a source that no trunk knows (silence, and counted), more calls than
//! a number may hold (486), more than a trunk may hold (503 without Retry-After), more a second than a trunk may bring.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Phone, Weight, places, story};
use serde_json::json;

use crate::checks::{SALES, SOON, WELCOME};

#[test]
fn unknown_number_is_404() -> Result<()> {
    story("unknown_number_is_404", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let phone = Phone::new().await?;
        // The last one is ours, but for calls out only.
        for number in ["02100000000", "nobody", "01065002000"] {
            let mut call = phone.call(gateway.sip, number, "13800000051").await?;
            assert_eq!(call.wait_refusal().await?.status(), Some(404), "{number}");
        }
        assert_still_works(&gateway, &phone).await
    })
}

#[test]
fn over_the_numbers_cap_is_486() -> Result<()> {
    story("over_the_numbers_cap_is_486", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = Gateway::demo(&story).await?;
        let admin = gateway.sign_in("admin").await?;
        let cap = json!({ "InstanceId": "demo", "Number": WELCOME, "Usage": "Bidirection", "Cap": 2 });
        admin.operation("ModifyPhoneNumber", &cap).await?;
        let phone = Phone::new().await?;
        let mut standing = Vec::new();
        for caller in ["13800000052", "13800000053"] {
            let mut call = phone.call(gateway.sip, WELCOME, caller).await?;
            call.wait_answer().await?;
            standing.push(call);
        }
        let mut third = phone.call(gateway.sip, WELCOME, "13800000054").await?;
        assert_eq!(third.wait_refusal().await?.status(), Some(486));
        let mut other = phone.call(gateway.sip, SALES, "13800000054").await?;
        other.wait_answer().await?;
        other.hang_up().await?;
        standing.pop().unwrap().hang_up().await?;
        assert_still_works(&gateway, &phone).await
    })
}

#[test]
fn over_the_trunks_cap_is_503() -> Result<()> {
    story("over_the_trunks_cap_is_503", Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = node(&story, "max_calls = 1").await?;
        let phone = Phone::at(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))).await?;
        let mut first = phone.call(gateway.sip, SALES, "13800000055").await?;
        let answered = first.wait_answer().await;
        let mut second = phone.call(gateway.sip, SALES, "13800000056").await?;
        let refusal = second.wait_refusal().await?;
        // A centre without numbers refuses everything with 404; then the cap cannot be reached.
        answered?;
        assert_eq!(refusal.status(), Some(503));
        assert_eq!(refusal.header("Retry-After"), "", "a carrier must not stop sending us calls");
        first.hang_up().await?;
        gateway.stop().await
    })
}

#[test]
fn an_unknown_source_hears_nothing_and_is_counted() -> Result<()> {
    let name = "an_unknown_source_hears_nothing_and_is_counted";
    story(name, Weight::Light, Duration::from_secs(60), &[], async |story| {
        let gateway = node(&story, "").await?;
        // The trunk knows 127.0.0.2 only.
        let stranger = Phone::new().await?;
        let before = gateway.metric("cordboard_sip_unknown_source").await?;
        let _call = stranger.call(gateway.sip, SALES, "13800000057").await?;
        let counted = || async {
            let now = gateway.metric("cordboard_sip_unknown_source").await.ok()?;
            (now > before).then_some(())
        };
        cordboard_tests::lines::until("the stranger is counted", SOON, counted).await?;
        let known = Phone::at(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))).await?;
        let call = known.call(gateway.sip, SALES, "13800000058").await?;
        call.wait_status(100).await?;
        assert!(stranger.received().is_empty(), "a stranger is answered nothing: {:?}", stranger.received().all());
        gateway.stop().await
    })
}

/// A gateway from a configuration file whose only trunk takes calls from 127.0.0.2.
async fn node(story: &cordboard_tests::Story, trunk: &str) -> Result<Gateway> {
    let (http, sip) = (places::free_address()?, places::free_address()?);
    let rtp = places::rtp_ports();
    let text = format!(
        "data = {:?}\n[http]\nbind = \"{http}\"\n[sip]\nudp = [\"{sip}\"]\ntcp = [\"{sip}\"]\n[media]\n\
         rtp_ports = [{}, {}]\n[[instance]]\nid = \"demo\"\nname = \"Test\"\n[[trunk]]\nid = \"loopback\"\n\
         allow = [\"127.0.0.2/32\"]\noptions_interval_seconds = 0\n{trunk}\n",
        story.path("node"),
        rtp.start(),
        rtp.end()
    );
    Gateway::seeded_then_run(story, http, sip, &text).await
}

async fn assert_still_works(gateway: &Gateway, phone: &Phone) -> Result<()> {
    let mut call = phone.call(gateway.sip, WELCOME, "13800000059").await?;
    call.wait_answer().await?;
    call.mouth.hears(500, SOON).await?;
    call.hang_up().await?;
    let address: SocketAddr = gateway.http;
    let client = cordboard_tests::api::client()?;
    // A disk that stalls makes it unhealthy for a moment, and rightly so.
    let healthy = || async {
        let health = client.get(format!("http://{address}/healthz")).send().await.ok()?;
        health.status().is_success().then_some(())
    };
    cordboard_tests::lines::until("a healthy gateway", SOON, healthy).await?;
    Ok(())
}
