//! A look at a GGUF header before the inference library sees it.
//!
//! candle trusts the file: an alignment of 0 makes it panic, and a few megabytes of metadata become many times that in
//! memory. This walk over the header allocates nothing and holds every length against the size of the file.
//! It does not look at what the entries mean; `shape` and `vocabulary` do.
//! Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

use crate::LoadError;
use crate::error::header;

/// The largest file that is considered, in bytes.
const MAX_BYTES: u64 = 16 << 30;
const MAX_TENSORS: u64 = 4096;
const MAX_ENTRIES: u64 = 1024;
/// The most bytes of metadata and tensor names; Qwen3 has 6 MB.
const MAX_HEADER: usize = 64 << 20;
/// The most values in all lists together, because candle takes 32 bytes for each; Qwen3 has half a million.
const MAX_VALUES: u64 = 1 << 22;
const MAX_KEY: u64 = 256;

/// Checks that `file` begins with a sound GGUF header and is as long as its tensors need.
///
/// # Errors
/// [`LoadError::Header`] with what was expected and found.
pub(crate) fn check_header(file: &[u8]) -> Result<(), LoadError> {
    if file.len() as u64 > MAX_BYTES {
        return Err(header("at most 16 GiB", format!("{} bytes", file.len())));
    }
    if !file.starts_with(b"GGUF") {
        return Err(header("a file that begins with GGUF", format!("{:?}", file.get(..4).unwrap_or(file))));
    }
    let mut walk = Walk { file: file.get(..MAX_HEADER).unwrap_or(file), at: 4, values: 0 };
    let version = walk.u32()?;
    if !(2..=3).contains(&version) {
        return Err(header("GGUF version 2 or 3", version));
    }
    let (tensors, entries) = (walk.u64()?, walk.u64()?);
    if tensors > MAX_TENSORS || entries > MAX_ENTRIES {
        let expected = format!("at most {MAX_TENSORS} tensors and {MAX_ENTRIES} metadata entries");
        return Err(header(expected, format!("{tensors} and {entries}")));
    }
    let mut alignment = 32;
    for _ in 0..entries {
        let (key, kind) = (walk.name()?, walk.u32()?);
        match (key, kind) {
            (b"general.alignment", 4) => alignment = u64::from(walk.u32()?),
            // candle takes the alignment from any whole number, so no other kind may pass unseen.
            (b"general.alignment", _) => return Err(header("an alignment of type u32", kind)),
            _ => walk.value(kind)?,
        }
    }
    if !alignment.is_power_of_two() || alignment > 65_536 {
        return Err(header("an alignment that is a power of two up to 65536", alignment));
    }
    let mut needed = 0;
    for _ in 0..tensors {
        needed = needed.max(walk.tensor()?);
    }
    let data = (walk.at as u64).next_multiple_of(alignment);
    let whole = data.checked_add(needed).ok_or_else(overflow)?;
    if (file.len() as u64) < whole {
        return Err(header(format!("a file of {whole} bytes"), format!("{} bytes: it is cut off", file.len())));
    }
    Ok(())
}

fn overflow() -> LoadError {
    header("a tensor of a possible size", "one beyond 64 bits")
}

/// Elements and bytes of a block of the tensor type; only types that candle can multiply with.
fn block_of(kind: u32) -> Result<(u64, u64), LoadError> {
    Ok(match kind {
        0 => (1, 4),
        1 | 30 => (1, 2),
        2 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        10 => (256, 84),
        11 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        other => {
            let known = "f32, f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0, q2_k, q3_k, q4_k, q5_k or q6_k";
            return Err(header(format!("tensors of type {known}"), format!("type number {other}")));
        }
    })
}

struct Walk<'a> {
    /// At most [`MAX_HEADER`] bytes of the file.
    file: &'a [u8],
    at: usize,
    /// Values in lists so far.
    values: u64,
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: u64) -> Result<&'a [u8], LoadError> {
        let end = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count));
        let bytes = end.and_then(|end| self.file.get(self.at..end));
        let bytes = bytes.ok_or_else(|| {
            header("a complete header of at most 64 MiB", format!("its end within {count} bytes at {}", self.at))
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

    /// A key or the name of a tensor, without the zero bytes at its end, which candle drops too.
    fn name(&mut self) -> Result<&'a [u8], LoadError> {
        let length = self.u64()?;
        if length > MAX_KEY {
            return Err(header(format!("a name of at most {MAX_KEY} bytes"), length));
        }
        let name = self.take(length)?;
        let end = name.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        Ok(&name[..end])
    }

    fn value(&mut self, kind: u32) -> Result<(), LoadError> {
        match kind {
            8 => {
                let length = self.u64()?;
                self.take(length)?;
            }
            9 => {
                let (inner, length) = (self.u32()?, self.u64()?);
                self.values = self.values.saturating_add(length);
                if self.values > MAX_VALUES || inner == 9 {
                    return Err(header(format!("flat lists of at most {MAX_VALUES} values together"), length));
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

    /// Where the data of the next tensor ends, in bytes after the header.
    fn tensor(&mut self) -> Result<u64, LoadError> {
        self.name()?;
        let dimensions = self.u32()?;
        if dimensions > 4 {
            return Err(header("tensors of at most 4 dimensions", dimensions));
        }
        let mut elements: u64 = 1;
        for _ in 0..dimensions {
            elements = elements.checked_mul(self.u64()?).ok_or_else(overflow)?;
        }
        let (block, size) = block_of(self.u32()?)?;
        let offset = self.u64()?;
        (elements / block).checked_mul(size).and_then(|bytes| bytes.checked_add(offset)).ok_or_else(overflow)
    }
}

/// Bytes of a metadata type of fixed size.
fn scalar(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
