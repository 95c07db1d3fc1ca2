//! Bytes that arrive piece by piece, as text that is whole at every step.
//!
//! A token may end within a letter; what is not whole yet waits for the next token.

/// Text under way.
#[derive(Debug, Default)]
pub(crate) struct Piecewise {
    text: String,
    waiting: Vec<u8>,
}

impl Piecewise {
    /// Adds `bytes` and returns the text that became whole.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> &str {
        let before = self.text.len();
        self.waiting.extend_from_slice(bytes);
        let mut used = 0;
        let mut chunks = self.waiting.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.text.push_str(chunk.valid());
            used += chunk.valid().len();
            let cut_off = chunks.peek().is_none() && can_continue(chunk.invalid());
            if !chunk.invalid().is_empty() && !cut_off {
                self.text.push(char::REPLACEMENT_CHARACTER);
                used += chunk.invalid().len();
            }
        }
        self.waiting.drain(..used);
        &self.text[before..]
    }

    /// Everything, and what was still waiting when it ended: no letter any more.
    pub(crate) fn finish(mut self) -> (String, &'static str) {
        let rest = if self.waiting.is_empty() { "" } else { "\u{FFFD}" };
        self.text.push_str(rest);
        (self.text, rest)
    }
}

/// Whether `bytes` could be the beginning of a letter.
fn can_continue(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[&[u8]], shown: &[&str], whole: &str) {
        let mut text = Piecewise::default();
        let found: Vec<String> = pieces.iter().map(|piece| text.push(piece).to_owned()).collect();
        assert_eq!(found, shown);
        assert_eq!(text.finish().0, whole);
    }

    #[test]
    fn letters_are_shown_when_they_are_whole() {
        check(&[b"a", b"b"], &["a", "b"], "ab");
        check(&["茶".as_bytes(), b"!"], &["茶", "!"], "茶!");
        check(&[b"a\xE8", b"\x8C", b"\xB6b"], &["a", "", "茶b"], "a茶b");
        check(&[b"\xF0\x9F", b"\x91\x8D"], &["", "👍"], "👍");
    }

    #[test]
    fn what_never_becomes_a_letter_is_marked() {
        check(&[b"a\xFFb"], &["a\u{FFFD}b"], "a\u{FFFD}b");
        check(&[b"\xE8", b"x"], &["", "\u{FFFD}x"], "\u{FFFD}x");
        check(&[b"\xE8\x8C"], &[""], "\u{FFFD}");
    }
}
