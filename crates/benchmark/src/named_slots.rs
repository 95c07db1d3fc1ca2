//! The slots of a catalog with all names of their values: those of the alias files, and what people make of them.

use std::collections::HashMap;

use crate::naming::{self, Named};
use crate::schema::{Skill, Slot};
use crate::value::Value;

/// The slots of a catalog, each once, with all names of their values.
pub(crate) struct NamedSlots(HashMap<(String, String), Vec<Named>>);

impl NamedSlots {
    pub(crate) fn new(skill: &Skill) -> Self {
        let all = || skill.intents.iter().flat_map(|intent| &intent.slots);
        let mut distinct: Vec<&Slot> = Vec::new();
        for slot in all().filter(|slot| !slot.is_formal()) {
            if !distinct.iter().any(|known| known.name == slot.name && known.path == slot.path) {
                distinct.push(slot);
            }
        }
        let named = naming::name(&distinct);
        Self(distinct.iter().map(|slot| (slot.name.clone(), slot.path.clone())).zip(named).collect())
    }

    /// The names of goods: those that are a modifier's too only with the words that the schema puts around goods.
    ///
    /// "Salsa" in a list of toppings is a topping; "a side of salsa" is an order. Where the schema has no such words, the
    /// name stays both, and the parser has to tell.
    pub(crate) fn names_as_goods(&self, named: &Named, head: &Slot) -> Vec<String> {
        let others = || self.0.iter().filter(|((slot, _), _)| *slot != head.name).flat_map(|(_, values)| values);
        let shared = |name: &String| others().any(|other| other.names.contains(name));
        let (both, mut own): (Vec<String>, Vec<String>) = named.names.iter().cloned().partition(shared);
        let before = |name: &String| head.prefixes.iter().map(|prefix| format!("{prefix} {name}")).collect::<Vec<_>>();
        own.extend(both.iter().flat_map(before));
        own.sort();
        own.dedup();
        if own.is_empty() { named.names.clone() } else { own }
    }

    /// The values of a slot.
    pub(crate) fn of(&self, slot: &Slot) -> &[Named] {
        self.0.get(&(slot.name.clone(), slot.path.clone())).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Words for the qualifiers, the longest first.
pub(crate) fn qualifiers(skill: &Skill) -> Vec<(Vec<String>, Value)> {
    let slot = skill.intents.iter().flat_map(|intent| &intent.slots).find(|slot| slot.name == "QUANTITY");
    let words = |alias: &str| alias.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let mut all: Vec<_> =
        slot.into_iter().flat_map(|slot| &slot.aliases).map(|(alias, value)| (words(alias), value.clone())).collect();
    all.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    all
}
