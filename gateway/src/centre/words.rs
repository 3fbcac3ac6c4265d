//! Sentences for how calls end and for what went wrong, in the desk's language: what, why, what next.

use cordboard_core::{Direction, Disposition, Refusal, WhoseDoing};
use cordboard_wire as wire;
use wire::{Locale, RefusalCode};

/// How a call ended, in one sentence.
pub fn end_sentence(
    disposition: Disposition,
    by: WhoseDoing,
    direction: Direction,
    sip_status: Option<u16>,
    locale: Locale,
) -> String {
    let (zh, en) = match disposition {
        Disposition::Completed => match by {
            WhoseDoing::Agent => ("您已挂断。", "You hung up."),
            WhoseDoing::Customer => ("客户已挂断。", "The customer hung up."),
            WhoseDoing::Carrier => ("运营商结束了通话。", "The carrier ended the call."),
            WhoseDoing::Gateway => ("网关结束了通话。", "The gateway ended the call."),
        },
        Disposition::AbandonedInIvr => ("客户在语音导航中挂断。", "The customer hung up in the menu."),
        Disposition::AbandonedInQueue => ("客户在排队时挂断。", "The customer hung up while waiting."),
        Disposition::AbandonedInRing => ("客户在振铃时挂断。", "The customer hung up before you answered."),
        Disposition::QueueTimeout => ("排队超时。", "The customer waited too long and was let go."),
        Disposition::QueueOverflow => ("队列已满。", "The queue was full."),
        Disposition::FlowEnded => ("流程已结束通话。", "The flow ended the call."),
        Disposition::FlowFailed => (
            "流程出错，通话已结束。管理员可在通话详情中查看原因。",
            "The flow failed and the call ended. The record says at which node.",
        ),
        Disposition::Refused => ("来电被拒绝。", "The call was refused at the door."),
        Disposition::Busy => ("对方正忙，请稍后再拨。", "The number is busy. Try again later."),
        Disposition::NoAnswer => ("对方无人接听。", "Nobody answered."),
        Disposition::Rejected => ("对方拒绝了来电。", "The other side declined the call."),
        Disposition::NotExist => {
            ("该号码不存在或不完整，请核对后再拨。", "No such number. Check the digits and dial again.")
        }
        Disposition::CarrierFailed => (
            "运营商无法接通该呼叫。请稍后再试；若持续出现，请联系管理员。",
            "The carrier could not put the call through. Try again; if it stays so, tell your administrator.",
        ),
        Disposition::TrunkDown => (
            "与运营商的线路不通，未能呼出。请联系管理员。",
            "The line to the carrier is down, so the call never left. Tell your administrator.",
        ),
        Disposition::Cancelled => ("您取消了呼叫。", "You gave up the call."),
        Disposition::DeskLost => (
            "您的工作台断开过久，通话已结束。请检查网络。",
            "Your desk was away too long and the call ended. Check your network.",
        ),
        Disposition::MediaLost => (
            "长时间收不到对方的声音，通话已结束。",
            "No sound came from the other side for too long, and the call ended.",
        ),
        Disposition::GatewayLost => {
            ("网关在通话中重启，通话已中断。", "The gateway was restarted in the middle of the call.")
        }
        Disposition::InternalError => (
            "网关内部错误，通话已结束。请将通话编号告知管理员。",
            "The gateway made a mistake and ended the call. Give the call's id to your administrator.",
        ),
    };
    let mut sentence = match locale {
        Locale::ZhCn => zh.to_owned(),
        Locale::En => en.to_owned(),
    };
    if let (Some(status), Direction::Outbound, true) = (sip_status, direction, names_status(disposition)) {
        sentence.push_str(&format!(" (SIP {status})"));
    }
    sentence
}

/// Whether a far side's status helps whoever reads the sentence.
fn names_status(disposition: Disposition) -> bool {
    matches!(
        disposition,
        Disposition::Busy
            | Disposition::NoAnswer
            | Disposition::Rejected
            | Disposition::NotExist
            | Disposition::CarrierFailed
    )
}

/// Something that went wrong and stays on the desk until read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A call rang here and nobody answered.
    RingTimedOut,
    /// The built-in customer could not call.
    CustomerFailed {
        /// Why.
        reason: String,
    },
    /// A dial failed; says how.
    DialFailed {
        /// How it ended.
        disposition: Disposition,
        /// SIP status.
        sip_status: Option<u16>,
    },
    /// The desk was away too long.
    CallLost,
}

impl Trouble {
    /// Its code on the wire.
    pub fn code(&self) -> wire::NoticeCode {
        match self {
            Self::RingTimedOut => wire::NoticeCode::RingTimedOut,
            Self::CustomerFailed { .. } => wire::NoticeCode::CustomerFailed,
            Self::DialFailed { .. } => wire::NoticeCode::DialFailed,
            Self::CallLost => wire::NoticeCode::CallLost,
        }
    }

    /// What happened, why, what next.
    pub fn sentence(&self, locale: Locale) -> String {
        match (self, locale) {
            (Self::RingTimedOut, Locale::ZhCn) => "来电振铃超时未接，已转回队列，您已转入小休。准备好后请点击“就绪”。".to_owned(),
            (Self::RingTimedOut, Locale::En) => {
                "A call rang here and was not answered. It went back to the queue and you are on break; choose Ready when you are."
                    .to_owned()
            }
            (Self::CustomerFailed { reason }, Locale::ZhCn) => format!("模拟客户未能呼入：{reason}"),
            (Self::CustomerFailed { reason }, Locale::En) => format!("The demo's customer could not call: {reason}"),
            (Self::DialFailed { disposition, sip_status }, locale) => {
                end_sentence(*disposition, WhoseDoing::Carrier, Direction::Outbound, *sip_status, locale)
            }
            (Self::CallLost, locale) => {
                end_sentence(Disposition::DeskLost, WhoseDoing::Agent, Direction::Inbound, None, locale)
            }
        }
    }
}

/// The core's refusal in the wire's word.
pub fn refusal_code(refusal: Refusal) -> RefusalCode {
    match refusal {
        Refusal::SignedOut => RefusalCode::SignedOut,
        Refusal::InCall => RefusalCode::InCall,
        Refusal::NoSuchCall => RefusalCode::NoSuchCall,
        Refusal::NotRinging => RefusalCode::NotRinging,
        Refusal::NotTalking => RefusalCode::NotTalking,
        Refusal::NotHeld => RefusalCode::NotHeld,
        Refusal::AlreadyHeld => RefusalCode::AlreadyHeld,
        Refusal::NotInWrapUp => RefusalCode::NotInWrapUp,
        Refusal::NoSound => RefusalCode::NoSound,
        Refusal::CallerNotYours => RefusalCode::CallerNotYours,
        Refusal::NoOutboundNumber => RefusalCode::NoOutboundNumber,
        Refusal::LinesBusy => RefusalCode::LinesBusy,
        Refusal::TrunkDown => RefusalCode::TrunkDown,
        Refusal::HangUpNotAllowed => RefusalCode::HangUpNotAllowed,
        Refusal::NoSkillGroup => RefusalCode::NoSkillGroup,
        Refusal::BadCommand => RefusalCode::BadCommand,
    }
}

/// The core's end of a call in the wire's word.
pub fn end_cause(disposition: Disposition) -> wire::EndCause {
    match disposition {
        Disposition::Completed => wire::EndCause::Completed,
        Disposition::AbandonedInIvr => wire::EndCause::AbandonedInIvr,
        Disposition::AbandonedInQueue => wire::EndCause::AbandonedInQueue,
        Disposition::AbandonedInRing => wire::EndCause::AbandonedInRing,
        Disposition::QueueTimeout => wire::EndCause::QueueTimeout,
        Disposition::QueueOverflow => wire::EndCause::QueueOverflow,
        Disposition::FlowEnded => wire::EndCause::FlowEnded,
        Disposition::FlowFailed => wire::EndCause::FlowFailed,
        Disposition::Busy => wire::EndCause::Busy,
        Disposition::NoAnswer => wire::EndCause::NoAnswer,
        Disposition::Rejected | Disposition::Refused => wire::EndCause::Rejected,
        Disposition::NotExist => wire::EndCause::NotExist,
        Disposition::CarrierFailed => wire::EndCause::CarrierFailed,
        Disposition::TrunkDown => wire::EndCause::TrunkDown,
        Disposition::Cancelled => wire::EndCause::Cancelled,
        Disposition::DeskLost => wire::EndCause::DeskLost,
        Disposition::MediaLost => wire::EndCause::MediaLost,
        Disposition::GatewayLost => wire::EndCause::GatewayLost,
        Disposition::InternalError => wire::EndCause::InternalError,
    }
}

/// Whose doing, in the wire's word.
pub fn whose_doing(by: WhoseDoing) -> wire::WhoseDoing {
    match by {
        WhoseDoing::Customer => wire::WhoseDoing::Customer,
        WhoseDoing::Agent => wire::WhoseDoing::Agent,
        WhoseDoing::Carrier => wire::WhoseDoing::Carrier,
        WhoseDoing::Gateway => wire::WhoseDoing::Gateway,
    }
}
