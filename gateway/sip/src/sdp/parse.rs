//! Reading SDP. Unknown lines are skipped; only what makes a description meaningless is an error.

use std::net::IpAddr;

use super::{Media, RtpMap, Session};
use crate::media::Direction;

/// Why a text is no description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SdpError {
    #[error("SDP of more than {MAX_SDP_BYTES} bytes")]
    TooLong,
    #[error("SDP does not begin with v=0")]
    NotSdp,
    #[error("SDP has no media line")]
    NoMedia,
    #[error("SDP has more than {MAX_MEDIA} media lines")]
    TooManyMedia,
    #[error("SDP has a media line that cannot be read")]
    BadMediaLine,
}

const MAX_SDP_BYTES: usize = 16_384;
const MAX_MEDIA: usize = 16;
const MAX_FORMATS: usize = 64;
const MAX_LINES: usize = 512;

/// What the session level hands down to every media section.
#[derive(Default)]
struct Inherited {
    address: Option<IpAddr>,
    direction: Direction,
    ptime_ms: Option<u16>,
}

/// Reads a description.
pub(crate) fn parse(data: &[u8]) -> Result<Session, SdpError> {
    if data.len() > MAX_SDP_BYTES {
        return Err(SdpError::TooLong);
    }
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split(['\r', '\n']).map(str::trim_end).filter(|line| !line.is_empty());
    if lines.next().map(str::trim_start) != Some("v=0") {
        return Err(SdpError::NotSdp);
    }
    let mut inherited = Inherited::default();
    let mut session = Session { origin: String::new(), media: Vec::new() };
    for line in lines.take(MAX_LINES) {
        let Some((kind, value)) = line.split_once('=') else { continue };
        match (kind, session.media.last_mut()) {
            ("m", _) => {
                if session.media.len() >= MAX_MEDIA {
                    return Err(SdpError::TooManyMedia);
                }
                session.media.push(parse_media_line(value, &inherited)?);
            }
            ("o", None) => session.origin = origin_of(value),
            ("c", Some(media)) => media.address = parse_connection(value),
            ("c", None) => inherited.address = parse_connection(value),
            ("a", Some(media)) => parse_attribute(value, media),
            ("a", None) => {
                if let Some(direction) = parse_direction(value) {
                    inherited.direction = direction;
                } else if let Some(ptime) = value.strip_prefix("ptime:") {
                    inherited.ptime_ms = parse_ptime(ptime);
                }
            }
            _ => {}
        }
    }
    if session.media.is_empty() { Err(SdpError::NoMedia) } else { Ok(session) }
}

/// User name, session id and version, which tell whether a description is the one that was seen before.
fn origin_of(value: &str) -> String {
    value.split_ascii_whitespace().take(3).collect::<Vec<_>>().join(" ").chars().take(256).collect()
}

fn parse_media_line(value: &str, inherited: &Inherited) -> Result<Media, SdpError> {
    let mut parts = value.split_ascii_whitespace();
    let (Some(kind), Some(port), Some(protocol)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(SdpError::BadMediaLine);
    };
    // `49170/2` names two ports; the first is enough.
    let port = port.split('/').next().unwrap_or_default().parse().map_err(|_| SdpError::BadMediaLine)?;
    let tidy = |text: &str| text.chars().filter(char::is_ascii_graphic).take(32).collect::<String>();
    Ok(Media {
        kind: tidy(kind),
        port,
        protocol: tidy(protocol),
        formats: parts.take(MAX_FORMATS).map(tidy).collect(),
        address: inherited.address,
        rtpmap: Vec::new(),
        direction: inherited.direction,
        ptime_ms: inherited.ptime_ms,
    })
}

/// `IN IP4 192.0.2.1/127` and its like. A host name is not looked up: media addresses are IP addresses here.
fn parse_connection(value: &str) -> Option<IpAddr> {
    let mut parts = value.split_ascii_whitespace();
    let (Some("IN"), Some("IP4" | "IP6"), Some(address)) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    address.split('/').next()?.parse().ok()
}

fn parse_attribute(value: &str, media: &mut Media) {
    if let Some(direction) = parse_direction(value) {
        media.direction = direction;
    } else if let Some(ptime) = value.strip_prefix("ptime:") {
        media.ptime_ms = parse_ptime(ptime);
    } else if let Some(map) = value.strip_prefix("rtpmap:")
        && media.rtpmap.len() < MAX_FORMATS
        && let Some(map) = parse_rtpmap(map)
    {
        media.rtpmap.push(map);
    }
}

fn parse_direction(value: &str) -> Option<Direction> {
    match value.trim() {
        "sendrecv" => Some(Direction::SendRecv),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::RecvOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    }
}

/// Only lengths that G.711 is really sent with; some peers write 0.
fn parse_ptime(value: &str) -> Option<u16> {
    value.trim().split('.').next()?.parse().ok().filter(|ptime| (10..=200).contains(ptime))
}

fn parse_rtpmap(value: &str) -> Option<RtpMap> {
    let (payload_type, encoding) = value.trim().split_once([' ', '\t'])?;
    let mut parts = encoding.trim().split('/');
    Some(RtpMap {
        payload_type: payload_type.parse().ok().filter(|pt| *pt < 128)?,
        encoding: parts.next()?.chars().take(32).collect(),
        rate_hz: parts.next().and_then(|rate| rate.trim().parse().ok()).unwrap_or(8_000),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{SdpError, parse};
    use crate::media::Direction;

    const PLAIN: &str = "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
        m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n";

    #[test]
    fn a_plain_one() {
        let session = parse(PLAIN.as_bytes()).unwrap();
        let media = &session.media[0];
        assert_eq!(session.origin, "- 1 2");
        assert_eq!((media.port, media.address), (4000, Some("192.0.2.1".parse().unwrap())));
        assert_eq!(media.encoding(8), Some(("PCMA", 8000)));
        assert_eq!(media.encoding(101), Some(("telephone-event", 8000)));
        assert_eq!(media.encoding(18), None);
        assert_eq!((media.direction, media.ptime_ms), (Direction::SendRecv, Some(20)));
    }

    #[test]
    fn the_session_level_is_inherited_and_overridden() {
        let text =
            "v=0\na=sendonly\nc=IN IP6 ::1\nm=audio 1 RTP/AVP 8\nm=audio 2/2 RTP/AVP 0\nc=IN IP4 0.0.0.0\na=inactive\n";
        let session = parse(text.as_bytes()).unwrap();
        assert_eq!((session.media[0].direction, session.media[0].address), (Direction::SendOnly, "::1".parse().ok()));
        assert_eq!(
            (session.media[1].direction, session.media[1].address),
            (Direction::Inactive, "0.0.0.0".parse().ok())
        );
    }

    #[test]
    fn nonsense_is_named() {
        assert_eq!(parse(b""), Err(SdpError::NotSdp));
        assert_eq!(parse(b"v=0\r\n"), Err(SdpError::NoMedia));
        assert_eq!(parse(b"v=0\r\nm=audio\r\n"), Err(SdpError::BadMediaLine));
        assert_eq!(parse(b"v=0\r\nm=audio 99999 RTP/AVP 8\r\n"), Err(SdpError::BadMediaLine));
        assert_eq!(
            parse(format!("v=0\r\n{}", "m=audio 1 RTP/AVP 8\r\n".repeat(17)).as_bytes()),
            Err(SdpError::TooManyMedia)
        );
        assert_eq!(parse(&vec![b'v'; 20_000]), Err(SdpError::TooLong));
    }

    #[test]
    fn odd_attributes_do_no_harm() {
        let text =
            format!("{PLAIN}a=rtpmap:999 X/1\r\na=rtpmap:\r\na=ptime:0\r\na=\r\nx\r\na=rtpmap:96 opus/48000/2\r\n");
        let media = parse(text.as_bytes()).unwrap().media.remove(0);
        assert_eq!(media.ptime_ms, None);
        assert_eq!(media.encoding(96), Some(("opus", 48_000)));
    }
}
