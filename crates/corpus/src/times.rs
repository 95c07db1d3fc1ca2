//! Clock times, durations and amounts of money, as people write them.

use rand::{Rng, seq::IndexedRandom};

use crate::{
    names::Lang,
    numbers::{chinese, english},
};

/// A clock time and its minutes after midnight.
pub fn time(lang: Lang, rng: &mut impl Rng) -> (String, u16) {
    let hour: u16 = if rng.random_bool(0.08) { 12 } else { rng.random_range(7..=21) };
    let minute = match rng.random_range(0..100) {
        0..48 => 0,
        48..75 => 30,
        75..87 => *[15, 45].choose(rng).unwrap_or(&15),
        _ => 5 * rng.random_range(1..12),
    };
    let text = match lang {
        Lang::En => english_time(hour, minute, rng),
        Lang::Zh => chinese_time(hour, minute, rng),
    };
    (text, hour * 60 + minute)
}

/// The contract reads hours without morning or evening as 7 in the morning to 6 in the afternoon.
fn is_plain(hour: u16) -> bool {
    hour <= 18
}

fn english_time(hour: u16, minute: u16, rng: &mut impl Rng) -> String {
    let twelve = if hour > 12 { hour - 12 } else { hour };
    let half = if hour < 12 { "am" } else { "pm" };
    let word = |hour: u16| english(u32::from(hour));
    let spoken = rng.random_bool(0.5);
    let name = |hour: u16| if spoken { word(hour) } else { hour.to_string() };
    if hour == 12 && minute == 0 && rng.random_bool(0.6) {
        return (*["noon", "midday", "12 noon"].choose(rng).unwrap_or(&"noon")).to_owned();
    }
    let blank = if rng.random_bool(0.5) { " " } else { "" };
    let mut ways = vec![if minute == 0 && rng.random_bool(0.85) {
        format!("{twelve}{blank}{half}")
    } else {
        format!("{twelve}:{minute:02}{blank}{half}")
    }];
    if hour > 12 || rng.random_bool(0.2) {
        ways.push(format!("{hour:02}:{minute:02}"));
    }
    if minute == 0 && hour != 12 {
        let part = ["in the morning", "in the afternoon", "in the evening"][usize::from(hour / 6).clamp(1, 3) - 1];
        ways.push(format!("{} {part}", name(twelve)));
    }
    if is_plain(hour) {
        let next = if twelve == 12 { 1 } else { twelve + 1 };
        match minute {
            0 => {
                ways.extend([name(twelve), name(twelve), format!("{} o'clock", name(twelve)), format!("{twelve}:00")]);
            }
            30 => ways.extend([
                format!("half past {}", name(twelve)),
                format!("half past {}", name(twelve)),
                format!("{} thirty", word(twelve)),
                format!("{twelve}:30"),
            ]),
            15 => ways.extend([format!("quarter past {}", name(twelve)), format!("{twelve}:15")]),
            // The hour that is named decides about morning and afternoon, so "quarter to 7" is not one of ours.
            45 if next != 7 => ways.extend([format!("quarter to {}", name(next)), format!("{twelve}:45")]),
            5 | 10 | 20 => ways.push(format!("{} past {}", name(minute), name(twelve))),
            40 | 50 | 55 if next != 7 => ways.push(format!("{} to {}", name(60 - minute), name(next))),
            _ => ways.push(format!("{twelve}:{minute:02}")),
        }
    }
    ways.choose(rng).cloned().unwrap_or_default()
}

fn chinese_time(hour: u16, minute: u16, rng: &mut impl Rng) -> String {
    let twelve = if hour > 12 { hour - 12 } else { hour };
    let numerals = rng.random_bool(0.5);
    let name = |value: u16| match value {
        _ if !numerals => value.to_string(),
        2 => "两".to_owned(),
        _ => chinese(u32::from(value)),
    };
    let rest = match minute {
        0 if rng.random_bool(0.1) => "整".to_owned(),
        0 => String::new(),
        30 if rng.random_bool(0.8) => "半".to_owned(),
        15 if rng.random_bool(0.6) => "一刻".to_owned(),
        45 if rng.random_bool(0.5) => "三刻".to_owned(),
        5 if numerals => "零五分".to_owned(),
        5 => "05".to_owned(),
        _ if rng.random_bool(0.3) => format!("{}分", name(minute)),
        _ => name(minute),
    };
    let parts: &[&str] = match hour {
        ..12 => &["早上", "上午", "早晨"],
        12 => &["中午"],
        13..18 => &["下午"],
        _ => &["晚上", "今晚", "傍晚"],
    };
    let part = if hour > 19 { "晚上" } else { *parts.choose(rng).unwrap_or(&"") };
    let mut ways = vec![format!("{part}{}点{rest}", name(twelve))];
    if rng.random_bool(0.3) {
        ways.push(format!("{part}{twelve}:{minute:02}"));
    }
    if hour > 12 || rng.random_bool(0.3) {
        ways.push(format!("{hour:02}:{minute:02}"));
    }
    if is_plain(hour) {
        let plain = format!("{}点{rest}", name(twelve));
        ways.extend([plain.clone(), plain, format!("{twelve}:{minute:02}")]);
    } else if !numerals {
        ways.push(format!("{hour}点{rest}"));
    }
    ways.choose(rng).cloned().unwrap_or_default()
}

/// A duration and its minutes.
pub fn duration(lang: Lang, rng: &mut impl Rng) -> (String, u16) {
    let minutes = *[5, 10, 10, 15, 15, 20, 20, 25, 30, 30, 30, 40, 45, 50, 60, 60, 90, 120].choose(rng).unwrap_or(&20);
    let count = if rng.random_bool(0.65) { minutes.to_string() } else { String::new() };
    let pick = |ways: &[&str], rng: &mut _| ways.choose(rng).map(|way| (*way).to_owned()).unwrap_or_default();
    let text = match (lang, minutes) {
        (Lang::En, 30) if rng.random_bool(0.6) => pick(&["half an hour", "half an hour", "half hour"], rng),
        (Lang::En, 15) if rng.random_bool(0.2) => "quarter of an hour".to_owned(),
        (Lang::En, 60) => pick(&["an hour", "one hour", "1 hour"], rng),
        (Lang::En, 90) => pick(&["an hour and a half", "90 minutes"], rng),
        (Lang::En, 120) => pick(&["two hours", "2 hours"], rng),
        (Lang::En, _) => {
            let count = if count.is_empty() { english(minutes.into()) } else { count };
            format!("{count} {}", pick(&["minutes", "minutes", "mins", "min"], rng))
        }
        (Lang::Zh, 30) if rng.random_bool(0.7) => pick(&["半小时", "半小时", "半个小时", "半个钟", "半个钟头"], rng),
        (Lang::Zh, 15) if rng.random_bool(0.25) => "一刻钟".to_owned(),
        (Lang::Zh, 60) => pick(&["一小时", "一个小时", "1小时", "1个小时", "一个钟", "一个钟头"], rng),
        (Lang::Zh, 90) => pick(&["一个半小时", "90分钟", "九十分钟"], rng),
        (Lang::Zh, 120) => pick(&["两小时", "两个小时", "2小时", "2个小时"], rng),
        (Lang::Zh, _) => {
            let count = if count.is_empty() { chinese(minutes.into()) } else { count };
            format!("{count}分钟")
        }
    };
    (text, minutes)
}

/// An amount of money and its minor units.
pub fn price(lang: Lang, rng: &mut impl Rng) -> (String, u32) {
    let yuan: u32 = match rng.random_range(0..10) {
        0..6 => 5 * rng.random_range(1..=12),
        6..8 => *[8, 12, 18, 16, 28, 22, 38].choose(rng).unwrap_or(&12),
        8 => 10 * rng.random_range(6..=20),
        _ => rng.random_range(6..=99),
    };
    let count = match lang {
        _ if rng.random_bool(0.7) => yuan.to_string(),
        Lang::En => english(yuan),
        Lang::Zh => chinese(yuan),
    };
    let digits = count.starts_with(|c: char| c.is_ascii_digit());
    if digits && rng.random_bool(0.06) {
        let text = if lang == Lang::En { format!("{yuan}.5 yuan") } else { format!("{yuan}.5元") };
        return (text, yuan * 100 + 50);
    }
    let text = match (lang, rng.random_range(0..10)) {
        (_, 0) if digits => format!("¥{count}"),
        (Lang::En, 1 | 2) => format!("{count} rmb"),
        (Lang::En, 3) => format!("{count} kuai"),
        (Lang::En, 4) if digits => format!("{count}rmb"),
        (Lang::En, _) => format!("{count} yuan"),
        (Lang::Zh, 1..5) => format!("{count}元"),
        (Lang::Zh, 5) => format!("{count}块钱"),
        (Lang::Zh, _) => format!("{count}块"),
    };
    (text, yuan * 100)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::SmallRng};

    use super::*;

    #[test]
    fn bare_hours_follow_the_contract() {
        let mut rng = SmallRng::seed_from_u64(3);
        for _ in 0..3000 {
            let (text, minutes) = time(Lang::En, &mut rng);
            if let Ok(hour) = text.parse::<u16>() {
                let expected = if (7..=12).contains(&hour) { hour } else { hour + 12 };
                assert_eq!(minutes, expected * 60, "{text}");
            }
        }
    }
}
