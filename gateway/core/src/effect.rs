//! What is to be done: plain data that the shell carries out, in order, and reports back on as events.

use crate::{AgentId, CallId, JournalEntry, LegId, Number, PlayId, SkillGroupId, Ticket, TrunkId};

/// Something the shell must do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Appends to the journal. Effects of the same batch that leave the machine wait until it is on disk.
    Journal(JournalEntry),
    /// The agent's view changed: send it.
    ViewChanged {
        /// The agent.
        agent: AgentId,
    },
    /// The number of calls waiting in a group's queue changed. It stands in the snapshot of every agent of the group
    /// and is no [`Effect::ViewChanged`] of each, which would cost a send an agent a call: the shell refreshes those
    /// views at its own pace.
    QueueChanged {
        /// The group.
        group: SkillGroupId,
        /// Calls waiting now, not counting those that ring at an agent.
        waiting: u32,
    },
    /// Answers a command: it was carried out or is under way.
    Accept {
        /// The command's ticket.
        ticket: Ticket,
        /// The call it made or touched.
        call: Option<CallId>,
    },
    /// Answers a command: nothing changed.
    Refuse {
        /// The command's ticket.
        ticket: Ticket,
        /// Why.
        refusal: Refusal,
    },

    /// Answers an inbound leg (200), with sound.
    AnswerLeg {
        /// The leg.
        leg: LegId,
    },
    /// Refuses an inbound leg that has not been answered. The leg is over.
    RefuseLeg {
        /// The leg.
        leg: LegId,
        /// SIP status: 404 unknown number, 486 number's cap, 480 its flow or group does not exist …
        sip_status: u16,
    },
    /// Dials an outbound leg.
    DialLeg {
        /// The leg, new.
        leg: LegId,
        /// Its call.
        call: CallId,
        /// By which trunk.
        trunk: TrunkId,
        /// The number shown.
        caller: Number,
        /// The number dialled.
        callee: Number,
    },
    /// Ends a leg: CANCEL, BYE or nothing, as its state asks. The leg is over for the core: a `LegEnded` that
    /// confirms it, or anything else about it that was under way, is ignored.
    HangUpLeg {
        /// The leg.
        leg: LegId,
    },
    /// Makes a leg at an agent's desk; its sound is that of the agent's one media connection.
    AttachDesk {
        /// The leg, new.
        leg: LegId,
        /// The agent.
        agent: AgentId,
        /// The call.
        call: CallId,
    },
    /// The agent's leg is over.
    DetachDesk {
        /// The leg.
        leg: LegId,
    },

    /// What a leg hears from now on; replaces what it heard before. A leg hears silence until it is told otherwise,
    /// and again when its prompts have ended. It may come before `LegAnswered`: it is a wish that holds as soon as
    /// there is sound.
    Hear {
        /// The leg.
        leg: LegId,
        /// The sound.
        sound: Sound,
    },
    /// Sends a key to the far side of a leg (RFC 4733).
    SendDigit {
        /// The leg.
        leg: LegId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// Records a customer's leg: channel 1 what the leg says, channel 2 what it hears.
    StartRecording {
        /// The leg.
        leg: LegId,
        /// The call it belongs to, which names the recording.
        call: CallId,
    },
    /// Ends the recording of a leg; the finaliser takes over.
    StopRecording {
        /// The leg.
        leg: LegId,
        /// The call.
        call: CallId,
    },
}

/// What a leg hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sound {
    /// Nothing.
    Silence,
    /// Prompts one after the other; then `PromptEnded`, then silence.
    Prompts {
        /// To report with.
        play: PlayId,
        /// Names of prompts.
        prompts: Vec<String>,
    },
    /// Music, for ever.
    Music,
    /// Ringback tone, for ever: a far side that rings without sound of its own.
    Ringback,
    /// Other legs, mixed if several. Who is muted is simply not in the list.
    Legs(Vec<LegId>),
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The agent is signed out.
    SignedOut,
    /// The agent is in a call, or rung.
    InCall,
    /// No such call at this agent.
    NoSuchCall,
    /// The call is not ringing at this agent.
    NotRinging,
    /// The agent does not talk on it.
    NotTalking,
    /// The customer is not held.
    NotHeld,
    /// The customer is already held.
    AlreadyHeld,
    /// Not in wrap-up.
    NotInWrapUp,
    /// The desk has no working media connection.
    NoSound,
    /// That outbound number is not the agent's.
    CallerNotYours,
    /// No outbound number at all.
    NoOutboundNumber,
    /// The number's cap is reached.
    LinesBusy,
    /// The trunk is down.
    TrunkDown,
    /// Inbound calls may not be hung up by agents here.
    HangUpNotAllowed,
    /// The agent is in no skill group.
    NoSkillGroup,
    /// A field is out of range.
    BadCommand,
}
