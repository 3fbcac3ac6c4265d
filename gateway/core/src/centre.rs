//! One contact centre as a value: everything it knows, and the door by which events enter and effects leave.

#[macro_use]
mod planted;

mod adopt;
mod agents;
mod arrivals;
mod broken;
mod call;
mod calls;
mod commands;
mod desk;
mod dial;
mod ending;
mod flow_engine;
mod groups;
mod hearing;
mod keys;
mod lines;
mod offers;
mod outcome;
mod presence;
mod queue;
mod router;
mod stages;
mod talk;
mod timers;
mod turn;
mod view;
mod walk;
mod wrap_up;

#[cfg(test)]
mod tests;

use self::{
    agents::Agents,
    broken::{Broken, Step},
    calls::Calls,
    flow_engine::Flows,
    groups::Groups,
    keys::Counters,
    lines::Lines,
    timers::{CallTimer, Timer, Timers},
    turn::Turn,
};
use crate::{DeadlineReason, Directory, Effect, Event, InstanceId, LegId, Mono, Now};

/// A contact centre: agents, queues, calls and flows of one instance.
///
/// Every step runs in the same order: deadlines that have come, then the event, and after each of them the router,
/// so that no step ends with a caller waiting for an agent who could take them.
#[derive(Debug)]
pub struct Centre {
    instance: InstanceId,
    directory: Directory,
    flows: Flows,
    agents: Agents,
    groups: Groups,
    calls: Calls,
    timers: Timers,
    lines: Lines,
    counters: Counters,
    #[cfg(feature = "planted-faults")]
    fault: Option<crate::faults::Fault>,
}

impl Centre {
    /// Makes a centre in which everybody is signed out and nobody calls.
    pub fn new(instance: InstanceId, directory: Directory) -> Self {
        let mut centre = Self {
            instance,
            directory: Directory::default(),
            flows: Flows::default(),
            agents: Agents::default(),
            groups: Groups::default(),
            calls: Calls::default(),
            timers: Timers::default(),
            lines: Lines::default(),
            counters: Counters::default(),
            #[cfg(feature = "planted-faults")]
            fault: None,
        };
        centre.adopt_directory(directory);
        centre
    }

    /// Plants a fault, so that the laws of the simulation can be tried against it.
    #[cfg(feature = "planted-faults")]
    pub fn plant(&mut self, fault: crate::faults::Fault) {
        self.fault = Some(fault);
    }

    /// The instance.
    pub fn instance(&self) -> &InstanceId {
        &self.instance
    }

    /// Counts a leg for a call that arrives; it must be used in one [`Event::CallArrived`].
    pub fn next_leg(&mut self) -> LegId {
        let leg = self.counters.leg();
        self.calls.expect_arrival(leg);
        leg
    }

    /// Decides what an event leads to.
    ///
    /// Deadlines that have come by `now` are handled first, whatever the event. An event about something that is
    /// over (a leg that ended, a playing that was cut short) does nothing. Every command is answered in the same
    /// step, once.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Effect> {
        let mut turn = Turn::new(now);
        while let Some(timer) = self.timers.take_due(now.mono) {
            let step = self.on_deadline(&mut turn, timer);
            self.close_step(&mut turn, step);
        }
        let step = self.on_event(&mut turn, event);
        self.close_step(&mut turn, step);
        self.finish(turn)
    }

    /// When the next deadline is, and why.
    pub fn next_deadline(&self) -> Option<(Mono, DeadlineReason)> {
        self.timers.next()
    }

    /// How many calls there are.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    fn on_event(&mut self, turn: &mut Turn, event: Event) -> Step {
        match event {
            Event::DeadlineReached => Ok(()),
            Event::DirectoryChanged(directory) => self.on_directory_changed(turn, *directory),
            Event::CallArrived(arrival) => self.on_call_arrived(turn, arrival),
            Event::LegRinging { leg, early_media } => self.on_leg_ringing(turn, leg, early_media),
            Event::LegAnswered { leg } => self.on_leg_answered(turn, leg),
            Event::LegEnded { leg, cause } => self.on_leg_ended(turn, leg, &cause),
            Event::FarSideHeld { leg, held } => self.on_far_side_held(turn, leg, held),
            Event::PromptEnded { leg, play, played } => self.on_prompt_ended(turn, leg, play, played),
            Event::DigitPressed { leg, digit } => self.on_digit_pressed(turn, leg, digit),
            Event::DeskConnected { agent } => self.on_desk_connected(turn, &agent),
            Event::DeskLost { agent } => self.on_desk_lost(turn, &agent),
            Event::Commanded { agent, ticket, command } => {
                self.on_command(turn, &agent, ticket, command);
                Ok(())
            }
            Event::TrunkChanged { trunk, up } => {
                self.lines.trunk_changed(trunk, up);
                Ok(())
            }
        }
    }

    fn on_deadline(&mut self, turn: &mut Turn, timer: Timer) -> Step {
        self.disarmed(timer);
        let (call, which) = match timer {
            Timer::Call(call, which) => (call, which),
            Timer::WrapUp(agent) => return self.on_wrap_up_over(turn, agent),
        };
        let step = match which {
            CallTimer::Ring => self.on_ring_timeout(turn, call),
            CallTimer::Queue => self.on_queue_timeout(turn, call),
            CallTimer::Menu => self.on_menu_timeout(turn, call),
            CallTimer::Dial => self.on_dial_timeout(turn, call),
            CallTimer::Grace => self.on_desk_grace_over(turn, call),
        };
        step.map_err(|broken| broken.of(call))
    }

    fn close_step(&mut self, turn: &mut Turn, step: Step) {
        if let Err(broken) = step {
            self.contain(turn, broken);
        }
        self.route_waiting_calls(turn);
    }

    fn contain(&mut self, turn: &mut Turn, broken: Broken) {
        tracing::error!(instance = %self.instance, rule = broken.rule, "a rule of the centre was broken");
        if let Some(call) = broken.call {
            self.end_broken_call(turn, call, broken.rule);
        }
    }

    fn finish(&mut self, mut turn: Turn) -> Vec<Effect> {
        self.tell_queues(&mut turn);
        self.tell_views(&mut turn);
        turn.into_effects()
    }
}
