//! Free ports, so that a second centre or another program in the way never stops the first command.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// The first port from `wanted` upwards that is free for TCP, and for UDP too where `udp`.
pub fn free_from(wanted: u16, udp: bool) -> u16 {
    (wanted..wanted.saturating_add(200)).find(|port| is_free(*port, udp)).unwrap_or(0)
}

fn is_free(port: u16, udp: bool) -> bool {
    let here = (Ipv4Addr::LOCALHOST, port);
    TcpListener::bind(here).is_ok() && (!udp || UdpSocket::bind(here).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_moves_to_the_next_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|held| Ok((held.local_addr()?.port(), held)));
        let Ok((port, _held)) = taken else { return };
        assert!(free_from(port, true) > port || free_from(port, true) == 0);
    }
}
