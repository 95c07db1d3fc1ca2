//! Resemblance: typing slips in Latin letters, homophones in Chinese.

use pinyin::ToPinyin;

use crate::text::is_han;

/// The syllables of a Chinese text without tones, joined by spaces; `None` unless all of it is Chinese.
///
/// People type Chinese by sound, so a slip of theirs is another character of the same sound (生椰拿帖 for 生椰拿铁), and
/// traditional characters sound like the simplified ones. Edit distance over characters would do harm: 奈雪的草莓 is not 奈雪的茶.
#[must_use]
pub(crate) fn syllables(text: &str) -> Option<String> {
    let mut joined = String::new();
    for character in text.chars() {
        if !is_han(character) {
            return None;
        }
        joined.push_str(character.to_pinyin()?.plain());
        joined.push(' ');
    }
    (!joined.is_empty()).then_some(joined)
}

/// How many slips (a letter changed, added, left out, two swapped) lie between two words; `None` when over `most`.
///
/// Optimal string alignment distance (Boytsov 2011, "Indexing methods for approximate dictionary searching").
#[must_use]
pub(crate) fn slips(left: &str, right: &str, most: usize) -> Option<usize> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let width = right.len() + 1;
    let mut rows = vec![vec![0_usize; width]; left.len() + 1];
    for (index, row) in rows.iter_mut().enumerate() {
        row[0] = index;
    }
    for (column, cell) in rows[0].iter_mut().enumerate() {
        *cell = column;
    }
    for row in 1..=left.len() {
        let mut best = usize::MAX;
        for column in 1..width {
            let same = usize::from(left[row - 1] != right[column - 1]);
            let mut cost =
                (rows[row - 1][column] + 1).min(rows[row][column - 1] + 1).min(rows[row - 1][column - 1] + same);
            if row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1] {
                cost = cost.min(rows[row - 2][column - 2] + 1);
            }
            rows[row][column] = cost;
            best = best.min(cost);
        }
        if best > most {
            return None;
        }
    }
    Some(rows[left.len()][right.len()]).filter(|&distance| distance <= most)
}

/// How many slips a word of this many letters may have and still be taken for a name.
#[must_use]
pub(crate) fn allowed_slips(letters: usize) -> usize {
    match letters {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        assert_eq!(slips("oatmlik", "oatmilk", 1), Some(1));
        assert_eq!(slips("capucinno", "cappuccino", 2), None);
        assert_eq!(slips("americno", "americano", 2), Some(1));
        assert_eq!(slips("latte", "latte", 1), Some(0));
    }

    #[test]
    fn homophones_sound_alike() {
        assert_eq!(syllables("生椰拿帖"), syllables("生椰拿铁"));
        assert_eq!(syllables("熱拿鐵"), syllables("热拿铁"));
        assert_ne!(syllables("草莓"), syllables("奈雪"));
        assert_eq!(syllables("橙C"), None);
    }
}
