//! Offer and answer (RFC 3264), as pure functions over our media and the far side's description.
//!
//! * A late offer is ours: [`Ours::offer`] goes into the 2xx and [`accept`] reads the ACK.
//! * An offer is answered with the same number of sections in the same order; what we cannot do has port 0 (§6).
//! * We answer with one codec, so that the far side has nothing to switch between in mid-call (§6.1 allows it).
//! * `c=0.0.0.0` is the old way of holding (RFC 2543 B.5): whatever the direction says, nothing is sent there.
//! * Our version grows only when what we say changes (§8).

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use crate::media::{Codec, Direction, LocalMedia, RemoteMedia};
use crate::sdp::{Media, Origin, SdpError, Section, Session, offered, parse, write};

/// Payload type of telephone events in our offers.
pub(crate) const DTMF_PAYLOAD_TYPE: u8 = 101;

/// Why two descriptions do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NegotiationError {
    #[error(transparent)]
    Sdp(#[from] SdpError),
    #[error("no audio stream over plain RTP")]
    NoAudio,
    #[error("no common codec")]
    NoCommonCodec,
    #[error("no usable media address")]
    NoAddress,
}

/// Our side of the negotiation of one dialog: what we said last, and under which version.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    origin: Origin,
    said: Option<(std::net::IpAddr, Vec<Section>)>,
}

/// An answer of ours and what it agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) sdp: String,
    pub(crate) media: RemoteMedia,
}

impl Ours {
    pub(crate) fn new(session_id: u64) -> Self {
        Self { origin: Origin { session_id, version: 1 }, said: None }
    }

    /// Writes an offer.
    pub(crate) fn offer(&mut self, local: &LocalMedia) -> String {
        self.say(local, vec![offered(local.addr, &local.codecs, local.direction)])
    }

    /// Answers an offer.
    pub(crate) fn answer(&mut self, offer: &[u8], local: &LocalMedia) -> Result<Answer, NegotiationError> {
        let session = parse(offer)?;
        let (index, media) = choose(&session, |media| {
            let agreed = agree(media, local)?;
            Ok(RemoteMedia { codecs: agreed.codecs.into_iter().take(1).collect(), ..agreed })
        })?;
        let sections = session.media.iter().enumerate().map(|(at, offered)| {
            if at == index {
                Section::Audio {
                    port: local.addr.port(),
                    codecs: media.codecs.clone(),
                    dtmf_pt: media.dtmf_pt,
                    direction: local.direction.and(offered.direction.reversed()),
                }
            } else {
                rejected(offered)
            }
        });
        let sdp = self.say(local, sections.collect());
        Ok(Answer { sdp, media })
    }

    fn say(&mut self, local: &LocalMedia, sections: Vec<Section>) -> String {
        let saying = Some((local.addr.ip(), sections));
        if self.said != saying {
            if self.said.is_some() {
                self.origin.version += 1;
            }
            self.said = saying;
        }
        match &self.said {
            Some((addr, sections)) => write(&self.origin, *addr, sections),
            None => String::new(),
        }
    }
}

/// Reads the answer to an offer of ours.
pub(crate) fn accept(answer: &[u8], local: &LocalMedia) -> Result<RemoteMedia, NegotiationError> {
    let session = parse(answer)?;
    choose(&session, |media| agree(media, local)).map(|(_, media)| media)
}

/// Reads an offer before we know our own media: what the far side would get if we took everything.
pub(crate) fn preview(offer: &[u8]) -> Result<RemoteMedia, NegotiationError> {
    let session = parse(offer)?;
    let everything = LocalMedia {
        addr: SocketAddr::from(([0, 0, 0, 0], 0)),
        codecs: vec![Codec::G722, Codec::Pcma, Codec::Pcmu],
        direction: Direction::SendRecv,
    };
    choose(&session, |media| agree(media, &everything)).map(|(_, media)| media)
}

/// The first section that works, or why the most promising one did not.
fn choose(
    session: &Session,
    mut try_section: impl FnMut(&Media) -> Result<RemoteMedia, NegotiationError>,
) -> Result<(usize, RemoteMedia), NegotiationError> {
    let mut problem = NegotiationError::NoAudio;
    for (index, media) in session.media.iter().enumerate() {
        if media.kind != "audio" || media.is_rejected() || !is_plain_rtp(&media.protocol) {
            continue;
        }
        match try_section(media) {
            Ok(remote) => return Ok((index, remote)),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}

fn is_plain_rtp(protocol: &str) -> bool {
    protocol.eq_ignore_ascii_case("RTP/AVP") || protocol.eq_ignore_ascii_case("RTP/AVPF")
}

fn agree(media: &Media, local: &LocalMedia) -> Result<RemoteMedia, NegotiationError> {
    let ip = media.address.ok_or(NegotiationError::NoAddress)?;
    if ip.is_multicast() {
        return Err(NegotiationError::NoAddress);
    }
    let mut codecs: Vec<(Codec, u8)> = Vec::new();
    let mut dtmf_pt = None;
    for payload_type in media.formats.iter().filter_map(|format| format.parse::<u8>().ok()) {
        match media.encoding(payload_type) {
            Some((encoding, 8_000)) if encoding.eq_ignore_ascii_case("telephone-event") => {
                dtmf_pt = dtmf_pt.or(Some(payload_type));
            }
            Some((encoding, 8_000)) => {
                let known = local.codecs.iter().find(|codec| encoding.eq_ignore_ascii_case(codec.encoding()));
                if let Some(codec) = known
                    && !codecs.iter().any(|(have, _)| have == codec)
                {
                    codecs.push((*codec, payload_type));
                }
            }
            _ => {}
        }
    }
    if codecs.is_empty() {
        return Err(NegotiationError::NoCommonCodec);
    }
    let held_by_address = ip.is_unspecified();
    let they = media.direction.reversed().and(local.direction);
    let direction = Direction::of(they.sends() && !held_by_address, they.listens());
    let addr = SocketAddr::new(ip, media.port);
    Ok(RemoteMedia { addr, codecs, dtmf_pt, ptime_ms: media.ptime_ms.unwrap_or(20), direction })
}

fn rejected(media: &Media) -> Section {
    Section::Rejected { kind: media.kind.clone(), protocol: media.protocol.clone(), formats: media.formats.clone() }
}
