//! Bytes to a message, bounded and without panics. What it refuses is garbage that nobody can be answered for;
//! what a request lacks to be handled is found by [`super::Incoming`].

use bytes::Bytes;

use super::headers::canonical;
use super::{Headers, MAX_MESSAGE_BYTES, Message, Method, Request, Response, escape};

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("longer than {MAX_MESSAGE_BYTES} bytes")]
    TooLong,
    #[error("no empty line after the headers")]
    NoEndOfHeaders,
    #[error("a NUL or a carriage return in a line")]
    ControlCharacter,
    #[error("more than {MAX_HEADERS} header lines, or one of over {MAX_LINE_BYTES} bytes")]
    TooManyHeaders,
    #[error("the first line is no request line and no status line")]
    StartLine,
    #[error("a header line without a name")]
    HeaderLine,
}

const MAX_HEADERS: usize = 200;
const MAX_LINE_BYTES: usize = 8_192;

/// Reads one message; `data` is a datagram, or a stream's frame.
///
/// The body is what follows the headers; whether Content-Length agrees is checked by [`super::Incoming`] because
/// only a request can be told so. Header lines that are not UTF-8 are read with replacement characters: some
/// carriers put GBK into display names.
pub(crate) fn parse(data: &[u8]) -> Result<Message, ParseError> {
    if data.len() > MAX_MESSAGE_BYTES {
        return Err(ParseError::TooLong);
    }
    let (head_end, body_start) = end_of_headers(data).ok_or(ParseError::NoEndOfHeaders)?;
    let head = String::from_utf8_lossy(&data[..head_end]);
    let mut lines = head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let start = lines.next().ok_or(ParseError::StartLine)?;
    let headers = parse_headers(lines)?;
    if start.contains(['\r', '\0']) {
        return Err(ParseError::ControlCharacter);
    }
    let body = Bytes::copy_from_slice(&data[body_start..]);
    match start.strip_prefix("SIP/2.0 ") {
        Some(status) => parse_status_line(status, headers, body),
        None => parse_request_line(start, headers, body),
    }
}

/// Where the headers end and where the body begins. A lone LF ends a line too.
pub(crate) fn end_of_headers(data: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(next) = data[at..].iter().position(|byte| *byte == b'\n') {
        let line_end = at + next;
        match (data.get(line_end + 1), data.get(line_end + 2)) {
            (Some(b'\n'), _) => return Some((line_end, line_end + 2)),
            (Some(b'\r'), Some(b'\n')) => return Some((line_end, line_end + 3)),
            _ => at = line_end + 1,
        }
    }
    None
}

fn parse_headers<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Headers, ParseError> {
    let mut headers = Headers::default();
    let mut open: Option<(&str, String)> = None;
    for (count, line) in lines.enumerate() {
        if count >= MAX_HEADERS || line.len() > MAX_LINE_BYTES {
            return Err(ParseError::TooManyHeaders);
        }
        if line.contains(['\r', '\0']) {
            return Err(ParseError::ControlCharacter);
        }
        if line.starts_with([' ', '\t']) {
            let (_, value) = open.as_mut().ok_or(ParseError::HeaderLine)?;
            if value.len() + line.len() > MAX_LINE_BYTES {
                return Err(ParseError::TooManyHeaders);
            }
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        if let Some((name, value)) = open.take() {
            headers.push_parsed(canonical(name), value);
        }
        if line.is_empty() {
            continue;
        }
        let (name, value) = line.split_once(':').ok_or(ParseError::HeaderLine)?;
        let name = name.trim_end();
        if !escape::is_token(name) {
            return Err(ParseError::HeaderLine);
        }
        open = Some((name, value.trim().to_owned()));
    }
    if let Some((name, value)) = open {
        headers.push_parsed(canonical(name), value);
    }
    headers.split_lines("Via");
    Ok(headers)
}

fn parse_request_line(line: &str, headers: Headers, body: Bytes) -> Result<Message, ParseError> {
    let mut parts = line.split(' ');
    let (Some(method), Some(uri), Some("SIP/2.0"), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(ParseError::StartLine);
    };
    let method = Method::parse(method).ok_or(ParseError::StartLine)?;
    if uri.is_empty() {
        return Err(ParseError::StartLine);
    }
    Ok(Message::Request(Request { method, uri: uri.to_owned(), headers, body }))
}

fn parse_status_line(rest: &str, headers: Headers, body: Bytes) -> Result<Message, ParseError> {
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    let status: u16 = status.parse().map_err(|_| ParseError::StartLine)?;
    if !(100..700).contains(&status) {
        return Err(ParseError::StartLine);
    }
    Ok(Message::Response(Response { status, reason: escape::clean(reason, 256), headers, body }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::{Message, ParseError, parse};

    fn request(text: &str) -> super::Request {
        match parse(text.as_bytes()).unwrap() {
            Message::Request(request) => request,
            Message::Response(_) => panic!("a response"),
        }
    }

    #[test]
    fn compact_forms_folding_and_spaces() {
        let read = request(
            "INVITE sip:a@b SIP/2.0\r\nv : SIP/2.0/UDP x;branch=1,\r\n SIP/2.0/UDP y\r\nf:<sip:c@d>\r\n\r\nbody",
        );
        assert_eq!(read.headers.all("Via").collect::<Vec<_>>(), ["SIP/2.0/UDP x;branch=1", "SIP/2.0/UDP y"]);
        assert_eq!(read.headers.get("FROM"), Some("<sip:c@d>"));
        assert_eq!(&read.body[..], b"body");
    }

    #[test]
    fn a_name_in_another_character_set_does_not_hide_the_headers_behind_it() {
        let mut raw = b"OPTIONS sip:a@b SIP/2.0\r\nSubject: \xc4\xe3\xba\xc3\r\nCall-ID: 1\r\n\r\n".to_vec();
        let Message::Request(read) = parse(&raw).unwrap() else { panic!("a response") };
        assert_eq!(read.headers.get("Call-ID"), Some("1"));
        raw.truncate(20);
        assert_eq!(parse(&raw), Err(ParseError::NoEndOfHeaders));
    }

    #[test]
    fn lines_that_would_smuggle_are_refused() {
        let with = |line: &str| parse(format!("OPTIONS sip:a@b SIP/2.0\r\n{line}\r\n\r\n").as_bytes());
        assert_eq!(with("Subject: a\rVia: evil"), Err(ParseError::ControlCharacter));
        assert_eq!(with("Subject: a\0b"), Err(ParseError::ControlCharacter));
        assert_eq!(with("no colon"), Err(ParseError::HeaderLine));
        assert_eq!(with(": nameless"), Err(ParseError::HeaderLine));
        assert_eq!(with(&"A: b\r\n".repeat(201)), Err(ParseError::TooManyHeaders));
        assert_eq!(with(&format!("A: {}", "b".repeat(9_000))), Err(ParseError::TooManyHeaders));
    }

    #[test]
    fn start_lines() {
        for line in [
            "",
            "INVITE",
            "INVITE sip:a@b",
            "INVITE  sip:a@b SIP/2.0",
            "INVITE sip:a@b SIP/3.0",
            "SIP/2.0 99 x",
            "SIP/2.0 abc",
        ] {
            assert_eq!(parse(format!("{line}\r\nA: b\r\n\r\n").as_bytes()), Err(ParseError::StartLine), "{line:?}");
        }
        assert_eq!(request("FOO sip:a@b SIP/2.0\r\n\r\n").method.as_str(), "FOO");
        let Message::Response(read) = parse(b"SIP/2.0 486 Busy Here\r\n\r\n").unwrap() else { panic!("a request") };
        assert_eq!((read.status, read.reason.as_str()), (486, "Busy Here"));
        let Message::Response(read) = parse(b"SIP/2.0 404\r\n\r\n").unwrap() else { panic!("a request") };
        assert_eq!(read.reason, "");
    }

    #[test]
    fn too_long_is_refused_before_it_is_read() {
        assert_eq!(parse(&vec![b'a'; 70_000]), Err(ParseError::TooLong));
    }
}
