//! Answers a desk's offer: one BUNDLE with a line for G.711 both ways and a line for Opus down, ICE-lite, passive.
//!
//! The desk offers `mid 0` sendrecv with PCMA, PCMU and Opus and, if it can, `mid 1` recvonly with Opus alone. Down,
//! each line carries one codec family with one clock, because a change of payload type inside a stream clicks in
//! browsers; up, any payload type may come on `mid 0`. A desk that offers Opus with copies of earlier frames
//! (`red/48000/2`, RFC 2198) is answered with it: such packets may come up, and go down while its network loses.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use str0m::change::SdpOffer;
use str0m::config::DtlsCert;
use str0m::media::{Mid, Pt};
use str0m::rtp::{Extension, Ssrc};
use str0m::{Candidate, Rtc, format};
use thiserror::Error;

/// An offer's size above which it is not looked at.
const OFFER_CAP: usize = 64 * 1024;

/// Why a desk's offer was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OfferError {
    /// Longer than 64 KiB.
    #[error("the offer is too long")]
    TooLong,
    /// It is no SDP.
    #[error("the offer is not SDP: {0}")]
    NotSdp(String),
    /// It has no line for audio that the desk wants to hear.
    #[error("the offer has no audio to listen to")]
    NoAudio,
    /// None of its audio lines has PCMA, PCMU or Opus.
    #[error("the offer has neither PCMA, PCMU nor Opus")]
    NoCommonCodec,
    /// ICE, DTLS or BUNDLE do not fit.
    #[error("the offer cannot be answered: {0}")]
    Unfit(String),
    /// The id belongs to a trunk leg or is out of range.
    #[error("the endpoint's id is not a desk's")]
    BadId,
    /// Too many offers wait, or the relay is stopping.
    #[error("the media gateway is busy")]
    Busy,
}

/// One stream towards the desk.
#[derive(Debug, Clone)]
pub(crate) struct DownLine {
    pub mid: Mid,
    pub ssrc: Ssrc,
    pub pcma: Option<Pt>,
    pub pcmu: Option<Pt>,
    pub opus: Option<Pt>,
    /// Opus with copies of earlier frames, where the desk offered it on this line.
    pub copies: Option<Pt>,
}

impl DownLine {
    pub fn pt(&self, codec: Codec) -> Option<Pt> {
        match codec {
            Codec::Pcma => self.pcma,
            Codec::Pcmu => self.pcmu,
            // Desks have Opus for wideband.
            Codec::G722 => None,
            Codec::Opus => self.opus,
        }
    }
}

/// What was agreed.
pub(crate) struct Agreed {
    pub rtc: Rtc,
    /// Our ICE user name, by which STUN finds the desk.
    pub ufrag: String,
    /// The stream that carries G.711 down.
    pub g711: Option<DownLine>,
    /// The stream that carries Opus down.
    pub opus: Option<DownLine>,
    /// The SDP answer.
    pub answer: String,
}

/// Makes the connection that answers `offer`, reachable at `candidate`.
pub(crate) fn answer(offer: &str, candidate: SocketAddr, cert: Option<&DtlsCert>) -> Result<Agreed, OfferError> {
    if offer.len() > OFFER_CAP {
        return Err(OfferError::TooLong);
    }
    let offered = audio_lines(offer);
    if offered.is_empty() {
        return Err(OfferError::NoAudio);
    }
    let offer = SdpOffer::from_sdp_string(offer).map_err(|error| OfferError::NotSdp(error.to_string()))?;
    let mut rtc = build(cert);
    let host = Candidate::host(candidate, "udp").map_err(|error| OfferError::Unfit(error.to_string()))?;
    rtc.add_local_candidate(host);
    let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| OfferError::Unfit(error.to_string()))?;
    let ufrag = rtc.direct_api().local_ice_credentials().ufrag;

    let lines: Vec<DownLine> = offered.iter().filter_map(|line| down_line(&mut rtc, line)).collect();
    if lines.is_empty() {
        return Err(OfferError::NoAudio);
    }
    let g711 = lines.iter().find(|line| line.pcma.is_some() || line.pcmu.is_some()).cloned();
    let taken = g711.as_ref().map(|line| line.ssrc);
    let opus = lines.iter().find(|line| line.opus.is_some() && Some(line.ssrc) != taken).cloned();
    if g711.is_none() && opus.is_none() {
        return Err(OfferError::NoCommonCodec);
    }
    Ok(Agreed { rtc, ufrag, g711, opus, answer: answer.to_sdp_string() })
}

fn build(cert: Option<&DtlsCert>) -> Rtc {
    // Transport-wide congestion control would cost a feedback packet every 50 ms; audio does not need it.
    let mut config = Rtc::builder()
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_pcma(true, false)
        .enable_pcmu(true, false)
        .enable_opus(true, true)
        .clear_extension_map()
        .set_extension(4, Extension::RtpMid)
        .set_stats_interval(Some(Duration::from_secs(1)))
        .set_rtcp_report_interval_audio(Duration::from_secs(2))
        .set_send_buffer_audio(4);
    if let Some(cert) = cert {
        config = config.set_dtls_cert(cert.clone());
    }
    config.build(Instant::now())
}

fn down_line(rtc: &mut Rtc, offered: &OfferedLine) -> Option<DownLine> {
    let mid = offered.mid;
    let media = rtc.media(mid)?;
    if !media.direction().is_sending() {
        return None;
    }
    let pts = media.remote_pts().to_vec();
    let config = rtc.codec_config();
    let find = |codec: format::Codec| {
        pts.iter().copied().find(|pt| config.find(|p| p.pt() == *pt && p.spec().codec == codec).is_some())
    };
    let (pcma, pcmu, opus) = (find(format::Codec::PCMA), find(format::Codec::PCMU), find(format::Codec::Opus));
    // str0m answers every line with copies as soon as the first one offers them.
    let copies = config.find(|params| Some(params.pt()) == opus).and_then(|params| params.red());
    let copies = copies.filter(|pt| offered.payload_types.contains(pt));
    let ssrc = rtc.direct_api().stream_tx_by_mid(mid, None)?.ssrc();
    Some(DownLine { mid, ssrc, pcma, pcmu, opus, copies })
}

/// One audio line of an offer.
struct OfferedLine {
    mid: Mid,
    payload_types: Vec<Pt>,
}

/// The audio lines, in order.
fn audio_lines(sdp: &str) -> Vec<OfferedLine> {
    let mut lines = Vec::new();
    let mut audio = None;
    for line in sdp.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            audio = media.strip_prefix("audio ");
        } else if let Some(audio) = audio
            && let Some(mid) = line.strip_prefix("a=mid:")
            && lines.len() < 8
        {
            let payload_types = audio.split_ascii_whitespace().skip(2).filter_map(|pt| pt.parse::<u8>().ok());
            lines
                .push(OfferedLine { mid: Mid::from(mid.trim()), payload_types: payload_types.map(Pt::from).collect() });
        }
    }
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What a Chromium-like browser offers in the shape the desk asks for.
    const BROWSER: &str = "v=0\r\no=- 4611 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        a=extmap-allow-mixed\r\na=msid-semantic: WMS stream\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111 8 0 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n\
        a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n\
        a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99\r\n\
        a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n\
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n\
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=sendrecv\r\na=msid:stream track\r\na=rtcp-mux\r\na=rtcp-rsize\r\n\
        a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
        a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:77 cname:x\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n\
        a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99\r\n\
        a=setup:actpass\r\na=mid:1\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=recvonly\r\na=rtcp-mux\r\n\
        a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";

    #[test]
    fn a_browser_is_answered_with_g711_first_and_opus_on_its_own_line() {
        let agreed = answer(BROWSER, ([127, 0, 0, 1], 4_000).into(), None).unwrap();
        let lines: Vec<&str> = agreed.answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert_eq!(lines.len(), 2, "{}", agreed.answer);
        assert!(lines[0].ends_with(" 8 0 111"), "the first codec is the one a browser sends: {}", lines[0]);
        assert!(lines[1].ends_with(" 111"), "{}", lines[1]);
        for expected in ["a=ice-lite", "a=setup:passive", "a=sendrecv", "a=sendonly", "127.0.0.1 4000 typ host"] {
            assert!(agreed.answer.contains(expected), "{expected} in {}", agreed.answer);
        }
        assert!(!agreed.answer.contains("transport-wide-cc") && !agreed.answer.contains("telephone-event"));
        let (g711, opus) = (agreed.g711.unwrap(), agreed.opus.unwrap());
        assert_eq!((g711.pcma, g711.pcmu, opus.opus), (Some(8.into()), Some(0.into()), Some(111.into())));
        assert_ne!(g711.ssrc, opus.ssrc);
    }

    #[test]
    fn copies_are_taken_where_they_are_offered() {
        let plain = answer(BROWSER, ([127, 0, 0, 1], 4_000).into(), None).unwrap();
        assert!(!plain.answer.contains("red/48000"), "{}", plain.answer);
        assert_eq!(plain.opus.unwrap().copies, None);
        let map = "a=rtpmap:111 opus/48000/2\r\n";
        let with_map = BROWSER.replace(map, &format!("{map}a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"));
        let both = with_map.replace("SAVPF 111", "SAVPF 111 63");
        let agreed = answer(&both, ([127, 0, 0, 1], 4_000).into(), None).unwrap();
        let lines: Vec<&str> = agreed.answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert!(lines[0].ends_with(" 8 0 63 111"), "G.711 stays what a browser sends: {}", lines[0]);
        assert!(lines[1].ends_with(" 63 111"), "{}", lines[1]);
        assert_eq!(agreed.answer.matches("a=rtpmap:63 red/48000/2").count(), 2, "{}", agreed.answer);
        assert_eq!(agreed.opus.unwrap().copies, Some(63.into()));
        let first_only = both.replacen("SAVPF 111 63\r\n", "SAVPF 111\r\n", 1);
        let agreed = answer(&first_only, ([127, 0, 0, 1], 4_000).into(), None).unwrap();
        assert_eq!(agreed.opus.unwrap().copies, None, "this line did not offer them");
    }

    #[test]
    fn a_desk_with_one_line_gets_what_it_can_have() {
        let (first, _) = BROWSER.split_once("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n").unwrap();
        let one_line = first.replace("BUNDLE 0 1", "BUNDLE 0");
        let agreed = answer(&one_line, ([127, 0, 0, 1], 4_000).into(), None).unwrap();
        assert!(agreed.g711.is_some() && agreed.opus.is_none());
        let g711_maps = "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:126 telephone-event/8000\r\n";
        let opus_only = one_line.replace("111 8 0 126", "111").replace(g711_maps, "");
        let agreed = answer(&opus_only, ([127, 0, 0, 1], 4_000).into(), None).unwrap();
        assert!(agreed.g711.is_none() && agreed.opus.is_some());
        let deaf = one_line.replace("a=sendrecv", "a=sendonly");
        assert!(matches!(answer(&deaf, ([127, 0, 0, 1], 4_000).into(), None), Err(OfferError::NoAudio)));
    }
}
