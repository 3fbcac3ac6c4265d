//! Two agents change their media: one by one, and both at once (glare).

use cordboard_sip::{Direction, LocalMedia, Transport};

use super::support::{dial, media, pair};

#[tokio::test]
async fn one_holds_and_resumes() {
    let (mut caller, mut callee) = pair(Transport::Udp).await;
    caller.ua.dial(dial("1", 20_000)).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.answer(dialog, media(30_000)).unwrap();
    caller.answered().await;
    callee.answered().await;
    for (direction, held) in [(Direction::SendOnly, true), (Direction::SendRecv, false)] {
        callee.ua.set_media(dialog, LocalMedia { direction, ..media(30_000) }).unwrap();
        assert_eq!(caller.changed().await.1, held);
        callee.changed().await;
    }
}

#[tokio::test]
async fn both_at_once_and_both_get_their_way() {
    for transport in [Transport::Udp, Transport::Tcp] {
        let (mut caller, mut callee) = pair(transport).await;
        let out = caller.ua.dial(dial("1", 20_000)).unwrap();
        let (dialog, _) = callee.incoming().await;
        callee.ua.answer(dialog, media(30_000)).unwrap();
        caller.answered().await;
        callee.answered().await;
        caller.ua.set_media(out, media(21_000)).unwrap();
        callee.ua.set_media(dialog, media(31_000)).unwrap();
        assert_eq!(caller.changed().await.0.addr.port(), 31_000);
        assert_eq!(callee.changed().await.0.addr.port(), 21_000);
    }
}
