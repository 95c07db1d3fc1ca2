//! Times of an order: what was said, as a moment; what is left, in words.

use oolong_protocol::shop::Millis;

/// Milliseconds of a minute.
pub(crate) const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;
/// A time of the clock that has just passed is meant as soon as possible, not for tomorrow.
const JUST_PASSED: Millis = 15 * MINUTE;

/// The moment of `now`, `HH:MM` or `+N` minutes; `None`: as soon as possible, or nothing that can be read. `offset` says
/// how far the shopper's clock is ahead of UTC at a moment.
pub(crate) fn ready_at(when: &str, now: Millis, offset: impl Fn(Millis) -> Millis) -> Option<Millis> {
    if let Some(minutes) = when.strip_prefix('+') {
        let minutes: u32 = minutes.parse().ok().filter(|minutes| *minutes <= 24 * 60)?;
        return (minutes > 0).then(|| now + Millis::from(minutes) * MINUTE);
    }
    let (hours, minutes) = when.split_once(':')?;
    let (hours, minutes): (Millis, Millis) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    let local = now + offset(now);
    let today = local - local.rem_euclid(DAY) + (hours * 60 + minutes) * MINUTE;
    let wall = if today + JUST_PASSED < local { today + DAY } else { today };
    // Summer time may begin or end in between.
    let moment = wall - offset(wall - offset(now));
    (moment > now).then_some(moment)
}

/// Whole minutes from `now` to `at`, rounded up, so that nobody is told to come too early; 0 for what is over.
pub(crate) fn minutes_until(at: Millis, now: Millis) -> u32 {
    u32::try_from(parts(at - now, MINUTE)).unwrap_or(u32::MAX)
}

/// What is left as `4:05`; `0:00` for what is over.
pub(crate) fn countdown(until: Millis, now: Millis) -> String {
    let seconds = parts(until - now, 1000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// How far the device's clock is ahead of UTC at a moment, milliseconds.
pub(crate) fn offset(at: Millis) -> Millis {
    let date = js_sys::Date::new(&(at as f64).into());
    -(date.get_timezone_offset() as Millis) * MINUTE
}

/// How many of `unit` cover `span`.
fn parts(span: Millis, unit: Millis) -> Millis {
    (span.max(0) + unit - 1) / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23 15:30 in China, which is 07:30 UTC.
    const NOW: Millis = 1_795_419_000_000;
    const CHINA: Millis = 8 * 60 * MINUTE;

    #[track_caller]
    fn check(when: &str, minutes: Option<Millis>) {
        assert_eq!(ready_at(when, NOW, |_| CHINA), minutes.map(|minutes| NOW + minutes * MINUTE), "{when}");
    }

    #[test]
    fn what_was_said_becomes_a_moment() {
        check("now", None);
        check("+25", Some(25));
        check("+0", None);
        check("15:40", Some(10));
        check("15:20", None);
        check("15:00", Some(24 * 60 - 30));
        check("09:00", Some(17 * 60 + 30));
        check("00:00", Some(8 * 60 + 30));
        check("", None);
        check("+9999999999", None);
        check("25:00", None);
        check("noonish", None);
    }

    #[test]
    fn summer_time_that_ends_in_the_night_is_counted() {
        // The clock goes back an hour within the next ten hours.
        let change = NOW + 600 * MINUTE;
        let offset = |at: Millis| if at < change { 2 * 60 * MINUTE } else { 60 * MINUTE };
        // 09:30 by the clock of NOW; 09:00 tomorrow is 23.5 hours on the clock, and one more in truth.
        assert_eq!(ready_at("09:00", NOW, offset), Some(NOW + (23 * 60 + 30 + 60) * MINUTE));
    }

    #[test]
    fn what_is_left_is_rounded_up() {
        for (left, minutes, text) in [
            (0, 0, "0:00"),
            (-5, 0, "0:00"),
            (1, 1, "0:01"),
            (60_000, 1, "1:00"),
            (245_000, 5, "4:05"),
            (60_001, 2, "1:01"),
        ] {
            assert_eq!((minutes_until(NOW + left, NOW), countdown(NOW + left, NOW).as_str()), (minutes, text));
        }
    }
}
