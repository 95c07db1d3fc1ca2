//! The tokenizer that a model file brings along: byte-level BPE from GGUF metadata, special tokens apart.
//!
//! What a template wrote is searched for special tokens. What people wrote is not, and cannot give one whatever it says,
//! because the special tokens are not in the vocabulary that it is split into.

use std::collections::HashSet;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use candle_core::quantized::gguf_file::{Content, Value};
use toktrie::{SimpleVob, TokEnv};

use crate::LoadError;
use crate::bytes::Bytes;
use crate::error::tokenizer as wrong;
use crate::shape::text;
use crate::splitting::Splitting;
use crate::template::Piece;

const MAX_TOKENS: usize = 1 << 19;
/// The longest token, in bytes, and all tokens together: what the grammar engine's trie can hold.
const MAX_TOKEN: usize = 1000;
const MAX_BYTES: usize = 4_000_000;
/// Tokens that end an answer in the families that are run here, whichever of them the file names.
const ENDS: [&str; 6] = ["<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "</s>"];

/// Text to token ids and back.
pub(crate) struct Vocabulary {
    bytes: Arc<Bytes>,
    markup: AhoCorasick,
    /// Ids of the special tokens, in the order of `markup`'s patterns.
    specials: Vec<u32>,
    /// Tokens that free text may have: all but control tokens, and the ends.
    pub(crate) writable: SimpleVob,
    ends: Vec<u32>,
    /// The token that every prompt begins with.
    first: Option<u32>,
    /// `bos_token` of templates.
    pub(crate) bos: String,
    /// `eos_token` of templates.
    pub(crate) eos: String,
}

impl Vocabulary {
    /// Takes the vocabulary out of `content`.
    ///
    /// # Errors
    /// [`LoadError::Tokenizer`] when it is missing, unsound or of another kind.
    pub(crate) fn take(content: &mut Content) -> Result<Self, LoadError> {
        let kind = text(content, "tokenizer.ggml.model").unwrap_or("none");
        if kind != "gpt2" {
            let found = if kind == "llama" { "SentencePiece (llama)" } else { kind };
            return Err(wrong("byte-level BPE (gpt2), as Qwen, SmolLM2 and Llama 3 have it", found));
        }
        let splitting = Splitting::by_name(text(content, "tokenizer.ggml.pre").unwrap_or("none"))?;
        let words = texts(content, "tokenizer.ggml.tokens")?;
        check_sizes(&words)?;
        let kinds = kinds(content, &words)?;
        let id = |key: &str| {
            let id = content.metadata.get(key).and_then(|value| value.to_u32().ok());
            id.filter(|id| words.get(*id as usize).is_some())
        };
        let Some(eos) = id("tokenizer.ggml.eos_token_id") else {
            return Err(wrong("`tokenizer.ggml.eos_token_id` within the vocabulary", "none"));
        };
        let bos = id("tokenizer.ggml.bos_token_id");
        let (eot, flag) = (id("tokenizer.ggml.eot_token_id"), content.metadata.get("tokenizer.ggml.add_bos_token"));
        let first = bos.filter(|_| matches!(flag, Some(Value::Bool(true))));
        let special: Vec<u32> = ids(&words).filter(|id| kinds[*id as usize] != Kind::Normal).collect();
        let named = special.iter().copied().filter(|id| ENDS.contains(&words[*id as usize].as_str()));
        let mut ends: Vec<u32> = [eos].into_iter().chain(eot).chain(named).collect();
        let mut seen = HashSet::new();
        ends.retain(|id| seen.insert(*id));
        let mut writable = SimpleVob::alloc(words.len());
        ids(&words).filter(|id| kinds[*id as usize] != Kind::Control).for_each(|id| writable.allow_token(id));
        ends.iter().for_each(|id| writable.allow_token(*id));
        let merges = texts(content, "tokenizer.ggml.merges")?;
        let is_special: HashSet<u32> = special.iter().copied().collect();
        let bytes = Bytes::new(&words, &is_special, &ends, &merges, splitting)?;
        let patterns = special.iter().map(|id| &words[*id as usize]);
        let markup = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns)
            .map_err(|error| LoadError::Engine(error.to_string()))?;
        let word = |id: Option<u32>| id.and_then(|id| words.get(id as usize)).cloned().unwrap_or_default();
        let (bos, eos) = (word(bos), word(Some(eos)));
        Ok(Self { bytes: Arc::new(bytes), markup, specials: special, writable, ends, first, bos, eos })
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.bytes.trie.vocab_size()
    }

    /// Token ids of a prompt.
    ///
    /// # Errors
    /// What the tokenizer says.
    pub(crate) fn encode(&self, pieces: &[Piece<'_>]) -> Result<Vec<u32>, String> {
        let mut ids: Vec<u32> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Plain(text) => ids.extend(self.bytes.encode(text)?),
                Piece::Markup(text) => {
                    let mut at = 0;
                    for found in self.markup.find_iter(text) {
                        ids.extend(self.bytes.encode(&text[at..found.start()])?);
                        ids.push(self.specials[found.pattern().as_usize()]);
                        at = found.end();
                    }
                    ids.extend(self.bytes.encode(&text[at..])?);
                }
            }
        }
        if let Some(first) = self.first.filter(|first| ids.first() != Some(first)) {
            ids.insert(0, first);
        }
        Ok(ids)
    }

    /// The bytes that a token stands for.
    pub(crate) fn bytes(&self, id: u32) -> &[u8] {
        let word = self.bytes.trie.token(id);
        // The trie marks special tokens with a byte in front.
        if self.specials.binary_search(&id).is_ok() { word.get(1..).unwrap_or_default() } else { word }
    }

    /// Whether a token ends the answer.
    pub(crate) fn is_end(&self, id: u32) -> bool {
        self.ends.contains(&id)
    }

    /// What the grammar engine needs to know of the vocabulary.
    pub(crate) fn environment(&self) -> TokEnv {
        self.bytes.clone()
    }
}

/// What a token is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A piece of text.
    Normal,
    /// Special, but shown as text: `<think>`.
    Shown,
    /// Special and never shown, or unused.
    Control,
}

fn kinds(content: &mut Content, words: &[String]) -> Result<Vec<Kind>, LoadError> {
    let key = "tokenizer.ggml.token_type";
    let Some(Value::Array(values)) = content.metadata.remove(key) else {
        return Err(wrong(format!("metadata `{key}`"), "none"));
    };
    if values.len() != words.len() {
        return Err(wrong(format!("a type for each of {} tokens", words.len()), values.len()));
    }
    let kinds = values.iter().zip(words).map(|(value, word)| match value {
        // Nothing can be done with a token of no letters but to leave it alone.
        _ if word.is_empty() => Ok(Kind::Control),
        Value::I32(1 | 6) | Value::U32(1 | 6) => Ok(Kind::Normal),
        Value::I32(4) | Value::U32(4) => Ok(Kind::Shown),
        Value::I32(2 | 3 | 5) | Value::U32(2 | 3 | 5) => Ok(Kind::Control),
        other => Err(wrong("token types from 1 to 6", format!("{other:?}"))),
    });
    kinds.collect()
}

fn check_sizes(words: &[String]) -> Result<(), LoadError> {
    let longest = words.iter().map(String::len).max().unwrap_or(0);
    let total: usize = words.iter().map(String::len).sum();
    if words.len() > MAX_TOKENS || longest > MAX_TOKEN || total > MAX_BYTES {
        let expected = format!("at most {MAX_TOKENS} tokens of at most {MAX_TOKEN} bytes, {MAX_BYTES} together");
        return Err(wrong(expected, format!("{} of at most {longest}, {total} together", words.len())));
    }
    Ok(())
}

fn ids(words: &[String]) -> impl Iterator<Item = u32> + use<> {
    0..u32::try_from(words.len()).unwrap_or(u32::MAX)
}

/// Takes a list of texts out of the metadata.
fn texts(content: &mut Content, key: &str) -> Result<Vec<String>, LoadError> {
    let Some(Value::Array(values)) = content.metadata.remove(key) else {
        return Err(wrong(format!("metadata `{key}`"), "none"));
    };
    let text = |value| match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong(format!("texts in `{key}`"), "something else")),
    };
    values.into_iter().map(text).collect()
}
