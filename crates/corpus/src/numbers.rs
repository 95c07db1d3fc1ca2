//! Numbers as people write them.

use rand::Rng;

use crate::names::Lang;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
const ORDINALS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];

/// A quantity as it occurs in orders.
pub fn quantity(rng: &mut impl Rng) -> u32 {
    match rng.random_range(0..100) {
        0..46 => 1,
        46..74 => 2,
        74..86 => 3,
        86..97 => rng.random_range(4..=8),
        _ => rng.random_range(9..=36),
    }
}

/// A number standing alone or before a noun.
pub fn number(lang: Lang, count: u32, rng: &mut impl Rng) -> String {
    match lang {
        _ if rng.random_bool(0.45) => count.to_string(),
        Lang::En => english(count),
        Lang::Zh if count == 2 => "两".to_owned(),
        Lang::Zh => chinese(count),
    }
}

/// A position in the cart: "second", "2nd", 第二.
pub fn ordinal(lang: Lang, position: usize, rng: &mut impl Rng) -> String {
    match lang {
        Lang::En if position <= ORDINALS.len() && rng.random_bool(0.75) => ORDINALS[position - 1].to_owned(),
        Lang::En => format!("{position}{}", ["st", "nd", "rd", "th"][position.clamp(1, 4) - 1]),
        Lang::Zh if rng.random_bool(0.15) => format!("第{position}"),
        Lang::Zh => format!("第{}", chinese(u32::try_from(position).unwrap_or(1))),
    }
}

/// English words of a number below 1,000.
pub fn english(count: u32) -> String {
    let at = |index: u32| usize::try_from(index).unwrap_or(0);
    match count {
        0..20 => SMALL[at(count)].to_owned(),
        20..100 if count.is_multiple_of(10) => TENS[at(count / 10)].to_owned(),
        20..100 => format!("{}-{}", TENS[at(count / 10)], SMALL[at(count % 10)]),
        _ if count.is_multiple_of(100) => format!("{} hundred", english(count / 100)),
        _ => format!("{} hundred and {}", english(count / 100), english(count % 100)),
    }
}

/// Chinese numerals of a number below 1,000.
pub fn chinese(count: u32) -> String {
    let digit = |index: u32| DIGITS[usize::try_from(index).unwrap_or(0)];
    let rest = |value: u32| if value == 0 { "" } else { digit(value) };
    match count {
        0..10 => digit(count).to_owned(),
        10..20 => format!("十{}", rest(count % 10)),
        20..100 => format!("{}十{}", digit(count / 10), rest(count % 10)),
        _ if count.is_multiple_of(100) => format!("{}百", digit(count / 100)),
        _ if count % 100 < 10 => format!("{}百零{}", digit(count / 100), digit(count % 10)),
        _ => format!("{}百{}十{}", digit(count / 100), digit(count % 100 / 10), rest(count % 10)),
    }
}

/// Where `text` says `count` without a slot: "a couple", "half a dozen", 一.
pub fn find_spoken(text: &str, count: u32) -> Option<std::ops::Range<usize>> {
    let words: &[&str] = match count {
        1 => &["one", "single", "一"],
        2 => &["couple", "pair", "two", "两", "俩"],
        6 => &["half a dozen", "半打"],
        12 => &["dozen", "一打"],
        _ => &[],
    };
    words.iter().find_map(|word| {
        let whole = |at: &usize| {
            let letter = |c: char| c.is_ascii_alphabetic();
            !text[..*at].ends_with(letter) && !text[at + word.len()..].starts_with(letter)
        };
        let at = text.match_indices(word).map(|(at, _)| at).find(whole)?;
        Some(at..at + word.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelt_out() {
        for (count, words, numerals) in
            [(7, "seven", "七"), (12, "twelve", "十二"), (20, "twenty", "二十"), (45, "forty-five", "四十五")]
        {
            assert_eq!((english(count).as_str(), chinese(count).as_str()), (words, numerals));
        }
        assert_eq!((english(120), chinese(120)), ("one hundred and twenty".to_owned(), "一百二十".to_owned()));
        assert_eq!(find_spoken("someone wants a couple of", 2), Some(16..22));
        assert_eq!(find_spoken("someone", 1), None);
    }
}
