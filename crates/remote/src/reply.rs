//! How far a remote agent's answer is believed: not at all, until it has passed what the small model's answer passes.

use std::collections::HashSet;

use oolong_catalog::{Entity, Gazetteer, Meaning, Mention, text::atoms};
use oolong_intent::{Evidence, Frame, FrameError, Goods, Parse, ParserKind, RawFrames};
use oolong_protocol::chat::ChatCompletion;
use thiserror::Error;

use crate::{Collected, Question};

/// The confidence of an answer whose server does not say how sure it is.
///
/// An operator who names a server vouches for it; what its answer changes can still be taken back.
pub const DEFAULT_CONFIDENCE: f32 = 0.9;
/// The most that an answer is believed which orders something that the sentence does not name, or leaves out what it names:
/// little enough to be asked about first.
const UNEVIDENCED: f32 = 0.5;
/// The longest answer that is read, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// "Both", "a pair", 俩: a count of two is not always said as a number.
const UNSAID: u32 = 2;

/// Why a reply counts as no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoAnswer {
    /// Not a chat completion.
    #[error("expected a chat completion, found {0}")]
    Shape(String),
    /// The model would not say.
    #[error("the agent refused")]
    Refused,
    /// The model was cut off.
    #[error("expected a complete answer, found one that was cut off")]
    Cut,
    /// Prose, a fragment, another JSON.
    #[error("expected the contract's frames as JSON, found something else: {0}")]
    Prose(String),
    /// There is no frame, or there are too many.
    #[error("expected 1 to 8 frames, found {0}")]
    Count(usize),
    /// Something in a frame is not allowed, does not exist, or was not said.
    #[error("frame {index}: {error}")]
    Frame {
        /// Which frame, from 0.
        index: usize,
        /// What is wrong.
        error: FrameError,
    },
}

/// The text of a chat completion, in one piece or as the events of a stream, and how sure its server is, if it says so.
///
/// # Errors
/// [`NoAnswer`] when `body` is no chat completion, was cut off, or is a refusal.
pub fn completion(body: &str) -> Result<(String, Option<f32>), NoAnswer> {
    // Some servers stream whether they are asked to or not; no JSON begins like an event.
    let reply = if body.trim_start().starts_with(['d', ':']) {
        let mut collected = Collected::default();
        collected.take(body)?;
        collected.finish()?
    } else {
        serde_json::from_str::<ChatCompletion>(body).map_err(|error| NoAnswer::Shape(error.to_string()))?
    };
    let choice = reply.choices.into_iter().next().ok_or_else(|| NoAnswer::Shape("no choice".to_owned()))?;
    if choice.message.refusal.is_some() || choice.finish_reason.as_deref() == Some("content_filter") {
        return Err(NoAnswer::Refused);
    }
    if choice.finish_reason.as_deref() == Some("length") {
        return Err(NoAnswer::Cut);
    }
    let content = choice.message.content.ok_or(NoAnswer::Refused)?;
    Ok((content, reply.oolong.map(|extension| extension.confidence)))
}

/// Reads what an agent said to `question`: JSON to the letter, known ids, and no word or number that was not said.
///
/// # Errors
/// [`NoAnswer`]; the whole answer is dropped then, because half of an order is another order.
pub fn read(content: &str, question: &Question, confidence: Option<f32>) -> Result<Parse, NoAnswer> {
    if content.len() > MAX_BYTES {
        return Err(NoAnswer::Prose(format!("{} bytes", content.len())));
    }
    let raw: RawFrames = serde_json::from_str(content).map_err(|error| NoAnswer::Prose(error.to_string()))?;
    if raw.frames.is_empty() || raw.frames.len() > 8 {
        return Err(NoAnswer::Count(raw.frames.len()));
    }
    let gazetteer = Gazetteer::new(&question.campaign);
    let mentions = gazetteer.mentions(&question.utterance);
    let said = Said::new(&question.utterance, mentions.iter().map(|mention| &mention.meaning));
    let mut frames = Vec::new();
    for (index, raw) in raw.frames.into_iter().enumerate() {
        let wrong = |error| NoAnswer::Frame { index, error };
        let frame = Frame::try_from(raw).map_err(wrong)?;
        question.campaign.check_frame(&frame).map_err(wrong)?;
        said.check(&frame).map_err(wrong)?;
        frames.push(frame);
    }
    let spans = mentions.iter().map(|mention| mention.span(&question.campaign)).collect();
    let evidence =
        Evidence { text: question.utterance.clone(), spans, output: content.to_owned(), ..Evidence::default() };
    let most = if is_evidenced(&frames, &mentions, question) { 1.0 } else { UNEVIDENCED };
    let confidence =
        confidence.filter(|confidence| confidence.is_finite()).unwrap_or(DEFAULT_CONFIDENCE).clamp(0.0, most);
    Ok(Parse { frames, confidence, parser: ParserKind::Remote, evidence })
}

/// Whether the goods of an answer are those that the sentence names, as they are by construction where the small model
/// answers. A paraphrase ("the purple one") is not wrong for naming none, but no reason to act without asking.
fn is_evidenced(frames: &[Frame], mentions: &[Mention], question: &Question) -> bool {
    let used: HashSet<&str> = frames
        .iter()
        .flat_map(|frame| &frame.items)
        .filter_map(|item| match &item.goods {
            Some(Goods::Item(id)) => Some(id.as_str()),
            _ => None,
        })
        .collect();
    let named: Vec<Vec<&str>> = mentions
        .iter()
        .filter_map(|mention| match &mention.meaning {
            Meaning::Names(entities) => Some(entities),
            _ => None,
        })
        .map(|entities| {
            let items = entities.iter().filter_map(|entity| match entity {
                Entity::Item(brand, item) => Some(question.campaign.brands[*brand].menu[*item].id.as_str()),
                _ => None,
            });
            items.collect()
        })
        .filter(|items: &Vec<&str>| !items.is_empty())
        .collect();
    let in_cart = |id: &str| question.context.cart.iter().any(|item| item.goods == Some(Goods::Item(id.to_owned())));
    used.iter().all(|id| in_cart(id) || named.iter().any(|items| items.contains(id)))
        && (used.is_empty() || named.iter().all(|items| items.iter().any(|id| used.contains(id) || in_cart(id))))
}

/// What the shopper said, as far as an answer may repeat it.
struct Said {
    words: HashSet<String>,
    count: u32,
    money: HashSet<u32>,
}

impl Said {
    fn new<'a>(text: &str, meanings: impl Iterator<Item = &'a Meaning>) -> Self {
        let words = atoms(text).into_iter().map(|atom| atom.norm).collect();
        let mut said = Self { words, count: UNSAID, money: HashSet::new() };
        for meaning in meanings {
            match meaning {
                Meaning::Number(number) => {
                    said.count = said.count.max(*number);
                    said.money.insert(number.saturating_mul(100));
                }
                Meaning::Price(minor) => drop(said.money.insert(*minor)),
                _ => {}
            }
        }
        said
    }

    fn check(&self, frame: &Frame) -> Result<(), FrameError> {
        let wrong = |path: String, expected, found: String| Err(FrameError { path, expected, found });
        let strange = |text: &str| atoms(text).into_iter().find(|atom| !self.words.contains(&atom.norm));
        if let Some(place) = frame.place.as_deref().filter(|place| *place != "here")
            && let Some(word) = strange(place)
        {
            return wrong("place".to_owned(), "words of the utterance", word.norm);
        }
        if let Some(price) = frame.max_price.filter(|price| !self.money.contains(price)) {
            return wrong("max_price".to_owned(), "an amount that was said", price.to_string());
        }
        for (index, item) in frame.items.iter().enumerate() {
            if let Some(word) = item.said.as_deref().and_then(strange) {
                return wrong(format!("items[{index}].said"), "words of the utterance", word.norm);
            }
            let count = item.quantity.map_or(0, |quantity| u32::from(quantity.get()));
            if count > self.count {
                return wrong(format!("items[{index}].quantity"), "a quantity that was said", count.to_string());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;
