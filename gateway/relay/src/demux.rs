//! Tells whose a datagram on the desks' socket is, before any engine looks at it.

/// The part before ":" of a STUN binding request's USERNAME: the ICE user name we gave that desk (RFC 8445 §7.2.2).
/// `None` for anything that is not a well-formed STUN binding request with a user name.
pub(crate) fn stun_request_ufrag(datagram: &[u8]) -> Option<&str> {
    const BINDING_REQUEST: [u8; 2] = [0, 1];
    const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
    const USERNAME: u16 = 6;

    let (header, mut attributes) = datagram.split_at_checked(20)?;
    if header[..2] != BINDING_REQUEST || header[4..8] != MAGIC_COOKIE {
        return None;
    }
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    attributes = attributes.get(..length)?;
    while let Some((head, rest)) = attributes.split_at_checked(4) {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = rest.get(..length)?;
        if kind == USERNAME {
            let name = std::str::from_utf8(value).ok()?;
            return name.split_once(':').map(|(ours, _)| ours);
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::stun_request_ufrag;

    fn request(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (kind, value) in attributes {
            body.extend(kind.to_be_bytes());
            body.extend((value.len() as u16).to_be_bytes());
            body.extend(*value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut bytes = vec![0, 1];
        bytes.extend((body.len() as u16).to_be_bytes());
        bytes.extend([0x21, 0x12, 0xa4, 0x42]);
        bytes.extend([7; 12]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn the_user_name_is_found_behind_other_attributes() {
        let bytes = request(&[(0x24, &[0; 4]), (0x8022, b"abc"), (6, b"ours:theirs"), (8, &[0; 20])]);
        assert_eq!(stun_request_ufrag(&bytes), Some("ours"));
        for cut in 0..bytes.len() {
            assert_eq!(stun_request_ufrag(&bytes[..cut]), None);
        }
    }

    #[test]
    fn other_bytes_are_no_request() {
        assert_eq!(stun_request_ufrag(&request(&[])), None);
        assert_eq!(stun_request_ufrag(&request(&[(6, b"no colon")])), None);
        assert_eq!(stun_request_ufrag(&request(&[(6, &[0xff, b':'])])), None);
        assert_eq!(stun_request_ufrag(&[0x80; 172]), None);
        let mut response = request(&[(6, b"a:b")]);
        response[0] = 1;
        assert_eq!(stun_request_ufrag(&response), None);
    }
}
