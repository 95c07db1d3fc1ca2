//! The last look at a sample: is what the label says really what the text says?

use std::ops::Range;

use oolong_intent::{Intent, Utterance};
use oolong_nlu::{AlignedFrame, AlignedGoods, AlignedTarget, Sample};

use crate::{
    campaign::World,
    choose::Reject,
    names::{is_han, plural},
};

/// Refuses texts in which a longer name covers, or another thing's name equals, what is labelled, and texts that name
/// something outside of the slots (`fixed`), so that the label misses it.
///
/// # Errors
/// What is unclear about the sample.
pub fn check(world: &World, sample: &Sample, fixed: &[Range<usize>]) -> Result<(), Reject> {
    let clean = Utterance::new(&sample.text).map_err(|_| "no utterance")?;
    if clean.as_str() != sample.text {
        return Err("a text that would be cleaned");
    }
    let text = sample.text.to_lowercase();
    if text.len() != sample.text.len() {
        return Err("letters that change their length");
    }
    let named_all = matches(world, &text);
    let found: Vec<Range<usize>> = named_all.iter().map(|(said, _)| said.clone()).collect();
    let silent = sample.frames.iter().any(|frame| frame.intent == Intent::Other);
    let slotted = |said: &Range<usize>| fixed.iter().any(|slot| slot.start < said.end && said.start < slot.end);
    if !silent && named_all.iter().any(|(said, telling)| *telling && !slotted(said)) {
        return Err("words that name something by chance");
    }
    for frame in &sample.frames {
        for (said, names) in named(world, frame) {
            let words = &text[said.clone()];
            let own = names.iter().any(|name| {
                let name = name.to_lowercase();
                words == name || words == plural(&name)
            });
            if !own && found.contains(&said) {
                return Err("a slip that makes another name");
            }
            let overlaps = |other: &&Range<usize>| other.start < said.end && said.start < other.end;
            let longer = |other: &Range<usize>| other.len() > said.len();
            if found.iter().filter(overlaps).any(longer) {
                return Err("a longer name covers the label");
            }
        }
        for entry in &frame.entries {
            if let Some(AlignedGoods::Unknown(said)) = &entry.goods
                && found.iter().any(|other| {
                    other.start < said.end
                        && said.start < other.end
                        && is_goods(world, frame, &sample.context.brand, &text[other.clone()])
                })
            {
                return Err("an unknown that is known");
            }
        }
    }
    Ok(())
}

/// Where names of the campaign occur, and whether a frame must not miss them.
fn matches(world: &World, text: &str) -> Vec<(Range<usize>, bool)> {
    let mut found = Vec::new();
    for phrase in &world.phrases {
        // Very short names are said by chance all the time.
        let telling = phrase.telling && phrase.text.len() >= 4;
        let phrase = phrase.text.as_str();
        for (at, _) in text.match_indices(phrase) {
            let letter = |c: char| c.is_alphanumeric() && !is_han(c);
            let end = at + phrase.len();
            let inside = phrase.starts_with(letter) && text[..at].ends_with(letter)
                || phrase.ends_with(letter) && text[end..].starts_with(letter);
            if !inside {
                found.push((at..end, telling));
            }
        }
    }
    found
}

fn is_goods(world: &World, frame: &AlignedFrame, known: &Option<String>, words: &str) -> bool {
    let brand = frame.brand.as_ref().map(|(id, _)| id).or(known.as_ref());
    let brand = brand.and_then(|id| world.campaign.brands.iter().position(|brand| brand.id == *id));
    let category = |names: &[&str]| names.iter().any(|name| name.to_lowercase() == words);
    world.resolve(words, brand).is_some() || world.campaign.categories().iter().any(|(_, names)| category(names))
}

/// Labelled places with the names of what is labelled.
fn named<'a>(world: &'a World, frame: &AlignedFrame) -> Vec<(Range<usize>, Vec<&'a str>)> {
    let campaign = &world.campaign;
    let mut all: Vec<(Range<usize>, Vec<&str>)> = Vec::new();
    let strings = |names: &'a [String]| names.iter().map(String::as_str).collect::<Vec<_>>();
    for entry in &frame.entries {
        let item = |id: &str| campaign.item(id).map(|(_, item)| strings(&item.names)).unwrap_or_default();
        match &entry.goods {
            Some(AlignedGoods::Item(id, said)) => all.push((said.clone(), item(id))),
            Some(AlignedGoods::Category(id, said)) => {
                let names = campaign.categories().into_iter().find(|(other, _)| other == id).map(|(_, names)| names);
                all.push((said.clone(), names.unwrap_or_default()));
            }
            Some(AlignedGoods::Unknown(_)) | None => {}
        }
        if let Some(AlignedTarget::Item(id, said)) = &entry.target {
            all.push((said.clone(), item(id)));
        }
        for modifier in &entry.modifiers {
            let names = campaign.group(&modifier.group).and_then(|group| group.modifier(&modifier.modifier));
            all.push((modifier.said.clone(), names.map(|it| strings(&it.names)).unwrap_or_default()));
        }
    }
    if let Some((id, said)) = &frame.brand {
        all.push((said.clone(), campaign.brand(id).map(|brand| strings(&brand.names)).unwrap_or_default()));
    }
    if let Some((id, said)) = &frame.voucher {
        all.push((said.clone(), campaign.voucher(id).map(|voucher| strings(&voucher.names)).unwrap_or_default()));
    }
    all
}
