//! A request inside a dialog (§12.2.2): checked here, carried out by its leg.

use super::admission::offer_of;
use super::requests::ALLOW;
use super::{Engine, Reply};
use crate::event::{DialogId, SipEvent};
use crate::message::{Incoming, Method};
use crate::transaction::ServerId;

impl Engine {
    pub(super) fn on_request_in_dialog(&mut self, dialog: DialogId, server: ServerId, incoming: &Incoming) {
        let Some(leg) = self.legs.get_mut(&dialog) else { return };
        let tag = leg.local_tag.clone();
        if !leg.accepts(incoming) {
            // §12.2.2: an older number than the last one.
            return self.core.respond(server, incoming, Reply::tagged(500, &tag));
        }
        if leg.has_ended() && *incoming.method() != Method::Bye {
            // Hung up here; BYE or CANCEL is on its way.
            return self.core.respond(server, incoming, Reply::tagged(481, &tag));
        }
        match incoming.method() {
            Method::Invite | Method::Update => match offer_of(incoming) {
                Ok(offer) => self.with_leg(dialog, |leg, core| {
                    leg.on_offer(core, server, incoming, offer.as_deref());
                }),
                Err(refusal) => self.core.respond(server, incoming, refusal),
            },
            Method::Bye => self.with_leg(dialog, |leg, core| leg.on_bye(core, server, incoming)),
            Method::Options => self.core.answer_options(server, incoming, Some(&tag)),
            Method::Info => self.on_info(dialog, server, incoming, &tag),
            Method::Unsupported(_) | Method::Ack | Method::Cancel => {
                self.core.respond(server, incoming, Reply::tagged(405, &tag).header("Allow", ALLOW));
            }
            Method::Unknown(_) => {
                self.core.respond(server, incoming, Reply::tagged(501, &tag).header("Allow", ALLOW));
            }
        }
    }

    /// A key pressed, told by INFO; other packages are not taken (RFC 6086 §4.2.2).
    fn on_info(&mut self, dialog: DialogId, server: ServerId, incoming: &Incoming, tag: &str) {
        if incoming.request.body.is_empty() {
            return self.core.respond(server, incoming, Reply::tagged(200, tag));
        }
        let kind = incoming.header("Content-Type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let is_dtmf =
            ["application/dtmf-relay", "application/dtmf"].iter().any(|known| kind.eq_ignore_ascii_case(known));
        if !is_dtmf {
            let accept = "application/dtmf-relay, application/dtmf";
            return self.core.respond(server, incoming, Reply::tagged(415, tag).header("Accept", accept));
        }
        match digit_in(&incoming.request.body) {
            Some((digit, duration_ms)) => {
                self.core.respond(server, incoming, Reply::tagged(200, tag));
                self.core.emit(SipEvent::Digit { dialog, digit, duration_ms });
            }
            None => self.core.respond(server, incoming, Reply::tagged(400, tag)),
        }
    }
}

/// `Signal=5` and `Duration=160` on lines of their own, or the digit alone.
fn digit_in(body: &[u8]) -> Option<(char, Option<u32>)> {
    let text = std::str::from_utf8(body).ok().filter(|text| text.len() <= 256)?;
    let (mut signal, mut duration_ms) = (None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("signal") => signal = Some(value.trim()),
            Some((name, value)) if name.trim().eq_ignore_ascii_case("duration") => {
                duration_ms = value.trim().parse().ok();
            }
            Some(_) => {}
            None => signal = signal.or(Some(line)),
        }
    }
    let digit = match signal? {
        "10" => '*',
        "11" => '#',
        one => {
            let mut chars = one.chars();
            chars.next().filter(|_| chars.next().is_none())?.to_ascii_uppercase()
        }
    };
    "0123456789*#ABCD".contains(digit).then_some((digit, duration_ms))
}

#[cfg(test)]
mod tests {
    use super::digit_in;

    #[test]
    fn digits_in_both_forms() {
        assert_eq!(digit_in(b"Signal=5\r\nDuration=160\r\n"), Some(('5', Some(160))));
        assert_eq!(digit_in(b"Signal= 11"), Some(('#', None)));
        assert_eq!(digit_in(b"a"), Some(('A', None)));
        for nonsense in [&b""[..], b"Signal=", b"Signal=55", b"\xff", b"Signal=E", &[b'1'; 300]] {
            assert_eq!(digit_in(nonsense), None);
        }
    }
}
