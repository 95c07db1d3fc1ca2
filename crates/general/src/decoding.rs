//! Greedy decoding, with or without a grammar, and how sure the model was.

use std::borrow::Cow;

use toktrie::SimpleVob;

use crate::grammar::Grammar;
use crate::piecewise::Piecewise;
use crate::vocabulary::Vocabulary;
use crate::weights::Weights;
use crate::{CompleteError, Finish};

/// What the model wrote.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// Tokens of `text`.
    pub(crate) tokens: usize,
    pub(crate) finish: Finish,
    /// Geometric mean of the probabilities of the chosen tokens.
    pub(crate) confidence: f32,
}

/// Reads `prompt` and writes the likeliest answer of at most `budget` tokens, token by token.
///
/// A token that the grammar forces is not asked of the model; those right after the prompt are read in one go with it.
///
/// # Errors
/// [`CompleteError::Cancelled`] when stopped, [`CompleteError::Engine`] when broken.
pub(crate) fn decode(
    weights: &mut Weights,
    vocabulary: &Vocabulary,
    mut grammar: Option<Grammar>,
    prompt: Vec<u32>,
    budget: usize,
    on_text: &mut dyn FnMut(&str),
    cancelled: &dyn Fn() -> bool,
) -> Result<Written, CompleteError> {
    weights.reset();
    let mut text = Piecewise::default();
    let mut write = |text: &mut Piecewise, token: u32| show(text.push(vocabulary.bytes(token)), on_text);
    let (mut tokens, mut unread) = (0, prompt);
    let mut certainty = Certainty::default();
    let finish = loop {
        if let Some(grammar) = &mut grammar {
            let mut forced = grammar.forced();
            let complete = grammar.is_complete()?;
            let fits = forced.len() <= budget - tokens;
            forced.truncate(budget - tokens);
            forced.iter().for_each(|token| write(&mut text, *token));
            tokens += forced.len();
            unread.extend(forced);
            if complete && fits {
                break Finish::Stop;
            }
        }
        if tokens >= budget {
            break Finish::Length;
        }
        let logits = weights.read(&unread, cancelled)?;
        let allowed = match &mut grammar {
            Some(grammar) => Cow::Owned(grammar.allowed()?),
            None => Cow::Borrowed(&vocabulary.writable),
        };
        let token = certainty.choose(&logits, &allowed)?;
        if vocabulary.is_end(token) {
            break Finish::Stop;
        }
        if let Some(grammar) = &mut grammar {
            grammar.consume(token)?;
        }
        write(&mut text, token);
        tokens += 1;
        unread = vec![token];
    };
    let (text, rest) = text.finish();
    show(rest, on_text);
    Ok(Written { text, tokens, finish, confidence: certainty.mean() })
}

fn show(text: &str, on_text: &mut dyn FnMut(&str)) {
    if !text.is_empty() {
        on_text(text);
    }
}

/// How likely the chosen tokens were among all tokens, before the grammar's mask.
#[derive(Debug, Default)]
struct Certainty {
    /// The sum of the logarithms of their probabilities.
    total: f64,
    chosen: u32,
}

impl Certainty {
    /// The allowed token of the highest logit.
    fn choose(&mut self, logits: &[f32], allowed: &SimpleVob) -> Result<u32, CompleteError> {
        let highest = logits.iter().copied().filter(|logit| logit.is_finite()).fold(f32::NEG_INFINITY, f32::max);
        let total: f64 =
            logits.iter().filter(|logit| logit.is_finite()).map(|logit| f64::from(logit - highest).exp()).sum();
        let mut best: Option<(u32, f32)> = None;
        for (id, logit) in (0..).zip(logits.iter().copied()) {
            if logit.is_finite() && allowed.is_allowed(id) && best.is_none_or(|(_, least)| logit > least) {
                best = Some((id, logit));
            }
        }
        let Some((id, logit)) = best else {
            return Err(CompleteError::Engine("expected a number for an allowed token, found none".to_owned()));
        };
        self.total += f64::from(logit - highest) - total.ln();
        self.chosen += 1;
        Ok(id)
    }

    /// 0 to 1; 1 where there was nothing to choose.
    fn mean(&self) -> f32 {
        #[expect(clippy::cast_possible_truncation, reason = "a probability needs no more than f32")]
        let mean = (self.total / f64::from(self.chosen.max(1))).exp() as f32;
        mean
    }
}
