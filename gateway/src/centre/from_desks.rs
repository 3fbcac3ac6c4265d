//! What desks say: hello, goodbye, commands, media offers, measurements.

use std::sync::Arc;

use cordboard_core::{Activity, AgentCommand, AgentId, CallId, Disposition, Event, Fact, JournalEntry, Presence};
use cordboard_wire::{ByeCode, Command, RefusalCode};
use rand::Rng;
use tokio::sync::{oneshot, watch};

use super::{
    DeskInput, DeskLink,
    clock::utc_ms,
    desks::{DeskId, DeskMedia, Socket},
    owner::Owner,
};
use crate::numbers;

type Reply = oneshot::Sender<Result<Option<CallId>, RefusalCode>>;

impl Owner {
    pub(super) async fn take_desk(&mut self, input: DeskInput) {
        match input {
            DeskInput::Opened { agent, desk, session, take_over, media_id, reply } => {
                let link = self.open(&agent, desk, session, take_over, media_id).await;
                let _ = reply.send(link);
            }
            DeskInput::Closed { agent, desk } => self.close(&agent, desk).await,
            DeskInput::Command { agent, command, reply } => self.command(&agent, command, reply).await,
            DeskInput::MediaOffer { agent, desk, sdp, reply } => self.offer(&agent, desk, sdp, reply),
            DeskInput::PathCheck { agent, desk, on, reply } => {
                let figures = self.check_path(&agent, desk, on);
                let _ = reply.send(figures);
            }
            DeskInput::Quality { agent, report } => self.reported(&agent, report),
            DeskInput::MediaAnswered { agent, media, sdp, reply } => self.media_answered(&agent, media, sdp, reply),
        }
    }

    async fn open(
        &mut self,
        agent: &AgentId,
        desk: DeskId,
        session: String,
        take_over: bool,
        media_id: Option<u32>,
    ) -> Result<DeskLink, ByeCode> {
        let (farewell, closing) = oneshot::channel();
        let entry = self.desks.of(agent);
        if let Some(former) = &mut entry.socket {
            if former.session != session && !take_over {
                return Err(ByeCode::InUseElsewhere);
            }
            if let Some(farewell) = former.farewell.take() {
                let _ = farewell.send(ByeCode::TakenOver);
            }
        }
        entry.socket = Some(Socket { desk, session, farewell: Some(farewell) });
        // A desk that kept its sound goes on with it; any other page has to connect its own, and until then nobody
        // hears the agent.
        match &mut entry.media {
            Some(media) if Some(media.media_id) == media_id => media.desk = desk,
            Some(media) => media.connected = false,
            None => {}
        }
        tracing::info!(agent = %agent, "desk opened");
        self.sign_in(agent).await;
        self.tell_desk(agent).await;
        let Some(state) = self.state_of(agent) else {
            self.desks.of(agent).socket = None;
            return Err(ByeCode::SessionEnded);
        };
        let entry = self.desks.of(agent);
        let states = entry.states.get_or_insert_with(|| watch::channel(Arc::new(state.clone())).0);
        states.send_replace(Arc::new(state));
        Ok(DeskLink { states: states.subscribe(), farewell: closing })
    }

    async fn close(&mut self, agent: &AgentId, desk: DeskId) {
        let entry = self.desks.of(agent);
        if entry.socket.as_ref().is_none_or(|socket| socket.desk != desk) {
            return;
        }
        entry.socket = None;
        tracing::info!(agent = %agent, "desk closed");
        self.tell_desk(agent).await;
    }

    /// Tells the core whether a desk is there. Between calls that takes a socket and the sound of the same page;
    /// in a call sound alone keeps the conversation going.
    pub(super) async fn tell_desk(&mut self, agent: &AgentId) {
        let in_call = self.core.agent_snapshot(agent).is_some_and(|snapshot| {
            matches!(snapshot.activity, Activity::Talking | Activity::Dialing) && snapshot.desk_connected
        });
        let entry = self.desks.of(agent);
        let same_page = match (&entry.socket, &entry.media) {
            (Some(socket), Some(media)) => socket.desk == media.desk,
            (Some(_) | None, _) => false,
        };
        let there = entry.sound_works() && (same_page || in_call);
        if there == entry.told_connected {
            return;
        }
        entry.told_connected = there;
        let agent = agent.clone();
        self.feed(if there { Event::DeskConnected { agent } } else { Event::DeskLost { agent } }).await;
    }

    /// Signs an agent in who is signed out.
    async fn sign_in(&mut self, agent: &AgentId) {
        let offline = self.core.agent_snapshot(agent).is_some_and(|agent| agent.presence == Presence::Offline);
        if offline {
            let (reply, _) = oneshot::channel();
            self.act(agent, AgentCommand::SignIn, reply).await;
        }
    }

    async fn act(&mut self, agent: &AgentId, command: AgentCommand, reply: Reply) {
        let ticket = self.ticket(reply);
        self.feed(Event::Commanded { agent: agent.clone(), ticket, command }).await;
    }

    async fn command(&mut self, agent: &AgentId, command: Command, reply: Reply) {
        let call = CallId;
        let command = match command {
            Command::Ready => {
                self.sign_in(agent).await;
                AgentCommand::Ready
            }
            Command::Break { code } => {
                let code = code.trim().to_owned();
                if code.is_empty() || code.chars().count() > 64 {
                    let _ = reply.send(Err(RefusalCode::BadCommand));
                    return;
                }
                self.sign_in(agent).await;
                AgentCommand::Break { code }
            }
            Command::SignOut => AgentCommand::SignOut,
            Command::Answer { call_id } => AgentCommand::Answer { call: call(call_id) },
            Command::Decline { call_id } => AgentCommand::Decline { call: call(call_id) },
            Command::HangUp { call_id } => AgentCommand::HangUp { call: call(call_id) },
            Command::Hold { call_id } => AgentCommand::Hold { call: call(call_id) },
            Command::Retrieve { call_id } => AgentCommand::Retrieve { call: call(call_id) },
            Command::Mute { call_id, muted } => AgentCommand::Mute { call: call(call_id), muted },
            Command::Digits { call_id, digits } => {
                let fits = (1..=32).contains(&digits.len())
                    && digits.chars().all(|digit| matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D'));
                if !fits {
                    let _ = reply.send(Err(RefusalCode::BadCommand));
                    return;
                }
                AgentCommand::Digits { call: call(call_id), digits }
            }
            Command::Dial { callee, caller } => match self.dial(&callee, caller.as_deref()) {
                Ok(command) => command,
                Err(code) => {
                    let _ = reply.send(Err(code));
                    return;
                }
            },
            Command::KeepWrapUp => AgentCommand::KeepWrapUp,
            Command::DismissNotice { notice_id } => {
                self.desks.of(agent).notices.retain(|notice| notice.notice_id != notice_id);
                self.show(agent);
                let _ = reply.send(Ok(None));
                return;
            }
            Command::CustomerCalls { count } => {
                let _ = reply.send(self.customer_calls(agent, count));
                return;
            }
        };
        self.act(agent, command, reply).await;
    }

    fn dial(&self, callee: &str, caller: Option<&str>) -> Result<AgentCommand, RefusalCode> {
        let callee = numbers::normalise(callee).map_err(|_| RefusalCode::BadNumber)?;
        let caller = match caller {
            Some(caller) => Some(numbers::normalise(caller).map_err(|_| RefusalCode::CallerNotYours)?),
            None => None,
        };
        let chance = rand::rng().random();
        Ok(AgentCommand::Dial {
            // The vendor's outbound ids are digits only; time and chance make one that is never met again.
            call: CallId(format!("job-{}{:06}", utc_ms(), chance % 1_000_000)),
            city: numbers::city(&callee).map(|(city, _)| city.to_owned()),
            last_contact: self.parts.contacts.get(&callee).copied(),
            callee,
            caller,
            chance,
        })
    }

    fn customer_calls(&self, agent: &AgentId, count: u8) -> Result<Option<CallId>, RefusalCode> {
        let customer = self.parts.customer.as_ref().ok_or(RefusalCode::OnlyInDemo)?;
        if !(1..=10).contains(&count) {
            return Err(RefusalCode::BadCommand);
        }
        customer.call_in(agent.clone(), count, &self.inputs).map_err(|_| RefusalCode::LinesBusy)?;
        Ok(None)
    }

    fn offer(
        &mut self,
        agent: &AgentId,
        desk: DeskId,
        sdp: String,
        reply: oneshot::Sender<Result<(u32, String), RefusalCode>>,
    ) {
        let endpoint = self.next_endpoint();
        let entry = self.desks.of(agent);
        if entry.socket.as_ref().is_none_or(|socket| socket.desk != desk) {
            let _ = reply.send(Err(RefusalCode::Unavailable));
            return;
        }
        let media = DeskMedia { endpoint, desk, media_id: entry.next_media_id, connected: false };
        entry.next_media_id = entry.next_media_id.wrapping_add(1);
        let (inputs, agent) = (self.inputs.clone(), agent.clone());
        // The worker answers on its own thread, which must not wait; the centre's queue may be full for a moment.
        let runtime = tokio::runtime::Handle::current();
        self.desks.tie(endpoint, &agent);
        let answered = move |sdp: Result<String, cordboard_relay::OfferError>| {
            runtime.spawn(async move {
                let _ = inputs.send(super::Input::Desk(DeskInput::MediaAnswered { agent, media, sdp, reply })).await;
            });
        };
        self.parts.relay.open_desk(endpoint, sdp, answered);
    }

    fn media_answered(
        &mut self,
        agent: &AgentId,
        media: DeskMedia,
        sdp: Result<String, cordboard_relay::OfferError>,
        reply: oneshot::Sender<Result<(u32, String), RefusalCode>>,
    ) {
        match sdp {
            Ok(sdp) => {
                let former = self.desks.of(agent).coming.replace(media);
                if let Some(former) = former {
                    self.desks.untie(former.endpoint);
                    self.parts.relay.close(former.endpoint);
                }
                let _ = reply.send(Ok((media.media_id, sdp)));
            }
            Err(error) => {
                tracing::info!(agent = %agent, %error, "a media offer could not be used");
                self.desks.untie(media.endpoint);
                let _ = reply.send(Err(RefusalCode::BadMediaOffer));
            }
        }
    }

    /// Who dialled the call that ended so, if it was a dial that failed.
    pub(super) fn dialler_of(&self, ended: &JournalEntry, disposition: Disposition) -> Option<AgentId> {
        let failed = matches!(
            disposition,
            Disposition::Busy
                | Disposition::NoAnswer
                | Disposition::Rejected
                | Disposition::NotExist
                | Disposition::CarrierFailed
                | Disposition::TrunkDown
        );
        match self.beginning(ended.call.as_ref()?)? {
            Fact::CallDialled { agent, .. } if failed => Some(agent.clone()),
            _ => None,
        }
    }
}
