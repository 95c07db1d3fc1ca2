//! Text to tokens without special ones, and tokens to bytes, for prompts and for the grammar engine alike.

use std::collections::{HashMap, HashSet};

use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::unicode::NFC;
use tokenizers::{NormalizerWrapper, Tokenizer};
use toktrie::{TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use crate::LoadError;
use crate::error::tokenizer as wrong;
use crate::splitting::Splitting;

/// The vocabulary as bytes.
pub(crate) struct Bytes {
    tokenizer: Tokenizer,
    /// What each token stands for; special tokens behind a marker.
    pub(crate) trie: TokTrie,
}

impl Bytes {
    /// Sets up the tokenizer of `words` without those that are `special`.
    ///
    /// # Errors
    /// [`LoadError::Tokenizer`] when `merges` are unsound.
    pub(crate) fn new(
        words: &[String],
        special: &HashSet<u32>,
        ends: &[u32],
        merges: &[String],
        splitting: Splitting,
    ) -> Result<Self, LoadError> {
        let letters = letters();
        let word_bytes = |(word, id): (&String, u32)| {
            if special.contains(&id) {
                [&[TokTrie::SPECIAL_TOKEN_MARKER], word.as_bytes()].concat()
            } else {
                let bytes: Option<Vec<u8>> = word.chars().map(|letter| letters.get(&letter).copied()).collect();
                bytes.unwrap_or_else(|| word.as_bytes().to_vec())
            }
        };
        let all: Vec<Vec<u8>> = words.iter().zip(0..).map(word_bytes).collect();
        let info = TokRxInfo::new(u32::try_from(all.len()).unwrap_or(u32::MAX), ends.first().copied().unwrap_or(0));
        let trie = TokTrie::from(&info, &all).with_eos_tokens(ends);
        let plain = words.iter().zip(0..).filter(|(_, id)| !special.contains(id));
        let plain: Vocab = plain.map(|(word, id)| (word.clone(), id)).collect();
        let merges = sound(merges, words, &plain)?;
        let model = BPE::builder()
            .vocab_and_merges(plain, merges)
            .ignore_merges(splitting.whole_words)
            .build()
            .map_err(|error| wrong("sound merges", error))?;
        let mut tokenizer = Tokenizer::new(model);
        tokenizer.with_pre_tokenizer(Some(splitting.words));
        tokenizer
            .with_normalizer(splitting.composed.then_some(NormalizerWrapper::NFC(NFC)))
            .map_err(|error| LoadError::Engine(error.to_string()))?;
        Ok(Self { tokenizer, trie })
    }

    /// Token ids of `text`, none of them special.
    ///
    /// # Errors
    /// What the tokenizer says.
    pub(crate) fn encode(&self, text: &str) -> Result<Vec<u32>, String> {
        let encoding = self.tokenizer.encode_fast(text, false).map_err(|error| error.to_string())?;
        Ok(encoding.get_ids().to_vec())
    }
}

impl TokenizerEnv for Bytes {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, bytes: &[u8]) -> Vec<TokenId> {
        let encode = |text: &str| {
            // The grammar wants these very bytes; joining accents (NFC) would give others.
            let ids = self.encode(text).unwrap_or_default();
            let same = ids.iter().flat_map(|id| self.trie.token(*id)).eq(text.as_bytes());
            if same { ids } else { self.trie.greedy_tokenize(text.as_bytes()) }
        };
        self.trie.tokenize_with_greedy_fallback(bytes, encode)
    }
}

/// The merges as pairs, without those that take part in special tokens, which text must not become.
fn sound(merges: &[String], words: &[String], plain: &Vocab) -> Result<Vec<(String, String)>, LoadError> {
    let known: HashSet<&str> = words.iter().map(String::as_str).collect();
    let mut pairs = Vec::with_capacity(merges.len());
    for merge in merges {
        let Some((left, right)) = merge.split_once(' ') else {
            return Err(wrong("merges of two parts", format!("{merge:?}")));
        };
        let parts = [left, right, &[left, right].concat()];
        // The library takes for granted that a merge gives a token.
        if let Some(unknown) = parts.iter().find(|part| !known.contains(**part)) {
            return Err(wrong("merges of tokens to tokens", format!("{unknown:?} in {merge:?}")));
        }
        if parts.iter().all(|part| plain.contains_key(*part)) {
            pairs.push((left.to_owned(), right.to_owned()));
        }
    }
    Ok(pairs)
}

/// The letters that stand for bytes in a byte-level vocabulary: printable ones for themselves, others from U+0100 on.
fn letters() -> HashMap<char, u8> {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let shown = (0..=255).filter(|byte| printable(*byte)).map(|byte| (char::from(byte), byte));
    let hidden = ('\u{100}'..).zip((0..=255).filter(|byte| !printable(*byte)));
    shown.chain(hidden).collect()
}
