//! Recorded speech for mouths: no two mouths ever say anything alike.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::Sound;

/// Where Debian's `asterisk-core-sounds-en-wav` puts its prompts: real speech, 8 kHz.
const SOUNDS: &str = "/usr/share/asterisk/sounds/en_US_f_Allison";

/// Whose speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mouth(pub usize);

impl Mouth {
    /// How many different mouths there are.
    pub const COUNT: usize = SENTENCES.len();

    /// All this mouth has to say: 6 to 12 s of whole sentences with short pauses.
    pub fn says(self) -> Result<Sound> {
        let names = SENTENCES.get(self.0).with_context(|| format!("there is no mouth {}", self.0))?;
        let mut sound = Sound::silence(100);
        for name in *names {
            let path = PathBuf::from(SOUNDS).join(name).with_extension("wav");
            let sentence = Sound::read(&path).context("Debian's package asterisk-core-sounds-en-wav is needed")?;
            ensure!(sentence.rate_hz == crate::RATE_HZ, "{} is not at 8 kHz", path.display());
            sound.samples.extend_from_slice(&sentence.samples);
            sound.samples.extend(Sound::silence(150).samples);
        }
        Ok(sound)
    }
}

/// Whether this machine has speech to say.
pub fn have_speech() -> bool {
    Mouth(0).says().is_ok()
}

/// The sentences of each mouth. Chosen so that no stretch of any of them correlates with a stretch of another by 0.7
/// or more: many of the prompts share whole phrases ("press one to …"), which an ear rightly takes for the same words.
#[rustfmt::skip]
const SENTENCES: [&[&str]; 32] = [
    &["vm-opts-full"],
    &["confbridge-mute-extended"],
    &["demo-nogo"],
    &["tt-allbusy"],
    &["demo-thanks", "confbridge-binaural-on", "vm-marked-nonurgent"],
    &["vm-nobox", "priv-recordintro", "confbridge-conf-begin"],
    &["vm-tmpexists", "vm-delete", "vm-from-phonenumber"],
    &["vm-rec-busy", "conf-now-recording", "vm-from-extension"],
    &["confbridge-pin-bad", "call-fwd-unconditional", "vm-marked-urgent"],
    &["vm-forward-multiple", "conf-enteringno", "vm-num-i-have"],
    &["privacy-unident", "conf-kicked", "conf-unlockednow"],
    &["confbridge-rest-list-vol-out", "simul-call-limit-reached", "confbridge-participants"],
    &["vm-mailboxfull", "vm-passchanged", "call-fwd-on-busy"],
    &["confbridge-begin-glorious-c", "enter-num-blacklist", "num-was-successfully"],
    &["confbridge-remove-last-in", "conf-placeintoconf", "if-correct-press"],
    &["vm-newpassword", "conf-getpin", "spy-h323"],
    &["confbridge-only-one", "transfer", "confbridge-unlocked"],
    &["confbridge-lock-no-join", "confbridge-lock-in", "vm-dialout"],
    &["vm-toforward", "pls-hold-while-try", "info-about-last-call"],
    &["confbridge-rest-talk-vol-out", "vm-calldiffnum", "vm-leavemsg"],
    &["vm-review-urgent", "confbridge-invalid", "queue-quantity1"],
    &["conf-roll-callcomplete", "vm-login", "conf-extended"],
    &["speed-dial-empty", "tt-somethingwrong", "vm-reachoper"],
    &["vm-whichbox", "cannot-complete-as-dialed", "sorry-youre-having-problems"],
    &["feature-not-avail-line", "queue-quantity2", "vm-tocancel"],
    &["conf-onlyperson", "conf-invalidpin", "vm-onefor-full", "vm-then-pound"],
    &["dir-nomore", "demo-echodone", "vm-enter-num-to-call", "all-circuits-busy-now"],
    &["vm-nonumber", "dir-nomatch", "vm-toreply"],
    &["vm-tempgreetactive", "tt-monkeysintro", "check-number-dial-again"],
    &["tt-weasels", "conf-noempty", "vm-msgsaved"],
    &["vm-next", "vm-nobodyavail", "please-try-call-later"],
    &["vm-savefolder", "dir-first", "queue-thereare"],
];
