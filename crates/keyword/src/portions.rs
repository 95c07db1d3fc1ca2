//! How much of a modifier: none of it, once, several times.

use oolong_catalog::{Campaign, Entity, Select};

use crate::cues::Cue;
use crate::units::{Kind, Unit};

/// A modifier as it was said: which unit, and how many portions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) unit: usize,
    pub(crate) portions: u8,
}

/// The most portions that a frame can hold.
const MOST: u32 = 20;

/// Reads the words around the modifier at `index`.
pub(crate) fn choice(units: &[Unit], index: usize) -> Choice {
    let mut portions = 1;
    let mut at = index;
    // What governs a modifier stands right before it, or before another one joined to it with "or".
    while let Some(before) = at.checked_sub(1).map(|before| &units[before]) {
        match &before.kind {
            _ if before.has(Cue::Without) => {
                portions = 0;
                break;
            }
            _ if before.has(Cue::Extra) => {
                portions = 2;
                break;
            }
            Kind::Cue(set) if set.has(Cue::Filler) && at == index => at -= 1,
            _ => break,
        }
    }
    let mut after = units[index + 1..].iter().filter(|unit| !unit.cues().is_only(Cue::Filler));
    if after.next().is_some_and(|next| next.has(Cue::Remove)) {
        portions = 0;
    }
    Choice { unit: index, portions }
}

/// The portions that the number at `index` counts, if it counts those of a modifier and not cups.
pub(crate) fn counted(units: &[Unit], index: usize, text: &str, campaign: &Campaign) -> Option<u8> {
    let Kind::Number(count, pronoun) = units[index].kind else { return None };
    let mut after = units[index + 1..].iter().filter(|unit| !unit.cues().any(&[Cue::Filler, Cue::Extra]));
    let many = after.next().is_some_and(|next| is_many(next, campaign) && !next.is_goods());
    let named = after.next().is_some_and(Unit::is_goods);
    let cups = text.get(units[index].start..units[index].end).is_some_and(|words| words.ends_with('杯'));
    (many && !named && !cups && !pronoun).then(|| u8::try_from(count.min(MOST)).unwrap_or(1))
}

fn is_many(unit: &Unit, campaign: &Campaign) -> bool {
    unit.entities().iter().any(|entity| match *entity {
        Entity::Modifier(group, _) => campaign.modifier_groups[group].select == Select::Many,
        _ => false,
    })
}
