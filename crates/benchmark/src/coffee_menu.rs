//! The menu of the Taskmaster-4 coffee bar, as far as the set's own API calls say what is on it.

use std::collections::BTreeMap;

use oolong_catalog::{Brand, Campaign, Entity, Gazetteer, Meaning, MenuItem, Modifier, ModifierGroup, Select};
use serde::Deserialize;

use crate::error::BenchmarkError;

/// What the API was told about one turn: our own normalisation of the calls.
#[derive(Debug, Deserialize)]
pub(crate) struct Derived {
    pub(crate) act: String,
    #[serde(default)]
    pub(crate) items: Vec<DerivedItem>,
}

/// An item of an API call.
#[derive(Debug, Deserialize)]
pub(crate) struct DerivedItem {
    #[serde(default)]
    pub(crate) item: Option<String>,
    #[serde(default)]
    pub(crate) quantity: Option<u32>,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) addons: Vec<String>,
}

/// A campaign of the items, attributes and add-ons that were ever ordered.
#[derive(Debug)]
pub(crate) struct CoffeeMenu {
    pub(crate) campaign: Campaign,
    pub(crate) gazetteer: Gazetteer,
    /// Ids by name, spelling variants included.
    ids: BTreeMap<String, String>,
}

const ADDONS: &str = "add-ons";

impl CoffeeMenu {
    /// Collects the menu; names that contain or resemble a more frequent one are taken for it.
    ///
    /// # Errors
    /// [`BenchmarkError::Campaign`] when nothing was ordered.
    pub(crate) fn new(turns: &[&Derived]) -> Result<Self, BenchmarkError> {
        let items = || turns.iter().flat_map(|turn| &turn.items);
        let mut ids = BTreeMap::new();
        let names = by_frequency(items().filter_map(|item| item.item.as_deref()));
        let mut campaign = empty();
        let mut gazetteer = Gazetteer::new(&campaign);
        for name in names {
            let known = items_in(&gazetteer, &campaign, &name).first().cloned();
            // "Chai latte" holds "latte" but is said more often than by slip, so it is a thing of its own.
            let frequent = items().filter(|item| item.item.as_ref() == Some(&name)).count() > 2;
            match known.filter(|_| !frequent) {
                Some(id) => {
                    ids.insert(name, id);
                }
                None => {
                    campaign.brands[0].menu.push(item(&name));
                    ids.insert(name.clone(), id_of(&name));
                    gazetteer = Gazetteer::new(&campaign);
                }
            }
        }
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for item in items() {
            for (group, option) in &item.attributes {
                groups.entry(group).or_default().push(option.clone());
            }
            groups.entry(ADDONS).or_default().extend(item.addons.iter().cloned());
        }
        for (name, options) in groups.iter().filter(|(_, options)| !options.is_empty()) {
            campaign.modifier_groups.push(group(name, options));
        }
        let ids_of_groups: Vec<String> = campaign.modifier_groups.iter().map(|group| group.id.clone()).collect();
        campaign.brands[0].menu.iter_mut().for_each(|item| item.modifier_groups.clone_from(&ids_of_groups));
        let refused = |reason: String| BenchmarkError::Campaign { name: "tm4".to_owned(), reason };
        if campaign.brands[0].menu.is_empty() {
            return Err(refused("expected ordered items in the menu's file, found none".to_owned()));
        }
        let json = serde_json::to_vec(&campaign).map_err(|error| refused(error.to_string()))?;
        let campaign = Campaign::from_json(&json).map_err(|error| refused(error.to_string()))?;
        Ok(Self { gazetteer: Gazetteer::new(&campaign), campaign, ids })
    }

    /// The id of what an API call calls `name`; the name itself when the menu does not have it.
    pub(crate) fn id(&self, name: &str) -> String {
        let resembling = || self.items_in(name).first().cloned();
        self.ids.get(name).cloned().or_else(resembling).unwrap_or_else(|| id_of(name))
    }

    /// The ids of all items that are named in `text`.
    pub(crate) fn items_in(&self, text: &str) -> Vec<String> {
        items_in(&self.gazetteer, &self.campaign, text)
    }

    /// `group:modifier` of an attribute.
    pub(crate) fn attribute(group: &str, option: &str) -> String {
        format!("{}:{}", id_of(group), id_of(option))
    }
}

fn items_in(gazetteer: &Gazetteer, campaign: &Campaign, text: &str) -> Vec<String> {
    let entities = gazetteer.mentions(text).into_iter().flat_map(|mention| match mention.meaning {
        Meaning::Names(entities) => entities,
        _ => Vec::new(),
    });
    let items = entities.filter_map(|entity| match entity {
        Entity::Item(brand, index) => Some(campaign.brands[brand].menu[index].id.clone()),
        _ => None,
    });
    items.collect()
}

fn empty() -> Campaign {
    let brand = Brand {
        id: "bar".to_owned(),
        names: vec!["coffee benchmark bar".to_owned()],
        menu: Vec::new(),
        delivery_fee: None,
    };
    Campaign {
        id: "tm4".to_owned(),
        names: vec!["coffee benchmark".to_owned()],
        currency: "USD".to_owned(),
        note: None,
        categories: Vec::new(),
        modifier_groups: Vec::new(),
        brands: vec![brand],
        vouchers: Vec::new(),
        delivery_fee: None,
    }
}

fn item(name: &str) -> MenuItem {
    MenuItem {
        id: id_of(name),
        names: vec![name.to_owned()],
        category: "menu drinks".to_owned(),
        price: 0,
        modifier_groups: Vec::new(),
        includes: Vec::new(),
    }
}

/// A group; "oat milk" and "whole milk" in one group can also be said without "milk".
fn group(name: &str, options: &[String]) -> ModifierGroup {
    let names = by_frequency(options.iter().map(String::as_str));
    let last = |name: &str| name.split_whitespace().last().unwrap_or_default().to_owned();
    let mut modifiers: Vec<Modifier> = Vec::new();
    for option in &names {
        let id = id_of(option);
        if id.is_empty() || modifiers.iter().any(|known| known.id == id) {
            continue;
        }
        let mut said = vec![option.clone()];
        let shared = names.iter().filter(|other| last(other) == last(option)).count() > 1;
        if let Some((short, _)) = option.rsplit_once(' ').filter(|_| shared) {
            said.push(short.trim().to_owned());
        }
        modifiers.push(Modifier { id, names: said, price: 0 });
    }
    let select = if name == ADDONS { Select::Many } else { Select::One };
    ModifierGroup { id: id_of(name), names: vec![name.to_owned()], select, default: None, modifiers }
}

fn by_frequency<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names
        .filter(|name| !name.trim().is_empty() && name.chars().count() <= 80)
        .for_each(|name| *counts.entry(name).or_default() += 1);
    let mut names: Vec<(&str, usize)> = counts.into_iter().collect();
    names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), name.len()));
    names.into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// Lower case, one space between words, and without the marks of the contract's notation.
fn id_of(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").replace([':', '*'], "").replace(['-', '.'], " ").chars().take(64).collect()
}
