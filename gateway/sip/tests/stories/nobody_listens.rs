//! Full queues: events that nobody takes, commands faster than they are carried out.

use cordboard_sip::{CommandError, Limits, Listen, SipEvent, UserAgent, UserAgentConfig};
use tokio::sync::mpsc;

use super::support::{Agent, DEADLINE, RawPeer, dial, sdp, trunk};

#[tokio::test]
async fn new_calls_are_refused_until_events_are_taken() {
    let config = UserAgentConfig {
        udp: vec![Listen::on("127.0.0.1:0".parse().unwrap())],
        trunks: vec![trunk()],
        limits: Limits { event_backlog: 4, ..Limits::default() },
        ..UserAgentConfig::default()
    };
    let (events_in, mut events) = mpsc::channel(1);
    let agent = UserAgent::start(config, events_in).await.unwrap();
    let peer = RawPeer::talking_to(agent.local_addrs().udp[0]).await;
    let mut taken = 0;
    loop {
        peer.send(peer.request("INVITE", &format!("call{taken}"), 1, "", &sdp(4_000, ""))).await;
        match &peer.read().await[..11] {
            "SIP/2.0 100" => taken += 1,
            "SIP/2.0 503" => break,
            other => panic!("{other}"),
        }
    }
    // Two events a call: one waits in the channel, four inside.
    assert_eq!(taken, 3);
    let mut told = 0;
    while told < taken {
        let event = tokio::time::timeout(DEADLINE, events.recv()).await.expect("no event").unwrap();
        told += u32::from(matches!(event, SipEvent::Incoming { .. }));
    }
    peer.send(peer.request("INVITE", "again", 1, "", &sdp(4_000, ""))).await;
    peer.expect("SIP/2.0 100").await;
}

#[tokio::test]
async fn a_full_queue_of_commands_says_so() {
    let agent = Agent::start_with(trunk(), |config| config.limits.commands = 2).await;
    // Nothing runs between these: one thread, no await.
    let outcomes: Vec<_> = (0..4).map(|_| agent.ua.dial(dial("1", 20_000)).is_ok()).collect();
    assert_eq!(outcomes, [true, true, false, false]);
    assert_eq!(agent.ua.dial(dial("1", 20_000)).unwrap_err(), CommandError::Busy);
    agent.ua.shutdown().await;
    assert_eq!(agent.ua.dial(dial("1", 20_000)).unwrap_err(), CommandError::Stopped);
}
