//! Reads what a headset reports, and makes the reports that light it up.

use crate::layout::{Layout, Place};
use crate::usage::{Control, Light};

/// What a report said of one control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The control.
    pub control: Control,
    /// Whether its bits were set.
    pub on: bool,
}

/// Reads an input report as it came from the device, with its id if the device has ids: what it says of each control
/// that lies in it. A report that is too short says nothing of what it does not reach.
#[must_use]
pub fn read(layout: &Layout, report: &[u8]) -> Vec<Said> {
    let (id, body) = match (layout.has_report_ids, report.split_first()) {
        (true, Some((id, body))) => (*id, body),
        (true, None) => return Vec::new(),
        (false, _) => (0, report),
    };
    let mut said = Vec::new();
    for field in layout.inputs.iter().filter(|field| field.place.report_id == id) {
        if let Some(value) = bits(body, field.place) {
            said.push(Said { control: field.control, on: value != 0 });
        }
    }
    for array in layout.arrays.iter().filter(|array| array.first.report_id == id) {
        let slots =
            (0..array.slots).map(|slot| Place { bit: array.first.bit + slot * array.first.bits, ..array.first });
        let pressed: Vec<u32> = slots.filter_map(|slot| bits(body, slot)).collect();
        let named = array.values.iter();
        said.extend(named.map(|(value, control)| Said { control: *control, on: pressed.contains(value) }));
    }
    said
}

/// Makes the output reports that show `lit` and nothing else, each with its id (0 where the device has none).
#[must_use]
pub fn write(layout: &Layout, lit: impl Fn(Light) -> bool) -> Vec<Vec<u8>> {
    let report = |(id, bytes): &(u8, usize)| {
        let mut report = vec![0; 1 + bytes];
        report[0] = *id;
        for field in layout.outputs.iter().filter(|field| field.place.report_id == *id && lit(field.light)) {
            set(&mut report[1..], field.place.bit);
        }
        report
    };
    layout.output_bytes.iter().map(report).collect()
}

fn bits(body: &[u8], place: Place) -> Option<u32> {
    let mut value = 0;
    for offset in 0..place.bits.min(32) {
        let at = place.bit + offset;
        let byte = body.get(at as usize / 8)?;
        value |= u32::from(byte >> (at % 8) & 1) << offset;
    }
    Some(value)
}

fn set(body: &mut [u8], bit: u32) {
    if let Some(byte) = body.get_mut(bit as usize / 8) {
        *byte |= 1 << (bit % 8);
    }
}
