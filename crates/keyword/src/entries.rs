//! What a change or a removal is about: entries of the cart, and what becomes of them.

use oolong_catalog::Campaign;
use oolong_intent::{Context, Intent, Item};

use crate::cues::Cue;
use crate::portions::{Choice, choice, counted};
use crate::signs::{in_cart, is};
use crate::units::{Kind, Unit};

/// What points into the cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pointed {
    Last,
    All,
    Nth(u16),
    /// The unit that names an item.
    Named(usize),
}

/// One entry of the cart and what becomes of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alteration {
    pub(crate) target: Option<Pointed>,
    /// What it becomes.
    pub(crate) goods: Option<usize>,
    pub(crate) count: Option<u32>,
    pub(crate) choices: Vec<Choice>,
}

/// Reads the entries of a `change` or `remove`.
pub(crate) fn alterations(
    units: &[Unit],
    text: &str,
    intent: Intent,
    campaign: &Campaign,
    context: &Context,
) -> Vec<Alteration> {
    let mut entries = vec![Alteration::default()];
    let mut becomes = false;
    for (index, unit) in units.iter().enumerate() {
        let cues = unit.cues();
        becomes |= cues.has(Cue::Into);
        let Some(last) = entries.last_mut() else { break };
        let held = unit.entities().iter().any(|entity| in_cart(*entity, campaign, context));
        match unit.kind {
            Kind::Ordinal(position) => point(&mut entries, Pointed::Nth(position)),
            _ if unit.is_goods() && (held || !unit.is_modifier()) => {
                let free = matches!(last.target, None | Some(Pointed::Last));
                if intent == Intent::Change && becomes && last.goods.is_none() && (!free || !held) {
                    last.goods = Some(index);
                } else if last.target != Some(Pointed::All) || unit.is_item() {
                    point(&mut entries, Pointed::Named(index));
                }
                becomes = false;
            }
            Kind::Name(..) if unit.is_modifier() => {
                let mut choice = choice(units, index);
                choice.portions = before(units, index, text, campaign).unwrap_or(choice.portions);
                if swapped(units, index) {
                    choice.portions = 0;
                }
                last.choices.push(choice);
            }
            Kind::Number(count, pronoun) if !pronoun && counted(units, index, text, campaign).is_none() => {
                last.count = Some(count);
            }
            Kind::Cue(_) if cues.has(Cue::All) && matches!(last.target, None | Some(Pointed::Last)) => {
                last.target = Some(Pointed::All);
            }
            Kind::Cue(_) if cues.has(Cue::Last) && last.target.is_none() && !names_next(units, index) => {
                last.target = Some(Pointed::Last);
            }
            _ => {}
        }
    }
    if intent == Intent::Remove {
        entries
            .iter_mut()
            .for_each(|entry| entry.count = entry.count.filter(|count| *count < held(entry, units, campaign, context)));
    }
    entries.retain(|entry| {
        entry.goods.is_some()
            || entry.count.is_some()
            || !entry.choices.is_empty()
            || (intent == Intent::Remove && entry.target.is_some())
    });
    entries
}

/// Points the open entry at something, or opens the next one if it points elsewhere already.
fn point(entries: &mut Vec<Alteration>, target: Pointed) {
    match entries.last_mut() {
        Some(last) if matches!(last.target, None | Some(Pointed::Last)) => last.target = Some(target),
        Some(last) if last.target == Some(target) => {}
        _ => entries.push(Alteration { target: Some(target), ..Alteration::default() }),
    }
}

/// "Swap the pearls for jelly": the first goes, the second comes.
fn swapped(units: &[Unit], index: usize) -> bool {
    let changes = units[..index].iter().rev().find(|unit| !unit.cues().is_only(Cue::Filler));
    let becomes = units.get(index + 1).is_some_and(|next| next.has(Cue::Into));
    let another = units[index + 1..].iter().any(Unit::is_modifier);
    changes.is_some_and(|before| before.has(Cue::Change)) && becomes && another
}

fn before(units: &[Unit], index: usize, text: &str, campaign: &Campaign) -> Option<u8> {
    let at = index.checked_sub(1)?;
    let at = if units[at].has(Cue::Extra) { at.checked_sub(1)? } else { at };
    counted(units, at, text, campaign)
}

/// "That scone" is the scone, "that" alone is the last.
fn names_next(units: &[Unit], index: usize) -> bool {
    units.get(index + 1).is_some_and(|next| next.is_item() || matches!(next.kind, Kind::Ordinal(_)))
}

/// How many of the entry the cart holds; many where that is not known.
fn held(entry: &Alteration, units: &[Unit], campaign: &Campaign, context: &Context) -> u32 {
    let position = match entry.target {
        Some(Pointed::Nth(position)) => usize::from(position).checked_sub(1),
        Some(Pointed::Last) => context.cart.len().checked_sub(1),
        Some(Pointed::Named(unit)) => {
            let names = |entry: &Item| units[unit].entities().iter().any(|entity| is(*entity, entry, campaign));
            context.cart.iter().position(names)
        }
        Some(Pointed::All) | None => None,
    };
    let count = position.and_then(|position| context.cart.get(position)).and_then(|entry| entry.quantity);
    count.map_or(u32::MAX, |count| count.get().into())
}
