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

    /// From a live word, if there is one, else from the opening hours, at `now` by the server's clock.
    pub(crate) fn at(now: Millis, live: Option<&Live>, hours: Option<Hours>, gone: bool) -> Self {
        match live {
            Some(live) => Self::from_live(now, live),
            None if gone => Self { state: Availability::PermanentlyClosed, ..Self::UNKNOWN },
            None => Self::from_hours(hours.unwrap_or(Hours::Unknown)),
        }
    }

    /// From the last live word: what has expired, or was only until a time that has passed, is unknown.
    pub(crate) fn from_live(now: Millis, live: &Live) -> Self {
        let (state, as_of) = (live.state, Some(live.as_of));
        let passed = now >= live.expires_at || live.until.is_some_and(|until| now >= until);
        if passed && state != Availability::PermanentlyClosed {
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
    fn the_live_word_comes_before_the_hours() {
        let open = Some(Hours::Open { until: Some(60) });
        let unknown = live(Availability::Unknown, None);
        assert_eq!(Standing::at(2_000, Some(&unknown), open, false).state, Availability::Unknown);
        assert_eq!(
            Standing::at(20_000, Some(&live(Availability::Open, None)), open, false).state,
            Availability::Unknown
        );
        let by_hours = Standing::at(2_000, None, open, false);
        assert_eq!((by_hours.state, by_hours.until, by_hours.as_of), (Availability::Open, Some(60_000), None));
        assert_eq!(Standing::at(2_000, None, None, false).state, Availability::Unknown);
        assert_eq!(Standing::at(2_000, None, open, true).state, Availability::PermanentlyClosed);
    }
}
