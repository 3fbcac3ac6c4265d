//! Where a headset's buttons and lights lie in its reports.

use crate::usage::{Control, Light};

/// How a control tells its state (HID Usage Tables 1.5, section 3.4.1.2, on/off controls).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It stays as it was put: 1 is on, 0 is off.
    Level,
    /// It springs back: each change from 0 to 1 is a press.
    Press,
}

/// One run of bits in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The report's id; 0 where the device has none.
    pub report_id: u8,
    /// The first bit after the id, least significant bit of the first byte first.
    pub bit: u32,
    /// How many bits, 1 to 32.
    pub bits: u32,
}

/// A control with bits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputField {
    /// What it is.
    pub control: Control,
    /// Where it is.
    pub place: Place,
    /// How it tells its state.
    pub manner: Manner,
}

/// Slots that name what is pressed at the moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputArray {
    /// The first slot; the others follow.
    pub first: Place,
    /// How many there are.
    pub slots: u32,
    /// Which value of a slot means which control.
    pub values: Vec<(u32, Control)>,
}

/// A light with bits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputField {
    /// What it is.
    pub light: Light,
    /// Where it is.
    pub place: Place,
}

/// A headset's telephony, as its report descriptor tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Controls with bits of their own.
    pub inputs: Vec<InputField>,
    /// Controls named by number.
    pub arrays: Vec<InputArray>,
    /// Lights.
    pub outputs: Vec<OutputField>,
    /// Whether each report begins with its id.
    pub has_report_ids: bool,
    /// Report ids that carry lights, with their lengths in bytes without the id.
    pub output_bytes: Vec<(u8, usize)>,
}

impl Layout {
    /// The field of a control, if it has bits of its own.
    #[must_use]
    pub fn input(&self, control: Control) -> Option<&InputField> {
        self.inputs.iter().find(|field| field.control == control)
    }

    /// The field of a light, if the headset has it.
    #[must_use]
    pub fn output(&self, light: Light) -> Option<&OutputField> {
        self.outputs.iter().find(|field| field.light == light)
    }

    /// Whether there is anything to press: without it a device is of no use here.
    #[must_use]
    pub fn is_useful(&self) -> bool {
        [Control::HookSwitch, Control::PhoneMute].into_iter().any(|control| self.has(control))
    }

    /// How well it serves as the headset of a desk: one with a hook switch and its light before a camera with a mute
    /// button.
    #[must_use]
    pub fn rank(&self) -> u8 {
        u8::from(self.has(Control::HookSwitch)) * 4
            + u8::from(self.output(Light::OffHook).is_some()) * 2
            + u8::from(self.has(Control::PhoneMute))
    }

    /// Whether a control is there, in whatever form.
    #[must_use]
    pub fn has(&self, control: Control) -> bool {
        self.input(control).is_some()
            || self.arrays.iter().any(|array| array.values.iter().any(|(_, named)| *named == control))
    }
}
