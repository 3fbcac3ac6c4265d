//! One call of a customer, from dialling or ringing to its end.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Result;
use cordboard_media::level;
use cordboard_sip::{Dial, DialogId, SipEvent, UserAgent};
use serde::Serialize;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{
    listener::{Listener, Reaction},
    sound::Sound,
    voice::Voice,
};

/// What a customer does.
#[derive(Debug, Clone)]
pub struct Script {
    /// The number to call.
    pub to: String,
    /// The number to call from.
    pub caller: String,
    /// Keys to press once the greeting is under way.
    pub keys: String,
    /// Speech to say; none: what is shipped.
    pub say: Option<PathBuf>,
    /// Whether it repeats what it is told.
    pub echo: bool,
    /// When it hangs up, if nobody else does.
    pub longest: Duration,
}

impl Script {
    /// A customer who calls a number, speaks and repeats, for ten minutes at most.
    pub fn to(number: &str) -> Self {
        Self {
            to: number.to_owned(),
            caller: "13800138000".to_owned(),
            keys: String::new(),
            say: None,
            echo: true,
            longest: Duration::from_secs(600),
        }
    }
}

/// What became of a call.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The number called.
    pub to: String,
    /// Why the call never stood; none: it did.
    pub failure: Option<String>,
    /// From answer to end, milliseconds.
    pub talked_ms: u128,
    /// How loud what was heard was, dBFS; −127 is silence.
    pub heard_dbfs: f32,
    /// Sentences repeated.
    pub repeated: u32,
    /// Everything that was heard, 8 kHz.
    #[serde(skip)]
    pub heard: Option<Arc<[i16]>>,
}

/// Before the first key, so that the greeting has begun.
const FIRST_KEY_AFTER: Duration = Duration::from_millis(1_500);
/// From one key to the next.
const BETWEEN_KEYS: Duration = Duration::from_secs(1);
/// How long a called customer lets it ring.
const RINGS: Duration = Duration::from_millis(1_500);

/// One call under way.
pub struct Call {
    pub ua: UserAgent,
    pub dialog: DialogId,
    pub events: mpsc::Receiver<SipEvent>,
    pub sound: Sound,
    pub script: Script,
    pub voice: Voice,
}

impl Call {
    /// Dials, and lives through the call.
    ///
    /// # Errors
    /// The user agent's, when it could not even dial.
    pub fn dial(ua: &UserAgent, script: &Script, sound: &Sound) -> Result<DialogId> {
        let dial = Dial {
            trunk: super::peer::TRUNK.to_owned(),
            caller: script.caller.clone(),
            caller_display: String::new(),
            callee: script.to.clone(),
            media: sound.local()?,
            timeout: Duration::from_secs(60),
            late_offer: false,
        };
        Ok(ua.dial(dial)?)
    }

    /// Lets it ring for a moment, then answers.
    ///
    /// # Errors
    /// The user agent's.
    pub async fn pick_up(&self) -> Result<()> {
        self.ua.ring(self.dialog)?;
        tokio::time::sleep(RINGS).await;
        self.ua.answer(self.dialog, self.sound.local()?)?;
        Ok(())
    }

    /// Lives through the call and tells what became of it.
    pub async fn live(mut self) -> Report {
        let mut tick = interval(Duration::from_millis(20));
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let began = Instant::now();
        let mut answered: Option<Instant> = None;
        let mut listener = Listener::default();
        let mut keys = self.script.keys.clone().into_bytes().into_iter().map(char::from).collect::<Vec<_>>();
        keys.reverse();
        let mut next_key = None;
        let mut repeated = 0;
        let failure = loop {
            tokio::select! {
                event = self.events.recv() => match event {
                    Some(SipEvent::Answered { media, .. }) => {
                        self.sound.set_remote(media);
                        answered = Some(Instant::now());
                        next_key = Some(Instant::now() + FIRST_KEY_AFTER);
                    }
                    Some(SipEvent::Progress { media: Some(media), .. } | SipEvent::MediaChanged { media, .. }) => {
                        self.sound.set_remote(media);
                    }
                    Some(SipEvent::Ended { cause, .. }) => {
                        break match (answered, cause.sip_status) {
                            (Some(_), _) => None,
                            (None, Some(status)) => Some(format!("SIP {status} {}", cause.text)),
                            (None, None) => Some(cause.text),
                        };
                    }
                    Some(_) => {}
                    None => break Some("the customer's SIP ended".to_owned()),
                },
                _ = tick.tick() => {
                    self.sound.receive();
                    let frame = self.sound.next_heard();
                    if answered.is_some() {
                        match keys.is_empty() {
                            false => {
                                if next_key.is_some_and(|at| Instant::now() >= at) {
                                    self.sound.press(keys.pop().unwrap_or('#'));
                                    next_key = Some(Instant::now() + BETWEEN_KEYS);
                                }
                            }
                            true => repeated += self.react(&mut listener, &frame),
                        }
                    }
                    self.sound.send().await;
                }
            }
            if began.elapsed() > self.script.longest {
                let _ = self.ua.hang_up(self.dialog);
                self.script.longest = Duration::MAX;
            }
        };
        let heard = std::mem::take(&mut self.sound.heard);
        Report {
            to: self.script.to.clone(),
            failure,
            talked_ms: answered.map_or(0, |at| at.elapsed().as_millis()),
            heard_dbfs: level::rms_dbfs(&heard),
            repeated,
            heard: Some(heard.into()),
        }
    }

    /// Listens, and says what there is to say; gives how many sentences were repeated.
    fn react(&mut self, listener: &mut Listener, frame: &[i16]) -> u32 {
        if self.sound.is_speaking() {
            // Nobody listens while they speak.
            listener.forget();
            return 0;
        }
        match listener.hear(frame) {
            Reaction::Listen => 0,
            Reaction::SpeakUp => {
                self.sound.say(&self.voice.samples);
                0
            }
            Reaction::Repeat(sentence) if self.script.echo => {
                self.sound.say(&sentence);
                1
            }
            Reaction::Repeat(_) => 0,
        }
    }
}
