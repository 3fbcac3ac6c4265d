//! Why one of the two in a call does not hear the other: judged from what the media workers and the desk report, and
//! said in one sentence.

use cordboard_wire::{Locale, QualityReport, SoundTrouble, SoundTroubleView};

/// A talk this young has had no chance to be heard yet, milliseconds.
const YOUNG_MS: i64 = 1_400;
/// A microphone below this gives no sound: a quiet room is some 30 dB louder, dBFS.
const SILENT_DBFS: f32 = -90.0;
/// Reports, one a second, in which a microphone gave nothing before that is said.
const SILENT_REPORTS: u8 = 2;
/// Above this much lost or made up, words are gone, percent.
const MOSTLY_LOST_PERCENT: f32 = 40.0;

/// What a desk's own reports say of one talk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeskEvidence {
    /// Whether the microphone gave any sound since the talk began.
    spoke: bool,
    /// Reports in a row in which it gave none.
    silent_reports: u8,
    /// Whether it ever fell silent and came back by itself: it has a gate, which is no fault.
    gated: bool,
    mostly_lost: bool,
    /// Whether not one packet arrived of late.
    nothing_arrives: bool,
}

impl DeskEvidence {
    /// What is still known when the next talk begins.
    pub fn of_the_next_talk(self) -> DeskEvidence {
        DeskEvidence { gated: self.gated, ..DeskEvidence::default() }
    }

    fn microphone_silent(self) -> bool {
        self.silent_reports >= SILENT_REPORTS && !(self.spoke && self.gated)
    }

    /// Takes a report of a talk; a microphone that is muted by choice is no evidence.
    pub fn take(&mut self, report: &QualityReport, muted: bool) {
        self.mostly_lost = report.concealed_percent.max(report.lost_down_percent) > MOSTLY_LOST_PERCENT;
        self.nothing_arrives = report.received_packets == Some(0);
        if muted {
            self.silent_reports = 0;
        } else if report.microphone_dbfs > SILENT_DBFS {
            self.gated |= self.spoke && self.silent_reports > 0;
            self.spoke = true;
            self.silent_reports = 0;
        } else {
            self.silent_reports = self.silent_reports.saturating_add(1);
        }
    }
}

/// What is known of a talk at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence {
    /// How long both have been able to talk, milliseconds.
    pub talked_ms: i64,
    /// Whether the agent is muted by choice.
    pub muted: bool,
    /// Whether the far side holds us.
    pub held_by_far_side: bool,
    /// Whether nothing arrives from the carrier.
    pub carrier_silent: bool,
    /// Whether nothing arrives from the desk.
    pub desk_silent: bool,
    /// What the desk says.
    pub desk: DeskEvidence,
}

/// The one thing to mend first, if anything is wrong.
pub fn trouble(evidence: &Evidence) -> Option<SoundTrouble> {
    if evidence.talked_ms < YOUNG_MS {
        return None;
    }
    let desk = evidence.desk;
    if evidence.desk_silent && !evidence.muted {
        Some(SoundTrouble::NothingFromDesk)
    } else if evidence.carrier_silent && !evidence.held_by_far_side {
        Some(SoundTrouble::NothingFromCustomer)
    } else if (desk.mostly_lost || desk.nothing_arrives) && !evidence.held_by_far_side {
        Some(SoundTrouble::LostOnTheWayDown)
    } else if !evidence.muted && desk.microphone_silent() {
        Some(SoundTrouble::MicrophoneSilent)
    } else {
        None
    }
}

/// The trouble as a desk shows it: what is wrong, on whose side, what to do.
pub fn view(code: SoundTrouble, locale: Locale) -> SoundTroubleView {
    let (zh, en) = match code {
        SoundTrouble::NothingFromCustomer => (
            "听不到客户：运营商没有送来声音。请询问客户能否听到您；若持续，请挂断后回拨。",
            "You cannot hear the customer: the carrier sends no sound. Ask whether they hear you; if it stays so, hang up and call back.",
        ),
        SoundTrouble::NothingFromDesk => (
            "客户听不到您：您的声音没有到达网关。请检查网络；若持续，请重新加载工作台，通话不会中断。",
            "The customer cannot hear you: your sound does not reach the gateway. Check your network; if it stays so, reload the desk, the call goes on.",
        ),
        SoundTrouble::MicrophoneSilent => (
            "客户听不到您：您的麦克风没有声音。请检查耳机上的静音开关，以及所选的麦克风。",
            "The customer cannot hear you: your microphone gives no sound. Check the mute switch on your headset and which microphone is chosen.",
        ),
        SoundTrouble::LostOnTheWayDown => (
            "听不清客户：客户的声音大部分在到您的途中丢失。请检查网络；如使用无线网络，请靠近路由器或改用网线。",
            "You cannot hear the customer: most of their sound is lost on its way to you. Check your network; on Wi-Fi move closer or use a cable.",
        ),
    };
    let message = match locale {
        Locale::ZhCn => zh,
        Locale::En => en,
    };
    SoundTroubleView { code, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reports: &[(f32, f32)]) -> DeskEvidence {
        let mut evidence = DeskEvidence::default();
        for &(microphone_dbfs, concealed_percent) in reports {
            let report = QualityReport { microphone_dbfs, concealed_percent, ..QualityReport::default() };
            evidence.take(&report, false);
        }
        evidence
    }

    fn talk(desk: DeskEvidence) -> Evidence {
        Evidence { talked_ms: 10_000, desk, ..Evidence::default() }
    }

    #[test]
    fn a_clean_talk_gives_no_alarm() {
        assert_eq!(trouble(&talk(said(&[(-30.0, 0.0), (-70.0, 2.0), (-127.0, 0.0), (-30.0, 39.0)]))), None);
        let gated = [(-30.0, 0.0), (-127.0, 0.0), (-30.0, 0.0), (-127.0, 0.0), (-127.0, 0.0), (-127.0, 0.0)];
        assert_eq!(trouble(&talk(said(&gated))), None, "a gate between words");
        assert_eq!(trouble(&talk(said(&gated[..3]).of_the_next_talk())), None);
        assert_eq!(trouble(&talk(said(&[(-60.0, 0.0)]))), None, "a quiet room is no dead microphone");
        assert_eq!(trouble(&talk(DeskEvidence::default())), None, "a desk that has not reported yet");
    }

    #[test]
    fn each_fault_is_named() {
        let clean = talk(said(&[(-30.0, 0.0)]));
        for (evidence, expected) in [
            (Evidence { carrier_silent: true, ..clean }, SoundTrouble::NothingFromCustomer),
            (Evidence { desk_silent: true, ..clean }, SoundTrouble::NothingFromDesk),
            (Evidence { desk_silent: true, carrier_silent: true, ..clean }, SoundTrouble::NothingFromDesk),
            (talk(said(&[(-127.0, 0.0), (-127.0, 0.0)])), SoundTrouble::MicrophoneSilent),
            (talk(said(&[(-30.0, 0.0), (-127.0, 0.0), (-127.0, 0.0)])), SoundTrouble::MicrophoneSilent),
            (talk(said(&[(-30.0, 80.0)])), SoundTrouble::LostOnTheWayDown),
            (talk(DeskEvidence { nothing_arrives: true, ..DeskEvidence::default() }), SoundTrouble::LostOnTheWayDown),
        ] {
            assert_eq!(trouble(&evidence), Some(expected), "{evidence:?}");
        }
    }

    #[test]
    fn what_somebody_chose_is_no_fault() {
        let dead = said(&[(-127.0, 0.0), (-127.0, 0.0)]);
        assert_eq!(trouble(&Evidence { muted: true, desk_silent: true, ..talk(dead) }), None);
        assert_eq!(
            trouble(&Evidence { held_by_far_side: true, carrier_silent: true, ..talk(said(&[(-30.0, 0.0)])) }),
            None
        );
        assert_eq!(trouble(&Evidence { talked_ms: 200, carrier_silent: true, ..talk(dead) }), None, "too young");
    }
}
