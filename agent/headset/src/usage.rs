//! The few usages that matter here, out of the HID Usage Tables 1.5: telephony (page 0x0B, section 14), lights (page
//! 0x08, section 11) and one button (page 0x09).

/// The page of telephony.
pub(crate) const TELEPHONY_PAGE: u16 = 0x0B;
/// The page of lights.
const LED_PAGE: u16 = 0x08;
/// The page of numbered buttons.
const BUTTON_PAGE: u16 = 0x09;

/// Something a person moves at the headset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Control {
    /// Off the hook or on it (0x20).
    HookSwitch,
    /// The hook tapped shortly: hold, and back (0x21).
    Flash,
    /// The last number again (0x24).
    Redial,
    /// Let go of the call (0x26).
    Drop,
    /// The microphone off (0x2F).
    PhoneMute,
    /// The call is not wanted: button 7 of a telephony collection (page 0x09), which Jabra, Yealink and Gigaset have.
    Reject,
    /// The headset says that its line is busy (0x97). Some makers send it; nobody presses it.
    LineBusyTone,
}

/// Something the desk lights up at the headset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Light {
    /// The microphone is off (0x08/0x09).
    Mute,
    /// A call is up (0x08/0x17). To the headset this is the state of the line, not only a lamp.
    OffHook,
    /// A call rings (0x08/0x18).
    Ring,
    /// The call is held (0x08/0x20).
    Hold,
    /// The headset rings by itself (0x0B/0x9E).
    Ringer,
}

impl Control {
    /// All controls.
    pub const ALL: [Control; 7] = [
        Control::HookSwitch,
        Control::Flash,
        Control::Redial,
        Control::Drop,
        Control::PhoneMute,
        Control::Reject,
        Control::LineBusyTone,
    ];

    /// Page and usage id.
    pub(crate) const fn usage(self) -> (u16, u16) {
        match self {
            Control::HookSwitch => (TELEPHONY_PAGE, 0x20),
            Control::Flash => (TELEPHONY_PAGE, 0x21),
            Control::Redial => (TELEPHONY_PAGE, 0x24),
            Control::Drop => (TELEPHONY_PAGE, 0x26),
            Control::PhoneMute => (TELEPHONY_PAGE, 0x2F),
            Control::Reject => (BUTTON_PAGE, 0x07),
            Control::LineBusyTone => (TELEPHONY_PAGE, 0x97),
        }
    }
}

impl Light {
    /// All lights.
    pub const ALL: [Light; 5] = [Light::Mute, Light::OffHook, Light::Ring, Light::Hold, Light::Ringer];

    /// Page and usage id.
    pub(crate) const fn usage(self) -> (u16, u16) {
        match self {
            Light::Mute => (LED_PAGE, 0x09),
            Light::OffHook => (LED_PAGE, 0x17),
            Light::Ring => (LED_PAGE, 0x18),
            Light::Hold => (LED_PAGE, 0x20),
            Light::Ringer => (TELEPHONY_PAGE, 0x9E),
        }
    }
}
