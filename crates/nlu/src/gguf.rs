//! A look at a GGUF header before the inference library sees it.
//!
//! candle trusts the file: a few bytes with absurd lengths make it allocate without bound or panic. This walk over the
//! header allocates nothing and holds every length against the size of the file.
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

use crate::LoadError;

/// The largest model that is considered, in bytes.
const MAX_BYTES: usize = 2 << 30;
const MAX_ENTRIES: u64 = 4096;
const MAX_ARRAY: u64 = 1 << 20;

/// Checks that `file` begins with a sound GGUF header and is as long as its tensors need.
///
/// # Errors
/// [`LoadError::Header`] with what was expected and found.
pub(crate) fn check_header(file: &[u8]) -> Result<(), LoadError> {
    if file.len() > MAX_BYTES {
        return Err(header("at most 2 GiB", format!("{} bytes", file.len())));
    }
    let start = file.get(..4).unwrap_or(file);
    if start != b"GGUF" {
        let looks_like_text = file.iter().take(64).all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        let found = if looks_like_text { "text, perhaps a web page" } else { "other bytes" };
        return Err(header("a file that begins with GGUF", found));
    }
    let mut walk = Walk { file, at: 4 };
    let version = walk.u32()?;
    if !(2..=3).contains(&version) {
        return Err(header("GGUF version 2 or 3", version));
    }
    let (tensors, entries) = (walk.u64()?, walk.u64()?);
    if tensors > MAX_ENTRIES || entries > MAX_ENTRIES {
        return Err(header("at most 4096 tensors and 4096 metadata entries", format!("{tensors} and {entries}")));
    }
    let mut alignment = 32;
    for _ in 0..entries {
        let key = walk.string(256)?;
        let kind = walk.u32()?;
        // candle cuts zeros off the ends of keys, and takes the alignment from any whole number.
        match (without_zeros(key), kind) {
            (b"general.alignment", 4) => alignment = u64::from(walk.u32()?),
            (b"general.alignment", _) => return Err(header("an alignment of type u32", kind)),
            _ => walk.value(kind)?,
        }
    }
    if !alignment.is_power_of_two() || alignment > 65_536 {
        return Err(header("an alignment that is a power of two up to 65536", alignment));
    }
    let mut needed: u64 = 0;
    for _ in 0..tensors {
        walk.string(256)?;
        let dimensions = walk.u32()?;
        if dimensions > 4 {
            return Err(header("tensors of at most 4 dimensions", dimensions));
        }
        let mut elements: u64 = 1;
        for _ in 0..dimensions {
            elements = elements
                .checked_mul(walk.u64()?)
                .ok_or_else(|| header("a tensor of a possible size", "an overflow"))?;
        }
        let (block, size) = block_of(walk.u32()?)?;
        let offset = walk.u64()?;
        let bytes = (elements / block).checked_mul(size).and_then(|bytes| bytes.checked_add(offset));
        needed = needed.max(bytes.ok_or_else(|| header("a tensor of a possible size", "an overflow"))?);
    }
    let data = (walk.at as u64).next_multiple_of(alignment);
    let whole = data.checked_add(needed).ok_or_else(|| header("a possible size", "an overflow"))?;
    if (file.len() as u64) < whole {
        return Err(header(format!("a file of {whole} bytes"), format!("{} bytes: it is cut off", file.len())));
    }
    Ok(())
}

/// Elements and bytes of a block of the tensor type.
fn block_of(kind: u32) -> Result<(u64, u64), LoadError> {
    Ok(match kind {
        0 => (1, 4),
        1 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        9 => (32, 36),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        15 => (256, 292),
        other => return Err(header("a tensor type that this build knows", other)),
    })
}

struct Walk<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: u64) -> Result<&'a [u8], LoadError> {
        let end = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count));
        let bytes = end.and_then(|end| self.file.get(self.at..end));
        let bytes = bytes.ok_or_else(|| {
            header("a complete header", format!("the end of the file within {count} bytes at {}", self.at))
        })?;
        self.at += bytes.len();
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32, LoadError> {
        let bytes = self.take(4)?;
        Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn u64(&mut self) -> Result<u64, LoadError> {
        Ok(u64::from(self.u32()?) | u64::from(self.u32()?) << 32)
    }

    fn string(&mut self, most: u64) -> Result<&'a [u8], LoadError> {
        let length = self.u64()?;
        if length > most {
            return Err(header(format!("a text of at most {most} bytes"), length));
        }
        self.take(length)
    }

    fn value(&mut self, kind: u32) -> Result<(), LoadError> {
        match kind {
            8 => drop(self.string(1 << 20)?),
            9 => {
                let (inner, length) = (self.u32()?, self.u64()?);
                if length > MAX_ARRAY || inner == 9 {
                    return Err(header("a flat list of at most 1048576 values", length));
                }
                match scalar(inner) {
                    Some(size) => drop(self.take(size * length)?),
                    None => (0..length).try_for_each(|_| self.value(inner))?,
                }
            }
            kind => {
                let size = scalar(kind).ok_or_else(|| header("a metadata type of the format", kind))?;
                self.take(size)?;
            }
        }
        Ok(())
    }
}

fn without_zeros(mut key: &[u8]) -> &[u8] {
    while let Some((0, rest)) = key.split_last() {
        key = rest;
    }
    key
}

fn scalar(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
fn header(expected: impl Into<String>, found: impl ToString) -> LoadError {
    LoadError::Header { expected: expected.into(), found: found.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file without tensors that has one metadata entry.
    fn file(key: &[u8], kind: u32, value: &[u8]) -> Vec<u8> {
        let mut file = b"GGUF".to_vec();
        file.extend(3_u32.to_le_bytes());
        file.extend(0_u64.to_le_bytes());
        file.extend(1_u64.to_le_bytes());
        file.extend((key.len() as u64).to_le_bytes());
        file.extend(key);
        file.extend(kind.to_le_bytes());
        file.extend(value);
        file.resize(file.len().next_multiple_of(32), 0);
        file
    }

    #[test]
    fn alignments_that_candle_cannot_bear_are_refused() {
        check_header(&file(b"general.alignment", 4, &32_u32.to_le_bytes())).expect("the usual alignment");
        for (key, kind, value) in [
            (&b"general.alignment"[..], 4, &[0_u8, 0, 0, 0][..]),
            (b"general.alignment", 4, &[33, 0, 0, 0]),
            (b"general.alignment", 0, &[0]),
            (b"general.alignment\0", 4, &[0, 0, 0, 0]),
            (b"general.alignment\0\0", 0, &[0]),
        ] {
            check_header(&file(key, kind, value)).expect_err("an alignment of no use");
        }
    }
}
