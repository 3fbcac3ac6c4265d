//! The engine that walks flows. A call in a flow either waits for a prompt's end or a key, or is on its way to the
//! next node; a flow that never waits is stopped.

use std::{sync::Arc, time::Duration};

use super::{
    Centre,
    broken::{Broken, Step},
    call::{FlowStep, Stage},
    ending::End,
    keys::{CallKey, Table},
    queue::{Entered, QueueWish},
    talk::is_key,
    turn::Turn,
    walk::Walk,
};
use crate::{Disposition, Fact, Flow, FlowId, LegId, Node, NodeId, PlayId, WhoseDoing};

/// Published flows. Calls share them, and keep the one they began with when another is published.
#[derive(Debug, Default)]
pub(super) struct Flows {
    all: Table<FlowId, Arc<Flow>>,
}

impl Flows {
    /// Takes over the published flows; unchanged ones stay the same.
    pub fn publish(&mut self, flows: impl IntoIterator<Item = (FlowId, Flow)>) {
        self.all = flows.into_iter().map(|(id, flow)| (id, Arc::new(flow))).collect();
    }

    /// A published flow.
    pub fn get(&self, flow: &FlowId) -> Option<&Arc<Flow>> {
        self.all.get(flow)
    }
}

/// Most nodes a call may enter without waiting in between.
const HURRY_MAX: u32 = 1000;
/// A wait shorter than this does not count as one: prompts that cannot be played end at once.
const REAL_WAIT: Duration = Duration::from_millis(100);
/// Most keys remembered of a call.
const KEYS_MAX: usize = 128;
/// What a menu waits for a key, at least and at most.
const MENU_TIMEOUT: std::ops::RangeInclusive<u32> = 1_000..=60_000;

/// Where a node leads.
enum Onward {
    /// The call waits here.
    Waits,
    /// To another node.
    To(NodeId),
    /// Nowhere: the call ends.
    Ends(End),
}

impl Centre {
    /// A call enters a flow.
    pub(super) fn begin_flow(&mut self, turn: &mut Turn, key: CallKey, flow: &FlowId) -> Step {
        let flow = self.flows.get(flow).cloned().ok_or(Broken::rule("a route names a flow").of(key))?;
        let start = flow.start.clone();
        let call = self.calls.get_mut(key)?;
        turn.journal(&call.id, Fact::FlowEntered { flow: flow.flow_id.clone() });
        call.walk = Some(Walk {
            flow,
            node: start.clone(),
            hurried: 0,
            waits_since: turn.now.mono,
            typed_ahead: String::new(),
        });
        self.walk_on(turn, key, start)
    }

    /// Walks from a node until the call waits or ends.
    pub(super) fn walk_on(&mut self, turn: &mut Turn, key: CallKey, node: NodeId) -> Step {
        let walk = self.walk_of(key)?;
        if turn.now.mono.since(walk.waits_since) >= REAL_WAIT {
            walk.hurried = 0;
        }
        walk.waits_since = turn.now.mono;
        let mut node = node;
        loop {
            match self.enter_node(turn, key, node)? {
                Onward::Waits => return Ok(()),
                Onward::To(next) => node = next,
                Onward::Ends(end) => {
                    self.end_call(turn, key, end);
                    return Ok(());
                }
            }
        }
    }

    fn enter_node(&mut self, turn: &mut Turn, key: CallKey, name: NodeId) -> Result<Onward, Broken> {
        let walk = self.walk_of(key)?;
        walk.hurried += 1;
        if walk.hurried > HURRY_MAX {
            return Ok(failed(&format!("the flow went round without waiting, last at node {name}")));
        }
        let flow = Arc::clone(&walk.flow);
        let Some(node) = flow.nodes.get(&name) else {
            return Ok(failed(&format!("the flow has no node {name}")));
        };
        walk.node.clone_from(&name);
        turn.journal(&self.calls.get(key)?.id, Fact::NodeEntered { node: name });
        match node {
            Node::Play { prompts, next } => {
                if prompts.is_empty() {
                    return Ok(Onward::To(next.clone()));
                }
                let play = self.counters.play();
                let step = FlowStep::Playing { play, prompts: prompts.clone(), next: next.clone() };
                self.change_stage(turn, key, Stage::InFlow(step))?;
                Ok(Onward::Waits)
            }
            Node::Menu { tries, keys, .. } => match self.walk_of(key)?.typed_ahead(keys) {
                Some(next) => Ok(Onward::To(next)),
                None => self.ask(turn, key, node, (*tries).max(1), false),
            },
            Node::TransferToAgent {
                skill_group,
                priority,
                queue_timeout_seconds,
                queue_limit,
                on_timeout,
                on_overflow,
            } => {
                if !self.directory.groups.contains_key(skill_group) {
                    return Ok(failed(&format!(
                        "the flow transfers to skill group {skill_group}, which does not exist"
                    )));
                }
                let wish = QueueWish {
                    group: skill_group.clone(),
                    priority: (*priority).clamp(1, 99),
                    timeout: queue_timeout_seconds.map(|seconds| Duration::from_secs(seconds.clamp(1, 3600).into())),
                    limit: *queue_limit,
                    on_timeout: on_timeout.clone(),
                };
                Ok(match (self.enqueue(turn, key, wish)?, on_overflow) {
                    (Entered::Waits, _) => Onward::Waits,
                    (Entered::Full, Some(next)) => Onward::To(next.clone()),
                    (Entered::Full, None) => Onward::Ends(End::new(Disposition::QueueOverflow, WhoseDoing::Gateway)),
                })
            }
            Node::HangUp => Ok(Onward::Ends(End::new(Disposition::FlowEnded, WhoseDoing::Gateway))),
        }
    }

    /// Plays a menu, or listens at once if it says nothing.
    fn ask(
        &mut self,
        turn: &mut Turn,
        key: CallKey,
        menu: &Node,
        tries_left: u8,
        was_invalid: bool,
    ) -> Result<Onward, Broken> {
        let Node::Menu { prompts, timeout_ms, invalid_prompts, .. } = menu else {
            return Err(Broken::rule("a call is asked by a menu").of(key));
        };
        let mut said = if was_invalid { invalid_prompts.clone() } else { Vec::new() };
        said.extend(prompts.iter().cloned());
        let step = if said.is_empty() {
            FlowStep::Listening { until: turn.now.mono + listening_time(*timeout_ms), tries_left }
        } else {
            FlowStep::Prompting { play: self.counters.play(), prompts: said, tries_left }
        };
        self.change_stage(turn, key, Stage::InFlow(step))?;
        Ok(Onward::Waits)
    }

    /// Prompts were played to their end, or could not be.
    pub(super) fn on_prompt_ended(&mut self, turn: &mut Turn, leg: LegId, play: PlayId, played: bool) -> Step {
        let Some(key) = self.calls.of_customer(leg) else { return Ok(()) };
        self.prompts_ended(turn, key, play, played).map_err(|broken| broken.of(key))
    }

    fn prompts_ended(&mut self, turn: &mut Turn, key: CallKey, play: PlayId, played: bool) -> Step {
        let (next, tries_left) = match &self.calls.get(key)?.stage {
            Stage::InFlow(FlowStep::Playing { play: present, next, .. }) if *present == play => (Some(next.clone()), 0),
            Stage::InFlow(FlowStep::Prompting { play: present, tries_left, .. }) if *present == play => {
                (None, *tries_left)
            }
            // A playing that was cut short, or another leg's.
            Stage::InFlow(FlowStep::Playing { .. } | FlowStep::Prompting { .. } | FlowStep::Listening { .. })
            | Stage::Passing
            | Stage::Waiting(_)
            | Stage::Ringing(_)
            | Stage::Dialing(_)
            | Stage::Talking(_) => return Ok(()),
        };
        self.prompts_are_over(key, play)?;
        if !played {
            let node = self.walk_of(key)?.node.clone();
            turn.journal(&self.calls.get(key)?.id, Fact::PromptMissing { node });
        }
        match next {
            Some(next) => self.walk_on(turn, key, next),
            None => {
                let walk = self.walk_of(key)?;
                walk.waits_since = turn.now.mono;
                let (flow, name) = (Arc::clone(&walk.flow), walk.node.clone());
                let Some(Node::Menu { timeout_ms, .. }) = flow.nodes.get(&name) else {
                    return Err(Broken::rule("a call that is asked stands at a menu"));
                };
                let until = turn.now.mono + listening_time(*timeout_ms);
                self.change_stage(turn, key, Stage::InFlow(FlowStep::Listening { until, tries_left }))
            }
        }
    }

    /// A key was pressed. It counts in a menu, or in the next one if it came while something is played.
    pub(super) fn on_digit_pressed(&mut self, turn: &mut Turn, leg: LegId, digit: char) -> Step {
        let Some(key) = self.calls.of_customer(leg) else { return Ok(()) };
        self.digit_pressed(turn, key, digit).map_err(|broken| broken.of(key))
    }

    fn digit_pressed(&mut self, turn: &mut Turn, key: CallKey, digit: char) -> Step {
        let call = self.calls.get_mut(key)?;
        let Stage::InFlow(step) = &call.stage else { return Ok(()) };
        if !is_key(digit) {
            return Ok(());
        }
        let tries_left = match step {
            FlowStep::Playing { .. } => None,
            FlowStep::Prompting { tries_left, .. } | FlowStep::Listening { tries_left, .. } => Some(*tries_left),
        };
        if call.keys.len() < KEYS_MAX {
            call.keys.push(digit);
            turn.journal(&call.id, Fact::KeyPressed { digit });
        }
        let walk = self.walk_of(key)?;
        let Some(tries_left) = tries_left else {
            walk.type_ahead(digit);
            return Ok(());
        };
        let (flow, name) = (Arc::clone(&walk.flow), walk.node.clone());
        let Some(menu @ Node::Menu { keys, .. }) = flow.nodes.get(&name) else {
            return Err(Broken::rule("a call that is asked stands at a menu"));
        };
        match keys.get(&digit) {
            Some(next) => self.walk_on(turn, key, next.clone()),
            None => self.ask_again(turn, key, menu, tries_left, true),
        }
    }

    /// A menu has waited long enough for a key.
    pub(super) fn on_menu_timeout(&mut self, turn: &mut Turn, key: CallKey) -> Step {
        let Stage::InFlow(FlowStep::Listening { tries_left, .. }) = self.calls.get(key)?.stage else {
            return Err(Broken::rule("only a menu that listens times out"));
        };
        let walk = self.walk_of(key)?;
        let (flow, name) = (Arc::clone(&walk.flow), walk.node.clone());
        let Some(menu) = flow.nodes.get(&name) else {
            return Err(Broken::rule("a call that is asked stands at a menu").of(key));
        };
        self.ask_again(turn, key, menu, tries_left, false)
    }

    fn ask_again(&mut self, turn: &mut Turn, key: CallKey, menu: &Node, tries_left: u8, was_invalid: bool) -> Step {
        if tries_left > 1 {
            return self.ask(turn, key, menu, tries_left - 1, was_invalid).map(|_| ());
        }
        let Node::Menu { otherwise, .. } = menu else {
            return Err(Broken::rule("a call that is asked stands at a menu").of(key));
        };
        self.walk_on(turn, key, otherwise.clone())
    }

    fn walk_of(&mut self, key: CallKey) -> Result<&mut Walk, Broken> {
        self.calls.get_mut(key)?.walk.as_mut().ok_or(Broken::rule("a call in a flow walks one").of(key))
    }
}

fn failed(what: &str) -> Onward {
    Onward::Ends(End::new(Disposition::FlowFailed, WhoseDoing::Gateway).with_text(what))
}

fn listening_time(timeout_ms: u32) -> Duration {
    Duration::from_millis(timeout_ms.clamp(*MENU_TIMEOUT.start(), *MENU_TIMEOUT.end()).into())
}
