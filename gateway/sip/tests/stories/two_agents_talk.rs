//! A call from ring to hang-up, each way, over each transport.

use cordboard_sip::{Codec, EndKind, SipEvent, Transport};

use super::support::{dial, media, pair};

async fn talk(transport: Transport, caller_hangs_up: bool) {
    let (mut caller, mut callee) = pair(transport).await;
    let out = caller.ua.dial(dial("02165001000", 20_000)).unwrap();
    let SipEvent::Incoming { dialog, trunk, called, caller: from, media: offered, .. } = callee.event().await else {
        panic!("not Incoming");
    };
    assert_eq!((trunk.as_str(), called.as_str(), from.as_str()), ("t", "02165001000", "1001"));
    assert_eq!(offered.unwrap().addr, media(20_000).addr);
    callee.ua.ring(dialog).unwrap();
    assert_eq!(caller.progress().await, (180, None, 0));
    callee.ua.progress(dialog, media(30_000)).unwrap();
    let (status, early, _) = caller.progress().await;
    assert_eq!((status, early.unwrap().addr), (183, media(30_000).addr));
    callee.ua.answer(dialog, media(30_000)).unwrap();
    let agreed = caller.answered().await;
    assert_eq!((agreed.addr, agreed.codecs.as_slice()), (media(30_000).addr, [(Codec::Pcma, 8)].as_slice()));
    assert_eq!(callee.answered().await.addr, media(20_000).addr);
    assert_eq!((caller.ua.trunk_stats()[0].calls, callee.ua.trunk_stats()[0].calls), (1, 1));
    if caller_hangs_up {
        caller.ua.hang_up(out).unwrap();
    } else {
        callee.ua.hang_up(dialog).unwrap();
    }
    let (near, far) = (caller.ended().await.kind, callee.ended().await.kind);
    let expected = (EndKind::WeHungUp, EndKind::FarSideHungUp);
    assert_eq!(if caller_hangs_up { (near, far) } else { (far, near) }, expected);
    assert_eq!(caller.ua.trunk_stats()[0].calls, 0);
    assert_eq!(callee.ua.trunk_stats()[0].calls, 0);
}

#[tokio::test]
async fn over_udp_the_caller_hangs_up() {
    talk(Transport::Udp, true).await;
}

#[tokio::test]
async fn over_udp_the_callee_hangs_up() {
    talk(Transport::Udp, false).await;
}

#[tokio::test]
async fn over_tcp_the_caller_hangs_up() {
    talk(Transport::Tcp, true).await;
}

#[tokio::test]
async fn over_tcp_the_callee_hangs_up() {
    talk(Transport::Tcp, false).await;
}

#[tokio::test]
async fn refused_and_cancelled() {
    let (mut caller, mut callee) = pair(Transport::Udp).await;
    caller.ua.dial(dial("1", 20_000)).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.refuse(dialog, 486, "Away").unwrap();
    let cause = caller.ended().await;
    assert_eq!((cause.kind, cause.sip_status, cause.text.as_str()), (EndKind::Refused, Some(486), "Away"));
    assert_eq!(callee.ended().await.kind, EndKind::WeHungUp);

    let out = caller.ua.dial(dial("2", 20_000)).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.ring(dialog).unwrap();
    caller.progress().await;
    caller.ua.hang_up(out).unwrap();
    assert_eq!(caller.ended().await.kind, EndKind::WeHungUp);
    let cause = callee.ended().await;
    assert_eq!((cause.kind, cause.sip_status), (EndKind::FarSideHungUp, Some(487)));
}
