//! Names typed with one slip: a letter that is wrong, missing, too many or swapped with the next; a Chinese character
//! that is wrong. What is a name as it stands has no slip.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use strsim::osa_distance;

use crate::index::Words;
use crate::text::{Needle, Term, is_han};

/// Shorter words could mean too much, counted in letters
const LETTERS: usize = 4;
/// and in Chinese characters.
const CHARACTERS: usize = 3;

/// Most words that one may have been meant for; of more, the most frequent.
const MOST: usize = 64;

/// All words of the loaded stores' names.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Words of an alphabet, by their number of letters.
    letters: BTreeMap<usize, Vec<Word<Box<str>>>>,
    han: Vec<Word<Box<[char]>>>,
}

#[derive(Debug)]
struct Word<T> {
    text: T,
    spots: Vec<Spot>,
}

/// Where a word is.
#[derive(Clone, Copy, Debug)]
struct Spot {
    tile: u32,
    entry: u32,
    hay: u8,
}

/// What an entry of a tile's dictionaries has if a slip is forgiven.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meant {
    /// Which dictionary.
    pub(crate) hay: usize,
    /// Which entry of it.
    pub(crate) entry: usize,
    /// Which atoms of the needle, as bits.
    pub(crate) atoms: u64,
}

impl Vocabulary {
    /// The words of these tiles.
    pub(crate) fn new(tiles: &[Words]) -> Vocabulary {
        let mut spots: HashMap<&str, Vec<Spot>> = HashMap::new();
        for (tile, words) in tiles.iter().enumerate() {
            for (hay, entries) in words.hays().into_iter().enumerate() {
                for (entry, word) in entries.words() {
                    let spot = Spot { tile: tile as u32, entry: entry as u32, hay: hay as u8 };
                    spots.entry(word).or_default().push(spot);
                }
            }
        }
        let mut words: Vec<(&str, Vec<Spot>)> = spots.into_iter().collect();
        words.sort_unstable_by(|(one, some), (other, others)| others.len().cmp(&some.len()).then(one.cmp(other)));
        let mut vocabulary = Vocabulary::default();
        for (text, spots) in words {
            let length = text.chars().count();
            if text.starts_with(is_han) && length >= CHARACTERS {
                vocabulary.han.push(Word { text: text.chars().collect(), spots });
            } else if !text.starts_with(is_han) && length + 1 >= LETTERS {
                vocabulary.letters.entry(length).or_default().push(Word { text: text.into(), spots });
            }
        }
        vocabulary
    }

    /// What a term may have been meant for: places, and the atoms of the term that are there.
    fn meant(&self, term: &Term) -> Vec<(Range<usize>, &[Spot])> {
        let found = match term.characters.as_slice() {
            han @ [first, ..] if is_han(*first) => self.han_meant(han),
            word => self.letters_meant(&word.iter().collect::<String>(), word.len()),
        };
        let atoms = |within: Range<usize>| {
            let at = |place: usize| (term.atoms.start + place).min(term.atoms.end);
            at(within.start)..at(within.end)
        };
        found.unwrap_or_default().into_iter().map(|(within, spots)| (atoms(within), spots)).collect()
    }

    /// None where it is a word as it stands, or none that could be corrected.
    fn letters_meant(&self, typed: &str, length: usize) -> Option<Vec<(Range<usize>, &[Spot])>> {
        let as_it_stands = self.letters.get(&length).is_some_and(|words| words.iter().any(|word| &*word.text == typed));
        if as_it_stands || length < LETTERS || typed.contains(|character: char| character.is_ascii_digit()) {
            return None;
        }
        let near = self.letters.range(length - 1..=length + 1).flat_map(|(_, words)| words);
        let near = near.filter(|word| one_letter(typed, &word.text)).take(MOST);
        Some(near.map(|word| (0..1, word.spots.as_slice())).collect())
    }

    /// What was typed may be part of a name, or a name part of what was typed: 成都春熙路 is a city and a street.
    fn han_meant(&self, typed: &[char]) -> Option<Vec<(Range<usize>, &[Spot])>> {
        let mut meant = Vec::new();
        for word in &self.han {
            let name: &[char] = &word.text;
            let (short, long) = if typed.len() <= name.len() { (typed, name) } else { (name, typed) };
            if short.len() < CHARACTERS {
                continue;
            }
            for (at, part) in long.windows(short.len()).enumerate() {
                match wrong(short, part) {
                    0 if short.len() == typed.len() => return None,
                    1 if meant.len() < MOST => {
                        let first = if typed.len() <= name.len() { 0 } else { at };
                        meant.push((first..first + short.len() - 1, word.spots.as_slice()));
                    }
                    _ => {}
                }
            }
        }
        Some(meant)
    }
}

impl Needle {
    /// For each tile what its entries have if a slip in every word is forgiven; only tiles where that is something.
    pub(crate) fn meant(&self, vocabulary: &Vocabulary) -> BTreeMap<usize, Vec<Meant>> {
        let mut tiles: BTreeMap<usize, Vec<Meant>> = BTreeMap::new();
        for (atoms, spots) in self.terms.iter().flat_map(|term| vocabulary.meant(term)) {
            let atoms = atoms.fold(0, |bits, atom| bits | 1 << atom);
            for spot in spots {
                let meant = Meant { hay: spot.hay.into(), entry: spot.entry as usize, atoms };
                tiles.entry(spot.tile as usize).or_default().push(meant);
            }
        }
        tiles
    }
}

/// Whether `typed`, a whole name without spaces, is `name` but for one slip.
pub(crate) fn is_slip(typed: &str, name: &str) -> bool {
    if !typed.contains(is_han) {
        return typed.chars().count() >= LETTERS && one_letter(typed, name);
    }
    let (typed, name): (Vec<char>, Vec<char>) = (typed.chars().collect(), name.chars().collect());
    typed.len() >= CHARACTERS && typed.len() == name.len() && wrong(&typed, &name) == 1
}

/// How many characters differ, of as many.
fn wrong(one: &[char], other: &[char]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one != other).count()
}

/// One slip leaves the first letter or the last: so most words need no further look.
fn one_letter(typed: &str, word: &str) -> bool {
    let same_first = typed.chars().next() == word.chars().next();
    let same_last = typed.chars().next_back() == word.chars().next_back();
    (same_first || same_last) && osa_distance(typed, word) == 1
}
