//! Strings that differ mostly in a number: `s-000317`, `黄浦区南京东路123号`. Kept as what is around the number, and the number.

#[cfg(feature = "pack")]
use crate::codec::Writer;
use crate::codec::{PackError, Reader};

/// Most digits that are taken for a number.
const DIGITS: usize = 9;

/// What is before and after a number, and how many digits it has; no digits: no number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Around {
    head: String,
    digits: u8,
    tail: String,
}

/// A column of such strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbered {
    around: Vec<Around>,
    rows: Vec<(u32, u32)>,
}

impl Numbered {
    /// The string of a row; empty for a row that does not exist.
    pub(crate) fn get(&self, row: usize) -> String {
        let Some((around, number)) = self.rows.get(row) else { return String::new() };
        let Some(around) = self.around.get(*around as usize) else { return String::new() };
        match around.digits {
            0 => format!("{}{}", around.head, around.tail),
            digits => format!("{}{number:0width$}{}", around.head, around.tail, width = digits as usize),
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>, rows: usize, what: &'static str) -> Result<Self, PackError> {
        let around = reader.list(what, |reader| {
            let (head, digits, tail) = (reader.string(what)?, reader.byte(what)?, reader.string(what)?);
            if usize::from(digits) > DIGITS { Err(reader.damaged(what)) } else { Ok(Around { head, digits, tail }) }
        })?;
        let kinds: Vec<u32> = (0..rows).map(|_| reader.index(around.len(), what)).collect::<Result<_, PackError>>()?;
        let mut last = 0i32;
        let mut rows = Vec::with_capacity(rows);
        for kind in kinds {
            let mut number = 0;
            if around[kind as usize].digits > 0 {
                last = last.checked_add(reader.i32(what)?).ok_or_else(|| reader.damaged(what))?;
                number = u32::try_from(last).map_err(|_| reader.damaged(what))?;
            }
            rows.push((kind, number));
        }
        Ok(Self { around, rows })
    }
}

#[cfg(feature = "pack")]
impl Numbered {
    pub(crate) fn write<'a>(writer: &mut Writer, strings: impl Iterator<Item = &'a str>) {
        let mut known = std::collections::HashMap::new();
        let mut order = Vec::new();
        let mut rows = Vec::new();
        for string in strings {
            let (head, digits, tail) = split(string);
            let next = order.len();
            let at = *known.entry((head, digits.len(), tail)).or_insert(next);
            if at == next {
                order.push((head, digits.len(), tail));
            }
            rows.push((at, digits.parse::<i32>().ok()));
        }
        writer.count(order.len());
        for (head, digits, tail) in order {
            writer.string(head);
            writer.bytes.push(digits as u8);
            writer.string(tail);
        }
        for (kind, _) in &rows {
            writer.count(*kind);
        }
        let mut last = 0;
        for number in rows.into_iter().filter_map(|(_, number)| number) {
            writer.i32(number - last);
            last = number;
        }
    }
}

/// Before, digits, after: the last run of digits that is not too long.
#[cfg(feature = "pack")]
pub(crate) fn split(string: &str) -> (&str, &str, &str) {
    let bytes = string.as_bytes();
    let Some(last) = bytes.iter().rposition(u8::is_ascii_digit) else { return (string, "", "") };
    let first = bytes[..=last].iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    if last + 1 - first > DIGITS {
        return (string, "", "");
    }
    (&string[..first], &string[first..=last], &string[last + 1..])
}

#[cfg(all(test, feature = "pack"))]
mod tests {
    use super::*;

    #[test]
    fn every_string_comes_back() {
        let strings =
            ["s-000001", "s-999999", "", "no number", "南京东路123号", "0", "007", "12345678901", "a1b2c", "999999999"];
        let mut writer = Writer::new(*b"test");
        Numbered::write(&mut writer, strings.into_iter());
        let mut reader = Reader::open(&writer.bytes, b"test", "test").unwrap();
        let column = Numbered::read(&mut reader, strings.len(), "test").unwrap();
        reader.finish().unwrap();
        for (row, string) in strings.iter().enumerate() {
            assert_eq!(column.get(row), *string);
        }
    }
}
