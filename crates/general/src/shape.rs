//! The numbers of a model and the tensors that follow from them, checked before candle allocates or multiplies.
//!
//! candle indexes and reshapes by these numbers without asking whether they fit together.
//! A tensor that candle would not read is refused as well: scaled rotary embeddings or attention biases that are left
//! out do not fail, they give a worse answer that nobody can explain.

use candle_core::quantized::gguf_file::{Content, Value};

use crate::LoadError;
use crate::error::{header, weights};

/// Positions that are used, however many a model has: caches and tables grow with them, and candle reserves the cache
/// of a qwen3 model for 4,096 at once.
const MAX_CONTEXT: usize = 4096;
/// The most bytes that the cache of keys and values may take.
const MAX_CACHE: usize = 4 << 30;

/// Which of candle's decoders runs the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Architecture {
    /// `quantized_qwen3`.
    Qwen3,
    /// `quantized_qwen2`.
    Qwen2,
    /// `quantized_llama`.
    Llama,
}

impl Architecture {
    /// What the file says.
    ///
    /// # Errors
    /// [`LoadError::Architecture`] for any other.
    pub(crate) fn of(content: &Content) -> Result<Self, LoadError> {
        let found = text(content, "general.architecture").unwrap_or("none");
        let all = [Self::Qwen3, Self::Qwen2, Self::Llama];
        let known = all.into_iter().find(|one| one.name() == found);
        known.ok_or_else(|| LoadError::Architecture { found: found.to_owned() })
    }

    /// As `general.architecture` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Qwen3 => "qwen3",
            Self::Qwen2 => "qwen2",
            Self::Llama => "llama",
        }
    }
}

/// The numbers of a model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) architecture: Architecture,
    /// Tokens that prompt and answer may have together.
    pub(crate) context: usize,
    /// Tokens in the vocabulary.
    vocabulary: usize,
    blocks: usize,
    embedding: usize,
    feed_forward: usize,
    heads: usize,
    kv_heads: usize,
    head: usize,
}

impl Shape {
    /// Reads the numbers of a file with `vocabulary` tokens, checks its tensors against them, and sets what candle
    /// should take instead of what the file says or leaves out.
    ///
    /// # Errors
    /// [`LoadError`] with what was expected and found.
    pub(crate) fn settle(
        content: &mut Content,
        architecture: Architecture,
        vocabulary: usize,
    ) -> Result<Self, LoadError> {
        let name = architecture.name();
        let number = |key: &str, most: usize| {
            let key = format!("{name}.{key}");
            let value = content.metadata.get(&key).and_then(|value| value.to_u32().ok()).unwrap_or(0) as usize;
            if value == 0 || value > most {
                return Err(header(format!("`{key}` of 1 to {most}"), value));
            }
            Ok(value)
        };
        let (embedding, heads) = (number("embedding_length", 16_384)?, number("attention.head_count", 256)?);
        let head = match architecture {
            Architecture::Qwen3 => number("attention.key_length", 512)?,
            Architecture::Qwen2 | Architecture::Llama => embedding / heads,
        };
        let shape = Self {
            architecture,
            context: number("context_length", 1 << 30)?.min(MAX_CONTEXT),
            vocabulary,
            blocks: number("block_count", 256)?,
            embedding,
            feed_forward: number("feed_forward_length", 1 << 20)?,
            heads,
            kv_heads: number("attention.head_count_kv", 256)?,
            head,
        };
        shape.check(content)?;
        let mut set = |key: String, value: usize| {
            content.metadata.insert(key, Value::U32(u32::try_from(value).unwrap_or(u32::MAX)));
        };
        set(format!("{name}.context_length"), shape.context);
        set(format!("{name}.rope.dimension_count"), shape.head);
        // Otherwise candle reckons qwen3's rotations in 16 bits, in which positions beyond 2,048 are not even whole.
        set("general.dtype".to_owned(), 0);
        Ok(shape)
    }

    fn check(&self, content: &Content) -> Result<(), LoadError> {
        let name = self.architecture.name();
        if !self.heads.is_multiple_of(self.kv_heads) || self.head < 2 || !self.head.is_multiple_of(2) {
            let found = format!("{} heads of {}, {} for keys and values", self.heads, self.head, self.kv_heads);
            return Err(header("heads of even size, as many for each one of keys and values", found));
        }
        if self.architecture != Architecture::Qwen3 && self.head * self.heads != self.embedding {
            let found = format!("{} for {} heads", self.embedding, self.heads);
            return Err(header(format!("`{name}.embedding_length` that its heads divide"), found));
        }
        for key in ["attention.key_length", "attention.value_length", "rope.dimension_count"] {
            let key = format!("{name}.{key}");
            let found =
                content.metadata.get(&key).map_or(Ok(self.head), |value| value.to_u32().map(|size| size as usize));
            if found.as_ref().ok() != Some(&self.head) {
                return Err(header(format!("`{key}` of {}", self.head), format!("{found:?}")));
            }
        }
        let scaling = text(content, &format!("{name}.rope.scaling.type")).unwrap_or("none");
        if scaling != "none" {
            return Err(weights("rotary embeddings without scaling", format!("the scaling `{scaling}`")));
        }
        let cache = self.blocks * MAX_CONTEXT * self.kv_heads * self.head * 2 * size_of::<f32>();
        if cache > MAX_CACHE {
            return Err(header(format!("keys and values of at most {MAX_CACHE} bytes"), cache));
        }
        self.check_tensors(content)
    }

    fn check_tensors(&self, content: &Content) -> Result<(), LoadError> {
        let mut expected = self.tensors();
        let output = "output.weight";
        if content.tensor_infos.contains_key(output) {
            expected.push((output.to_owned(), vec![self.vocabulary, self.embedding]));
        }
        for (name, dimensions) in &expected {
            let found = content.tensor_infos.get(name).map(|info| info.shape.dims().to_vec());
            if found.as_ref() != Some(dimensions) {
                let found = found.map_or_else(|| "none".to_owned(), |found| format!("{found:?}"));
                return Err(weights(format!("`{name}` of {dimensions:?}"), found));
            }
        }
        // The lengths differ only if the file has more: each expected one was found.
        if content.tensor_infos.len() != expected.len() {
            let known = |name: &str| expected.iter().any(|(expected, _)| expected == name);
            let more = content.tensor_infos.keys().filter(|name| !known(name)).min();
            let expected = format!("only tensors that this build's {} reads", self.architecture.name());
            return Err(weights(expected, format!("`{}` too", more.map_or("", String::as_str))));
        }
        Ok(())
    }

    /// The tensors that every file of these numbers has, and their dimensions, outermost first.
    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let (inner, kv) = (self.heads * self.head, self.kv_heads * self.head);
        let (embedding, wide) = (self.embedding, self.feed_forward);
        let mut block = vec![
            ("attn_norm.weight", vec![embedding]),
            ("attn_q.weight", vec![inner, embedding]),
            ("attn_k.weight", vec![kv, embedding]),
            ("attn_v.weight", vec![kv, embedding]),
            ("attn_output.weight", vec![embedding, inner]),
            ("ffn_norm.weight", vec![embedding]),
            ("ffn_gate.weight", vec![wide, embedding]),
            ("ffn_up.weight", vec![wide, embedding]),
            ("ffn_down.weight", vec![embedding, wide]),
        ];
        match self.architecture {
            Architecture::Qwen3 => {
                block.push(("attn_q_norm.weight", vec![self.head]));
                block.push(("attn_k_norm.weight", vec![self.head]));
            }
            Architecture::Qwen2 => {
                block.push(("attn_q.bias", vec![inner]));
                block.push(("attn_k.bias", vec![kv]));
                block.push(("attn_v.bias", vec![kv]));
            }
            Architecture::Llama => {}
        }
        let mut all = vec![
            ("token_embd.weight".to_owned(), vec![self.vocabulary, embedding]),
            ("output_norm.weight".to_owned(), vec![embedding]),
        ];
        for number in 0..self.blocks {
            all.extend(block.iter().map(|(name, dimensions)| (format!("blk.{number}.{name}"), dimensions.clone())));
        }
        all
    }
}

/// A text of the metadata.
pub(crate) fn text<'a>(content: &'a Content, key: &str) -> Option<&'a str> {
    match content.metadata.get(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
