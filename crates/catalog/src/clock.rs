//! Clock times and durations as people say them, in English and Chinese.

use crate::numbers::{Found, digit, english_word, plain, whole};
use crate::text::{Atom, AtomKind};

/// A clock time, in minutes after midnight: "5:45 pm", "half past three", 下午三点半, noon.
pub(crate) fn clock(atoms: &[Atom]) -> Option<Found<u32>> {
    english_clock(atoms).or_else(|| chinese_clock(atoms))
}

/// A duration in minutes: "20 minutes", "half an hour", 半小时, 一个半小时. At most a day.
pub(crate) fn duration(atoms: &[Atom]) -> Option<Found<u32>> {
    let found = english_duration(atoms).or_else(|| chinese_duration(atoms))?;
    (1..=1440).contains(&found.value).then_some(found)
}

/// The contract's reading of an hour without morning or evening: 7 to 11 in the morning, 12 noon, 1 to 6 afternoon.
#[must_use]
pub fn bare_hour(hour: u32) -> Option<u32> {
    match hour {
        1..=6 => Some((hour + 12) * 60),
        7..=23 => Some(hour * 60),
        _ => None,
    }
}

fn english_clock(atoms: &[Atom]) -> Option<Found<u32>> {
    let word = |index: usize| atoms.get(index).map_or("", |atom| atom.norm.as_str());
    match word(0) {
        "noon" | "midday" => return Some(Found { value: 720, atoms: 1 }),
        "midnight" => return Some(Found { value: 0, atoms: 1 }),
        _ => {}
    }
    let past_at = match (word(0), word(1), word(2)) {
        ("half", "past", _) => Some((30, 2)),
        ("quarter", "past", _) => Some((15, 2)),
        ("quarter", "to", _) => Some((-15, 2)),
        ("a", "quarter", "past") => Some((15, 3)),
        ("a", "quarter", "to") => Some((-15, 3)),
        (minutes, "past", _) => {
            english_word(minutes).or_else(|| whole(&atoms[0])).map(|minutes| (i64::from(minutes), 2))
        }
        (minutes, "to", hour) if english_word(hour).is_some() || hour.parse::<u32>().is_ok() => english_word(minutes)
            .or_else(|| whole(&atoms[0]))
            .filter(|minutes| minutes % 5 == 0)
            .map(|minutes| (-i64::from(minutes), 2)),
        _ => None,
    };
    if let Some((offset, taken)) = past_at.filter(|(offset, _)| offset.abs() < 60) {
        let hour = plain(atoms.get(taken..)?).filter(|hour| (1..=12).contains(&hour.value))?;
        let taken = taken + hour.atoms;
        let (half, extra) = half_of_day(&atoms[taken..]);
        let minutes = i64::from(in_half(hour.value, half)?) + offset;
        return Some(Found { value: u32::try_from(minutes.rem_euclid(1440)).ok()?, atoms: taken + extra });
    }
    let first = atoms.first()?;
    if let Some((hours, minutes)) = first.norm.split_once([':', '.']).filter(|_| first.kind == AtomKind::Digits) {
        let (half, extra) = half_of_day(&atoms[1..]);
        if first.norm.contains('.') && half.is_none() {
            return None;
        }
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok().filter(|_| minutes.len() == 2)?);
        let exact = hours == 0 || hours > 12 || first.norm.starts_with('0');
        let base = if exact && half.is_none() { hours * 60 } else { in_half(hours, half)? };
        return (minutes < 60 && hours < 24).then_some(Found { value: (base + minutes) % 1440, atoms: 1 + extra });
    }
    let hour = plain(atoms).filter(|hour| (1..=12).contains(&hour.value) && first.kind != AtomKind::Han)?;
    let mut taken = hour.atoms;
    if word(taken) == "o'clock" || word(taken) == "oclock" {
        let (half, extra) = half_of_day(&atoms[taken + 1..]);
        return Some(Found { value: in_half(hour.value, half)?, atoms: taken + 1 + extra });
    }
    // "three thirty", "six forty five pm": words only, as "three 30" is no time.
    let mut minutes = 0;
    if first.kind == AtomKind::Word
        && matches!(word(taken), "fifteen" | "thirty" | "forty" | "twenty" | "ten" | "fifty")
    {
        let tail = plain(&atoms[taken..])?;
        minutes = tail.value;
        taken += tail.atoms;
    }
    let (half, extra) = half_of_day(&atoms[taken..]);
    let certain = half.is_some() || (minutes % 15 == 0 && minutes > 0);
    certain.then(|| Some(Found { value: in_half(hour.value, half)? + minutes, atoms: taken + extra }))?
}

/// "pm", "p.m.", "in the afternoon": `Some(true)` is the second half of the day; and how many atoms it takes.
fn half_of_day(atoms: &[Atom]) -> (Option<bool>, usize) {
    let word = |index: usize| atoms.get(index).map_or("", |atom| atom.norm.as_str());
    match (word(0), word(1), word(2), word(3)) {
        ("am", ..) => (Some(false), 1),
        ("pm", ..) | ("tonight", ..) => (Some(true), 1),
        ("a", ".", "m", ".") => (Some(false), 4),
        ("p", ".", "m", ".") => (Some(true), 4),
        ("a", ".", "m", _) => (Some(false), 3),
        ("p", ".", "m", _) => (Some(true), 3),
        ("in", "the", "morning", _) => (Some(false), 3),
        ("in", "the", "afternoon" | "evening", _) => (Some(true), 3),
        ("this", "morning", ..) => (Some(false), 2),
        ("this", "afternoon" | "evening", ..) => (Some(true), 2),
        ("at", "night", ..) => (Some(true), 2),
        _ => (None, 0),
    }
}

fn in_half(hour: u32, second: Option<bool>) -> Option<u32> {
    match second {
        None => bare_hour(hour),
        Some(second) if (1..=12).contains(&hour) => Some((hour % 12 + if second { 12 } else { 0 }) * 60),
        Some(_) => (hour < 24).then_some(hour * 60),
    }
}

fn chinese_clock(atoms: &[Atom]) -> Option<Found<u32>> {
    let pair = |at: usize| -> String { atoms.iter().skip(at).take(2).map(|atom| atom.norm.as_str()).collect() };
    let (half, mut taken) = match pair(0).as_str() {
        "早上" | "上午" | "凌晨" | "早晨" | "今早" => (Some(false), 2),
        "下午" | "晚上" | "傍晚" | "今晚" | "夜里" | "下晝" => (Some(true), 2),
        "中午" | "正午" => (None, 2),
        _ => (None, 0),
    };
    let midday = taken == 2 && half.is_none();
    let named = taken > 0;
    if let Some(atom) =
        atoms.get(taken).filter(|atom| named && atom.kind == AtomKind::Digits && atom.norm.contains(':'))
    {
        let (hours, minutes) = atom.norm.split_once(':')?;
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        return (hours < 24 && minutes < 60)
            .then(|| Some(Found { value: in_half(hours, half)? + minutes, atoms: taken + 1 }))?;
    }
    let hour = atoms.get(taken..).and_then(plain).filter(|hour| hour.value <= 24);
    let Some((hour, point)) = hour.and_then(|hour| atoms.get(taken + hour.atoms).map(|point| (hour, point))) else {
        return midday.then_some(Found { value: 720, atoms: 2 });
    };
    if !matches!(point.norm.as_str(), "点" | "點" | "时") {
        return midday.then_some(Found { value: 720, atoms: 2 });
    }
    taken += hour.atoms + 1;
    let minutes = match pair(taken).as_str() {
        "一刻" => Some((15, 2)),
        "三刻" => Some((45, 2)),
        _ if atoms.get(taken).is_some_and(|atom| atom.norm == "半") => Some((30, 1)),
        _ if atoms.get(taken).is_some_and(|atom| matches!(atom.norm.as_str(), "钟" | "鐘" | "整")) => Some((0, 1)),
        _ => atoms.get(taken..).and_then(plain).filter(|minutes| minutes.value < 60 && minutes.value >= 5).and_then(
            |minutes| {
                let unit = usize::from(atoms.get(taken + minutes.atoms).is_some_and(|atom| atom.norm == "分"));
                // 三点两杯: what follows is a count, not minutes, unless it has two digits or says 分.
                (unit == 1 || minutes.value >= 10).then_some((minutes.value, minutes.atoms + unit))
            },
        ),
    };
    // 一点 alone is "a little".
    if hour.value == 1 && !named && minutes.is_none() && atoms.first().is_some_and(|atom| digit(atom).is_some()) {
        return None;
    }
    let (minutes, extra) = minutes.unwrap_or((0, 0));
    let base = if hour.value > 12 || hour.value == 0 { hour.value % 24 * 60 } else { in_half(hour.value, half)? };
    Some(Found { value: (base + minutes) % 1440, atoms: taken + extra })
}

fn english_duration(atoms: &[Atom]) -> Option<Found<u32>> {
    let word = |index: usize| atoms.get(index).map_or("", |atom| atom.norm.as_str());
    let and_a_half = |at: usize| word(at) == "and" && word(at + 1) == "a" && word(at + 2) == "half";
    match (word(0), word(1), word(2)) {
        ("half", "an", "hour") => return Some(Found { value: 30, atoms: 3 }),
        ("half", "hour", _) => return Some(Found { value: 30, atoms: 2 }),
        ("a", "half", "hour") => return Some(Found { value: 30, atoms: 3 }),
        ("quarter", "of", "an") if word(3) == "hour" => return Some(Found { value: 15, atoms: 4 }),
        ("a", "quarter", "of") if word(3) == "an" && word(4) == "hour" => return Some(Found { value: 15, atoms: 5 }),
        ("an", "hour", _) if and_a_half(2) => return Some(Found { value: 90, atoms: 5 }),
        ("an", "hour", _) => return Some(Found { value: 60, atoms: 2 }),
        _ => {}
    }
    let number = plain(atoms)?;
    match word(number.atoms) {
        "minutes" | "minute" | "mins" | "min" => Some(Found { value: number.value, atoms: number.atoms + 1 }),
        "hours" | "hour" | "hrs" | "hr" => {
            Some(Found { value: number.value.checked_mul(60)?, atoms: number.atoms + 1 })
        }
        "and" if and_a_half(number.atoms) && word(number.atoms + 3).starts_with("hour") => {
            Some(Found { value: number.value.checked_mul(60)? + 30, atoms: number.atoms + 4 })
        }
        _ => None,
    }
}

fn chinese_duration(atoms: &[Atom]) -> Option<Found<u32>> {
    let joined = |from: usize, length: usize| -> String {
        atoms.iter().skip(from).take(length).map(|atom| atom.norm.as_str()).collect()
    };
    for (text, value) in [
        ("半个小时", 30),
        ("半個鐘", 30),
        ("半小时", 30),
        ("半个钟头", 30),
        ("半个钟", 30),
        ("一刻钟", 15),
        ("半個小時", 30),
        ("半小時", 30),
    ] {
        let length = text.chars().count();
        if joined(0, length) == text {
            return Some(Found { value, atoms: length });
        }
    }
    let number = plain(atoms)?;
    let at = number.atoms;
    let hours =
        |length: usize, extra: u32| Some(Found { value: number.value.checked_mul(60)? + extra, atoms: at + length });
    match (joined(at, 2).as_str(), joined(at, 3).as_str(), joined(at, 4).as_str()) {
        ("分钟" | "分鐘", ..) => Some(Found { value: number.value, atoms: at + 2 }),
        (_, _, "个半小时" | "個半小時") => hours(4, 30),
        (_, "个小时" | "个钟头" | "個小時", _) => hours(3, 0),
        ("小时" | "小時" | "个钟" | "個鐘", ..) => hours(2, 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::atoms;

    #[track_caller]
    fn at(text: &str, expected: Option<&str>) {
        let found = clock(&atoms(text)).map(|found| format!("{:02}:{:02}", found.value / 60, found.value % 60));
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn clock_times_are_read() {
        for (text, expected) in [
            ("5:45 pm", "17:45"),
            ("8:15 am", "08:15"),
            ("2 pm", "14:00"),
            ("3:30", "15:30"),
            ("15:30", "15:30"),
            ("noon", "12:00"),
            ("half past three", "15:30"),
            ("quarter to 5", "16:45"),
            ("ten past nine", "09:10"),
            ("6 o'clock", "18:00"),
            ("three thirty", "15:30"),
            ("6.30pm", "18:30"),
            ("下午三点半", "15:30"),
            ("晚上8点", "20:00"),
            ("九点一刻", "09:15"),
            ("三点", "15:00"),
            ("中午", "12:00"),
            ("十二点", "12:00"),
            ("下午5点20", "17:20"),
            ("18点", "18:00"),
            ("一点半", "13:30"),
        ] {
            at(text, Some(expected));
        }
        for text in ["three lattes", "一点", "three", "9.9 coffee", "25:99"] {
            at(text, None);
        }
    }

    #[test]
    fn durations_are_read() {
        for (text, expected) in [
            ("20 minutes", 20),
            ("half an hour", 30),
            ("a quarter of an hour", 15),
            ("an hour and a half", 90),
            ("two hours", 120),
            ("半小时", 30),
            ("二十分钟", 20),
            ("一个半小时", 90),
            ("1小时", 60),
            ("两个小时", 120),
        ] {
            assert_eq!(duration(&atoms(text)).map(|found| found.value), Some(expected), "{text}");
        }
        assert_eq!(duration(&atoms("20 lattes")), None);
    }
}
