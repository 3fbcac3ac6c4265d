//! Pages of lists.

/// Which page: numbered from 1, at most 100 rows each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    number: u32,
    size: u32,
}

impl Page {
    /// The largest page.
    pub const MAX_SIZE: u32 = 100;

    /// A page; values out of range are brought into it.
    pub fn new(number: u32, size: u32) -> Self {
        Self { number: number.max(1), size: size.clamp(1, Self::MAX_SIZE) }
    }

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// Its size.
    pub fn size(self) -> u32 {
        self.size
    }

    /// `LIMIT … OFFSET …`; both are numbers of ours, so they stand in the text.
    pub(crate) fn sql(self) -> String {
        let offset = (u64::from(self.number) - 1) * u64::from(self.size);
        format!(" LIMIT {} OFFSET {offset}", self.size)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// How many rows the whole list has.
    pub total: u64,
}
