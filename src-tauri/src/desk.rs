//! The desk of this computer: who is signed in, the agent that is connected, and the page that shows it.
//!
//! The page may come, go, freeze and come back; nothing here waits for it.

pub mod commands;
mod follow;
mod screen;

use std::sync::{Mutex, MutexGuard, PoisonError};

use cordboard_agent::{Agent, AgentConfig, ConnectError, Gateway, HeadsetSource, Session, SoundConfig};
use cordboard_wire::{ByeCode, Locale};
use tauri::AppHandle;

use crate::sound;
pub use screen::{Screen, Sounding};

/// What is told to the gateway about this program.
const CLIENT: &str = concat!("cordboard-desktop/", env!("CARGO_PKG_VERSION"));

/// The desk's state, behind one lock that is never held while anything is awaited.
#[derive(Default)]
pub struct Desk {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    signed_in: Option<(Gateway, Session)>,
    agent: Option<Agent>,
    /// Whether the agent's socket stands.
    line_up: bool,
    sounding: Sounding,
    screen: Option<Screen>,
    locale: Locale,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns who is signed in, and where.
    pub fn signed_in(&self) -> Option<(Gateway, Session)> {
        self.lock().signed_in.clone()
    }

    /// Takes a session; the agent connects when the page says hello.
    pub fn sign_in(&self, gateway: Gateway, session: Session) {
        self.lock().signed_in = Some((gateway, session));
    }

    /// Leaves the gateway tidy and returns the session that is still to be ended.
    pub async fn sign_out(&self) -> Option<(Gateway, Session)> {
        let (agent, signed_in) = {
            let mut inner = self.lock();
            inner.line_up = false;
            inner.screen = None;
            (inner.agent.take(), inner.signed_in.take())
        };
        if let Some(agent) = agent {
            leave(agent).await;
        }
        signed_in
    }

    /// Returns the connected agent.
    pub fn agent(&self) -> Option<Agent> {
        self.lock().agent.clone()
    }

    /// Connects the agent unless it is, and has it speak this language; the errors are those a person can cure.
    async fn connect(&self, app: &AppHandle, locale: Locale, take_over: bool) -> Result<(), ConnectError> {
        let Some((gateway, session)) = self.signed_in() else {
            return Err(ConnectError::WrongPassword {
                code: "SessionEnded".to_owned(),
                message: "Nobody is signed in at this desk. Sign in first.".to_owned(),
                reference: "none".to_owned(),
            });
        };
        {
            let mut inner = self.lock();
            if let Some(agent) = inner.agent.clone() {
                inner.locale = locale;
                agent.speak(locale);
                return Ok(());
            }
        }
        let sound = sound::open(app);
        let config = AgentConfig {
            locale,
            take_over,
            client: CLIENT.to_owned(),
            headset: matches!(sound.config, SoundConfig::Devices(_)).then(HeadsetSource::machine),
            ..AgentConfig::with_session(gateway.name(), session)
        };
        let (agent, events) = Box::pin(Agent::connect(config, sound.config)).await?;
        {
            let mut inner = self.lock();
            inner.agent = Some(agent.clone());
            inner.locale = locale;
            inner.line_up = true;
            inner.sounding = Sounding { microphone: sound.microphone, ..Sounding::default() };
        }
        tauri::async_runtime::spawn(follow::follow(app.clone(), agent, events));
        Ok(())
    }

    /// Returns the language the person chose.
    pub fn locale(&self) -> Locale {
        self.lock().locale
    }

    /// Forgets the agent that has ended, and with it the session where that has ended too.
    fn ended(&self, code: Option<ByeCode>, message: &str) {
        let mut inner = self.lock();
        inner.agent = None;
        inner.line_up = false;
        inner.sounding = Sounding::default();
        if code == Some(ByeCode::SessionEnded) {
            inner.signed_in = None;
        }
        match (inner.screen.take(), code) {
            (Some(screen), Some(code)) => screen.goodbye(code, message),
            (Some(screen), None) => screen.close(),
            (None, _) => {}
        }
    }
}

/// Leaves a connected agent's desk tidy and waits, with a bound, until that is done.
pub async fn leave(agent: Agent) {
    let mut events = agent.events();
    agent.leave().await;
    let over = async { while !matches!(events.recv().await, Ok(cordboard_agent::AgentEvent::Ended(_)) | Err(_)) {} };
    // The agent bounds its own leaving by two seconds; this is for a fault in that.
    if tokio::time::timeout(std::time::Duration::from_secs(4), over).await.is_err() {
        tracing::warn!("the agent did not leave in time");
    }
}
