//! What goes wrong, and what somebody does that nobody expects.

use cordboard_core::{AgentCommand, AgentId, CallId, Event, LegEnd, LegId, PlayId};

use super::{Plan, World};
use crate::town;

impl World {
    /// Something goes wrong, or somebody does something nobody expects.
    pub(super) fn mishap(&mut self) -> Option<Event> {
        let agent = town::agent(self.rng.below(town::AGENTS));
        let living: Vec<LegId> = self.customers.keys().copied().collect();
        let leg = match self.rng.below(10) {
            0 => LegId(self.rng.below(1_000_000)),
            1 | 2 => self.over.get(usize::try_from(self.rng.below(50)).ok()?).copied()?,
            _ => self.rng.pick(&living).copied()?,
        };
        match self.rng.below(100) {
            0..=4 => {
                let after = self.rng.millis(200, 20_000);
                self.plan(after, Plan::DeskReturns(agent.clone()));
                Some(Event::DeskLost { agent })
            }
            5 => Some(Event::DeskConnected { agent }),
            6..=11 => Some(Event::FarSideHeld { leg, held: self.rng.percent(50) }),
            12..=15 => Some(Event::DigitPressed { leg, digit: self.key() }),
            16 | 17 => Some(Event::PromptEnded { leg, play: PlayId(self.rng.below(100_000)), played: true }),
            18 | 19 => Some(Event::LegAnswered { leg }),
            20 => Some(Event::LegRinging { leg, early_media: self.rng.percent(50) }),
            21 => {
                let trunk = if self.rng.percent(50) { "east" } else { "west" };
                Some(Event::TrunkChanged { trunk: trunk.into(), up: self.rng.percent(70) })
            }
            22 if self.rng.once_in(4) => {
                town::change(&mut self.rng, &mut self.directory);
                Some(Event::DirectoryChanged(Box::new(self.directory.clone())))
            }
            23 if self.rng.once_in(10) => {
                let desks: Vec<LegId> = self.desks.keys().copied().collect();
                let desk = self.rng.pick(&desks).copied()?;
                Some(self.leg_ends(desk, LegEnd::Failed, None))
            }
            24 if self.rng.once_in(4) => {
                let odd = [LegEnd::WeHungUp, LegEnd::Failed, LegEnd::Refused, LegEnd::NoAnswer, LegEnd::Lost];
                let kind = *self.rng.pick(&odd)?;
                Some(self.leg_ends(leg, kind, None))
            }
            25 => Some(Event::DeadlineReached),
            _ => {
                let busy: Vec<AgentId> = self.at_agent.keys().cloned().collect();
                let agent = if self.rng.percent(70) { self.rng.pick(&busy).cloned()? } else { agent };
                let command = self.any_command(&agent);
                Some(self.command(agent, command))
            }
        }
    }

    fn any_command(&mut self, agent: &AgentId) -> AgentCommand {
        let own = self.at_agent.get(agent).cloned();
        let others: Vec<CallId> = self.customers.values().cloned().collect();
        let call = match self.rng.below(20) {
            0 => CallId("job-nobody".to_owned()),
            1 => self.rng.pick(&others).cloned().unwrap_or(CallId(String::new())),
            _ => own.unwrap_or(CallId(String::new())),
        };
        match self.rng.below(30) {
            0..=4 => AgentCommand::Hold { call },
            5..=9 => AgentCommand::Retrieve { call },
            10..=13 => AgentCommand::Mute { call, muted: self.rng.percent(50) },
            14 => AgentCommand::Digits { call, digits: (*self.rng.pick(&["1", "12#", "", "x"]).unwrap_or(&"")).into() },
            15 => AgentCommand::Answer { call },
            16 => AgentCommand::Decline { call },
            17 => AgentCommand::HangUp { call },
            18..=20 => AgentCommand::Ready,
            21 => AgentCommand::Break { code: "Lunch".to_owned() },
            22 if self.rng.once_in(3) => AgentCommand::SignOut,
            23 => AgentCommand::SignIn,
            24 => AgentCommand::KeepWrapUp,
            _ => self.dial(),
        }
    }

    fn dial(&mut self) -> AgentCommand {
        self.calls_made += 1;
        let city = ["Shanghai", "Beijing", "Xi'an"];
        AgentCommand::Dial {
            call: CallId(format!("job-{}", self.calls_made)),
            callee: if self.rng.once_in(20) { "sip:x".into() } else { "+8613900000001".into() },
            caller: self.rng.once_in(3).then(|| town::number(self.rng.below(town::NUMBERS))),
            chance: self.rng.bits(),
            city: self.rng.pick(&city).map(|city| (*city).to_owned()),
            last_contact: None,
        }
    }
}
