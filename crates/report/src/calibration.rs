//! Whether a confidence of 0.8 is right 8 times in 10.

use serde::Serialize;

use crate::answer::Judged;
use crate::confusion::ratio;

/// How confidence and truth go together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Ten bins of equal width, from 0 to 1.
    pub bins: Vec<Bin>,
    /// Expected calibration error: mean gap between confidence and truth over the bins, weighted by cases.
    pub expected_error: f64,
    /// Brier score: mean square of what confidence and truth (0 or 1) differ by; 0 is best.
    pub brier: f64,
}

/// Cases of about the same confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Cases.
    pub cases: usize,
    /// Those of them that are right.
    pub right: usize,
    /// Mean confidence; 0 when empty.
    pub confidence: f64,
    /// Share that is right; 0 when empty.
    pub accuracy: f64,
}

const BINS: usize = 10;

impl Calibration {
    pub(crate) fn new(judged: &[Judged]) -> Self {
        let mut bins = vec![Bin::default(); BINS];
        let mut squares = 0.0;
        for one in judged {
            let confidence = f64::from(one.answer.confidence);
            let truth = f64::from(u8::from(one.right));
            squares += (confidence - truth).powi(2);
            let bin = &mut bins[index(confidence)];
            bin.cases += 1;
            bin.right += usize::from(one.right);
            bin.confidence += confidence;
        }
        let mut expected_error = 0.0;
        for bin in bins.iter_mut().filter(|bin| bin.cases > 0) {
            bin.accuracy = ratio(bin.right, bin.cases);
            bin.confidence *= ratio(1, bin.cases);
            expected_error += ratio(bin.cases, judged.len()) * (bin.confidence - bin.accuracy).abs();
        }
        Self { bins, expected_error, brier: squares * ratio(1, judged.len()) }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "confidence is 0 to 1")]
fn index(confidence: f64) -> usize {
    ((confidence * 10.0) as usize).min(BINS - 1)
}
