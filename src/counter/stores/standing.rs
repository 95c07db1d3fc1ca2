//! How a store stands at a moment, from the last live word and its opening hours. Never open on old news.

use oolong_map::Look;
use oolong_protocol::shop::{Availability, Live, Millis};
use oolong_stores::Hours;

/// How a store stands, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The state.
    pub(crate) state: Availability,
    /// Minutes until an order placed now would be ready.
    pub(crate) minutes: Option<u32>,
    /// When that changes, as far as is known: the end of a pause, opening or closing time.
    pub(crate) until: Option<Millis>,
    /// When the store's side said so; none where only its opening hours say so.
    pub(crate) as_of: Option<Millis>,
}

impl Standing {
    const UNKNOWN: Self = Self { state: Availability::Unknown, minutes: None, until: None, as_of: None };

    /// From a live word while that holds, else from the opening hours where these count, at `now` by the server's clock:
    /// as the server itself says it. Of a word that has run out only remains when it was said.
    pub(crate) fn at(now: Millis, live: Option<&Live>, hours: Option<Hours>, gone: bool) -> Self {
        match (live, hours) {
            (Some(live), _) if holds(now, live) => Self::from_live(now, live),
            _ if gone => Self { state: Availability::PermanentlyClosed, ..Self::UNKNOWN },
            (_, Some(hours)) => Self::from_hours(hours),
            (Some(live), None) => Self::from_live(now, live),
            (None, None) => Self::UNKNOWN,
        }
    }

    /// From the last live word: what has expired, or was only until a time that has passed, is unknown.
    pub(crate) fn from_live(now: Millis, live: &Live) -> Self {
        let (state, as_of) = (live.state, Some(live.as_of));
        if !holds(now, live) {
            return Self { as_of, ..Self::UNKNOWN };
        }
        Self { state, minutes: live.minutes, until: live.until, as_of }
    }

    fn from_hours(hours: Hours) -> Self {
        let millis = |seconds: i64| seconds.saturating_mul(1000);
        match hours {
            Hours::Open { until } => Self { state: Availability::Open, until: until.map(millis), ..Self::UNKNOWN },
            Hours::Closed { opens } => Self { state: Availability::Closed, until: opens.map(millis), ..Self::UNKNOWN },
            Hours::Unknown => Self::UNKNOWN,
        }
    }

    /// Whether orders are surely taken.
    pub(crate) fn takes_orders(&self) -> bool {
        matches!(self.state, Availability::Open | Availability::Busy)
    }

    /// How the map shows it.
    pub(crate) fn look(&self) -> Look {
        match self.state {
            Availability::Open => Look::Open,
            Availability::Busy => Look::Busy(self.minutes),
            Availability::Paused => Look::Paused,
            Availability::Closed => Look::Closed,
            Availability::PermanentlyClosed => Look::Gone,
            Availability::Unknown => Look::Unknown,
        }
    }

    /// The state's name in JSON, for styles and tests.
    pub(crate) fn tag(&self) -> &'static str {
        match self.state {
            Availability::Open => "open",
            Availability::Busy => "busy",
            Availability::Paused => "paused",
            Availability::Closed => "closed",
            Availability::PermanentlyClosed => "permanently_closed",
            Availability::Unknown => "unknown",
        }
    }
}

/// Whether a word is still worth something: not too old, and not about a time that is over.
pub(super) fn holds(now: Millis, live: &Live) -> bool {
    live.state == Availability::PermanentlyClosed || now < live.expires_at && live.until.is_none_or(|until| now < until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(state: Availability, until: Option<Millis>) -> Live {
        Live { state, minutes: Some(7), until, as_of: 1_000, expires_at: 10_000 }
    }

    #[test]
    fn old_news_are_no_news() {
        let check =
            |now, live: &Live, state| assert_eq!(Standing::from_live(now, live).state, state, "at {now}: {live:?}");
        check(9_999, &live(Availability::Open, None), Availability::Open);
        check(10_000, &live(Availability::Open, None), Availability::Unknown);
        check(10_000, &live(Availability::Busy, None), Availability::Unknown);
        check(5_000, &live(Availability::Paused, Some(6_000)), Availability::Paused);
        check(6_000, &live(Availability::Paused, Some(6_000)), Availability::Unknown);
        check(99_000, &live(Availability::PermanentlyClosed, None), Availability::PermanentlyClosed);
    }

    #[test]
    fn only_who_says_so_takes_orders() {
        use Availability::{Busy, Closed, Open, Paused, PermanentlyClosed, Unknown};
        for (state, expected) in
            [(Open, true), (Busy, true), (Paused, false), (Closed, false), (PermanentlyClosed, false), (Unknown, false)]
        {
            assert_eq!(Standing::from_live(2_000, &live(state, None)).takes_orders(), expected, "{state:?}");
        }
    }

    #[test]
    fn the_live_word_comes_before_the_hours_while_it_holds() {
        use Availability::{Busy, Open, PermanentlyClosed, Unknown};
        let (open, none) = (Some(Hours::Open { until: Some(60) }), None);
        let (unknown, busy) = (live(Unknown, None), live(Busy, None));
        for (now, word, hours, gone, state, as_of) in [
            (2_000, Some(&unknown), open, false, Unknown, Some(1_000)),
            (2_000, Some(&busy), open, false, Busy, Some(1_000)),
            // Bookings were worked off and nobody said so: the hours count again where they do, and nothing where not.
            (20_000, Some(&busy), open, false, Open, None),
            (20_000, Some(&busy), none, false, Unknown, Some(1_000)),
            (20_000, Some(&busy), open, true, PermanentlyClosed, None),
            (2_000, None, open, false, Open, None),
            (2_000, None, none, false, Unknown, None),
            (2_000, None, open, true, PermanentlyClosed, None),
        ] {
            let standing = Standing::at(now, word, hours, gone);
            assert_eq!((standing.state, standing.as_of), (state, as_of), "at {now}: {word:?}, {hours:?}, {gone}");
        }
        assert_eq!(Standing::at(2_000, None, open, false).until, Some(60_000));
    }
}
