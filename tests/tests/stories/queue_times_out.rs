//! Nobody takes the call in time: the caller of the flow is told so, in words; the caller of the straight number is sent
//! away; both records say time-out.

use std::time::Duration;

use anyhow::Result;
use cordboard_tests::{Gateway, Phone, Weight, assert_heard, story};

use crate::checks::{SALES, WELCOME, assert_says, next_piece, prompt, record_of_caller, settings};

#[test]
fn queue_times_out() -> Result<()> {
    story("queue_times_out", Weight::Light, Duration::from_secs(90), &[], async |story| {
        let gateway = Gateway::demo_with(&story, "gateway", &settings(&[("QueueTimeoutSeconds", "3")])).await?;
        let phone = Phone::new().await?;
        let mut through_flow = phone.call(gateway.sip, WELCOME, "13800000021").await?;
        let mut straight = phone.call(gateway.sip, SALES, "13800000022").await?;
        through_flow.wait_answer().await?;
        straight.wait_answer().await?;
        straight.wait_bye(Duration::from_secs(15)).await?;
        assert_says(&record_of_caller(&gateway, "13800000022").await?, "ContactDisposition", "QueuingTimeout");

        next_piece(&through_flow.mouth, 1000).await?;
        through_flow.mouth.press('1');
        through_flow.wait_bye(Duration::from_secs(40)).await?;
        let sorry = prompt("zh-CN/all_busy")?;
        assert_heard(&through_flow.mouth.heard(), &sorry, "the words that everybody is busy");
        assert_says(&record_of_caller(&gateway, "13800000021").await?, "ContactDisposition", "QueuingTimeout");
        gateway.stop().await
    })
}
