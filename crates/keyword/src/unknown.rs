//! Goods that no menu has: words where goods would stand.

use oolong_intent::Intent;

use crate::cues::Cue;
use crate::signs::Signs;
use crate::units::{Kind, Unit};

/// Unknown goods are named in a few words; more are a story.
const MOST_WORDS: usize = 4;
const MOST_CHARACTERS: usize = 8;

/// Marks words that stand where goods would stand.
pub(crate) fn mark(units: &mut Vec<Unit>, text: &str, intent: Intent, signs: &Signs) {
    let alone = signs.goods == 0;
    let fits = match intent {
        Intent::Order => true,
        Intent::CheckStock | Intent::AskMenu => alone,
        _ => false,
    };
    if !fits {
        return;
    }
    let mut at = 0;
    while at < units.len() {
        let end = at + units[at..].iter().take_while(|unit| unit.is_word()).count();
        if end == at {
            at += 1;
            continue;
        }
        match start(units, at, text, intent, alone).filter(|_| ends(units, at, end, alone)) {
            None => at = end,
            Some(start) => {
                units[start].end = units[end - 1].end;
                units[start].kind = Kind::Unknown;
                units.drain(start + 1..end);
                if alone && intent != Intent::Order {
                    return;
                }
                at = start + 1;
            }
        }
    }
}

/// Where the name begins, if what stands before calls for goods: a modifier may belong to it ("hot dog").
fn start(units: &[Unit], at: usize, text: &str, intent: Intent, alone: bool) -> Option<usize> {
    let mut start = at;
    while start > 0 && units[start - 1].is_modifier() && !units[start - 1].is_goods() {
        start -= 1;
    }
    let mut before = start;
    // A measure word stands between the count, or the verb, and the name: 来份….
    while before > 0 && start - before < 2 && units[before - 1].cues().is_only(Cue::Filler) && is_han(&units[at]) {
        before -= 1;
    }
    let Some(before) = before.checked_sub(1).map(|index| &units[index]) else {
        return (alone && intent != Intent::Order && is_han(&units[at])).then_some(start);
    };
    let words = text.get(before.start..before.end).unwrap_or_default().to_lowercase();
    let article = matches!(words.as_str(), "a" | "an" | "some" | "any" | "the" | "of");
    let counted = matches!(before.kind, Kind::Number(..));
    let called = before.cues().any(&[Cue::Order, Cue::Want, Cue::Have, Cue::AskMenu, Cue::CheckStock, Cue::Generic]);
    let plain = intent == Intent::Order && (article && words != "the" || counted);
    (plain || alone && (article || counted || called)).then_some(start)
}

/// Words before a name describe it; words before a joint, a cue or the end are a name.
fn ends(units: &[Unit], at: usize, end: usize, alone: bool) -> bool {
    let length = end - at;
    let sized = if is_han(&units[at]) { (2..=MOST_CHARACTERS).contains(&length) } else { length <= MOST_WORDS };
    let clear = match units.get(end) {
        None => true,
        Some(next) => next.parts() || (alone && !matches!(next.kind, Kind::Name(..))) || next.has(Cue::Filler),
    };
    sized && clear
}

fn is_han(unit: &Unit) -> bool {
    matches!(unit.kind, Kind::Word(true))
}
