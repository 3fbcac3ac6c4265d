//! SIP messages as text: just enough to be a telephone, and to be a broken one.

/// A message taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipText {
    /// Request line or status line.
    pub start: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl SipText {
    /// Takes a datagram apart; nothing where it is no message.
    pub fn parse(bytes: &[u8]) -> Option<SipText> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let start = lines.next()?.to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        Some(SipText { start, headers, body: body.to_owned() })
    }

    /// Begins a message.
    pub fn new(start: impl Into<String>) -> SipText {
        SipText { start: start.into(), headers: Vec::new(), body: String::new() }
    }

    /// Adds a header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> SipText {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds SDP.
    pub fn with_sdp(mut self, sdp: &str) -> SipText {
        self.headers.push(("Content-Type".to_owned(), "application/sdp".to_owned()));
        sdp.clone_into(&mut self.body);
        self
    }

    /// The message as it travels.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body));
        text.into_bytes()
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> &str {
        let of_this_name = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().find(of_this_name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// All headers of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        self.start.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// The method of a request.
    pub fn method(&self) -> Option<&str> {
        if self.start.starts_with("SIP/2.0") { None } else { self.start.split(' ').next() }
    }

    /// The number and method of `CSeq`.
    pub fn cseq(&self) -> (u32, &str) {
        let (number, method) = self.header("CSeq").split_once(' ').unwrap_or_default();
        (number.parse().unwrap_or(0), method.trim())
    }

    /// The tag of `To` or `From`.
    pub fn tag(&self, header: &str) -> Option<&str> {
        let value = self.header(header);
        value.split(';').find_map(|part| part.trim().strip_prefix("tag="))
    }

    /// The address inside the angle brackets of a header.
    pub fn address(&self, header: &str) -> &str {
        let value = self.header(header);
        value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(value, |(address, _)| address)
    }

    /// Where the SDP in the body wants sound: address and port of its first audio line.
    pub fn media(&self) -> Option<std::net::SocketAddr> {
        let line = |prefix: &str| self.body.lines().find_map(|line| line.strip_prefix(prefix));
        let port: u16 = line("m=audio ")?.split(' ').next()?.parse().ok()?;
        let address = line("c=IN IP4 ")?.trim().parse().ok()?;
        Some(std::net::SocketAddr::new(address, port))
    }
}

/// The SDP of a telephone with A-law and telephone events at this address.
pub fn sdp(media: std::net::SocketAddr, direction: &str, version: u32) -> String {
    let (ip, port) = (media.ip(), media.port());
    format!(
        "v=0\r\no=rig 1 {version} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na={direction}\r\n"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_message_is_taken_apart() {
        let message = SipText::new("SIP/2.0 200 OK")
            .with("From", "<sip:a@b>;tag=1")
            .with("To", "\"Bo\" <sip:b@c:5070>;tag=2")
            .with("CSeq", "7 INVITE")
            .with_sdp(&sdp("127.0.0.1:4000".parse().unwrap(), "sendrecv", 1));
        let message = SipText::parse(&message.bytes()).unwrap();
        assert_eq!((message.status(), message.method(), message.cseq()), (Some(200), None, (7, "INVITE")));
        assert_eq!((message.tag("to"), message.address("To")), (Some("2"), "sip:b@c:5070"));
        assert_eq!(message.media(), Some("127.0.0.1:4000".parse().unwrap()));
    }
}
