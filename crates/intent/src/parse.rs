//! What a parser returns, and what every parser is.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{context::Context, frame::Frame, utterance::Utterance};

/// Anything that turns an utterance into frames: the model on the device, a remote agent, a keyword parser.
pub trait IntentParser {
    /// Parses one utterance in its context.
    ///
    /// # Errors
    /// [`ParseError`] when the parser itself is broken or was stopped; doubt is not an error but a low confidence.
    fn parse(
        &mut self,
        utterance: &Utterance,
        context: &Context,
        cancelled: Cancelled<'_>,
    ) -> Result<Parse, ParseError>;
}

/// Asked between two steps of a parse: `true` stops it.
pub type Cancelled<'a> = &'a dyn Fn() -> bool;

/// Which parser an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParserKind {
    /// The model on this device.
    Local,
    /// A remote agent.
    Remote,
    /// Rules and names alone.
    Keyword,
}

/// Frames with all that is known about how they came about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parse {
    /// What was understood; at least one frame.
    pub frames: Vec<Frame>,
    /// Probability, by the parser's own account, that all frames are right: 0 to 1.
    pub confidence: f32,
    /// Which parser.
    pub parser: ParserKind,
    /// What in the utterance led there.
    pub evidence: Evidence,
}

/// A parse that is believed, or one that should be asked about or handed on.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Confidence at or over the threshold.
    Sure(Parse),
    /// Below it.
    Unsure(Parse),
}

impl Parse {
    /// Splits at `threshold` (0 to 1): unsure is a value, not an error.
    #[must_use]
    pub fn outcome(self, threshold: f32) -> Outcome {
        if self.confidence >= threshold { Outcome::Sure(self) } else { Outcome::Unsure(self) }
    }
}

/// How an utterance was read, for people who want to see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The text that the spans refer to: the cleaned utterance.
    pub text: String,
    /// Marked parts of `text`, in order, not overlapping.
    pub spans: Vec<Span>,
    /// What the shopper asked for and the item cannot have.
    #[serde(default)]
    pub unfit: Vec<Unfit>,
    /// The prompt as the model read it.
    pub prompt: String,
    /// The model's own short notation.
    pub output: String,
    /// What a model's confidence is made of: the logarithms of the probability of all tokens that it chose and of the least
    /// likely one, and the number of names that it left out.
    #[serde(default)]
    pub certainty: Option<(f64, f64, u32)>,
    /// How long each stage took.
    pub timings: Timings,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens chosen or forced.
    pub output_tokens: u32,
}

/// A modifier that was said of an item which does not offer it: shown to the shopper, never put in the cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfit {
    /// The item's id.
    pub item: String,
    /// The shopper's words.
    pub said: String,
}

/// Part of the utterance that names or says something, in bytes of [`Evidence::text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it was taken for.
    pub role: Role,
    /// What it stands for: an id, a number, a time.
    pub value: String,
    /// Whether the words only resemble the name (typo, homophone, part of a name).
    pub fuzzy: bool,
}

/// What a part of an utterance can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    Item,
    Category,
    Modifier,
    Brand,
    Voucher,
    Number,
    Ordinal,
    Time,
    Price,
    Place,
    Unknown,
}

/// Milliseconds per stage; 0 where a stage did not run or no clock was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Finding names, numbers, times.
    pub gazetteer_ms: f64,
    /// Building the grammar for this utterance.
    pub grammar_ms: f64,
    /// Reading the prompt.
    pub prefill_ms: f64,
    /// Choosing the output tokens.
    pub decode_ms: f64,
    /// From output tokens to frames.
    pub link_ms: f64,
}

impl Timings {
    /// All stages together.
    #[must_use]
    pub fn total_ms(&self) -> f64 {
        self.gazetteer_ms + self.grammar_ms + self.prefill_ms + self.decode_ms + self.link_ms
    }
}

/// Why a parser gave no frames.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Stopped on request or at its deadline.
    #[error("the parse was stopped before it was done")]
    Cancelled,
    /// The output was not finished within the token budget.
    #[error("expected an answer within {budget} tokens, found none: the model is not fit for this")]
    OverBudget {
        /// The budget, in tokens.
        budget: usize,
    },
    /// The inference engine failed.
    #[error("inference failed: {0}")]
    Engine(String),
}
