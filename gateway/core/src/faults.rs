//! Faults that can be planted in the core, to prove that the simulation's laws bite.
//!
//! Only with the cargo feature `planted-faults`, which nothing but this crate's own tests asks for; without it the
//! places where they sit compile to nothing.

/// One way in which the core can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// An offer rings for ever.
    ForgetsRingTimeout,
    /// A call that an agent let ring goes to the end of the queue.
    ReturnsCallToTheEnd,
    /// An agent without a desk is offered calls.
    OffersWithoutDesk,
    /// An agent who becomes ready is not looked at by the router.
    ForgetsReadyAgent,
    /// The agent with the highest level is served first.
    PrefersWeakestLevel,
    /// The agent who was last in a call is served first.
    PrefersShortestIdle,
    /// The caller who came last is served first.
    ServesLastComer,
    /// A muted agent is heard.
    MuteIsHeard,
    /// A held customer hears the agent.
    HoldIsHeard,
    /// A recording goes on after the call.
    ForgetsToStopRecording,
    /// A customer's leg is left up when the agent hangs up.
    LeavesLegUp,
    /// A number's line is never given back.
    LeaksLine,
    /// A call whose caller hung up in the queue is ended twice in the journal.
    EndsTwice,
    /// A desk that is away in a call is waited for without end.
    ForgetsDeskGrace,
    /// The wish for a break during a call is forgotten.
    ForgetsWish,
    /// A view that changed by mute is not sent.
    ForgetsViewOnMute,
    /// A command that did nothing is not answered.
    ForgetsToAnswerCommand,
    /// The number's cap is off by one.
    CapOffByOne,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 18] = [
        Fault::ForgetsRingTimeout,
        Fault::ReturnsCallToTheEnd,
        Fault::OffersWithoutDesk,
        Fault::ForgetsReadyAgent,
        Fault::PrefersWeakestLevel,
        Fault::PrefersShortestIdle,
        Fault::ServesLastComer,
        Fault::MuteIsHeard,
        Fault::HoldIsHeard,
        Fault::ForgetsToStopRecording,
        Fault::LeavesLegUp,
        Fault::LeaksLine,
        Fault::EndsTwice,
        Fault::ForgetsDeskGrace,
        Fault::ForgetsWish,
        Fault::ForgetsViewOnMute,
        Fault::ForgetsToAnswerCommand,
        Fault::CapOffByOne,
    ];
}
