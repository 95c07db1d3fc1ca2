//! What a parser said to a case, and whether it was right.

use oolong_intent::{Case, Frame, Parse, RawFrame};

use crate::rows::{Row, rows};

/// A parser's answer to one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// What it understood; empty if it failed.
    pub frames: Vec<Frame>,
    /// Its own account of how sure it is, 0 to 1.
    pub confidence: f32,
    /// How long it took, in milliseconds.
    pub ms: f64,
    /// Why there is no answer.
    pub trouble: Option<String>,
}

impl Answer {
    /// From what [`oolong_intent::IntentParser::parse`] returned after `ms` milliseconds.
    pub fn new(outcome: Result<Parse, impl std::fmt::Display>, ms: f64) -> Self {
        match outcome {
            // A parser from elsewhere may send anything; what is no probability is no confidence.
            Ok(parse) => {
                let confidence = if parse.confidence.is_finite() { parse.confidence.clamp(0.0, 1.0) } else { 0.0 };
                Self { frames: parse.frames, confidence, ms, trouble: None }
            }
            Err(error) => Self { ms, trouble: Some(error.to_string()), ..Self::default() },
        }
    }
}

/// A case, its answer, and the verdict.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The case.
    pub case: Case,
    /// The answer.
    pub answer: Answer,
    /// Whether the frames match.
    pub right: bool,
}

impl Judged {
    /// Gold and got, field by field.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        rows(&self.case.frames, &self.answer.frames)
    }

    /// The fields that are not as they should be: `items[0].quantity`. Empty exactly if the case is right.
    #[must_use]
    pub fn differs(&self) -> Vec<String> {
        self.rows().into_iter().filter(|row| row.differs).map(|row| row.path).collect()
    }
}

/// Frames as JSON in one line.
pub(crate) fn compact(frames: &[Frame]) -> String {
    let raw: Vec<RawFrame> = frames.iter().cloned().map(RawFrame::from).collect();
    serde_json::to_string(&raw).unwrap_or_default()
}
