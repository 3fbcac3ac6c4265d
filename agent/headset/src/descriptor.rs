//! Reads a report descriptor (Device Class Definition for HID 1.11, section 6.2.2) for the telephony in it.
//!
//! Whatever is plugged in is hostile until parsed: lengths, counts and ranges are bounded, and nothing is expanded that
//! a few bytes can make large.

mod items;
mod state;

use crate::layout::Layout;
use crate::usage::TELEPHONY_PAGE;
use items::{Item, Items, Main};
use state::{Globals, Locals, Report};

/// The longest descriptor that is read; Linux takes none longer.
pub const LONGEST_BYTES: usize = 4_096;
/// The longest report that is read or written, in bits.
const LONGEST_REPORT_BITS: u32 = 1_024 * 8;
/// Collections within collections, and pushed states, beyond which a descriptor is refused.
const DEEPEST: usize = 32;

/// Why a report descriptor was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    /// Longer than [`LONGEST_BYTES`].
    #[error("the report descriptor is longer than {LONGEST_BYTES} bytes")]
    TooLong,
    /// It ends within an item.
    #[error("the report descriptor ends within an item")]
    Truncated,
    /// Collections or pushed states are nested too deep.
    #[error("the report descriptor is nested too deep")]
    TooDeep,
    /// A collection or pushed state ends that never began.
    #[error("the report descriptor ends what it did not begin")]
    Unbalanced,
    /// A report is longer than anybody's.
    #[error("the report descriptor has a report of more than {} bytes", LONGEST_REPORT_BITS / 8)]
    ReportTooLong,
    /// One item names more usages than anybody's.
    #[error("the report descriptor has an item with too many usages")]
    TooManyUsages,
}

/// Reads a report descriptor; a device without telephony has an empty layout.
///
/// # Errors
/// [`DescriptorError`] when it is not well formed or beyond all measure.
pub fn parse(descriptor: &[u8]) -> Result<Layout, DescriptorError> {
    if descriptor.len() > LONGEST_BYTES {
        return Err(DescriptorError::TooLong);
    }
    let mut layout = Layout::default();
    let mut globals = Globals::default();
    let mut pushed: Vec<Globals> = Vec::new();
    let mut locals = Locals::default();
    let mut reports: Vec<Report> = Vec::new();
    // For each open collection, whether it lies within telephony.
    let mut open: Vec<bool> = Vec::new();
    for item in Items::new(descriptor) {
        match item? {
            Item::Main(Main::Collection) => {
                if open.len() == DEEPEST {
                    return Err(DescriptorError::TooDeep);
                }
                let is_telephony = match open.last() {
                    Some(within) => *within,
                    None => locals.first_page(&globals) == Some(TELEPHONY_PAGE),
                };
                open.push(is_telephony);
                locals = Locals::default();
            }
            Item::Main(Main::EndCollection) => {
                open.pop().ok_or(DescriptorError::Unbalanced)?;
                locals = Locals::default();
            }
            Item::Main(Main::Field { direction, flags }) => {
                let base = state::advance(&mut reports, direction, &globals)?;
                if open.last() == Some(&true) {
                    state::place(&mut layout, direction, flags, base, &globals, &locals);
                }
                locals = Locals::default();
            }
            Item::Global(global) => globals.take(global, &mut pushed)?,
            Item::Local(local) => locals.take(local)?,
            Item::Unknown => {}
        }
    }
    layout.has_report_ids = reports.iter().any(|report| report.id != 0);
    layout.output_bytes = reports
        .iter()
        .filter(|report| report.direction == items::Direction::Output)
        .filter(|report| layout.outputs.iter().any(|field| field.place.report_id == report.id))
        .map(|report| (report.id, report.bits.div_ceil(8) as usize))
        .collect();
    Ok(layout)
}

#[cfg(test)]
mod tests;
