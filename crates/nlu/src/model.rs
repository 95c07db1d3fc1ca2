//! The weights: a quantized Qwen3-architecture decoder, run by candle.

use std::io::Cursor;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{DType, Device, Tensor};
use candle_transformers::models::quantized_qwen3::ModelWeights;

use crate::LoadError;
use crate::confidence::Calibration;
use crate::gguf::check_header;

/// Positions that a model may have; more would only cost memory here.
const MAX_CONTEXT: u32 = 4096;

/// A decoder with its cache.
pub(crate) struct Model {
    weights: ModelWeights,
    /// Tokens in the cache.
    length: usize,
    /// Tokens that prompt and answer may have together.
    pub(crate) context: usize,
    /// What the file calls itself.
    pub(crate) name: String,
    /// What its certainty is worth.
    pub(crate) calibration: Calibration,
}

/// `oolong.calibration`: intercept and three weights; a file without it is taken at its word.
fn calibration(content: &Content) -> Result<Calibration, LoadError> {
    let Some(value) = content.metadata.get("oolong.calibration") else { return Ok(Calibration::default()) };
    let numbers: Vec<f32> =
        value.to_vec().map(|all| all.iter().filter_map(|one| one.to_f32().ok()).collect()).unwrap_or_default();
    match numbers[..] {
        [intercept, total, least, unused] if numbers.iter().all(|number| number.is_finite()) => Ok(Calibration {
            intercept: intercept.into(),
            total: total.into(),
            least: least.into(),
            unused: unused.into(),
        }),
        _ => Err(LoadError::Header {
            expected: "`oolong.calibration` of four numbers".to_owned(),
            found: format!("{value:?}"),
        }),
    }
}

impl Model {
    /// Sets up the weights of `file` and hands back its metadata for the tokenizer.
    ///
    /// # Errors
    /// [`LoadError`] when the file is no sound GGUF file or holds another architecture.
    pub(crate) fn load(file: &[u8]) -> Result<(Self, Content), LoadError> {
        check_header(file)?;
        let weights = |error: candle_core::Error| LoadError::Weights(error.to_string());
        let mut reader = Cursor::new(file);
        let content = Content::read(&mut reader).map_err(weights)?;
        let architecture = match content.metadata.get("general.architecture") {
            Some(Value::String(name)) => name.clone(),
            _ => "none".to_owned(),
        };
        if architecture != "qwen3" {
            return Err(LoadError::Architecture { found: architecture });
        }
        let number = |key: &str| content.metadata.get(key).and_then(|value| value.to_u32().ok());
        let context = number("qwen3.context_length").unwrap_or(0);
        if !(64..=MAX_CONTEXT).contains(&context) {
            return Err(LoadError::Header {
                expected: format!("a context of 64 to {MAX_CONTEXT}"),
                found: context.to_string(),
            });
        }
        for (key, most) in [
            ("qwen3.block_count", 128),
            ("qwen3.embedding_length", 8192),
            ("qwen3.attention.head_count", 256),
            ("qwen3.attention.head_count_kv", 256),
            ("qwen3.attention.key_length", 512),
        ] {
            let found = number(key).unwrap_or(0);
            if found == 0 || found > most {
                return Err(LoadError::Header {
                    expected: format!("`{key}` of 1 to {most}"),
                    found: found.to_string(),
                });
            }
        }
        let name = match content.metadata.get("general.name") {
            Some(Value::String(name)) => name.clone(),
            _ => "unnamed".to_owned(),
        };
        // candle takes the header by value; it is small beside the weights, so it is read once more for the tokenizer.
        let again = Content::read(&mut Cursor::new(file)).map_err(weights)?;
        let model = ModelWeights::from_gguf(content, &mut reader, &Device::Cpu).map_err(weights)?;
        let context = usize::try_from(context).unwrap_or_default();
        let calibration = calibration(&again)?;
        Ok((Self { weights: model, length: 0, context, name, calibration }, again))
    }

    /// Forgets what was read.
    pub(crate) fn reset(&mut self) {
        self.weights.clear_kv_cache();
        self.length = 0;
    }

    /// Reads `tokens` and returns the logits of what may come next, one for each entry of the vocabulary.
    ///
    /// candle keeps one cache for batches and another for single tokens, and only the first batch fills both: after a
    /// single token, tokens must come singly, which this does.
    pub(crate) fn read(&mut self, tokens: &[u32]) -> Result<Vec<f32>, candle_core::Error> {
        let batches: Vec<&[u32]> = if self.length == 0 { vec![tokens] } else { tokens.chunks(1).collect() };
        let mut logits = None;
        for batch in batches {
            let input = Tensor::new(batch, &Device::Cpu)?.unsqueeze(0)?;
            logits = Some(self.weights.forward(&input, self.length)?);
            self.length += batch.len();
        }
        match logits {
            Some(logits) => logits.flatten_all()?.to_dtype(DType::F32)?.to_vec1(),
            None => candle_core::bail!("nothing to read"),
        }
    }
}
