//! The contact centre that decides and never does.
//!
//! One [`Centre`] per instance. The shell calls [`Centre::handle`] with the time and an [`Event`], carries out the
//! [`Effect`]s in their order, and calls again with [`Event::DeadlineReached`] when [`Centre::next_deadline`] has
//! come. There is no clock, no chance, no I/O, no lock and no task in here: the same events at the same times give
//! the same effects, which is what the simulation in `tests/` lives on.

mod centre;
pub mod directory;
pub mod effect;
pub mod event;
#[cfg(feature = "planted-faults")]
pub mod faults;
pub mod flow;
pub mod ids;
pub mod journal;
pub mod record;
pub mod snapshot;
pub mod time;

pub use centre::Centre;
pub use directory::{AgentEntry, Directory, GroupEntry, NumberEntry, NumberRoute, NumberUsage, Settings};
pub use effect::{Effect, Refusal, Sound};
pub use event::{AgentCommand, Arrival, Event, LegCause, LegEnd};
pub use flow::{Flow, FlowFault, Node, NodeId};
pub use ids::{AgentId, CallId, FlowId, InstanceId, LegId, Number, PlayId, SkillGroupId, Ticket, TrunkId};
pub use journal::{AgentState, Disposition, Fact, JournalEntry, OfferEnd, WhoseDoing};
pub use record::{AgentStateSpan, CallRecord, end_lost, end_lost_agents, fold_agent_states, fold_record};
pub use snapshot::{
    Activity, AgentSnapshot, CallPhase, CallSnapshot, Direction, Presence, WaitingSnapshot, WrapUpSnapshot,
};
pub use time::{DeadlineReason, Mono, Now, UtcMs};
