//! What a desk shows, rendered from what the centre knows: one state for all languages, one view for each desk.

use std::sync::Arc;

use cordboard_core::{Activity, AgentSnapshot, CallPhase, CallSnapshot, Direction, Presence, WrapUpSnapshot};
use cordboard_wire as wire;
use wire::Locale;

use super::{one_way, pop, words};
use crate::numbers;

/// All that a view is rendered from; the newest one replaces the others.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskState {
    /// Rises with each change.
    pub seq: u64,
    /// What the core knows.
    pub agent: AgentSnapshot,
    /// What the configuration says about the agent.
    pub display_name: String,
    /// Eight digits.
    pub extension: String,
    /// Skill group names by id, as the snapshot's groups are ordered.
    pub group_names: Vec<String>,
    /// Queue name of each call of the snapshot.
    pub queue_names: Vec<Option<String>>,
    /// Quality of the sound, in a call.
    pub quality: Option<wire::Quality>,
    /// Why one does not hear the other, in each call of the snapshot.
    pub sound_troubles: Vec<Option<wire::SoundTrouble>>,
    /// Not read yet.
    pub notices: Vec<NoticeState>,
    /// The centre around.
    pub surroundings: Arc<Surroundings>,
}

/// A notice before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeState {
    /// To dismiss and to quote.
    pub notice_id: String,
    /// What.
    pub trouble: words::Trouble,
    /// When, UTC milliseconds.
    pub at_ms: i64,
    /// About which call.
    pub call_id: Option<String>,
}

/// What all desks of a centre share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The instance.
    pub instance: String,
    /// Break reasons.
    pub break_codes: Vec<String>,
    /// Screen pop template.
    pub pop_template: Option<String>,
    /// The CRM's home.
    pub pop_home_url: Option<String>,
    /// Demo or not.
    pub demo: bool,
    /// Whether all trunks that are dialled out through are up.
    pub trunk_up: bool,
    /// Whether agents may hang up inbound calls.
    pub may_hang_up_inbound: bool,
}

impl DeskState {
    /// The view in a language.
    pub fn render(&self, locale: Locale) -> wire::DeskView {
        let agent = &self.agent;
        wire::DeskView {
            agent: wire::AgentView {
                user_id: agent.agent.0.clone(),
                display_name: self.display_name.clone(),
                extension: self.extension.clone(),
                presence: presence(&agent.presence),
                activity: activity(agent.activity),
                since_ms: agent.since.0,
                next_presence: agent.next_presence.as_ref().map(presence),
                groups: self.groups(),
                media_connected: agent.desk_connected,
                quality: self.quality.clone(),
            },
            calls: (agent.calls.iter().zip(&self.queue_names).zip(&self.sound_troubles))
                .map(|((call, queue), trouble)| {
                    let sound_trouble = trouble.map(|code| one_way::view(code, locale));
                    wire::CallView { sound_trouble, ..self.call(call, queue) }
                })
                .collect(),
            wrap_up: agent.wrap_up.as_ref().map(|wrap_up| self.wrap_up(wrap_up, locale)),
            notices: self.notices.iter().map(|notice| render_notice(notice, locale)).collect(),
            centre: self.centre(),
        }
    }

    fn groups(&self) -> Vec<wire::GroupView> {
        let groups = self.agent.groups.iter().zip(&self.group_names);
        groups
            .map(|((group, level, waiting), name)| wire::GroupView {
                skill_group_id: group.0.clone(),
                display_name: name.clone(),
                level: *level,
                waiting: *waiting,
            })
            .collect()
    }

    fn call(&self, call: &CallSnapshot, queue: &Option<String>) -> wire::CallView {
        wire::CallView {
            call_id: call.call.0.clone(),
            direction: direction(call.direction),
            phase: match call.phase {
                CallPhase::Ringing => wire::CallPhase::Ringing,
                CallPhase::Dialing => wire::CallPhase::Dialing,
                CallPhase::Alerting => wire::CallPhase::Alerting,
                CallPhase::Talking => wire::CallPhase::Talking,
                CallPhase::Held => wire::CallPhase::Held,
            },
            caller: numbers::national(&call.caller),
            called: numbers::national(&call.called),
            city: call.city.clone(),
            queue: queue.clone(),
            waited_ms: call.waited_ms,
            keys: call.keys.clone(),
            last_contact_ms: call.last_contact.map(|at| at.0),
            started_ms: call.started.0,
            phase_ms: call.phase_since.0,
            ring_ends_ms: call.ring_ends.map(|at| at.0),
            answered_ms: call.answered.map(|at| at.0),
            muted: call.muted,
            held_by_far_side: call.held_by_far_side,
            recorded: call.recorded,
            sound_trouble: None,
            pop_url: self.pop_url(call),
        }
    }

    /// A template that cannot be filled was refused when it was configured; a call then simply has no page.
    fn pop_url(&self, call: &CallSnapshot) -> Option<String> {
        let values = pop::PopValues {
            caller: &numbers::national(&call.caller),
            called: &numbers::national(&call.called),
            call_id: call.call.as_str(),
            direction: match call.direction {
                Direction::Inbound => "Inbound",
                Direction::Outbound => "Outbound",
            },
        };
        pop::fill(self.surroundings.pop_template.as_deref()?, &values).ok()
    }

    fn wrap_up(&self, wrap_up: &WrapUpSnapshot, locale: Locale) -> wire::WrapUpView {
        wire::WrapUpView {
            ends_ms: wrap_up.ends.map(|at| at.0),
            call: wire::EndedCallView {
                call_id: wrap_up.call.0.clone(),
                direction: direction(wrap_up.direction),
                caller: numbers::national(&wrap_up.caller),
                called: numbers::national(&wrap_up.called),
                talked_ms: wrap_up.talked_ms,
                cause: words::end_cause(wrap_up.disposition),
                by: words::whose_doing(wrap_up.by),
                sip_status: wrap_up.sip_status,
                sentence: words::end_sentence(
                    wrap_up.disposition,
                    wrap_up.by,
                    wrap_up.direction,
                    wrap_up.sip_status,
                    locale,
                ),
            },
        }
    }

    fn centre(&self) -> wire::CentreView {
        let around = &self.surroundings;
        wire::CentreView {
            instance: around.instance.clone(),
            break_codes: around.break_codes.clone(),
            pop_home_url: around.pop_home_url.clone(),
            demo: around.demo,
            trunk_up: around.trunk_up,
            may_hang_up_inbound: around.may_hang_up_inbound,
        }
    }
}

fn render_notice(notice: &NoticeState, locale: Locale) -> wire::Notice {
    wire::Notice {
        notice_id: notice.notice_id.clone(),
        code: notice.trouble.code(),
        message: notice.trouble.sentence(locale),
        at_ms: notice.at_ms,
        call_id: notice.call_id.clone(),
    }
}

fn presence(presence: &Presence) -> wire::Presence {
    match presence {
        Presence::Offline => wire::Presence::Offline,
        Presence::Break(code) => wire::Presence::Break { code: code.clone() },
        Presence::Ready => wire::Presence::Ready,
    }
}

fn activity(activity: Activity) -> wire::Activity {
    match activity {
        Activity::Idle => wire::Activity::Idle,
        Activity::Ringing => wire::Activity::Ringing,
        Activity::Dialing => wire::Activity::Dialing,
        Activity::Talking => wire::Activity::Talking,
        Activity::WrapUp => wire::Activity::WrapUp,
    }
}

fn direction(direction: Direction) -> wire::Direction {
    match direction {
        Direction::Inbound => wire::Direction::Inbound,
        Direction::Outbound => wire::Direction::Outbound,
    }
}
