//! Where messages begin and end in a stream (RFC 3261 §18.3, keep-alives of RFC 5626 §3.5.1).

use bytes::{Buf, Bytes, BytesMut};

use crate::message::{MAX_MESSAGE_BYTES, end_of_headers};

/// What stands at the front of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Message(Bytes),
    /// CRLFCRLF, to be answered with CRLF.
    Ping,
}

/// The stream cannot be understood any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FramingError {
    #[error("message of more than {MAX_MESSAGE_BYTES} bytes")]
    TooLong,
    #[error("no Content-Length, or one that cannot be read")]
    NoLength,
}

/// Takes the next frame off the buffer; `None` until there is a whole one.
pub(crate) fn next_frame(buffer: &mut BytesMut) -> Result<Option<Frame>, FramingError> {
    if buffer.starts_with(b"\r\n\r\n") {
        buffer.advance(4);
        return Ok(Some(Frame::Ping));
    }
    // A pong, or an empty line before a message (§7.5). Three bytes may still become a ping.
    while buffer.len() > 3 && buffer.starts_with(b"\r\n") || buffer[..] == *b"\r\n" && buffer.len() == 2 {
        if buffer.len() == 2 {
            return Ok(None);
        }
        buffer.advance(2);
    }
    let Some((head_end, body_start)) = end_of_headers(buffer) else {
        return if buffer.len() > MAX_MESSAGE_BYTES { Err(FramingError::TooLong) } else { Ok(None) };
    };
    let body = content_length(&buffer[..head_end])?;
    let total =
        body_start.checked_add(body).filter(|total| *total <= MAX_MESSAGE_BYTES).ok_or(FramingError::TooLong)?;
    if buffer.len() < total {
        return Ok(None);
    }
    Ok(Some(Frame::Message(buffer.split_to(total).freeze())))
}

fn content_length(head: &[u8]) -> Result<usize, FramingError> {
    let mut found = None;
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = line[..colon].trim_ascii_end();
        if name.eq_ignore_ascii_case(b"content-length") || name.eq_ignore_ascii_case(b"l") {
            let value = std::str::from_utf8(line[colon + 1..].trim_ascii()).map_err(|_| FramingError::NoLength)?;
            let value: usize = value.parse().map_err(|_| FramingError::NoLength)?;
            // Two different lengths would let one message hide in another.
            if found.is_some_and(|found| found != value) {
                return Err(FramingError::NoLength);
            }
            found = Some(value);
        }
    }
    found.ok_or(FramingError::NoLength)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::BytesMut;

    use super::{Frame, FramingError, next_frame};

    fn message(body: &str) -> String {
        format!("OPTIONS sip:a SIP/2.0\r\nA: b\r\nl : {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn byte_by_byte_gives_the_same_frames() {
        let stream = format!("\r\n\r\n{}\r\n{}\r\n\r\n", message("body"), message(""));
        let mut buffer = BytesMut::new();
        let mut frames = Vec::new();
        for byte in stream.bytes() {
            buffer.extend_from_slice(&[byte]);
            while let Some(frame) = next_frame(&mut buffer).unwrap() {
                frames.push(frame);
            }
        }
        assert_eq!(
            frames,
            [Frame::Ping, Frame::Message(message("body").into()), Frame::Message(message("").into()), Frame::Ping]
        );
        let mut whole = BytesMut::from(stream.as_bytes());
        let mut again = Vec::new();
        while let Some(frame) = next_frame(&mut whole).unwrap() {
            again.push(frame);
        }
        assert_eq!(again, frames);
    }

    #[test]
    fn what_cannot_be_framed_is_an_error() {
        let frame = |text: String| next_frame(&mut BytesMut::from(text.as_bytes()));
        assert_eq!(frame("A b SIP/2.0\r\nX: y\r\n\r\n".into()), Err(FramingError::NoLength));
        assert_eq!(frame("A b SIP/2.0\r\nl: 18446744073709551615\r\n\r\n".into()), Err(FramingError::TooLong));
        assert_eq!(frame("A b SIP/2.0\r\nl: -1\r\n\r\n".into()), Err(FramingError::NoLength));
        assert_eq!(frame("A b SIP/2.0\r\nl: 1\r\nContent-Length: 2\r\n\r\n".into()), Err(FramingError::NoLength));
        assert_eq!(frame("x".repeat(70_000)), Err(FramingError::TooLong));
    }
}
