//! Numbers and strings as bytes: variable-length integers, lengths that are checked before anything is allocated.

use crate::store::Names;

/// Why bytes are not a pack.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Another kind of file.
    #[error("expected a {expected} of stores, found other bytes; pack the stores again")]
    Magic {
        /// What was wanted.
        expected: &'static str,
    },
    /// Written by another build.
    #[error("stores are packed in version {found}, this build reads {expected}; pack the stores again")]
    Version {
        /// What this build reads.
        expected: u8,
        /// What the file says.
        found: u8,
    },
    /// Cut short.
    #[error("expected {what} at byte {at}, found the end of the file; it was cut short, fetch it again")]
    Short {
        /// What was being read.
        what: &'static str,
        /// Where.
        at: usize,
    },
    /// Not possible.
    #[error("{what} at byte {at} is not possible; the file is damaged, fetch it again")]
    Damaged {
        /// What was being read.
        what: &'static str,
        /// Where.
        at: usize,
    },
}

/// The format's version; any change of bytes is a new one.
pub(crate) const VERSION: u8 = 1;

/// Reads from the front of a slice; never past its end.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Starts after magic and version, which must fit.
    pub(crate) fn open(bytes: &'a [u8], magic: &[u8; 4], expected: &'static str) -> Result<Self, PackError> {
        match bytes.get(..4) {
            Some(found) if found == magic => {}
            _ => return Err(PackError::Magic { expected }),
        }
        let mut reader = Self { bytes, at: 4 };
        match reader.byte("version")? {
            VERSION => Ok(reader),
            found => Err(PackError::Version { expected: VERSION, found }),
        }
    }

    pub(crate) fn damaged(&self, what: &'static str) -> PackError {
        PackError::Damaged { what, at: self.at }
    }

    pub(crate) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], PackError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.get(..length).ok_or(PackError::Short { what, at: self.at })?;
        self.at += length;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self, what: &'static str) -> Result<u8, PackError> {
        Ok(self.take(1, what)?[0])
    }

    pub(crate) fn u64(&mut self, what: &'static str) -> Result<u64, PackError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.damaged(what))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32, PackError> {
        let value = self.u64(what)?;
        u32::try_from(value).map_err(|_| self.damaged(what))
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16, PackError> {
        let value = self.u64(what)?;
        u16::try_from(value).map_err(|_| self.damaged(what))
    }

    pub(crate) fn i32(&mut self, what: &'static str) -> Result<i32, PackError> {
        let value = self.u64(what)?;
        let signed = (value >> 1) as i64 ^ -((value & 1) as i64);
        i32::try_from(signed).map_err(|_| self.damaged(what))
    }

    /// A number of things that take at least a byte each: no more than there are bytes left.
    pub(crate) fn count(&mut self, what: &'static str) -> Result<usize, PackError> {
        let count = self.u32(what)? as usize;
        if count > self.bytes.len() - self.at { Err(PackError::Short { what, at: self.at }) } else { Ok(count) }
    }

    /// An index below `limit`.
    pub(crate) fn index(&mut self, limit: usize, what: &'static str) -> Result<u32, PackError> {
        let index = self.u32(what)?;
        if (index as usize) < limit { Ok(index) } else { Err(self.damaged(what)) }
    }

    pub(crate) fn string(&mut self, what: &'static str) -> Result<String, PackError> {
        let length = self.count(what)?;
        let bytes = self.take(length, what)?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| self.damaged(what))
    }

    pub(crate) fn names(&mut self, what: &'static str) -> Result<Names, PackError> {
        Ok(Names { en: self.string(what)?, zh: self.string(what)? })
    }

    /// Reads a counted list.
    pub(crate) fn list<T>(
        &mut self,
        what: &'static str,
        mut one: impl FnMut(&mut Self) -> Result<T, PackError>,
    ) -> Result<Vec<T>, PackError> {
        let count = self.count(what)?;
        (0..count).map(|_| one(self)).collect()
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), PackError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.damaged("end")) }
    }
}

/// The writing twin of [`Reader`].
#[cfg(feature = "pack")]
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

#[cfg(feature = "pack")]
impl Writer {
    pub(crate) fn new(magic: [u8; 4]) -> Self {
        let mut bytes = magic.to_vec();
        bytes.push(VERSION);
        Self { bytes }
    }

    pub(crate) fn u64(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.u64(count as u64);
    }

    pub(crate) fn i32(&mut self, value: i32) {
        let wide = i64::from(value);
        self.u64(((wide << 1) ^ (wide >> 63)) as u64);
    }

    pub(crate) fn string(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn names(&mut self, names: &Names) {
        self.string(&names.en);
        self.string(&names.zh);
    }
}
