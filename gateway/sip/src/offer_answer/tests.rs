//! Offer and answer, case by case.
#![allow(clippy::unwrap_used)]

use super::{NegotiationError, Ours, accept, preview};
use crate::media::{Codec, Direction, LocalMedia};

fn local() -> LocalMedia {
    LocalMedia {
        addr: "127.0.0.1:20000".parse().unwrap(),
        codecs: vec![Codec::Pcma, Codec::Pcmu],
        direction: Direction::SendRecv,
    }
}

fn offer(connection: &str, media: &str) -> String {
    format!("v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 {connection}\r\nt=0 0\r\n{media}")
}

const AUDIO: &str = "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

#[test]
fn an_offer_of_ours_says_everything() {
    let sdp = Ours::new(7).offer(&local());
    assert_eq!(
        sdp,
        "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 0 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
         a=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn an_answer_has_one_codec_in_the_offerers_order() {
    let answer = Ours::new(1).answer(offer("192.0.2.1", AUDIO).as_bytes(), &local()).unwrap();
    assert_eq!(answer.media.codecs, [(Codec::Pcmu, 0)]);
    assert_eq!(answer.media.dtmf_pt, Some(101));
    assert_eq!(answer.media.addr, "192.0.2.1:4000".parse().unwrap());
    assert!(answer.sdp.contains("m=audio 20000 RTP/AVP 0 101\r\n"), "{}", answer.sdp);
}

#[test]
fn wideband_is_agreed_with_and_without_a_map_and_only_where_we_take_it() {
    let wide = LocalMedia { codecs: vec![Codec::G722, Codec::Pcma], ..local() };
    for map in ["", "a=rtpmap:9 G722/8000\r\n", "a=rtpmap:9 g722/8000/1\r\n"] {
        let text = offer("192.0.2.1", &format!("m=audio 4000 RTP/AVP 9 8 101\r\n{map}"));
        let answer = Ours::new(1).answer(text.as_bytes(), &wide).unwrap();
        assert_eq!(answer.media.codecs, [(Codec::G722, 9)]);
        assert!(answer.sdp.contains("RTP/AVP 9") && answer.sdp.contains("a=rtpmap:9 G722/8000"), "{}", answer.sdp);
        let answer = Ours::new(1).answer(text.as_bytes(), &local()).unwrap();
        assert_eq!(answer.media.codecs, [(Codec::Pcma, 8)]);
    }
}

#[test]
fn an_answer_that_keeps_both_codecs_is_taken() {
    let media = accept(offer("192.0.2.1", AUDIO).as_bytes(), &local()).unwrap();
    assert_eq!(media.codecs, [(Codec::Pcmu, 0), (Codec::Pcma, 8)]);
    assert_eq!(media.direction, Direction::SendRecv);
    assert_eq!(media.ptime_ms, 20);
}

#[test]
fn dynamic_payload_types_are_mirrored() {
    let media =
        "m=audio 4000 RTP/AVP 98 97\r\na=rtpmap:98 pcma/8000\r\na=rtpmap:97 telephone-event/8000\r\na=ptime:30\r\n";
    let answer = Ours::new(1).answer(offer("192.0.2.1", media).as_bytes(), &local()).unwrap();
    assert_eq!((answer.media.codecs.as_slice(), answer.media.dtmf_pt), ([(Codec::Pcma, 98)].as_slice(), Some(97)));
    assert_eq!(answer.media.ptime_ms, 30);
    assert!(answer.sdp.contains("a=rtpmap:98 PCMA/8000") && answer.sdp.contains("RTP/AVP 98 97"), "{}", answer.sdp);
}

#[test]
fn every_way_of_holding_stops_our_sending() {
    for (connection, attribute, direction, said) in [
        ("192.0.2.1", "a=sendonly\r\n", Direction::RecvOnly, "a=recvonly"),
        ("192.0.2.1", "a=inactive\r\n", Direction::Inactive, "a=inactive"),
        ("192.0.2.1", "a=recvonly\r\n", Direction::SendOnly, "a=sendonly"),
        ("0.0.0.0", "", Direction::RecvOnly, "a=sendrecv"),
        ("0.0.0.0", "a=sendonly\r\n", Direction::RecvOnly, "a=recvonly"),
        ("0.0.0.0", "a=inactive\r\n", Direction::Inactive, "a=inactive"),
    ] {
        let text = offer(connection, &format!("{AUDIO}{attribute}"));
        let answer = Ours::new(1).answer(text.as_bytes(), &local()).unwrap();
        assert_eq!(answer.media.direction, direction, "{connection} {attribute}");
        assert!(answer.sdp.contains(said), "{connection} {attribute}: {}", answer.sdp);
        assert_eq!(answer.media.held_by_far_side(), direction != Direction::SendOnly);
    }
}

#[test]
fn our_own_wish_is_respected_too() {
    let quiet = LocalMedia { direction: Direction::RecvOnly, ..local() };
    let answer = Ours::new(1).answer(offer("192.0.2.1", AUDIO).as_bytes(), &quiet).unwrap();
    assert_eq!(answer.media.direction, Direction::RecvOnly);
    assert!(answer.sdp.contains("a=recvonly"));
}

#[test]
fn other_sections_are_turned_down_in_their_place() {
    let media = format!("m=video 5000 RTP/AVP 96\r\n{AUDIO}m=audio 6000 RTP/SAVP 8\r\nm=application 9 UDP/X *\r\n");
    let answer = Ours::new(1).answer(offer("192.0.2.1", &media).as_bytes(), &local()).unwrap();
    let lines: Vec<_> = answer.sdp.lines().filter(|line| line.starts_with("m=")).collect();
    assert_eq!(
        lines,
        ["m=video 0 RTP/AVP 96", "m=audio 20000 RTP/AVP 0 101", "m=audio 0 RTP/SAVP 8", "m=application 0 UDP/X *"]
    );
}

#[test]
fn what_cannot_meet_says_why() {
    let refuse = |connection: &str, media: &str| accept(offer(connection, media).as_bytes(), &local()).unwrap_err();
    assert_eq!(refuse("192.0.2.1", "m=audio 4000 RTP/AVP 18\r\n"), NegotiationError::NoCommonCodec);
    assert_eq!(refuse("192.0.2.1", "m=audio 0 RTP/AVP 8\r\n"), NegotiationError::NoAudio);
    assert_eq!(refuse("192.0.2.1", "m=audio 4000 RTP/SAVP 8\r\n"), NegotiationError::NoAudio);
    assert_eq!(refuse("host.example", AUDIO), NegotiationError::NoAddress);
    assert_eq!(refuse("224.0.0.1", AUDIO), NegotiationError::NoAddress);
    let only_alaw = LocalMedia { codecs: vec![Codec::Pcma], ..local() };
    let ulaw = offer("192.0.2.1", "m=audio 4000 RTP/AVP 0\r\n");
    assert_eq!(accept(ulaw.as_bytes(), &only_alaw).unwrap_err(), NegotiationError::NoCommonCodec);
}

#[test]
fn the_version_grows_only_with_a_change() {
    let mut ours = Ours::new(5);
    let version = |sdp: &str| sdp.lines().nth(1).unwrap().split(' ').nth(2).unwrap().to_owned();
    let plain = offer("192.0.2.1", AUDIO);
    let held = offer("192.0.2.1", &format!("{AUDIO}a=sendonly\r\n"));
    let first = ours.answer(plain.as_bytes(), &local()).unwrap().sdp;
    assert_eq!(ours.answer(plain.as_bytes(), &local()).unwrap().sdp, first);
    assert_eq!(version(&first), "1");
    assert_eq!(version(&ours.answer(held.as_bytes(), &local()).unwrap().sdp), "2");
    assert_eq!(version(&ours.answer(plain.as_bytes(), &local()).unwrap().sdp), "3");
}

#[test]
fn a_preview_needs_no_media_of_ours() {
    let media = preview(offer("192.0.2.1", AUDIO).as_bytes()).unwrap();
    assert_eq!(media.codecs.len(), 2);
}
