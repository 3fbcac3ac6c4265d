//! What trunks report, put into the core's words.

use cordboard_core::{Arrival, CallId, Event, Fact, JournalEntry, LegCause, LegEnd, LegId, Number, TrunkId, UtcMs};
use cordboard_relay::Remote;
use cordboard_sip::{DialogId, EndKind, RemoteMedia, SipEvent};

use super::{
    clock::utc_ms,
    legs::{Leg, LegKind},
    owner::Owner,
};
use crate::numbers;

impl Owner {
    pub(super) async fn take_sip(&mut self, event: SipEvent) {
        match event {
            SipEvent::Incoming { dialog, trunk, called, caller, media, .. } => {
                self.call_arrived(dialog, trunk, &called, &caller, media).await;
            }
            SipEvent::Progress { dialog, media, .. } => {
                let Some(leg) = self.legs.of_dialog(dialog) else { return };
                let early_media = media.is_some();
                self.learn_remote(leg, media);
                self.feed(Event::LegRinging { leg, early_media }).await;
            }
            SipEvent::Answered { dialog, media } => {
                let Some(leg) = self.legs.of_dialog(dialog) else { return };
                self.learn_remote(leg, Some(media));
                self.legs.set_up(leg);
                self.send_plan(leg);
                self.feed(Event::LegAnswered { leg }).await;
            }
            SipEvent::MediaChanged { dialog, media, held_by_far_side } => {
                let Some(leg) = self.legs.of_dialog(dialog) else { return };
                self.learn_remote(leg, Some(media));
                self.feed(Event::FarSideHeld { leg, held: held_by_far_side }).await;
            }
            SipEvent::Digit { dialog, digit, .. } => {
                let Some(leg) = self.legs.of_dialog(dialog) else { return };
                self.feed(Event::DigitPressed { leg, digit }).await;
            }
            SipEvent::Ended { dialog, cause } => {
                let Some(leg) = self.legs.of_dialog(dialog) else { return };
                self.leg_over(leg, leg_cause(&cause)).await;
            }
            SipEvent::DialogKnown { dialog, snapshot } => self.keep_dialog(dialog, &snapshot).await,
            SipEvent::TrunkChanged { trunk, up, reason } => self.trunk_changed(trunk, up, &reason).await,
        }
    }

    async fn call_arrived(
        &mut self,
        dialog: DialogId,
        trunk: String,
        called: &str,
        caller: &str,
        media: Option<RemoteMedia>,
    ) {
        let trunk = TrunkId(trunk);
        let leg = self.core.next_leg();
        let call = CallId(format!("job-{}", uuid::Uuid::new_v4()));
        let behind_nat = self.trunks.get(&trunk).is_some_and(|trunk| trunk.behind_nat);
        let kind =
            LegKind::Trunk { dialog: Some(dialog), endpoint: None, local: None, remote: media, up: false, behind_nat };
        self.legs.add(leg, call.clone(), kind);
        let caller = number(caller);
        let arrival = Arrival {
            call,
            leg,
            trunk,
            city: numbers::city(&caller).map(|(city, _)| city.to_owned()),
            last_contact: self.parts.contacts.get(&caller).copied(),
            caller,
            called: number(called),
        };
        self.feed(Event::CallArrived(arrival)).await;
    }

    /// Keeps what a leg's SDP said and tells the media worker.
    fn learn_remote(&mut self, leg: LegId, media: Option<RemoteMedia>) {
        let Some(media) = media else { return };
        self.set_remote(leg, &media);
        if let Some(Leg { kind: LegKind::Trunk { remote, .. }, .. }) = self.legs.get_mut(leg) {
            *remote = Some(media);
        }
    }

    /// Tells the media worker where and how the far side wants its sound.
    pub(super) fn set_remote(&mut self, leg: LegId, media: &RemoteMedia) {
        let (Some(endpoint), Some((codec, pt))) = (self.endpoint_of(leg), media.codecs.first()) else { return };
        let remote = Remote {
            addr: media.addr,
            codec: match codec {
                cordboard_sip::Codec::Pcma => cordboard_relay::Codec::Pcma,
                cordboard_sip::Codec::Pcmu => cordboard_relay::Codec::Pcmu,
                cordboard_sip::Codec::G722 => cordboard_relay::Codec::G722,
            },
            pt: *pt,
            dtmf_pt: media.dtmf_pt,
            ptime_ms: media.ptime_ms,
            may_send: media.direction.sends(),
        };
        if let Err(error) = self.parts.relay.set_remote(endpoint, remote) {
            tracing::warn!(leg = leg.0, %error, "the far side's media was not taken");
        }
    }

    /// Journals what a restarted gateway needs to end this dialog.
    async fn keep_dialog(&mut self, dialog: DialogId, snapshot: &cordboard_sip::DialogSnapshot) {
        let Some(leg) = self.legs.of_dialog(dialog) else { return };
        let Some(call) = self.legs.get(leg).map(|leg| leg.call.clone()) else { return };
        match serde_json::to_string(snapshot) {
            Ok(text) => {
                let fact = Fact::DialogKnown { leg, dialog: text };
                self.write(vec![JournalEntry { at: UtcMs(utc_ms()), call: Some(call), fact }]).await;
            }
            Err(error) => tracing::error!(leg = leg.0, %error, "a dialog could not be written down"),
        }
    }

    async fn trunk_changed(&mut self, trunk: String, up: bool, reason: &str) {
        tracing::info!(trunk, up, reason, "trunk");
        let trunk = TrunkId(trunk);
        if up {
            self.trunks_down.remove(&trunk);
        } else {
            self.trunks_down.insert(trunk.clone());
        }
        let around = std::sync::Arc::make_mut(&mut self.surroundings);
        around.trunk_up = self.trunks_down.is_empty();
        self.feed(Event::TrunkChanged { trunk, up }).await;
        for agent in self.desks.agents() {
            self.show(&agent);
        }
    }
}

/// A number as the centre knows it; what cannot be understood stays as it was received.
fn number(received: &str) -> Number {
    numbers::normalise(received).unwrap_or_else(|_| Number(received.chars().take(64).collect()))
}

fn leg_cause(cause: &cordboard_sip::EndCause) -> LegCause {
    LegCause {
        kind: match cause.kind {
            EndKind::FarSideHungUp => LegEnd::FarSideHungUp,
            EndKind::WeHungUp => LegEnd::WeHungUp,
            EndKind::Refused => LegEnd::Refused,
            EndKind::NoAnswer => LegEnd::NoAnswer,
            EndKind::Lost => LegEnd::Lost,
            EndKind::Failed => LegEnd::Failed,
        },
        sip_status: cause.sip_status,
        text: cause.text.chars().take(200).collect(),
    }
}
