//! Addresses of the demo: a port that is taken moves to the next free one.

use std::net::{SocketAddr, TcpListener, UdpSocket};

use anyhow::{Context, Result};

/// How many ports are tried before giving up.
const TRIES: u16 = 50;

/// An address that is free for TCP.
///
/// # Errors
/// None near it is.
pub fn free_tcp(wished: SocketAddr) -> Result<SocketAddr> {
    first_free(wished, |address| Some(TcpListener::bind(address).ok()?.local_addr().ok()?.port()))
}

/// An address that is free for UDP and TCP.
///
/// # Errors
/// None near it is.
pub fn free_sip(wished: SocketAddr) -> Result<SocketAddr> {
    first_free(wished, |address| {
        let udp = UdpSocket::bind(address).ok()?;
        let port = udp.local_addr().ok()?.port();
        TcpListener::bind(SocketAddr::new(address.ip(), port)).ok()?;
        Some(port)
    })
}

fn first_free(wished: SocketAddr, free: impl Fn(SocketAddr) -> Option<u16>) -> Result<SocketAddr> {
    let ports = (0..TRIES).map(|further| if wished.port() == 0 { Some(0) } else { wished.port().checked_add(further) });
    let port = ports.flatten().find_map(|port| free(SocketAddr::new(wished.ip(), port)));
    port.map(|port| SocketAddr::new(wished.ip(), port))
        .with_context(|| format!("no port is free at {wished} or the {TRIES} after it"))
}

/// `20000-29999`.
pub fn range(text: &str) -> Result<[u16; 2], String> {
    let wrong = || "write it as FIRST-LAST, at least 4 ports, such as 20000-29999".to_owned();
    let (first, last) = text.split_once('-').ok_or_else(wrong)?;
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) if first > 0 && last >= first.saturating_add(3) => Ok([first, last]),
        _ => Err(wrong()),
    }
}

/// `NAME=VALUE`.
pub fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
