//! How far to believe the rules: little, and less the more of the utterance they did not know.

use oolong_intent::{Frame, Intent};

use crate::units::{Kind, Unit};

/// The confidence of a parse in which every word was known.
///
/// Below what a model of use gives a parse that it believes: where both have an answer, the model's goes first.
pub const HIGHEST: f32 = 0.45;
/// The confidence of a parse in which no word was known.
pub const LOWEST: f32 = 0.15;
/// Each wish beyond the first is one more place to have cut wrongly.
const CUT: f32 = 0.05;

/// Between [`LOWEST`] and [`HIGHEST`], by the share of the utterance's letters that was known.
pub(crate) fn confidence(units: &[Unit], frames: &[Frame]) -> f32 {
    if frames.iter().all(|frame| frame.intent == Intent::Other) {
        // Not knowing a word is no proof that it is about something else.
        return LOWEST;
    }
    let (mut known, mut all) = (0.0_f32, 0.0_f32);
    for unit in units {
        let size = f32::from(u16::try_from(unit.end - unit.start).unwrap_or(u16::MAX));
        match unit.kind {
            Kind::Break => continue,
            Kind::Word(_) => {}
            Kind::Unknown | Kind::Name(_, true) => known += size / 2.0,
            _ => known += size,
        }
        all += size;
    }
    let share = if all > 0.0 { known / all } else { 0.0 };
    let cuts = f32::from(u8::try_from(frames.len().saturating_sub(1)).unwrap_or(u8::MAX)) * CUT;
    (LOWEST + (HIGHEST - LOWEST) * share - cuts).max(LOWEST)
}
