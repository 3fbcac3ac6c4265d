//! The network between this machine and the gateway, found out by asking: no system tells of a network that swallows
//! everything.

mod notices;

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, timeout};

use notices::Notices;

/// A silent network is knocked at so often, and each knock may take so long.
const KNOCK: Duration = Duration::from_millis(250);
const KNOCK_LIMIT: Duration = Duration::from_secs(3);

/// The road to a gateway as it was when somebody began to watch it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Road {
    gateway: SocketAddr,
    local: Option<IpAddr>,
}

impl Road {
    /// A road that a socket goes along.
    pub(super) fn taken(gateway: SocketAddr, local: IpAddr) -> Road {
        Road { gateway, local: Some(local) }
    }

    /// The road there as it is now.
    pub(super) fn seen_now(gateway: SocketAddr) -> Road {
        Road { gateway, local: local_towards(gateway) }
    }

    /// Waits until another of this machine's addresses leads to the gateway, or one does again after none did.
    pub(super) async fn moves(&self) {
        let mut notices = Notices::listen();
        let mut led = self.local;
        loop {
            let leads = local_towards(self.gateway);
            if leads.is_some() && leads != led {
                return;
            }
            led = leads;
            notices.next().await;
        }
    }

    /// Knocks until the gateway's machine answers after a silence. Where it answers at once, or refuses, there was none:
    /// then this never ends.
    pub(super) async fn opens(&self) {
        self.knock(true).await;
    }

    /// Knocks until the gateway's machine answers.
    pub(super) async fn answers(&self) {
        self.knock(false).await;
    }

    async fn knock(&self, after_silence: bool) {
        let mut ticks = interval(KNOCK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut out = FuturesUnordered::new();
        // One that overtakes another came through a network that had lost the other.
        let (mut knocked, mut answered, mut lost) = (0_u32, 0_u32, false);
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    let (number, knock) = (knocked, TcpStream::connect(self.gateway));
                    knocked += 1;
                    out.push(async move { (number, timeout(KNOCK_LIMIT, knock).await) });
                }
                Some((number, knock)) = out.next() => match knock {
                    Ok(Ok(_)) if !after_silence || lost || number > answered => return,
                    // Somebody is there, and what is wrong is not the road.
                    Ok(Ok(_)) => std::future::pending().await,
                    Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => answered += 1,
                    // No answer, or no way.
                    Ok(Err(_)) | Err(_) => {
                        answered += 1;
                        lost = true;
                    }
                },
            }
        }
    }
}

/// The address of this machine that leads there; none: no road does.
fn local_towards(gateway: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if gateway.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let asking = UdpSocket::bind(any).ok()?;
    asking.connect(gateway).ok()?;
    asking.local_addr().ok().map(|here| here.ip())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::Ipv4Addr;

    use tokio::net::TcpListener;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(500);

    #[tokio::test]
    async fn a_road_that_stays_does_not_move() {
        let gateway = SocketAddr::from(([127, 0, 0, 1], 9));
        let road = Road::seen_now(gateway);
        assert_eq!(road.local, Some(Ipv4Addr::LOCALHOST.into()));
        assert!(timeout(MOMENT, road.moves()).await.is_err(), "nothing has moved");
        let elsewhere = Road::taken(gateway, Ipv4Addr::new(127, 0, 0, 9).into());
        assert!(timeout(MOMENT, elsewhere.moves()).await.is_ok(), "another address leads there");
        let shut = Road { gateway, local: None };
        assert!(timeout(MOMENT, shut.moves()).await.is_ok(), "one leads there again");
    }

    #[tokio::test]
    async fn a_road_that_was_never_shut_does_not_open() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let answers = listener.local_addr().unwrap();
        assert!(timeout(MOMENT, Road::seen_now(answers).answers()).await.is_ok());
        assert!(timeout(2 * MOMENT, Road::seen_now(answers).opens()).await.is_err());
        drop(listener);
        assert!(timeout(2 * MOMENT, Road::seen_now(answers).opens()).await.is_err(), "a refusal is an answer");
    }
}
