//! Two hundred calls at once over each transport: each ends once, none is mixed up with another.

use std::collections::HashMap;

use cordboard_sip::{EndKind, SipEvent, Transport};

use super::support::{Agent, dial, media, pair};

const CALLS: u16 = 200;

async fn answer_all(callee: &mut Agent) {
    let mut left = CALLS;
    while left > 0 {
        match callee.event().await {
            SipEvent::Incoming { dialog, called, media: offered, .. } => {
                let number: u16 = called.parse().unwrap();
                assert_eq!(offered.unwrap().addr.port(), 20_000 + number);
                callee.ua.answer(dialog, media(30_000 + number)).unwrap();
            }
            SipEvent::Answered { .. } => {}
            SipEvent::Ended { cause, .. } => {
                assert_eq!(cause.kind, EndKind::FarSideHungUp);
                left -= 1;
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn place_all(caller: &mut Agent) {
    let mut dialogs = HashMap::new();
    for number in 0..CALLS {
        let call = dial(&number.to_string(), 20_000 + number);
        dialogs.insert(caller.ua.dial(call).unwrap(), number);
    }
    while !dialogs.is_empty() {
        match caller.event().await {
            SipEvent::Answered { dialog, media } => {
                assert_eq!(media.addr.port(), 30_000 + dialogs[&dialog]);
                caller.ua.hang_up(dialog).unwrap();
            }
            SipEvent::Ended { dialog, cause } => {
                assert_eq!(cause.kind, EndKind::WeHungUp);
                assert!(dialogs.remove(&dialog).is_some(), "ended twice");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn each_is_answered_and_ends() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let (mut caller, mut callee) = pair(transport).await;
        tokio::join!(place_all(&mut caller), answer_all(&mut callee));
        assert_eq!((caller.ua.trunk_stats()[0].calls, callee.ua.trunk_stats()[0].calls), (0, 0));
        assert_eq!(callee.ua.stats().overloaded, 0);
    }
}
