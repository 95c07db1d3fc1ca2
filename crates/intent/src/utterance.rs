//! What a shopper typed or dictated, made safe to work on.

use thiserror::Error;

/// The longest utterance that is parsed, in characters; longer ones are refused, never cut silently.
pub const MAX_CHARS: usize = 600;

/// One thing said by a shopper: not blank, at most [`MAX_CHARS`] characters, free of control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance(String);

/// Why a text cannot be an utterance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UtteranceError {
    /// Nothing but white space and control characters.
    #[error("expected something to read, found an empty text")]
    Empty,
    /// More than [`MAX_CHARS`] characters.
    #[error("expected at most {MAX_CHARS} characters, found {found}: say it in shorter pieces")]
    TooLong {
        /// How many characters the text has.
        found: usize,
    },
}

impl Utterance {
    /// Cleans `text`: control, zero-width and bidirectional characters become spaces or vanish, runs of space one space.
    ///
    /// # Errors
    /// [`UtteranceError`] when nothing is left or too much is.
    pub fn new(text: &str) -> Result<Self, UtteranceError> {
        let mut clean = String::with_capacity(text.len().min(4 * MAX_CHARS));
        let mut gap = false;
        let mut count = 0;
        for character in text.chars() {
            if is_invisible(character) {
                continue;
            }
            if character.is_whitespace() || character.is_control() {
                gap = true;
                continue;
            }
            if gap && !clean.is_empty() {
                clean.push(' ');
                count += 1;
            }
            gap = false;
            count += 1;
            if count <= MAX_CHARS {
                clean.push(character);
            }
        }
        match count {
            0 => Err(UtteranceError::Empty),
            found if found > MAX_CHARS => Err(UtteranceError::TooLong { found }),
            _ => Ok(Self(clean)),
        }
    }

    /// The cleaned text; byte offsets of spans refer to it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters without width or that turn the reading direction: they carry no meaning and can hide text.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, UtteranceError>) {
        assert_eq!(Utterance::new(text).as_ref().map(Utterance::as_str), expected.as_ref().copied());
    }

    #[test]
    fn texts_are_cleaned_or_refused() {
        check("  two\tlattes \n", Ok("two lattes"));
        check("la\u{200b}tte\u{202e}", Ok("latte"));
        check("\u{0}\u{7} \u{feff}", Err(UtteranceError::Empty));
        check("", Err(UtteranceError::Empty));
        check(&"茶".repeat(10_000), Err(UtteranceError::TooLong { found: 10_000 }));
    }
}
