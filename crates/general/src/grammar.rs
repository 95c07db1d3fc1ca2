//! From a JSON schema to the tokens that may come next.
//!
//! The schema may come from anyone who may ask the server: the grammar engine bounds what it spends on one, and its
//! options are set here, whatever the schema says about them.

use std::panic::AssertUnwindSafe;

use llguidance::api::{StopReason, TopLevelGrammar};
use llguidance::earley::SlicedBiasComputer;
use llguidance::panic_utils::catch_unwind;
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value, json};
use toktrie::{InferenceCapabilities, SimpleVob, TokEnv};

use crate::{CompleteError, LoadError};

/// Makes grammars for one vocabulary.
pub(crate) struct Grammars(ParserFactory);

/// A grammar under way.
pub(crate) struct Grammar(Matcher);

impl Grammars {
    /// Prepares for a vocabulary.
    ///
    /// # Errors
    /// [`LoadError::Engine`] when the grammar engine does not take it.
    pub(crate) fn new(environment: &TokEnv) -> Result<Self, LoadError> {
        let abilities = InferenceCapabilities { ff_tokens: true, ..InferenceCapabilities::default() };
        let mut factory = ParserFactory::new(environment, abilities, &SlicedBiasComputer::json_slices())
            .map_err(|error| LoadError::Engine(error.to_string()))?;
        factory.quiet();
        // Errors go to whoever asked, who has no use for the state of a parser.
        factory.limits_mut().verbose_errors = false;
        Ok(Self(factory))
    }

    /// The grammar of a schema.
    ///
    /// # Errors
    /// [`CompleteError::Schema`] when it is no schema or one that cannot be followed.
    pub(crate) fn of(&self, schema: &Value) -> Result<Grammar, CompleteError> {
        let mut schema = schema.clone();
        let Some(fields) = schema.as_object_mut() else {
            return Err(CompleteError::Schema("expected a JSON object".to_owned()));
        };
        // Space between tokens of JSON costs time and says nothing.
        fields.insert("x-guidance".to_owned(), json!({ "whitespace_flexible": false }));
        let grammar = TopLevelGrammar::from_json_schema(schema);
        // The grammar engine guards its later steps against its own faults, but not this one.
        let parser = catch_unwind(AssertUnwindSafe(|| self.0.create_parser(grammar)));
        let matcher = Matcher::new(parser);
        match matcher.get_error() {
            // After the first line comes a backtrace, if anything.
            Some(error) => Err(CompleteError::Schema(error.lines().next().unwrap_or_default().to_owned())),
            None => Ok(Grammar(matcher)),
        }
    }
}

impl Grammar {
    /// Goes along the tokens that are the only way on, and returns them.
    pub(crate) fn forced(&mut self) -> Vec<u32> {
        self.0.consume_ff_tokens()
    }

    /// Whether the answer is complete and nothing can follow.
    ///
    /// # Errors
    /// [`CompleteError::Engine`] when it ended for another reason.
    pub(crate) fn is_complete(&self) -> Result<bool, CompleteError> {
        if let Some(error) = self.0.get_error() {
            return Err(CompleteError::Engine(error));
        }
        match self.0.stop_reason() {
            StopReason::NotStopped => Ok(false),
            StopReason::NoExtension | StopReason::NoExtensionBias | StopReason::EndOfSentence => Ok(true),
            reason => Err(CompleteError::Engine(format!("the grammar stopped: {reason}"))),
        }
    }

    /// The tokens that may come next.
    ///
    /// # Errors
    /// [`CompleteError::Engine`] when the schema turns out too complex.
    pub(crate) fn allowed(&mut self) -> Result<SimpleVob, CompleteError> {
        self.0.compute_mask().map_err(|error| CompleteError::Engine(error.to_string()))
    }

    /// Goes along `token`.
    ///
    /// # Errors
    /// [`CompleteError::Engine`] when it is not allowed.
    pub(crate) fn consume(&mut self, token: u32) -> Result<(), CompleteError> {
        self.0.consume_token(token).map_err(|error| CompleteError::Engine(error.to_string()))
    }
}
