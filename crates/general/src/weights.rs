//! The weights: one of candle's quantized decoders and what was read so far.

use std::io::Cursor;

use candle_core::quantized::gguf_file::Content;
use candle_core::{DType, Device, Tensor};
use candle_transformers::models::{quantized_llama, quantized_qwen2, quantized_qwen3};

use crate::shape::{Architecture, Shape};
use crate::{CompleteError, LoadError};

/// Tokens that are read at once, a power of two: the attention of a batch takes memory by its length, and a shopper who
/// leaves should not be read to the end.
const BATCH: usize = 128;

/// A decoder with its cache.
pub(crate) struct Weights {
    decoder: Decoder,
    /// Tokens in the cache.
    length: usize,
    /// Whether a token was read singly, after which all must be.
    single: bool,
}

enum Decoder {
    Qwen3(quantized_qwen3::ModelWeights),
    Qwen2(quantized_qwen2::ModelWeights),
    Llama(quantized_llama::ModelWeights),
}

impl Weights {
    /// Sets up the tensors of `file`, whose header is `content` and was checked.
    ///
    /// # Errors
    /// [`LoadError::Engine`] when candle does not take them.
    pub(crate) fn load(file: &[u8], content: Content, shape: &Shape) -> Result<Self, LoadError> {
        let (mut reader, device) = (Cursor::new(file), Device::Cpu);
        let decoder = match shape.architecture {
            Architecture::Qwen3 => {
                quantized_qwen3::ModelWeights::from_gguf(content, &mut reader, &device).map(Decoder::Qwen3)
            }
            Architecture::Qwen2 => {
                quantized_qwen2::ModelWeights::from_gguf(content, &mut reader, &device).map(Decoder::Qwen2)
            }
            Architecture::Llama => {
                quantized_llama::ModelWeights::from_gguf(content, &mut reader, &device).map(Decoder::Llama)
            }
        };
        let decoder = decoder.map_err(|error| LoadError::Engine(error.to_string()))?;
        Ok(Self { decoder, length: 0, single: false })
    }

    /// Forgets what was read.
    pub(crate) fn reset(&mut self) {
        match &mut self.decoder {
            Decoder::Qwen3(weights) => weights.clear_kv_cache(),
            Decoder::Qwen2(weights) => weights.clear_kv_cache(),
            Decoder::Llama(weights) => weights.clear_kv_cache(),
        }
        (self.length, self.single) = (0, false);
    }

    /// Reads `tokens` and returns the logits of what may come next, one for each entry of the vocabulary.
    ///
    /// # Errors
    /// [`CompleteError::Cancelled`] between two batches, [`CompleteError::Engine`] when candle fails.
    pub(crate) fn read(&mut self, tokens: &[u32], cancelled: &dyn Fn() -> bool) -> Result<Vec<f32>, CompleteError> {
        let mut logits = None;
        let mut rest = tokens;
        while !rest.is_empty() {
            if cancelled() {
                return Err(CompleteError::Cancelled);
            }
            let (batch, after) = rest.split_at(self.batch(rest.len()));
            logits = Some(self.forward(batch).map_err(|error| CompleteError::Engine(error.to_string()))?);
            rest = after;
        }
        logits.ok_or_else(|| CompleteError::Engine("expected tokens to read, found none".to_owned()))
    }

    /// How many of `rest` tokens come next.
    ///
    /// candle's qwen3 keeps one cache for batches and another for single tokens, and only batches fill both.
    /// Its qwen2 and llama keep the mask of every pair of length and position for good; from batches that are powers of
    /// two at multiples of themselves there are few pairs, 34 MB at most.
    fn batch(&self, rest: usize) -> usize {
        if self.single || rest < 2 { 1 } else { BATCH.min(1 << rest.ilog2()) }
    }

    fn forward(&mut self, batch: &[u32]) -> Result<Vec<f32>, candle_core::Error> {
        let input = Tensor::new(batch, &Device::Cpu)?.unsqueeze(0)?;
        let logits = match &mut self.decoder {
            Decoder::Qwen3(weights) => weights.forward(&input, self.length),
            Decoder::Qwen2(weights) => weights.forward(&input, self.length),
            Decoder::Llama(weights) => weights.forward(&input, self.length),
        }?;
        self.length += batch.len();
        self.single |= batch.len() == 1;
        logits.flatten_all()?.to_dtype(DType::F32)?.to_vec1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{ARCHITECTURES, Fixture};
    use crate::vocabulary::Vocabulary;

    fn weights(architecture: &str) -> Weights {
        let file = Fixture::new(architecture).bytes();
        let mut content = Content::read(&mut Cursor::new(&file)).unwrap();
        let known = Architecture::of(&content).unwrap();
        let tokens = Vocabulary::take(&mut content).unwrap().len();
        let shape = Shape::settle(&mut content, known, tokens).unwrap();
        Weights::load(&file, content, &shape).unwrap()
    }

    #[test]
    fn batches_and_single_tokens_give_the_same() {
        for architecture in ARCHITECTURES {
            let mut weights = weights(architecture);
            for length in [1, 2, 7, 128, 133, 300] {
                let tokens: Vec<u32> = (0..length).map(|at| at * 7 % 250).collect();
                weights.reset();
                let batches = weights.read(&tokens, &|| false).unwrap();
                let after = weights.read(&[5, 6], &|| false).unwrap();
                weights.reset();
                weights.single = true;
                let singles = weights.read(&tokens, &|| false).unwrap();
                let difference = |left: &[f32], right: &[f32]| {
                    left.iter().zip(right).map(|(left, right)| (left - right).abs()).fold(0.0, f32::max)
                };
                // The activations are quantized on the way, so the last digits differ.
                assert!(difference(&batches, &singles) < 0.1, "{architecture}: {length} tokens");
                let singles = weights.read(&[5, 6], &|| false).unwrap();
                assert!(difference(&after, &singles) < 0.1, "{architecture}: {length} tokens and two more");
            }
        }
    }
}
