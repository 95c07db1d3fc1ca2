//! Greedy decoding under a grammar, with the model's own confidence.

use oolong_intent::{Cancelled, ParseError};
use toktrie::SimpleVob;

use crate::confidence::Certainty;
use crate::marks::Mark;
use crate::model::Model;
use crate::tokens::Tokens;

/// The most tokens that an answer may have.
pub(crate) const BUDGET: usize = 96;

/// An answer of the model.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The marks, without the end.
    pub(crate) marks: Vec<Mark>,
    /// How likely the chosen tokens were: what the model itself would have said.
    pub(crate) certainty: Certainty,
    /// Milliseconds of the first batch and of the rest.
    pub(crate) prefill_ms: f64,
    /// See `prefill_ms`.
    pub(crate) decode_ms: f64,
}

/// Reads `prompt` and writes the likeliest answer token by token.
///
/// A token that the grammar forces is not asked of the model: forced tokens right after the prompt are read in one batch with it.
///
/// # Errors
/// [`ParseError`] when stopped, over budget or broken.
pub(crate) fn decode(
    model: &mut Model,
    tokens: &Tokens,
    matcher: &mut llguidance::Matcher,
    prompt: &[u32],
    clock: fn() -> f64,
    cancelled: Cancelled<'_>,
) -> Result<Answer, ParseError> {
    let engine = |error: &dyn std::fmt::Display| ParseError::Engine(error.to_string());
    let budget = BUDGET.min(model.context.saturating_sub(prompt.len()));
    if budget < 2 {
        return Err(ParseError::OverBudget { budget: model.context });
    }
    model.reset();
    let start = clock();
    let mut prefilled = None;
    let mut answer: Vec<u32> = Vec::new();
    let mut unread = prompt.to_vec();
    let mut certainty = Certainty::default();
    let finished = loop {
        let forced = matcher.consume_ff_tokens();
        answer.extend(&forced);
        unread.extend(&forced);
        if matcher.is_stopped() {
            break true;
        }
        if answer.len() >= budget {
            break false;
        }
        if cancelled() {
            return Err(ParseError::Cancelled);
        }
        let logits = model.read(&unread).map_err(|error| engine(&error))?;
        prefilled.get_or_insert_with(clock);
        let mask = matcher.compute_mask().map_err(|error| engine(&error))?;
        let (token, log) = choose(&logits, &mask)
            .ok_or_else(|| ParseError::Engine("expected a number for every token, found none allowed".to_owned()))?;
        certainty.total += log;
        certainty.least = certainty.least.min(log);
        matcher.consume_token(token).map_err(|error| engine(&error))?;
        answer.push(token);
        unread = vec![token];
        if matcher.is_stopped() {
            break true;
        }
    };
    if !finished {
        return Err(ParseError::OverBudget { budget });
    }
    let end = clock();
    let prefilled = prefilled.unwrap_or(end);
    let marks = answer.into_iter().filter_map(|id| tokens.mark(id)).filter(|mark| *mark != Mark::End).collect();
    Ok(Answer { marks, certainty, prefill_ms: prefilled - start, decode_ms: end - prefilled })
}

/// The allowed token of the highest logit, and the logarithm of its probability among all tokens.
fn choose(logits: &[f32], mask: &SimpleVob) -> Option<(u32, f64)> {
    let highest = logits.iter().copied().filter(|logit| logit.is_finite()).fold(f32::NEG_INFINITY, f32::max);
    let total: f64 =
        logits.iter().filter(|logit| logit.is_finite()).map(|logit| f64::from(logit - highest).exp()).sum();
    let mut best: Option<(u32, f32)> = None;
    mask.iter_set_entries(|index| {
        let Some(logit) = logits.get(index).copied().filter(|logit| !logit.is_nan()) else { return };
        if let Ok(id) = u32::try_from(index)
            && best.is_none_or(|(_, least)| logit > least)
        {
            best = Some((id, logit));
        }
    });
    best.map(|(id, logit)| (id, f64::from(logit - highest) - total.ln()))
}
