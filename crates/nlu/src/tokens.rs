//! The tokenizer that a model file brings along: byte-level BPE from GGUF metadata, and the special tokens' ids.

use std::collections::HashMap;
use std::sync::Arc;

use candle_core::quantized::gguf_file::{Content, Value};
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{AddedToken, Tokenizer};
use toktrie::{TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use crate::LoadError;
use crate::marks::{Mark, PAD, special_tokens};

/// Text to token ids and marks to ids and back.
pub(crate) struct Tokens {
    tokenizer: Tokenizer,
    ids: HashMap<Mark, u32>,
    marks: HashMap<u32, Mark>,
    /// What the grammar engine needs to know of the vocabulary.
    pub(crate) environment: TokEnv,
}

impl Tokens {
    /// Reads the vocabulary of `content`.
    ///
    /// # Errors
    /// [`LoadError::Tokenizer`] when it is missing, of another kind, or lacks a special token of this build.
    pub(crate) fn from_gguf(content: &Content) -> Result<Self, LoadError> {
        let kind = text(content, "tokenizer.ggml.model")?;
        let pre = text(content, "tokenizer.ggml.pre")?;
        if kind != "gpt2" || pre != "gpt-2" {
            return Err(wrong("byte-level BPE (gpt2, gpt-2)", format!("{kind}, {pre}")));
        }
        let words = list(content, "tokenizer.ggml.tokens")?;
        let merges = list(content, "tokenizer.ggml.merges")?
            .iter()
            .map(|merge| merge.split_once(' ').map(|(left, right)| (left.to_owned(), right.to_owned())))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| wrong("merges of two parts", "one without a space"))?;
        let vocabulary: Vocab = words.iter().cloned().zip(0_u32..).collect();
        let specials = special_tokens();
        if let Some(missing) = specials.iter().find(|token| !vocabulary.contains_key(*token)) {
            return Err(wrong("the special tokens of this build", format!("none called {missing}")));
        }
        let id = |token: &str| vocabulary.get(token).copied().unwrap_or_default();
        let marks: HashMap<u32, Mark> = Mark::all().into_iter().map(|mark| (id(&mark.token()), mark)).collect();
        let (end, pad) = (id(&Mark::End.token()), id(PAD));
        let environment = environment(&words, &specials, end, pad);
        let model = BPE::builder()
            .vocab_and_merges(vocabulary, merges)
            .build()
            .map_err(|error| wrong("sound merges", error))?;
        let mut tokenizer = Tokenizer::new(model);
        tokenizer.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)));
        let added = specials.into_iter().map(|token| AddedToken::from(token, true)).collect::<Vec<_>>();
        tokenizer.add_special_tokens(added).map_err(|error| wrong("special tokens", error))?;
        let ids = marks.iter().map(|(id, mark)| (*mark, *id)).collect();
        Ok(Self { tokenizer, ids, marks, environment })
    }

    /// Token ids of a prompt.
    pub(crate) fn encode(&self, prompt: &str) -> Result<Vec<u32>, String> {
        self.tokenizer
            .encode_fast(prompt, false)
            .map(|encoding| encoding.get_ids().to_vec())
            .map_err(|error| error.to_string())
    }

    /// The id of a mark.
    pub(crate) fn id(&self, mark: Mark) -> u32 {
        // All marks are in the vocabulary: `from_gguf` refuses a file that lacks one.
        self.ids.get(&mark).copied().unwrap_or_default()
    }

    /// The mark of an id.
    pub(crate) fn mark(&self, id: u32) -> Option<Mark> {
        self.marks.get(&id).copied()
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.environment.tok_trie().vocab_size()
    }
}

/// The vocabulary in the eyes of the grammar engine.
///
/// Our grammars are made of special tokens alone, and a special token can be written in one way only. So there is no
/// text whose tokens could be chosen in another way than the tokenizer would, and forced tokens may be forced.
struct Specials(TokTrie);

impl TokenizerEnv for Specials {
    fn tok_trie(&self) -> &TokTrie {
        &self.0
    }

    fn tokenize_bytes(&self, text: &[u8]) -> Vec<TokenId> {
        self.0.greedy_tokenize(text)
    }

    fn tokenize_is_canonical(&self) -> bool {
        true
    }
}

/// The vocabulary as the grammar engine wants it: bytes, special tokens marked as such.
fn environment(words: &[String], specials: &[String], end: u32, pad: u32) -> TokEnv {
    let bytes: Vec<Vec<u8>> = words
        .iter()
        .map(|word| {
            if specials.contains(word) {
                let mut marked = vec![TokTrie::SPECIAL_TOKEN_MARKER];
                marked.extend_from_slice(word.as_bytes());
                marked
            } else {
                word.as_bytes().to_vec()
            }
        })
        .collect();
    let info = TokRxInfo {
        vocab_size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        tok_eos: end,
        tok_bos: None,
        tok_pad: Some(pad),
        tok_unk: None,
        tok_end_of_turn: None,
    };
    Arc::new(Specials(TokTrie::from(&info, &bytes)))
}

fn text<'a>(content: &'a Content, key: &str) -> Result<&'a str, LoadError> {
    match content.metadata.get(key) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(wrong(format!("metadata `{key}`"), "none")),
    }
}

fn list(content: &Content, key: &str) -> Result<Vec<String>, LoadError> {
    let Some(Value::Array(values)) = content.metadata.get(key) else {
        return Err(wrong(format!("metadata `{key}`"), "none"));
    };
    values
        .iter()
        .map(|value| match value {
            Value::String(text) => Ok(text.clone()),
            _ => Err(wrong(format!("texts in `{key}`"), "something else")),
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
fn wrong(expected: impl Into<String>, found: impl ToString) -> LoadError {
    LoadError::Tokenizer { expected: expected.into(), found: found.to_string() }
}
