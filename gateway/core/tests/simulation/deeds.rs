//! What the centre does, checked effect by effect.

use cordboard_core::{AgentCommand, Effect, Event, LegId, Presence, Refusal, Sound};

use crate::{
    law::{Checked, hold},
    model::{Duty, Leg, Model, Stage, Step},
};

impl Model {
    /// Takes the event over, before what it led to is looked at.
    pub fn before(&mut self, step: &Step<'_>) {
        self.must_be_over.clear();
        self.answers = 0;
        self.views.clear();
        let passed = step.now.utc.0 - self.last.utc.0;
        for agent in self.agents.values_mut() {
            *agent.seen_ms.entry(agent.seen as u8).or_default() += passed;
        }
        self.last = step.now;
        match step.event {
            Event::DeskConnected { agent } | Event::DeskLost { agent } => {
                if let Some(agent) = self.agents.get_mut(agent) {
                    agent.connected = matches!(step.event, Event::DeskConnected { .. });
                }
            }
            Event::LegEnded { leg, .. } => {
                if let Some(leg) = self.legs.get_mut(leg) {
                    leg.ending = true;
                }
            }
            Event::PromptEnded { leg, play, .. } => {
                if let Some(leg) = self.legs.get_mut(leg)
                    && matches!(&leg.hears, Sound::Prompts { play: present, .. } if present == play)
                {
                    leg.hears = Sound::Silence;
                }
            }
            Event::DirectoryChanged(directory) => {
                self.adopt((**directory).clone());
                for (id, agent) in &mut self.agents {
                    if self.directory.agents.contains_key(id) && agent.wish == Some(Presence::Offline) {
                        agent.wish = None;
                    }
                    if self.directory.agents.contains_key(id) || agent.presence == Presence::Offline {
                        continue;
                    }
                    match agent.duty {
                        Duty::Idle | Duty::WrapUp => {
                            agent.duty = Duty::Idle;
                            agent.presence = Presence::Offline;
                            agent.wish = None;
                        }
                        Duty::Ringing | Duty::Dialing | Duty::Talking => agent.wish = Some(Presence::Offline),
                    }
                }
            }
            Event::DeadlineReached
            | Event::CallArrived(_)
            | Event::LegRinging { .. }
            | Event::LegAnswered { .. }
            | Event::FarSideHeld { .. }
            | Event::DigitPressed { .. }
            | Event::Commanded { .. }
            | Event::TrunkChanged { .. } => {}
        }
    }

    /// Takes an effect over.
    pub fn effect(&mut self, step: &Step<'_>, effect: &Effect) -> Checked {
        match effect {
            Effect::Journal(entry) => self.fact(step, entry),
            Effect::ViewChanged { agent } => {
                self.views.insert(agent.clone());
                Ok(())
            }
            Effect::QueueChanged { group, waiting } => {
                let told = self.told_queues.insert(group.clone(), *waiting).unwrap_or(0);
                hold!(QueueIsTold, told != *waiting, "{group} is told again to hold {waiting}");
                Ok(())
            }
            Effect::Accept { ticket, .. } | Effect::Refuse { ticket, .. } => {
                let asked = step.command().map(|command| command.1);
                hold!(AnsweredOnce, asked == Some(*ticket), "{ticket:?} was answered, {asked:?} asked");
                self.answers += 1;
                if let Effect::Accept { .. } = effect { self.accepted(step) } else { Ok(()) }
            }
            Effect::AnswerLeg { leg } => {
                self.lives(step, *leg)?;
                self.within_cap(*leg)
            }
            Effect::DialLeg { leg, .. } => {
                self.lives(step, *leg)?;
                self.within_cap(*leg)
            }
            Effect::RefuseLeg { leg, .. } => {
                // The leg of a call under an id that is taken was never begun.
                if self.legs.remove(leg).is_none() {
                    self.newest_leg = self.newest_leg.max(*leg);
                }
                Ok(())
            }
            Effect::HangUpLeg { leg } | Effect::DetachDesk { leg } => {
                self.lives(step, *leg)?;
                self.legs.remove(leg);
                Ok(())
            }
            Effect::AttachDesk { leg, call, .. } => self.attached(*leg, call),
            Effect::Hear { leg, sound } => self.hears(step, *leg, sound),
            Effect::SendDigit { leg, .. } => self.lives(step, *leg),
            Effect::StartRecording { leg, call } | Effect::StopRecording { leg, call } => {
                let starts = matches!(effect, Effect::StartRecording { .. });
                self.lives(step, *leg)?;
                let Some(found) = self.calls.get_mut(call) else {
                    hold!(RecordingBalanced, false, "{effect:?} of no call");
                    return Ok(());
                };
                let fits = found.recording != starts && found.customer == *leg;
                hold!(RecordingBalanced, fits, "{effect:?} while it is {}", found.recording);
                found.recording = starts;
                Ok(())
            }
        }
    }

    fn lives(&self, step: &Step<'_>, leg: LegId) -> Checked {
        let found = self.legs.get(&leg);
        hold!(NothingAfterTheEnd, found.is_some(), "{leg:?} is over or was never there");
        // In a late step the deadline's effects come before the event that ends the leg, and a desk is detached and
        // a recording ended because of it.
        let ended = matches!(step.event, Event::LegEnded { leg: over, .. } if *over == leg) && !step.due;
        let tidies = step.effects.iter().any(|effect| match effect {
            Effect::DetachDesk { leg: tidied } | Effect::StopRecording { leg: tidied, .. } => *tidied == leg,
            _ => false,
        });
        hold!(NothingAfterTheEnd, !ended || tidies, "something is done to {leg:?}, which has just ended");
        Ok(())
    }

    fn within_cap(&self, leg: LegId) -> Checked {
        let call = self.legs.get(&leg).and_then(|leg| self.calls.get(&leg.call));
        let Some(call) = call else { return Ok(()) };
        let cap = self.directory.numbers.get(&call.number).and_then(|entry| entry.cap);
        let used = self.in_use(&call.number);
        hold!(CapsHold, cap.is_none_or(|cap| used <= cap as usize), "{} has {used} of {cap:?}", call.number);
        Ok(())
    }

    fn attached(&mut self, leg: LegId, call: &cordboard_core::CallId) -> Checked {
        hold!(FitsTheState, leg > self.newest_leg, "desk leg {leg:?} of {call} is not new");
        self.newest_leg = leg;
        let Some(found) = self.calls.get_mut(call) else {
            hold!(FitsTheState, false, "a desk for {call}, which is not there");
            return Ok(());
        };
        hold!(FitsTheState, found.desk.is_none(), "{call} has two desks");
        found.desk = Some(leg);
        self.legs.insert(leg, Leg { call: call.clone(), hears: Sound::Silence, ending: false });
        Ok(())
    }

    fn hears(&mut self, step: &Step<'_>, leg: LegId, sound: &Sound) -> Checked {
        self.lives(step, leg)?;
        let call = self.legs.get(&leg).map(|leg| leg.call.clone());
        if let Sound::Legs(heard) = sound {
            hold!(NoCrossedLegs, !heard.is_empty(), "{leg:?} hears an empty list");
            for other in heard {
                let of = self.legs.get(other).map(|leg| leg.call.clone());
                let own = *other != leg && of.is_some() && of == call;
                hold!(NoCrossedLegs, own, "{leg:?} of {call:?} hears {other:?} of {of:?}");
            }
        }
        let Some(found) = self.legs.get_mut(&leg) else { return Ok(()) };
        hold!(OnlyChanges, found.hears != *sound, "{leg:?} is told {sound:?} again");
        found.hears = sound.clone();
        Ok(())
    }

    fn accepted(&mut self, step: &Step<'_>) -> Checked {
        let Some((by, _, command)) = step.command() else { return Ok(()) };
        let Some(agent) = self.agents.get_mut(by) else {
            hold!(FitsTheState, false, "a command of {by} was accepted");
            return Ok(());
        };
        match command {
            AgentCommand::SignIn => {
                if agent.presence == Presence::Offline {
                    agent.presence = Presence::Break("Warm-up".to_owned());
                }
            }
            AgentCommand::Ready | AgentCommand::Break { .. } => {
                let chosen = step.chosen(by);
                match agent.duty {
                    Duty::Idle | Duty::WrapUp => agent.presence = chosen.unwrap_or(Presence::Ready),
                    Duty::Ringing | Duty::Dialing | Duty::Talking => agent.wish = chosen,
                }
            }
            AgentCommand::SignOut => {
                agent.presence = Presence::Offline;
                agent.wish = None;
            }
            AgentCommand::KeepWrapUp => agent.wrap_up_ends = None,
            AgentCommand::Mute { call, muted } => {
                if let Some(call) = self.calls.get_mut(call) {
                    call.muted = *muted;
                }
            }
            AgentCommand::Answer { .. }
            | AgentCommand::Decline { .. }
            | AgentCommand::HangUp { .. }
            | AgentCommand::Hold { .. }
            | AgentCommand::Retrieve { .. }
            | AgentCommand::Digits { .. }
            | AgentCommand::Dial { .. } => {}
        }
        Ok(())
    }

    /// What a command should be refused with in the present state; none for commands that are not modelled.
    pub fn expected(&self, step: &Step<'_>) -> Option<Result<(), Refusal>> {
        let (by, _, command) = step.command()?;
        let agent = self.agents.get(by)?;
        if *command == AgentCommand::SignIn {
            let member = self.directory.agents.get(by)?;
            let groups = member.levels.keys().any(|group| self.directory.groups.contains_key(group));
            return Some(if groups { Ok(()) } else { Err(Refusal::NoSkillGroup) });
        }
        if agent.presence == Presence::Offline {
            return Some(Err(Refusal::SignedOut));
        }
        let in_call = agent.call.is_some();
        let own = |call: &cordboard_core::CallId| {
            if agent.call.as_ref() == Some(call) {
                self.calls.get(call).ok_or(Refusal::NoSuchCall)
            } else {
                Err(Refusal::NoSuchCall)
            }
        };
        let talking = |call: &cordboard_core::CallId| {
            own(call).and_then(|call| if call.stage == Stage::Talking { Ok(call) } else { Err(Refusal::NotTalking) })
        };
        let unless = |refused: bool, refusal| if refused { Err(refusal) } else { Ok(()) };
        let known = self.directory.agents.contains_key(by);
        Some(match command {
            AgentCommand::Ready | AgentCommand::Break { .. } if !known => Err(Refusal::NoSkillGroup),
            AgentCommand::SignIn | AgentCommand::Ready | AgentCommand::Break { .. } => Ok(()),
            AgentCommand::SignOut => unless(in_call, Refusal::InCall),
            AgentCommand::KeepWrapUp => unless(agent.duty != Duty::WrapUp, Refusal::NotInWrapUp),
            AgentCommand::Answer { call } | AgentCommand::Decline { call } => {
                own(call).and_then(|call| unless(call.stage != Stage::Ringing, Refusal::NotRinging))
            }
            AgentCommand::Hold { call } => talking(call).and_then(|call| unless(call.held, Refusal::AlreadyHeld)),
            AgentCommand::Retrieve { call } => talking(call).and_then(|call| unless(!call.held, Refusal::NotHeld)),
            AgentCommand::Mute { call, .. } => talking(call).map(|_| ()),
            AgentCommand::HangUp { call } => own(call).and_then(|call| match call.stage {
                Stage::Dialing => Ok(()),
                Stage::Talking => {
                    let inbound = call.direction == cordboard_core::Direction::Inbound;
                    unless(inbound && !self.directory.settings.may_hang_up_inbound, Refusal::HangUpNotAllowed)
                }
                Stage::Arrived | Stage::InFlow | Stage::Waiting | Stage::Ringing => Err(Refusal::NotTalking),
            }),
            AgentCommand::Dial { .. } if in_call => Err(Refusal::InCall),
            AgentCommand::Dial { .. } if !agent.connected => Err(Refusal::NoSound),
            AgentCommand::Digits { .. } | AgentCommand::Dial { .. } => return None,
        })
    }
}
