//! Opening hours in a form that needs no parser: what a week looks like, and which days differ.
//!
//! Strings that depend on dates or holidays are known for some days only; after that they are unknown, never open.

use serde::{Deserialize, Serialize};

/// Minutes in a day.
pub(crate) const DAY: u16 = 1440;

/// How many days an answer looks ahead for the next change of an ordinary week.
const AHEAD: i32 = 8;

/// Whether a store is open at a moment. Times are UTC, seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Hours {
    /// Open.
    Open {
        /// When it closes; none if it stays open for more than a week, or as far as is known.
        until: Option<i64>,
    },
    /// Closed.
    Closed {
        /// When it opens next; none if that is not known or not soon.
        opens: Option<i64>,
    },
    /// Nobody has said, or not for this day.
    Unknown,
}

/// A stretch of a local day in which a store is open, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    /// Minute of the day, 0 to 1439.
    pub(crate) start: u16,
    /// Minute of the day, up to 1440.
    pub(crate) end: u16,
    /// "May be open": the source says unknown.
    pub(crate) unsure: bool,
}

/// Opening hours of one source string, ready to be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// The source string.
    pub(crate) text: String,
    /// Days since 1970 (local) for which it holds: from the first up to, without, the second. None: nothing is known.
    pub(crate) known: Option<(i32, i32)>,
    /// Monday to Sunday, each in order and within its day.
    pub(crate) week: [Vec<Span>; 7],
    /// Days that differ from their weekday, in order.
    pub(crate) exceptions: Vec<(i32, Vec<Span>)>,
}

/// What holds whenever asked.
pub(crate) const ALWAYS: (i32, i32) = (i32::MIN, i32::MAX);

impl Schedule {
    /// The string that it was made from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// UTC seconds after which nothing is known; none if it holds for good. Unknown hours hold until the beginning of time.
    #[must_use]
    pub fn until(&self, utc_offset_minutes: i16) -> Option<i64> {
        match self.known {
            None => Some(i64::MIN),
            Some((_, i32::MAX)) => None,
            Some((_, until)) => Some(i64::from(until) * 86_400 - i64::from(utc_offset_minutes) * 60),
        }
    }

    /// Open, closed or unknown at `now` (UTC seconds) where local time is that many minutes ahead of UTC.
    #[must_use]
    pub fn open_at(&self, now: i64, utc_offset_minutes: i16) -> Hours {
        let (day, minute) = local(now, utc_offset_minutes);
        let Some(spans) = self.on(day) else { return Hours::Unknown };
        let utc = |day: i32, minute: u16| {
            i64::from(day) * 86_400 + i64::from(minute) * 60 - i64::from(utc_offset_minutes) * 60
        };
        match spans.iter().find(|span| (span.start..span.end).contains(&minute)) {
            Some(span) if span.unsure => Hours::Unknown,
            Some(span) => Hours::Open { until: self.closes(day, span.end).map(|(day, minute)| utc(day, minute)) },
            None => Hours::Closed { opens: self.opens(day, minute).map(|(day, minute)| utc(day, minute)) },
        }
    }

    /// Whether it is surely open; quicker than [`Schedule::open_at`].
    #[must_use]
    pub fn is_open_at(&self, now: i64, utc_offset_minutes: i16) -> bool {
        let (day, minute) = local(now, utc_offset_minutes);
        self.on(day)
            .is_some_and(|spans| spans.iter().any(|span| !span.unsure && (span.start..span.end).contains(&minute)))
    }

    /// What a day looks like; none where it is not known.
    fn on(&self, day: i32) -> Option<&[Span]> {
        let (first, until) = self.known?;
        if day < first || day >= until {
            return None;
        }
        let exception = self.exceptions.binary_search_by_key(&day, |(day, _)| *day);
        let weekday = (i64::from(day) + 3).rem_euclid(7) as usize;
        Some(exception.map_or(&self.week[weekday], |at| &self.exceptions[at].1))
    }

    /// When what is open until `end` really closes: stretches that touch over midnight are one.
    fn closes(&self, mut day: i32, mut end: u16) -> Option<(i32, u16)> {
        for _ in 0..AHEAD {
            let next = if end == DAY { (day.checked_add(1)?, 0) } else { (day, end) };
            let Some(span) = self.on(next.0)?.iter().find(|span| span.start == next.1 && !span.unsure) else {
                return Some(next);
            };
            (day, end) = (next.0, span.end);
        }
        None
    }

    fn opens(&self, day: i32, minute: u16) -> Option<(i32, u16)> {
        let ahead = if self.exceptions.is_empty() { AHEAD } else { 61 };
        let mut after = minute;
        for day in day..day.saturating_add(ahead) {
            if let Some(span) = self.on(day)?.iter().find(|span| span.start >= after) {
                return (!span.unsure).then_some((day, span.start));
            }
            after = 0;
        }
        None
    }
}

/// Local day since 1970 and minute of that day.
fn local(now: i64, utc_offset_minutes: i16) -> (i32, u16) {
    let local = now.saturating_add(i64::from(utc_offset_minutes) * 60);
    let day = i32::try_from(local.div_euclid(86_400)).unwrap_or(if local < 0 { i32::MIN } else { i32::MAX });
    (day, (local.rem_euclid(86_400) / 60) as u16)
}
