//! The engine: a loaded model, and the one pipeline from messages to an answer.

use std::io::Cursor;

use candle_core::quantized::gguf_file::Content;
use serde_json::Value;

use crate::decoding::decode;
use crate::error::weights;
use crate::gguf::check_header;
use crate::grammar::Grammars;
use crate::shape::{Architecture, Shape, text};
use crate::template::Template;
use crate::vocabulary::Vocabulary;
use crate::weights::Weights;
use crate::{CompleteError, LoadError};

/// More bytes than this for each position of the context are no prompt; counting their tokens would only take time.
const BYTES_PER_POSITION: usize = 64;

/// A loaded model. It answers one prompt at a time.
pub struct GeneralModel {
    name: String,
    shape: Shape,
    vocabulary: Vocabulary,
    template: Template,
    grammars: Grammars,
    weights: Weights,
}

/// What to complete.
#[derive(Clone, Copy, Debug)]
pub struct Prompt<'a> {
    /// The conversation, oldest first. Nothing in a text is taken for markup, whatever it says.
    pub messages: &'a [(Role, &'a str)],
    /// The JSON schema that the answer follows, without space between its tokens; `None` for free text.
    pub schema: Option<&'a Value>,
    /// The most tokens that the answer may have; the context may leave fewer.
    pub max_tokens: u32,
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The operator.
    System,
    /// The shopper.
    User,
    /// The model.
    Assistant,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Its text: JSON that follows the schema, if there was one and `finish` is [`Finish::Stop`].
    pub text: String,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens of `text`; the token that ends the answer does not count.
    pub completion_tokens: u32,
    /// Why it ended.
    pub finish: Finish,
    /// The geometric mean of the probabilities that the model gave the tokens it chose, among all tokens and before the
    /// schema's mask: 0 to 1, and 1 if the schema left nothing to choose.
    ///
    /// It is not calibrated: 0.9 does not mean that nine answers in ten are right.
    pub confidence: f32,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finish {
    /// It is complete.
    Stop,
    /// It is cut off, because it reached `max_tokens` or the end of the context.
    Length,
}

impl GeneralModel {
    /// Loads the bytes of a GGUF file of architecture qwen3, qwen2 or llama with a byte-level BPE tokenizer.
    ///
    /// Takes about as much memory again as the file, four bytes for each number of the embedding table, and for qwen3
    /// a cache of 4,096 positions.
    ///
    /// # Errors
    /// [`LoadError`] saying what was expected and found.
    pub fn load(file: &[u8]) -> Result<Self, LoadError> {
        check_header(file)?;
        let mut content =
            Content::read(&mut Cursor::new(file)).map_err(|error| LoadError::Engine(error.to_string()))?;
        let architecture = Architecture::of(&content)?;
        let vocabulary = Vocabulary::take(&mut content)?;
        let shape = Shape::settle(&mut content, architecture, vocabulary.len())?;
        let source = text(&content, "tokenizer.chat_template");
        let template = Template::new(source, vocabulary.bos.clone(), vocabulary.eos.clone());
        let name = text(&content, "general.name").unwrap_or("unnamed").to_owned();
        let grammars = Grammars::new(&vocabulary.environment())?;
        let weights = Weights::load(file, content, &shape)?;
        let mut model = Self { name, shape, vocabulary, template, grammars, weights };
        model.try_out()?;
        Ok(model)
    }

    /// What the file calls itself; "unnamed" if it does not.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `qwen3`, `qwen2` or `llama`.
    #[must_use]
    pub fn architecture(&self) -> &str {
        self.shape.architecture.name()
    }

    /// Tokens that prompt and answer may have together: what the model was made for, 4,096 at most.
    #[must_use]
    pub fn context_length(&self) -> usize {
        self.shape.context
    }

    /// Writes the likeliest next message of the assistant.
    ///
    /// `on_text` gets the text bit by bit, `cancelled` is asked before each step. The same prompt gives the same answer.
    ///
    /// # Errors
    /// [`CompleteError`]; the model can be used again after each of them.
    pub fn complete(
        &mut self,
        prompt: &Prompt<'_>,
        on_text: &mut dyn FnMut(&str),
        cancelled: &dyn Fn() -> bool,
    ) -> Result<Completion, CompleteError> {
        // One position is for the answer.
        let most = self.shape.context - 1;
        let bytes: usize = prompt.messages.iter().map(|(_, text)| text.len()).sum();
        if bytes > most * BYTES_PER_POSITION {
            let most = most * BYTES_PER_POSITION;
            return Err(CompleteError::PromptTooLong { found: bytes, most, unit: "bytes" });
        }
        let pieces = self.template.render(prompt.messages);
        let ids = self.vocabulary.encode(&pieces).map_err(CompleteError::Engine)?;
        if ids.len() > most {
            return Err(CompleteError::PromptTooLong { found: ids.len(), most, unit: "tokens" });
        }
        let grammar = prompt.schema.map(|schema| self.grammars.of(schema)).transpose()?;
        let (read, left) = (ids.len(), self.shape.context - ids.len());
        let budget = usize::try_from(prompt.max_tokens).map_or(left, |most| most.min(left));
        let written = decode(&mut self.weights, &self.vocabulary, grammar, ids, budget, on_text, cancelled)?;
        Ok(Completion {
            text: written.text,
            prompt_tokens: u32::try_from(read).unwrap_or(u32::MAX),
            completion_tokens: u32::try_from(written.tokens).unwrap_or(u32::MAX),
            finish: written.finish,
            confidence: written.confidence,
        })
    }

    /// Reads three tokens, a batch and a single one, which shows whether the weights work before anyone relies on them.
    fn try_out(&mut self) -> Result<(), LoadError> {
        let logits = self.weights.read(&[0, 0, 0], &|| false).map_err(|error| LoadError::Engine(error.to_string()))?;
        if logits.len() != self.vocabulary.len() {
            return Err(weights(format!("an output for {} tokens", self.vocabulary.len()), logits.len()));
        }
        if !logits.iter().any(|logit| logit.is_finite()) {
            return Err(weights("weights that are numbers", "none in the output"));
        }
        self.weights.reset();
        Ok(())
    }
}

impl std::fmt::Debug for GeneralModel {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("GeneralModel").field("name", &self.name).field("shape", &self.shape).finish_non_exhaustive()
    }
}

impl Role {
    /// As chat templates call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}
