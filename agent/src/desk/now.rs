//! The newest view, and what its age has to do with the time.

use std::time::Instant;

use cordboard_wire::DeskView;

/// The newest view and when the gateway made it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskNow {
    /// Rises with each view until the gateway restarts.
    pub seq: u64,
    /// The gateway's clock when it made the view, UTC milliseconds.
    pub now_ms: i64,
    /// When the view came.
    pub came_at: Instant,
    /// The view.
    pub view: DeskView,
}

impl DeskNow {
    /// The gateway's clock as it stands now, UTC milliseconds: a view may be shown again long after it came.
    pub fn clock_ms(&self) -> i64 {
        self.now_ms.saturating_add(i64::try_from(self.came_at.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;
    use crate::desk::views::a_view;

    #[test]
    fn a_view_that_is_shown_again_tells_the_time_of_now() {
        let came_at = Instant::now().checked_sub(Duration::from_secs(15)).unwrap();
        let now = DeskNow { seq: 1, now_ms: 1_000, came_at, view: a_view() };
        assert!((16_000..17_000).contains(&now.clock_ms()), "{}", now.clock_ms());
    }
}
