//! Refusals: fine requests at the wrong moment. Codes are stable; sentences may be improved.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A language of the product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Locale {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Refusal {
    /// Stable code.
    pub code: RefusalCode,
    /// What, why, and what next, in the desk's language.
    pub message: String,
    /// To quote to support.
    pub reference: String,
}

macro_rules! refusals {
    ($($(#[doc = $doc:literal])* $name:ident => $en:literal, $zh:literal;)+) => {
        /// Stable codes of refusals.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
        #[serde(rename_all = "snake_case")]
        pub enum RefusalCode { $($(#[doc = $doc])* $name,)+ }

        impl RefusalCode {
            /// Every code, in the order they are documented.
            pub const ALL: &'static [RefusalCode] = &[$(RefusalCode::$name,)+];

            /// What happened, why, and what to do next.
            pub fn sentence(self, locale: Locale) -> &'static str {
                match (self, locale) {
                    $((RefusalCode::$name, Locale::En) => $en, (RefusalCode::$name, Locale::ZhCn) => $zh,)+
                }
            }
        }
    };
}

refusals! {
    /// The agent is signed out.
    SignedOut => "You are signed out. Sign in to a skill group first.", "您已签出，请先签入技能组。";
    /// The agent is already in a call or being rung.
    InCall => "You are in a call. Finish it first.", "您正在通话中，请先结束通话。";
    /// There is no such call at this desk.
    NoSuchCall => "That call is no longer at your desk: it has ended or gone to somebody else.", "该通话已不在您的工作台：它已结束或已转给他人。";
    /// The call is not ringing here.
    NotRinging => "That call is not ringing at your desk any more.", "该通话已不在您处振铃。";
    /// The call is not in the phase this needs.
    NotTalking => "That can only be done while you talk to the customer.", "仅可在与客户通话时进行此操作。";
    /// The call is not held.
    NotHeld => "The customer is not on hold.", "客户未处于保持状态。";
    /// The call is already held.
    AlreadyHeld => "The customer is already on hold.", "客户已处于保持状态。";
    /// Outside wrap-up.
    NotInWrapUp => "You are not in after-call work.", "您不在话后处理状态。";
    /// The media connection is down.
    NoSound => "Your sound is not connected, so nobody would hear you. Check the network and the microphone, then try again.", "您的语音尚未接通，对方将听不到您。请检查网络和麦克风后重试。";
    /// Not a number that can be dialled.
    BadNumber => "That is not a telephone number that can be dialled. Use digits, with + or a leading 0 if needed.", "该号码无法拨打。请使用数字，必要时以 + 或 0 开头。";
    /// The outbound number is not one of the agent's.
    CallerNotYours => "That outbound number is not one of yours. Choose another, or let the centre pick.", "该外呼号码不属于您。请另选号码，或由系统自动选择。";
    /// No outbound number at all.
    NoOutboundNumber => "None of your skill groups has an outbound number. Ask your administrator to add one, then sign in again.", "您所在的技能组没有可用的外呼号码。请联系管理员添加后重新签入。";
    /// All lines of a number or trunk are in use.
    LinesBusy => "All lines are in use. Try again in a moment.", "线路全忙，请稍后再试。";
    /// No trunk is up.
    TrunkDown => "The line to the carrier is down. Your administrator can see why under trunks.", "与运营商的线路不通。管理员可在中继页面查看原因。";
    /// An agent may not hang up inbound calls here.
    HangUpNotAllowed => "Your centre does not let agents end inbound calls.", "本呼叫中心不允许坐席挂断呼入电话。";
    /// Something in the command is malformed.
    BadCommand => "That request could not be understood: a field is missing, too long or malformed.", "无法理解该请求：有字段缺失、过长或格式错误。";
    /// The SDP offer cannot be used.
    BadMediaOffer => "The media offer could not be used: it needs one audio line with Opus and G.711 and an ICE user name.", "无法使用该媒体请求：需要一条含 Opus 与 G.711 的音频线路及 ICE 用户名。";
    /// A feature of the demo.
    OnlyInDemo => "That exists in the demo centre only.", "此功能仅在演示中心可用。";
    /// The role may not do this.
    NotPermitted => "Your role does not permit this. Ask your administrator.", "您的角色无权进行此操作，请联系管理员。";
    /// The agent has no skill group.
    NoSkillGroup => "You are in no skill group, so no call can reach you. Ask your administrator to add you to one.", "您不在任何技能组中，无法接到来电。请联系管理员将您加入技能组。";
    /// The gateway is overloaded or broken.
    Unavailable => "The gateway cannot do this right now. Try again; if it stays so, quote the reference to your administrator.", "网关暂时无法处理，请重试；若持续出现，请将编号告知管理员。";
}
