//! What the agent does by itself: say ready, answer, dial. It decides from views and events like a person would.

use cordboard_agent::{AgentEvent, DeskNow};
use cordboard_wire::{CallPhase, Command, DeskView, Presence, RefusalCode};

use super::arguments::{Answer, Arguments};

/// Decides what to do next.
#[derive(Debug)]
pub struct Autopilot {
    ready: bool,
    answer: Answer,
    dial: Option<Command>,
    media_connected: bool,
    readiness_said: bool,
    answering: Option<String>,
}

impl Autopilot {
    pub fn new(arguments: &Arguments) -> Autopilot {
        let caller = arguments.caller.clone();
        Autopilot {
            ready: arguments.ready,
            answer: arguments.answer,
            dial: arguments.dial.clone().map(|callee| Command::Dial { callee, caller }),
            media_connected: false,
            readiness_said: false,
            answering: None,
        }
    }

    /// Returns the commands that `event`, in the light of the newest view, calls for.
    pub fn follow(&mut self, event: &AgentEvent, newest: Option<&DeskNow>) -> Vec<Command> {
        match event {
            // A gateway that was restarted has forgotten that the agent is ready.
            AgentEvent::Connected { .. } => self.readiness_said = false,
            AgentEvent::MediaConnected { .. } => {
                self.media_connected = true;
                self.answering = None;
            }
            AgentEvent::MediaDisconnected | AgentEvent::MediaFailed { .. } => self.media_connected = false,
            // Tried again with the next view, which is what changes when there is sound; at once would be for ever.
            AgentEvent::Refused { refusal, .. } => {
                if refusal.code == RefusalCode::NoSound {
                    self.answering = None;
                }
                return vec![];
            }
            _ => {}
        }
        newest.map(|now| self.act(&now.view)).unwrap_or_default()
    }

    fn act(&mut self, view: &DeskView) -> Vec<Command> {
        let mut commands = Vec::new();
        let sound = self.media_connected && view.agent.media_connected;
        if sound && self.ready && !self.readiness_said {
            self.readiness_said = true;
            // A break the agent was put on for not answering stays: only a fresh desk becomes ready by itself.
            if is_fresh(&view.agent.presence) {
                commands.push(Command::Ready);
            }
        }
        if sound && let Some(dial) = self.dial.take() {
            commands.push(dial);
        }
        let ringing = view.calls.iter().find(|call| call.phase == CallPhase::Ringing).map(|call| &call.call_id);
        if ringing.is_none() {
            self.answering = None;
        }
        if self.answer == Answer::Auto
            && sound
            && let Some(call_id) = ringing
            && self.answering.as_ref() != Some(call_id)
        {
            self.answering = Some(call_id.clone());
            commands.push(Command::Answer { call_id: call_id.clone() });
        }
        commands
    }
}

fn is_fresh(presence: &Presence) -> bool {
    match presence {
        Presence::Offline => true,
        Presence::Break { code } => code == "Warm-up",
        Presence::Ready => false,
    }
}
