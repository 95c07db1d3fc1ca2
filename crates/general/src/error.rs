//! What can go wrong: with a model file, and with one prompt.

use thiserror::Error;

/// Why a model file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LoadError {
    /// Not a sound GGUF file, or one beyond the limits of this build.
    #[error("model file: expected {expected}, found {found}; download it again or take another file")]
    Header {
        /// What a model file has.
        expected: String,
        /// What stood there.
        found: String,
    },
    /// An architecture that this build does not run.
    #[error("model file: expected the architecture qwen3, qwen2 or llama, found {found}; take a file of one of these")]
    Architecture {
        /// `general.architecture`.
        found: String,
    },
    /// A tokenizer that this build does not speak.
    #[error("model tokenizer: expected {expected}, found {found}; take a model with a tokenizer of that kind")]
    Tokenizer {
        /// What this build needs.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// Tensors are missing, too many, or of the wrong shape.
    #[error("model weights: expected {expected}, found {found}; take another conversion of the model")]
    Weights {
        /// What the architecture has.
        expected: String,
        /// What the file has.
        found: String,
    },
    /// The inference library or the grammar engine does not take the file.
    #[error("model file: {0}; take another conversion of the model")]
    Engine(String),
}

/// Why a prompt was not completed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompleteError {
    /// The caller said stop.
    #[error("cancelled")]
    Cancelled,
    /// The messages do not fit into the context.
    #[error("prompt: expected at most {most} {unit}, found {found}")]
    PromptTooLong {
        /// The length of the prompt.
        found: usize,
        /// The most that is read, with one token left for the answer.
        most: usize,
        /// `tokens`, or `bytes` where the prompt was too long to be worth counting its tokens.
        unit: &'static str,
    },
    /// The schema is none, or one that the grammar engine cannot follow.
    #[error("schema: {0}")]
    Schema(String),
    /// Inference or the grammar engine broke.
    #[error("engine: {0}")]
    Engine(String),
}

/// [`LoadError::Header`] from numbers and texts alike.
#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
pub(crate) fn header(expected: impl Into<String>, found: impl ToString) -> LoadError {
    LoadError::Header { expected: expected.into(), found: found.to_string() }
}

/// [`LoadError::Tokenizer`] from numbers and texts alike.
#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
pub(crate) fn tokenizer(expected: impl Into<String>, found: impl ToString) -> LoadError {
    LoadError::Tokenizer { expected: expected.into(), found: found.to_string() }
}

/// [`LoadError::Weights`] from numbers and texts alike.
#[expect(clippy::needless_pass_by_value, reason = "callers hand over numbers and texts alike, once, on the way out")]
pub(crate) fn weights(expected: impl Into<String>, found: impl ToString) -> LoadError {
    LoadError::Weights { expected: expected.into(), found: found.to_string() }
}
