//! Text as atoms: Latin words, digit runs, single Chinese characters, punctuation.

use crate::traditional::simplified;

/// The smallest piece of text that names and numbers are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What kind of piece.
    pub kind: AtomKind,
    /// Lower case, half width, without accents, in simplified characters.
    pub norm: String,
}

/// Kinds of [`Atom`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AtomKind {
    /// Letters of an alphabet, with inner apostrophes.
    Word,
    /// Digits, with an inner point or colon.
    Digits,
    /// One Chinese character.
    Han,
    /// Anything else that is visible.
    Punctuation,
}

/// Splits `text` into atoms, in order; white space only separates.
#[must_use]
pub fn atoms(text: &str) -> Vec<Atom> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut atoms = Vec::new();
    let mut index = 0;
    while let Some(&(start, first)) = characters.get(index) {
        if first.is_whitespace() {
            index += 1;
            continue;
        }
        let kind = kind_of(first);
        let mut end = index + 1;
        if matches!(kind, AtomKind::Word | AtomKind::Digits) {
            while end < characters.len() && continues(kind, &characters, end) {
                end += 1;
            }
        }
        let stop = characters.get(end).map_or(text.len(), |&(byte, _)| byte);
        let norm = characters[index..end].iter().flat_map(|&(_, character)| fold(character)).collect();
        atoms.push(Atom { start, end: stop, kind, norm });
        index = end;
    }
    atoms
}

/// A name or a stretch of text as one key: atoms joined without space, inner punctuation left out.
#[must_use]
pub fn key(atoms: &[Atom]) -> String {
    let mut key = String::new();
    for atom in atoms {
        match atom.kind {
            AtomKind::Punctuation if atom.norm != "%" => {}
            _ => key.extend(atom.norm.chars().filter(|character| *character != '\'')),
        }
    }
    key
}

/// Whether the character is Chinese writing.
#[must_use]
pub fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇' | '々')
}

fn kind_of(character: char) -> AtomKind {
    let folded = fold(character).next().unwrap_or(character);
    if is_han(character) {
        AtomKind::Han
    } else if folded.is_ascii_digit() {
        AtomKind::Digits
    } else if character.is_alphabetic() {
        AtomKind::Word
    } else {
        AtomKind::Punctuation
    }
}

fn continues(kind: AtomKind, characters: &[(usize, char)], at: usize) -> bool {
    let here = characters[at].1;
    if kind_of(here) == kind {
        return true;
    }
    let joint = match kind {
        AtomKind::Word => matches!(here, '\'' | '’'),
        AtomKind::Digits => matches!(here, '.' | ':' | '：'),
        AtomKind::Han | AtomKind::Punctuation => false,
    };
    joint && characters.get(at + 1).is_some_and(|&(_, next)| kind_of(next) == kind)
}

/// Lower case, half width, simplified, without the accents of Western European letters.
fn fold(character: char) -> impl Iterator<Item = char> {
    let plain = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '’' | '‘' => '\'',
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' | 'À' | 'Á' | 'Â' | 'Ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'Ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        other => simplified(other),
    };
    plain.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = atoms(text).into_iter().map(|atom| atom.norm).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn text_falls_into_atoms() {
        check("I'd like 2 Lattés, 5:45pm!", &["i'd", "like", "2", "lattes", ",", "5:45", "pm", "!"]);
        check("橙C美式９.9元", &["橙", "c", "美", "式", "9.9", "元"]);
        check("", &[]);
    }
}
