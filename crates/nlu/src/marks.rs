//! The model's special tokens: what it reads about an utterance and what it answers with.
//!
//! The answer is a short notation over these tokens. It points at units of the utterance instead of copying words, so
//! that it cannot name what was not said.

use oolong_intent::{Asked, Fulfilment, Intent, Prefer};

/// How many units of an utterance can be pointed at.
pub const MAX_UNITS: usize = 128;

/// One token of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is explained where the notation is, in notation.rs")]
pub enum Mark {
    End,
    Next,
    Entry,
    To,
    Unknown,
    Place,
    Here,
    When,
    Now,
    Max,
    Open,
    Last,
    All,
    Without,
    Double,
    Rest,
    Fulfil(Fulfilment),
    Prefer(Prefer),
    Intent(Intent),
    Unit(u8),
}

impl Mark {
    /// The token's text.
    #[must_use]
    pub fn token(self) -> String {
        let word = match self {
            Self::End => "end",
            Self::Next => "next",
            Self::Entry => "+",
            Self::To => "to",
            Self::Unknown => "unknown",
            Self::Place => "place",
            Self::Here => "here",
            Self::When => "when",
            Self::Now => "now",
            Self::Max => "max",
            Self::Open => "open",
            Self::Last => "last",
            Self::All => "all",
            Self::Without => "without",
            Self::Double => "double",
            Self::Rest => "rest",
            Self::Fulfil(Fulfilment::Pickup) => "pickup",
            Self::Fulfil(Fulfilment::Delivery) => "delivery",
            Self::Prefer(Prefer::Nearest) => "nearest",
            Self::Prefer(Prefer::Fastest) => "fastest",
            Self::Prefer(Prefer::Cheapest) => "cheapest",
            Self::Intent(intent) => intent.name(),
            Self::Unit(index) => return format!("<|{index}|>"),
        };
        format!("<|{word}|>")
    }

    /// All marks, in the order of the vocabulary.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut marks = vec![
            Self::End,
            Self::Next,
            Self::Entry,
            Self::To,
            Self::Unknown,
            Self::Place,
            Self::Here,
            Self::When,
            Self::Now,
            Self::Max,
            Self::Open,
            Self::Last,
            Self::All,
            Self::Without,
            Self::Double,
            Self::Rest,
            Self::Fulfil(Fulfilment::Pickup),
            Self::Fulfil(Fulfilment::Delivery),
            Self::Prefer(Prefer::Nearest),
            Self::Prefer(Prefer::Fastest),
            Self::Prefer(Prefer::Cheapest),
        ];
        marks.extend(Intent::ALL.map(Self::Intent));
        marks.extend((0..MAX_UNITS).filter_map(|index| u8::try_from(index).ok()).map(Self::Unit));
        marks
    }
}

/// Tokens that stand only in prompts: where it ends, what the context is, what a unit is taken for.
const PROMPT_ONLY: [&str; 18] = [
    PARSE,
    SCOPE,
    "<|cart1|>",
    "<|cart2|>",
    "<|cart3|>",
    ITEM,
    CART_ITEM,
    CATEGORY,
    BRAND,
    VOUCHER,
    FUZZY,
    NUMBER,
    ORDINAL,
    CLOCK,
    DURATION,
    PRICE,
    "<|spare0|>",
    "<|spare1|>",
];

pub(crate) const PAD: &str = "<|pad|>";
pub(crate) const PARSE: &str = "<|parse|>";
pub(crate) const SCOPE: &str = "<|scope|>";
pub(crate) const ITEM: &str = "<|item|>";
pub(crate) const CART_ITEM: &str = "<|cart-item|>";
pub(crate) const CATEGORY: &str = "<|category|>";
pub(crate) const BRAND: &str = "<|brand|>";
pub(crate) const VOUCHER: &str = "<|voucher|>";
pub(crate) const FUZZY: &str = "<|~|>";
pub(crate) const NUMBER: &str = "<|number|>";
pub(crate) const ORDINAL: &str = "<|ordinal|>";
pub(crate) const CLOCK: &str = "<|clock|>";
pub(crate) const DURATION: &str = "<|duration|>";
pub(crate) const PRICE: &str = "<|price|>";
/// Modifier groups are told apart by number in order of appearance; more than this share the last.
pub(crate) const MAX_GROUPS: usize = 8;

/// The token for a modifier of the n-th group of the utterance, by whether one or many of the group can be had.
pub(crate) fn modifier_token(group: usize, many: bool) -> String {
    let group = group.min(MAX_GROUPS - 1);
    if many { format!("<|many{group}|>") } else { format!("<|one{group}|>") }
}

/// The token for what was asked.
pub(crate) fn asked_token(asked: Asked) -> String {
    format!("<|asked-{}|>", asked.name())
}

/// All special tokens in the order in which they close the vocabulary; the training script reads this list.
#[must_use]
pub fn special_tokens() -> Vec<String> {
    let mut tokens = vec![PAD.to_owned()];
    tokens.extend(Mark::all().into_iter().map(Mark::token));
    tokens.extend(PROMPT_ONLY.map(str::to_owned));
    tokens.extend((0..MAX_GROUPS).flat_map(|group| [modifier_token(group, false), modifier_token(group, true)]));
    tokens.extend(Asked::ALL.map(asked_token));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_there_once() {
        let tokens = special_tokens();
        let distinct: std::collections::HashSet<_> = tokens.iter().collect();
        assert_eq!(distinct.len(), tokens.len());
    }
}
