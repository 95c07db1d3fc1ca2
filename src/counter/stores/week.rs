//! What the week of a store looks like, from its schedule.

use oolong_stores::{Hours, Schedule};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Most stretches of one day that are looked at.
const MOST: usize = 8;

/// One local day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// 0 is Monday.
    pub(crate) weekday: usize,
    /// Minutes of the day from and to; none means that nobody knows.
    pub(crate) open: Option<Vec<(u16, u16)>>,
}

/// Today and the six days after it, where local time is that many minutes ahead of UTC. `now` is UTC seconds.
pub(crate) fn week(schedule: &Schedule, now: i64, utc_offset_minutes: i16) -> Vec<Day> {
    let offset = i64::from(utc_offset_minutes) * 60;
    let today = (now + offset).div_euclid(DAY);
    let day = |ahead: i64| Day {
        weekday: (today + ahead + 3).rem_euclid(7) as usize,
        open: day(schedule, (today + ahead) * DAY - offset, utc_offset_minutes),
    };
    (0..7).map(day).collect()
}

/// The stretches of a day that begins at `start`, UTC seconds.
fn day(schedule: &Schedule, start: i64, utc_offset_minutes: i16) -> Option<Vec<(u16, u16)>> {
    let end = start + DAY;
    let minute = |at: i64| ((at - start) / 60) as u16;
    let mut stretches = Vec::new();
    let mut at = start;
    for _ in 0..MOST {
        match schedule.open_at(at, utc_offset_minutes) {
            Hours::Unknown => return None,
            Hours::Open { until } => {
                let until = until.unwrap_or(end).min(end);
                stretches.push((minute(at), minute(until)));
                at = until;
            }
            Hours::Closed { opens } => at = opens.unwrap_or(end).max(at + 60),
        }
        if at >= end {
            return Some(stretches);
        }
    }
    None
}

/// `08:00`, and `24:00` at the end of a day.
pub(crate) fn minute(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_known_is_said_to_be_unknown() {
        let days = week(&Schedule::default(), 1_700_000_000, 480);
        assert_eq!(days.len(), 7);
        assert!(days.iter().all(|day| day.open.is_none()));
        // 15 November 2023 in Shanghai was a Wednesday.
        assert_eq!(days[0].weekday, 2);
    }

    #[test]
    fn minutes_as_people_write_them() {
        assert_eq!((minute(485), minute(1440)), ("08:05".to_owned(), "24:00".to_owned()));
    }
}
