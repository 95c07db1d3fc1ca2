//! Anonymous shopper codes: a secret that a shopper can write down, and the id that the ledger knows instead.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters for 128 bits, and one to check them.
const LENGTH: usize = 27;

/// 128 random bits: who has the code is the shopper. Shown with `to_string`, as `7K3QX-…` in groups of five.
#[derive(Clone, PartialEq, Eq)]
pub struct ShopperCode([u8; 16]);

/// A text that is no shopper code. It is not repeated, because it may be a secret with a slip.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodeError {
    /// A character that no code has.
    #[error("expected digits and letters without U, found another character at position {0}")]
    Character(usize),
    /// Too short or too long.
    #[error("expected 27 digits and letters, found {0}")]
    Length(usize),
    /// A wrong or swapped character.
    #[error("a character of the code is wrong or two are swapped: compare it with what was written down")]
    Check,
}

impl ShopperCode {
    /// The code of these bytes, which must come from the system's source of randomness.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The id under which grants and orders are kept: 128 bits of a hash, in hex. The code cannot be found from it.
    #[must_use]
    pub fn shopper_id(&self) -> String {
        let hash = Sha256::new().chain_update(b"oolong shopper id 1\0").chain_update(self.0).finalize();
        hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn digits(&self) -> [u8; LENGTH] {
        let mut rest = u128::from_be_bytes(self.0);
        let mut digits = [0; LENGTH];
        for digit in digits[..LENGTH - 1].iter_mut().rev() {
            *digit = (rest & 31) as u8;
            rest >>= 5;
        }
        // The last digit makes the sum of all zero.
        digits[LENGTH - 1] = weighted_sum(&digits);
        digits
    }
}

impl FromStr for ShopperCode {
    type Err = CodeError;

    /// Reads a code as people write it: in either case, with any spaces and hyphens, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut digits = Vec::with_capacity(LENGTH);
        for (at, written) in text.chars().enumerate() {
            if written.is_whitespace() || matches!(written, '-' | '‐' | '–' | '—' | '－') {
                continue;
            }
            let digit = digit(written).ok_or(CodeError::Character(at + 1))?;
            if digits.len() < LENGTH {
                digits.push(digit);
            } else {
                return Err(CodeError::Length(digits.len() + 1));
            }
        }
        let digits: [u8; LENGTH] = digits.try_into().map_err(|digits: Vec<u8>| CodeError::Length(digits.len()))?;
        // 26 digits hold 130 bits, of which the first two are never used.
        if weighted_sum(&digits) != 0 || digits[0] > 7 {
            return Err(CodeError::Check);
        }
        let bits = digits[..LENGTH - 1].iter().fold(0_u128, |bits, digit| bits << 5 | u128::from(*digit));
        Ok(Self(bits.to_be_bytes()))
    }
}

impl fmt::Display for ShopperCode {
    fn fmt(&self, sink: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.digits().into_iter().enumerate() {
            if at > 0 && at % 5 == 0 {
                sink.write_str("-")?;
            }
            write!(sink, "{}", char::from(ALPHABET[usize::from(digit)]))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ShopperCode {
    fn fmt(&self, sink: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(sink, "ShopperCode({})", self.shopper_id())
    }
}

/// The digits as elements of the field of 32, each with a weight of its own: the powers of a generator, 1 for the last.
///
/// The weights of up to 31 places differ and none is zero, so that one wrong digit, or any two digits swapped, change the sum.
/// (Crockford's own check, modulo 37, needs five characters more, such as `*` and `~`.)
fn weighted_sum(digits: &[u8; LENGTH]) -> u8 {
    digits.iter().fold(0, |sum, digit| {
        let doubled = sum << 1;
        (if doubled > 31 { doubled ^ 0b10_0101 } else { doubled }) ^ digit
    })
}

fn digit(written: char) -> Option<u8> {
    // Full-width forms, as Chinese keyboards write them.
    let plain = match written {
        '！'..='～' => char::from_u32(u32::from(written) - 0xfee0)?,
        other => other,
    };
    let upper = match plain.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|known| char::from(*known) == upper).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, CodeError, ShopperCode};

    fn codes() -> impl Iterator<Item = ShopperCode> {
        let bytes = |seed: u64| std::array::from_fn(|at| (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (at * 4)) as u8);
        (1..200).map(move |seed| ShopperCode::from_bytes(bytes(seed)))
    }

    #[test]
    fn codes_are_written_and_read() {
        let known = [([0; 16], "00000-00000-00000-00000-00000-00"), ([255; 16], "7ZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZC")];
        for (bytes, text) in known {
            assert_eq!(ShopperCode::from_bytes(bytes).to_string(), text);
        }
        for code in codes() {
            let text = code.to_string();
            assert_eq!(text.parse().as_ref(), Ok(&code));
            let sloppy = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            assert_eq!(sloppy.parse().as_ref(), Ok(&code));
            let wide: String = text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
            assert_eq!(format!(" {wide}\u{3000}").parse().as_ref(), Ok(&code));
        }
    }

    #[test]
    fn one_wrong_character_and_any_two_swapped_are_found() {
        for code in codes() {
            let text: Vec<char> = code.to_string().chars().filter(|c| *c != '-').collect();
            for at in 0..text.len() {
                for other in ALPHABET.iter().map(|byte| char::from(*byte)).filter(|other| *other != text[at]) {
                    let mut wrong = text.clone();
                    wrong[at] = other;
                    assert_eq!(wrong.iter().collect::<String>().parse::<ShopperCode>(), Err(CodeError::Check));
                }
                for with in (0..at).filter(|with| text[*with] != text[at]) {
                    let mut swapped = text.clone();
                    swapped.swap(at, with);
                    assert_eq!(swapped.iter().collect::<String>().parse::<ShopperCode>(), Err(CodeError::Check));
                }
            }
        }
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        let parse = |text: &str| text.parse::<ShopperCode>().unwrap_err();
        assert_eq!(parse(""), CodeError::Length(0));
        assert_eq!(parse("7K3QX"), CodeError::Length(5));
        assert_eq!(parse(&"0".repeat(5000)), CodeError::Length(28));
        assert_eq!(parse("7K3U"), CodeError::Character(4));
        assert_eq!(parse("喜茶"), CodeError::Character(1));
    }

    #[test]
    fn ids_are_stable_and_codes_are_not_shown_by_accident() {
        let code = ShopperCode::from_bytes([7; 16]);
        assert_eq!(code.shopper_id().len(), 32);
        assert_eq!(code.shopper_id(), ShopperCode::from_bytes([7; 16]).shopper_id());
        assert_ne!(code.shopper_id(), ShopperCode::from_bytes([8; 16]).shopper_id());
        assert!(!format!("{code:?}").contains(&code.to_string()[..5]));
    }
}
