//! The shopper's words for a place.

use oolong_intent::{Asked, Context, Intent};

use crate::cues::Cue;
use crate::units::{Kind, Unit};

/// The longest place, in units: what goes on longer is a sentence.
const LONGEST: usize = 16;

/// Finds the words for a place and marks their units; `here` where only nearness was said.
pub(crate) fn place(units: &mut [Unit], text: &str, intent: Intent, context: &Context) -> Option<String> {
    let found = find(units, text, intent, context).map(|(from, to)| {
        units[from..to].iter_mut().for_each(|unit| unit.kind = Kind::Place);
        text[units[from].start..units[to - 1].end].to_owned()
    });
    let here = || units.iter().any(|unit| unit.has(Cue::Here)).then(|| "here".to_owned());
    found.or_else(here)
}

fn find(units: &[Unit], text: &str, intent: Intent, context: &Context) -> Option<(usize, usize)> {
    let after = |cue: Cue| {
        units
            .iter()
            .enumerate()
            .filter(move |(_, unit)| unit.has(cue))
            .find_map(|(index, _)| run(units, index + 1, text))
    };
    let asked = context.asked == Some(Asked::Place) && intent == Intent::Change;
    let searching = matches!(intent, Intent::FindStore | Intent::CheckStock | Intent::FindVoucher | Intent::AskMenu);
    let found = after(Cue::DeliverTo);
    if found.is_some() {
        return found;
    }
    if asked {
        return (0..units.len()).find_map(|index| run(units, index, text));
    }
    let fetched = units.iter().any(|unit| unit.cues().any(&[Cue::Pickup, Cue::Delivery]));
    let tied = |index: usize| {
        let before = index.checked_sub(1).map(|index| &units[index]);
        searching || fetched || before.is_some_and(is_brand)
    };
    let near = (0..units.len())
        .filter(|index| units[*index].has(Cue::Near) && tied(*index))
        .find_map(|index| run(units, index + 1, text).filter(|_| units[index].end - units[index].start > 1));
    near.or_else(|| matches!(intent, Intent::FindStore | Intent::CheckStock).then(|| leading(units, text)).flatten())
}

/// 老城门有…吗: a place that opens the wish and is followed by what is asked of it.
fn leading(units: &[Unit], text: &str) -> Option<(usize, usize)> {
    let start = units.iter().position(|unit| matches!(unit.kind, Kind::Word(true)))?;
    if units[..start].iter().any(|unit| !matches!(unit.kind, Kind::Cue(_) | Kind::Break)) {
        return None;
    }
    let (from, to) = run(units, start, text)?;
    let asked_of = units.get(to..)?.iter().find(|unit| !unit.cues().is_only(Cue::Filler))?;
    let asks = [Cue::Have, Cue::Here, Cue::FindStore, Cue::Nearest, Cue::CheckStock, Cue::Where];
    (is_brand(asked_of) || asked_of.cues().any(&asks)).then_some((from, to))
}

/// The words from `start` that may name a place: at least two characters, one of them unknown.
fn run(units: &[Unit], start: usize, text: &str) -> Option<(usize, usize)> {
    let mut from = start;
    while units.get(from).is_some_and(|unit| unit.cues().any(&[Cue::Filler, Cue::Into]) && !is_han(unit, text)) {
        from += 1;
    }
    let mut to = from;
    while units.get(to).is_some_and(|unit| to - from < LONGEST && passes(unit, text)) {
        to += 1;
    }
    while to > from
        && units[to - 1].cues().any(&[Cue::Filler, Cue::Generic])
        && !words(&units[to - 1], text).contains("家")
    {
        to -= 1;
    }
    let found = units.get(from..to)?;
    let long = found.iter().map(|unit| words(unit, text).chars().count()).sum::<usize>() > 1;
    let named = found.iter().any(|unit| unit.is_word() || is_han(unit, text));
    (long && named).then_some((from, to))
}

fn passes(unit: &Unit, text: &str) -> bool {
    match &unit.kind {
        Kind::Word(_) | Kind::Number(..) | Kind::Ordinal(_) => true,
        Kind::Cue(set) => {
            let inside = set.any(&[Cue::Filler, Cue::Generic]);
            set.is_only(Cue::Other)
                || inside && (is_han(unit, text) || matches!(words(unit, text), "of" | "'" | "’" | "-"))
        }
        Kind::Name(_, fuzzy) => *fuzzy && !is_brand(unit),
        _ => false,
    }
}

fn is_brand(unit: &Unit) -> bool {
    unit.entities().iter().any(|entity| matches!(entity, oolong_catalog::Entity::Brand(_)))
}

fn words<'a>(unit: &Unit, text: &'a str) -> &'a str {
    text.get(unit.start..unit.end).unwrap_or_default()
}

fn is_han(unit: &Unit, text: &str) -> bool {
    words(unit, text).chars().all(oolong_catalog::text::is_han)
}
