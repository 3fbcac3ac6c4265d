//! What a shift check can find, how bad it is, and what to do about it.

use cordboard_wire::Locale;
use serde::Serialize;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; calls will do.
    Note,
    /// Customers or the agent will notice.
    Warning,
    /// No call can be held like this.
    Blocking,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub fault: Fault,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: a device's name or a figure with its unit; may be empty.
    pub about: String,
    /// What is wrong, what it means, and what to do, in the person's language.
    pub message: String,
}

impl Finding {
    pub(super) fn new(fault: Fault, about: impl Into<String>, locale: Locale) -> Finding {
        Finding { fault, severity: fault.severity(), about: about.into(), message: fault.sentence(locale).to_owned() }
    }
}

macro_rules! faults {
    ($($(#[doc = $doc:literal])* $name:ident $severity:ident => $en:literal, $zh:literal;)+) => {
        /// What can be wrong. The names are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Fault { $($(#[doc = $doc])* $name,)+ }

        impl Fault {
            /// Every fault, in the order in which they are said.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)+];

            /// Returns how bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Fault::$name => Severity::$severity,)+ }
            }

            /// Returns what is wrong, what it means, and what to do.
            pub fn sentence(self, locale: Locale) -> &'static str {
                match (self, locale) {
                    $((Fault::$name, Locale::En) => $en, (Fault::$name, Locale::ZhCn) => $zh,)+
                }
            }
        }
    };
}

faults! {
    /// The machine has no sound.
    NoSoundSystem Blocking => "The computer's sound does not answer, so you can neither hear nor be heard. Check that sound works in other programs, or restart the computer.", "电脑的声音系统没有响应，您既听不到也无法被听到。请确认其他程序有声音，或重新启动电脑。";
    /// No microphone.
    MicrophoneMissing Blocking => "No microphone is connected, so customers will not hear you. Plug in your headset.", "没有连接麦克风，客户将听不到您。请插入耳机。";
    /// What a loudspeaker plays is the default microphone.
    MicrophoneIsMonitor Blocking => "The system's microphone is what the speaker plays, so customers would hear themselves and not you. Choose your headset's microphone in the sound settings.", "系统的麦克风实际是扬声器的监听，客户听到的将是自己而不是您。请在声音设置中选择耳机的麦克风。";
    /// The system does not let the program use the microphone.
    MicrophoneRefused Blocking => "The system does not let Cordboard use the microphone, so customers will not hear you. Allow it in the system's privacy settings, then check again.", "系统不允许 Cordboard 使用麦克风，客户将听不到您。请在系统的隐私设置中允许，然后重新检查。";
    /// The microphone cannot be opened.
    MicrophoneBusy Blocking => "The microphone cannot be opened, so customers will not hear you. Close other calling programs or plug it in again, then check again.", "麦克风无法打开，客户将听不到您。请关闭其他通话软件或重新插拔，然后重新检查。";
    /// The system has muted the microphone.
    MicrophoneMuted Blocking => "The microphone is muted in the system, so customers will not hear you. Unmute it in the system's sound settings or with the key on your headset.", "麦克风在系统中已静音，客户将听不到您。请在系统声音设置中或用耳机上的按键取消静音。";
    /// The microphone gives perfect silence.
    MicrophoneSilent Blocking => "The microphone is open but gives no sound at all, so customers will not hear you. Look for a mute switch on the headset or its cable, or plug it in again.", "麦克风已打开但完全没有声音，客户将听不到您。请检查耳机或线控上的静音开关，或重新插拔。";
    /// The voice is hard to hear.
    MicrophoneTooQuiet Warning => "Your voice was hardly to be heard. Move the microphone closer to your mouth, or raise its level in the system's sound settings; if you did not speak, check again and say a few words.", "几乎听不到您的声音。请将麦克风靠近嘴边，或在系统声音设置中调高音量；如果您刚才没有说话，请重新检查并说几句话。";
    /// The voice is cut off at full scale.
    MicrophoneTooLoud Warning => "The microphone is too loud and distorts your voice. Lower its level in the system's sound settings, or move it away from your mouth.", "麦克风音量过大，您的声音会失真。请在系统声音设置中调低音量，或将麦克风离嘴远一些。";
    /// The room, or the microphone, is noisy.
    RoomNoisy Warning => "There is much noise at the microphone, and customers will hear it. Move away from the noise, close the window, or use a headset that shuts noise out.", "麦克风处噪声很大，客户会听到。请远离噪声、关闭窗户，或使用降噪耳机。";
    /// No loudspeaker.
    SpeakerMissing Blocking => "No speaker is connected, so you will not hear customers. Plug in your headset.", "没有连接扬声器，您将听不到客户。请插入耳机。";
    /// The loudspeaker cannot be opened.
    SpeakerBusy Blocking => "The speaker cannot be opened, so you will not hear customers. Close other programs that play sound or plug it in again, then check again.", "扬声器无法打开，您将听不到客户。请关闭其他播放声音的程序或重新插拔，然后重新检查。";
    /// The system has muted the loudspeaker.
    SpeakerMuted Blocking => "The speaker is muted in the system, so you will not hear customers. Unmute it or raise its volume in the system's sound settings.", "扬声器在系统中已静音，您将听不到客户。请在系统声音设置中取消静音或调高音量。";
    /// Nothing can ring.
    RingerMissing Warning => "There is no device to ring on, so you may miss calls while the headset is off. Choose a ringer in the sound settings.", "没有可用的振铃设备，摘下耳机时可能错过来电。请在声音设置中选择振铃设备。";
    /// The system has muted the ringer.
    RingerMuted Warning => "The ringer is muted in the system, so you will not hear calls ring. Unmute it in the system's sound settings, or choose another ringer.", "振铃设备在系统中已静音，您将听不到来电铃声。请在系统声音设置中取消静音，或另选振铃设备。";
    /// The chosen microphone is not there.
    OtherMicrophone Warning => "The microphone you chose is not connected, and another one stands in. Plug yours in, or choose again in the sound settings.", "您选择的麦克风未连接，目前由另一个麦克风代替。请插入原设备，或在声音设置中重新选择。";
    /// The chosen loudspeaker is not there.
    OtherSpeaker Warning => "The speaker you chose is not connected, and another one stands in. Plug yours in, or choose again in the sound settings.", "您选择的扬声器未连接，目前由另一个扬声器代替。请插入原设备，或在声音设置中重新选择。";
    /// Other devices than in the last shift.
    DevicesChanged Note => "The system uses another microphone or speaker than in your last shift. If that is not what you want, choose yours in the sound settings.", "系统使用的麦克风或扬声器与上次上班时不同。如果这不是您想要的，请在声音设置中选择。";
    /// The customer would hear an echo.
    EchoLeft Warning => "What the speaker plays comes back through the microphone, and customers will hear themselves. Use a headset, lower the speaker's volume, or switch “Take out echo” on in the sound settings.", "扬声器的声音会传回麦克风，客户会听到自己的回声。请使用耳机、调低扬声器音量，或在声音设置中开启“消除回声”。";
    /// Speaker and microphone are slow.
    SlowDevices Warning => "Speaker and microphone take long to pass sound on, so you and the customer will talk at once. Use a headset with a cable, or another Bluetooth adapter.", "扬声器和麦克风传递声音的延迟很大，您和客户会抢话。请使用有线耳机，或更换蓝牙适配器。";
    /// The devices break off.
    DevicesStutter Warning => "The sound devices stop now and then, and words will be lost. Close programs that need much of the computer, or plug the headset in elsewhere.", "声音设备时有中断，会丢字。请关闭占用资源较多的程序，或将耳机换一个插口。";
    /// The gateway is not reached.
    GatewayUnreachable Blocking => "The gateway cannot be reached, so no call can come. Check the network; if other pages work, ask your administrator whether the gateway runs.", "无法连接网关，接不到来电。请检查网络；如果其他网页正常，请询问管理员网关是否在运行。";
    /// There is no media connection.
    NoMediaPath Blocking => "The gateway is reached, but no sound gets through to it. A firewall may block UDP: tell your administrator.", "可以连接网关，但声音无法到达。可能是防火墙阻止了 UDP，请告知管理员。";
    /// Packets are lost on the way up.
    LossUp Warning => "Packets are lost on the way to the gateway, and customers will miss words. Use a network cable, or move closer to the wireless access point.", "发往网关的数据有丢失，客户会漏听。请使用网线，或靠近无线路由器。";
    /// Packets are lost on the way down.
    LossDown Warning => "Packets are lost on the way from the gateway, and you will miss words. Use a network cable, or move closer to the wireless access point.", "来自网关的数据有丢失，您会漏听。请使用网线，或靠近无线路由器。";
    /// Packets take very different times.
    Jitter Warning => "Packets arrive unevenly, so sound comes late or breaks. Stop downloads and video on this network, or use a network cable.", "数据到达不均匀，声音会延迟或中断。请停止此网络上的下载和视频，或使用网线。";
    /// The way there and back is long.
    LongRoundTrip Warning => "The way to the gateway and back takes long, so you and the customer will talk at once. Switch off VPNs you do not need, or ask your administrator.", "与网关之间的往返时间很长，您和客户会抢话。请关闭不需要的 VPN，或询问管理员。";
    /// The line to the carrier is down.
    TrunkDown Warning => "The line to the carrier is down, so customers cannot be called and may not get through. Your administrator can see why under trunks.", "与运营商的线路不通，无法呼出，客户也可能打不进来。管理员可在中继页面查看原因。";
}
