//! Money as people write it: `2800` of `CNY` is `¥28.00`.

/// Formats minor units of an ISO 4217 currency.
///
/// Currencies without a well-known sign keep their code in front, so nothing is ever shown without its unit.
#[must_use]
pub fn format_money(minor: i64, currency: &str) -> String {
    let digits = match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" | "UGX" | "PYG" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
        _ => 2,
    };
    let sign = if minor < 0 { "−" } else { "" };
    let unit = 10_u64.pow(digits);
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let whole = grouped(whole);
    let symbol = symbol(currency);
    match digits {
        0 => format!("{sign}{symbol}{whole}"),
        digits => format!("{sign}{symbol}{whole}.{rest:0width$}", width = digits as usize),
    }
}

fn symbol(currency: &str) -> String {
    match currency {
        "CNY" | "JPY" => "¥",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "HKD" => "HK$",
        "TWD" => "NT$",
        "SGD" => "S$",
        "AUD" => "A$",
        "CAD" => "C$",
        "NZD" => "NZ$",
        "MOP" => "MOP$",
        "KRW" => "₩",
        "INR" => "₹",
        "THB" => "฿",
        "VND" => "₫",
        "PHP" => "₱",
        "MYR" => "RM",
        other => return format!("{other} "),
    }
    .to_owned()
}

fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::format_money;

    #[track_caller]
    fn check(minor: i64, currency: &str, text: &str) {
        assert_eq!(format_money(minor, currency), text);
    }

    #[test]
    fn money_is_written_as_in_its_country() {
        check(2800, "CNY", "¥28.00");
        check(990, "CNY", "¥9.90");
        check(5, "USD", "$0.05");
        check(-800, "CNY", "−¥8.00");
        check(123_456_789, "EUR", "€1,234,567.89");
        check(1200, "JPY", "¥1,200");
        check(1200, "KWD", "KWD 1.200");
        check(i64::MIN, "CNY", "−¥92,233,720,368,547,758.08");
    }
}
