//! A request with everything read that every request must have (RFC 3261 §8.1.1, §16.3), or the reason it is
//! answered 400.

use super::name_addr::NameAddr;
use super::uri::Uri;
use super::via::Via;
use super::{Method, Request};

/// A request whose routing headers have been read.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) request: Request,
    /// `None` when the Request-URI is none that can be read.
    pub(crate) uri: Option<Uri>,
    pub(crate) via: Via,
    pub(crate) from: NameAddr,
    pub(crate) to: NameAddr,
    pub(crate) call_id: String,
    pub(crate) cseq: u32,
}

/// A request that cannot be handled.
#[derive(Clone, Debug)]
pub(crate) enum Rejected {
    /// There is nowhere to send an answer, or it is an ACK, which is never answered.
    Silently,
    /// It is answered with 400 and this phrase.
    With { request: Box<Request>, via: Via, phrase: &'static str },
}

impl Incoming {
    pub(crate) fn read(mut request: Request) -> Result<Self, Rejected> {
        let Some(via) = request.headers.get("Via").and_then(Via::parse) else { return Err(Rejected::Silently) };
        let reject = |request: Request, phrase: &'static str| {
            // An answer needs these four to be copied into it (RFC 3261 §8.2.6.2).
            let answerable = ["From", "To", "Call-ID", "CSeq"].iter().all(|name| request.headers.get(name).is_some());
            match request.method {
                Method::Ack => Rejected::Silently,
                _ if !answerable => Rejected::Silently,
                _ => Rejected::With { request: Box::new(request), via: via.clone(), phrase },
            }
        };
        for name in ["From", "To", "Call-ID", "CSeq", "Content-Length", "Max-Forwards"] {
            if request.headers.all(name).count() > 1 {
                return Err(reject(request, "Bad Request (header given twice)"));
            }
        }
        let party = |name: &str| request.headers.get(name).and_then(|value| NameAddr::parse(value).ok());
        let (Some(from), Some(to)) = (party("From"), party("To")) else {
            return Err(reject(request, "Bad Request (From or To)"));
        };
        let Some(call_id) = request.headers.get("Call-ID").filter(|id| is_call_id(id)).map(str::to_owned) else {
            return Err(reject(request, "Bad Request (Call-ID)"));
        };
        let cseq = match request.headers.get("CSeq").and_then(parse_cseq) {
            Some((cseq, method)) if method == request.method => cseq,
            _ => return Err(reject(request, "Bad Request (CSeq)")),
        };
        if let Err(phrase) = cut_body(&mut request) {
            return Err(reject(request, phrase));
        }
        let uri = Uri::parse(&request.uri).ok();
        Ok(Self { request, uri, via, from, to, call_id, cseq })
    }

    pub(crate) fn method(&self) -> &Method {
        &self.request.method
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.request.headers.get(name)
    }

    /// The first Contact's URI: the remote target.
    pub(crate) fn contact(&self) -> Option<Uri> {
        contact(&self.request.headers)
    }
}

/// The first Contact's URI in headers.
pub(crate) fn contact(headers: &super::Headers) -> Option<Uri> {
    headers.list("Contact").next().and_then(|value| NameAddr::parse(value).ok()).map(|contact| contact.uri)
}

/// Reads `4711 INVITE`.
pub(crate) fn parse_cseq(value: &str) -> Option<(u32, Method)> {
    let mut parts = value.split_ascii_whitespace();
    let (number, method, None) = (parts.next()?, parts.next()?, parts.next()) else { return None };
    // RFC 3261 §8.1.1.5: less than 2**31.
    let number = number.parse::<u32>().ok().filter(|number| *number < 1 << 31)?;
    Some((number, Method::parse(method)?))
}

fn is_call_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Holds the body to Content-Length (RFC 3261 §18.3: what a datagram has beyond it is dropped, less is an error).
fn cut_body(request: &mut Request) -> Result<(), &'static str> {
    let Some(length) = request.headers.get("Content-Length") else { return Ok(()) };
    match length.parse::<usize>() {
        Ok(length) if length <= request.body.len() => {
            request.body.truncate(length);
            Ok(())
        }
        Ok(_) => Err("Bad Request (body shorter than Content-Length)"),
        Err(_) => Err("Bad Request (Content-Length)"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::super::{Message, parse};
    use super::{Incoming, Rejected};

    const GOOD: &str = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:c@d>;tag=1\r\n\
        To: <sip:a@b>\r\nCall-ID: i@x\r\nCSeq: 7 INVITE\r\nContent-Length: 2\r\n\r\nabcd";

    fn read(text: &str) -> Result<Incoming, Rejected> {
        match parse(text.as_bytes()).unwrap() {
            Message::Request(request) => Incoming::read(request),
            Message::Response(_) => panic!("a response"),
        }
    }

    #[test]
    fn a_good_one() {
        let incoming = read(GOOD).unwrap();
        assert_eq!((incoming.cseq, incoming.call_id.as_str(), incoming.from.tag()), (7, "i@x", Some("1")));
        assert_eq!(&incoming.request.body[..], b"ab");
    }

    #[test]
    fn what_can_be_answered_is_answered() {
        for (from, to) in [
            ("CSeq: 7 INVITE", "CSeq: 7 BYE"),
            ("CSeq: 7 INVITE", "CSeq: 99999999999 INVITE"),
            ("Call-ID: i@x", "Call-ID: a b"),
            ("From: <sip:c@d>;tag=1", "From: nobody"),
            ("Content-Length: 2", "Content-Length: 5"),
            ("Content-Length: 2", "Content-Length: -1"),
            ("Call-ID: i@x", "Call-ID: i@x\r\nCall-ID: j@x"),
        ] {
            assert!(matches!(read(&GOOD.replace(from, to)), Err(Rejected::With { .. })), "{to}");
        }
    }

    #[test]
    fn what_cannot_be_answered_is_dropped() {
        for (from, to) in [
            ("Via: SIP/2.0/UDP x;branch=z9hG4bK1\r\n", ""),
            ("Via: SIP/2.0/UDP x", "Via: nonsense"),
            ("To: <sip:a@b>\r\n", ""),
        ] {
            assert!(matches!(read(&GOOD.replace(from, to)), Err(Rejected::Silently)), "{to}");
        }
        let ack = GOOD.replace("INVITE", "ACK").replace("CSeq: 7 ACK", "CSeq: 7 BYE");
        assert!(matches!(read(&ack), Err(Rejected::Silently)));
    }
}
