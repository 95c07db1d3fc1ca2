//! Lines of a file as text, numbered, and never more of it in memory than one of them.

use std::io::{BufRead, Read as _};

use super::problem::Problem;

/// The longest line, and the longest CSV record, in bytes: far more than a case needs.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Reads line by line; a byte order mark and line feeds are taken off.
/// A carriage return stays: JSON and CSV both know it as space at the end, and inside a quoted field it is text.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    broken: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0, broken: false }
    }

    /// The next line and its number, from 1.
    pub(super) fn next(&mut self) -> Option<Result<(u64, String), Problem>> {
        if self.broken {
            return None;
        }
        self.number += 1;
        let line = self.number;
        match self.read() {
            Ok(None) => None,
            Ok(Some(bytes)) => Some(text(line, bytes).map(|text| (line, text))),
            Err(error) => {
                self.broken = true;
                let advice = "the rest of the file was not looked at";
                Some(Err(Problem::new(line, "", format!("cannot read on: {error}"), advice)))
            }
        }
    }

    fn read(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(MAX_BYTES as u64 + 1).read_until(b'\n', &mut bytes)?;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        } else if bytes.is_empty() {
            return Ok(None);
        } else if bytes.len() > MAX_BYTES {
            self.skip_line()?;
        }
        Ok(Some(bytes))
    }

    /// Passes over the rest of a line without keeping it.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let seen = self.reader.fill_buf()?;
            let end = seen.iter().position(|&byte| byte == b'\n');
            let (length, done) = (end.map_or(seen.len(), |at| at + 1), end.is_some() || seen.is_empty());
            self.reader.consume(length);
            if done {
                return Ok(());
            }
        }
    }
}

fn text(line: u64, bytes: Vec<u8>) -> Result<String, Problem> {
    if bytes.len() > MAX_BYTES {
        let advice = "put each case on a line of its own";
        return Err(Problem::new(line, "", "expected a line of at most 1 MiB, found a longer one", advice));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let advice = "save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\")";
        Problem::new(line, "", "expected UTF-8 text, found bytes of another encoding", advice)
    })?;
    match text.strip_prefix('\u{feff}') {
        Some(rest) if line == 1 => Ok(rest.to_owned()),
        _ => Ok(text),
    }
}
