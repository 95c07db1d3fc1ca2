//! A catalog as a campaign: what the product would be given if the shop were its customer.
//!
//! Each intent with a slot that names the goods (`SIDE_ORDER` with `SIDE_TYPE`) gives one item for each value of that
//! slot; any other gives one item, called by the schema's own words for it. The other slots become modifier groups.
//! Negation and double portions are the parser's business (`*0`, `*2`). A campaign has no notion of little, so the
//! qualifiers stay out of it, and the writing reads them beside the modifier ("light figs").

use std::collections::HashMap;

use oolong_catalog::{Brand, Campaign, Category, Gazetteer, MenuItem, Modifier, ModifierGroup, Select};

use crate::error::BenchmarkError;
use crate::named_slots::{NamedSlots, qualifiers};
use crate::schema::{Intent, Skill, Slot};
use crate::value::Value;

/// A campaign and what its ids mean in the catalog's notation.
#[derive(Debug)]
pub struct Menu {
    pub(crate) campaign: Campaign,
    pub(crate) gazetteer: Gazetteer,
    /// Labels of trees, by intent.
    pub(crate) intents: Vec<String>,
    pub(crate) items: HashMap<String, Goods>,
    pub(crate) choices: HashMap<(String, String), Choice>,
    /// The groups of each intent.
    pub(crate) groups: Vec<Vec<String>>,
    /// Words for the qualifiers, the longest first.
    pub(crate) qualifiers: Vec<(Vec<String>, Value)>,
    /// The qualifier that a double portion is.
    pub(crate) extra: Option<Value>,
}

/// What an item means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Goods {
    /// Position of its intent.
    pub(crate) intent: usize,
    /// The slot that its name fills, if any.
    pub(crate) slot: Option<(String, Value)>,
    /// Whether that slot is the one that names the goods.
    pub(crate) head: bool,
}

/// What a modifier means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) slot: String,
    pub(crate) value: Value,
    /// Whether the slot takes qualifiers.
    pub(crate) qualified: bool,
}

impl Menu {
    /// Makes a campaign of a catalog.
    ///
    /// # Errors
    /// [`BenchmarkError::Campaign`] when the product would refuse it.
    pub fn new(skill: &Skill) -> Result<Self, BenchmarkError> {
        let refused = |reason: String| BenchmarkError::Campaign { name: skill.name.clone(), reason };
        let (named, qualifiers) = (NamedSlots::new(skill), qualifiers(skill));
        let mut maker =
            Maker { skill, named: &named, items: HashMap::new(), choices: HashMap::new(), menu: Vec::new() };
        let (mut groups, mut offered) = (Vec::new(), Vec::new());
        for (index, intent) in skill.intents.iter().enumerate() {
            let head = maker.head(intent);
            let own: Vec<&Slot> = intent
                .slots
                .iter()
                .filter(|slot| !slot.is_formal() && head.is_none_or(|head| head.name != slot.name))
                .collect();
            let ids: Vec<String> = own.iter().map(|slot| group_id(slot)).collect();
            for slot in &own {
                if !groups.iter().any(|group: &ModifierGroup| group.id == group_id(slot)) {
                    groups.extend(maker.group(slot));
                }
            }
            maker.goods(index, intent, head, &own, &ids);
            offered.push(ids);
        }
        let brand = Brand {
            id: "shop".to_owned(),
            names: vec![format!("{} benchmark shop", skill.name)],
            menu: maker.menu,
            delivery_fee: None,
        };
        let campaign = Campaign {
            id: "benchmark".to_owned(),
            names: vec![format!("{} benchmark", skill.name)],
            currency: "USD".to_owned(),
            note: None,
            // Called as no shopper would: an intent's label ("PIE_ORDER") resembles what people say.
            categories: skill.intents.iter().map(|intent| category(&intent.name)).collect(),
            modifier_groups: groups,
            brands: vec![brand],
            vouchers: Vec::new(),
            delivery_fee: None,
        };
        let json = serde_json::to_vec(&campaign).map_err(|error| refused(error.to_string()))?;
        let campaign = Campaign::from_json(&json).map_err(|error| refused(error.to_string()))?;
        Ok(Self {
            gazetteer: Gazetteer::new(&campaign),
            campaign,
            intents: skill.intents.iter().map(|intent| intent.name.clone()).collect(),
            items: maker.items,
            choices: maker.choices,
            groups: offered,
            extra: qualifiers.iter().find(|(words, _)| *words == ["extra"]).map(|(_, value)| value.clone()),
            qualifiers,
        })
    }

    /// The campaign, for the parser.
    #[must_use]
    pub fn campaign(&self) -> &Campaign {
        &self.campaign
    }
}

struct Maker<'a> {
    skill: &'a Skill,
    named: &'a NamedSlots,
    items: HashMap<String, Goods>,
    choices: HashMap<(String, String), Choice>,
    menu: Vec<MenuItem>,
}

impl Maker<'_> {
    /// The slot that names the goods: only this intent has it, nothing qualifies it, and it is called like the intent.
    fn head<'s>(&self, intent: &'s Intent) -> Option<&'s Slot> {
        let stem = stem(&intent.name);
        let owners = |name: &str| {
            self.skill.intents.iter().filter(|other| other.slots.iter().any(|slot| slot.name == name)).count()
        };
        intent.slots.iter().find(|slot| {
            let plain = !slot.is_formal() && !slot.qualified && !slot.negatable;
            plain && !stem.is_empty() && letters(&slot.name).contains(&stem) && owners(&slot.name) == 1
        })
    }

    fn goods(&mut self, index: usize, intent: &Intent, head: Option<&Slot>, own: &[&Slot], groups: &[String]) {
        let Some(head) = head else {
            let mut names = intent.entity_names.clone();
            if names.is_empty() {
                names.push(intent.name.replace('_', " ").to_lowercase());
            }
            // "Pizza pie": two words for one thing in a row are that thing once.
            let doubled = intent.entity_names.iter().flat_map(|first| {
                let others = intent.entity_names.iter().filter(move |second| *second != first);
                others.map(move |second| format!("{first} {second}"))
            });
            names.extend(doubled);
            let meaning = Goods { intent: index, slot: None, head: false };
            self.item(&intent.name, &intent.name, names, groups, meaning);
            return;
        };
        for named in self.named.of(head) {
            let meaning = Goods { intent: index, slot: Some((head.name.clone(), named.value.clone())), head: true };
            let id = format!("{} {}", intent.name, named.value);
            self.item(&id, &intent.name, self.named.names_as_goods(named, head), groups, meaning);
        }
        // "Two decafs": a plural among the aliases shows that the word alone can be the goods.
        for slot in own.iter().filter(|slot| !slot.qualified && !slot.negatable) {
            for named in self.named.of(slot) {
                let is_plural = |name: &&String| {
                    name.strip_suffix('s').is_some_and(|one| named.names.iter().any(|other| other == one))
                };
                let names: Vec<String> = named.names.iter().filter(is_plural).cloned().collect();
                if !names.is_empty() {
                    let slot = Some((slot.name.clone(), named.value.clone()));
                    let id = format!("{} as {}", intent.name, named.value);
                    self.item(&id, &intent.name, names, groups, Goods { intent: index, slot, head: false });
                }
            }
        }
    }

    fn item(&mut self, id: &str, category: &str, names: Vec<String>, groups: &[String], meaning: Goods) {
        let id = sound_id(id, self.menu.len());
        self.items.insert(id.clone(), meaning);
        self.menu.push(MenuItem {
            id,
            names,
            category: category.to_owned(),
            price: 0,
            modifier_groups: groups.to_vec(),
            includes: Vec::new(),
        });
    }

    fn group(&mut self, slot: &Slot) -> Option<ModifierGroup> {
        let id = group_id(slot);
        let mut modifiers = Vec::new();
        for (position, named) in self.named.of(slot).iter().enumerate() {
            let modifier = sound_id(&named.value.to_string(), position);
            let choice = Choice { slot: slot.name.clone(), value: named.value.clone(), qualified: slot.qualified };
            self.choices.insert((id.clone(), modifier.clone()), choice);
            modifiers.push(Modifier { id: modifier, names: named.names.clone(), price: 0 });
        }
        let select = if is_single(&slot.name) { Select::One } else { Select::Many };
        let names = vec![slot.name.clone()];
        (!modifiers.is_empty()).then_some(ModifierGroup { id, names, select, default: None, modifiers })
    }
}

fn category(intent: &str) -> Category {
    Category { id: intent.to_owned(), names: vec![format!("benchmark category of {intent}")] }
}

/// Of a size or a type there is one; of anything else a shopper may name several, also of "style" ("iced decaf").
fn is_single(slot: &str) -> bool {
    ["SIZE", "TYPE", "VOLUME"].iter().any(|end| slot.to_uppercase().ends_with(end))
}

fn group_id(slot: &Slot) -> String {
    format!("{} {}", slot.name, slot.path).replace([':', '*'], "_").chars().take(64).collect()
}

fn sound_id(name: &str, position: usize) -> String {
    let name: String = name.to_lowercase().replace([':', '*'], "_").chars().take(56).collect();
    format!("{name} {position}")
}

/// `MAIN_DISH_ORDER` → `maindish`.
fn stem(intent: &str) -> String {
    letters(intent).trim_end_matches("order").to_owned()
}

fn letters(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
