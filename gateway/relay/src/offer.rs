//! Answers a desk's offer: one BUNDLE with a line for G.711 both ways and a line for Opus down, ICE-lite, passive.
//!
//! The desk offers `mid 0` sendrecv with PCMA, PCMU and Opus and, if it can, `mid 1` recvonly with Opus alone. Down,
//! each line carries one codec family with one clock, because a change of payload type inside a stream clicks in
//! browsers; up, any payload type may come on `mid 0`.

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
}

impl DownLine {
    pub fn pt(&self, codec: Codec) -> Option<Pt> {
        match codec {
            Codec::Pcma => self.pcma,
            Codec::Pcmu => self.pcmu,
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
    let mids = audio_mids(offer);
    if mids.is_empty() {
        return Err(OfferError::NoAudio);
    }
    let offer = SdpOffer::from_sdp_string(offer).map_err(|error| OfferError::NotSdp(error.to_string()))?;
    let mut rtc = build(cert);
    let host = Candidate::host(candidate, "udp").map_err(|error| OfferError::Unfit(error.to_string()))?;
    rtc.add_local_candidate(host);
    let answer = rtc.sdp_api().accept_offer(offer).map_err(|error| OfferError::Unfit(error.to_string()))?;
    let ufrag = rtc.direct_api().local_ice_credentials().ufrag;

    let lines: Vec<DownLine> = mids.iter().filter_map(|mid| down_line(&mut rtc, *mid)).collect();
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
        .enable_opus(true, false)
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

fn down_line(rtc: &mut Rtc, mid: Mid) -> Option<DownLine> {
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
    let ssrc = rtc.direct_api().stream_tx_by_mid(mid, None)?.ssrc();
    Some(DownLine { mid, ssrc, pcma, pcmu, opus })
}

/// The mids of the audio lines, in order.
fn audio_mids(sdp: &str) -> Vec<Mid> {
    let mut mids = Vec::new();
    let mut in_audio = false;
    for line in sdp.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            in_audio = media.starts_with("audio ");
        } else if in_audio
            && let Some(mid) = line.strip_prefix("a=mid:")
            && mids.len() < 8
        {
            mids.push(Mid::from(mid.trim()));
        }
    }
    mids
}
