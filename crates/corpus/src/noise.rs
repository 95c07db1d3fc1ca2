//! What typing and dictation do to a text; ranges stay right.

use oolong_nlu::AlignedFrame;
use rand::{Rng, seq::IndexedRandom};

use crate::{
    lexicon::Lexicon,
    names::{Lang, is_han, lang_of},
    writer::Writer,
};

const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const TRADITIONAL: [&str; 2] = [
    "冰热块钱买卖来个两点单杯单谢请帮给带这里那么样时间现在马换订外送卖饮热奶绿红乌龙鲜无糖标准员满减优惠券领门店开关远总价钱贵实惠购车删内买东广场号楼万达医院学区园桥条铁国华边办厦层图书馆机场术长乐湾头",
    "冰熱塊錢買賣來個兩點單杯單謝請幫給帶這裡那麼樣時間現在馬換訂外送賣飲熱奶綠紅烏龍鮮無糖標準員滿減優惠券領門店開關遠總價錢貴實惠購車刪內買東廣場號樓萬達醫院學區園橋條鐵國華邊辦廈層圖書館機場術長樂灣頭",
];

/// A name as it is typed: mostly in lower case, now and then with a slip.
pub fn name(name: &str, lexicon: &Lexicon, rng: &mut impl Rng) -> String {
    match lang_of(name) {
        Lang::En => {
            let name = if rng.random_bool(0.62) { name.to_lowercase() } else { name.to_owned() };
            match rng.random_range(0..1000) {
                0..60 => slip(&name, rng),
                60..72 => abbreviation(&name).unwrap_or(name),
                _ => name,
            }
        }
        Lang::Zh if rng.random_bool(0.05) => homophone(name, lexicon, rng),
        Lang::Zh => name.to_owned(),
    }
}

/// The beginning of a long word: "capp".
fn abbreviation(name: &str) -> Option<String> {
    let long = name.len() >= 8 && name.chars().all(|c| c.is_ascii_alphabetic());
    long.then(|| name[..4].to_owned())
}

/// One slip of the fingers in a word of five letters or more.
fn slip(name: &str, rng: &mut impl Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let long: Vec<usize> = (1..letters.len().saturating_sub(1))
        .filter(|&at| {
            let is_letter = |at: usize| letters.get(at).is_some_and(char::is_ascii_alphabetic);
            let before = (0..at).rev().take_while(|&at| is_letter(at)).count();
            let after = (at..letters.len()).take_while(|&at| is_letter(at)).count();
            is_letter(at) && before >= 1 && after >= 2 && before + after >= 5
        })
        .collect();
    let Some(&at) = long.choose(rng) else { return name.to_owned() };
    match rng.random_range(0..4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, letters[at]),
        _ => {
            let row = KEYS.iter().find_map(|row| row.find(letters[at].to_ascii_lowercase()).map(|key| (row, key)));
            if let Some((row, key)) = row {
                let near = if key == 0 || (key + 1 < row.len() && rng.random()) { key + 1 } else { key - 1 };
                letters[at] = row.chars().nth(near).unwrap_or(letters[at]);
            }
        }
    }
    letters.into_iter().collect()
}

/// One character that sounds the same.
fn homophone(name: &str, lexicon: &Lexicon, rng: &mut impl Rng) -> String {
    let places: Vec<(usize, &Vec<char>)> =
        name.char_indices().filter_map(|(at, c)| lexicon.homophones.get(&c).map(|alike| (at, alike))).collect();
    match places.choose(rng).and_then(|(at, alike)| alike.choose(rng).map(|other| (*at, *other))) {
        Some((at, other)) => name.char_indices().map(|(here, c)| if here == at { other } else { c }).collect(),
        None => name.to_owned(),
    }
}

/// Case, punctuation and blanks of the whole text.
pub fn finish(writer: &mut Writer, frames: &mut [AlignedFrame], lang: Lang, rng: &mut impl Rng) {
    match lang {
        Lang::En => english(writer, frames, rng),
        Lang::Zh => chinese(writer, frames, rng),
    }
    tidy(writer, frames);
}

fn english(writer: &mut Writer, frames: &mut [AlignedFrame], rng: &mut impl Rng) {
    if rng.random_bool(0.25) {
        let apostrophes = rng.random_bool(0.5);
        let fixed = writer.clone();
        writer.edit(frames, |at, character, out| match character {
            _ if fixed.is_fixed(at) => out.push(character),
            '.' | ',' | '?' | '!' | ';' | ':' | '(' | ')' => out.push(' '),
            '-' if fixed.text[..at].ends_with(' ') => out.push(' '),
            '\'' | '’' if apostrophes => {}
            _ => out.push(character),
        });
    }
    match rng.random_range(0..100) {
        0..50 => writer.text.make_ascii_lowercase(),
        50..80 => {
            let fixed = writer.clone();
            writer.edit(frames, |at, character, out| {
                let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
                let before = fixed.text[..at].chars().last();
                let after = fixed.text[at + character.len_utf8()..].chars().next();
                let pronoun = character == 'i' && alone(before) && alone(after) && !fixed.is_fixed(at);
                let first = at == 0 || fixed.text[..at].ends_with(". ") || fixed.text[..at].ends_with("? ");
                if pronoun || first { out.extend(character.to_uppercase()) } else { out.push(character) }
            });
        }
        80 => writer.text.make_ascii_uppercase(),
        _ => {}
    }
    if !writer.text.ends_with(|c: char| c.is_ascii_punctuation()) {
        writer.words(match rng.random_range(0..100) {
            0..14 => ".",
            14..20 => "!",
            20..24 => "?",
            24..26 => "...",
            26 => " :)",
            27 => " 🙏",
            _ => "",
        });
    }
}

fn chinese(writer: &mut Writer, frames: &mut [AlignedFrame], rng: &mut impl Rng) {
    let style = rng.random_range(0..100);
    if style >= 48 {
        let fixed = writer.clone();
        writer.edit(frames, |at, character, out| match character {
            _ if fixed.is_fixed(at) => out.push(character),
            '，' | '、' | '。' | '；' | '：' | '！' | '？' if style < 66 => out.push(match character {
                '。' => '.',
                '！' => '!',
                '？' => '?',
                '；' => ';',
                '：' => ':',
                _ => ',',
            }),
            '，' | '、' | '。' | '；' | '：' | '！' | '？' if style < 86 => out.push(' '),
            '，' | '、' | '。' | '；' | '：' => {}
            _ => out.push(character),
        });
    }
    if rng.random_bool(0.3) {
        let plain = writer.text.clone();
        writer.edit(frames, |at, character, out| {
            let before = plain[..at].chars().last();
            let meets = |a: char, b: char| is_han(a) && b.is_ascii_alphabetic();
            if before.is_some_and(|before| meets(before, character) || meets(character, before)) {
                out.push(' ');
            }
            out.push(character);
        });
    }
    if rng.random_bool(0.03) {
        let pairs: Vec<(char, char)> = TRADITIONAL[0].chars().zip(TRADITIONAL[1].chars()).collect();
        writer.edit(frames, |_, character, out| {
            out.push(pairs.iter().find(|(plain, _)| *plain == character).map_or(character, |(_, old)| *old));
        });
    }
    if !writer.text.ends_with(|c: char| c.is_ascii_punctuation() || "。！？～".contains(c)) {
        writer.words(match rng.random_range(0..100) {
            0..14 => "。",
            14..19 => "！",
            19..22 => "～",
            22..24 => "？",
            24 => "…",
            25 => "🙏",
            _ => "",
        });
    }
}

/// No two blanks in a row, none at the ends: that is how an utterance is cleaned before it is parsed.
fn tidy(writer: &mut Writer, frames: &mut [AlignedFrame]) {
    let plain = writer.text.clone();
    let end = plain.trim_end().len();
    writer.edit(frames, |at, character, out| {
        let before = plain[..at].chars().last();
        let doubled = character == ' ' && (before.is_none_or(|c| c == ' ') || at >= end);
        let stray = character == ' ' && plain[at + 1..].trim_start().starts_with([',', '?', '!', ';']);
        if !doubled && !stray {
            out.push(character);
        }
    });
}
