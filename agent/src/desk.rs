//! The desk: the one task that owns an agent's state here.
//!
//! It holds no call logic. It passes commands on, keeps the newest view, lets the sound follow the view, and keeps
//! the media connection up.

mod devices;
mod headset;
mod leaving;
mod media;
mod now;
mod path_check;
mod pending;
mod quality;
mod sounding;
#[cfg(test)]
mod views;
mod wish;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cordboard_engine::{Cleaning, DeviceChoices, Devices, DevicesNow, PathProbe, Ring, SoundPath};
use cordboard_headset::{Headset, HeadsetEvent, Press};
use cordboard_wire::{ClientMessage, Command, GatewayMessage};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::error::{CommandError, Ended};
use crate::event::AgentEvent;
use crate::gateway::{Gateway, Session};
use crate::line::{LineEvent, Welcome};
use devices::DeskDevices;
use headset::DeskHeadset;
use media::{Media, MediaNews};
pub use now::DeskNow;
pub(crate) use path_check::Checked;
use path_check::PathChecking;
pub(crate) use pending::Outcome;
use pending::Pending;
use quality::Reports;
use sounding::{SoundAct, Sounding};
use wish::CodecWish;

/// How long the network is probed: 150 packets, enough to tell two percent of loss from none.
const PROBED_FOR: Duration = Duration::from_secs(3);
/// How often the desk reports what it measures, in a call.
const REPORTED_EVERY: Duration = Duration::from_secs(1);

/// What the agent's handle asks of the desk.
#[derive(Debug)]
pub(crate) enum Order {
    /// Pass this on.
    Command { command: Command, outcome: oneshot::Sender<Outcome> },
    /// Leave the calls tidy, sign out and end.
    SignOut,
    /// The same, with the session left standing.
    Leave,
    /// Check the network on the media connection.
    CheckPath { outcome: oneshot::Sender<Checked> },
    /// Use these sound devices.
    Choose(DeviceChoices),
    /// Clean the microphone's sound like this.
    Clean(Cleaning),
}

/// What outlives the desk: its handle's channels.
pub(crate) struct Outlets {
    pub orders: mpsc::Receiver<Order>,
    pub view: watch::Sender<Option<Arc<DeskNow>>>,
    pub events: broadcast::Sender<AgentEvent>,
    /// Tells the line which media connection still stands.
    pub media_id: watch::Sender<Option<u32>>,
}

/// The agent's sound, the devices it is on, if any, and the buttons on one of them.
pub(crate) struct DeskSound {
    pub path: SoundPath,
    pub devices: Option<Devices>,
    pub headset: Option<Headset>,
}

/// The desk's task.
pub(crate) struct Desk {
    gateway: Gateway,
    session: Option<Session>,
    line: mpsc::Receiver<LineEvent>,
    messages: Option<mpsc::Sender<ClientMessage>>,
    outlets: Outlets,
    media: Media,
    sound: SoundPath,
    devices: DeskDevices,
    headset: DeskHeadset,
    sounding: Sounding,
    wish: CodecWish,
    pending: Pending,
    path_check: PathChecking,
    next_id: u32,
    fresh_socket: bool,
    report_due: Interval,
    reports: Reports,
}

enum DeskInput {
    Line(Option<LineEvent>),
    Order(Option<Order>),
    Media(MediaNews),
    Devices(Box<DevicesNow>),
    Probed(Option<PathProbe>),
    Headset(HeadsetEvent),
    ReportDue,
}

impl Desk {
    pub(crate) fn new(
        gateway: Gateway,
        line: mpsc::Receiver<LineEvent>,
        outlets: Outlets,
        sound: DeskSound,
        media_bind: Option<std::net::IpAddr>,
    ) -> Desk {
        let mut report_due = interval(REPORTED_EVERY);
        report_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Desk {
            gateway,
            session: None,
            line,
            messages: None,
            media: Media::new(sound.path.downlink(), media_bind),
            outlets,
            sound: sound.path,
            devices: DeskDevices::new(sound.devices),
            headset: DeskHeadset::new(sound.headset),
            sounding: Sounding::default(),
            wish: CodecWish::default(),
            pending: Pending::default(),
            path_check: PathChecking::default(),
            next_id: 1,
            fresh_socket: true,
            report_due,
            reports: Reports::default(),
        }
    }

    /// Runs until the desk is closed for good.
    pub(crate) async fn run(mut self) {
        let ended = loop {
            match self.next_input().await {
                DeskInput::Line(Some(LineEvent::Over(ended))) => break ended,
                DeskInput::Line(None) => break Ended::Broken,
                DeskInput::Line(Some(event)) => self.on_line(event).await,
                DeskInput::Order(Some(Order::Command { command, outcome })) => self.send_command(command, outcome),
                DeskInput::Order(Some(Order::CheckPath { outcome })) => self.check_path(outcome),
                DeskInput::Probed(probe) => self.probed(probe),
                DeskInput::Order(Some(Order::Choose(choices))) => self.devices.choose(choices),
                DeskInput::Order(Some(Order::Clean(cleaning))) => self.devices.clean(cleaning),
                DeskInput::Order(Some(Order::Leave)) => {
                    self.leave().await;
                    break Ended::SignedOut;
                }
                DeskInput::Order(Some(Order::SignOut) | None) => {
                    self.sign_out().await;
                    break Ended::SignedOut;
                }
                DeskInput::Media(news) => self.on_media(news),
                DeskInput::Devices(now) => self.tell(AgentEvent::SoundDevices(now)),
                DeskInput::Headset(HeadsetEvent::Now(now)) => self.tell(AgentEvent::Headset(now)),
                DeskInput::Headset(HeadsetEvent::Pressed(press)) => self.on_press(press),
                DeskInput::ReportDue => self.report().await,
            }
        };
        self.messages = None;
        self.pending.lose_all();
        self.path_check.fail(CommandError::Ended);
        let acts = self.sounding.close();
        self.act(acts);
        self.media.close().await;
        tracing::info!(ended = ended.word(), "desk closed");
        self.tell(AgentEvent::Ended(ended));
    }

    async fn next_input(&mut self) -> DeskInput {
        let in_call = self.sounding.is_open();
        tokio::select! {
            biased;
            event = self.line.recv() => DeskInput::Line(event),
            order = self.outlets.orders.recv() => DeskInput::Order(order),
            news = self.media.next() => DeskInput::Media(news),
            probe = self.path_check.probed() => DeskInput::Probed(probe),
            now = self.devices.changed() => DeskInput::Devices(now),
            event = self.headset.next() => DeskInput::Headset(event),
            _ = self.report_due.tick(), if in_call => DeskInput::ReportDue,
        }
    }

    async fn on_line(&mut self, event: LineEvent) {
        match event {
            LineEvent::Up { welcome, session, messages } => self.on_up(welcome, *session, messages),
            LineEvent::Message(message) => {
                self.media.line_lives();
                self.on_message(message).await;
            }
            LineEvent::Alive => self.media.line_lives(),
            LineEvent::Down { reason, retry_in } => {
                self.messages = None;
                self.pending.lose_all();
                self.path_check.fail(CommandError::AnswerLost);
                self.media.line_down();
                tracing::info!(reason, ?retry_in, "line down");
                self.tell(AgentEvent::Disconnected { reason, retry_in });
            }
            // Handled where the loop ends.
            LineEvent::Over(_) => {}
        }
    }

    fn on_up(&mut self, welcome: Welcome, session: Session, messages: mpsc::Sender<ClientMessage>) {
        tracing::info!(gateway = welcome.gateway, "line up");
        self.media.line_up(welcome.local, &welcome.ice_servers);
        self.messages = Some(messages);
        self.fresh_socket = true;
        self.tell(AgentEvent::Connected {
            gateway: welcome.gateway,
            user_id: session.answer.user_id.clone(),
            role: session.answer.role,
            again: self.session.is_some(),
        });
        self.session = Some(session);
    }

    async fn on_message(&mut self, message: GatewayMessage) {
        match message {
            GatewayMessage::View { seq, now_ms, view } => {
                self.on_view(DeskNow { seq, now_ms, came_at: Instant::now(), view: *view });
            }
            GatewayMessage::Accepted { id, .. } if self.path_check.awaits(id) => {
                self.path_check.begun(self.sound.probe(PROBED_FOR));
            }
            GatewayMessage::Refused { id, refusal } if self.path_check.awaits(id) => {
                self.path_check.fail(CommandError::Refused(refusal));
            }
            GatewayMessage::PathChecked { id, received, returned, jitter_up_ms } => {
                if self.path_check.awaits(id) {
                    self.path_check.counted(received, returned, jitter_up_ms);
                }
            }
            GatewayMessage::Accepted { id, call_id } => {
                self.pending.answer(id, Ok(call_id.clone()));
                self.tell(AgentEvent::Accepted { id, call_id });
            }
            GatewayMessage::Refused { id, refusal } if self.media.awaits(id) => {
                let news = self.media.refused(&refusal.message);
                self.on_media(news);
            }
            GatewayMessage::Refused { id, refusal } => {
                self.pending.answer(id, Err(CommandError::Refused(refusal.clone())));
                self.headset.refused(id);
                self.tell(AgentEvent::Refused { id, refusal });
            }
            GatewayMessage::MediaAnswer { id, media_id, sdp } if self.media.awaits(id) => {
                match self.media.answered(media_id, &sdp).await {
                    Ok((uplink, negotiated)) => self.sound.connect(uplink, negotiated),
                    Err(news) => self.on_media(news),
                }
                self.publish_media_id();
            }
            // An answer to an offer that has been given up; a second welcome; a bye, which the line has read.
            GatewayMessage::MediaAnswer { .. } | GatewayMessage::Welcome { .. } | GatewayMessage::Bye { .. } => {}
        }
    }

    fn on_view(&mut self, now: DeskNow) {
        let fresh = std::mem::take(&mut self.fresh_socket);
        let known = self.outlets.view.borrow().clone();
        if let Some(known) = &known
            && !fresh
            && now.seq <= known.seq
        {
            return;
        }
        let changed = known.is_none_or(|known| known.view != now.view);
        let now = Arc::new(now);
        self.outlets.view.send_replace(Some(Arc::clone(&now)));
        let acts = self.sounding.follow(&now.view);
        if acts.contains(&SoundAct::Ring(Ring::Aloud)) {
            self.devices.hold_ring();
        }
        if changed {
            self.tell(AgentEvent::View(Arc::clone(&now)));
        }
        self.headset.follow(&now.view);
        self.act(acts);
        if let Some(wanted) = self.wish.follow(&now.view, Instant::now()) {
            self.sound.prefer(wanted);
        }
        self.media.gateway_says(now.view.agent.media_connected, fresh);
    }

    fn on_media(&mut self, news: MediaNews) {
        match news {
            MediaNews::OfferReady(sdp) => {
                let id = self.take_id();
                self.media.offered(id);
                self.say(ClientMessage::MediaOffer { id, sdp });
            }
            MediaNews::Connected { took } => {
                tracing::info!(took_ms = took.as_millis(), "media connected");
                self.tell(AgentEvent::MediaConnected { took });
            }
            MediaNews::Disconnected => {
                tracing::info!("media disconnected");
                self.tell(AgentEvent::MediaDisconnected);
            }
            MediaNews::Failed { reason } => {
                tracing::info!(reason, "media failed");
                self.tell(AgentEvent::MediaFailed { reason });
            }
        }
        self.publish_media_id();
    }

    fn send_command(&mut self, command: Command, outcome: oneshot::Sender<Outcome>) {
        let id = self.take_id();
        if self.say(ClientMessage::Command { id, command }) {
            self.pending.insert(id, outcome);
        } else {
            let _ = outcome.send(Err(CommandError::NotConnected));
        }
    }

    fn check_path(&mut self, outcome: oneshot::Sender<Checked>) {
        let id = self.take_id();
        // One that is asked again has not been waited for.
        self.path_check.fail(CommandError::AnswerLost);
        if self.say(ClientMessage::PathCheck { id, on: true }) {
            self.path_check = PathChecking::Asked { id, outcome };
        } else {
            let _ = outcome.send(Err(CommandError::NotConnected));
        }
    }

    fn probed(&mut self, probe: Option<PathProbe>) {
        let id = self.take_id();
        self.path_check.ending(id, probe);
        if !self.say(ClientMessage::PathCheck { id, on: false }) {
            self.path_check.fail(CommandError::AnswerLost);
        }
    }

    fn on_press(&mut self, press: Press) {
        let view = self.outlets.view.borrow().clone();
        let command = view.and_then(|now| headset::command(press, &now.view));
        let id = self.take_id();
        if command.is_some_and(|command| self.say(ClientMessage::Command { id, command })) {
            self.headset.asked(id);
        } else {
            self.headset.nothing_came_of_it();
        }
    }

    fn act(&mut self, acts: Vec<SoundAct>) {
        for act in acts {
            match act {
                SoundAct::Open => {
                    self.sound.open();
                    self.report_due.reset();
                    self.tell(AgentEvent::SoundOpened);
                }
                SoundAct::Begin(call_id) => {
                    self.sound.begin();
                    self.tell(AgentEvent::SpeakingBegan { call_id });
                }
                SoundAct::Heard(heard) => self.sound.set_heard(heard),
                SoundAct::Ring(ring) => self.devices.ring(ring),
                SoundAct::Close => {
                    self.sound.close();
                    self.tell(AgentEvent::SoundClosed);
                }
            }
        }
    }

    async fn report(&mut self) {
        let round_trip = self.media.round_trip().await;
        let report = self.reports.next(&self.sound.report(), round_trip);
        self.say(ClientMessage::Quality { report });
    }

    fn take_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        id
    }

    /// Sends a message; false when there is no socket, or it does not take any more.
    fn say(&self, message: ClientMessage) -> bool {
        self.messages.as_ref().is_some_and(|messages| messages.try_send(message).is_ok())
    }

    fn tell(&self, event: AgentEvent) {
        // Nobody listening is fine.
        let _ = self.outlets.events.send(event);
    }

    fn publish_media_id(&self) {
        self.outlets.media_id.send_replace(self.media.media_id());
    }
}
