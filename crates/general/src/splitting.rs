//! How text is split before byte pairs are merged, by the name that llama.cpp gives each way.
//!
//! Another split gives other tokens than the model was trained on, and a worse answer without an error, so an unknown
//! name is refused.

use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{PreTokenizerWrapper, SplitDelimiterBehavior};

use crate::LoadError;
use crate::error::tokenizer;

/// What a model family does with text before merging.
pub(crate) struct Splitting {
    /// Splits into words.
    pub(crate) words: PreTokenizerWrapper,
    /// Whether letters with separate accents are joined first (NFC).
    pub(crate) composed: bool,
    /// Whether a word that is a token needs no merging.
    pub(crate) whole_words: bool,
}

impl Splitting {
    /// The splitting of `tokenizer.ggml.pre`.
    ///
    /// # Errors
    /// [`LoadError::Tokenizer`] with the names that are known.
    pub(crate) fn by_name(name: &str) -> Result<Self, LoadError> {
        let (words, composed, whole_words) = match name {
            "gpt-2" => (bytes(true), false, false),
            "smollm" => (sequence(vec![Digits::new(true).into(), bytes(true)]), false, false),
            "qwen2" | "deepseek-r1-qwen" => (pattern(r"\p{N}")?, true, false),
            "llama-bpe" | "llama3" | "llama-v3" => (pattern(r"\p{N}{1,3}")?, false, true),
            other => return Err(tokenizer("the splitting gpt-2, smollm, qwen2 or llama-bpe", other)),
        };
        Ok(Self { words, composed, whole_words })
    }
}

/// The pattern of GPT-4, which families vary in how many digits go together.
fn pattern(digits: &str) -> Result<PreTokenizerWrapper, LoadError> {
    let pattern = format!(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    );
    let split = Split::new(SplitPattern::Regex(pattern), SplitDelimiterBehavior::Isolated, false)
        .map_err(|error| LoadError::Engine(error.to_string()))?;
    Ok(sequence(vec![split.into(), bytes(false)]))
}

/// Bytes as letters, with or without GPT-2's own splitting.
fn bytes(split: bool) -> PreTokenizerWrapper {
    ByteLevel::new(false, false, split).into()
}

fn sequence(parts: Vec<PreTokenizerWrapper>) -> PreTokenizerWrapper {
    Sequence::new(parts).into()
}
