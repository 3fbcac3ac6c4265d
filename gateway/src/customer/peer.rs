//! The customer's SIP end: one user agent for many customers, each call with its own task.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Context, Result};
use cordboard_sip::{DialogId, Listen, PeerAddr, SipEvent, TrunkConfig, UserAgent, UserAgentConfig};
use tokio::sync::mpsc;

use super::{
    call::{Call, Report, Script},
    sound::Sound,
    voice::Voice,
};
use crate::shipped;

/// The name of the customer's one trunk: the gateway.
pub const TRUNK: &str = "gateway";
/// Events that may wait for one call.
const QUEUE: usize = 64;
/// Customers that may talk at once.
const MOST: usize = 200;

/// A running customer. Cheap to clone.
#[derive(Clone)]
pub struct CustomerPeer {
    ua: UserAgent,
    address: SocketAddr,
    voices: Arc<[Voice]>,
    spoken: Arc<AtomicUsize>,
    calls: mpsc::Sender<(DialogId, mpsc::Sender<SipEvent>)>,
}

impl CustomerPeer {
    /// Starts a customer of `gateway`, reachable at `bind`.
    ///
    /// # Errors
    /// No port, or no speech.
    pub async fn start(gateway: SocketAddr, bind: SocketAddr) -> Result<Self> {
        let voices = Voice::read_folder(&shipped::prompts().join("customer"))?;
        let peer = PeerAddr { host: gateway.ip().to_string(), port: gateway.port() };
        let mut trunk = TrunkConfig::new(TRUNK);
        trunk.peer = Some(peer);
        trunk.caller_from = cordboard_sip::CallerFrom::From;
        let config = UserAgentConfig {
            user_agent: "Cordboard customer".to_owned(),
            udp: vec![Listen::on(bind)],
            trunks: vec![trunk],
            ..UserAgentConfig::default()
        };
        let (sender, events) = mpsc::channel(QUEUE * 16);
        let ua = UserAgent::start(config, sender).await.context("the customer's SIP")?;
        let address = crate::node::sip_address(&ua).context("the customer listens nowhere")?;
        let (calls, registrations) = mpsc::channel(MOST);
        let this = Self { ua, address, voices: voices.into(), spoken: Arc::default(), calls };
        tokio::spawn(this.clone().bring(events, registrations));
        Ok(this)
    }

    /// Where it is called.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Calls in and lives through the call.
    ///
    /// # Errors
    /// What kept it from dialling at all; a call that failed is in the report.
    pub async fn call(&self, script: Script) -> Result<Report> {
        let voice = self.voice(script.say.as_deref())?;
        let sound = Sound::open(self.ip()).await?;
        let dialog = Call::dial(&self.ua, &script, &sound)?;
        let (sender, events) = mpsc::channel(QUEUE);
        self.calls.send((dialog, sender)).await.context("the customer has stopped")?;
        Ok(Call { ua: self.ua.clone(), dialog, events, sound, script, voice }.live().await)
    }

    /// Hangs up everything.
    pub async fn stop(&self) {
        self.ua.shutdown().await;
    }

    fn ip(&self) -> IpAddr {
        self.address.ip()
    }

    /// The speech asked for, or the next of those shipped.
    fn voice(&self, say: Option<&Path>) -> Result<Voice> {
        match say {
            Some(path) => Voice::read(path),
            None => {
                let next = self.spoken.fetch_add(1, Ordering::Relaxed) % self.voices.len();
                self.voices.get(next).cloned().context("the customer has no speech")
            }
        }
    }

    /// Brings events to their calls, and answers who calls.
    async fn bring(
        self,
        mut events: mpsc::Receiver<SipEvent>,
        mut registrations: mpsc::Receiver<(DialogId, mpsc::Sender<SipEvent>)>,
    ) {
        let mut calls: HashMap<DialogId, mpsc::Sender<SipEvent>> = HashMap::new();
        let mut early: Vec<SipEvent> = Vec::new();
        loop {
            tokio::select! {
                biased;
                Some((dialog, call)) = registrations.recv() => {
                    let (ours, others): (Vec<_>, Vec<_>) =
                        early.drain(..).partition(|event| event.dialog() == Some(dialog));
                    early = others;
                    for event in ours {
                        let _ = call.send(event).await;
                    }
                    calls.insert(dialog, call);
                }
                event = events.recv() => {
                    let Some(event) = event else { return };
                    let Some(dialog) = event.dialog() else { continue };
                    if let SipEvent::Incoming { .. } = &event {
                        let (sender, receiver) = mpsc::channel(QUEUE);
                        calls.insert(dialog, sender);
                        self.clone().answer(event, receiver);
                        continue;
                    }
                    let over = matches!(event, SipEvent::Ended { .. });
                    match calls.get(&dialog) {
                        Some(call) => {
                            let _ = call.send(event).await;
                        }
                        None if early.len() < MOST => early.push(event),
                        None => {}
                    }
                    if over {
                        calls.remove(&dialog);
                    }
                }
            }
        }
    }

    /// Answers a call of the centre's.
    fn answer(self, event: SipEvent, events: mpsc::Receiver<SipEvent>) {
        let SipEvent::Incoming { dialog, called, media, .. } = event else { return };
        tokio::spawn(async move {
            let lived = async {
                let mut sound = Sound::open(self.ip()).await?;
                if let Some(media) = media {
                    sound.set_remote(media);
                }
                let voice = self.voice(None)?;
                let call = Call { ua: self.ua.clone(), dialog, events, sound, script: Script::to(&called), voice };
                call.pick_up().await?;
                anyhow::Ok(call.live().await)
            };
            if let Err(error) = lived.await {
                tracing::warn!(%error, "a customer could not answer");
            }
        });
    }
}
