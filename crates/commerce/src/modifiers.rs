//! What is said about an item, and what that makes of it.

use oolong_catalog::{Campaign, MenuItem, ModifierGroup, Select};
use oolong_intent::ModifierChoice;

/// Whether the item can have this modifier.
#[must_use]
pub fn offers(campaign: &Campaign, item: &MenuItem, choice: &ModifierChoice) -> bool {
    item.modifier_groups.contains(&choice.group)
        && campaign.group(&choice.group).is_some_and(|group| group.modifier(&choice.modifier).is_some())
}

/// Whether the item has this modifier anyway.
#[must_use]
pub fn included(item: &MenuItem, choice: &ModifierChoice) -> bool {
    item.includes.iter().any(|text| {
        text.split_once(':').is_some_and(|(group, modifier)| group == choice.group && modifier == choice.modifier)
    })
}

/// The groups that must be answered: one of several, no default, nothing said.
pub(crate) fn unanswered<'a>(
    campaign: &'a Campaign,
    item: &'a MenuItem,
    chosen: &'a [ModifierChoice],
) -> impl Iterator<Item = &'a ModifierGroup> {
    item.modifier_groups.iter().filter_map(|id| campaign.group(id)).filter(|group| {
        group.select == Select::One
            && group.default.is_none()
            && !group.modifiers.is_empty()
            && !chosen.iter().any(|choice| choice.group == group.id && choice.portions > 0)
    })
}

/// `current` after `said`, and what the item cannot have.
pub(crate) fn after(
    campaign: &Campaign,
    item: &MenuItem,
    current: &[ModifierChoice],
    said: &[ModifierChoice],
) -> (Vec<ModifierChoice>, Vec<ModifierChoice>) {
    let (mut chosen, mut refused) = (current.to_vec(), Vec::new());
    for choice in said {
        match campaign.group(&choice.group).filter(|_| offers(campaign, item, choice)) {
            Some(group) => choose(group, item, &mut chosen, choice),
            None => refused.push(choice.clone()),
        }
    }
    chosen.sort();
    (chosen, refused)
}

fn choose(group: &ModifierGroup, item: &MenuItem, chosen: &mut Vec<ModifierChoice>, choice: &ModifierChoice) {
    let same = |known: &ModifierChoice| known.group == choice.group && known.modifier == choice.modifier;
    if choice.portions == 0 {
        // Taking away what was added before just undoes that; a word of "without" is kept for everything else.
        let had = chosen.iter().any(|known| same(known) && known.portions > 0);
        chosen.retain(|known| !same(known));
        if !had || included(item, choice) {
            chosen.push(choice.clone());
        }
        return;
    }
    match group.select {
        Select::One => {
            chosen.retain(|known| known.group != choice.group);
            chosen.push(ModifierChoice { portions: 1, ..choice.clone() });
        }
        Select::Many => {
            chosen.retain(|known| !same(known));
            chosen.push(choice.clone());
        }
    }
}
