//! The handle to a connected agent.

use std::sync::Arc;
use std::time::Duration;

use cordboard_engine::{Cleaning, DeviceChoices, Devices, Levels, LevelsNow, SoundPath};
use cordboard_wire::{Command, Locale};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::check::PathCheck;
use crate::config::{AgentConfig, SoundConfig};
use crate::desk::{Desk, DeskNow, DeskSound, Order, Outlets};
use crate::error::{CommandError, ConnectError};
use crate::event::AgentEvent;
use crate::gateway::Gateway;
use crate::headset_source::HeadsetSource;
use crate::line::Line;

/// The gateway answers a command within milliseconds; this is for one that hangs.
const OUTCOME_LIMIT: Duration = Duration::from_secs(10);
/// Events kept for a listener that is slow; beyond that it is told how many it missed.
const KEPT_EVENTS: usize = 512;
const QUEUED_ORDERS: usize = 64;
const QUEUED_LINE_EVENTS: usize = 64;

/// One connected agent. Clones are the same agent; when the last one is dropped, the agent signs out.
#[derive(Debug, Clone)]
pub struct Agent {
    orders: mpsc::Sender<Order>,
    view: watch::Receiver<Option<Arc<DeskNow>>>,
    events: broadcast::Sender<AgentEvent>,
    levels: Arc<Levels>,
    language: watch::Sender<Locale>,
}

impl Agent {
    /// Signs in and opens the desk; returns with the first event not yet told, so that a listener misses nothing.
    ///
    /// # Errors
    /// When the gateway cannot be reached, is none, or does not let this agent in; each with its sentence.
    pub async fn connect(
        config: AgentConfig,
        sound: SoundConfig,
    ) -> Result<(Agent, broadcast::Receiver<AgentEvent>), ConnectError> {
        let gateway = Gateway::new(&config.gateway)?;
        let (sound, devices) = start(sound)?;
        let (line_events, line) = mpsc::channel(QUEUED_LINE_EVENTS);
        let (media_id, known_media_id) = watch::channel(None);
        let media_bind = config.media_bind;
        let (language, spoken) = watch::channel(config.locale);
        let headset = config.headset.as_ref().and_then(HeadsetSource::start);
        Line::open(gateway.clone(), config, line_events, known_media_id, spoken).await?;

        let (orders, ordered) = mpsc::channel(QUEUED_ORDERS);
        let (view_sender, view) = watch::channel(None);
        let (events, listener) = broadcast::channel(KEPT_EVENTS);
        let levels = sound.levels();
        let outlets = Outlets { orders: ordered, view: view_sender, events: events.clone(), media_id };
        tokio::spawn(Desk::new(gateway, line, outlets, DeskSound { path: sound, devices, headset }, media_bind).run());
        Ok((Agent { orders, view, events, levels, language }, listener))
    }

    /// Asks the gateway for an act and waits for its answer: the call it made or touched.
    ///
    /// # Errors
    /// [`CommandError::Refused`] when nothing was done; the others when that is not known or nothing was sent.
    pub async fn command(&self, command: Command) -> Result<Option<String>, CommandError> {
        let (outcome, answered) = oneshot::channel();
        self.orders.send(Order::Command { command, outcome }).await.map_err(|_| CommandError::Ended)?;
        match tokio::time::timeout(OUTCOME_LIMIT, answered).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(CommandError::Ended),
            Err(_) => Err(CommandError::NoAnswer),
        }
    }

    /// Returns a watch on the newest view; none until the first has come.
    pub fn view(&self) -> watch::Receiver<Option<Arc<DeskNow>>> {
        self.view.clone()
    }

    /// Returns what happens from now on.
    pub fn events(&self) -> broadcast::Receiver<AgentEvent> {
        self.events.subscribe()
    }

    /// Checks the network on the media connection, between calls: packets go up and are sent back. Takes four seconds.
    ///
    /// # Errors
    /// [`CommandError::Refused`] in a call or without a media connection; the others when the answer was lost.
    pub async fn check_path(&self) -> Result<PathCheck, CommandError> {
        let (outcome, checked) = oneshot::channel();
        self.orders.send(Order::CheckPath { outcome }).await.map_err(|_| CommandError::Ended)?;
        match tokio::time::timeout(OUTCOME_LIMIT, checked).await {
            Ok(Ok(checked)) => checked,
            Ok(Err(_)) => Err(CommandError::Ended),
            Err(_) => Err(CommandError::NoAnswer),
        }
    }

    /// Uses other sound devices from now on, also in a call; nothing where files stand in for devices.
    pub async fn choose(&self, choices: DeviceChoices) {
        let _ = self.orders.send(Order::Choose(choices)).await;
    }

    /// Cleans the microphone's sound like this from now on.
    pub async fn clean(&self, cleaning: Cleaning) {
        let _ = self.orders.send(Order::Clean(cleaning)).await;
    }

    /// Has the gateway's sentences come in this language from now on. It is said when a socket opens, so another one
    /// does; calls and their sound do not notice.
    pub fn speak(&self, locale: Locale) {
        self.language.send_if_modified(|spoken| std::mem::replace(spoken, locale) != locale);
    }

    /// Returns how loud microphone and speaker are at the moment; silence between calls.
    pub fn levels(&self) -> LevelsNow {
        self.levels.now()
    }

    /// Ends the agent's calls, signs out and closes the desk. The last event tells when that is done.
    pub async fn sign_out(&self) {
        let _ = self.orders.send(Order::SignOut).await;
    }

    /// Does the same, but leaves the session standing, for the next start of this program.
    pub async fn leave(&self) {
        let _ = self.orders.send(Order::Leave).await;
    }
}

fn start(sound: SoundConfig) -> Result<(SoundPath, Option<Devices>), ConnectError> {
    match sound {
        SoundConfig::Files { source, sink } => {
            let path = SoundPath::start(source, sink).map_err(ConnectError::Sound)?;
            Ok((path, None))
        }
        SoundConfig::Devices(settings) => {
            let (devices, ends) = Devices::start(settings)?;
            let path = SoundPath::start_between(Box::new(ends)).map_err(ConnectError::Sound)?;
            Ok((path, Some(devices)))
        }
    }
}
