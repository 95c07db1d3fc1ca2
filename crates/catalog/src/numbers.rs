//! Numbers as people say them, in English and Chinese: counts, ordinals, amounts of money.

use crate::text::{Atom, AtomKind};

/// A number found at the front of some atoms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found<T> {
    /// What it is.
    pub(crate) value: T,
    /// How many atoms it takes.
    pub(crate) atoms: usize,
}

/// Chinese measure words that may follow a count and belong to it.
const MEASURES: &str =
    "杯个份根块袋瓶只盒片条碗套张单包听罐串颗支枚粒壶桶件盘碟笼屉盆锅煲箱板筒球斤捆樽客把例扎提隻個張條塊盤籠鍋";

/// A count: "two", "3", "half a dozen", 两杯, 俩. At most 999.
pub(crate) fn count(atoms: &[Atom]) -> Option<Found<u32>> {
    let number = english_count(atoms).or_else(|| chinese_count(atoms))?;
    (1..=999).contains(&number.value).then_some(number)
}

/// An ordinal: "second", "2nd", 第二杯, "number two". At most 99.
pub(crate) fn ordinal(atoms: &[Atom]) -> Option<Found<u32>> {
    const WORDS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth",
    ];
    let first = atoms.first()?;
    if let Some(index) = WORDS.iter().position(|word| *word == first.norm) {
        return Some(Found { value: u32::try_from(index).ok()? + 1, atoms: 1 });
    }
    if first.norm == "第" || first.norm == "number" || first.norm == "#" {
        let inner = plain(&atoms[1..])?;
        let mut taken = 1 + inner.atoms;
        if first.norm == "第" && atoms.get(taken).is_some_and(is_measure) {
            taken += 1;
        }
        return (1..=99).contains(&inner.value).then_some(Found { value: inner.value, atoms: taken });
    }
    let suffix = atoms.get(1).filter(|next| next.start == first.end)?;
    let value: u32 = whole(first)?;
    let fits = matches!(suffix.norm.as_str(), "st" | "nd" | "rd" | "th") && (1..=99).contains(&value);
    fits.then_some(Found { value, atoms: 2 })
}

/// An amount of money in hundredths: "20 yuan", "¥9.9", 二十块, 九块九.
pub(crate) fn money(atoms: &[Atom]) -> Option<Found<u32>> {
    let first = atoms.first()?;
    if matches!(first.norm.as_str(), "¥" | "￥" | "$" | "€" | "£" | "rmb" | "cny") {
        let value = decimal(atoms.get(1)?)?;
        let unit = usize::from(atoms.get(2).is_some_and(is_currency));
        return Some(Found { value, atoms: 2 + unit });
    }
    let (whole_part, taken) = match decimal(first) {
        Some(value) => (value, 1),
        None => plain(atoms).map(|number| (number.value.saturating_mul(100), number.atoms))?,
    };
    let unit = atoms.get(taken)?;
    if !is_currency(unit) {
        return None;
    }
    if matches!(unit.norm.as_str(), "块" | "塊") && value_is_count(whole_part, atoms.get(taken + 1)) {
        return None;
    }
    let mut end = taken + 1;
    let mut value = whole_part;
    if matches!(unit.norm.as_str(), "块" | "元" | "塊" | "蚊") {
        // 九块九, 9块9: one digit after the unit are tenths.
        let tenths = atoms.get(end).and_then(|atom| digit(atom).or_else(|| whole(atom).filter(|value| *value < 10)));
        let counted = atoms.get(end + 1).is_some_and(|next| is_measure(next) || next.norm == "点");
        if let Some(tenths) = tenths.filter(|_| !counted) {
            value += tenths * 10;
            end += 1;
        } else if atoms.get(end).is_some_and(|atom| matches!(atom.norm.as_str(), "钱" | "錢")) {
            end += 1;
        }
    }
    (value <= 10_000_000).then_some(Found { value, atoms: end })
}

/// 两块披萨 are two pieces, 两块钱 and 20块以内 are money: few of them, and what follows is neither about money nor the end.
fn value_is_count(hundredths: u32, next: Option<&Atom>) -> bool {
    const OF_MONEY: &str = "钱錢以左内內之的多毛几一二两三四五六七八九半封上下往就能够有都吧呢啊券優优";
    let goods = next.is_some_and(|next| match next.kind {
        AtomKind::Han => !OF_MONEY.contains(next.norm.as_str()),
        AtomKind::Word => true,
        AtomKind::Digits | AtomKind::Punctuation => false,
    });
    hundredths <= 1000 && hundredths.is_multiple_of(100) && goods
}

/// A bare number without measure word, 0 to 9999.
pub(crate) fn plain(atoms: &[Atom]) -> Option<Found<u32>> {
    english_number(atoms).or_else(|| chinese_number(atoms))
}

fn english_count(atoms: &[Atom]) -> Option<Found<u32>> {
    let word = |index: usize| atoms.get(index).map(|atom| atom.norm.as_str());
    match (word(0)?, word(1), word(2)) {
        ("half", Some("a"), Some("dozen")) => return Some(Found { value: 6, atoms: 3 }),
        ("a", Some("dozen"), _) => return Some(Found { value: 12, atoms: 2 }),
        ("a", Some("couple" | "pair"), Some("of")) => return Some(Found { value: 2, atoms: 3 }),
        ("a", Some("couple"), _) => return Some(Found { value: 2, atoms: 2 }),
        ("couple" | "pair", Some("of"), _) => return Some(Found { value: 2, atoms: 2 }),
        ("dozen", _, _) => return Some(Found { value: 12, atoms: 1 }),
        ("x" | "×", Some(_), _) => {
            let value = whole(&atoms[1])?;
            return Some(Found { value, atoms: 2 });
        }
        _ => {}
    }
    let mut number = english_number(atoms)?;
    let next = atoms.get(number.atoms);
    let times = |next: &Atom| matches!(next.norm.as_str(), "x" | "×") && next.start == atoms[number.atoms - 1].end;
    if next.is_some_and(|next| times(next) || is_measure(next)) {
        number.atoms += 1;
    }
    Some(number)
}

fn english_number(atoms: &[Atom]) -> Option<Found<u32>> {
    let first = atoms.first()?;
    if let Some(value) = whole(first) {
        return Some(Found { value, atoms: 1 });
    }
    if first.kind != AtomKind::Word {
        return None;
    }
    let value = english_word(&first.norm)?;
    if (20..100).contains(&value) && value % 10 == 0 {
        let hyphen = usize::from(atoms.get(1).is_some_and(|atom| atom.norm == "-"));
        let unit =
            atoms.get(1 + hyphen).and_then(|atom| english_word(&atom.norm)).filter(|unit| (1..10).contains(unit));
        if let Some(unit) = unit {
            return Some(Found { value: value + unit, atoms: 2 + hyphen });
        }
    }
    if value < 10 && atoms.get(1).is_some_and(|atom| atom.norm == "hundred") {
        return Some(Found { value: value * 100, atoms: 2 });
    }
    Some(Found { value, atoms: 1 })
}

/// The value of one English number word.
pub(crate) fn english_word(word: &str) -> Option<u32> {
    const SMALL: [&str; 21] = [
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
        "twenty",
    ];
    const TENS: [&str; 7] = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let small = SMALL.iter().position(|known| *known == word);
    let tens = TENS.iter().position(|known| *known == word).map(|index| 30 + 10 * index);
    small.or(tens).and_then(|value| u32::try_from(value).ok())
}

fn chinese_count(atoms: &[Atom]) -> Option<Found<u32>> {
    if atoms[0].norm == "半" && atoms.get(1).is_some_and(|next| next.norm == "打") {
        return Some(Found { value: 6, atoms: 2 });
    }
    let mut number = chinese_number(atoms)?;
    let next = atoms.get(number.atoms);
    if next.is_some_and(|next| next.norm == "打") && number.value <= 20 {
        let after = atoms.get(number.atoms + 1);
        // 一打开 is "as soon as … opens".
        if after.is_none_or(|after| !"开電电包折算听扰车卡赏".contains(after.norm.as_str())) {
            return Some(Found { value: number.value * 12, atoms: number.atoms + 1 });
        }
    }
    if next.is_some_and(is_measure) {
        number.atoms += 1;
        // 两个半小时 is a duration, not a count.
        return Some(number);
    }
    // 一下, 一起, 一点: not a count of anything.
    let vague = number.value == 1
        && next.is_some_and(|next| "下点些起样直定会般共切边路旦致律向生早晚號号點樣會".contains(next.norm.as_str()));
    (!vague).then_some(number)
}

fn chinese_number(atoms: &[Atom]) -> Option<Found<u32>> {
    let mut value = 0;
    let mut pending: Option<u32> = None;
    let mut taken = 0;
    for atom in atoms.iter().take(8) {
        match atom.norm.as_str() {
            "俩" | "倆" if taken == 0 => return Some(Found { value: 2, atoms: 1 }),
            "仨" if taken == 0 => return Some(Found { value: 3, atoms: 1 }),
            "十" => value += pending.take().unwrap_or(1) * 10,
            "百" => value += pending.take()? * 100,
            _ => match digit(atom) {
                Some(0) if pending.is_none() => {}
                // 三四杯 is no number; two digits in a row end it.
                Some(next) if pending.is_none() => pending = Some(next),
                _ => break,
            },
        }
        taken += 1;
    }
    (taken > 0).then(|| Found { value: value + pending.unwrap_or(0), atoms: taken })
}

/// The value of one Chinese digit.
pub(crate) fn digit(atom: &Atom) -> Option<u32> {
    let mut characters = atom.norm.chars();
    let (character, None) = (characters.next()?, characters.next()) else { return None };
    Some(match character {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '兩' | '贰' => 2,
        '三' | '叁' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// A run of digits as a whole number.
pub(crate) fn whole(atom: &Atom) -> Option<u32> {
    (atom.kind == AtomKind::Digits && atom.norm.len() <= 6).then(|| atom.norm.parse().ok()).flatten()
}

fn decimal(atom: &Atom) -> Option<u32> {
    if atom.kind != AtomKind::Digits || atom.norm.len() > 8 {
        return None;
    }
    let (whole, tail) = atom.norm.split_once('.').unwrap_or((&atom.norm, ""));
    if tail.len() > 2 {
        return None;
    }
    let cents: u32 = format!("{tail:0<2}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(cents)
}

fn is_measure(atom: &Atom) -> bool {
    atom.kind == AtomKind::Han && MEASURES.contains(atom.norm.as_str())
}

fn is_currency(atom: &Atom) -> bool {
    matches!(
        atom.norm.as_str(),
        "yuan"
            | "rmb"
            | "kuai"
            | "cny"
            | "bucks"
            | "dollars"
            | "dollar"
            | "euros"
            | "pounds"
            | "quid"
            | "块"
            | "元"
            | "塊"
            | "蚊"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::atoms;

    #[track_caller]
    fn check(found: Option<Found<u32>>, expected: Option<(u32, usize)>) {
        assert_eq!(found.map(|found| (found.value, found.atoms)), expected);
    }

    #[test]
    fn counts_are_read() {
        for (text, expected) in [
            ("two lattes", Some((2, 1))),
            ("twenty-one", Some((21, 3))),
            ("half a dozen", Some((6, 3))),
            ("3x mocha", Some((3, 2))),
            ("两杯拿铁", Some((2, 2))),
            ("俩", Some((2, 1))),
            ("十二个", Some((12, 3))),
            ("一百零五份", Some((105, 5))),
            ("3杯", Some((3, 2))),
            ("半打", Some((6, 2))),
            ("两打啤酒", Some((24, 2))),
            ("三斤苹果", Some((3, 2))),
            ("一下", None),
            ("latte", None),
            ("99999999999", None),
        ] {
            check(count(&atoms(text)), expected);
        }
    }

    #[test]
    fn ordinals_and_money_are_read() {
        check(ordinal(&atoms("second one")), Some((2, 1)));
        check(ordinal(&atoms("3rd")), Some((3, 2)));
        check(ordinal(&atoms("第二杯")), Some((2, 3)));
        check(money(&atoms("20 yuan")), Some((2000, 2)));
        check(money(&atoms("¥9.9")), Some((990, 2)));
        check(money(&atoms("二十块钱")), Some((2000, 4)));
        check(money(&atoms("九块九")), Some((990, 3)));
        check(money(&atoms("20块两杯")), Some((2000, 2)));
        check(money(&atoms("20 lattes")), None);
        check(money(&atoms("两块披萨")), None);
        check(money(&atoms("两块钱")), Some((200, 3)));
        check(money(&atoms("3块 以内")), Some((300, 2)));
    }
}
