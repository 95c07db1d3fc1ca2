//! Text that is looked for, and text that it is looked for in.
//!
//! Words of an alphabet match at their beginning, Chinese by pairs of characters, case and width make no difference.

use std::ops::Range;

use memchr::memmem::Finder;

/// Most words and pairs of characters of a query that count.
const MOST: usize = 48;

/// Case, width and apostrophes left out; everything that is no letter or digit becomes a space.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        let plain = match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            other => other,
        };
        match plain {
            '\'' | '’' | '‘' => {}
            plain if plain.is_alphanumeric() => folded.extend(plain.to_lowercase()),
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.trim().to_owned()
}

/// Folded and without spaces: for comparing whole names.
pub(crate) fn key(text: &str) -> String {
    fold(text).replace(' ', "")
}

pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// What is looked for.
pub(crate) struct Needle {
    atoms: Vec<Finder<'static>>,
    /// Words and runs of Chinese characters, as they were typed.
    pub(crate) terms: Vec<Term>,
    /// Atoms that may not be missing.
    required: u64,
    /// How many of the others may be: pairs of characters that lie across two names.
    spare: u32,
}

/// A word, or a run of Chinese characters.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) characters: Vec<char>,
    /// Its atoms: one of a word, one of each pair of Chinese characters.
    pub(crate) atoms: Range<usize>,
}

impl Needle {
    /// None if the text has no letter and no digit.
    pub(crate) fn new(text: &str) -> Option<Needle> {
        let mut needle = Needle { atoms: Vec::new(), terms: Vec::new(), required: 0, spare: 0 };
        for word in fold(text).split(' ').filter(|word| !word.is_empty()) {
            needle.word(word);
        }
        (!needle.atoms.is_empty() && needle.atoms.len() as u32 > needle.spare).then_some(needle)
    }

    fn word(&mut self, word: &str) {
        let characters: Vec<char> = word.chars().collect();
        for run in characters.chunk_by(|a, b| is_han(*a) == is_han(*b)) {
            let first = self.atoms.len();
            if run.iter().all(char::is_ascii_digit) {
                // Numbers of branches are not in the names that are searched: they help, but need not be found.
                self.atom(&format!(" {}", run.iter().collect::<String>()), false);
                self.spare += 1;
            } else if !is_han(run[0]) {
                self.atom(&format!(" {}", run.iter().collect::<String>()), true);
            } else if run.len() == 1 {
                self.atom(&run.iter().collect::<String>(), true);
            } else {
                run.windows(2).for_each(|pair| self.atom(&pair.iter().collect::<String>(), run.len() < 4));
                self.spare += if run.len() < 4 { 0 } else { 1 + (run.len() as u32 - 4) / 4 };
            }
            self.terms.push(Term { characters: run.to_vec(), atoms: first..self.atoms.len() });
        }
    }

    fn atom(&mut self, text: &str, required: bool) {
        if self.atoms.len() < MOST {
            self.required |= u64::from(required) << self.atoms.len();
            self.atoms.push(Finder::new(text.as_bytes()).into_owned());
        }
    }

    /// Which atoms each entry has, as bits.
    pub(crate) fn marks(&self, hay: &Hay) -> Vec<u64> {
        let mut marks = vec![0; hay.ends.len()];
        for (bit, atom) in self.atoms.iter().enumerate() {
            let (mut from, mut entry) = (0, 0);
            while let Some(found) = atom.find(&hay.text.as_bytes()[from..]) {
                let at = from + found;
                entry += hay.ends[entry..].partition_point(|end| *end as usize <= at);
                marks[entry] |= 1 << bit;
                from = hay.ends[entry] as usize;
            }
        }
        marks
    }

    /// How many atoms are missing, if what is there is enough.
    pub(crate) fn missing(&self, marks: u64) -> Option<u32> {
        let missing = self.atoms.len() as u32 - marks.count_ones();
        (marks & self.required == self.required && missing <= self.spare).then_some(missing)
    }
}

/// Folded entries one behind the other, each with a space before every word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hay {
    text: String,
    ends: Vec<u32>,
}

impl Hay {
    /// Each entry is what one thing is called, in all languages.
    pub(crate) fn new<'a>(entries: impl Iterator<Item = [&'a str; 2]>) -> Hay {
        let mut hay = Hay::default();
        for entry in entries {
            for name in entry {
                let mut last = ' ';
                hay.text.push('\n');
                for character in fold(name).chars() {
                    if is_han(last) != is_han(character) && last != ' ' && character != ' ' || hay.text.ends_with('\n')
                    {
                        hay.text.push(' ');
                    }
                    hay.text.push(character);
                    last = character;
                }
            }
            hay.text.push('\n');
            hay.ends.push(hay.text.len() as u32);
        }
        hay
    }

    /// Every word and run of Chinese characters, with its entry.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| *end as usize));
        let entries = starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end as usize]);
        entries.enumerate().flat_map(|(entry, text)| text.split_whitespace().map(move |word| (entry, word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, fields: &[[&str; 2]], expected: bool) {
        let needle = Needle::new(query).unwrap();
        let marks = needle.marks(&Hay::new(fields.iter().copied())).into_iter().fold(0, |all, one| all | one);
        assert_eq!(needle.missing(marks).is_some(), expected, "{query} in {fields:?}");
    }

    #[test]
    fn words_match_at_their_beginning_and_chinese_by_pairs() {
        let store = [["Heytea", "喜茶"], [" (People's Square)", "（人民广场店）"], ["Huangpu", "黄浦区"]];
        for query in [
            "heytea",
            "HEY",
            "peoples square",
            "People’s",
            "人民广场",
            "喜茶",
            "广场店",
            "人民广场喜茶",
            "ｈｅｙｔｅａ 黄浦",
            "黄",
        ] {
            check(query, &store, true);
        }
        for query in ["tea", "quare", "民人", "人民公园", "heytea nanshan", "喜茶南山", "静安寺"] {
            check(query, &store, false);
        }
        assert!(Needle::new(" ,。!").is_none());
    }
}
