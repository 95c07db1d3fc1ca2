//! How long something still holds, in figures to look at and in words to hear.

use oolong_protocol::shop::Millis;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The time left, as coarse as it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Two days or more.
    Days(i64),
    /// One hour or more.
    Hours(i64),
    /// The last hour: minutes and seconds.
    Clock(i64, i64),
    /// None.
    Over,
}

/// What is left at `now` of something that ends at `until`.
pub(crate) fn left(until: Millis, now: Millis) -> Left {
    match until - now {
        ..=0 => Left::Over,
        left if left >= 2 * DAY => Left::Days(left / DAY),
        left if left >= HOUR => Left::Hours(left / HOUR),
        // Rounded up, so that it reads 0:00 only when it is over.
        left => {
            let seconds = (left + SECOND - 1) / SECOND;
            Left::Clock(seconds / 60, seconds % 60)
        }
    }
}

/// Minutes to say aloud: few values, so that a screen reader is not made to talk every second.
pub(crate) fn spoken_minutes(left: Left) -> Option<i64> {
    let Left::Clock(minutes, seconds) = left else { return None };
    let exact = minutes + i64::from(seconds > 0);
    [1, 2, 5, 10, 15, 30, 60].into_iter().find(|step| exact <= *step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gets_finer_towards_the_end() {
        for (ms, expected) in [
            (3 * DAY + HOUR, Left::Days(3)),
            (2 * DAY, Left::Days(2)),
            (2 * DAY - 1, Left::Hours(47)),
            (HOUR, Left::Hours(1)),
            (HOUR - SECOND, Left::Clock(59, 59)),
            (61 * SECOND, Left::Clock(1, 1)),
            (1, Left::Clock(0, 1)),
            (0, Left::Over),
            (-DAY, Left::Over),
        ] {
            assert_eq!(left(1_700_000_000_000 + ms, 1_700_000_000_000), expected, "{ms}");
        }
    }

    #[test]
    fn little_is_said_aloud() {
        let mut said: Vec<_> =
            (0..3600).filter_map(|second| spoken_minutes(left(HOUR - second * SECOND - 1, 0))).collect();
        said.dedup();
        assert_eq!(said, [60, 30, 15, 10, 5, 2, 1]);
        assert_eq!(spoken_minutes(Left::Hours(3)), None);
    }
}
