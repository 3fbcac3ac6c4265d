//! The shape of the desk's offer, and what an answer to it accepts.
//!
//! ```text
//! m=audio … 111 63 8 0  mid 0  sendrecv   opus/48000/2, red/48000/2, PCMA/8000, PCMU/8000
//! m=audio … 111 63      mid 1  recvonly   opus/48000/2, red/48000/2
//! ```
//!
//! `red` is Opus with copies of earlier frames (RFC 2198); a gateway that does not know it leaves it out.
//! Towards the desk G.711 comes on the first line and Opus on the second, so that each stream keeps one clock; up,
//! the first line carries either. No telephone-event: digits are commands on the socket.

use std::sync::Arc;

use rtc::peer_connection::configuration::media_engine::{
    MIME_TYPE_G722, MIME_TYPE_OPUS, MIME_TYPE_PCMA, MIME_TYPE_PCMU,
};
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{MediaEngine, PeerConnection};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};

use cordboard_media::Codec;

use crate::codec::{OFFERED, REDUNDANT_OPUS, codec_of, payload_type};

/// The track that carries what the agent says.
pub(super) struct SendingTrack {
    pub local: Arc<TrackLocalStaticRTP>,
    pub ssrc: u32,
}

/// Registers the three codecs a desk speaks, Opus first.
pub(super) fn register_codecs(engine: &mut MediaEngine) -> Result<(), webrtc::error::Error> {
    for codec in all_formats() {
        engine.register_codec(codec, RtpCodecKind::Audio)?;
    }
    Ok(())
}

/// What the first line offers: each codec, and copies right behind Opus.
fn all_formats() -> Vec<RTCRtpCodecParameters> {
    let [opus, others @ ..] = OFFERED;
    [parameters(opus), redundant_opus()].into_iter().chain(others.map(parameters)).collect()
}

/// Adds the two lines and returns the sending track of the first.
pub(super) async fn add_lines(connection: &dyn PeerConnection) -> Result<SendingTrack, webrtc::error::Error> {
    let ssrc: u32 = rand::random();
    let local = Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
        "desk".to_owned(),
        "microphone".to_owned(),
        "microphone".to_owned(),
        RtpCodecKind::Audio,
        vec![RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            active: true,
            codec: parameters(Codec::Opus).rtp_codec,
            ..Default::default()
        }],
    )));
    let track: Arc<dyn TrackLocal> = Arc::clone(&local) as Arc<dyn TrackLocal>;
    let both_ways = RTCRtpTransceiverInit {
        direction: RTCRtpTransceiverDirection::Sendrecv,
        streams: vec!["desk".to_owned()],
        send_encodings: vec![],
    };
    let first = connection.add_transceiver_from_track(track, Some(both_ways)).await?;
    // A track offers only its own codec; the preferences make it all three.
    first.set_codec_preferences(all_formats()).await?;

    let only_down = RTCRtpTransceiverInit {
        direction: RTCRtpTransceiverDirection::Recvonly,
        streams: vec![],
        send_encodings: vec![],
    };
    let second = connection.add_transceiver_from_kind(RtpCodecKind::Audio, Some(only_down)).await?;
    second.set_codec_preferences(vec![parameters(Codec::Opus), redundant_opus()]).await?;
    Ok(SendingTrack { local, ssrc })
}

fn parameters(codec: Codec) -> RTCRtpCodecParameters {
    let (mime_type, channels, fmtp) = match codec {
        Codec::Opus => (MIME_TYPE_OPUS, 2, "minptime=10;useinbandfec=1"),
        Codec::Pcma => (MIME_TYPE_PCMA, 0, ""),
        Codec::Pcmu => (MIME_TYPE_PCMU, 0, ""),
        Codec::G722 => (MIME_TYPE_G722, 0, ""),
    };
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime_type.to_owned(),
            clock_rate: codec.clock_hz(),
            channels,
            sdp_fmtp_line: fmtp.to_owned(),
            rtcp_feedback: vec![],
        },
        payload_type: payload_type(codec),
    }
}

fn redundant_opus() -> RTCRtpCodecParameters {
    let opus = payload_type(Codec::Opus);
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: "audio/red".to_owned(),
            clock_rate: Codec::Opus.clock_hz(),
            channels: 2,
            sdp_fmtp_line: format!("{opus}/{opus}"),
            rtcp_feedback: vec![],
        },
        payload_type: REDUNDANT_OPUS,
    }
}

/// What the gateway's answer accepts on the line that goes both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiated {
    /// The codecs the desk may send, in the answer's order; never empty.
    pub up: Vec<Codec>,
    /// Whether Opus may go with copies of earlier frames.
    pub copies: bool,
}

impl Negotiated {
    /// Reads an answer; none when its first audio line is missing, rejected or without a codec of ours.
    pub fn read(answer: &str) -> Option<Negotiated> {
        let line = answer.lines().find_map(|line| line.strip_prefix("m=audio "))?;
        let mut fields = line.split_ascii_whitespace();
        if fields.next()? == "0" {
            return None;
        }
        let types: Vec<u8> = fields.skip(1).filter_map(|field| field.parse().ok()).collect();
        let up: Vec<Codec> = types.iter().filter_map(|payload_type| codec_of(*payload_type)).collect();
        let copies = types.contains(&REDUNDANT_OPUS) && up.contains(&Codec::Opus);
        if up.is_empty() { None } else { Some(Negotiated { up, copies }) }
    }

    /// Whether `codec` may be sent.
    pub fn allows(&self, codec: Codec) -> bool {
        self.up.contains(&codec)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_is_read_in_its_own_order() {
        let answer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8 111 13\r\na=mid:0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
        let plain = Negotiated::read(answer).unwrap();
        assert_eq!((plain.up.as_slice(), plain.copies), ([Codec::Pcma, Codec::Opus].as_slice(), false));
        assert!(Negotiated::read(&answer.replace("8 111 13", "8 111 63")).unwrap().copies);
    }

    #[test]
    fn an_answer_without_a_line_of_ours_is_none() {
        for answer in [
            "",
            "v=0",
            "m=audio",
            "m=audio \r\n",
            "m=audio 0 UDP/TLS/RTP/SAVPF 8",
            "m=audio 9 UDP/TLS/RTP/SAVPF 9 300 x",
            "m=video 9 UDP/TLS/RTP/SAVPF 8",
        ] {
            assert_eq!(Negotiated::read(answer), None, "{answer:?}");
        }
    }
}
