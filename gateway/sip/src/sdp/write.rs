//! Writing SDP: our offers and answers.

use std::net::{IpAddr, SocketAddr};

use crate::media::{Codec, Direction};

/// `o=` of our side of one dialog. The version grows by one with every change of what we say (RFC 3264 §8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) session_id: u64,
    pub(crate) version: u64,
}

/// One of our `m=` sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Audio {
        port: u16,
        codecs: Vec<(Codec, u8)>,
        dtmf_pt: Option<u8>,
        direction: Direction,
    },
    /// A section of an offer that we turn down: same kind, protocol and formats, port 0 (RFC 3264 §6).
    Rejected {
        kind: String,
        protocol: String,
        formats: Vec<String>,
    },
}

/// Writes a description.
pub(crate) fn write(origin: &Origin, addr: IpAddr, sections: &[Section]) -> String {
    let family = if addr.is_ipv6() { "IP6" } else { "IP4" };
    let mut out = format!(
        "v=0\r\no=- {} {} IN {family} {addr}\r\ns=-\r\nc=IN {family} {addr}\r\nt=0 0\r\n",
        origin.session_id, origin.version
    );
    for section in sections {
        match section {
            Section::Audio { port, codecs, dtmf_pt, direction } => {
                write_audio(&mut out, *port, codecs, *dtmf_pt, *direction);
            }
            Section::Rejected { kind, protocol, formats } => {
                let formats = if formats.is_empty() { "0".to_owned() } else { formats.join(" ") };
                out.push_str(&format!("m={kind} 0 {protocol} {formats}\r\n"));
            }
        }
    }
    out
}

fn write_audio(out: &mut String, port: u16, codecs: &[(Codec, u8)], dtmf_pt: Option<u8>, direction: Direction) {
    out.push_str(&format!("m=audio {port} RTP/AVP"));
    for payload_type in codecs.iter().map(|(_, payload_type)| *payload_type).chain(dtmf_pt) {
        out.push_str(&format!(" {payload_type}"));
    }
    out.push_str("\r\n");
    for (codec, payload_type) in codecs {
        out.push_str(&format!("a=rtpmap:{payload_type} {}/8000\r\n", codec.encoding()));
    }
    if let Some(payload_type) = dtmf_pt {
        out.push_str(&format!("a=rtpmap:{payload_type} telephone-event/8000\r\na=fmtp:{payload_type} 0-15\r\n"));
    }
    out.push_str(&format!("a=ptime:20\r\na={}\r\n", direction.as_str()));
}

/// The section of an offer of ours.
pub(crate) fn offered(addr: SocketAddr, codecs: &[Codec], direction: Direction) -> Section {
    Section::Audio {
        port: addr.port(),
        codecs: codecs.iter().map(|codec| (*codec, codec.static_payload_type())).collect(),
        dtmf_pt: Some(crate::offer_answer::DTMF_PAYLOAD_TYPE),
        direction,
    }
}
