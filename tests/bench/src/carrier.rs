//! A carrier that speaks G.711 only and has one customer: calls of a gateway come back to it, G.722 taken out of what it
//! offers, so that packets pass through as they are.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

use anyhow::Result;

/// The largest SIP message over UDP.
const MESSAGE: usize = 65_535;
/// The static payload type of G.722 (RFC 3551 §6).
const G722: &str = "9";

/// Starts it beside a gateway's SIP address, for as long as this process lives; returns its own.
pub fn beside(gateway: SocketAddr) -> Result<SocketAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = socket.local_addr()?;
    std::thread::Builder::new().name("carrier".into()).spawn(move || {
        let mut bytes = vec![0; MESSAGE];
        while let Ok((length, _)) = socket.recv_from(&mut bytes) {
            let message = String::from_utf8_lossy(&bytes[..length]);
            // Requests and answers alike: there is nobody else they could be for. A lost one is sent again.
            let _ = socket.send_to(without_g722(&message).as_bytes(), gateway);
        }
    })?;
    Ok(address)
}

/// The message with G.722 taken out of its SDP, and its length set right.
fn without_g722(message: &str) -> String {
    let Some((head, body)) = message.split_once("\r\n\r\n") else { return message.to_owned() };
    let about = [format!("a=rtpmap:{G722} "), format!("a=fmtp:{G722} ")];
    let kept = body.split_inclusive("\r\n").filter(|line| !about.iter().any(|about| line.starts_with(about)));
    let body: String = kept
        .map(|line| {
            if !line.starts_with("m=audio ") {
                return line.to_owned();
            }
            // Medium, port and protocol come before the payload types.
            let words = line.trim_end().split(' ').enumerate();
            let left: Vec<&str> = words.filter(|(n, word)| *n < 3 || *word != G722).map(|(_, word)| word).collect();
            left.join(" ") + "\r\n"
        })
        .collect();
    let head: Vec<String> = head
        .split("\r\n")
        .map(|line| match line.split_once(':') {
            Some((name, _)) if name.eq_ignore_ascii_case("content-length") => format!("{name}: {}", body.len()),
            _ => line.to_owned(),
        })
        .collect();
    head.join("\r\n") + "\r\n\r\n" + &body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_g722_is_taken_out() {
        let body = "v=0\r\nm=audio 9 RTP/AVP 9 8 0 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n";
        let kept = "v=0\r\nm=audio 9 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\n";
        let message = |body: &str| format!("INVITE sip:1@x SIP/2.0\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(without_g722(&message(body)), message(kept));
        assert_eq!(without_g722(&message("")), message(""));
    }
}
