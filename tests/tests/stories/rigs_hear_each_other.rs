//! The rigs themselves, without the product: SIPp and baresip call our own telephone, and words arrive at each ear.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Baresip, Mouth, Phone, Rig, Sipp, Weight, assert_heard, assert_not_heard, story};

const LIMIT: Duration = Duration::from_secs(20);

#[test]
fn sipp_and_our_telephone() -> Result<()> {
    story("rigs_sipp", Weight::Light, Duration::from_secs(60), &[Rig::Speech, Rig::Sipp], async |story| {
        let (one, other) = (Mouth(0).says()?, Mouth(1).says()?);
        let phone = Phone::new().await?;
        let mut sipp = Sipp::caller(&story, "caller", phone.address, "02165001001", "13800000001")?;
        let call = phone.next_call(LIMIT).await?;
        assert!(call.invite().start.contains("02165001001"), "{}", call.invite().start);
        call.ring().await?;
        call.answer().await?;
        sipp.learn_far_side().await?;
        sipp.mouth.say(&one);
        call.mouth.say(&other);
        sipp.mouth.press('1');
        call.mouth.hears_keys("1", LIMIT).await?;
        call.mouth.hears(one.milliseconds() + 500, LIMIT).await?;
        assert_heard(&call.mouth.heard(), &one, "SIPp's words at our telephone");
        assert_not_heard(&call.mouth.heard(), &other, "our own words at our telephone");
        assert_heard(&sipp.mouth.heard(), &other, "our words at SIPp");
        let mut call = call;
        call.hang_up().await?;
        sipp.ends_well(LIMIT).await
    })
}

#[test]
fn sipp_answers_holds_and_refuses() -> Result<()> {
    story("rigs_sipp_answerer", Weight::Light, Duration::from_secs(90), &[Rig::Sipp, Rig::Speech], async |story| {
        let words = Mouth(2).says()?;
        let phone = Phone::new().await?;
        let address = cordboard_tests::places::free_address()?;
        let mut sipp = Sipp::answerer(&story, "answerer", address).await?;
        let mut call = phone.call(address, "13900000001", "02165001000").await?;
        sipp.learn_far_side().await?;
        sipp.mouth.say(&words);
        call.wait_status(180).await?;
        call.wait_status(183).await?;
        call.wait_status_within(200, Duration::from_secs(15)).await?;
        call.wait_answer().await?;
        assert_heard(&call.mouth.heard(), &words, "early media");
        sipp.wait_noted("held", LIMIT).await?;
        sipp.wait_noted("taken back", LIMIT).await?;
        call.hang_up().await?;
        sipp.ends_well(LIMIT).await
    })
}

#[test]
fn sipp_never_answers() -> Result<()> {
    story("rigs_sipp_never", Weight::Light, Duration::from_secs(60), &[Rig::Sipp], async |story| {
        let phone = Phone::new().await?;
        let address = cordboard_tests::places::free_address()?;
        let mut sipp = Sipp::answerer(&story, "never_answers", address).await?;
        let mut call = phone.call(address, "13900000001", "02165001000").await?;
        call.wait_status(180).await?;
        call.cancel().await?;
        sipp.ends_well(LIMIT).await
    })
}

#[test]
fn baresip_and_our_telephone() -> Result<()> {
    story("rigs_baresip", Weight::Light, Duration::from_secs(60), &[Rig::Speech, Rig::Baresip], async |story| {
        let (one, other) = (Mouth(3).says()?, Mouth(4).says()?);
        let phone = Phone::new().await?;
        let mut says = one.clone();
        says.samples.extend(one.samples.repeat(3));
        let baresip = Baresip::start(&story, &says).await?;
        baresip.call(phone.address, "02165001000").await?;
        let mut call = phone.next_call(LIMIT).await?;
        call.answer().await?;
        call.mouth.say(&other);
        baresip.press('1').await?;
        call.mouth.hears_keys("1", LIMIT).await?;
        call.mouth.hears(other.milliseconds() + 1000, LIMIT).await?;
        assert_heard(&call.mouth.heard(), &one, "baresip's words at our telephone");
        call.hang_up().await?;
        baresip.wait("terminated").await?;
        let heard = baresip.stop().await?;
        assert_heard(&heard, &other, "our words at baresip");
        assert_not_heard(&heard, &one, "baresip's own words at baresip");
        Ok(())
    })
}
