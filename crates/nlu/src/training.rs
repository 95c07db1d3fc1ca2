//! Lines for training: a labelled utterance as the prompt that the model will read and the answer it should give.

use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Frame, Utterance, frames_match};

use crate::aligned::Sample;
use crate::linking::link;
use crate::marks::{MAX_UNITS, Mark};
use crate::notation::write;
use crate::reading::Reading;

/// Why a sample makes no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rejected {
    /// The text is no utterance, or has too many units.
    Text,
    /// The gazetteer did not find a part that a pointer must point at.
    Pointer,
    /// The answer, read back, means something else than the label.
    Meaning,
}

/// Prompt and answer for a sample whose label is `expected`.
///
/// The answer is decoded back and compared with the label, so that no wrong line leaves this function.
/// Units are numbered from `shift` (modulo what fits), so that all pointers get training, not only the first few.
///
/// # Errors
/// [`Rejected`] with the reason.
pub fn training_line(
    sample: &Sample,
    expected: &[Frame],
    campaign: &Campaign,
    gazetteer: &Gazetteer,
    shift: usize,
) -> Result<(String, String), Rejected> {
    let utterance = Utterance::new(&sample.text).map_err(|_| Rejected::Text)?;
    if utterance.as_str() != sample.text {
        return Err(Rejected::Text);
    }
    let reading = Reading::new(&utterance, &sample.context, campaign, gazetteer);
    if reading.cut {
        return Err(Rejected::Text);
    }
    let marks = write(&sample.frames, &reading, campaign).ok_or(Rejected::Pointer)?;
    let linked = link(&marks, &reading, &sample.context, campaign);
    let frames: Vec<Frame> =
        linked.frames.into_iter().map(Frame::try_from).collect::<Result<_, _>>().map_err(|_| Rejected::Meaning)?;
    if !frames_match(expected, &frames) {
        return Err(Rejected::Meaning);
    }
    let first = shift % (MAX_UNITS - reading.units.len() + 1);
    let shifted = |mark: Mark| match mark {
        Mark::Unit(index) => format!("<|{}|>", usize::from(index) + first),
        mark => mark.token(),
    };
    Ok((reading.prompt(first), marks.into_iter().map(shifted).collect()))
}
