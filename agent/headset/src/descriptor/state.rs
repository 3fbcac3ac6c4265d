//! What a report descriptor's items add up to: the state they leave behind, and the fields that come of it.

use super::items::{Direction, Flags, Global, Local};
use super::{DEEPEST, DescriptorError, LONGEST_REPORT_BITS};
use crate::layout::{InputArray, InputField, Layout, Manner, OutputField, Place};
use crate::usage::{Control, Light};

/// Usages and ranges of usages that one item may name.
const MOST_USAGES: usize = 256;
/// Report ids times directions.
const MOST_REPORTS: usize = 256 * 3;

/// The global state (section 6.2.2.7).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Globals {
    page: u16,
    logical_minimum: i32,
    size: u32,
    count: u32,
    id: u8,
}

impl Globals {
    pub(super) fn take(&mut self, global: Global, pushed: &mut Vec<Globals>) -> Result<(), DescriptorError> {
        match global {
            Global::UsagePage(page) => self.page = page,
            Global::LogicalMinimum(minimum) => self.logical_minimum = minimum,
            Global::ReportSize(size) => self.size = size,
            Global::ReportCount(count) => self.count = count,
            Global::ReportId(id) => self.id = id,
            Global::Push if pushed.len() == DEEPEST => return Err(DescriptorError::TooDeep),
            Global::Push => pushed.push(*self),
            Global::Pop => *self = pushed.pop().ok_or(DescriptorError::Unbalanced)?,
        }
        Ok(())
    }
}

/// Usages from `first` to `last`.
#[derive(Debug, Clone, Copy)]
struct Range {
    /// None: the page in force at the main item, which makers set after the usage too.
    page: Option<u16>,
    first: u16,
    last: u16,
}

/// The local state (section 6.2.2.8): the usages named for the next main item.
#[derive(Debug, Default)]
pub(super) struct Locals {
    usages: Vec<Range>,
    minimum: Option<(Option<u16>, u16)>,
}

impl Locals {
    pub(super) fn take(&mut self, local: Local) -> Result<(), DescriptorError> {
        if self.usages.len() == MOST_USAGES {
            return Err(DescriptorError::TooManyUsages);
        }
        match local {
            Local::Usage { page, id } => self.usages.push(Range { page, first: id, last: id }),
            Local::UsageMinimum { page, id } => self.minimum = Some((page, id)),
            Local::UsageMaximum { id } => {
                if let Some((page, first)) = self.minimum.take()
                    && first <= id
                {
                    self.usages.push(Range { page, first, last: id });
                }
            }
        }
        Ok(())
    }

    /// The page of the first usage.
    pub(super) fn first_page(&self, globals: &Globals) -> Option<u16> {
        self.usages.first().map(|range| range.page.unwrap_or(globals.page))
    }

    /// Which of the named usages a usage is, counted from 0.
    fn index_of(&self, (page, id): (u16, u16), globals: &Globals) -> Option<u32> {
        let mut before = 0;
        for range in &self.usages {
            if range.page.unwrap_or(globals.page) == page && (range.first..=range.last).contains(&id) {
                return Some(before + u32::from(id - range.first));
            }
            // At most 256 ranges of 65,536 usages.
            before += u32::from(range.last - range.first) + 1;
        }
        None
    }
}

/// How long a report is so far.
#[derive(Debug)]
pub(super) struct Report {
    pub id: u8,
    pub direction: Direction,
    pub bits: u32,
}

/// Adds a field to its report and returns where it begins.
pub(super) fn advance(
    reports: &mut Vec<Report>,
    direction: Direction,
    globals: &Globals,
) -> Result<u32, DescriptorError> {
    let known = reports.iter().position(|report| report.id == globals.id && report.direction == direction);
    let at = match known {
        Some(at) => at,
        None if reports.len() == MOST_REPORTS => return Err(DescriptorError::ReportTooLong),
        None => {
            reports.push(Report { id: globals.id, direction, bits: 0 });
            reports.len() - 1
        }
    };
    let Some(report) = reports.get_mut(at) else { return Err(DescriptorError::ReportTooLong) };
    let base = report.bits;
    let length = globals.size.checked_mul(globals.count).ok_or(DescriptorError::ReportTooLong)?;
    let end = base.checked_add(length).filter(|end| *end <= LONGEST_REPORT_BITS);
    report.bits = end.ok_or(DescriptorError::ReportTooLong)?;
    Ok(base)
}

/// Notes the controls and lights of a field that begins at `base`.
///
/// Fields marked constant count where they name a usage: Jabra marks its hook switch so, to keep systems from making a
/// key of it.
pub(super) fn place(
    layout: &mut Layout,
    direction: Direction,
    flags: Flags,
    base: u32,
    globals: &Globals,
    locals: &Locals,
) {
    if globals.size == 0 || globals.size > 32 || globals.count == 0 {
        return;
    }
    let nth = |index: u32| Place { report_id: globals.id, bit: base + index * globals.size, bits: globals.size };
    let variable = |usage| locals.index_of(usage, globals).filter(|index| *index < globals.count).map(nth);
    match direction {
        Direction::Input if flags.is_variable() => {
            let springs = flags.is_relative() || flags.has_preferred_state();
            let manner = if springs { Manner::Press } else { Manner::Level };
            for control in Control::ALL {
                if layout.has(control) {
                    continue;
                }
                if let Some(place) = variable(control.usage()) {
                    // A hook switch is a state whatever its flags say, unless it only tells of changes.
                    let is_state = control == Control::HookSwitch && !flags.is_relative();
                    let manner = if is_state { Manner::Level } else { manner };
                    layout.inputs.push(InputField { control, place, manner });
                }
            }
        }
        Direction::Input => {
            let value = |index: u32| u32::try_from(i64::from(globals.logical_minimum) + i64::from(index)).ok();
            let named = Control::ALL.into_iter().filter(|control| !layout.has(*control));
            let values: Vec<(u32, Control)> = named
                .filter_map(|control| Some((locals.index_of(control.usage(), globals).and_then(value)?, control)))
                .collect();
            if !values.is_empty() {
                layout.arrays.push(InputArray { first: nth(0), slots: globals.count, values });
            }
        }
        Direction::Output if flags.is_variable() => {
            for light in Light::ALL {
                if layout.output(light).is_some() {
                    continue;
                }
                if let Some(place) = variable(light.usage()) {
                    layout.outputs.push(OutputField { light, place });
                }
            }
        }
        // Lights named by number are in no headset's descriptor that was found; features are settings.
        Direction::Output | Direction::Feature => {}
    }
}
