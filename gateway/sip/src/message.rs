//! SIP messages as they stand on the wire: start line, headers in order, body.
//!
//! Header values and URIs stay the text that arrived, because what a dialog learns (route set, remote
//! target, tags) has to go back to the peer unchanged. Reading a value is a step of its own
//! ([`uri`], [`name_addr`], [`via`]).

mod body;
pub(crate) mod escape;
mod headers;
mod incoming;
mod lists;
mod method;
pub(crate) mod name_addr;
mod parse;
pub(crate) mod reason;
pub(crate) mod uri;
pub(crate) mod via;

use bytes::Bytes;

pub(crate) use body::NotSdp;
pub(crate) use headers::Headers;
pub(crate) use incoming::{Incoming, Rejected, contact};
pub(crate) use lists::{find_outside, parse_params, split_list, unquote};
pub(crate) use method::{ALLOW, Method};
pub(crate) use parse::{end_of_headers, parse};

/// The largest message that is read or written, in bytes.
pub(crate) const MAX_MESSAGE_BYTES: usize = 65_535;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The Request-URI, verbatim.
    pub(crate) uri: String,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

/// Either of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Request(Request),
    Response(Response),
}

impl Request {
    pub(crate) fn new(method: Method, uri: impl Into<String>) -> Self {
        Self { method, uri: uri.into(), headers: Headers::default(), body: Bytes::new() }
    }

    /// Puts a body and its type in; Content-Length is the writer's.
    pub(crate) fn set_body(&mut self, content_type: &'static str, body: impl Into<Bytes>) {
        self.headers.set("Content-Type", content_type);
        self.body = body.into();
    }

    /// Its SDP; `None` without a body.
    pub(crate) fn sdp_or_refusal(&self) -> Result<Option<Bytes>, NotSdp> {
        body::sdp_of(&self.headers, &self.body)
    }

    /// Its SDP, if there is any.
    pub(crate) fn sdp(&self) -> Option<Bytes> {
        self.sdp_or_refusal().ok().flatten()
    }

    pub(crate) fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(512 + self.body.len());
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        push_line_safe(&mut out, &self.uri);
        out.extend_from_slice(b" SIP/2.0\r\n");
        write_rest(&mut out, &self.headers, &self.body);
        out.into()
    }
}

impl Response {
    pub(crate) fn to_bytes(&self) -> Bytes {
        let mut out = Vec::with_capacity(512 + self.body.len());
        out.extend_from_slice(format!("SIP/2.0 {} ", self.status).as_bytes());
        push_line_safe(&mut out, &self.reason);
        out.extend_from_slice(b"\r\n");
        write_rest(&mut out, &self.headers, &self.body);
        out.into()
    }

    /// Its SDP, if there is any.
    pub(crate) fn sdp(&self) -> Option<Bytes> {
        body::sdp_of(&self.headers, &self.body).ok().flatten()
    }

    /// The To tag, which names the dialog (or fork) a response belongs to.
    pub(crate) fn to_tag(&self) -> Option<String> {
        let to = self.headers.get("To")?;
        name_addr::NameAddr::parse(to).ok()?.param("tag").map(str::to_owned)
    }

    /// Number and method of CSeq.
    pub(crate) fn cseq(&self) -> Option<(u32, Method)> {
        incoming::parse_cseq(self.headers.get("CSeq")?)
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn is_provisional(&self) -> bool {
        self.status < 200
    }
}

fn write_rest(out: &mut Vec<u8>, headers: &Headers, body: &[u8]) {
    for (name, value) in headers.iter() {
        if name.eq_ignore_ascii_case("Content-Length") {
            continue;
        }
        push_line_safe(out, name);
        out.extend_from_slice(b": ");
        push_line_safe(out, value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
}

/// The last gate against header injection: no value, wherever it came from, ends its line early.
fn push_line_safe(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n' | 0)));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Method, Request, Response};

    #[test]
    fn a_value_with_a_line_end_cannot_start_a_header() {
        let mut request = Request::new(Method::Options, "sip:a@b\r\nEvil: 1");
        request.headers.push("Subject", "hello\r\nEvil: yes\n\0");
        let text = String::from_utf8(request.to_bytes().to_vec()).unwrap();
        assert!(!text.contains("\r\nEvil"), "{text}");
        assert_eq!(text.matches("\r\n").count(), 4);
    }

    #[test]
    fn the_writer_counts_the_body_itself() {
        let response = Response {
            status: 486,
            reason: "Busy Here".into(),
            headers: [("Content-Length", "99999")].into_iter().collect(),
            body: "abc".into(),
        };
        assert_eq!(&response.to_bytes()[..], b"SIP/2.0 486 Busy Here\r\nContent-Length: 3\r\n\r\nabc");
    }
}
