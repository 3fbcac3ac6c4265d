//! Finding the SDP in a body: alone, or as one part of several (RFC 3261 §7.4, RFC 2046 §5.1; some carriers put ISUP
//! beside it).

use bytes::Bytes;

use super::Headers;
use super::lists::parse_params;

/// The body is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotSdp;

const MAX_PARTS: usize = 8;

/// The SDP of a message; `None` when it has no body.
pub(super) fn sdp_of(headers: &Headers, body: &Bytes) -> Result<Option<Bytes>, NotSdp> {
    if body.is_empty() {
        return Ok(None);
    }
    let coding = headers.get("Content-Encoding").unwrap_or("identity");
    if !coding.eq_ignore_ascii_case("identity") {
        return Err(NotSdp);
    }
    let (kind, params) = content_type(headers.get("Content-Type").unwrap_or_default());
    if kind == "application/sdp" {
        return Ok(Some(body.clone()));
    }
    if kind.starts_with("multipart/")
        && let Some((_, Some(boundary))) = params.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("boundary"))
    {
        return part(body, &boundary).map(Some).ok_or(NotSdp);
    }
    Err(NotSdp)
}

fn content_type(value: &str) -> (String, Vec<(String, Option<String>)>) {
    let (kind, params) = value.split_once(';').unwrap_or((value, ""));
    (kind.trim().to_ascii_lowercase(), parse_params(params))
}

/// The first part that is SDP.
fn part(body: &Bytes, boundary: &str) -> Option<Bytes> {
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let delimiter = format!("--{boundary}");
    let mut rest: &[u8] = body;
    for _ in 0..=MAX_PARTS {
        let start = find(rest, delimiter.as_bytes())? + delimiter.len();
        rest = &rest[start..];
        let end = find(rest, delimiter.as_bytes()).unwrap_or(rest.len());
        if let Some(sdp) = sdp_part(&rest[..end]) {
            return Some(body.slice_ref(sdp));
        }
    }
    None
}

fn sdp_part(part: &[u8]) -> Option<&[u8]> {
    let (head_end, body_start) = super::parse::end_of_headers(part)?;
    let head = String::from_utf8_lossy(&part[..head_end]);
    let is_sdp = head.lines().filter_map(|line| line.split_once(':')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("content-type") && content_type(value).0 == "application/sdp"
    });
    is_sdp.then(|| &part[body_start..])
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;

    use super::{NotSdp, sdp_of};

    fn of(kind: &'static str, body: &'static str) -> Result<Option<Bytes>, NotSdp> {
        sdp_of(&[("Content-Type", kind)].into_iter().collect(), &Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn alone_or_beside_something() {
        assert_eq!(of("Application/SDP; x=1", "v=0").unwrap().unwrap(), "v=0");
        assert_eq!(of("text/plain", "").unwrap(), None);
        let parts = "junk\r\n--b\r\nContent-Type: application/isup\r\n\r\n\u{1}\r\n--b\r\nContent-Type:application/sdp\r\n\r\nv=0\r\n--b--\r\n";
        assert_eq!(of("multipart/mixed; boundary=\"b\"", parts).unwrap().unwrap(), "v=0\r\n");
    }

    #[test]
    fn anything_else_is_not_sdp() {
        assert_eq!(of("text/plain", "v=0"), Err(NotSdp));
        assert_eq!(of("multipart/mixed", "v=0"), Err(NotSdp));
        assert_eq!(of("multipart/mixed;boundary=", "v=0"), Err(NotSdp));
        assert_eq!(of("multipart/mixed;boundary=b", "--b\r\n--b--"), Err(NotSdp));
        assert_eq!(of("multipart/mixed;boundary=b", "--b--b--b--b--b--b--b--b--b--b--b--b--b"), Err(NotSdp));
    }
}
