//! When a store can begin one more order: never more than its number in any minute, within its hours.

use oolong_protocol::shop::Millis;

/// The window in which orders are counted. A second more than a minute, so that neither rounding nor the way of an order
/// to its store makes a minute too full.
pub(crate) const WINDOW: Millis = 61_000;

/// The earliest time from `from` on at which one more of `taken` (ascending) leaves at most `cap` in any window.
pub(crate) fn earliest(taken: &[Millis], cap: usize, from: Millis) -> Option<Millis> {
    if cap == 0 {
        return None;
    }
    let mut time = from;
    loop {
        // Those before `at` are at or before `time`. Any `cap` neighbours that with `time` would lie within one window …
        let at = taken.partition_point(|taken| *taken <= time);
        let first = at.saturating_sub(cap);
        let clash = (first..=at).rev().find_map(|start| {
            let (low, high) = (*taken.get(start)?, *taken.get(start + cap - 1)?);
            (high.max(time) - low.min(time) < WINDOW).then_some(low)
        });
        // … are left behind only when the first of them is out of it.
        match clash {
            Some(low) => time = low + WINDOW,
            None => return Some(time),
        }
    }
}

/// How many more orders can begin between `from` and `until`, about.
pub(crate) fn room(taken: &[Millis], cap: usize, from: Millis, until: Millis) -> usize {
    let minutes = usize::try_from((until - from).max(0) / 60_000).unwrap_or(0).max(1);
    let used = taken.iter().filter(|taken| (from..until).contains(taken)).count();
    (cap * minutes).saturating_sub(used)
}

/// The earliest time from `from` on, until `limit`, that lies within one of the `open` times (ascending), at least
/// `length` before its end, and is free.
pub(crate) fn earliest_open(
    taken: &[Millis],
    cap: usize,
    from: Millis,
    open: &[(Millis, Millis)],
    length: Millis,
    limit: Millis,
) -> Option<Millis> {
    for (begins, ends) in open {
        let time = earliest(taken, cap, from.max(*begins))?;
        if time > limit {
            return None;
        }
        if time <= ends - length {
            return Some(time);
        }
    }
    None
}

/// Puts a time in its place.
pub(crate) fn insert(times: &mut Vec<Millis>, time: Millis) {
    let at = times.partition_point(|known| *known <= time);
    times.insert(at, time);
}

/// Takes a time out, once.
pub(crate) fn remove(times: &mut Vec<Millis>, time: Millis) {
    if let Ok(at) = times.binary_search(&time) {
        times.remove(at);
    }
}

/// Forgets what no window from `now` on can see.
pub(crate) fn trim(times: &mut Vec<Millis>, now: Millis) {
    times.retain(|time| now - *time < WINDOW);
}

/// Both lists as one, ascending; those of `late` that are past count as now.
pub(crate) fn merged(sent: &[Millis], late: &[Millis], now: Millis) -> Vec<Millis> {
    let mut all: Vec<Millis> = sent.iter().copied().chain(late.iter().map(|time| (*time).max(now))).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The most of `times` in any window.
    fn fullest(times: &[Millis]) -> usize {
        let within = |low: Millis| times.iter().filter(|time| (low..low + WINDOW).contains(time)).count();
        times.iter().map(|low| within(*low)).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn the_earliest_time_is_free_and_none_before_it_is(
            wishes in prop::collection::vec(0_i64..400_000, 0..60), cap in 1_usize..5, from in 0_i64..400_000,
        ) {
            let mut taken = Vec::new();
            for wish in wishes {
                let time = earliest(&taken, cap, wish).unwrap();
                prop_assert!(time >= wish);
                insert(&mut taken, time);
                prop_assert!(fullest(&taken) <= cap);
            }
            let time = earliest(&taken, cap, from).unwrap();
            // No multiple of a second before it would do, nor the millisecond before.
            for early in (from..time).step_by(1_000).chain((time > from).then_some(time - 1)) {
                let mut more = taken.clone();
                insert(&mut more, early);
                prop_assert!(fullest(&more) > cap, "{early} was free, found {time}");
            }
        }
    }

    #[test]
    fn hours_and_limits() {
        let open = [(0, 100_000), (200_000, 400_000)];
        let check = |taken: &[Millis], from, limit, found| {
            assert_eq!(earliest_open(taken, 1, from, &open, 30_000, limit), found, "{taken:?} {from} {limit}");
        };
        check(&[], 0, 500_000, Some(0));
        check(&[], 70_000, 500_000, Some(70_000));
        check(&[], 70_001, 500_000, Some(200_000));
        check(&[50_000], 40_000, 500_000, Some(200_000));
        check(&[], 70_001, 199_999, None);
        check(&[], 370_001, 999_999, None);
    }
}
