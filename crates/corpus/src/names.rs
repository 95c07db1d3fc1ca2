//! Names: which language they are in, how they are written down, and names that nobody has seen.

use rand::{Rng, seq::IndexedRandom};

/// A language of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

const ONSETS: [&str; 24] = [
    "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t",
    "tr", "v", "z",
];
const VOWELS: [&str; 9] = ["a", "e", "i", "o", "u", "ai", "ee", "oo", "ou"];
const CODAS: [&str; 12] = ["", "", "", "n", "l", "r", "m", "t", "ck", "nd", "x", "sh"];

/// Whether it is a Chinese character.
pub fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}')
}

/// The language a name is in.
pub fn lang_of(name: &str) -> Lang {
    if name.chars().any(is_han) { Lang::Zh } else { Lang::En }
}

/// One of `names`, mostly in the language asked for.
pub fn pick<'a>(names: &'a [String], lang: Lang, rng: &mut impl Rng) -> Option<&'a String> {
    let wanted = if rng.random_bool(0.07) { None } else { Some(lang) };
    let fitting: Vec<&String> = names.iter().filter(|name| wanted.is_none_or(|lang| lang_of(name) == lang)).collect();
    fitting.choose(rng).copied().or_else(|| names.choose(rng))
}

/// An English word that does not exist.
pub fn pseudo_word(rng: &mut impl Rng) -> String {
    let syllables = if rng.random_bool(0.15) { 3 } else { rng.random_range(1..=2) };
    let mut word = String::new();
    for _ in 0..syllables {
        for part in [ONSETS.choose(rng), VOWELS.choose(rng), CODAS.choose(rng)].into_iter().flatten() {
            word.push_str(part);
        }
    }
    if word.len() < 4 { word + "en" } else { word }
}

/// A pseudo word with a capital letter.
pub fn pseudo_name(rng: &mut impl Rng) -> String {
    capitalised(&pseudo_word(rng))
}

/// Chinese characters that make no word.
pub fn pseudo_han(characters: &[char], length: usize, rng: &mut impl Rng) -> String {
    (0..length).filter_map(|_| characters.choose(rng)).collect()
}

/// The text with a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The plural of an English name; names that are plural already, or more than a noun, stay as they are.
pub fn plural(name: &str) -> String {
    let lower = name.to_lowercase();
    let odd = [" with ", " of ", " and ", " in ", "&", "(", "%"].iter().any(|part| lower.contains(part));
    if odd || lang_of(name) == Lang::Zh || !lower.ends_with(|c: char| c.is_ascii_alphabetic()) || lower.ends_with('s') {
        return name.to_owned();
    }
    let before_y = lower.strip_suffix('y').is_some_and(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    if before_y {
        return format!("{}ies", &name[..name.len() - 1]);
    }
    let hissing = ["ch", "sh", "x", "z"].iter().any(|end| lower.ends_with(end));
    format!("{name}{}", if hissing { "es" } else { "s" })
}

/// A word of an English name, or the beginning or end of a Chinese one, that may stand for the whole.
pub fn part_of(name: &str, rng: &mut impl Rng) -> Option<String> {
    match lang_of(name) {
        Lang::En => {
            let words: Vec<&str> = name.split(' ').collect();
            let long: Vec<&&str> = words.iter().filter(|word| word.len() >= 4 && word.is_ascii()).collect();
            long.choose(rng).filter(|_| words.len() > 1).map(|word| (**word).to_owned())
        }
        Lang::Zh => {
            let letters: Vec<char> = name.chars().collect();
            if letters.len() < 3 || !letters.iter().copied().all(is_han) {
                return None;
            }
            let length = rng.random_range(2..letters.len());
            let part = if rng.random() { &letters[..length] } else { &letters[letters.len() - length..] };
            Some(part.iter().collect())
        }
    }
}

/// Whether the name may stand before a noun: "with honey" may not.
pub fn leads(name: &str) -> bool {
    !["with ", "on ", "in ", "without "].iter().any(|start| name.to_lowercase().starts_with(start))
}

/// Whether a modifier's own name already says less, more or none.
pub fn is_measured(name: &str) -> bool {
    let lower = name.to_lowercase();
    let words = ["no", "less", "light", "extra", "double", "without", "more", "half", "triple", "zero", "skip", "add"];
    let marks = ['不', '免', '少', '多', '双', '加', '无', '去', '走', '另', '换', '配', '半', '零', '两', '三', '别'];
    lower.split([' ', '-']).next().is_some_and(|first| words.contains(&first))
        || lower.starts_with(marks)
        || lower.contains("free")
        || lower.contains(" on the side")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals() {
        for (one, many) in [
            ("Latte", "Lattes"),
            ("berry", "berries"),
            ("sandwich", "sandwiches"),
            ("fries", "fries"),
            ("拿铁", "拿铁"),
        ] {
            assert_eq!(plural(one), many);
        }
        assert_eq!(plural("tea with milk"), "tea with milk");
    }
}
