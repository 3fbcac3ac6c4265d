//! Outbound calls: which number is shown, what is heard before the answer, and how a dial fails.

use super::{
    Centre,
    agents::Duty,
    broken::{Broken, Step},
    call::{Armed, Call, DeskLeg, Dial, Progress, Stage},
    commands::{Done, Objection},
    ending::End,
    keys::{AgentKey, CallKey, GroupKey},
    turn::Turn,
};
use crate::{
    CallId, Direction, Disposition, Effect, Fact, LegId, Number, NumberEntry, NumberUsage, Refusal, UtcMs, WhoseDoing,
};

/// What an agent asks for when dialling.
#[derive(Debug)]
pub(super) struct DialWish {
    pub call: CallId,
    pub callee: Number,
    pub caller: Option<Number>,
    pub chance: u64,
    pub city: Option<String>,
    pub last_contact: Option<UtcMs>,
}

/// A number an agent may call out with.
struct Candidate<'a> {
    number: &'a Number,
    entry: &'a NumberEntry,
    group: GroupKey,
}

/// Longest number dialled, characters.
const CALLEE_MAX: usize = 32;

impl Centre {
    /// Calls a number. An agent in after-call work leaves it.
    pub(super) fn dial(&mut self, turn: &mut Turn, agent: AgentKey, wish: DialWish) -> Result<Done, Objection> {
        self.check_dial(agent, &wish)?;
        let candidate = self.choose_caller(agent, &wish)?;
        let (caller, group) = (candidate.number.clone(), candidate.group);
        let trunk = candidate.entry.trunk.clone();
        let key = self.counters.call();
        let (customer, desk_leg) = (self.counters.leg(), self.counters.leg());
        let entry = self.agents.get(agent)?;
        let (agent_id, presence) = (entry.id.clone(), entry.presence.clone());
        let group_id = self.groups.get(group)?.id.clone();
        let id = wish.call;
        let dial = Dial {
            desk: DeskLeg { agent, leg: desk_leg, away_until: None },
            progress: Progress::Nothing,
            since: turn.now.utc,
            ends: turn.now.mono + self.directory.settings.dial_timeout,
        };
        self.lines.take(&caller);
        self.calls.insert(
            key,
            Call {
                id: id.clone(),
                direction: Direction::Outbound,
                trunk: trunk.clone(),
                caller: caller.clone(),
                called: wish.callee.clone(),
                city: wish.city,
                last_contact: wish.last_contact,
                started: turn.now.utc,
                customer,
                held_by_far_side: false,
                keys: String::new(),
                group: Some(group),
                walk: None,
                stage: Stage::Dialing(dial),
                recorded: false,
                told: Vec::new(),
                armed: Armed::default(),
            },
        );
        self.calls.add_desk(key, desk_leg, agent);
        let dialled = Fact::CallDialled {
            leg: customer,
            trunk: trunk.clone(),
            caller: caller.clone(),
            callee: wish.callee.clone(),
            agent: agent_id.clone(),
            group: Some(group_id),
        };
        turn.journal(&id, dialled);
        self.move_agent(turn, agent, presence, Duty::Dialing(key), Some(&id)).map_err(|broken| broken.of(key))?;
        turn.push(Effect::AttachDesk { leg: desk_leg, agent: agent_id, call: id.clone() });
        turn.push(Effect::DialLeg { leg: customer, call: id.clone(), trunk, caller, callee: wish.callee });
        self.call_touched(turn, key).map_err(|broken| broken.of(key))?;
        Ok(Done::with_call(id))
    }

    fn check_dial(&self, agent: AgentKey, wish: &DialWish) -> Result<(), Objection> {
        let agent = self.agents.get(agent)?;
        match agent.duty {
            Duty::Idle | Duty::WrapUp(_) => {}
            Duty::Ringing(_) | Duty::Dialing(_) | Duty::Talking(_) => return Err(Refusal::InCall.into()),
        }
        if !agent.connected {
            return Err(Refusal::NoSound.into());
        }
        let callee = wish.callee.as_str();
        let dialable = callee.chars().all(|c| matches!(c, '0'..='9' | '*' | '#' | '+'));
        if callee.is_empty() || callee.len() > CALLEE_MAX || !dialable || self.calls.find(&wish.call).is_some() {
            return Err(Refusal::BadCommand.into());
        }
        Ok(())
    }

    /// The number to show: the one wished for, or one of the callee's city, or any by chance. Numbers that are
    /// full or whose trunk is down are passed over unless wished for.
    fn choose_caller(&self, agent: AgentKey, wish: &DialWish) -> Result<Candidate<'_>, Objection> {
        let all = self.candidates(agent)?;
        if let Some(wished) = &wish.caller {
            let candidate = all.into_iter().find(|candidate| candidate.number == wished);
            let candidate = candidate.ok_or(Refusal::CallerNotYours)?;
            return match self.obstacle(&candidate) {
                Some(obstacle) => Err(obstacle.into()),
                None => Ok(candidate),
            };
        }
        let first_obstacle = all.iter().find_map(|candidate| self.obstacle(candidate));
        let mut free: Vec<_> = all.into_iter().filter(|candidate| self.obstacle(candidate).is_none()).collect();
        if free.is_empty() {
            return Err(first_obstacle.unwrap_or(Refusal::NoOutboundNumber).into());
        }
        let same_city = |candidate: &Candidate<'_>| wish.city.is_some() && candidate.entry.city == wish.city;
        if free.iter().any(same_city) {
            free.retain(same_city);
        }
        let chosen = usize::try_from(wish.chance % free.len() as u64).unwrap_or(0);
        Ok(free.swap_remove(chosen))
    }

    /// The numbers of an agent's groups that may be used outward, each once.
    fn candidates(&self, agent: AgentKey) -> Result<Vec<Candidate<'_>>, Broken> {
        let mut found: Vec<Candidate<'_>> = Vec::new();
        for &(group, _) in &self.agents.get(agent)?.levels {
            let Some(listed) = self.directory.groups.get(&self.groups.get(group)?.id) else { continue };
            for number in &listed.outbound_numbers {
                let Some((number, entry)) = self.directory.numbers.get_key_value(number) else { continue };
                let usable = match entry.usage {
                    NumberUsage::Outbound | NumberUsage::Bidirection => true,
                    NumberUsage::Inbound => false,
                };
                if usable && found.iter().all(|candidate| candidate.number != number) {
                    found.push(Candidate { number, entry, group });
                }
            }
        }
        Ok(found)
    }

    fn obstacle(&self, candidate: &Candidate<'_>) -> Option<Refusal> {
        if !self.lines.is_up(&candidate.entry.trunk) {
            return Some(Refusal::TrunkDown);
        }
        (!self.lines.has_room(candidate.number, candidate.entry)).then_some(Refusal::LinesBusy)
    }

    /// The far side rings, or its network speaks.
    pub(super) fn on_leg_ringing(&mut self, turn: &mut Turn, leg: LegId, early_media: bool) -> Step {
        let Some(key) = self.calls.of_customer(leg) else { return Ok(()) };
        let call = self.calls.get_mut(key)?;
        let Stage::Dialing(dial) = &mut call.stage else { return Ok(()) };
        let progress = match (dial.progress, early_media) {
            (Progress::Nothing | Progress::Ringing, true) => Progress::Speaking,
            (Progress::Nothing, false) => Progress::Ringing,
            (Progress::Ringing, false) | (Progress::Speaking, _) => return Ok(()),
        };
        if dial.progress == Progress::Nothing {
            dial.since = turn.now.utc;
        }
        dial.progress = progress;
        turn.journal(&call.id, Fact::CustomerRinging { early_media });
        self.call_touched(turn, key).map_err(|broken| broken.of(key))
    }

    /// The customer answered our dial. For an inbound leg it only confirms our own answer.
    pub(super) fn on_leg_answered(&mut self, turn: &mut Turn, leg: LegId) -> Step {
        let Some(key) = self.calls.of_customer(leg) else { return Ok(()) };
        let call = self.calls.get(key)?;
        let Stage::Dialing(dial) = &call.stage else { return Ok(()) };
        let desk = DeskLeg { agent: dial.desk.agent, leg: dial.desk.leg, away_until: dial.desk.away_until };
        turn.journal(&call.id, Fact::CustomerAnswered);
        self.bridge(turn, key, desk, None).map_err(|broken| broken.of(key))
    }

    /// Nobody answered for as long as a dial may ring.
    pub(super) fn on_dial_timeout(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        match self.calls.get(key)?.stage {
            Stage::Dialing(_) => {
                self.end_call(turn, key, End::new(Disposition::NoAnswer, WhoseDoing::Customer));
                Ok(())
            }
            Stage::Passing | Stage::InFlow(_) | Stage::Waiting(_) | Stage::Ringing(_) | Stage::Talking(_) => {
                Err(Broken::rule("only a dial's deadline ends a dial"))
            }
        }
    }
}
