//! Seconds since 1970 as RFC 3339 in UTC, and back.

/// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
pub(crate) const LAST: i64 = 253_402_300_799;

const DAY: i64 = 86_400;

/// `2026-02-06T00:00:00Z`; `seconds` is 0 to [`LAST`].
pub(crate) fn format(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Counted in eras of 400 years that begin in March, so that leap days come last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Reads exactly what [`format`] writes, with `Z` or `+00:00`; `None` for anything else, also for the 30th of February.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bare = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"))?;
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bare.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse().ok()
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    let seconds = days * DAY + hour * 3600 + minute * 60 + second;
    // What does not exist, or is written in another way, is not written like this again.
    let again = (0..=LAST).contains(&seconds).then(|| format(seconds))?;
    (again.strip_suffix('Z') == Some(bare)).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::{LAST, format, parse};

    #[test]
    fn times_are_written_and_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T12:00:00Z", 1_709_208_000),
            ("2026-02-05T16:00:00Z", 1_770_307_200),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", LAST),
        ] {
            assert_eq!(format(seconds), text);
            assert_eq!(parse(text), Some(seconds));
            assert_eq!(parse(&text.replace('Z', "+00:00")), Some(seconds));
        }
        for day in 0..200_000 {
            assert_eq!(parse(&format(day * 86_400 + day % 86_400)), Some(day * 86_400 + day % 86_400));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            "",
            "2026-02-06",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00",
            "2026-01-01t00:00:00Z",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00.5Z",
            "2026-01-01T00:00:00+08:00",
            "2026-01-01T00:00:00ZZ",
            "+026-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "二〇二六-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
