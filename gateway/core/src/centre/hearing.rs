//! Who hears whom. One function derives it from a call's stage, and only what changed is told.
//!
//! The parties of a call stand in a matrix: [`hears`] says of each pair whether the one hears the other. Where a
//! party hears nobody, a backdrop takes the place. Coaching, monitoring and conferences are more rows of it.

use super::{
    Centre,
    broken::Step,
    call::{Call, FlowStep, Progress, Stage},
    keys::CallKey,
    turn::Turn,
};
use crate::{Effect, LegId, PlayId, Sound};

/// What a leg was told to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    leg: LegId,
    plan: Plan,
}

/// A sound before its prompts are spelt out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    Silence,
    Prompts(PlayId),
    Music,
    Ringback,
    Legs(Vec<LegId>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Customer,
    Agent,
}

/// One party as far as hearing goes.
#[derive(Debug, Clone)]
struct Party {
    leg: LegId,
    role: Role,
    /// Whether what the party says is to be kept from everybody.
    muted: bool,
    /// Whether the party is cut off from everybody for the time being.
    apart: bool,
    /// What the party hears while nobody is heard.
    backdrop: Plan,
}

/// Whether `listener` hears `speaker`.
fn hears(listener: &Party, speaker: &Party) -> bool {
    if listener.leg == speaker.leg || listener.apart || speaker.apart || speaker.muted {
        return false;
    }
    match (listener.role, speaker.role) {
        (Role::Customer, Role::Agent) | (Role::Agent, Role::Customer) => true,
        (Role::Customer, Role::Customer) | (Role::Agent, Role::Agent) => true,
    }
}

fn plan(listener: &Party, parties: &[Party]) -> Plan {
    let heard: Vec<LegId> = parties.iter().filter(|speaker| hears(listener, speaker)).map(|party| party.leg).collect();
    if heard.is_empty() { listener.backdrop.clone() } else { Plan::Legs(heard) }
}

/// The parties of a call in its present stage.
///
/// A held customer hears music and the agent silence. An agent held by the far side hears silence. While a desk is
/// away the customer hears silence, not music: a reload takes a second or two, and music in the middle of a
/// sentence says "I have put you away", which nobody did.
fn parties(call: &Call) -> Vec<Party> {
    let customer = |backdrop, apart| Party { leg: call.customer, role: Role::Customer, muted: false, apart, backdrop };
    match &call.stage {
        // Goes on hearing what it heard: the same step will say what comes next.
        Stage::Passing => Vec::new(),
        Stage::InFlow(FlowStep::Playing { play, .. } | FlowStep::Prompting { play, .. }) => {
            vec![customer(Plan::Prompts(*play), true)]
        }
        Stage::InFlow(FlowStep::Listening { .. }) => vec![customer(Plan::Silence, true)],
        Stage::Waiting(_) | Stage::Ringing(_) => vec![customer(Plan::Music, true)],
        Stage::Dialing(dial) => {
            let (backdrop, speaks) = match dial.progress {
                Progress::Nothing => (Plan::Silence, false),
                Progress::Ringing => (Plan::Ringback, false),
                Progress::Speaking => (Plan::Silence, true),
            };
            let away = dial.desk.away_until.is_some();
            let backdrop = if away { Plan::Silence } else { backdrop };
            // The agent hears the network before anybody answers, and is not heard by it.
            vec![
                customer(Plan::Silence, !speaks),
                Party { leg: dial.desk.leg, role: Role::Agent, muted: true, apart: away, backdrop },
            ]
        }
        Stage::Talking(talk) => {
            let held = talk.held.is_some();
            let away = talk.desk.away_until.is_some();
            let backdrop = if held { Plan::Music } else { Plan::Silence };
            vec![
                Party { muted: call.held_by_far_side, ..customer(backdrop, held) },
                Party {
                    leg: talk.desk.leg,
                    role: Role::Agent,
                    muted: talk.muted,
                    apart: away,
                    backdrop: Plan::Silence,
                },
            ]
        }
    }
}

impl Centre {
    /// Tells the legs of a call what they hear, where that has changed.
    pub(super) fn tell_hearing(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        let call = self.calls.get_mut(key)?;
        let mut parties = parties(call);
        if planted!(self, MuteIsHeard) {
            parties.iter_mut().for_each(|party| party.muted = false);
        }
        if planted!(self, HoldIsHeard) && matches!(call.stage, Stage::Talking(_)) {
            parties.iter_mut().for_each(|party| party.apart = false);
        }
        for party in &parties {
            let plan = plan(party, &parties);
            let told = match call.told.iter_mut().find(|told| told.leg == party.leg) {
                Some(told) => told,
                None => {
                    call.told.push(Told { leg: party.leg, plan: Plan::Silence });
                    let Some(told) = call.told.last_mut() else { continue };
                    told
                }
            };
            if told.plan != plan {
                turn.push(Effect::Hear { leg: party.leg, sound: sound(&plan, &call.stage) });
                told.plan = plan;
            }
        }
        Ok(())
    }

    /// Notes that a playing is over: the leg hears silence by itself.
    pub(super) fn prompts_are_over(&mut self, key: CallKey, play: PlayId) -> Step {
        let call = self.calls.get_mut(key)?;
        for told in &mut call.told {
            if told.plan == Plan::Prompts(play) {
                told.plan = Plan::Silence;
            }
        }
        Ok(())
    }
}

fn sound(plan: &Plan, stage: &Stage) -> Sound {
    match plan {
        Plan::Silence => Sound::Silence,
        Plan::Music => Sound::Music,
        Plan::Ringback => Sound::Ringback,
        Plan::Legs(legs) => Sound::Legs(legs.clone()),
        Plan::Prompts(play) => match stage {
            Stage::InFlow(FlowStep::Playing { prompts, .. } | FlowStep::Prompting { prompts, .. }) => {
                Sound::Prompts { play: *play, prompts: prompts.clone() }
            }
            Stage::InFlow(FlowStep::Listening { .. })
            | Stage::Passing
            | Stage::Waiting(_)
            | Stage::Ringing(_)
            | Stage::Dialing(_)
            | Stage::Talking(_) => Sound::Silence,
        },
    }
}
