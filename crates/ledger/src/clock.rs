//! The system's clocks, and a time made of them that never goes back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use oolong_protocol::shop::Millis;

use crate::backend::Clock;
use crate::rules::WINDOW;

/// How far a clock may be from what has passed on the monotonic one without being called set, milliseconds.
const TOLERANCE: Millis = 1_000;
/// For so long nothing is handed over after a clock was set forward: as long as the window in which orders count.
const QUIET: Duration = Duration::from_millis(WINDOW.unsigned_abs());

/// A time that never goes back and never stands still for long: from the latest moment that a clock has told, it runs with
/// the monotonic clock; a clock that is ahead of that is followed.
///
/// A clock that was set forward makes minutes look over that are not. So for a minute after it, this is a quiet time.
///
/// Whoever asks clocks shares it.
#[derive(Debug)]
pub(crate) struct Timeline(Mutex<Told>);

/// What clocks have told so far.
#[derive(Debug)]
struct Told {
    base: Option<Base>,
    last: Millis,
    quiet: Option<Instant>,
}

/// What the clock told, and between which instants.
#[derive(Clone, Copy, Debug)]
struct Base {
    time: Millis,
    asked: Instant,
    answered: Instant,
}

impl Timeline {
    /// A time that begins no earlier than `last_event`.
    pub(crate) fn new(last_event: Millis) -> Self {
        Self(Mutex::new(Told { base: None, last: last_event, quiet: None }))
    }

    /// The time now, when a clock that was asked at `asked` has told `told` at `answered`.
    pub(crate) fn see(&self, told: Millis, asked: Instant, answered: Instant) -> Millis {
        self.told().see(told, asked, answered)
    }

    /// At least so late it is at `now`.
    pub(crate) fn reckoned(&self, now: Instant) -> Millis {
        self.told().reckoned(now)
    }

    /// Whether the clock was set forward less than a minute ago.
    pub(crate) fn is_quiet(&self, now: Instant) -> bool {
        self.told().quiet.is_some_and(|until| now < until)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        // What was told is whole between any two statements.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn see(&mut self, told: Millis, asked: Instant, answered: Instant) -> Millis {
        let reckoned = self.reckoned(asked);
        if let Some(base) = self.base {
            let most = base.time.saturating_add(millis(answered.saturating_duration_since(base.asked)));
            if told > most.saturating_add(TOLERANCE) {
                tracing::warn!(by_ms = told - most, "the clock was set forward: orders wait for a minute");
                self.quiet = Some(answered + QUIET);
            }
        }
        if self.base.is_none() || told >= reckoned {
            self.base = Some(Base { time: told.max(self.last), asked, answered });
        }
        self.last = self.last.max(told).max(reckoned);
        self.last
    }

    fn reckoned(&self, now: Instant) -> Millis {
        let since = |base: Base| base.time.saturating_add(millis(now.saturating_duration_since(base.answered)));
        self.base.map_or(self.last, since).max(self.last)
    }
}

/// The system's clock on a timeline.
pub(crate) struct Steady {
    wall: Clock,
    /// Tests set their clocks as they like, and nobody has to wait for it.
    watched: bool,
    timeline: Timeline,
}

impl Steady {
    /// A time that begins no earlier than `last_event`.
    pub(crate) fn new(last_event: Millis, clock: Option<Clock>) -> Self {
        let watched = clock.is_none();
        let wall = clock.unwrap_or_else(|| std::sync::Arc::new(system));
        let steady = Self { wall, watched, timeline: Timeline::new(last_event) };
        steady.now();
        steady
    }

    /// Now.
    pub(crate) fn now(&self) -> Millis {
        let asked = instant();
        let told = (self.wall)();
        self.timeline.see(told, asked, instant())
    }

    /// Whether the clock was set forward less than a minute ago.
    pub(crate) fn is_quiet(&self) -> bool {
        self.watched && self.timeline.is_quiet(instant())
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
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
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[test]
    fn time_runs_on_while_a_clock_is_set_back_and_is_quiet_after_it_was_set_forward() {
        const BEGIN: Millis = 1_000_000_000;
        let first = instant();
        let timeline = Timeline::new(0);
        let check = |after: u64, told: Millis, time: Millis, quiet: bool| {
            let now = first + Duration::from_millis(after);
            assert_eq!(timeline.see(BEGIN + told, now, now), BEGIN + time, "{told} after {after}");
            assert_eq!(timeline.is_quiet(now), quiet, "{told} after {after}");
        };
        check(0, 0, 0, false);
        check(100, 100, 100, false);
        // An hour back, asked often: every millisecond counts.
        for after in 101..2_000 {
            check(after, -3_600_000, after.cast_signed(), false);
        }
        check(5_000, 5_000, 5_000, false);
        check(6_000, 6_900, 6_900, false);
        // An hour forward, as if many minutes had passed.
        check(7_000, 3_607_000, 3_607_000, true);
        check(67_000, 3_667_000, 3_667_000, true);
        check(68_001, 3_668_001, 3_668_001, false);
        // And back to what is right.
        check(69_000, 69_000, 3_669_000, false);
    }

    #[test]
    fn a_clock_that_answers_late_is_not_called_set() {
        let (first, ms) = (instant(), Duration::from_millis);
        let timeline = Timeline::new(0);
        // Told at once, heard three seconds later.
        timeline.see(1_000_000, first, first + ms(3_000));
        timeline.see(1_003_500, first + ms(3_400), first + ms(3_600));
        assert!(!timeline.is_quiet(first + ms(3_600)));
    }

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
