//! The engine: a loaded model, the campaign it serves, and the one pipeline through all stages.

use std::sync::Arc;

use llguidance::api::TopLevelGrammar;
use llguidance::{Matcher, ParserFactory};
use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{
    Cancelled, Context, Evidence, Frame, IntentParser, Parse, ParseError, ParserKind, Span, Timings, Utterance,
};
use thiserror::Error;

use crate::decoding::{Answer, decode};
use crate::grammar::grammar;
use crate::linking::link;
use crate::marks::Mark;
use crate::model::Model;
use crate::reading::Reading;
use crate::tokens::Tokens;

/// Milliseconds since some fixed moment; the shell brings it, because this crate has no clock.
pub type Clock = fn() -> f64;

/// A loaded model together with the campaign it serves.
pub struct Engine {
    model: Model,
    tokens: Tokens,
    factory: ParserFactory,
    campaign: Arc<Campaign>,
    gazetteer: Gazetteer,
    clock: Clock,
}

/// Why a model file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// Not a sound GGUF file.
    #[error("model file: expected {expected}, found {found}")]
    Header {
        /// What a model file has.
        expected: String,
        /// What stood there.
        found: String,
    },
    /// An architecture that this build does not run.
    #[error("model file: expected the architecture qwen3, found {found}")]
    Architecture {
        /// `general.architecture`.
        found: String,
    },
    /// A vocabulary that this build does not speak.
    #[error("model vocabulary: expected {expected}, found {found}")]
    Tokenizer {
        /// What this build needs.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// Tensors are missing or of the wrong shape.
    #[error("model weights: {0}")]
    Weights(String),
    /// The grammar engine does not take the vocabulary.
    #[error("model vocabulary and grammar engine: {0}")]
    Grammar(String),
}

impl Engine {
    /// Loads a model from the bytes of a GGUF file, to serve `campaign`.
    ///
    /// # Errors
    /// [`LoadError`] saying what was expected and found.
    pub fn load(file: &[u8], campaign: Campaign, clock: Clock) -> Result<Self, LoadError> {
        let (model, content) = Model::load(file)?;
        let tokens = Tokens::from_gguf(&content)?;
        let mut factory = ParserFactory::new(
            &tokens.environment,
            toktrie::InferenceCapabilities { ff_tokens: true, ..Default::default() },
            &[],
        )
        .map_err(|error| LoadError::Grammar(error.to_string()))?;
        factory.quiet();
        let gazetteer = Gazetteer::new(&campaign);
        let mut engine = Self { model, tokens, factory, campaign: Arc::new(campaign), gazetteer, clock };
        // One step shows whether weights and vocabulary belong together, before anyone relies on them.
        let logits = engine.model.read(&[0]).map_err(|error| LoadError::Weights(error.to_string()))?;
        if logits.len() != engine.tokens.len() {
            let (expected, found) =
                (format!("weights for {} tokens", engine.tokens.len()), format!("for {}", logits.len()));
            return Err(LoadError::Tokenizer { expected, found });
        }
        Ok(engine)
    }

    /// Serves another campaign from now on.
    pub fn set_campaign(&mut self, campaign: Campaign) {
        self.gazetteer = Gazetteer::new(&campaign);
        self.campaign = Arc::new(campaign);
    }

    /// What the model file calls itself.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.model.name
    }

    fn matcher(&self, grammar: String) -> Result<Matcher, ParseError> {
        let parser = self.factory.create_parser(TopLevelGrammar::from_lark(grammar));
        let matcher = Matcher::new(parser);
        match matcher.get_error() {
            Some(error) => Err(ParseError::Engine(error)),
            None => Ok(matcher),
        }
    }
}

impl IntentParser for Engine {
    fn parse(
        &mut self,
        utterance: &Utterance,
        context: &Context,
        cancelled: Cancelled<'_>,
    ) -> Result<Parse, ParseError> {
        let engine = |error: &dyn std::fmt::Display| ParseError::Engine(error.to_string());
        let started = (self.clock)();
        let reading = Reading::new(utterance, context, &self.campaign, &self.gazetteer);
        let prompt = reading.prompt(0);
        let ids = self.tokens.encode(&prompt).map_err(ParseError::Engine)?;
        let read = (self.clock)();
        let mut matcher = self.matcher(grammar(&reading, context, |mark| self.tokens.id(mark)))?;
        let ruled = (self.clock)();
        let Answer { marks, mut certainty, prefill_ms, decode_ms } =
            decode(&mut self.model, &self.tokens, &mut matcher, &ids, self.clock, cancelled)?;
        let decoded = (self.clock)();
        certainty.unused = unused(&reading, &marks);
        let linked = link(&marks, &reading, context, &self.campaign);
        let frames = linked
            .frames
            .into_iter()
            .map(Frame::try_from)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| engine(&error))?;
        frames.iter().try_for_each(|frame| self.campaign.check_frame(frame)).map_err(|error| engine(&error))?;
        let mut spans: Vec<Span> = reading
            .units
            .iter()
            .filter_map(|unit| unit.mention.as_ref())
            .map(|mention| mention.span(&self.campaign))
            .collect();
        // Free text may cover words that also resemble names; it is what the answer took them for.
        spans.retain(|span| !linked.spans.iter().any(|free| free.start < span.end && span.start < free.end));
        spans.extend(linked.spans);
        spans.sort_by_key(|span| span.start);
        spans.dedup_by(|next, kept| next.start < kept.end);
        let output: Vec<String> = marks.iter().map(|mark| mark.token()).collect();
        Ok(Parse {
            frames,
            // What could not be read to its end was not understood.
            confidence: if reading.cut { 0.0 } else { self.model.calibration.probability(certainty) },
            parser: ParserKind::Local,
            evidence: Evidence {
                text: reading.text.clone(),
                spans,
                unfit: linked.unfit,
                prompt,
                output_tokens: u32::try_from(output.len() + 1).unwrap_or(u32::MAX),
                output: output.concat(),
                certainty: Some((certainty.total, certainty.least, certainty.unused)),
                timings: Timings {
                    gazetteer_ms: read - started,
                    grammar_ms: ruled - read,
                    prefill_ms,
                    decode_ms,
                    link_ms: (self.clock)() - decoded,
                },
                prompt_tokens: u32::try_from(ids.len()).unwrap_or(u32::MAX),
            },
        })
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Engine")
            .field("model", &self.model.name)
            .field("campaign", &self.campaign.id)
            .finish_non_exhaustive()
    }
}

/// How many names of the campaign are in the utterance that the answer does not point at.
fn unused(reading: &Reading, marks: &[Mark]) -> u32 {
    let pointed = |at: usize| marks.iter().any(|mark| matches!(mark, Mark::Unit(unit) if usize::from(*unit) == at));
    let names = reading.units.iter().enumerate().filter(|(at, unit)| !unit.entities().is_empty() && !pointed(*at));
    u32::try_from(names.count()).unwrap_or(u32::MAX)
}
