//! Where a window goes beside another: to its right, else to its left, else as far to the right as the screen lets it.

/// A stretch of the screen from left to right, physical pixels.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// Where it begins.
    pub left: i32,
    /// How long it is.
    pub width: u32,
}

impl Stretch {
    fn right(self) -> i32 {
        self.left.saturating_add(i32::try_from(self.width).unwrap_or(i32::MAX))
    }
}

/// Returns where a window so wide begins.
pub fn left_of(width: u32, desk: Stretch, screen: Stretch) -> i32 {
    let own = i32::try_from(width).unwrap_or(i32::MAX);
    let (to_the_right, to_the_left) = (desk.right(), desk.left.saturating_sub(own));
    if to_the_right.saturating_add(own) <= screen.right() {
        to_the_right
    } else if to_the_left >= screen.left {
        to_the_left
    } else {
        screen.right().saturating_sub(own).clamp(screen.left, to_the_right.max(screen.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Stretch = Stretch { left: 0, width: 1_440 };

    #[test]
    fn the_right_is_first_then_the_left() {
        assert_eq!(left_of(880, Stretch { left: 0, width: 560 }, SCREEN), 560);
        assert_eq!(left_of(880, Stretch { left: 880, width: 560 }, SCREEN), 0);
    }

    #[test]
    fn it_stays_on_the_screen() {
        assert_eq!(left_of(880, Stretch { left: 440, width: 560 }, SCREEN), 560, "over the desk, and all of it seen");
        assert_eq!(left_of(2_000, Stretch { left: 440, width: 560 }, SCREEN), 0, "wider than the screen");
        let second = Stretch { left: 1_440, width: 1_000 };
        assert_eq!(left_of(880, Stretch { left: 1_500, width: 560 }, second), 1_560, "on the desk's screen");
    }
}
