//! Bad input: unknown sources, garbage, oversize, broken streams. The process and the calls go on.

use std::time::Duration;

use cordboard_sip::{EndKind, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::support::{Agent, DEADLINE, RawPeer, dial, media, pair, sdp, trunk};

const SHORT: Duration = Duration::from_millis(60);

/// Waits until a counter has the value.
async fn until(what: impl Fn() -> u64, value: u64) {
    let wait = async {
        while what() < value {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("counter is {}, not {value}", what()));
    assert_eq!(what(), value);
}

#[tokio::test]
async fn an_unknown_source_hears_nothing() {
    let mut known_only = trunk();
    known_only.allow = vec!["127.0.0.1".parse().unwrap()];
    let mut agent = Agent::start(known_only).await;
    let stranger = RawPeer::bind("127.0.0.2:0", agent.udp()).await;
    for method in ["OPTIONS", "INVITE", "REGISTER"] {
        stranger.send(stranger.request(method, method, 1, "", "")).await;
    }
    until(|| agent.ua.stats().unknown_source, 3).await;
    stranger.silence(SHORT).await;

    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut stream = socket.connect(agent.tcp()).await.unwrap();
    let mut buffer = [0; 16];
    assert_eq!(tokio::time::timeout(DEADLINE, stream.read(&mut buffer)).await.unwrap().unwrap_or(0), 0);
    until(|| agent.ua.stats().unknown_source, 4).await;
    agent.silence(SHORT).await;
}

#[tokio::test]
async fn garbage_over_udp_harms_nobody() {
    let (mut caller, mut callee) = pair(Transport::Udp).await;
    let out = caller.ua.dial(dial("1", 20_000)).unwrap();
    let (dialog, _) = callee.incoming().await;
    callee.ua.answer(dialog, media(30_000)).unwrap();
    caller.answered().await;
    callee.answered().await;

    let peer = RawPeer::talking_to(callee.udp()).await;
    let good = peer.request("OPTIONS", "good", 1, "", "");
    let garbage: Vec<Vec<u8>> = vec![
        b"hello".to_vec(),
        vec![0xff; 1_500],
        b"INVITE\r\n\r\n".to_vec(),
        good.replace("SIP/2.0\r\nVia", "SIP/9.9\r\nVia").into_bytes(),
        good.replace("CSeq", "C Seq").into_bytes(),
        good.as_bytes()[..good.len() / 2].to_vec(),
        format!("OPTIONS sip:a SIP/2.0\r\n{}\r\n", "X: y\r\n".repeat(1_000)).into_bytes(),
        good.replace("\r\nMax-", &format!("\r\nX: {}\r\nMax-", "z".repeat(60_000))).into_bytes(),
    ];
    let count = garbage.len() as u64;
    for data in garbage {
        peer.send(data).await;
    }
    until(|| callee.ua.stats().malformed, count).await;
    peer.silence(SHORT).await;
    // Readable but wrong: told so.
    peer.send(good.replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE")).await;
    assert!(peer.read().await.starts_with("SIP/2.0 400"));
    peer.send(&good).await;
    assert!(peer.read().await.starts_with("SIP/2.0 200"));

    caller.silence(SHORT).await;
    caller.ua.hang_up(out).unwrap();
    assert_eq!(callee.ended().await.kind, EndKind::FarSideHungUp);
}

async fn connect(agent: &Agent) -> TcpStream {
    TcpStream::connect(agent.tcp()).await.unwrap()
}

async fn read(stream: &mut TcpStream) -> String {
    let mut buffer = vec![0; 65_536];
    let length = tokio::time::timeout(DEADLINE, stream.read(&mut buffer)).await.expect("nothing came").unwrap_or(0);
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

fn options(id: u32) -> String {
    format!(
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK{id}\r\nFrom: <sip:a@b>;tag=1\r\n\
         To: <sip:a@b>\r\nCall-ID: {id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
}

#[tokio::test]
async fn a_stream_in_pieces_is_put_together_and_pings_are_answered() {
    let agent = Agent::start(trunk()).await;
    let mut stream = connect(&agent).await;
    stream.write_all(b"\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut stream).await, "\r\n");
    let both = format!("{}{}", options(1), options(2));
    for piece in both.as_bytes().chunks(7) {
        stream.write_all(piece).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut text = String::new();
    while text.matches("SIP/2.0 200 OK").count() < 2 {
        text.push_str(&read(&mut stream).await);
    }
}

#[tokio::test]
async fn a_stream_that_is_no_sip_is_closed() {
    let agent = Agent::start(trunk()).await;
    let no_length = options(1).replace("Content-Length: 0\r\n", "");
    let huge = options(2).replace("Content-Length: 0", "Content-Length: 70000");
    let endless = "x".repeat(70_000);
    let http = "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n".to_owned();
    for text in [no_length, huge, endless, http] {
        let mut stream = connect(&agent).await;
        // It may be closed while we still write.
        let _ = stream.write_all(text.as_bytes()).await;
        assert_eq!(read(&mut stream).await, "");
    }
    until(|| agent.ua.stats().connections_refused, 4).await;
    let mut stream = connect(&agent).await;
    stream.write_all(options(9).as_bytes()).await.unwrap();
    assert!(read(&mut stream).await.starts_with("SIP/2.0 200"));
}

#[tokio::test]
async fn too_many_and_idle_connections_are_closed() {
    let agent = Agent::start_with(trunk(), |config| {
        config.limits.tcp_connections = 2;
        config.limits.tcp_idle = Duration::from_millis(300);
    })
    .await;
    let (mut one, mut two) = (connect(&agent).await, connect(&agent).await);
    for stream in [&mut one, &mut two] {
        stream.write_all(b"\r\n\r\n").await.unwrap();
        assert_eq!(read(stream).await, "\r\n");
    }
    let mut three = connect(&agent).await;
    assert_eq!(read(&mut three).await, "");
    assert_eq!(read(&mut one).await, "", "idle");
    assert_eq!(read(&mut two).await, "", "idle");
    let mut again = connect(&agent).await;
    again.write_all(b"\r\n\r\n").await.unwrap();
    assert_eq!(read(&mut again).await, "\r\n");
}

#[tokio::test]
async fn over_the_cap_is_503_and_frees_again() {
    let mut capped = trunk();
    capped.max_calls = Some(1);
    let mut agent = Agent::start(capped).await;
    let peer = RawPeer::talking_to(agent.udp()).await;
    peer.send(peer.request("INVITE", "one", 1, "", &sdp(4_000, ""))).await;
    let (dialog, _) = agent.incoming().await;
    peer.send(peer.request("INVITE", "two", 1, "", &sdp(4_000, ""))).await;
    let refusal = peer.expect("SIP/2.0 503").await;
    assert!(!refusal.contains("Retry-After"));
    agent.ua.refuse(dialog, 486, "").unwrap();
    agent.ended().await;
    peer.send(peer.request("INVITE", "three", 1, "", &sdp(4_000, ""))).await;
    agent.incoming().await;
    assert_eq!(agent.ua.trunk_stats()[0].over_cap, 1);
}
