//! From an `opening_hours` string to a [`Schedule`], once for each different string.

use std::collections::HashMap;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use opening_hours::localization::Country;
use opening_hours::{Context, OpeningHours, RuleKind};
use opening_hours_syntax::rules::day::{HolidayKind, WeekDayRange};
use opening_hours_syntax::rules::time::Time;
use opening_hours_syntax::rules::{RuleOperator, RuleSequence};

use crate::hours::{ALWAYS, DAY, Schedule, Span};

/// For how many days after packing hours that depend on dates are worked out.
pub(crate) const KNOWN_DAYS: i32 = 60;

/// Days since 1970 of a Monday; ordinary weeks are read off the one that follows.
const MONDAY: i32 = 19_723;

/// What is doubtful about a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// No such syntax.
    Unreadable,
    /// Opening times overlap; they count as one.
    Overlapping,
    /// School holidays, holidays of an unknown country, or the sun.
    NotKnown,
}

/// Schedules by string, and whether the store is in China.
pub(crate) struct Almanac {
    packed: i32,
    known: HashMap<(String, bool), (Schedule, Vec<Doubt>)>,
}

impl Almanac {
    /// For packing on this day since 1970.
    pub(crate) fn new(packed: i32) -> Self {
        Self { packed, known: HashMap::new() }
    }

    pub(crate) fn look_up(&mut self, text: &str, in_china: bool) -> &(Schedule, Vec<Doubt>) {
        let packed = self.packed;
        self.known.entry((text.to_owned(), in_china)).or_insert_with(|| compile(text, in_china, packed))
    }
}

fn compile(text: &str, in_china: bool, packed: i32) -> (Schedule, Vec<Doubt>) {
    let mut schedule = Schedule { text: text.to_owned(), ..Schedule::default() };
    if text.trim().is_empty() {
        return (schedule, Vec::new());
    }
    let Ok(hours) = text.parse::<OpeningHours>() else { return (schedule, vec![Doubt::Unreadable]) };
    let mut doubts = Vec::new();
    if overlaps(&hours) {
        doubts.push(Doubt::Overlapping);
    }
    let rules = &hours.get_expression().rules;
    let holidays = Country::CN.holidays();
    let last = date(packed.saturating_add(KNOWN_DAYS));
    let covered = in_china && last.is_some_and(|last| holidays.get_public().first_after(last).is_some());
    if rules.iter().any(|rule| by_sun(rule) || is_about(rule, HolidayKind::School))
        || !covered && rules.iter().any(|rule| is_about(rule, HolidayKind::Public))
    {
        doubts.push(Doubt::NotKnown);
        return (schedule, doubts);
    }
    let hours = hours.with_context(Context::default().with_holidays(holidays));
    if rules.iter().all(is_weekly) {
        schedule.known = Some(ALWAYS);
        for (at, day) in schedule.week.iter_mut().enumerate() {
            *day = spans(&hours, MONDAY + 7 + at as i32);
        }
    } else {
        let (first, until) = (packed.saturating_sub(1), packed.saturating_add(KNOWN_DAYS));
        schedule.known = Some((first, until));
        let days: Vec<(i32, Vec<Span>)> = (first..until).map(|day| (day, spans(&hours, day))).collect();
        for (at, usual) in schedule.week.iter_mut().enumerate() {
            let same: Vec<&Vec<Span>> =
                days.iter().filter(|(day, _)| weekday(*day) == at).map(|(_, spans)| spans).collect();
            let most = same.iter().max_by_key(|spans| same.iter().filter(|other| other == spans).count());
            *usual = most.map(|spans| (*spans).clone()).unwrap_or_default();
        }
        schedule.exceptions = days.into_iter().filter(|(day, spans)| *spans != schedule.week[weekday(*day)]).collect();
    }
    (schedule, doubts)
}

/// The stretches of a local day that are not closed.
fn spans(hours: &OpeningHours, day: i32) -> Vec<Span> {
    let Some((from, to)) = midnight(day).zip(midnight(day.saturating_add(1))) else { return Vec::new() };
    let mut spans: Vec<Span> = Vec::new();
    for stretch in hours.iter_range(from, to) {
        let minute = |at: NaiveDateTime| (at - from).num_minutes().clamp(0, DAY.into()) as u16;
        let (start, end) = (minute(stretch.range.start), minute(stretch.range.end));
        if stretch.kind == RuleKind::Closed || start >= end {
            continue;
        }
        // A remark such as "by appointment" is a condition that nobody here can check.
        let unsure = stretch.kind == RuleKind::Unknown || !stretch.comment.is_empty();
        match spans.last_mut() {
            Some(last) if last.end == start && last.unsure == unsure => last.end = end,
            _ => spans.push(Span { start, end, unsure }),
        }
    }
    spans
}

/// Whether a rule says the same every week.
fn is_weekly(rule: &RuleSequence) -> bool {
    let days = &rule.day_selector;
    days.year.is_empty()
        && days.monthday.is_empty()
        && days.week.is_empty()
        && days.weekday.iter().all(|days| match days {
            WeekDayRange::Fixed { nth_from_start, nth_from_end, .. } => {
                nth_from_start.iter().chain(nth_from_end).all(|nth| *nth)
            }
            WeekDayRange::Holiday { .. } => false,
        })
}

fn is_about(rule: &RuleSequence, holiday: HolidayKind) -> bool {
    let days = rule.day_selector.weekday.iter();
    days.into_iter().any(|days| matches!(days, WeekDayRange::Holiday { kind, .. } if *kind == holiday))
}

fn by_sun(rule: &RuleSequence) -> bool {
    let mut ends = rule.time_selector.spans.iter().flat_map(|span| [span.range.start, span.range.end]);
    ends.any(|end| matches!(end, Time::Variable(_)))
}

/// Whether opening times that are meant to be added up overlap in an ordinary week.
fn overlaps(hours: &OpeningHours) -> bool {
    let mut open = vec![false; 7 * usize::from(DAY)];
    for rule in &hours.get_expression().rules {
        if rule.operator != RuleOperator::Additional {
            open.fill(false);
        }
        if rule.kind != RuleKind::Open || !is_weekly(rule) || by_sun(rule) {
            continue;
        }
        for span in &rule.time_selector.spans {
            let Ok(single) = format!("{} {span}", rule.day_selector).parse::<OpeningHours>() else { continue };
            let mut here = Vec::new();
            for day in 0..7 {
                for span in spans(&single, MONDAY + 7 + day) {
                    here.extend(
                        (span.start..span.end).map(|minute| day as usize * usize::from(DAY) + usize::from(minute)),
                    );
                }
            }
            if here.iter().any(|minute| open[*minute]) {
                return true;
            }
            here.into_iter().for_each(|minute| open[minute] = true);
        }
    }
    false
}

/// Days from 1970-01-01 to this date; none for a date that does not exist.
#[must_use]
pub fn day(year: i32, month: u32, day: u32) -> Option<i32> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    i32::try_from(date.signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?).num_days()).ok()
}

/// Monday is 0.
fn weekday(day: i32) -> usize {
    (i64::from(day) + 3).rem_euclid(7) as usize
}

fn date(day: i32) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let days = Days::new(u64::from(day.unsigned_abs()));
    if day < 0 { epoch.checked_sub_days(days) } else { epoch.checked_add_days(days) }
}

fn midnight(day: i32) -> Option<NaiveDateTime> {
    date(day).map(|date| date.and_time(NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hours::Hours;

    /// 2026-02-09, a Monday; Spring Festival is on the 17th.
    const PACKED: i32 = 20_493;

    #[track_caller]
    fn check(text: &str, day: i32, clock: &str, expected: &str) {
        let (schedule, _) = compile(text, true, PACKED);
        let (hour, minute) = clock.split_once(':').unwrap();
        let local = i64::from(PACKED + day) * 86_400
            + hour.parse::<i64>().unwrap() * 3600
            + minute.parse::<i64>().unwrap() * 60;
        let shown = |at: Option<i64>| {
            at.map_or("?".to_owned(), |at| {
                let local = at + 8 * 3600 - i64::from(PACKED) * 86_400;
                format!(
                    "{}d{:02}:{:02}",
                    local.div_euclid(86_400),
                    local.rem_euclid(86_400) / 3600,
                    local.rem_euclid(3600) / 60
                )
            })
        };
        let found = match schedule.open_at(local - 8 * 3600, 480) {
            Hours::Open { until } => format!("open until {}", shown(until)),
            Hours::Closed { opens } => format!("closed until {}", shown(opens)),
            Hours::Unknown => "unknown".to_owned(),
        };
        assert_eq!(found, expected, "{text} on day {day} at {clock}");
    }

    #[test]
    fn hours_are_as_a_shopper_reads_them() {
        let usual = "Mo-Fr 08:00-20:00; Sa,Su 09:00-22:00; PH off";
        check(usual, 0, "07:59", "closed until 0d08:00");
        check(usual, 0, "08:00", "open until 0d20:00");
        check(usual, 0, "20:00", "closed until 1d08:00");
        check(usual, 5, "21:59", "open until 5d22:00");
        check(usual, 8, "12:00", "closed until 9d08:00");
        check(usual, 61, "12:00", "unknown");
        check("24/7", 0, "03:00", "open until ?");
        check("24/7", 4000, "03:00", "open until ?");
        check("off", 0, "12:00", "closed until ?");
        check("22:00-02:00", 0, "23:59", "open until 1d02:00");
        check("22:00-02:00", 7, "01:59", "open until 7d02:00");
        check("Su 22:00-02:00", 0, "01:00", "open until 0d02:00");
        check("Su 22:00-02:00", 1, "01:00", "closed until 6d22:00");
        check("Mo-Fr 08:00-20:00 unknown", 0, "12:00", "unknown");
        check("Mo-Fr 08:00-20:00 \"by appointment\"", 0, "12:00", "unknown");
        check("Feb 10: 10:00-12:00; Feb 11-Dec 31 off", 1, "11:00", "open until 1d12:00");
        check("whenever we like", 0, "12:00", "unknown");
        check("sunrise-sunset", 0, "12:00", "unknown");
        check("", 0, "12:00", "unknown");
    }

    #[test]
    fn doubts_are_told() {
        let doubts = |text: &str| compile(text, true, PACKED).1;
        assert_eq!(doubts("Mo-Fr 08:00-12:00,11:00-14:00"), [Doubt::Overlapping]);
        assert_eq!(doubts("Mo-Fr 08:00-20:00, Fr 18:00-23:00"), [Doubt::Overlapping]);
        assert_eq!(doubts("Mo-Fr 08:00-20:00; Fr 18:00-23:00"), []);
        assert_eq!(doubts("Mo-Su 20:00-02:00, Su 01:00-03:00"), [Doubt::Overlapping]);
        assert_eq!(doubts("Mo-Fr 25:99-30"), [Doubt::Unreadable]);
        assert_eq!(doubts("SH off"), [Doubt::NotKnown]);
        assert_eq!(compile("Mo-Su 08:00-20:00; PH off", false, PACKED).1, [Doubt::NotKnown]);
    }
}
