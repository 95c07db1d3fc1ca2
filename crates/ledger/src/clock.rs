//! The system's clocks, and a time made of them that never goes back.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use oolong_protocol::shop::Millis;

use crate::backend::Clock;

/// A time that never goes back and never stands still for long: from the later one of the system's time and the last
/// event on it runs with the monotonic clock; a system's clock that is ahead of that (the machine slept) is followed.
pub(crate) struct Steady {
    wall: Clock,
    begin: Instant,
    base: Millis,
    last: AtomicI64,
}

impl Steady {
    /// A time that begins no earlier than `last_event`.
    pub(crate) fn new(last_event: Millis, clock: Option<Clock>) -> Self {
        let wall = clock.unwrap_or_else(|| std::sync::Arc::new(system));
        let base = wall().max(last_event);
        Self { wall, begin: instant(), base, last: AtomicI64::new(base) }
    }

    /// Now.
    pub(crate) fn now(&self) -> Millis {
        let elapsed = Millis::try_from(self.begin.elapsed().as_millis()).unwrap_or(0);
        let time = (self.wall)().max(self.base + elapsed);
        self.last.fetch_max(time, Ordering::AcqRel).max(time)
    }
}

fn system() -> Millis {
    #[expect(clippy::disallowed_methods, reason = "the ledger of one machine has the machine's clock")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX))
}

/// For durations.
pub(crate) fn instant() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "never in a browser: databases are not there")]
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_clock_that_is_set_back_does_not_take_time_back() {
        let wall = Arc::new(AtomicI64::new(1_000_000_000));
        let seen = Arc::clone(&wall);
        let steady = Steady::new(0, Some(Arc::new(move || seen.load(Ordering::Relaxed))));
        let before = steady.now();
        assert!(before >= 1_000_000_000);
        wall.store(1_000_000_000 - 3_600_000, Ordering::Relaxed);
        assert!(steady.now() >= before);
        wall.store(1_000_000_000 + 3_600_000, Ordering::Relaxed);
        let ahead = steady.now();
        assert!(ahead >= 1_000_000_000 + 3_600_000);
        wall.store(1_000_000_000, Ordering::Relaxed);
        assert!(steady.now() >= ahead);
    }
}
