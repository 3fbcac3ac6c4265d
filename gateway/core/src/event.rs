//! What happened: the only way anything reaches the core.

use crate::{AgentId, CallId, Directory, LegId, Number, PlayId, Ticket, TrunkId};

/// Something that happened outside, in the past tense.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The configuration changed.
    DirectoryChanged(Box<Directory>),
    /// The time asked for by `next_deadline` has come (or nothing has; handling it is always safe).
    DeadlineReached,

    /// An INVITE was accepted by a trunk. The leg is the shell's, already counted by [`crate::Centre::next_leg`].
    CallArrived(Arrival),
    /// An outbound leg rings or its network speaks.
    LegRinging {
        /// The leg.
        leg: LegId,
        /// Whether sound comes with it.
        early_media: bool,
    },
    /// An outbound leg was answered, or an inbound one that we answered is confirmed (its ACK arrived).
    LegAnswered {
        /// The leg.
        leg: LegId,
    },
    /// The leg is over, by whatever side or fault. Also the confirmation after [`crate::Effect::HangUpLeg`].
    LegEnded {
        /// The leg.
        leg: LegId,
        /// How.
        cause: LegCause,
    },
    /// The far side put us on hold, or took us back.
    FarSideHeld {
        /// The leg.
        leg: LegId,
        /// On hold, or back.
        held: bool,
    },

    /// A prompt list was played to its end, or could not be.
    PromptEnded {
        /// The leg.
        leg: LegId,
        /// The playing.
        play: PlayId,
        /// False if a prompt was missing or unreadable: the flow goes on, the timeline says so.
        played: bool,
    },
    /// The customer pressed a key.
    DigitPressed {
        /// The leg.
        leg: LegId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },

    /// A desk of the agent is there and its media connection works (again).
    DeskConnected {
        /// The agent.
        agent: AgentId,
    },
    /// The agent's last desk or its media connection is gone.
    DeskLost {
        /// The agent.
        agent: AgentId,
    },
    /// The agent asks for something.
    Commanded {
        /// The agent.
        agent: AgentId,
        /// To answer with.
        ticket: Ticket,
        /// What.
        command: AgentCommand,
    },
    /// A trunk was found up or down.
    TrunkChanged {
        /// The trunk.
        trunk: TrunkId,
        /// Up or down.
        up: bool,
    },
}

/// A call that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its id, `job-<uuid>`.
    pub call: CallId,
    /// The customer's leg, from [`crate::Centre::next_leg`].
    pub leg: LegId,
    /// The trunk it came by.
    pub trunk: TrunkId,
    /// Who calls; empty when withheld.
    pub caller: Number,
    /// Which of our numbers was called.
    pub called: Number,
    /// The customer's city, where known.
    pub city: Option<String>,
    /// When this customer was last in contact.
    pub last_contact: Option<crate::UtcMs>,
}

/// How a leg ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegCause {
    /// What it was.
    pub kind: LegEnd,
    /// The SIP status, where there was one.
    pub sip_status: Option<u16>,
    /// The far side's words (reason phrase or Reason header), at most 200 characters.
    pub text: String,
}

/// The kinds of end of a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegEnd {
    /// The far side hung up, or cancelled before we answered.
    FarSideHungUp,
    /// We asked for it.
    WeHungUp,
    /// The far side refused the call with `sip_status`.
    Refused,
    /// Nobody answered in time.
    NoAnswer,
    /// Signalling or media to the far side is lost (no ACK, no reply, no sound).
    Lost,
    /// No trunk, no port, no common codec: it could not be begun.
    Failed,
}

/// What an agent can ask of the core. Numbers are already normalised by the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentCommand {
    /// Signs in to the groups of the directory entry: on break `Warm-up`.
    SignIn,
    /// Chooses ready; ends a wrap-up; during a call, what comes next.
    Ready,
    /// Chooses a break; during a call, what comes next.
    Break {
        /// Why.
        code: String,
    },
    /// Signs out.
    SignOut,
    /// Answers.
    Answer {
        /// The call.
        call: CallId,
    },
    /// Declines.
    Decline {
        /// The call.
        call: CallId,
    },
    /// Hangs up.
    HangUp {
        /// The call.
        call: CallId,
    },
    /// Holds the customer.
    Hold {
        /// The call.
        call: CallId,
    },
    /// Takes the customer back.
    Retrieve {
        /// The call.
        call: CallId,
    },
    /// Mutes or unmutes the agent.
    Mute {
        /// The call.
        call: CallId,
        /// Muted or not.
        muted: bool,
    },
    /// Sends keys to the far side.
    Digits {
        /// The call.
        call: CallId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digits: String,
    },
    /// Calls a number.
    Dial {
        /// The id the call will have, `job-<digits>`.
        call: CallId,
        /// Whom.
        callee: Number,
        /// The outbound number wished for.
        caller: Option<Number>,
        /// A random number, to choose among equals.
        chance: u64,
        /// The callee's city, where known.
        city: Option<String>,
        /// When this customer was last in contact.
        last_contact: Option<crate::UtcMs>,
    },
    /// Stops the wrap-up timer.
    KeepWrapUp,
}
