//! The items of a report descriptor: a byte that says what and how long, and up to four bytes of data.

use super::DescriptorError;

/// Which way a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Input,
    Output,
    Feature,
}

/// What a field's data item says of it (section 6.2.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flags(u32);

impl Flags {
    pub(super) fn is_variable(self) -> bool {
        self.0 & 0x02 != 0
    }

    pub(super) fn is_relative(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Whether it goes back by itself when nobody holds it.
    pub(super) fn has_preferred_state(self) -> bool {
        self.0 & 0x20 == 0
    }
}

/// A main item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Main {
    Field { direction: Direction, flags: Flags },
    Collection,
    EndCollection,
}

/// A global item that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    UsagePage(u16),
    LogicalMinimum(i32),
    ReportSize(u32),
    ReportId(u8),
    ReportCount(u32),
    Push,
    Pop,
}

/// A local item that matters; a usage of four bytes names its page too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Local {
    Usage { page: Option<u16>, id: u16 },
    UsageMinimum { page: Option<u16>, id: u16 },
    UsageMaximum { id: u16 },
}

/// One item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    Main(Main),
    Global(Global),
    Local(Local),
    /// Units, strings, designators, long items: of no matter here.
    Unknown,
}

/// Reads items one after another.
pub(super) struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    pub(super) fn new(descriptor: &'a [u8]) -> Items<'a> {
        Items { rest: descriptor }
    }
}

/// A long item (section 6.2.2.3): its length is in the next byte, its tag in the one after that.
const LONG_ITEM: u8 = 0xFE;

impl Iterator for Items<'_> {
    type Item = Result<Item, DescriptorError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&prefix, rest) = self.rest.split_first()?;
        if prefix == LONG_ITEM {
            let skipped = rest.first().and_then(|length| rest.get(2 + usize::from(*length)..));
            self.rest = skipped.unwrap_or_default();
            return Some(if skipped.is_some() { Ok(Item::Unknown) } else { Err(DescriptorError::Truncated) });
        }
        let length = match prefix & 3 {
            3 => 4,
            length => usize::from(length),
        };
        let Some((data, rest)) = rest.split_at_checked(length) else {
            self.rest = &[];
            return Some(Err(DescriptorError::Truncated));
        };
        self.rest = rest;
        Some(Ok(item(prefix & 0xFC, data)))
    }
}

fn item(kind: u8, data: &[u8]) -> Item {
    let value = data.iter().rev().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
    let field = |direction| Item::Main(Main::Field { direction, flags: Flags(value) });
    let page = (data.len() == 4).then_some((value >> 16) as u16);
    let id = value as u16;
    match kind {
        0x80 => field(Direction::Input),
        0x90 => field(Direction::Output),
        0xB0 => field(Direction::Feature),
        0xA0 => Item::Main(Main::Collection),
        0xC0 => Item::Main(Main::EndCollection),
        0x04 => Item::Global(Global::UsagePage(value as u16)),
        0x14 => Item::Global(Global::LogicalMinimum(signed(value, data.len()))),
        0x74 => Item::Global(Global::ReportSize(value)),
        0x84 => Item::Global(Global::ReportId(value as u8)),
        0x94 => Item::Global(Global::ReportCount(value)),
        0xA4 => Item::Global(Global::Push),
        0xB4 => Item::Global(Global::Pop),
        0x08 => Item::Local(Local::Usage { page, id }),
        0x18 => Item::Local(Local::UsageMinimum { page, id }),
        0x28 => Item::Local(Local::UsageMaximum { id }),
        _ => Item::Unknown,
    }
}

fn signed(value: u32, bytes: usize) -> i32 {
    match bytes {
        1 => i32::from(value as u8 as i8),
        2 => i32::from(value as u16 as i16),
        _ => value as i32,
    }
}
